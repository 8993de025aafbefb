//! Text from a file, and the one border it crosses on its way to a screen.
//!
//! A patient's name may hold an escape sequence that renames the terminal, a
//! right-to-left override that reverses what follows, or a line feed that forges
//! a log entry. [`Text`] keeps the exact value for machines ([`Text::raw`]) and
//! shows a harmless one to people: its `Display` is the only way to a screen.

use std::{borrow::Cow, fmt, path::Path, sync::Arc};

/// A decoded value whose `Display` can never steer a terminal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Arc<str>);

impl Text {
    /// The exact characters, for JSON and comparisons; never for a terminal.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True if nothing is there to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A path as text; bytes that are not UTF-8 become `U+FFFD`.
    pub fn from_path(path: &Path) -> Self {
        Self(Arc::from(path.to_string_lossy()))
    }

    /// The characters a person may see; see [`shown`].
    pub fn shown(&self) -> Cow<'_, str> {
        shown(&self.0)
    }
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        // All that are empty are one: half of what a file could say is not said.
        if value.is_empty() { Self::default() } else { Self(Arc::from(value)) }
    }
}

impl From<String> for Text {
    fn from(value: String) -> Self {
        Self::from(value.as_str())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown())
    }
}

/// Identifiers must not reach a log through `{:?}`.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

/// Combining marks beyond this many on one letter are dropped: no name needs more, and a pile of them
/// climbs into the lines above.
const MARKS_PER_LETTER: usize = 8;

/// Replaces every character that could steer a terminal, hide itself or reorder its neighbours.
///
/// Control characters (C0, DEL, C1), line and paragraph separators, bidirectional overrides, zero-width
/// and tag characters, and noncharacters come out as `⟨U+202E⟩`; a tab becomes a space. Joiners inside
/// emoji and Indic text (`U+200C`, `U+200D`) are kept after a letter, as their scripts need them.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut marks = 0;
    let mut after_letter = false;
    for c in text.chars() {
        if is_mark(c) {
            marks += 1;
            if marks <= MARKS_PER_LETTER {
                safe.push(c);
            }
            continue;
        }
        marks = 0;
        match c {
            '\t' => safe.push(' '),
            '\u{200c}' | '\u{200d}' if after_letter => safe.push(c),
            _ if is_hostile(c) => {
                use fmt::Write as _;
                // Writing to a String cannot fail.
                let _ = write!(safe, "⟨U+{:04X}⟩", u32::from(c));
            }
            _ => safe.push(c),
        }
        after_letter = !c.is_ascii() && !is_hostile(c);
    }
    Cow::Owned(safe)
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_in_a_name_is_spelt_out() {
        assert_eq!(Text::from("a\x1b]0;pwned\x07").to_string(), "a⟨U+001B⟩]0;pwned⟨U+0007⟩");
    }

    #[test]
    fn eight_bit_controls_and_bidi_overrides_are_spelt_out() {
        assert_eq!(shown("\u{9b}31m\u{202e}gpj.exe"), "⟨U+009B⟩31m⟨U+202E⟩gpj.exe");
    }

    #[test]
    fn names_of_the_world_stay_as_they_are() {
        for name in ["Yamada^Tarou=山田^太郎=やまだ^たろう", "قباني^لنزار", "Äneas^Rüdiger", "Люкceмбypг"]
        {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn a_pile_of_combining_marks_is_cut_down() {
        let pile = format!("a{}", "\u{301}".repeat(500));
        assert_eq!(shown(&pile).chars().count(), 1 + MARKS_PER_LETTER);
    }

    #[test]
    fn debug_output_shows_no_identifier() {
        assert_eq!(format!("{:?}", Text::from("Doe^Jane")), "Text(8 bytes)");
    }

    #[test]
    fn raw_keeps_what_display_replaces() {
        assert_eq!(Text::from("a\nb").raw(), "a\nb");
    }
}
