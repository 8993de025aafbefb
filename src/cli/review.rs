//! `topogram review`: what was said of the series under some paths, and what nobody has looked at yet.

use super::{Exit, Settings, list, out::Out};
use crate::{
    model::{Library, Mask, Review},
    work::{read_review, store},
};
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

#[derive(Serialize)]
struct Document {
    reviewed: usize,
    unreviewed: usize,
    /// How many series have which verdict.
    verdicts: BTreeMap<String, usize>,
    series: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    study_uid: String,
    series_uid: String,
    description: String,
    files: usize,
    verdict: Option<String>,
    note: Option<String>,
    reviewer: Option<String>,
    time: Option<String>,
}

/// Prints what was said.
///
/// # Errors
///
/// No file is named or it cannot be read, or what writing to the output says.
pub(super) fn review(
    paths: Vec<PathBuf>,
    json: bool,
    settings: &Settings,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    if settings.config.review.file.is_empty() {
        bail!("name the file that verdicts are kept in: topogram review --review FILE");
    }
    let mut library = Library::reviewed(file(&settings.config.review.file)?);
    list::scan(paths, |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let document = Document::of(&library, out.mask);
    if json {
        out.json(&document)?;
    } else {
        document.table(out)?;
    }
    Ok(if library.problems.is_empty() { Exit::Ok } else { Exit::SomeProblems })
}

/// What a review file says.
///
/// # Errors
///
/// It is not there or cannot be read.
pub(super) fn file(name: &str) -> anyhow::Result<Review> {
    let path = Path::new(name);
    if path.symlink_metadata().is_err() {
        bail!("{}: there is no review file of that name yet", path.display());
    }
    read_review(path).map_err(|why| anyhow!(why))
}

impl Document {
    fn of(library: &Library, mask: Mask) -> Self {
        let mut verdicts = BTreeMap::new();
        let mut series = vec![];
        for (id, found) in library.all_series() {
            let said = library.opinion(id);
            if let Some(said) = said.filter(|said| !said.verdict.is_empty()) {
                *verdicts.entry(said.verdict.clone()).or_default() += 1;
            }
            series.push(Entry {
                study_uid: mask.uid(library.study(found.study).uid.raw()),
                series_uid: mask.uid(found.uid.raw()),
                description: list::words(&library.label(id), mask),
                files: found.instances.len(),
                verdict: said.map(|said| said.verdict.clone()),
                note: said
                    .map(|said| list::words(&said.note.as_str().into(), mask))
                    .filter(|note| !note.is_empty()),
                reviewer: said.map(|said| list::exact(&said.reviewer.as_str().into(), mask)),
                time: said.map(|said| said.when.clone()),
            });
        }
        let reviewed = series.iter().filter(|entry| entry.verdict.is_some()).count();
        Self { reviewed, unreviewed: series.len() - reviewed, verdicts, series }
    }

    fn table(&self, out: &mut Out) -> anyhow::Result<()> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let rows: Vec<[String; 5]> = self
            .series
            .iter()
            .map(|entry| {
                let verdict = entry.verdict.clone().unwrap_or_else(|| "-".to_owned());
                [
                    verdict,
                    entry.description.clone(),
                    entry.files.to_string(),
                    text(&entry.reviewer),
                    text(&entry.note),
                ]
            })
            .collect();
        out.table(&["verdict", "series", "files", "reviewer", "note"], &rows)?;
        let counts: Vec<String> =
            self.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let all = self.reviewed + self.unreviewed;
        let line = format!("{} of {all} reviewed; {}", self.reviewed, counts.join(", "));
        out.line(line.trim_end_matches("; "))
    }
}
