//! Where breaches are written down: each once, with how often it was met, and no more than people read.

use super::super::{Tag, dictionary};
use crate::model::{Breach, Breaches, Section, Step, TagNumber, Weight};
use std::collections::HashMap;

/// Different breaches of one file that are kept; a file in which everything is wrong has more.
const MOST: usize = 500;

/// What is wrong with an attribute, without its place.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) weight: Weight,
    pub(super) section: Section,
    /// The module that asks for it, if one does.
    pub(super) module: &'static str,
    /// What follows the name of the attribute.
    pub(super) says: String,
    pub(super) is_missing: bool,
    /// True if the warnings of a scan tell it, too.
    pub(super) is_told: bool,
}

impl Fault {
    /// A warning about what an attribute holds.
    pub(super) fn warning(section: Section, says: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            section,
            module: "",
            says: says.into(),
            is_missing: false,
            is_told: false,
        }
    }

    /// A warning that a scan gives, too.
    pub(super) fn told(self, is_told: bool) -> Self {
        Self { is_told, ..self }
    }
}

/// The breaches of one file.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    breaches: Breaches,
    /// Places among the breaches, by the way there without the numbers of items, and what is said.
    known: HashMap<(Vec<TagNumber>, String), usize>,
    /// Where the file breaks off: nobody knows what is missing in this element and beyond.
    last: Option<Tag>,
}

impl Ledger {
    /// An empty one, of a file that breaks off at that element if one is named.
    pub(super) fn until(last: Option<Tag>) -> Self {
        Self { last, ..Self::default() }
    }

    /// Writes down what is wrong with `tag` in the data set that `above` leads to.
    pub(super) fn add(&mut self, above: &[Step], tag: Tag, fault: Fault) {
        let number = TagNumber(tag.0, tag.1);
        if fault.is_missing && self.breaks_off_before(above, number) {
            return;
        }
        let sequences = above.iter().filter_map(|step| match step {
            Step::Tag(tag) => Some(*tag),
            Step::Item(_) => None,
        });
        let way: Vec<TagNumber> = sequences.chain([number]).collect();
        // What modules ask for is one breach, however many do.
        let key = if fault.module.is_empty() { fault.says.clone() } else { String::new() };
        let known = self.known.get(&(way.clone(), key.clone())).copied();
        if let Some(breach) = known.and_then(|at| self.breaches.found.get_mut(at)) {
            if breach.module == fault.module {
                breach.places += 1;
                return;
            }
            if breach.weight >= fault.weight {
                return;
            }
        }
        if known.is_none() && self.breaches.found.len() >= MOST {
            self.breaches.more += 1;
            return;
        }
        let within = match way[..] {
            [.., sequence, _] => format!(" in {}", dictionary::spoken(Tag(sequence.0, sequence.1))),
            _ => String::new(),
        };
        let Fault { weight, section, module, says, is_missing, is_told } = fault;
        let breach = Breach {
            weight,
            path: above.iter().copied().chain([Step::Tag(number)]).collect(),
            keyword: dictionary::lookup(tag).map_or("", |entry| entry.keyword),
            places: 1,
            is_missing,
            is_told,
            module,
            section,
            what: format!("{}{within} {says} ({section})", dictionary::spoken(tag)),
        };
        if let Some(at) = known {
            self.breaches.found[at] = breach;
        } else {
            self.known.insert((way, key), self.breaches.found.len());
            self.breaches.found.push(breach);
        }
    }

    fn breaks_off_before(&self, above: &[Step], tag: TagNumber) -> bool {
        self.last.map(|last| TagNumber(last.0, last.1)).is_some_and(|last| match above.first() {
            Some(Step::Tag(sequence)) => *sequence >= last,
            _ => tag > last,
        })
    }

    pub(super) fn finish(self, knows_class: bool) -> Breaches {
        Breaches { knows_class, ..self.breaches }
    }
}
