//! Which instance of one side stands against which of the other.

use crate::model::Library;
use std::{collections::HashMap, path::PathBuf};

/// Files of both sides, two by two.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    /// What they were found by.
    pub(super) by: &'static str,
    pub(super) pairs: Vec<(PathBuf, PathBuf)>,
    pub(super) only_a: Vec<PathBuf>,
    pub(super) only_b: Vec<PathBuf>,
}

/// What may tell which instance belongs to which.
struct Entry {
    path: PathBuf,
    sop_instance: String,
    /// Series Number, Instance Number and position, as far as they are known.
    number: String,
    place: String,
}

type Key = fn(&Entry) -> &str;

impl Aligned {
    /// One file against one file; else by SOP Instance UID, by the numbers of series and instance, by the
    /// place in the patient, or by their order, whichever comes first and finds half of the smaller side.
    pub(super) fn of(a: &Library, b: &Library) -> Self {
        let (a, b) = (entries(a), entries(b));
        if a.len() == 1 && b.len() == 1 {
            return Self::by_order("being alone", &a, &b);
        }
        let keys: [(&'static str, Key); 3] = [
            ("SOP Instance UID", |entry| &entry.sop_instance),
            ("series and instance number", |entry| &entry.number),
            ("position", |entry| &entry.place),
        ];
        for (by, key) in keys {
            let aligned = Self::by_key(by, key, &a, &b);
            if 2 * aligned.pairs.len() >= a.len().min(b.len()) {
                return aligned;
            }
        }
        Self::by_order("order", &a, &b)
    }

    /// True if one side has files that the other has not.
    pub(super) fn is_lopsided(&self) -> bool {
        !(self.only_a.is_empty() && self.only_b.is_empty())
    }

    fn by_order(by: &'static str, a: &[Entry], b: &[Entry]) -> Self {
        let common = a.len().min(b.len());
        let rest = |side: &[Entry]| side[common..].iter().map(|entry| entry.path.clone()).collect();
        let pairs = a.iter().zip(b).map(|(a, b)| (a.path.clone(), b.path.clone())).collect();
        Self { by, pairs, only_a: rest(a), only_b: rest(b) }
    }

    /// Keys that are empty or come twice on a side find nobody.
    fn by_key(by: &'static str, key: Key, a: &[Entry], b: &[Entry]) -> Self {
        let index = |side: &[Entry]| {
            let mut index: HashMap<String, Option<usize>> = HashMap::new();
            for (at, entry) in side.iter().enumerate().filter(|(_, entry)| !key(entry).is_empty()) {
                index.entry(key(entry).to_owned()).and_modify(|known| *known = None).or_insert(Some(at));
            }
            index
        };
        let (of_a, mut of_b) = (index(a), index(b));
        let mut aligned = Self { by, ..Self::default() };
        let mut taken = vec![false; b.len()];
        for (at, entry) in a.iter().enumerate() {
            let alone = of_a.get(key(entry)) == Some(&Some(at));
            match of_b.get_mut(key(entry)).filter(|_| alone).and_then(Option::take) {
                Some(other) => {
                    taken[other] = true;
                    aligned.pairs.push((entry.path.clone(), b[other].path.clone()));
                }
                None => aligned.only_a.push(entry.path.clone()),
            }
        }
        aligned.only_b =
            b.iter().zip(taken).filter(|(_, taken)| !taken).map(|(entry, _)| entry.path.clone()).collect();
        aligned
    }
}

/// All instances, series by series in the order of their numbers.
fn entries(library: &Library) -> Vec<Entry> {
    let mut series: Vec<_> = library.all_series().collect();
    series.sort_by_key(|(id, series)| {
        (series.facts.number.raw().trim().parse::<i64>().unwrap_or(i64::MAX), *id)
    });
    let mut entries = vec![];
    for (_, series) in series {
        let mut instances: Vec<_> = series.instances.iter().map(|&id| (id, library.instance(id))).collect();
        instances.sort_by_key(|(id, instance)| (instance.number.unwrap_or(i32::MAX), *id));
        entries.extend(instances.into_iter().map(|(id, instance)| {
            let number = |number: i32| format!("{}/{number}", series.facts.number.raw().trim());
            let place = |[x, y, z]: [f64; 3]| format!("{x:.2}/{y:.2}/{z:.2}");
            Entry {
                path: library.path(id),
                sop_instance: instance.sop_instance().to_owned(),
                number: instance.number.map(number).unwrap_or_default(),
                place: instance.position.map(place).unwrap_or_default(),
            }
        }));
    }
    entries
}
