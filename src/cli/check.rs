//! `topogram check`: what is wrong with the data under some paths, in sentences, series by series.

use super::{
    Exit,
    list::{Name, scan_again},
    out::Out,
};
use crate::{
    model::{Finding, InstanceId, Library, Mask, Place, Rule, SeriesId, Tolerances, Weight, count},
    work::{Broken, Lists, Recall, findings, promises, standard, store},
};
use clap::ValueEnum;
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// From which weight on a finding makes the command fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Anything that may mislead.
    Warning,
    /// Contradictions and files that cannot be read.
    Error,
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) json: bool,
    pub(super) fail_on: FailOn,
    /// Whether every file is held against the standard.
    pub(super) standard: bool,
    pub(super) tolerances: Tolerances,
}

/// Scans and prints all that is odd: in files that cannot be read, in single files, and in files beside one
/// another. Fails with [`Exit::SomeProblems`] from [`Wish::fail_on`]
/// on.
///
/// # Errors
///
/// Only what writing to the output says.
pub(super) fn check(paths: Vec<PathBuf>, recall: Recall, wish: &Wish, out: &mut Out) -> anyhow::Result<Exit> {
    let (recall, mut library) = (Arc::new(recall), Library::judging_by(wish.tolerances));
    let mut lists = Lists::default();
    scan_again(paths, &recall, |path, outcome| {
        lists.meet(path, &outcome);
        store(&mut library, outcome);
        Ok(())
    })?;
    recall.finish(&library);
    let (mask, broken) = (out.mask, lists.broken(&library));
    let lines: Vec<Line> =
        lines(&library, broken, wish.standard).into_iter().map(|line| line.hidden(mask)).collect();
    let weighing = |weight: &str| lines.iter().filter(|line| line.weight == weight).count();
    let counts = Counts {
        files: library.counts.files,
        series: library.series_count(),
        errors: weighing("error"),
        warnings: weighing("warning"),
        notes: weighing("note"),
    };
    let failed = match wish.fail_on {
        FailOn::Warning => counts.errors + counts.warnings > 0,
        FailOn::Error => counts.errors > 0,
    };
    if wish.json {
        out.json(&Document { findings: lines, counts })?;
    } else {
        spoken(&library, &lines, &counts, out)?;
    }
    Ok(if failed { Exit::SomeProblems } else { Exit::Ok })
}

#[derive(Serialize)]
struct Document {
    findings: Vec<Line>,
    counts: Counts,
}

#[derive(Serialize)]
struct Counts {
    files: u64,
    series: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// One finding.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    weight: &'static str,
    /// Series Instance UID, if it is about one series.
    series: Option<String>,
    /// The stack of the series, from 1, if it is about one.
    stack: Option<usize>,
    what: String,
    /// Files it concerns.
    files: Vec<Name>,
    #[serde(skip)]
    heading: Heading,
}

/// What a finding is told under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    Unreadable,
    Lists,
    Series(SeriesId),
}

impl Line {
    /// What may be seen of it; sentences about the standard hold no values.
    fn hidden(self, mask: Mask) -> Self {
        let is_plain = self.rule == Rule::Standard.as_str();
        Self {
            series: self.series.map(|uid| mask.uid(&uid)),
            what: if is_plain { self.what } else { mask.sentence(&self.what) },
            files: self.files.into_iter().map(|name| name.hidden(mask)).collect(),
            ..self
        }
    }
}

/// Everything odd: files that cannot be read first, what lists say in vain, then series by series, in the order
/// of the scan.
fn lines(library: &Library, broken: Vec<Broken>, with_standard: bool) -> Vec<Line> {
    let problems = library.problems.iter().map(|problem| Line {
        rule: "unreadable",
        weight: Weight::Error.as_str(),
        series: None,
        stack: None,
        what: problem.what.clone(),
        files: vec![Name::of(&problem.path)],
        heading: Heading::Unreadable,
    });
    let broken = broken.into_iter().map(|broken| Line {
        rule: broken.rule.as_str(),
        weight: broken.weight.as_str(),
        series: None,
        stack: None,
        what: broken.what,
        files: vec![Name::of(&broken.list)],
        heading: Heading::Lists,
    });
    let mut lines: Vec<Line> = problems.chain(broken).collect();
    let series_of = library.series_of_instances();
    let mut of_series: Vec<(Option<SeriesId>, Line)> = vec![];
    let of_standard = if with_standard { standard(library) } else { vec![] };
    for finding in findings(library).into_iter().chain(promises(library)).chain(of_standard) {
        let series = series_of_finding(&finding, &series_of);
        of_series.push((series, line_of(library, &finding, series)));
    }
    for (id, series) in library.all_series().filter(|(_, series)| series.warned > 0) {
        // Files that are odd in the same way are one finding.
        let mut alike: BTreeMap<&str, Vec<InstanceId>> = BTreeMap::new();
        for &instance in &series.instances {
            for what in library.instance(instance).warnings() {
                alike.entry(what).or_default().push(instance);
            }
        }
        for (what, instances) in alike {
            let line = Line {
                rule: "file",
                weight: Weight::Warning.as_str(),
                series: Some(series.uid.raw().to_owned()),
                stack: None,
                what: what.to_owned(),
                files: names(library, &instances),
                heading: Heading::Series(id),
            };
            of_series.push((Some(id), line));
        }
    }
    of_series.sort_by_key(|(series, _)| series.map(|id| id.0));
    lines.extend(of_series.into_iter().map(|(_, line)| line));
    lines
}

