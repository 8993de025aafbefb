//! The one way to standard output: text made harmless, JSON exact, a closed pipe no error.

use crate::{
    export::csv,
    model::{Mask, shown},
    ui::words,
};
use serde::Serialize;
use std::{
    borrow::Cow,
    io::{self, BufWriter, Write},
};

/// A writer that knows what may leave the program.
pub(super) struct Out {
    to: Box<dyn Write>,
    /// Whether identifiers are hidden; who writes them asks.
    pub(super) mask: Mask,
}

impl Out {
    /// Standard output, buffered.
    pub(super) fn stdout(mask: Mask) -> Self {
        Self { to: Box::new(BufWriter::new(io::stdout().lock())), mask }
    }

    /// Any other writer.
    #[cfg(test)]
    pub(super) fn to(writer: impl Write + 'static) -> Self {
        Self { to: Box::new(writer), mask: Mask::default() }
    }

    /// A line of text; whatever could steer a terminal is spelt out.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.to, "{}", shown(text))?)
    }

    /// A JSON document over several lines.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        // Written as it is made: the attributes of one file may be a hundred megabytes.
        let mut spelling = BufWriter::with_capacity(PIECE, Spelling { to: &mut self.to, rest: vec![] });
        serde_json::to_writer_pretty(&mut spelling, value)?;
        spelling.flush()?;
        drop(spelling);
        Ok(writeln!(self.to)?)
    }

    /// A JSON document on one line.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        Ok(writeln!(self.to, "{}", spelt_out(&serde_json::to_string(value)?))?)
    }

    /// A row of RFC 4180; text that a spreadsheet would run as a formula gets a leading apostrophe.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn csv_row(&mut self, cells: &[String]) -> anyhow::Result<()> {
        Ok(self.to.write_all(csv::line(cells).as_bytes())?)
    }

    /// Aligned columns under headings; columns without a value are left out.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn table(&mut self, headings: &[&str], rows: &[impl AsRef<[String]>]) -> anyhow::Result<()> {
        let used: Vec<usize> =
            (0..headings.len()).filter(|&i| rows.iter().any(|row| !row.as_ref()[i].is_empty())).collect();
        let width = |i: usize| {
            rows.iter()
                .map(|row| words::width(&row.as_ref()[i]))
                .chain([words::width(headings[i])])
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = used.iter().map(|&i| width(i).min(40)).collect();
        let line = |cells: Vec<&str>| {
            let padded: Vec<String> =
                cells.iter().zip(&widths).map(|(cell, &w)| words::left(cell, w)).collect();
            padded.join("  ").trim_end().to_owned()
        };
        if rows.is_empty() {
            return Ok(());
        }
        self.line(&line(used.iter().map(|&i| headings[i]).collect()))?;
        rows.iter()
            .try_for_each(|row| self.line(&line(used.iter().map(|&i| row.as_ref()[i].as_str()).collect())))
    }

    /// Bytes as they are: a picture's escape codes, only ever written to a terminal.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.to.write_all(bytes)?)
    }

    /// Hands everything to the system.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

/// Bytes of JSON that are spelt out at once.
const PIECE: usize = 64 << 10;

/// Passes JSON on piece by piece through [`spelt_out`].
struct Spelling<'a> {
    to: &'a mut dyn Write,
    /// The first bytes of a character whose others are still to come.
    rest: Vec<u8>,
}

impl Write for Spelling<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(piece);
        let end = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let whole = String::from_utf8_lossy(&self.rest[..end]);
        self.to.write_all(spelt_out(&whole).as_bytes())?;
        self.rest.drain(..end);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// JSON in which everything that [`shown`] would replace is written as `\uXXXX`: exact for a program, and
/// harmless for a terminal it is printed on.
fn spelt_out(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.contains('\x7f') {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        let alone = c.to_string();
        if c == '\n' || (c != '\x7f' && c.is_ascii()) || shown(&alone) == alone {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_exact_for_a_program_and_harmless_on_a_terminal() {
        let value = "a\u{9b}31m\u{202e}\u{e0068}\x7f山";
        let json = spelt_out(&serde_json::to_string(value).unwrap()).into_owned();
        assert_eq!(json, r#""a\u009b31m\u202e\udb40\udc68\u007f山""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }

    #[test]
    fn a_character_that_comes_in_pieces_is_spelt_out_once() {
        let mut written = vec![];
        let mut spelling = Spelling { to: &mut written, rest: vec![] };
        for byte in "山\u{202e}\u{e0068}é".bytes() {
            spelling.write_all(&[byte]).unwrap();
        }
        assert_eq!(String::from_utf8(written).unwrap(), r"山\u202e\udb40\udc68é");
    }

    #[test]
    fn wide_characters_count_as_two_columns() {
        assert_eq!(words::left("山田太郎", 5), "山田…");
        assert_eq!(words::left("山田", 5), "山田 ");
    }
}
