//! Why a file was refused, and where: `path:line:column: reason`.

use std::{
    fmt::{self, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A place in a file, for people and for editors that jump to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    path: Arc<Path>,
    /// Line and column, one-based, counted in characters.
    place: Option<(usize, usize)>,
}

impl Location {
    /// The file as a whole.
    pub fn file(path: &Path) -> Self {
        Self { path: Arc::from(path), place: None }
    }

    /// The start of a byte range of `text`, the content of `path`.
    pub(super) fn span(path: &Arc<Path>, text: &str, span: Option<Range<usize>>) -> Self {
        let place = span.map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
            (line, column)
        });
        Self { path: Arc::clone(path), place }
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        self.path.to_path_buf()
    }

    /// Line and column, one-based; `None` if the file as a whole is meant.
    pub fn place(&self) -> Option<(usize, usize)> {
        self.place
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.path.to_string_lossy(), usize::MAX))?;
        self.place.map_or(Ok(()), |(line, column)| write!(f, ":{line}:{column}"))
    }
}

/// A file we do not use, because following half of it would surprise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {}", harmless(reason, LONGEST_REASON))]
pub struct Refusal {
    at: Location,
    reason: String,
}

impl Refusal {
    /// `reason` is a phrase that follows the place and a colon.
    pub fn new(at: Location, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }

    /// Where.
    pub fn at(&self) -> &Location {
        &self.at
    }
}

/// A line on a screen; the reason may quote a value of any length.
const LONGEST_REASON: usize = 400;

/// Spells out what could steer a terminal: a file can hold an escape sequence as well as a name can.
fn harmless(text: &str, longest: usize) -> String {
    let mut safe = String::with_capacity(text.len().min(longest));
    for (i, c) in text.chars().enumerate() {
        if i == longest {
            safe.push('…');
            break;
        }
        match c {
            '"' | '\'' | '\\' => safe.push(c),
            // Writing to a String cannot fail.
            _ => drop(write!(safe, "{}", c.escape_debug())),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let path: Arc<Path> = Arc::from(Path::new("config.toml"));
        let at = |start| Location::span(&path, "a = 1\nä = ?\n", Some(start..start + 1)).to_string();
        assert_eq!(at(0), "config.toml:1:1");
        assert_eq!(at(11), "config.toml:2:5");
        assert_eq!(at(999), "config.toml:3:1");
    }

    #[test]
    fn neither_path_nor_reason_can_steer_the_terminal() {
        let refusal =
            Refusal::new(Location::file(Path::new("a\x1b[2J\u{9b}b")), "is \x1b]0;PWN\x07\u{202e}\nhi");
        assert_eq!(refusal.to_string(), r"a\u{1b}[2J\u{9b}b: is \u{1b}]0;PWN\u{7}\u{202e}\nhi");
    }

    #[test]
    fn a_reason_that_quotes_a_megabyte_is_cut() {
        let refusal = Refusal::new(Location::file(Path::new("a")), "x".repeat(1 << 20));
        assert_eq!(refusal.to_string().chars().count(), 3 + LONGEST_REASON + 1);
    }
}
