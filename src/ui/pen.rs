//! One frame, one write: text and pictures gathered in memory and sent together.
//!
//! ratatui draws into the pen, pictures are laid before or after the text, and
//! [`Pen::finish`] sends what there is. An idle screen costs no byte: crossterm's backend
//! would reset the colours and hide the cursor again for every frame without changes.

use std::io::{self, Write};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};

use self::ink::Ink;
use super::terminal::MOST_CELLS;
use crate::graphics::{BEGIN_SYNCHRONIZED, Colors, END_SYNCHRONIZED, Protocol, Support};

mod ink;

/// What is to be gone when a frame begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clearing {
    /// All text; pictures that lie over it stay where the terminal can tell them from text.
    Text,
    /// Everything.
    All,
}

/// The only writer of the screen.
#[derive(Debug)]
pub struct Pen<W: Write> {
    writer: W,
    size: Size,
    colors: Colors,
    synchronized: bool,
    /// How the frame begins, if on an empty screen.
    clears: Option<Clearing>,
    /// The terminal keeps pictures apart from its cells.
    layered: bool,
    early: Vec<u8>,
    before: Vec<u8>,
    text: Vec<u8>,
    after: Vec<u8>,
    /// Where the cursor shall be; `None` if hidden.
    cursor: Option<Position>,
    /// Where the terminal shows it.
    shown: Option<Position>,
    /// Where ratatui last put it, shown or not.
    position: Position,
}

impl<W: Write> Pen<W> {
    /// A pen for a screen whose cursor is hidden, as [`Session::enter`](super::Session::enter) leaves it.
    ///
    /// Until [`Self::set_support`] it uses the 256 colours that nearly every terminal has:
    /// give it [`Probing::guess`](super::Probing::guess) before the first frame.
    pub fn new(writer: W, columns: u16, rows: u16) -> Self {
        let mut pen = Self {
            writer,
            size: Size::ZERO,
            colors: Colors::Palette,
            synchronized: false,
            clears: None,
            layered: false,
            early: Vec::new(),
            before: Vec::new(),
            text: Vec::new(),
            after: Vec::new(),
            cursor: None,
            shown: None,
            position: Position::ORIGIN,
        };
        pen.resize(columns, rows);
        pen
    }

    /// Sets the size of the screen, in cells; sizes beyond 1000×500 are cut.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size::new(columns.min(MOST_CELLS.0), rows.min(MOST_CELLS.1));
    }

    /// Uses what the terminal can do; true if text must be drawn anew, because it has other colours now.
    pub fn set_support(&mut self, support: &Support) -> bool {
        self.synchronized = support.synchronized;
        self.layered = support.protocol == Protocol::Kitty && !support.passthrough;
        std::mem::replace(&mut self.colors, support.colors) != support.colors
    }

    /// Adds bytes that draw nothing yet, such as a picture to be stored: they go out ahead of the frame.
    ///
    /// Inside the synchronized part a large picture would outgrow what kitty holds back, and the frame
    /// would be seen half done.
    pub fn early(&mut self, bytes: &[u8]) {
        self.early.extend_from_slice(bytes);
    }

    /// Adds bytes that go out before the text of this frame.
    pub fn before(&mut self, bytes: &[u8]) {
        self.before.extend_from_slice(bytes);
    }

    /// Adds bytes that go out after the text of this frame.
    pub fn after(&mut self, bytes: &[u8]) {
        self.after.extend_from_slice(bytes);
    }

    /// Forgets the unsent frame and the cursor, after the terminal was given back and taken again.
    ///
    /// [`ratatui::Terminal::clear`] must follow, so that everything is drawn.
    pub fn forget(&mut self) {
        for part in [&mut self.early, &mut self.before, &mut self.text, &mut self.after] {
            part.clear();
        }
        self.clears = Some(Clearing::All);
        self.shown = None;
    }

    /// Sends the frame in one write and returns how many bytes it took; 0 if nothing changed.
    ///
    /// `question` is told how long the frame is, and what it returns follows it.
    /// Pictures come between the clearing of the screen and the text. If the terminal knows
    /// synchronized output, all of it appears at once.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be written: it is gone. The frame is lost.
    pub fn finish(&mut self, question: impl Fn(usize) -> Vec<u8>) -> io::Result<usize> {
        let something = self.clears.is_some()
            || [&self.before, &self.text, &self.after].iter().any(|part| !part.is_empty());
        if !something && self.early.is_empty() && self.cursor == self.shown {
            return Ok(0);
        }
        let pictures = self.before.len() + self.after.len();
        let mut frame = Vec::with_capacity(self.early.len() + self.text.len() + pictures + 64);
        frame.append(&mut self.early);
        if something && self.synchronized {
            frame.extend_from_slice(BEGIN_SYNCHRONIZED);
        }
        match self.clears.take() {
            // ED 2 takes Kitty's pictures away as well, and its next frame would be seen without; ED 0 does not.
            Some(Clearing::Text) if self.layered => frame.extend_from_slice(b"\x1b[0m\x1b[H\x1b[J"),
            Some(_) => frame.extend_from_slice(b"\x1b[0m\x1b[2J"),
            None => {}
        }
        frame.append(&mut self.before);
        frame.append(&mut self.text);
        frame.append(&mut self.after);
        self.place_cursor(&mut frame);
        if something && self.synchronized {
            frame.extend_from_slice(END_SYNCHRONIZED);
        }
        // A whole slice as sixel is megabytes; the next frame is mostly a line of text.
        for part in [&mut self.early, &mut self.before, &mut self.text, &mut self.after] {
            part.shrink_to(64 * 1024);
        }
        let length = frame.len();
        frame.append(&mut question(length));
        self.writer.write_all(&frame)?;
        self.writer.flush()?;
        Ok(length)
    }

    /// Shows, moves or hides the cursor; text has moved it.
    fn place_cursor(&mut self, frame: &mut Vec<u8>) {
        match (self.cursor, self.shown) {
            (None, None) => {}
            (None, Some(_)) => frame.extend_from_slice(b"\x1b[?25l"),
            (Some(wanted), shown) => {
                go_to(frame, wanted);
                if shown.is_none() {
                    frame.extend_from_slice(b"\x1b[?25h");
                }
            }
        }
        self.shown = self.cursor;
    }
}

