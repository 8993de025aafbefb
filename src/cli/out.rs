//! The one way to standard output: text made harmless, JSON exact, a closed pipe no error.

use crate::model::shown;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use unicode_width::UnicodeWidthStr;

/// A writer that knows what may leave the program.
pub(super) struct Out {
    to: Box<dyn Write>,
}

impl Out {
    /// Standard output, buffered.
    pub(super) fn stdout() -> Self {
        Self { to: Box::new(BufWriter::new(io::stdout().lock())) }
    }

    /// Any other writer.
    #[cfg(test)]
    pub(super) fn to(writer: impl Write + 'static) -> Self {
        Self { to: Box::new(writer) }
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
        serde_json::to_writer_pretty(&mut self.to, value)?;
        Ok(writeln!(self.to)?)
    }

    /// A JSON document on one line.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.to, value)?;
        Ok(writeln!(self.to)?)
    }

    /// A row of RFC 4180; text that a spreadsheet would run as a formula gets a leading apostrophe.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn csv_row(&mut self, cells: &[String]) -> anyhow::Result<()> {
        let quoted: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        Ok(write!(self.to, "{}\r\n", quoted.join(","))?)
    }

    /// Aligned columns under headings; columns without a value are left out.
    ///
    /// # Errors
    ///
    /// What the system says while writing.
    pub(super) fn table<const N: usize>(
        &mut self,
        headings: &[&str; N],
        rows: &[[String; N]],
    ) -> anyhow::Result<()> {
        let used: Vec<usize> = (0..N).filter(|&i| rows.iter().any(|row| !row[i].is_empty())).collect();
        let width =
            |i: usize| rows.iter().map(|row| row[i].width()).chain([headings[i].width()]).max().unwrap_or(0);
        let widths: Vec<usize> = used.iter().map(|&i| width(i).min(40)).collect();
        let line = |cells: Vec<&str>| {
            let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, &w)| fit(cell, w)).collect();
            padded.join("  ").trim_end().to_owned()
        };
        if rows.is_empty() {
            return Ok(());
        }
        self.line(&line(used.iter().map(|&i| headings[i]).collect()))?;
        rows.iter().try_for_each(|row| self.line(&line(used.iter().map(|&i| row[i].as_str()).collect())))
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

fn quoted(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    let safe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// Pads or cuts to a width in terminal columns.
fn fit(text: &str, width: usize) -> String {
    let have = text.width();
    if have <= width {
        return format!("{text}{}", " ".repeat(width - have));
    }
    let mut cut = String::new();
    for c in text.chars() {
        if cut.width() + unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    let missing = width.saturating_sub(cut.width());
    format!("{cut}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_quotes_are_harmless_in_csv() {
        assert_eq!(quoted("=cmd()"), "'=cmd()");
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("-1.5"), "-1.5");
    }

    #[test]
    fn wide_characters_count_as_two_columns() {
        assert_eq!(fit("山田太郎", 5), "山田…");
        assert_eq!(fit("山田", 5), "山田 ");
    }
}
