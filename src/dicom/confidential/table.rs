//! Table E.1-1 of PS3.15 as data: what is done with each attribute, and which options change it.

use super::super::Tag;
use std::{collections::HashMap, sync::LazyLock};

/// What the profile does with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// D: a value that means nothing.
    Dummy,
    /// Z: no value.
    Empty,
    /// X: the attribute goes.
    Remove,
    /// U: another UID; in a sequence, of every object it refers to.
    Uid,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) action: Action,
    options: &'static str,
}

impl Rule {
    /// True if the option of that letter changes what is done; see the head of `attributes.txt`.
    pub(super) fn has(&self, option: char) -> bool {
        self.options.contains(option)
    }
}

static TABLE: LazyLock<HashMap<Tag, Rule>> = LazyLock::new(|| lines().collect());

fn lines() -> impl Iterator<Item = (Tag, Rule)> {
    include_str!("attributes.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut words = line.split_whitespace();
        let (tag, action, options) = (words.next()?.parse().ok()?, words.next()?, words.next()?);
        let action = match action.rsplit('/').next()? {
            "D" => Action::Dummy,
            "Z" => Action::Empty,
            "X" => Action::Remove,
            _ => Action::Uid,
        };
        Some((tag, Rule { action, options }))
    })
}

/// The rule for an attribute of the standard, if the table has one.
pub(super) fn rule(tag: Tag) -> Option<Rule> {
    if is_drawn(tag) {
        return Some(Rule { action: Action::Remove, options: "" });
    }
    TABLE.get(&tag).copied()
}

/// Curves and overlays, (50xx,xxxx) and (60xx,xxxx): without its bits the rest of an overlay is none.
fn is_drawn(tag: Tag) -> bool {
    matches!(tag.0, 0x5000..=0x50ff | 0x6000..=0x60ff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood_and_none_comes_twice() {
        let count = include_str!("attributes.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((lines().count(), TABLE.len()), (count, count));
        assert!(count > 640);
    }

    #[test]
    fn what_a_tag_means_is_what_the_dictionary_says() {
        for line in include_str!("attributes.txt").lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let known = super::super::super::dictionary::by_keyword(words[3]);
            if let Some(entry) = known {
                assert_eq!(words[0].parse(), Ok(entry.tag), "{line}");
            }
        }
    }
}
