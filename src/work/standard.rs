//! Every file against the standard, and what the files of a series share told once.

use super::gather::in_threads;
use crate::{
    dicom::{Archives, Object, breaches},
    model::{Finding, InstanceId, Library, Place, Rule, SeriesId, Weight},
};
use std::collections::BTreeMap;

/// Different sentences about one series; the rest is counted.
const MOST_KINDS: usize = 200;

/// What the files of one series have in common: how many say it, and the first of them.
#[derive(Debug, Clone, Default)]
struct Shared {
    kinds: BTreeMap<(std::cmp::Reverse<Weight>, String), (usize, InstanceId)>,
    /// Sentences that had no room.
    more: usize,
    read: usize,
}

/// Where files depart from the standard; every one of them is read once more, with all its attributes.
///
/// A finding names one of the files as an example, and the sentence says how many there are: a series of a
/// million files takes no more memory than one of two. What the warnings of a scan tell is not told again.
pub fn standard(library: &Library) -> Vec<Finding> {
    let series: Vec<SeriesId> = library.all_series().map(|(id, _)| id).collect();
    let archives = Archives::default();
    let read = in_threads(&series, |id| {
        let mut shared = Shared::default();
        for &file in &library.series(id).instances {
            let path = library.path(file);
            // A file that has gone since the scan says nothing.
            let source = archives.open(&path).ok();
            let Some(object) = source.and_then(|source| Object::read(&path, source).ok()) else { continue };
            shared.add(file, breaches(&object).found.into_iter().filter(|breach| !breach.is_told));
        }
        shared
    });
    series.iter().zip(read).flat_map(|(&id, shared)| shared.findings(id)).collect()
}

impl Shared {
    fn add(&mut self, file: InstanceId, found: impl Iterator<Item = crate::model::Breach>) {
        self.read += 1;
        for breach in found {
            let key = (std::cmp::Reverse(breach.weight), breach.what);
            if let Some((files, _)) = self.kinds.get_mut(&key) {
                *files += 1;
            } else if self.kinds.len() < MOST_KINDS {
                self.kinds.insert(key, (1, file));
            } else {
                self.more += 1;
            }
        }
    }

    fn findings(self, id: SeriesId) -> Vec<Finding> {
        let Self { kinds, more, read } = self;
        let say = |weight, instances, what| Finding {
            rule: Rule::Standard,
            weight,
            place: Place::Series(id),
            instances,
            what,
        };
        let kinds = kinds.into_iter().map(|((weight, what), (files, first))| {
            let share = match files {
                _ if read == 1 => String::new(),
                all if all == read => format!("; in all {read} files"),
                some => format!("; in {some} of {read} files"),
            };
            say(weight.0, vec![first], format!("{what}{share}"))
        });
        let rest = (more > 0).then(|| {
            say(Weight::Note, vec![], format!("and {more} more departures from the standard in its files"))
        });
        kinds.chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Breach, Section};

    fn breach(what: &str, weight: Weight) -> Breach {
        Breach {
            weight,
            path: vec![],
            keyword: "",
            places: 1,
            is_missing: true,
            is_told: false,
            module: "",
            section: Section(3, "C.7.1.1"),
            what: what.to_owned(),
        }
    }

    #[test]
    fn what_files_share_is_told_once_with_their_number_errors_first() {
        let mut shared = Shared::default();
        for file in 0..3 {
            let warning = breach("a", Weight::Warning);
            let error = (file == 1).then(|| breach("b", Weight::Error));
            shared.add(InstanceId(file), std::iter::once(warning).chain(error));
        }

        let told: Vec<(Weight, String, Vec<InstanceId>)> = shared
            .findings(SeriesId(0))
            .into_iter()
            .map(|finding| (finding.weight, finding.what, finding.instances))
            .collect();
        assert_eq!(
            told,
            [
                (Weight::Error, "b; in 1 of 3 files".to_owned(), vec![InstanceId(1)]),
                (Weight::Warning, "a; in all 3 files".to_owned(), vec![InstanceId(0)]),
            ]
        );
    }

    #[test]
    fn a_series_in_which_every_file_is_wrong_in_its_own_way_is_cut() {
        let mut shared = Shared::default();
        for file in 0..1000 {
            shared.add(InstanceId(file), std::iter::once(breach(&file.to_string(), Weight::Warning)));
        }
        let found = shared.findings(SeriesId(0));
        assert_eq!(found.len(), MOST_KINDS + 1);
        assert!(found[MOST_KINDS].what.contains("800 more"), "{}", found[MOST_KINDS].what);
    }
}
