//! Reference numbers, each checked against what the crate says of a whole file, or of a value of the model.
//!
//! `data.toml` holds them; every one of V01 to V105 is in a list that a test here goes through, or under
//! `later` with the reason.

mod contrast;
mod facts;
mod file;
mod measure;
mod objects;
mod phantom;
mod real;
mod samples;
mod space;
mod tutorial;
mod values;
mod words;

use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Lists of `data.toml`, and the test that goes through each; what is not here is not tested.
const LISTS: [&str; 32] = [
    "window",
    "picture",
    "full_range",
    "bounds",
    "bits",
    "one_bit",
    "lut",
    "rescale",
    "colour",
    "palette",
    "place",
    "orientation",
    "stack",
    "fit",
    "survey",
    "name",
    "date",
    "age",
    "birthday",
    "file",
    "length",
    "contour",
    "region",
    "uptake",
    "volume",
    "real_world",
    "normalised",
    "sixteen_bits",
    "whole_picture",
    "graphic",
    "channel",
    "later",
];

fn data() -> Table {
    include_str!("data.toml").parse().unwrap()
}

/// The cases of one list.
fn cases<T: DeserializeOwned>(list: &str) -> Vec<T> {
    assert!(LISTS.contains(&list));
    let cases: Vec<T> = data()[list].clone().try_into().unwrap();
    assert!(!cases.is_empty());
    cases
}

/// Equal but for the digits that the reference was rounded to.
#[track_caller]
fn assert_near(got: f64, expected: f64, what: &str) {
    let tolerance = 1e-6 * expected.abs().max(1.0);
    assert!((got - expected).abs() <= tolerance, "{what}: {got} instead of {expected}");
}

/// The names in a list, without those that are there twice.
fn ids(list: &Value) -> BTreeSet<String> {
    match list {
        Value::Array(cases) => cases.iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect(),
        Value::Table(later) => later.keys().cloned().collect(),
        _ => panic!("a list is made of cases"),
    }
}

#[test]
fn every_number_is_tested_or_has_a_reason_why_not() {
    let data = data();
    let lists: BTreeMap<&str, BTreeSet<String>> =
        data.iter().map(|(name, list)| (name.as_str(), ids(list))).collect();

    let mut seen: BTreeMap<&String, &str> = BTreeMap::new();
    for (list, ids) in &lists {
        println!("{list:12} {:3}", ids.len());
        for id in ids {
            assert_eq!(seen.insert(id, list), None, "{id} is in two lists");
        }
    }

    let left = lists["later"].len();
    println!("{} of {} are tested", seen.len() - left, seen.len());
    assert_eq!(lists.keys().copied().collect::<BTreeSet<_>>(), LISTS.into());
    let all: BTreeSet<String> = (1..=105).map(|number| format!("V{number:02}")).collect();
    assert_eq!(seen.into_keys().cloned().collect::<BTreeSet<_>>(), all);
    assert!(data["later"].as_table().unwrap().values().all(|why| why.as_str().is_some_and(|w| w.len() > 10)));
}
