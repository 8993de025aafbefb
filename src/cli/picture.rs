//! A picture in the flow of text: printed where the cursor is, and scrolled away with the rest.
//!
//! Half blocks are printed by viuer. Everything else is ours: viuer would put questions of its own to the
//! terminal, wait for answers without end, and send four bytes for every grey pixel.

use super::out::Out;
use crate::{
    graphics::{
        CellBox, Colors, Protocol, Support,
        blocks::{self, BlockColor, Grid, Shape},
        iterm2::{self, Coding},
        kitty::{self, PlaceholderColor, Replies, Wrap},
        sixel::{self, Detail},
    },
    imaging::{Fit, Source, Viewport, view},
};
use anyhow::anyhow;
use image::DynamicImage;
use std::{fmt::Write as _, io};
use viuer::ViuError;

/// Rows that stay free: the caption, the next prompt, and one so that the previous prompt is seen.
const OTHER_ROWS: u16 = 3;

/// Prints a picture as large as `width` columns, or else the screen, allow.
///
/// `aspect` is the height of one of its pixels by its width.
///
/// # Errors
///
/// What writing to the output says.
pub(super) fn print(
    picture: &DynamicImage,
    aspect: f64,
    support: &Support,
    width: Option<u16>,
    out: &mut Out,
) -> anyhow::Result<()> {
    let (columns, rows) = screen();
    let room = (width.unwrap_or(columns).min(columns), rows.saturating_sub(OTHER_ROWS).max(1));
    let place = Place::new(picture, aspect, support, room);
    let drawn = view(picture, place.source, place.pixels.0, place.pixels.1, true);
    let area = CellBox { x: 0, y: 0, columns: place.columns, rows: place.rows };
    match support.protocol {
        Protocol::Kitty if support.passthrough => out.raw(&through_tmux(&drawn, area)),
        Protocol::Kitty => {
            out.raw(&kitty::transmit(id(), &drawn, Wrap::Direct))?;
            let placement = kitty::Placement {
                image: id(),
                number: 1,
                area,
                source: None,
                z: 0,
                replies: Replies::Never,
            };
            out.raw(&inline(&here(&kitty::place(&placement)), area.rows))
        }
        Protocol::Iterm2 => out.raw(&inline(&here(&iterm2::draw(&drawn, area, Coding::Png)), area.rows)),
        Protocol::Sixel => {
            let sixels = [b"\x1b7", &*sixel::encode(&drawn, Detail::Still), b"\x1b8"].concat();
            // Cells that are smaller than we guess, and a band that is not full, reach into one more row.
            let spare = support.cell_is_guess || !drawn.height().is_multiple_of(6);
            out.raw(&inline(&sixels, area.rows + u16::from(spare)))
        }
        Protocol::Blocks(shape) => match (shape, support.colors) {
            (Shape::Halves, Colors::True | Colors::Palette) => half_blocks(&drawn, area, support.colors, out),
            _ => out.raw(text(&blocks::grid(&drawn, shape, support.colors)).as_bytes()),
        },
    }
}

/// Columns and rows of the terminal.
fn screen() -> (u16, u16) {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    size.map(|size| (size.ws_col, size.ws_row)).filter(|&(c, r)| c > 0 && r > 0).unwrap_or((80, 24))
}

/// The cells a picture fills, and the pixels that are sent for them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    columns: u16,
    rows: u16,
    /// All of the picture, with the margins that make it end with a cell.
    source: Source,
    /// Width and height.
    pixels: (u32, u32),
}

