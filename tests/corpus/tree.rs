//! Recognition, names, hierarchy and the order of slices.

use super::reference::{Top, corpus};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use topogram::model::{OrderBy, Stack};

/// Files that are meant to differ from the reference: end of the path, what we say, why.
const KNOWN_KINDS: [(&str, &str, &str); 0] = [];

/// Names that are meant to differ: end of the path, why.
const KNOWN_NAMES: [(&str, &str); 1] = [(
    "GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm",
    "implicit big endian, which pydicom does not read",
)];

/// Rows that are meant to differ: end of the sentence, why.
const KNOWN_TREES: [(&str, &str); 7] = [
    (
        "1.2.826.0.1.3680043.2.1143.3712364435022872412969836992152438492\", 3, 1)",
        "emri_small_jpeg_2k_lossless_too_short.dcm is cut, and we read its tags up to there",
    ),
    ("1.2.826.0.1.3680043.2.1143.3712364435022872412969836992152438492\", 4, 1)", "the same file"),
    ("pydicom-data lacks (\"\", \"\", 4, 0)", "the same file"),
    ("pydicom-data has (\"\", \"\", 3, 0)", "the same file"),
    (
        "pydicom lacks (\"1.3.6.1.4.1.5962.1.2.4.20040826185059.5457\", \"1.3.6.1.4.1.5962.1.3.4.1.20040826185059.5457\", 2, 1)",
        "zipMR.gz holds one more copy, and the reference does not look into archives",
    ),
    (
        "pydicom has (\"1.3.6.1.4.1.5962.1.2.4.20040826185059.5457\", \"1.3.6.1.4.1.5962.1.3.4.1.20040826185059.5457\", 3, 1)",
        "the same file",
    ),
    (
        "fo-dicom has (\"1.3.6.1.4.1.5962.1.2.1.20031208063649.855\", \"1.3.6.1.4.1.5962.1.3.1.1.20031208063649.855\", 1, 1)",
        "GH177 is implicit big endian, which pydicom does not read",
    ),
];

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The word of our scan that the reference stands for; none where either is right.
fn expected_kind(file: &Value) -> Option<&'static str> {
    match file["dicom"].as_bool()? {
        false => Some("ignored"),
        true if text(file, "sop_class") == "1.2.840.10008.1.3.10" || !file["dicomdir"].is_null() => {
            Some("dicomdir")
        }
        true => Some("dicom"),
    }
}

