//! `topogram ls`: what lies under some paths, for people (a table) and for programs (JSON, CSV).

mod table;

use super::{
    Exit,
    columns::{Cell, Columns},
    complain,
    out::Out,
};
use crate::{
    dicom::Outcome,
    model::{Library, Mask, OrderBy, Query, Review, Series, SeriesId, Stack, StudyId, Text},
    work::{Found, Gathered, Lists, Recall, Scanner, gather, store},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Aligned columns.
    Table,
    /// The JSON contract of the README.
    Json,
    /// One line per series.
    Csv,
}

impl Format {
    /// That of the two options, which exclude one another.
    pub(super) fn of(json: bool, csv: bool) -> Self {
        match (json, csv) {
            (true, _) => Self::Json,
            (_, true) => Self::Csv,
            _ => Self::Table,
        }
    }
}

/// The series that are listed.
struct Meant<'a> {
    library: &'a Library,
    columns: &'a Columns,
    /// What the files of each say, one entry for each column.
    series: BTreeMap<SeriesId, Vec<Gathered>>,
    /// Not all series were asked for.
    is_part: bool,
    mask: Mask,
}

impl<'a> Meant<'a> {
    /// Reads the files of the series that the library knows to be meant, if query or columns need it.
    fn find(library: &'a Library, query: &Query, columns: &'a Columns, mask: Mask) -> Self {
        let mut series: Vec<SeriesId> = library.all_series().map(|(id, _)| id).collect();
        series.retain(|&id| query.keeps(library, id));
        let asked = query.tags();
        let tags = [&asked[..], columns.tags()].concat();
        let mut gathered =
            if tags.is_empty() { vec![vec![]; series.len()] } else { gather(library, &series, &tags) };
        let mut meant = BTreeMap::new();
        for (id, mut values) in series.into_iter().zip(gathered.drain(..)) {
            if query.keeps_values(|at| values.get(at).map_or(&[], |one| &one.values)) {
                meant.insert(id, values.split_off(asked.len().min(values.len())));
            }
        }
        Self { library, columns, series: meant, is_part: !query.is_empty(), mask }
    }

    fn holds(&self, id: SeriesId) -> bool {
        self.series.contains_key(&id)
    }
}

/// Scans and prints the hierarchy, as far as `query` means it.
///
/// # Errors
///
/// Only what writing to the output says; trouble with files is part of the list.
pub(super) fn list(
    paths: Vec<PathBuf>,
    recall: Recall,
    format: Format,
    query: &Query,
    review: Review,
    columns: &Columns,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let (recall, mut library) = (Arc::new(recall), Library::reviewed(review));
    let mut lists = Lists::default();
    scan_again(paths, &recall, |path, outcome| {
        lists.meet(path, &outcome);
        store(&mut library, outcome);
        Ok(())
    })?;
    recall.finish(&library);
    let meant = Meant::find(&library, query, columns, out.mask);
    match format {
        Format::Table => table::print(&meant, &lists, out)?,
        Format::Json => out.json(&document(&meant))?,
        Format::Csv => table::csv(&meant, out)?,
    }
    Ok(if library.problems.is_empty() { Exit::Ok } else { Exit::SomeProblems })
}

/// Runs a scan to its end, handing over every file in the order of the walk.
///
/// # Errors
///
/// What `each` returns; the scan stops there.
pub(super) fn scan(
    paths: Vec<PathBuf>,
    each: impl FnMut(&Path, Outcome) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    scan_again(paths, &Arc::default(), each)
}

/// The same as [`scan`], reading only what is not as `recall` knows it.
///
/// # Errors
///
/// What `each` returns; the scan stops there.
pub(super) fn scan_again(
    paths: Vec<PathBuf>,
    recall: &Arc<Recall>,
    mut each: impl FnMut(&Path, Outcome) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if let Some(trouble) = recall.troubles().first() {
        complain(&trouble.to_string());
    }
    let (sender, found) = crossbeam_channel::bounded::<Found>(32);
    let _scanner = Scanner::start_again(paths, Scanner::threads(), recall, sender);
    for message in found {
        match message {
            Found::Files(files) => {
                for (path, outcome) in files {
                    each(&path, outcome)?;
                }
            }
            // Only the explorer asks for these.
            Found::Done => break,
            _ => {}
        }
    }
    Ok(())
}

/// A path for JSON; bytes that are not UTF-8 travel beside it.
#[derive(Serialize)]
pub(super) struct Name {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

impl Name {
    pub(super) fn of(path: &Path) -> Self {
        let bytes = OsStr::as_bytes(path.as_os_str());
        let path_bytes = std::str::from_utf8(bytes).is_err().then(|| STANDARD.encode(bytes));
        Self { path: path.to_string_lossy().into_owned(), path_bytes }
    }

    /// What may be seen of it.
    pub(super) fn hidden(self, mask: Mask) -> Self {
        if mask.is_on() { Self { path: mask.path(Path::new(&self.path)), path_bytes: None } } else { self }
    }

