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

/// The attributes with the SGR numbers that begin and end them; two pairs share an end.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Most numbers in one sequence: mlterm 3.9 drops those beyond the tenth, and with them a colour.
const MOST_NUMBERS: usize = 10;

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
        if next == Self::default() {
            bytes.extend_from_slice(b"\x1b[0m");
            *self = next;
            return;
        }
        let mut numbers = Numbers { bytes, count: 0 };
        // What was on and, after an end that it shares with another, still is.
        let mut on = self.modifier;
        for (modifier, _, end) in ATTRIBUTES {
            if on.contains(modifier) && !next.modifier.contains(modifier) {
                numbers.add(&[end]);
                for (ended, ..) in ATTRIBUTES.into_iter().filter(|&(.., other)| other == end) {
                    on -= ended;
                }
            }
        }
        for (modifier, begin, _) in ATTRIBUTES {
            if (next.modifier - on).contains(modifier) {
                numbers.add(&[begin]);
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

/// SGR numbers that are being written, in as few sequences as they need.
struct Numbers<'a> {
    bytes: &'a mut Vec<u8>,
    /// Numbers in the last sequence.
    count: usize,
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
        if self.count + numbers.len() > MOST_NUMBERS {
            self.bytes.push(b'm');
            self.count = 0;
        }
        for &number in numbers {
            self.bytes.extend_from_slice(if self.count == 0 { b"\x1b[" } else { b";" });
            self.count += 1;
            super::decimal(self.bytes, number.into());
        }
    }

    /// Ends the sequence, if it was begun.
    fn end(self) {
        if self.count > 0 {
            self.bytes.push(b'm');
        }
    }
}