impl Place {
    fn new(picture: &DynamicImage, aspect: f64, support: &Support, room: (u16, u16)) -> Self {
        let cell = support.cell.whole();
        let (cell, device_aspect) = match support.protocol {
            Protocol::Blocks(shape) => {
                let (across, down) = shape.pixels();
                ((across, down), f64::from(cell.1 * across) / f64::from(down * cell.0.max(1)))
            }
            _ => ((cell.0.max(1), cell.1.max(1)), 1.0),
        };
        let room = (u32::from(room.0), u32::from(room.1));
        let canvas = (room.0 * cell.0, room.1 * cell.1);
        let (width, height) = (picture.width(), picture.height());
        let shown = Fit::new((height as usize, width as usize), aspect / device_aspect, canvas)
            .shown(Viewport::default());
        let (columns, rows) =
            (shown.width.div_ceil(cell.0).clamp(1, room.0), shown.height.div_ceil(cell.1).clamp(1, room.1));
        let area = (columns * cell.0, rows * cell.1);
        let along = |all: u32, filled: u32, shown: u32| {
            let length = f64::from(all) * f64::from(filled) / f64::from(shown.max(1));
            ((f64::from(all) - length) / 2.0, length)
        };
        let ((x, across), (y, down)) =
            (along(width, area.0, shown.width), along(height, area.1, shown.height));
        let pixels = match support.protocol {
            Protocol::Blocks(_) | Protocol::Sixel => area,
            // These stretch what they get, so pixels made by enlarging need not travel.
            Protocol::Kitty | Protocol::Iterm2 => {
                (area.0.min(across.ceil() as u32).max(1), area.1.min(down.ceil() as u32).max(1))
            }
        };
        Self {
            columns: columns as u16,
            rows: rows as u16,
            source: Source { x, y, width: across, height: down },
            pixels,
        }
    }
}

/// A number that no other program that shows pictures here is likely to use.
fn id() -> u32 {
    0x0080_0000 | (std::process::id() & 0x007F_FFFF)
}

/// Drops the way to the top left cell, where the encoders begin: the cursor is where we want it.
fn here(drawing: &[u8]) -> Vec<u8> {
    const THERE: &[u8] = b"\x1b7\x1b[1;1H";
    match drawing.strip_prefix(THERE) {
        Some(rest) => [b"\x1b7", rest].concat(),
        None => drawing.to_vec(),
    }
}

/// A drawing that leaves the cursor alone, on rows of its own: they are made first, so that nothing
/// scrolls while it is drawn, and the cursor ends below them.
fn inline(drawing: &[u8], rows: u16) -> Vec<u8> {
    let mut bytes = b"\r".to_vec();
    bytes.resize(1 + usize::from(rows), b'\n');
    bytes.extend_from_slice(format!("\x1b[{rows}A").as_bytes());
    bytes.extend_from_slice(drawing);
    bytes.extend_from_slice(format!("\x1b[{rows}B\r").as_bytes());
    bytes
}

/// A picture behind tmux: text that tmux moves around, which the terminal replaces by the picture.
fn through_tmux(picture: &DynamicImage, area: CellBox) -> Vec<u8> {
    let cells = (area.columns, area.rows);
    let placeholder = kitty::placeholder_cells(id(), area.columns, area.rows);
    let color = match placeholder.color {
        PlaceholderColor::Index(index) => format!("\x1b[38;5;{index}m"),
        PlaceholderColor::Rgb(red, green, blue) => format!("\x1b[38;2;{red};{green};{blue}m"),
    };
    let mut bytes = kitty::transmit_virtual(id(), picture, cells, Wrap::Tmux);
    for row in placeholder.rows {
        bytes.extend_from_slice(format!("{color}{}\x1b[39m\r\n", row.concat()).as_bytes());
    }
    bytes
}

/// Half blocks by viuer, told everything, so that it asks the terminal nothing.
fn half_blocks(picture: &DynamicImage, area: CellBox, colors: Colors, out: &mut Out) -> anyhow::Result<()> {
    let config = viuer::Config {
        absolute_offset: false,
        width: Some(u32::from(area.columns)),
        height: Some(u32::from(area.rows)),
        truecolor: colors == Colors::True,
        use_kitty: false,
        use_iterm: false,
        ..viuer::Config::default()
    };
    // It writes to standard output by itself.
    out.flush()?;
    match viuer::print(picture, &config) {
        Ok(_) => Ok(()),
        Err(ViuError::Io(error)) => Err(error.into()),
        Err(other) => Err(anyhow!("the picture cannot be printed: {other}")),
    }
}

/// Characters of any shape: viuer knows only half blocks, in 256 colours and more.
fn text(grid: &Grid) -> String {
    let mut text = String::new();
    for row in grid.rows() {
        let mut last = (BlockColor::Default, BlockColor::Default);
        for cell in row {
            if (cell.fg, cell.bg) != last {
                last = (cell.fg, cell.bg);
                // Writing to a String cannot fail.
                let _ = write!(text, "\x1b[{};{}m", color(cell.fg, 30), color(cell.bg, 40));
            }
            text.push(cell.symbol);
        }
        if last != (BlockColor::Default, BlockColor::Default) {
            text.push_str("\x1b[0m");
        }
        text.push_str("\r\n");
    }
    text
}

