//! A query over a whole library: what is the same for many series is looked at once.

use super::{Kind, Query, TextField, contains, label_contains, study_contains};
use crate::model::{Library, SeriesId, Text};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

impl Query {
    /// Answers like [`Query::keeps`], faster: texts of a study, and texts that series share, are searched once.
    pub fn over<'a>(&'a self, library: &'a Library) -> impl FnMut(SeriesId) -> bool + 'a {
        let mut known: Vec<Known> = self.terms.iter().map(|_| Known::default()).collect();
        move |id| {
            self.terms
                .iter()
                .zip(&mut known)
                .all(|(term, known)| known.holds(&term.kind, library, id) != term.negated)
        }
    }
}

/// Answers of one term so far.
#[derive(Default)]
struct Known {
    /// By study.
    studies: Vec<Option<bool>>,
    /// By the address of a text, which series share.
    texts: HashMap<usize, bool, BuildHasherDefault<Address>>,
}

/// Spreads addresses, which nobody chooses to make trouble (Fibonacci hashing).
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte.into());
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Known {
    fn holds(&mut self, kind: &Kind, library: &Library, id: SeriesId) -> bool {
        match kind {
            Kind::Word(word) => {
                let facts = &library.series(id).facts;
                let texts =
                    [&facts.modality, &facts.number, &facts.body_part, &facts.kernel, &facts.protocol];
                self.of_study(library, id, |study| study_contains(library, study, word))
                    || texts.into_iter().any(|text| self.contains(text, word))
                    || if facts.description.is_empty() {
                        label_contains(library, id, word)
                    } else {
                        self.contains(&facts.description, word)
                    }
            }
            Kind::Text(TextField::Patient | TextField::Study, _) => {
                self.of_study(library, id, |_| kind.holds(library, id))
            }
            _ => kind.holds(library, id),
        }
    }

    fn of_study(
        &mut self,
        library: &Library,
        id: SeriesId,
        holds: impl FnOnce(crate::model::StudyId) -> bool,
    ) -> bool {
        let study = library.series(id).study;
        if self.studies.is_empty() {
            self.studies = vec![None; library.study_count()];
        }
        *self.studies[study.0 as usize].get_or_insert_with(|| holds(study))
    }

    fn contains(&mut self, text: &Text, word: &str) -> bool {
        let raw = text.raw();
        !raw.is_empty()
            && *self.texts.entry(raw.as_ptr() as usize).or_insert_with(|| contains(raw.trim(), word))
    }
}
