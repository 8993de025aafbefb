//! Who is who: UIDs, copies, and things that belong to two others at once.

use super::{Finding, Place, Rule, Weight};
use crate::model::{InstanceId, Library, PatientId, SeriesId, StudyId, Text, is_uid, is_wild};
use std::{collections::HashMap, path::Path};

/// Everything odd about identifiers, in the order of the scan.
pub(super) fn findings(library: &Library, same: impl FnMut(&Path, &Path) -> Option<bool>) -> Vec<Finding> {
    let mut found = vec![];
    names(library, &mut found);
    studies(library, &mut found);
    series(library, &mut found);
    for (id, _) in library.all_series() {
        uids(library, id, &mut found);
    }
    instances(library, same, &mut found);
    found
}

fn of_study(library: &Library, id: StudyId) -> Vec<InstanceId> {
    let series = &library.study(id).series;
    series.iter().flat_map(|&id| library.series(id).instances.iter().copied()).collect()
}

/// A file that stands for a study or a series in a sentence.
fn example(library: &Library, series: SeriesId) -> Text {
    let first = library.series(series).instances.first();
    first.map_or_else(Text::default, |&id| Text::from_path(&library.path(id)))
}

/// Upper case, without empty components: how names are compared.
fn plain(name: &Text) -> String {
    let groups = name.raw().split('=').next().unwrap_or_default();
    groups.split('^').map(str::trim).collect::<Vec<_>>().join("^").trim_end_matches('^').to_uppercase()
}

/// One Patient ID under several names: the studies under the rarer ones.
fn names(library: &Library, found: &mut Vec<Finding>) {
    for (id, patient) in library.patients().filter(|(_, patient)| patient.names.len() > 1) {
        let usual = plain(&patient.name());
        let differs = |name: &Text| !plain(name).is_empty() && plain(name) != usual;
        let other = |study: &&StudyId| library.study(**study).names.iter().any(differs);
        let instances: Vec<_> =
            patient.studies.iter().filter(other).flat_map(|&study| of_study(library, study)).collect();
        if !instances.is_empty() {
            found.push(Finding {
                rule: Rule::Name,
                weight: Weight::Warning,
                place: Place::Patient(id),
                instances,
                what: "Patient ID is that of other files with another Patient's Name".to_owned(),
            });
        }
    }
}

/// One Study Instance UID under several patients.
fn studies(library: &Library, found: &mut Vec<Finding>) {
    let mut first: HashMap<&str, StudyId> = HashMap::new();
    for (at, study) in library.studies().filter(|(_, study)| !study.uid.is_empty()) {
        let other = *first.entry(study.uid.raw()).or_insert(at);
        let Some(&series) = library.study(other).series.first().filter(|_| other != at) else { continue };
        found.push(Finding {
            rule: Rule::Belonging,
            weight: Weight::Error,
            place: Place::Study(at),
            instances: of_study(library, at),
            what: format!(
                "Study Instance UID is also that of another patient ({})",
                example(library, series)
            ),
        });
    }
}

/// One Series Instance UID in several studies.
fn series(library: &Library, found: &mut Vec<Finding>) {
    let mut first: HashMap<&str, SeriesId> = HashMap::new();
    for (id, series) in library.all_series().filter(|(_, series)| !series.uid.is_empty()) {
        let other = *first.entry(series.uid.raw()).or_insert(id);
        if other != id {
            found.push(Finding {
                rule: Rule::Belonging,
                weight: Weight::Error,
                place: Place::Series(id),
                instances: series.instances.clone(),
                what: format!(
                    "Series Instance UID is also that of another study ({})",
                    example(library, other)
                ),
            });
        }
    }
}

/// Names in the place of UIDs; what is no identifier at all is a warning of its file.
fn uids(library: &Library, id: SeriesId, found: &mut Vec<Finding>) {
    let series = library.series(id);
    let informal = |uid: &str| !uid.is_empty() && !is_uid(uid) && !is_wild(uid);
    let mut say = |what: &str, instances: Vec<InstanceId>| {
        if !instances.is_empty() {
            found.push(Finding {
                rule: Rule::Uid,
                weight: Weight::Note,
                place: Place::Series(id),
                instances,
                what: format!("{what} breaks the rules for UIDs"),
            });
        }
    };
    if informal(library.study(series.study).uid.raw()) {
        say("Study Instance UID", series.instances.clone());
    }
    if informal(series.uid.raw()) {
        say("Series Instance UID", series.instances.clone());
    }
    let of_objects = |id: &&InstanceId| informal(library.instance(**id).sop_instance());
    say("SOP Instance UID", series.instances.iter().filter(of_objects).copied().collect());
}

/// Files whose SOP Instance UID has been met before: copies, or liars.
fn instances(
    library: &Library,
    mut same: impl FnMut(&Path, &Path) -> Option<bool>,
    found: &mut Vec<Finding>,
) {
    let series_of = library.series_of_instances();
    let patient_of = |id: InstanceId| -> PatientId {
        let series = series_of[id.0 as usize];
        library.study(library.series(series).study).patient
    };
    let mut first: HashMap<&str, InstanceId> = HashMap::with_capacity(series_of.len());
    for id in (0..series_of.len()).map(|at| InstanceId(at as u32)) {
        let instance = library.instance(id);
        if instance.sop_instance().is_empty() {
            continue;
        }
        let other = *first.entry(instance.sop_instance()).or_insert(id);
        if other == id {
            continue;
        }
        let (path, other_path) = (library.path(id), library.path(other));
        let same_size = instance.bytes == library.instance(other).bytes;
        let same = if same_size { same(&other_path, &path) } else { Some(false) };
        let (weight, what) = match same {
            Some(true) => (Weight::Note, "is a copy, byte by byte, of"),
            _ if patient_of(id) != patient_of(other) => {
                (Weight::Error, "has the SOP Instance UID of an object of another patient:")
            }
            Some(false) => (Weight::Error, "has the SOP Instance UID and not the content of"),
            None => (Weight::Warning, "has the SOP Instance UID of"),
        };
        let what = format!("{what} {}", Text::from_path(&other_path));
        let place = Place::Instance(id);
        found.push(Finding { rule: Rule::Instance, weight, place, instances: vec![id], what });
    }
}
