//! What pictures are made for: the terminal's protocol, its cells and its colours.

use crate::graphics::{CellSize, Colors, Protocol, Support, blocks::Shape, kitty::Wrap};

/// The drawing side of a terminal, as far as a picture must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own; no two exclude one another"
)]
pub struct Canvas {
    /// How pictures are written.
    pub protocol: Protocol,
    /// Pixels of a cell.
    pub cell: CellSize,
    /// Nobody told [`Self::cell`]: pictures in device pixels may be smaller than their place.
    pub cell_is_guess: bool,
    /// For characters.
    pub colors: Colors,
    /// Kitty commands travel through tmux.
    pub wrapped: bool,
    /// Pixels reach the terminal through shared memory.
    pub shares: bool,
    /// Letters may stand in front of pictures.
    pub under_text: bool,
    /// Pictures are sent for one place, and interpolated if they are smaller than it.
    pub enlarges: bool,
}

impl Canvas {
    /// Half blocks in palette colours: right everywhere until the terminal has answered.
    pub const UNKNOWN: Self = Self {
        protocol: Protocol::Blocks(Shape::Halves),
        cell: CellSize::GUESS,
        cell_is_guess: true,
        colors: Colors::Palette,
        wrapped: false,
        shares: false,
        under_text: false,
        enlarges: false,
    };

    /// What the probe learnt.
    pub fn of(support: &Support) -> Self {
        Self {
            protocol: support.protocol,
            cell: support.cell,
            cell_is_guess: support.cell_is_guess,
            colors: support.colors,
            wrapped: support.passthrough && support.protocol == Protocol::Kitty,
            shares: support.shared,
            under_text: support.draws_under_text() && !support.passthrough,
            enlarges: support.enlarges(),
        }
    }

    /// The terminal scales and crops by itself: one picture serves every zoom.
    pub fn scales(self) -> bool {
        self.protocol == Protocol::Kitty && !self.wrapped
    }

    /// Pictures are made of characters, so that a pixel is as large as a letter.
    pub fn is_coarse(self) -> bool {
        matches!(self.protocol, Protocol::Blocks(_))
    }

    /// Pixels that can be drawn in that many cells.
    pub fn pixels(self, columns: u16, rows: u16) -> (u32, u32) {
        match self.protocol {
            Protocol::Blocks(shape) => {
                let (across, down) = shape.pixels();
                (u32::from(columns) * across, u32::from(rows) * down)
            }
            _ => self.cell.pixels(columns, rows),
        }
    }

    /// Width and height of one cell, in pixels that can be drawn.
    pub fn cell_pixels(self) -> (f64, f64) {
        match self.protocol {
            Protocol::Blocks(shape) => {
                let (across, down) = shape.pixels();
                (f64::from(across), f64::from(down))
            }
            _ => self.cell.exact(),
        }
    }

    /// Height of a drawn pixel by its width.
    pub fn pixel_aspect(self) -> f64 {
        let (width, height) = self.cell.exact();
        match self.protocol {
            Protocol::Blocks(shape) => {
                let (across, down) = shape.pixels();
                (height / f64::from(down)) / (width.max(1.0) / f64::from(across))
            }
            _ => 1.0,
        }
    }

    /// How Kitty commands are wrapped.
    pub fn wrap(self) -> Wrap {
        if self.wrapped { Wrap::Tmux } else { Wrap::Direct }
    }
}
