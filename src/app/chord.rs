//! A key with its modifiers, and keys one after the other, as people write them.
//!
//! `j`, `G`, `C-f`, `A-left` and `pgdn` are chords; `g>g` is a sequence: g, then g. Shift shows in the
//! letter (`G`, not `S-g`, although that is understood), because that is how terminals report it.

use crate::config::nearest;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::{fmt, str::FromStr};

/// A key with its modifiers, in the one form that a key press and its notation both come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Why a notation is no key; a phrase that follows the place and a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a character and not a name of ours.
    #[error("no key is called {key:?}; did you mean {nearest:?}?")]
    Unknown {
        /// As written.
        key: String,
        /// The closest name, or the sequence it may be meant for.
        nearest: String,
    },
    /// Shift with a character that Shift changes differently on every keyboard.
    #[error("{0:?} depends on the keyboard; write the character that Shift makes of it")]
    ShiftedSign(String),
    /// A chord that most terminals report as another.
    #[error("{key:?} arrives as {arrives:?} on most terminals; choose another key")]
    Confused {
        /// As written.
        key: String,
        /// What the terminal says instead.
        arrives: String,
    },
    /// Nobody remembers that many keys.
    #[error(
        "a sequence has at most {} keys, and an action at most {}",
        Sequence::LONGEST,
        Sequence::ALTERNATIVES
    )]
    TooMany,
}

const NAMES: [(&str, KeyCode); 28] = [
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("f1", KeyCode::F(1)),
    ("f2", KeyCode::F(2)),
    ("f3", KeyCode::F(3)),
    ("f4", KeyCode::F(4)),
    ("f5", KeyCode::F(5)),
    ("f6", KeyCode::F(6)),
    ("f7", KeyCode::F(7)),
    ("f8", KeyCode::F(8)),
    ("f9", KeyCode::F(9)),
    ("f10", KeyCode::F(10)),
    ("f11", KeyCode::F(11)),
    ("f12", KeyCode::F(12)),
];

const MODIFIERS: [(&str, KeyModifiers); 3] =
    [("C-", KeyModifiers::CONTROL), ("A-", KeyModifiers::ALT), ("S-", KeyModifiers::SHIFT)];

impl Chord {
    /// The one form of a key: Shift goes into the letter, and is dropped where the character already
    /// says it; Ctrl knows no capital letters. `None` for keys that have no notation.
    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Option<Self> {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        if !known.contains(modifiers) {
            return None;
        }
        let shift = modifiers.contains(KeyModifiers::SHIFT);
        let without_shift = modifiers - KeyModifiers::SHIFT;
        let (code, modifiers) = match code {
            KeyCode::Char(c) if c.is_control() => return None,
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                (KeyCode::Char(single(c, c.to_lowercase())), without_shift)
            }
            KeyCode::Char(c) if shift => (KeyCode::Char(single(c, c.to_uppercase())), without_shift),
            KeyCode::Char(_) => (code, modifiers),
            KeyCode::Tab if shift => (KeyCode::BackTab, without_shift),
            KeyCode::BackTab => (code, without_shift),
            _ if NAMES.iter().any(|(_, named)| *named == code) => (code, modifiers),
            _ => return None,
        };
        Some(Self { code, modifiers })
    }

    /// The chord of a key press or repeat; `None` for a release, and for keys we have no notation for.
    pub fn of(event: KeyEvent) -> Option<Self> {
        let pressed = event.kind != KeyEventKind::Release;
        pressed.then(|| Self::normal(event.code, event.modifiers)).flatten()
    }

    /// The digit, if it is one without modifiers: part of a count, where counts are read.
    pub fn digit(self) -> Option<u8> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => c.to_digit(10).map(|digit| digit as u8),
            _ => None,
        }
    }

    /// True for Esc without modifiers, which ends whatever was begun.
    pub fn is_escape(self) -> bool {
        self.code == KeyCode::Esc && self.modifiers.is_empty()
    }
}

