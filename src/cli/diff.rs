//! `topogram diff`: what two instances, series or studies say differently.

mod align;

use super::{Exit, list::Name, list::scan, out::Out};
use crate::{
    dicom::{Difference, Object, differences},
    model::{Library, Mask, counted_path, spoken_path},
    work::store,
};
use align::Aligned;
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Prints what differs between what lies under `a` and under `b`; equal attributes too with `all`.
///
/// Like diff, it is [`Exit::SomeProblems`] if there is a difference or a file that cannot be read.
///
/// # Errors
///
/// Nothing DICOM lies under one of the paths, and what writing to the output says.
pub(super) fn diff(a: &Path, b: &Path, all: bool, json: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let (first, second) = (library(a)?, library(b)?);
    let aligned = Aligned::of(&first, &second);
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut unread = vec![];
    for (a, b) in &aligned.pairs {
        let objects = Object::open(a).map_err(|why| (a, why)).and_then(|one| {
            let other = Object::open(b).map_err(|why| (b, why))?;
            Ok((one, other))
        });
        match objects {
            Ok((one, other)) => {
                for difference in differences(&one, &other, all) {
                    let path = spoken_path(&difference.path);
                    lines.entry(path).or_insert_with(|| Line::of(&difference, out.mask)).count(&difference);
                }
            }
            Err((path, why)) => {
                unread.push(format!("{}: {}", out.mask.path(path), out.mask.sentence(&why.to_string())));
            }
        }
    }
    let lines: Vec<Line> = lines.into_values().collect();
    let differ = lines.iter().any(|line| line.differ > 0) || aligned.is_lopsided() || !unread.is_empty();
    if json {
        out.json(&Document {
            aligned_by: aligned.by,
            pairs: aligned.pairs.len(),
            only_a: names(&aligned.only_a, out.mask),
            only_b: names(&aligned.only_b, out.mask),
            attributes: lines,
            problems: unread,
        })?;
    } else {
        spoken(&aligned, &lines, &unread, out)?;
    }
    Ok(if differ { Exit::SomeProblems } else { Exit::Ok })
}

fn library(path: &Path) -> anyhow::Result<Library> {
    let mut library = Library::default();
    scan(vec![path.to_owned()], |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    match library.problems.first() {
        _ if library.series_count() > 0 => Ok(library),
        Some(problem) => Err(anyhow!("{}: {}", problem.path.display(), problem.what)),
        None => bail!("{}: there is no DICOM file", path.display()),
    }
}

#[derive(Serialize)]
struct Document {
    aligned_by: &'static str,
    pairs: usize,
    only_a: Vec<Name>,
    only_b: Vec<Name>,
    attributes: Vec<Line>,
    problems: Vec<String>,
}

fn names(paths: &[PathBuf], mask: Mask) -> Vec<Name> {
    paths.iter().map(|path| Name::of(path).hidden(mask)).collect()
}

/// One attribute over all pairs.
#[derive(Serialize)]
struct Line {
    path: String,
    keyword: String,
    vr: &'static str,
    /// In how many pairs it differs.
    differ: usize,
    /// Values of the first pair in which it does, or of the first of all.
    a: Option<String>,
    b: Option<String>,
    #[serde(skip)]
    spoken: String,
}

impl Line {
    fn of(difference: &Difference, mask: Mask) -> Self {
        let shown = |value: &Option<String>| {
            value
                .as_ref()
                .map(|value| difference.secret.map_or(value.clone(), |secret| mask.secret(secret, value)))
        };
        Self {
            path: counted_path(&difference.path),
            keyword: difference.keyword.clone(),
            vr: difference.vr.as_str(),
            differ: 0,
            a: shown(&difference.a),
            b: shown(&difference.b),
            spoken: spoken_path(&difference.path),
        }
    }

    fn count(&mut self, difference: &Difference) {
        self.differ += usize::from(!difference.is_equal);
    }
}

fn spoken(aligned: &Aligned, lines: &[Line], unread: &[String], out: &mut Out) -> anyhow::Result<()> {
    let pairs = aligned.pairs.len();
    let absent = || "(absent)".to_owned();
    let rows: Vec<[String; 5]> = lines
        .iter()
        .map(|line| {
            let differ = match (pairs, line.differ) {
                (1, 0) => "=".to_owned(),
                (1, _) => String::new(),
                (_, differ) => format!("{differ}/{pairs}"),
            };
            let value = |value: &Option<String>| value.clone().unwrap_or_else(absent);
            [line.spoken.clone(), line.keyword.clone(), differ, value(&line.a), value(&line.b)]
        })
        .collect();
    out.table(&["Tag", "Attribute", "Differ", "A", "B"], &rows)?;
    for (side, paths) in [("A", &aligned.only_a), ("B", &aligned.only_b)] {
        for path in paths {
            out.line(&format!("only in {side}: {}", out.mask.path(path)))?;
        }
    }
    for problem in unread {
        out.line(problem)?;
    }
    if !rows.is_empty() {
        out.line("")?;
    }
    let differing = lines.iter().filter(|line| line.differ > 0).count();
    out.line(&format!(
        "{differing} attributes differ in {pairs} pairs, aligned by {}; {} files only in A, {} only in B",
        aligned.by,
        aligned.only_a.len(),
        aligned.only_b.len()
    ))
}
