//! Where one file departs from the standard: lines for people, one object for programs.

use super::super::{Exit, out::Out};
use crate::{
    dicom,
    model::{Breach, Breaches, Step, Weight, count, counted_path, spoken_path},
};
use serde::Serialize;
use std::path::Path;

/// Prints what is wrong with a file, what is missing first; [`Exit::SomeProblems`] if something of type 1 is,
/// or if the file is damaged.
///
/// # Errors
///
/// If the file cannot be opened or is not DICOM, and what writing to the output says.
pub(in crate::cli) fn validate(file: &Path, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let object = super::open(file)?;
    let breaches = dicom::breaches(&object);
    let has_errors = breaches.found.iter().any(|breach| breach.weight == Weight::Error);
    if json {
        let path = out.mask.path(file);
        out.json(&Document::new(path, &breaches))?;
    } else {
        lines(&breaches, out)?;
        if let Some(damage) = &object.damage {
            out.line(&format!("! this file {}", out.mask.sentence(&damage.to_string())))?;
        }
    }
    Ok(if has_errors || object.damage.is_some() { Exit::SomeProblems } else { Exit::Ok })
}

fn lines(breaches: &Breaches, out: &mut Out) -> anyhow::Result<()> {
    for breach in &breaches.found {
        let nested = breach.path.iter().any(|step| matches!(step, Step::Item(_)));
        let place = if nested { format!("  [{}]", spoken_path(&breach.path)) } else { String::new() };
        let times = if breach.places > 1 { format!("  ({} times)", breach.places) } else { String::new() };
        out.line(&format!("{:<8} {}{times}{place}", breach.weight.as_str(), breach.what))?;
    }
    if breaches.more > 0 {
        out.line(&format!("and {} more", breaches.more))?;
    }
    if !breaches.knows_class {
        out.line("note     the modules of its SOP class are not known here; only values were checked")?;
    }
    let [errors, warnings, notes] = [Weight::Error, Weight::Warning, Weight::Note].map(|weight| {
        let alike = breaches.found.iter().filter(|breach| breach.weight == weight);
        count(alike.count(), weight.as_str())
    });
    out.line(&format!("{errors}, {warnings}, {notes}"))
}

#[derive(Serialize)]
struct Document<'a> {
    path: String,
    /// Whether the modules of its class are known.
    modules_known: bool,
    breaches: Vec<Line<'a>>,
    /// How many there are beyond those listed.
    more: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    weight: &'static str,
    /// The way to the attribute, or to where it should be; items from 0.
    path: String,
    keyword: Option<&'static str>,
    missing: bool,
    module: Option<&'static str>,
    section: String,
    places: usize,
    what: &'a str,
}

impl<'a> Document<'a> {
    fn new(path: String, breaches: &'a Breaches) -> Self {
        let line = |breach: &'a Breach| Line {
            weight: breach.weight.as_str(),
            path: counted_path(&breach.path),
            keyword: (!breach.keyword.is_empty()).then_some(breach.keyword),
            missing: breach.is_missing,
            module: (!breach.module.is_empty()).then_some(breach.module),
            section: breach.section.to_string(),
            places: breach.places,
            what: &breach.what,
        };
        Self {
            path,
            modules_known: breaches.knows_class,
            breaches: breaches.found.iter().map(line).collect(),
            more: breaches.more,
        }
    }
}