/// The series that a finding is told under: its own, or that of the first file it concerns.
fn series_of_finding(finding: &Finding, series_of: &[SeriesId]) -> Option<SeriesId> {
    match finding.place {
        Place::Series(id) | Place::Stack(id, _) => Some(id),
        Place::Instance(id) => series_of.get(id.0 as usize).copied(),
        Place::Patient(_) | Place::Study(_) => {
            finding.instances.first().and_then(|id| series_of.get(id.0 as usize)).copied()
        }
    }
}

fn line_of(library: &Library, finding: &Finding, series: Option<SeriesId>) -> Line {
    Line {
        rule: finding.rule.as_str(),
        weight: finding.weight.as_str(),
        series: series.map(|id| library.series(id).uid.raw().to_owned()),
        stack: if let Place::Stack(_, at) = finding.place { Some(at + 1) } else { None },
        what: finding.what.clone(),
        files: names(library, &finding.instances),
        heading: series.map_or(Heading::Unreadable, Heading::Series),
    }
}

fn names(library: &Library, instances: &[InstanceId]) -> Vec<Name> {
    instances.iter().map(|&id| Name::of(&library.path(id))).collect()
}

/// For people: a heading for each series, and at most the first file of each finding.
fn spoken(library: &Library, lines: &[Line], counts: &Counts, out: &mut Out) -> anyhow::Result<()> {
    let mask = out.mask;
    let mut heading = None;
    for line in lines {
        if heading != Some(line.heading) {
            if heading.is_some() {
                out.line("")?;
            }
            heading = Some(line.heading);
            out.line(&match line.heading {
                Heading::Unreadable => "Files that cannot be read".to_owned(),
                Heading::Lists => "Lists beside the files".to_owned(),
                Heading::Series(id) => title(library, id, mask),
            })?;
        }
        let files = match &line.files[..] {
            [] => String::new(),
            [only] => format!("  ({})", only.path()),
            [first, rest @ ..] => format!("  ({} and {} more)", first.path(), rest.len()),
        };
        let stack =
            line.stack.filter(|&stack| stack > 1).map_or_else(String::new, |at| format!("stack {at}: "));
        out.line(&format!("  {:<8} {:<12} {stack}{}{files}", line.weight, line.rule, line.what))?;
    }
    if !lines.is_empty() {
        out.line("")?;
    }
    let Counts { files, series, errors, warnings, notes } = counts;
    let [errors, warnings, notes] = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .map(|(number, noun)| count(*number, noun));
    let files = count(*files as usize, "file");
    out.line(&format!("{files} in {series} series: {errors}, {warnings}, {notes}"))
}

fn title(library: &Library, id: SeriesId, mask: Mask) -> String {
    let series = library.series(id);
    let study = library.study(series.study);
    let facts = &series.facts;
    let number = if facts.number.is_empty() { String::new() } else { format!(" #{}", facts.number) };
    let parts = [
        mask.id(&library.patient(study.patient).id),
        mask.words(study.description.raw()),
        format!("{}{number} {}", facts.modality, mask.words(library.label(id).raw())),
        count(series.instances.len(), "file"),
    ];
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" › ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How it ends, and what is printed.
    fn checked(folder: &std::path::Path, fail_on: FailOn) -> (Exit, String) {
        let printed = tempfile::NamedTempFile::new().unwrap();
        let mut out = Out::to(printed.reopen().unwrap());
        let wish = Wish { json: false, fail_on, standard: true, tolerances: Tolerances::default() };
        let exit = check(vec![folder.to_owned()], Recall::default(), &wish, &mut out).unwrap();
        (exit, std::fs::read_to_string(printed.path()).unwrap())
    }

    fn exit(folder: &std::path::Path, fail_on: FailOn) -> Exit {
        checked(folder, fail_on).0
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error_and_an_empty_folder_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(exit(folder.path(), FailOn::Warning), Exit::Ok);

        // The mark of a DICOM file, and nothing after it.
        std::fs::write(folder.path().join("bad"), [vec![0; 128], b"DICM".to_vec()].concat()).unwrap();
        assert_eq!(exit(folder.path(), FailOn::Error), Exit::SomeProblems);
    }

    #[test]
    fn a_stack_with_a_hole_fails_on_warnings_alone() {
        let folder = tempfile::tempdir().unwrap();
        crate::dicom::demo::write(folder.path()).unwrap();
        // Errors there are none in data that we compute; the demo has a gap on purpose.
        assert_eq!(exit(folder.path(), FailOn::Error), Exit::Ok);
        let (exit, printed) = checked(folder.path(), FailOn::Warning);
        assert_eq!(exit, Exit::SomeProblems);
        // And it keeps to the standard.
        let told: Vec<&str> = printed.lines().filter(|line| line.contains(" standard ")).collect();
        assert_eq!((told, printed.contains(" gap ")), (vec![], true));
    }
}