impl<W: Write> Backend for Pen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        write_cells(content, self.colors, &mut self.text);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor = Some(self.position);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.position)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.position = position.into();
        if let Some(cursor) = &mut self.cursor {
            *cursor = self.position;
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Clears all of the screen; parts of it are never asked for outside inline viewports.
    fn clear_region(&mut self, _region: ClearType) -> io::Result<()> {
        self.clears.get_or_insert(Clearing::Text);
        self.text.clear();
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::ZERO })
    }

    /// Does nothing: the loop decides when a frame is complete, with [`Pen::finish`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Appends cells as text, each where it belongs; the colours are left as they were found.
pub(super) fn write_cells<'a>(
    content: impl Iterator<Item = (u16, u16, &'a Cell)>,
    colors: Colors,
    bytes: &mut Vec<u8>,
) {
    let mut ink = Ink::default();
    let mut next = None;
    for (x, y, cell) in content {
        let here = Position::new(x, y);
        if next != Some(here) {
            go_to(bytes, here);
        }
        // The neighbour of a wide character is never drawn, so the cursor is set after it.
        next = x.checked_add(1).map(|x| Position::new(x, y));
        ink.change(Ink::of(cell, colors), bytes);
        let symbol = cell.symbol();
        if symbol.chars().any(char::is_control) {
            // Text is made harmless before it gets here; this is for the day it is not.
            bytes.extend_from_slice("\u{fffd}".as_bytes());
        } else {
            bytes.extend_from_slice(symbol.as_bytes());
        }
    }
    if ink != Ink::default() {
        bytes.extend_from_slice(b"\x1b[0m");
    }
}

/// Moves the cursor.
fn go_to(bytes: &mut Vec<u8>, position: Position) {
    bytes.extend_from_slice(b"\x1b[");
    decimal(bytes, u32::from(position.y) + 1);
    bytes.push(b';');
    decimal(bytes, u32::from(position.x) + 1);
    bytes.push(b'H');
}

/// Appends a number without a formatter: a screen of half blocks has tens of thousands.
fn decimal(bytes: &mut Vec<u8>, value: u32) {
    if value >= 10 {
        decimal(bytes, value / 10);
    }
    bytes.push(b'0' + (value % 10) as u8);
}

#[cfg(test)]
mod tests;
