//! PS3.3 as data: which attributes modules ask for, and which modules objects of a class have.
//!
//! `modules.txt` beside this file is read at the first question, in about a millisecond.

use super::super::{Tag, dictionary};
use std::{collections::HashMap, sync::LazyLock};

const TEXT: &str = include_str!("modules.txt");
/// What a leading point of a class stands for.
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1";

/// A module of Annex C.
#[derive(Debug)]
pub(super) struct Module {
    /// Such as `C.7.1.1`.
    pub(super) section: &'static str,
    /// Such as `Patient`.
    pub(super) name: &'static str,
    pub(super) demands: Vec<Demand>,
}

/// What one data set must have: the whole, or every item of a sequence.
#[derive(Debug)]
pub(super) struct Demand {
    /// The sequences that lead there.
    pub(super) path: Vec<Hop>,
    /// Attributes of type 1: there, and with a value.
    pub(super) one: Vec<Tag>,
    /// Attributes of type 2: there.
    pub(super) two: Vec<Tag>,
}

/// A step down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    /// Into the items of a sequence.
    Into(Tag),
    /// Into the shared functional groups, and into those of every frame.
    Groups,
}

/// When a class has a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Nobody can tell; but what is begun must be whole.
    Perhaps,
    /// If that attribute is there, and more than one if it is a count.
    With(Tag),
}

/// What objects of one class consist of.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// Modules, by their place in [`Table::modules`].
    pub(super) modules: Vec<(usize, When)>,
    /// Functional groups, shared or of every frame.
    pub(super) groups: Vec<Tag>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) modules: Vec<Module>,
    /// By UID, or by what follows [`STORAGE`].
    pub(super) classes: HashMap<&'static str, Class>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

impl Table {
    pub(super) fn get() -> &'static Self {
        &TABLE
    }

    /// What objects of that SOP class consist of; `None` of private and rare ones.
    pub(super) fn class(&self, uid: &str) -> Option<&Class> {
        let short = uid.strip_prefix(STORAGE).filter(|rest| rest.starts_with('.'));
        self.classes.get(short.unwrap_or(uid))
    }

    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        let mut uids: Vec<&str> = vec![];
        let mut by_section = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((section, name)) = line.strip_prefix("= ").and_then(|line| line.split_once(' ')) {
                by_section.insert(section, table.modules.len());
                table.modules.push(Module { section, name, demands: vec![] });
            } else if let Some(classes) = line.strip_prefix("> ") {
                uids = classes.split(' ').collect();
            } else if let Some(groups) = line.strip_prefix("+ ") {
                for uid in &uids {
                    table.classes.entry(uid).or_default().groups = tags(groups);
                }
            } else if uids.is_empty() {
                if let Some(module) = table.modules.last_mut() {
                    module.demands.push(Demand::read(line));
                }
            } else {
                for uid in &uids {
                    let modules = line.split(' ').filter_map(|word| need(word, &by_section)).collect();
                    table.classes.insert(uid, Class { modules, groups: vec![] });
                }
            }
        }
        table
    }
}

impl Demand {
    fn read(line: &str) -> Self {
        let (path, rest) = line.split_once(": ").unwrap_or(("", line));
        let path = path.split('.').filter_map(|step| match step {
            "*" => Some(Hop::Groups),
            keyword => tag(keyword).map(Hop::Into),
        });
        let (one, two) = rest.split_once("2 ").unwrap_or((rest, ""));
        Self { path: path.collect(), one: tags(one.strip_prefix("1 ").unwrap_or(one)), two: tags(two) }
    }
}

/// A module of a class: `C.7.1.1`, `C.11.2?`, `C.7.6.6@NumberOfFrames`.
fn need(word: &str, by_section: &HashMap<&str, usize>) -> Option<(usize, When)> {
    let (section, when) = match (word.split_once('@'), word.strip_suffix('?')) {
        (Some((section, keyword)), _) => (section, When::With(tag(keyword)?)),
        (_, Some(section)) => (section, When::Perhaps),
        _ => (word, When::Always),
    };
    Some((*by_section.get(section)?, when))
}

fn tag(keyword: &str) -> Option<Tag> {
    dictionary::by_keyword(keyword).map(|entry| entry.tag)
}

fn tags(keywords: &str) -> Vec<Tag> {
    keywords.split_whitespace().filter_map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> impl Iterator<Item = &'static str> {
        TEXT.lines().filter(|line| !line.starts_with('#'))
    }

    #[test]
    fn every_keyword_of_the_table_is_one_of_the_dictionary() {
        let words = lines().filter(|line| !line.starts_with("= ") && !line.starts_with("> "));
        let unknown: Vec<&str> = words
            .flat_map(|line| line.split([' ', ':', '.', '@']))
            .filter(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .filter(|word| tag(word).is_none())
            .collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[test]
    fn every_section_that_a_class_names_is_there_and_none_comes_twice() {
        let sections: Vec<&str> =
            lines().filter_map(|line| line.strip_prefix("= ")?.split(' ').next()).collect();
        let mut distinct = sections.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), sections.len());
        let named = lines().filter(|line| line.starts_with("C.")).flat_map(|line| line.split(' '));
        for word in named {
            let section = word.split(['?', '@']).next().unwrap();
            assert!(sections.contains(&section), "{section}");
        }
    }

    #[test]
    fn the_modules_of_a_ct_are_those_of_annex_a() {
        let table = Table::get();
        let class = table.class("1.2.840.10008.5.1.4.1.1.2").unwrap();
        let always = class.modules.iter().filter(|(_, when)| *when == When::Always);
        let names: Vec<&str> = always.map(|&(at, _)| table.modules[at].name).collect();
        assert_eq!(
            names,
            [
                "Patient",
                "General Study",
                "General Series",
                "Frame of Reference",
                "General Equipment",
                "General Image",
                "Image Plane",
                "Image Pixel",
                "CT Image",
                "SOP Common",
            ]
        );
        assert!(table.class("1.2.840.10008.5.1.4.1.1.20000").is_none());
        assert!(table.class("1.2.3").is_none() && table.class("").is_none());
    }

    #[test]
    fn types_and_paths_are_read_from_their_lines() {
        let demand = Demand::read("*.PlanePositionSequence: 1 ImagePositionPatient 2 Rows Columns");
        assert_eq!(demand.path, [Hop::Groups, Hop::Into(Tag(0x0020, 0x9113))]);
        assert_eq!((demand.one, demand.two.len()), (vec![Tag(0x0020, 0x0032)], 2));
        let demand = Demand::read("2 PatientName");
        assert_eq!((demand.path, demand.one, demand.two), (vec![], vec![], vec![Tag(0x0010, 0x0010)]));
    }
}
