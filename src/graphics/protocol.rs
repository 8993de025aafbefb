//! The ways a terminal can show a picture, and the measures they share.

use std::{fmt, str::FromStr};

use super::blocks::Shape;

/// Tells the terminal to show nothing until [`END_SYNCHRONIZED`], so a frame appears at once.
///
/// Terminals without DEC private mode 2026 ignore it, but tmux and screen cost a
/// repaint each, so send it only if [`super::Support::synchronized`].
pub const BEGIN_SYNCHRONIZED: &[u8] = b"\x1b[?2026h";

/// Shows everything since [`BEGIN_SYNCHRONIZED`].
pub const END_SYNCHRONIZED: &[u8] = b"\x1b[?2026l";

/// How pictures reach the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// The kitty graphics protocol: pictures are kept by the terminal under an id.
    Kitty,
    /// Inline images of iTerm2 (OSC 1337).
    Iterm2,
    /// DEC sixel graphics.
    Sixel,
    /// Characters, each for a few pixels; works everywhere.
    Blocks(Shape),
}

impl Protocol {
    /// All protocols, best first.
    pub const ALL: [Self; 7] = [
        Self::Kitty,
        Self::Iterm2,
        Self::Sixel,
        Self::Blocks(Shape::Halves),
        Self::Blocks(Shape::Quadrants),
        Self::Blocks(Shape::Octants),
        Self::Blocks(Shape::Ascii),
    ];

    /// The word for it on the command line and in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Iterm2 => "iterm2",
            Self::Sixel => "sixel",
            Self::Blocks(Shape::Halves) => "blocks",
            Self::Blocks(Shape::Quadrants) => "quadrants",
            Self::Blocks(Shape::Octants) => "octants",
            Self::Blocks(Shape::Ascii) => "ascii",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no graphics protocol is called {0:?}; use auto, kitty, iterm2, sixel, blocks, half, quadrants, octants or ascii"
)]
pub struct UnknownProtocol(pub String);

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        // The shape that is chosen unless another one is named has a name of its own too.
        let word = if word.trim().eq_ignore_ascii_case("half") { "blocks" } else { word };
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.name().eq_ignore_ascii_case(word.trim()))
            .ok_or_else(|| UnknownProtocol(word.to_owned()))
    }
}

/// What the user asked for with `--graphics` or `TOPOGRAM_GRAPHICS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Ask the terminal.
    #[default]
    Auto,
    /// Believe the user.
    Only(Protocol),
}

impl Choice {
    /// The protocol that must be used, if one was named.
    pub const fn forced(self) -> Option<Protocol> {
        match self {
            Self::Auto => None,
            Self::Only(protocol) => Some(protocol),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.forced().map_or("auto", Protocol::name))
    }
}

impl FromStr for Choice {
    type Err = UnknownProtocol;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if word.trim().eq_ignore_ascii_case("auto") { Ok(Self::Auto) } else { word.parse().map(Self::Only) }
    }
}

/// How many colours text may have; blocks are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colors {
    /// 24 bits: `SGR 38;2;r;g;b`.
    True,
    /// The 256 colours of xterm: a 6×6×6 cube and 24 greys.
    Palette,
    /// The 16 ANSI colours.
    Ansi,
    /// None at all: `NO_COLOR` is set, or the terminal is dumb.
    Mono,
}

/// Size of one character cell, in device pixels.
///
/// Browsers lay cells out in fractions of a pixel: 8.42 wide is common in xterm.js. Kept in parts of a pixel,
/// so that a size is a name in every cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellSize {
    /// Width and height in parts of a pixel.
    parts: (u32, u32),
}

/// Parts of a pixel: an error of half of one is a pixel in 256 cells.
const PARTS: u32 = 128;

impl CellSize {
    /// The guess for a terminal that tells nothing: 8×16, the VGA font.
    pub const GUESS: Self = Self::new(8, 16);

    /// A size in whole pixels.
    pub const fn new(width: u16, height: u16) -> Self {
        Self { parts: (width as u32 * PARTS, height as u32 * PARTS) }
    }

    /// The size that divides a text area of so many pixels into cells; `None` if there are none.
    pub(super) fn dividing((width, height): (u16, u16), (columns, rows): (u16, u16)) -> Option<Self> {
        let parts = |pixels: u16, cells: u16| {
            (u32::from(pixels) * PARTS + u32::from(cells) / 2).checked_div(u32::from(cells))
        };
        Some(Self { parts: (parts(width, columns)?, parts(height, rows)?) })
    }