/// SGR parameters; `base` is 30 for the character and 40 for what is behind it.
fn color(color: BlockColor, base: u8) -> String {
    match color {
        BlockColor::Default => (base + 9).to_string(),
        BlockColor::Index(index @ ..8) => (base + index).to_string(),
        BlockColor::Index(index @ ..16) => (base + 60 + index - 8).to_string(),
        BlockColor::Index(index) => format!("{};5;{index}", base + 8),
        BlockColor::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::{Answers, CellSize, Environment, Window, decide};
    use image::GrayImage;

    fn support(protocol: Protocol) -> Support {
        let support = decide(&Environment::default(), &Answers::default(), Some(protocol), Window::default());
        Support { cell: CellSize::new(10, 20), ..support }
    }

    fn place(protocol: Protocol, size: (u32, u32), aspect: f64, room: (u16, u16)) -> Place {
        Place::new(&GrayImage::new(size.0, size.1).into(), aspect, &support(protocol), room)
    }

    #[test]
    fn a_square_slice_fills_the_height_and_twice_as_many_columns() {
        for protocol in Protocol::ALL {
            let place = place(protocol, (512, 512), 1.0, (100, 30));
            assert_eq!((place.columns, place.rows), (60, 30), "{protocol}");
        }
    }

    #[test]
    fn only_pixels_that_the_file_has_are_sent_to_terminals_that_enlarge() {
        assert_eq!(place(Protocol::Kitty, (64, 64), 1.0, (100, 30)).pixels, (64, 64));
        assert_eq!(place(Protocol::Kitty, (4096, 4096), 1.0, (100, 30)).pixels, (600, 600));
        assert_eq!(place(Protocol::Sixel, (64, 64), 1.0, (100, 30)).pixels, (600, 600));
        assert_eq!(place(Protocol::Blocks(Shape::Halves), (64, 64), 1.0, (100, 30)).pixels, (60, 60));
    }

    #[test]
    fn tall_pixels_make_a_tall_picture() {
        let place = place(Protocol::Sixel, (100, 100), 2.0, (100, 30));
        assert_eq!((place.columns, place.rows), (30, 30));
    }

    #[test]
    fn the_last_cell_is_filled_up_with_margins_on_both_sides() {
        let Place { columns, source, .. } = place(Protocol::Sixel, (101, 200), 1.0, (100, 30));
        assert_eq!(columns, 31);
        assert!(source.x < 0.0 && (2.0 * source.x + source.width - 101.0).abs() < 1e-9, "{source:?}");
    }

    #[test]
    fn a_terminal_of_one_cell_gets_a_picture_of_one_cell() {
        for protocol in Protocol::ALL {
            let place = place(protocol, (5000, 3), 1.0, (1, 1));
            assert_eq!((place.columns, place.rows), (1, 1));
            assert!(place.pixels.0 > 0 && place.pixels.1 > 0);
        }
    }

    #[test]
    fn our_encoders_draw_where_the_cursor_is() {
        let picture = GrayImage::new(4, 4).into();
        let area = CellBox { x: 0, y: 0, columns: 2, rows: 1 };
        let placement =
            kitty::Placement { image: 7, number: 1, area, source: None, z: 0, replies: Replies::Never };
        for drawing in [kitty::place(&placement), iterm2::draw(&picture, area, Coding::Png)] {
            let text = String::from_utf8(here(&drawing)).unwrap();
            assert!(text.starts_with("\x1b7\x1b") && !text.contains("\x1b[1;1H"), "{text:?}");
            assert!(text.ends_with("\x1b8"));
        }
    }

    #[test]
    fn rows_are_made_before_the_drawing_and_left_behind_after_it() {
        assert_eq!(inline(b"PICTURE", 3), b"\r\n\n\n\x1b[3APICTURE\x1b[3B\r");
    }

    #[test]
    fn without_colour_a_picture_is_characters_and_line_ends_alone() {
        let picture = GrayImage::from_raw(2, 2, vec![0, 255, 0, 255]).unwrap().into();
        assert_eq!(text(&blocks::grid(&picture, Shape::Halves, Colors::Mono)), " @\r\n");
        assert!(text(&blocks::grid(&picture, Shape::Halves, Colors::Ansi)).ends_with("\x1b[0m\r\n"));
    }
}
