//! The order of very many series: every key is made once, and most comparisons are of two numbers.
//!
//! A list of a hundred thousand series is put in order between two keys of the user. Sorting with a function
//! that makes texts out of two series takes a second for that; making ranks of the texts first does not.

use crate::{
    config::Column,
    model::{Library, PatientId, Series, SeriesId, StudyId},
};
use std::{borrow::Cow, collections::HashMap};

/// All series in the order of a column, ascending; equal ones in the order of the hierarchy.
pub(super) fn by_column(library: &Library, column: Column) -> Vec<SeriesId> {
    let ranks = match column {
        Column::Patient => {
            let names = library.patients().map(|(_, patient)| patient.name().raw().to_lowercase());
            let ranks = Texts::of(names).ranks();
            of_series(library, |series| ranks[library.study(series.study).patient.0 as usize])
        }
        Column::Study => {
            let names = library.studies().map(|(_, study)| study.description.raw().to_lowercase());
            let ranks = Texts::of(names).ranks();
            of_series(library, |series| ranks[series.study.0 as usize])
        }
        Column::Modality => by_text(library, str::to_owned, |_, series| series.facts.modality.raw().into()),
        Column::Description => by_text(library, str::to_lowercase, |id, series| {
            let described = series.facts.description.raw().trim();
            if described.is_empty() { library.label(id).raw().to_owned().into() } else { described.into() }
        }),
        Column::Kernel => by_text(library, str::to_owned, |_, series| super::summary::kernel(series)),
        Column::Encoding => {
            let mut labels = super::summary::Encodings::default();
            by_text(library, str::to_owned, |_, series| labels.of(series))
        }
        Column::Date => by_text(library, str::to_owned, |_, series| {
            let study = library.study(series.study);
            let date = if series.facts.date.is_empty() { &study.date } else { &series.facts.date };
            [date.raw(), series.facts.time.raw()].concat().into()
        }),
        _ => of_series(library, |series| ascending(super::summary::number(column, series))),
    };
    let mut keyed: Vec<(u64, StudyId, SeriesId)> =
        library.all_series().zip(ranks).map(|((id, series), rank)| (rank, series.study, id)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., id)| id).collect()
}

/// All series in the order of the tree: patients by name, studies by date, series by number.
pub(super) fn by_hierarchy(library: &Library) -> Vec<SeriesId> {
    let names = library.patients().map(|(_, patient)| {
        let name = patient.name();
        let mut key = vec![];
        natural_key(if name.is_empty() { patient.id.raw() } else { name.raw() }.as_bytes(), &mut key);
        key
    });
    let ranks = Texts::of(names).ranks();
    let patients = ordered(library.patients().zip(&ranks).map(|((id, _), &rank)| (rank, id)));
    let places = places(&patients, |&PatientId(id)| id);
    let dates =
        Texts::of(library.studies().map(|(_, study)| [study.date.raw(), study.time.raw()].join("\0")));
    let ranks = dates.ranks();
    let studies = ordered(library.studies().zip(&ranks).map(|((id, study), &rank)| {
        let place = u64::from(places[study.patient.0 as usize]);
        (place << 32 | rank, id)
    }));
    let places = self::places(&studies, |&StudyId(id)| id);
    // Where the series of each study begin. A study has few: to sort each is less than to sort them all.
    let mut ends = Vec::with_capacity(studies.len());
    let mut end = 0;
    for &study in &studies {
        ends.push(end);
        end += library.study(study).series.len();
    }
    let mut keyed = vec![(0, SeriesId(0)); end];
    for (id, series) in library.all_series() {
        let end = &mut ends[places[series.study.0 as usize] as usize];
        keyed[*end] = (ascending(super::summary::number(Column::Number, series)), id);
        *end += 1;
    }
    let mut begin = 0;
    for end in ends {
        keyed[begin..end].sort_unstable();
        begin = end;
    }
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Things in the order of their ranks, and among equals of their ids.
fn ordered<T: Ord>(keyed: impl Iterator<Item = (u64, T)>) -> Vec<T> {
    let mut keyed: Vec<(u64, T)> = keyed.collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, thing)| thing).collect()
}

/// For every id its place in the order.
fn places<T>(order: &[T], id: impl Fn(&T) -> u32) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, thing) in (0..).zip(order) {
        places[id(thing) as usize] = place;
    }
    places
}

