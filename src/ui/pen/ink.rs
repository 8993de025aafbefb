//! Colours and attributes of text, as the shortest SGR sequences that say them.
//!
//! crossterm sends both colours whenever one changes and switches itself off when
//! `NO_COLOR` is set, which would lose bold and reverse as well.

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};

use crate::graphics::{Colors, ansi_index, xterm_color, xterm_index};

/// A colour as this terminal can show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shade {
    /// The terminal's own.
    #[default]
    Default,
    /// From the palette of 256; below 16 the ANSI colours.
    Index(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// What the next character will look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ink {
    fg: Shade,
    bg: Shade,
    modifier: Modifier,
}

/// SGR numbers of the attributes.
const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

impl Ink {
    /// The ink of a cell, in no more colours than there are.
    pub(super) fn of(cell: &Cell, colors: Colors) -> Self {
        Self { fg: shade(cell.fg, colors), bg: shade(cell.bg, colors), modifier: cell.modifier }
    }

    /// Appends what changes this ink into `next`.
    pub(super) fn change(&mut self, next: Self, bytes: &mut Vec<u8>) {
        if *self == next {
            return;
        }
        let mut numbers = Numbers { bytes, first: true };
        // Bold and dim share the number that ends them, so ending one starts over.
        if !next.modifier.contains(self.modifier) {
            numbers.add(&[0]);
            *self = Self::default();
        }
        for (modifier, number) in ATTRIBUTES {
            if (next.modifier - self.modifier).contains(modifier) {
                numbers.add(&[number]);
            }
        }
        if self.fg != next.fg {
            numbers.shade(next.fg, 30);
        }
        if self.bg != next.bg {
            numbers.shade(next.bg, 40);
        }
        numbers.end();
        *self = next;
    }
}

/// The nearest colour there is.
fn shade(color: Color, colors: Colors) -> Shade {
    if colors == Colors::Mono {
        return Shade::Default;
    }
    let index = match color {
        Color::Reset => return Shade::Default,
        Color::Rgb(red, green, blue) => {
            return match colors {
                Colors::True => Shade::Rgb(red, green, blue),
                Colors::Palette => Shade::Index(xterm_index([red, green, blue])),
                _ => Shade::Index(ansi_index([red, green, blue])),
            };
        }
        Color::Indexed(index @ 16..) if colors == Colors::Ansi => ansi_index(xterm_color(index)),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Shade::Index(index)
}

/// One SGR sequence that is being written.
struct Numbers<'a> {
    bytes: &'a mut Vec<u8>,
    first: bool,
}

impl Numbers<'_> {
    /// Adds a colour; `base` is 30 in front and 40 behind.
    fn shade(&mut self, shade: Shade, base: u8) {
        match shade {
            Shade::Default => self.add(&[base + 9]),
            Shade::Index(index @ ..8) => self.add(&[base + index]),
            Shade::Index(index @ 8..16) => self.add(&[base + 60 + index - 8]),
            Shade::Index(index) => self.add(&[base + 8, 5, index]),
            Shade::Rgb(red, green, blue) => self.add(&[base + 8, 2, red, green, blue]),
        }
    }

    /// Adds numbers that belong together.
    fn add(&mut self, numbers: &[u8]) {
        for &number in numbers {
            self.bytes.extend_from_slice(if self.first { b"\x1b[" } else { b";" });
            self.first = false;
            super::decimal(self.bytes, number.into());
        }
    }

    /// Ends the sequence, if it was begun.
    fn end(self) {
        if !self.first {
            self.bytes.push(b'm');
        }
    }
}
