//! A file of lines that only grows: read at the start, appended to line by line, shared without harm.
//!
//! It is CSV that a spreadsheet opens. A line is written at the end of the file in one go under a lock, so that
//! several people can write at once, and two files are joined by writing them one after the other; whoever
//! writes reads what the others have written meanwhile.

use crate::{export::csv, model::Date};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Longer files are none of ours.
const LONGEST: u64 = 64 << 20;

/// What is in such a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ledger {
    /// What is kept in it, in a sentence: `review`.
    pub(super) name: &'static str,
    /// The columns, in their order.
    pub(super) headings: &'static [&'static str],
}

impl Ledger {
    /// What the file says; nothing yet if it is not there.
    pub(super) fn read(&self, path: &Path) -> Result<String, String> {
        if !self.may_be_ours(path)? {
            return Ok(String::new());
        }
        self.contents(path, File::open(path).map_err(|why| self.refuse(path, &why))?)
    }

    /// Whether it is there; whatever else it may be is never opened, as a pipe would wait for ever.
    fn may_be_ours(&self, path: &Path) -> Result<bool, String> {
        match path.metadata() {
            Ok(status) if status.is_file() && status.len() <= LONGEST => Ok(true),
            Ok(_) => Err(self.foreign(path)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(why) => Err(self.refuse(path, &why)),
        }
    }

    /// Nothing is ever added to a file that somebody named by mistake: an image, or another table.
    fn foreign(&self, path: &Path) -> String {
        format!("{}: is no {} file; name another one, which may be new", path.display(), self.name)
    }

    fn contents(&self, path: &Path, mut file: File) -> Result<String, String> {
        self.recognise(path, &mut file)?;
        let mut bytes = vec![];
        file.take(LONGEST).read_to_end(&mut bytes).map_err(|why| self.refuse(path, &why))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Refuses a file that does not begin as one of ours: with the columns, or a line of so many that has a time.
    /// Leaves it at its beginning.
    fn recognise(&self, path: &Path, file: &mut File) -> Result<(), String> {
        /// More than the first line of ours has, whatever note is in it.
        const HEAD: u64 = 64 << 10;
        let mut head = vec![];
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(HEAD).read_to_end(&mut head));
        read.and_then(|_| file.seek(SeekFrom::Start(0))).map_err(|why| self.refuse(path, &why))?;
        let text = String::from_utf8_lossy(&head);
        let first = csv::rows(text.strip_prefix('\u{feff}').unwrap_or(&text)).into_iter().next();
        let is_ours = first.is_none_or(|cells| {
            let has_time = || cells[0].starts_with(|digit: char| digit.is_ascii_digit());
            cells.len() == self.headings.len() && (cells == self.headings || has_time())
        });
        if is_ours { Ok(()) } else { Err(self.foreign(path)) }
    }

    /// Writes a line at the end, and says what the file says then.
    pub(super) fn append(&self, path: &Path, line: &str) -> Result<String, String> {
        self.may_be_ours(path)?;
        let open = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
        let mut file = open.map_err(|why| self.refuse(path, &why))?;
        // Advisory, for another of us; where locks do not work a short line at the end is written whole too.
        let _ = file.lock();
        self.recognise(path, &mut file)?;
        let write = || -> io::Result<File> {
            let mut text = String::new();
            let length = file.seek(SeekFrom::End(0))?;
            if length == 0 {
                let headings: Vec<String> = self.headings.iter().map(|&heading| heading.to_owned()).collect();
                text.push_str(&csv::line(&headings));
            } else {
                let mut last = [0];
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
                // Somebody's editor has left the last line open.
                text.push_str(if last == *b"\n" { "" } else { "\r\n" });
            }
            text.push_str(line);
            file.write_all(text.as_bytes())?;
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        };
        self.contents(path, write().map_err(|why| self.refuse(path, &why))?)
    }

    fn refuse(&self, path: &Path, why: &io::Error) -> String {
        format!("the {} was not kept: {}: {why}", self.name, path.display())
    }
}

/// The cells of the lines that begin with a time and have so many columns; others are none of ours.
pub(super) fn cells<const N: usize>(text: &str) -> Vec<[String; N]> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let of = |cells: Vec<String>| {
        let cells: [String; N] = cells.try_into().ok()?;
        let is_time = cells[0].starts_with(|digit: char| digit.is_ascii_digit());
        is_time.then(|| cells.map(|cell| csv::plain(&cell).to_owned()))
    };
    csv::rows(text).into_iter().filter_map(of).collect()
}

/// UTC now, to the second.
pub(super) fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    utc(seconds)
}

/// Seconds since 1970 as a date and a time.
fn utc(seconds: u64) -> String {
    /// [`Date::day_number`] of the first of January 1970.
    const EPOCH: i64 = 719_468;
    let (days, second) = ((seconds / 86_400) as i64, seconds % 86_400);
    let date = Date::from_day_number(EPOCH + days).map(|date| date.to_string()).unwrap_or_default();
    format!("{date}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_right() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(utc(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(utc(1_795_516_200), "2026-11-24T10:30:00Z");
    }
}