fn of_series(library: &Library, rank: impl Fn(&Series) -> u64) -> Vec<u64> {
    library.all_series().map(|(_, series)| rank(series)).collect()
}

/// The rank of every series by a text that many of them share, compared as `compared` has it.
fn by_text<'a>(
    library: &'a Library,
    compared: fn(&str) -> String,
    mut text: impl FnMut(SeriesId, &'a Series) -> Cow<'a, str>,
) -> Vec<u64> {
    let mut texts = Texts::default();
    let mut known: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let which: Vec<usize> = library
        .all_series()
        .map(|(id, series)| {
            let text = text(id, series);
            if let Some(&at) = known.get(&text) {
                return at;
            }
            let at = texts.push(compared(&text).as_bytes());
            known.insert(text, at);
            at
        })
        .collect();
    let ranks = texts.ranks();
    which.into_iter().map(|at| ranks[at]).collect()
}

/// A number whose order is that of the value (IEEE 754 total order).
fn ascending(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Writes a name so that comparing bytes compares names as people do: before a number stands its length.
fn natural_key(name: &[u8], key: &mut Vec<u8>) {
    let mut rest = name;
    while let Some(&first) = rest.first() {
        if !first.is_ascii_digit() {
            key.push(first);
            rest = &rest[1..];
            continue;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let zeros = rest[..digits].iter().take_while(|&&byte| byte == b'0').count().min(digits - 1);
        let number = &rest[zeros..digits];
        key.push(b'0');
        match u8::try_from(number.len()) {
            Ok(length @ ..=254) => key.push(length),
            _ => key.extend([&[u8::MAX][..], &(number.len() as u32).to_be_bytes()].concat()),
        }
        key.extend(number);
        rest = &rest[digits..];
    }
}

/// Texts in one piece of memory.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn of(texts: impl Iterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.push(text.as_ref());
        }
        all
    }

    fn push(&mut self, text: &[u8]) -> usize {
        self.bytes.extend(text);
        self.ends.push(self.bytes.len());
        self.ends.len() - 1
    }

    fn get(&self, at: usize) -> &[u8] {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[from..self.ends[at]]
    }

    /// The rank of every text; equal texts have equal ranks.
    fn ranks(&self) -> Vec<u64> {
        let first = if self.ends.is_empty() { &[][..] } else { self.get(0) };
        let alike = |at| first.iter().zip(self.get(at)).take_while(|(a, b)| a == b).count();
        // What all begin with, such as the name of the data set, tells none apart.
        let common = (0..self.ends.len()).fold(first.len(), |common, at| common.min(alike(at)));
        let head = |at| {
            let rest = &self.get(at)[common..];
            let mut head = [0; 16];
            let length = rest.len().min(16);
            head[..length].copy_from_slice(&rest[..length]);
            u128::from_be_bytes(head)
        };
        let mut order: Vec<(u128, u32)> = (0..self.ends.len()).map(|at| (head(at), at as u32)).collect();
        let text = |at: u32| self.get(at as usize);
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
        let (mut ranks, mut rank) = (vec![0; order.len()], 0);
        for (place, &(_, at)) in order.iter().enumerate() {
            if place > 0 && text(order[place - 1].1) != text(at) {
                rank += 1;
            }
            ranks[at as usize] = rank;
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::natural_bytes;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_of_names_compare_as_the_names_do(a in "[a-c0-9^ ]{0,8}", b in "[a-c0-9^ ]{0,8}") {
            let key = |name: &str| {
                let mut key = vec![];
                natural_key(name.as_bytes(), &mut key);
                key
            };
            prop_assert_eq!(key(&a).cmp(&key(&b)), natural_bytes(a.as_bytes(), b.as_bytes()));
        }

        #[test]
        fn ranks_compare_as_the_texts_do(texts in prop::collection::vec("[ab]{0,20}", 0..20)) {
            let ranks = Texts::of(texts.iter()).ranks();
            for (a, x) in texts.iter().zip(&ranks) {
                for (b, y) in texts.iter().zip(&ranks) {
                    prop_assert_eq!(a.cmp(b), x.cmp(y));
                }
            }
        }

        #[test]
        fn numbers_ascend(a: f64, b: f64) {
            prop_assert_eq!(a.total_cmp(&b), ascending(a).cmp(&ascending(b)));
        }
    }
}