#[test]
fn every_file_is_what_other_readers_say_it_is() {
    let Some(corpus) = corpus("every_file_is_what_other_readers_say_it_is") else { return };
    let kinds: BTreeMap<&str, &str> =
        corpus.tops().values().flat_map(|top| &top.kinds).map(|(k, v)| (k.as_str(), v.as_str())).collect();

    let mut wrong = vec![];
    for file in &corpus.files {
        let path = text(file, "path");
        let known = KNOWN_KINDS.iter().find(|(end, ..)| path.ends_with(end)).map(|(_, kind, _)| *kind);
        let Some(expected) = known.or_else(|| expected_kind(file)) else { continue };
        let seen = kinds.get(path).copied().unwrap_or("not visited");
        if !seen.starts_with(expected) {
            wrong.push(format!("{path}: {seen} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_patient_has_the_name_other_readers_decode() {
    let Some(corpus) = corpus("every_patient_has_the_name_other_readers_decode") else { return };
    let names: BTreeMap<&String, &String> = corpus.tops().values().flat_map(|top| &top.names).collect();

    let (mut wrong, mut equal, mut different) = (vec![], 0, 0);
    for file in &corpus.files {
        let path = text(file, "path");
        let Some(name) = names.get(&path.to_owned()) else { continue };
        // Empty groups at the end mean nothing, and readers differ in keeping them.
        let expected = text(file, "patient_name").trim_end_matches('=');
        let known = KNOWN_NAMES.iter().any(|(end, _)| path.ends_with(end));
        match name.trim_end_matches('=') == expected {
            true => equal += 1,
            false if known => different += 1,
            false => wrong.push(format!("{path}: {name:?} instead of {expected:?}")),
        }
    }
    println!("patient names: {equal} equal, {different} known to differ, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Study, series, files, distinct instances.
type Row = (String, String, u64, u64);

fn rows_of_reference(top: &Value) -> Vec<Row> {
    let mut rows = vec![];
    for patient in top["patients"].as_object().unwrap().values() {
        for (study, entry) in patient["studies"].as_object().unwrap() {
            for (series, entry) in entry["series"].as_object().unwrap() {
                let count = |key: &str| entry[key].as_u64().unwrap();
                rows.push((study.clone(), series.clone(), count("files"), count("instances")));
            }
        }
    }
    merged(rows)
}

/// Patients among the files of a top folder that we read, by what the reference says about them.
fn patients_of_reference(files: &[Value], name: &str, top: &Top) -> usize {
    let mut patients = BTreeSet::new();
    for file in files {
        let path = text(file, "path");
        if path.split('/').next() != Some(name) || top.kinds.get(path).is_none_or(|kind| kind != "dicom") {
            continue;
        }
        let (id, name, study) = (text(file, "patient_id"), text(file, "patient_name"), text(file, "study"));
        if KNOWN_NAMES.iter().any(|(end, _)| path.ends_with(end)) {
            patients.insert(format!("known {path}"));
            continue;
        }
        let nobody = name.chars().all(|c| matches!(c, '^' | '=' | ' '));
        patients.insert(if !id.is_empty() {
            format!("id {id}")
        } else if !nobody {
            format!("name {name}")
        } else if study.is_empty() {
            // Who has neither ID, name nor study is known by the folder.
            format!("folder {}", path.rsplit_once('/').map_or("", |(folder, _)| folder))
        } else {
            format!("study {study}")
        });
    }
    patients.len()
}

fn rows_of_library(top: &Top) -> Vec<Row> {
    let library = &top.library;
    let rows = library.all_series().map(|(_, series)| {
        let uids: BTreeSet<&str> =
            series.instances.iter().map(|&id| library.instance(id).sop_instance()).collect();
        let study = library.study(series.study).uid.raw().to_owned();
        (study, series.uid.raw().to_owned(), series.instances.len() as u64, uids.len() as u64)
    });
    merged(rows.collect())
}

/// One row per study and series: a UID may be used under several patients.
///
/// Files that do not name their study need not name themselves either; we then ask the meta header, which
/// the reference does not count.
fn merged(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    let mut merged: Vec<Row> = vec![];
    for mut row in rows {
        if row.0.is_empty() {
            row.3 = 0;
        }
        match merged.last_mut() {
            Some(last) if (&last.0, &last.1) == (&row.0, &row.1) => {
                last.2 += row.2;
                last.3 += row.3;
            }
            _ => merged.push(row),
        }
    }
    merged
}

#[test]
fn every_top_folder_holds_the_studies_series_files_and_instances_of_the_reference() {
    let Some(corpus) =
        corpus("every_top_folder_holds_the_studies_series_files_and_instances_of_the_reference")
    else {
        return;
    };
    let reference = corpus.answers("hierarchy.json");

    let mut wrong = vec![];
    for (name, top) in corpus.tops().iter().filter(|(name, _)| reference[name].is_object()) {
        let (expected, seen) = (rows_of_reference(&reference[name]), rows_of_library(top));
        let (patients, ours) =
            (patients_of_reference(&corpus.files, name, top), top.library.patients().len());
        if patients != ours {
            wrong.push(format!("{name}: {ours} patients instead of {patients}"));
        }
        wrong.extend(
            expected.iter().filter(|row| !seen.contains(row)).map(|row| format!("{name} lacks {row:?}")),
        );
        wrong.extend(
            seen.iter().filter(|row| !expected.contains(row)).map(|row| format!("{name} has {row:?}")),
        );
    }
    wrong.retain(|what| !KNOWN_TREES.iter().any(|(end, _)| what.ends_with(end)));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Places of a stack's files in the order of the reference.
fn places(stack: &Stack, order: &BTreeMap<&str, usize>, paths: &dyn Fn(&Stack) -> Vec<String>) -> Vec<usize> {
    paths(stack).iter().filter_map(|path| order.get(path.as_str()).copied()).collect()
}

/// What of a single stack differs from the answers about its series.
fn differences(stack: &Stack, series: &Value) -> Vec<String> {
    let mut found = vec![];
    let number = |value: &Value| value.as_f64();
    if let (Some(step), Some(median)) = (stack.step, number(&series["spacing"]["median"]))
        && (step - median).abs() > 2e-3
    {
        found.push(format!("step {step} instead of {median}"));
    }
    if let Some(uniform) = series["spacing"]["uniform"].as_bool()
        && uniform != stack.uniform
    {
        found.push(format!("uniform {} instead of {uniform}", stack.uniform));
    }
    if let Some(tilt) = number(&series["stack_angle_to_normal_deg"])
        && (stack.tilt - tilt).abs() > 0.05
    {
        found.push(format!("tilt {} instead of {tilt}", stack.tilt));
    }
    found
}

#[test]
fn slices_lie_in_the_order_of_their_positions() {
    let Some(corpus) = corpus("slices_lie_in_the_order_of_their_positions") else { return };

    let (mut wrong, mut checked) = (vec![], 0);
    for series in corpus.answers("series.json").as_array().unwrap() {
        let uid = text(series, "series");
        // Without any geometry there is no order to compare.
        let Some(order) = series["order"].as_array() else { continue };
        let library = &corpus.tops()[text(series, "top")].library;
        let ours: Vec<_> = library.all_series().filter(|(_, ours)| ours.uid.raw() == uid).collect();
        let [(id, _)] = ours[..] else {
            wrong.push(format!("{uid}: {} series of that UID", ours.len()));
            continue;
        };
        let order: BTreeMap<&str, usize> =
            order.iter().enumerate().map(|(at, slice)| (text(slice, "path"), at)).collect();
        let stacks = library.stacks(id);
        let paths = |stack: &Stack| {
            let files = stack.frames.iter().filter(|key| key.frame == 0);
            files.map(|key| corpus.name(&library.path(key.instance))).collect()
        };
        for stack in stacks.iter().filter(|stack| stack.order == OrderBy::Position) {
            let places = places(stack, &order, &paths);
            checked += 1;
            if !places.is_sorted_by(|a, b| a < b) {
                wrong.push(format!("{uid} {:?}: {places:?}", stack.label));
            }
        }
        if let [stack] = &stacks[..]
            && stack.order == OrderBy::Position
        {
            if stack.frames.len() == series["files"].as_u64().unwrap() as usize
                && places(stack, &order, &paths) != (0..order.len()).collect::<Vec<_>>()
            {
                wrong.push(format!("{uid}: not the whole order"));
            }
            wrong.extend(differences(stack, series).iter().map(|what| format!("{uid}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 20, "only {checked} stacks have been compared");
}