    /// Width and height in pixels.
    pub fn exact(self) -> (f64, f64) {
        let pixels = |parts: u32| f64::from(parts) / f64::from(PARTS);
        (pixels(self.parts.0), pixels(self.parts.1))
    }

    /// Width and height in whole pixels; what is left over is left away.
    pub const fn whole(self) -> (u32, u32) {
        (self.parts.0 / PARTS, self.parts.1 / PARTS)
    }

    /// Pixels of so many cells.
    pub fn pixels(self, columns: u16, rows: u16) -> (u32, u32) {
        let pixels = |parts: u32, cells: u16| (parts * u32::from(cells) + PARTS / 2) / PARTS;
        (pixels(self.parts.0, columns), pixels(self.parts.1, rows))
    }

    /// This size, told in whole pixels, or the more exact one that follows from the size of the text area.
    ///
    /// A margin that is counted as text area is less than a cell, so a difference of less than one in all says
    /// nothing.
    pub(super) fn refined(self, area: (u16, u16), (columns, rows): (u16, u16)) -> Self {
        let Some(exact) = Self::dividing(area, (columns, rows)) else { return self };
        let finer = |told: u32, exact: u32, cells: u16| {
            let more = exact.saturating_sub(told);
            if more < PARTS && more * u32::from(cells) >= told { exact } else { told }
        };
        let parts = (self.parts.0, self.parts.1);
        Self { parts: (finer(parts.0, exact.parts.0, columns), finer(parts.1, exact.parts.1, rows)) }
    }

    /// True for sizes a font can have; tmux and some multiplexers report 0 or 1.
    pub(super) fn is_plausible(self) -> bool {
        let (width, height) = self.whole();
        (3..=256).contains(&width) && (3..=512).contains(&height)
    }
}

/// A rectangle of cells on the screen; `x` and `y` count from 0 at the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CellBox {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Number of columns.
    pub columns: u16,
    /// Number of rows.
    pub rows: u16,
}

impl CellBox {
    /// The escape sequence that moves the cursor to the top left cell.
    pub(super) fn go_there(self) -> String {
        format!("\x1b[{};{}H", u32::from(self.y) + 1, u32::from(self.x) + 1)
    }
}

/// The part of a picture to show, in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceRect {
    /// First column of pixels.
    pub x: u32,
    /// First row of pixels.
    pub y: u32,
    /// Columns of pixels, at least 1.
    pub width: u32,
    /// Rows of pixels, at least 1.
    pub height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_its_protocol() {
        for protocol in Protocol::ALL {
            assert_eq!(protocol.name().parse(), Ok(Choice::Only(protocol)));
        }
        assert_eq!("Auto".parse(), Ok(Choice::Auto));
        assert_eq!("half".parse(), Ok(Choice::Only(Protocol::Blocks(Shape::Halves))));
    }

    #[test]
    fn cells_of_a_browser_are_known_to_a_fraction_of_a_pixel() {
        // xterm.js: 100 by 30 cells of 8.42 by 17 pixels.
        let cell = CellSize::new(8, 17).refined((842, 510), (100, 30));

        assert_eq!(cell.whole(), (8, 17));
        assert_eq!(cell.pixels(100, 30), (842, 510));
        assert_eq!(cell.pixels(1, 1), (8, 17));
        assert!((cell.exact().0 - 8.42).abs() < 1e-2);
    }

    #[test]
    fn a_margin_makes_no_cell_larger() {
        let told = CellSize::new(10, 20);

        assert_eq!(told.refined((809, 619), (80, 30)), told);
        assert_eq!(told.refined((0, 0), (80, 30)), told);
        assert_eq!(told.refined((1600, 1200), (80, 30)), told, "twice as large: other pixels");
        assert_eq!(told.refined((800, 600), (0, 0)), told);
    }

    #[test]
    fn an_unknown_word_is_told_the_known_ones() {
        let error = "ansi".parse::<Choice>().unwrap_err();

        assert_eq!(
            error.to_string(),
            "no graphics protocol is called \"ansi\"; use auto, kitty, iterm2, sixel, blocks, half, quadrants, octants or ascii"
        );
    }
}