/// A letter in another case, unless that takes several characters (`ß`).
fn single(letter: char, mut other: impl Iterator<Item = char>) -> char {
    match (other.next(), other.next()) {
        (Some(c), None) => c,
        _ => letter,
    }
}

/// Splits `C-A-x` into its modifiers and `x`; a modifier with nothing behind it is left alone.
fn split_modifiers(text: &str) -> (KeyModifiers, &str) {
    let mut modifiers = KeyModifiers::NONE;
    let mut key = text;
    while let Some((rest, modifier)) = MODIFIERS.iter().find_map(|(prefix, modifier)| {
        let rest = key.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
        (!modifiers.contains(*modifier)).then_some((rest, *modifier))
    }) {
        modifiers |= modifier;
        key = rest;
    }
    (modifiers, key)
}

impl FromStr for Chord {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (modifiers, key) = split_modifiers(text);
        let mut letters = key.chars();
        let code = match (NAMES.iter().find(|(name, _)| *name == key), letters.next(), letters.next()) {
            (Some((_, code)), ..) => *code,
            (None, Some(letter), None) => KeyCode::Char(letter),
            _ => return Err(unknown(text, key)),
        };
        let shift = modifiers.contains(KeyModifiers::SHIFT);
        if let KeyCode::Char(c) = code {
            let arrives = match c.to_ascii_lowercase() {
                _ if !modifiers.contains(KeyModifiers::CONTROL) => None,
                'i' => Some("tab".to_owned()),
                'm' => Some("enter".to_owned()),
                '[' => Some("esc".to_owned()),
                _ => shift.then(|| format!("C-{}", key.to_lowercase())),
            };
            if let Some(arrives) = arrives {
                return Err(KeyError::Confused { key: text.to_owned(), arrives });
            }
            if shift && !c.is_alphabetic() {
                return Err(KeyError::ShiftedSign(text.to_owned()));
            }
        }
        Self::normal(code, modifiers).ok_or_else(|| unknown(text, key))
    }
}

fn unknown(text: &str, key: &str) -> KeyError {
    let joined = || key.chars().map(String::from).collect::<Vec<_>>().join(">");
    let short = (2..=3).contains(&key.chars().count()) && key == text;
    let nearest = nearest(key, NAMES.iter().map(|(name, _)| *name)).unwrap_or_default();
    let nearest = if short && !nearest.starts_with(key) { joined() } else { nearest.to_owned() };
    KeyError::Unknown { key: text.chars().take(40).collect(), nearest }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (prefix, modifier) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                f.write_str(prefix)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, code) => write!(f, "{code}"),
        }
    }
}

/// Chords pressed one after the other, written with `>` between them; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<Chord>);

impl Sequence {
    /// The most chords a sequence may have.
    pub const LONGEST: usize = 4;

    /// The most sequences one action may have.
    pub const ALTERNATIVES: usize = 16;

    /// The chords, at least one.
    pub fn chords(&self) -> &[Chord] {
        &self.0
    }

