//! Person names (PN; PS3.5 6.2.1): up to three writings of one name, for machines and for people.

use std::fmt;

use super::Text;

/// A decoded person name.
///
/// Its `Debug` keeps the name to itself, so that it cannot reach a log.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Takes one decoded value; empty groups at its end say nothing and go.
    pub fn new(decoded: &str) -> Self {
        Self(decoded.trim_end_matches(['\0', ' ']).trim_end_matches('=').to_owned())
    }

    /// The name as the file has it, groups joined by `=`; for JSON and comparisons.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The writing in single-byte letters, components separated by `^`.
    pub fn alphabetic(&self) -> &str {
        self.group(0)
    }

    /// The writing in ideographs.
    pub fn ideographic(&self) -> &str {
        self.group(1)
    }

    /// The writing as it sounds.
    pub fn phonetic(&self) -> &str {
        self.group(2)
    }

    /// True if there is no letter in it, only separators.
    pub fn is_empty(&self) -> bool {
        self.0.chars().all(|c| matches!(c, '^' | '=' | ' ' | '\0'))
    }

    /// The name for people: `Yamada, Tarou (山田 太郎)`.
    ///
    /// Comes from the first writing that holds anything; empty if none does.
    pub fn text(&self) -> Text {
        let western = spoken(self.alphabetic(), ", ");
        let eastern = spoken(self.ideographic(), " ");
        Text::from(match (western.is_empty(), eastern.is_empty()) {
            (false, false) if western != eastern => format!("{western} ({eastern})"),
            (false, _) => western,
            (true, false) => eastern,
            (true, true) => spoken(self.phonetic(), " "),
        })
    }

    fn group(&self, index: usize) -> &str {
        self.0.split('=').nth(index).unwrap_or_default()
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// Family name, then given and middle names; what else there is only if that is all.
fn spoken(group: &str, between: &str) -> String {
    let mut parts = group.split('^').map(str::trim);
    let family = parts.next().unwrap_or_default();
    let given = parts.next().unwrap_or_default();
    let middle = parts.next().unwrap_or_default();
    let names = joined(&[given, middle], " ");
    let name = joined(&[family, &names], between);
    if name.is_empty() { joined(&parts.collect::<Vec<_>>(), " ") } else { name }
}

fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(decoded: &str) -> String {
        PersonName::new(decoded).text().to_string()
    }

    #[test]
    fn names_read_family_first() {
        assert_eq!(shown("Doe^Jane^Mary^Dr^PhD"), "Doe, Jane Mary");
        assert_eq!(shown("Doe^Jane^^^"), "Doe, Jane");
        assert_eq!(shown("Doe"), "Doe");
        assert_eq!(shown("^Jane"), "Jane");
        assert_eq!(shown("^^^Dr"), "Dr");
        assert_eq!(shown(" Doe , J"), "Doe , J");
    }

    #[test]
    fn ideographs_follow_in_parentheses_and_lead_when_alone() {
        assert_eq!(shown("Yamada^Tarou=山田^太郎=やまだ^たろう"), "Yamada, Tarou (山田 太郎)");
        assert_eq!(shown("=山田^太郎"), "山田 太郎");
        assert_eq!(shown("^^==やまだ^たろう"), "やまだ たろう");
        assert_eq!(shown("김희중=김희중"), "김희중");
    }

    #[test]
    fn separators_alone_are_no_name() {
        for nobody in ["", "^^^^", "===", " ^ = ^ ", "\0"] {
            assert!(PersonName::new(nobody).is_empty(), "{nobody:?}");
            assert_eq!(shown(nobody), "", "{nobody:?}");
        }
        assert!(!PersonName::new("^x").is_empty());
    }

    #[test]
    fn machines_get_the_name_without_its_empty_groups() {
        assert_eq!(PersonName::new("Wang^XiaoDong=王^小东= ").raw(), "Wang^XiaoDong=王^小东");
        assert_eq!(PersonName::new("Doe^J^^^ ").raw(), "Doe^J^^^");
        assert_eq!(PersonName::new("a=b=c=d").raw(), "a=b=c=d");
    }

    #[test]
    fn a_name_cannot_steer_the_terminal_or_reach_a_log() {
        assert_eq!(shown("\x1b[2J^x"), "⟨U+001B⟩[2J, x");
        assert_eq!(format!("{:?}", PersonName::new("Doe")), "PersonName(…)");
    }
}