    /// For people; the bytes that are not UTF-8 are replaced.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

#[derive(Serialize)]
struct Document {
    patients: Vec<PatientEntry>,
    problems: Vec<ProblemEntry>,
    counts: CountsEntry,
}

#[derive(Serialize)]
struct ProblemEntry {
    #[serde(flatten)]
    name: Name,
    what: String,
}

#[derive(Serialize)]
struct CountsEntry {
    files: u64,
    dicom: u64,
    dicomdir: u64,
    ignored: u64,
    problems: u64,
}

#[derive(Serialize)]
struct PatientEntry {
    id: String,
    name: String,
    studies: Vec<StudyEntry>,
}

#[derive(Serialize)]
struct StudyEntry {
    uid: String,
    date: String,
    description: String,
    series: Vec<SeriesEntry>,
}

#[derive(Serialize)]
struct SeriesEntry {
    uid: String,
    number: String,
    modality: String,
    description: String,
    files: usize,
    instances: usize,
    frames: u64,
    rows: u32,
    columns: u32,
    transfer_syntaxes: Vec<String>,
    stacks: Vec<StackEntry>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, Cell>,
}

#[derive(Serialize)]
struct StackEntry {
    slices: usize,
    rows: u32,
    columns: u32,
    spacing_mm: Option<[f64; 2]>,
    step_mm: Option<f64>,
    uniform: bool,
    order: &'static str,
    tilt_degrees: f64,
    label: String,
    instances: Vec<String>,
}

fn document(meant: &Meant<'_>) -> Document {
    let (library, mask) = (meant.library, meant.mask);
    let patients = library.patients().filter_map(|(_, patient)| {
        let studies: Vec<StudyEntry> =
            patient.studies.iter().filter_map(|&id| study_entry(meant, id)).collect();
        let (id, name) = (exact(&patient.id, mask), exact(&patient.name(), mask));
        (!studies.is_empty()).then_some(PatientEntry { id, name, studies })
    });
    let counts = library.counts;
    Document {
        patients: patients.collect(),
        problems: library
            .problems
            .iter()
            .map(|problem| ProblemEntry {
                name: Name::of(&problem.path).hidden(mask),
                what: mask.sentence(&problem.what),
            })
            .collect(),
        counts: CountsEntry {
            files: counts.files,
            dicom: counts.dicom,
            dicomdir: counts.dicomdir,
            ignored: counts.ignored,
            problems: counts.problems,
        },
    }
}

/// A study with the series that are meant; `None` if there are none.
fn study_entry(meant: &Meant<'_>, id: StudyId) -> Option<StudyEntry> {
    let (library, mask) = (meant.library, meant.mask);
    let study = library.study(id);
    let series: Vec<SeriesEntry> =
        study.series.iter().filter(|&&id| meant.holds(id)).map(|&id| series_entry(meant, id)).collect();
    (!series.is_empty()).then(|| StudyEntry {
        uid: mask.uid(study.uid.raw()),
        date: written(library, id, &study.date, mask),
        description: words(&study.description, mask),
        series,
    })
}

/// An identifier for programs: exact, or hidden.
pub(super) fn exact(text: &Text, mask: Mask) -> String {
    if mask.is_on() { mask.id(text) } else { text.raw().to_owned() }
}

/// A description for programs.
pub(super) fn words(text: &Text, mask: Mask) -> String {
    if mask.is_on() { mask.words(text.raw()) } else { text.raw().to_owned() }
}

/// A date as written, or days from the first study.
fn written(library: &Library, study: StudyId, date: &Text, mask: Mask) -> String {
    if mask.is_on() { mask.day(library, study, date) } else { date.raw().to_owned() }
}

fn series_entry(meant: &Meant<'_>, id: SeriesId) -> SeriesEntry {
    let (library, mask) = (meant.library, meant.mask);
    let series = library.series(id);
    let facts = &series.facts;
    let form = series.forms.iter().find(|form| form.has_pixels).or_else(|| series.forms.first());
    let syntaxes: BTreeSet<&str> = series.forms.iter().map(|form| form.transfer_syntax.raw()).collect();
    SeriesEntry {
        uid: mask.uid(series.uid.raw()),
        number: facts.number.raw().to_owned(),
        modality: facts.modality.raw().to_owned(),
        description: words(&facts.description, mask),
        files: series.instances.len(),
        instances: distinct_instances(library, series),
        frames: series.frames,
        rows: form.map_or(0, |form| form.rows),
        columns: form.map_or(0, |form| form.columns),
        transfer_syntaxes: syntaxes.into_iter().map(str::to_owned).collect(),
        stacks: library.stacks(id).iter().map(|stack| stack_entry(library, stack, mask)).collect(),
        tags: meant.series.get(&id).map(|values| meant.columns.cells(values)).unwrap_or_default(),
    }
}

fn distinct_instances(library: &Library, series: &Series) -> usize {
    let uids: BTreeSet<&str> =
        series.instances.iter().map(|&id| library.instance(id).sop_instance()).collect();

    uids.len()
}

fn stack_entry(library: &Library, stack: &Stack, mask: Mask) -> StackEntry {
    let spacing = stack.form.spacing.filter(|s| s.source != crate::model::SpacingSource::AspectOnly);
    StackEntry {
        slices: stack.frames.len(),
        rows: stack.form.rows,
        columns: stack.form.columns,
        spacing_mm: spacing.map(|spacing| [spacing.row, spacing.column]),
        step_mm: stack.step,
        uniform: stack.uniform,
        order: stack.order.as_str(),
        tilt_degrees: if stack.order == OrderBy::Position { stack.tilt } else { 0.0 },
        label: stack.label.clone(),
        instances: stack
            .frames
            .iter()
            .map(|key| mask.uid(library.instance(key.instance).sop_instance()))
            .collect(),
    }
}