    /// True if pressing one of them decides what pressing the other would do: they are equal, or one
    /// begins with the other.
    pub fn collides_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl FromStr for Sequence {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut chords = vec![];
        let mut rest = text;
        loop {
            // The first character of a key is never the separator, so `>` itself can be bound.
            let (_, key) = split_modifiers(rest);
            let start = rest.len() - key.len() + key.chars().next().map_or(0, char::len_utf8);
            let end = rest[start..].find('>').map_or(rest.len(), |at| start + at);
            if chords.len() == Self::LONGEST {
                return Err(KeyError::TooMany);
            }
            chords.push(rest[..end].parse()?);
            match rest[end..].strip_prefix('>') {
                Some(more) => rest = more,
                None => return Ok(Self(chords)),
            }
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&keys.join(">"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chord() -> impl Strategy<Value = Chord> {
        let signs = "[!-~äßøжλ中]".prop_map(|s| KeyCode::Char(s.chars().next().unwrap()));
        let named = (0..NAMES.len()).prop_map(|i| NAMES[i].1);
        let modifiers = (0u8..8).prop_map(KeyModifiers::from_bits_truncate);
        (prop_oneof![signs, named], modifiers)
            .prop_map(|(code, modifiers)| Chord::normal(code, modifiers).unwrap())
            .prop_filter("a chord one can write", |chord| {
                let confused = ['i', 'm', '['].map(KeyCode::Char).contains(&chord.code);
                !(confused && chord.modifiers.contains(KeyModifiers::CONTROL))
            })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_as_the_same_keys(chords in prop::collection::vec(chord(), 1..=Sequence::LONGEST)) {
            let sequence = Sequence(chords);
            prop_assert_eq!(sequence.to_string().parse(), Ok(sequence));
        }

        #[test]
        fn no_notation_can_make_the_reader_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Sequence>();
        }
    }

    fn press(code: KeyCode, modifiers: KeyModifiers) -> String {
        Chord::of(KeyEvent::new(code, modifiers)).map_or_else(String::new, |chord| chord.to_string())
    }

    #[test]
    fn terminals_that_report_shift_and_those_that_do_not_agree() {
        let (shift, none) = (KeyModifiers::SHIFT, KeyModifiers::NONE);
        assert_eq!(press(KeyCode::Char('G'), shift), "G");
        assert_eq!(press(KeyCode::Char('G'), none), "G");
        assert_eq!(press(KeyCode::Char('g'), shift), "G");
        assert_eq!(press(KeyCode::Char('?'), shift), "?");
        assert_eq!(press(KeyCode::BackTab, shift), "backtab");
        assert_eq!(press(KeyCode::Tab, shift), "backtab");
        assert_eq!(press(KeyCode::Char('C'), KeyModifiers::CONTROL | shift), "C-c");
        assert_eq!(press(KeyCode::Up, shift), "S-up");
        assert_eq!("S-g".parse::<Chord>(), "G".parse());
    }

    #[test]
    fn a_released_key_and_a_key_without_a_name_are_no_chord() {
        let released = KeyEvent::new_with_kind(KeyCode::Char('j'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(Chord::of(released), None);
        assert_eq!(press(KeyCode::CapsLock, KeyModifiers::NONE), "");
        assert_eq!(press(KeyCode::Char('j'), KeyModifiers::SUPER), "");
    }

    #[test]
    fn the_separator_and_the_minus_are_keys_too() {
        for (text, chords) in [(">", 1), ("-", 1), ("C--", 1), ("C->", 1), ("g>>", 2), (">>g", 2), (">>>", 2)]
        {
            let sequence: Sequence = text.parse().unwrap();
            assert_eq!((sequence.chords().len(), sequence.to_string()), (chords, text.to_owned()));
        }
        for text in ["", ">>", "g>", "C-", "C-C-x", "S-"] {
            assert!(text.parse::<Sequence>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_notation_is_answered_with_the_right_one() {
        for (text, expected) in [
            ("pgdwn", r#"no key is called "pgdwn"; did you mean "pgdn"?"#),
            ("gg", r#"no key is called "gg"; did you mean "g>g"?"#),
            ("escape", r#"no key is called "escape"; did you mean "esc"?"#),
            ("S-1", r#""S-1" depends on the keyboard; write the character that Shift makes of it"#),
            ("C-S-c", r#""C-S-c" arrives as "C-c" on most terminals; choose another key"#),
            ("C-i", r#""C-i" arrives as "tab" on most terminals; choose another key"#),
            ("a>b>c>d>e", "a sequence has at most 4 keys, and an action at most 16"),
        ] {
            assert_eq!(text.parse::<Sequence>().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn only_a_bare_digit_is_a_digit() {
        assert_eq!("7".parse::<Chord>().unwrap().digit(), Some(7));
        assert_eq!("A-7".parse::<Chord>().unwrap().digit(), None);
        assert_eq!("j".parse::<Chord>().unwrap().digit(), None);
    }
}
