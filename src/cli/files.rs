//! `topogram ls --files`: one line for every file, with all that is odd about it.

use super::{
    Exit,
    columns::Columns,
    list::{Format, Name, scan},
    out::Out,
};
use crate::{
    dicom::{Archives, Outcome},
    model::{InstanceId, Library, Mask},
    work::{findings, store},
};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

/// Scans and prints one line per file visited, once the scan has ended: what is odd about a file may only
/// show beside others.
///
/// # Errors
///
/// Only what writing to the output says.
pub(super) fn list(
    paths: Vec<PathBuf>,
    format: Format,
    columns: &Columns,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let mut library = Library::default();
    let mut visited = vec![];
    scan(paths, |path, outcome| {
        let kind = match &outcome {
            Outcome::Ignored => Visited::Ignored(path.to_owned()),
            Outcome::Directory(note) => Visited::Directory(path.to_owned(), note.clone()),
            Outcome::Problem(_) => Visited::Problem(library.problems.len()),
            Outcome::Instance(_) => Visited::Instance(InstanceId(0)),
        };
        let instance = store(&mut library, outcome);
        visited.push(instance.map_or(kind, Visited::Instance));
        Ok(())
    })?;
    let findings = findings(&library);
    let mut odd: HashMap<InstanceId, Vec<&str>> = HashMap::new();
    for finding in &findings {
        finding.instances.iter().for_each(|&id| odd.entry(id).or_default().push(&finding.what));
    }
    let series_of = library.series_of_instances();
    if format == Format::Csv {
        let names = ["path", "kind", "what", "series", "sop_instance", "warnings"];
        out.csv_row(&names.into_iter().chain(columns.names()).map(str::to_owned).collect::<Vec<_>>())?;
    }
    let archives = Archives::default();
    for visited in &visited {
        let line = match visited {
            Visited::Ignored(path) => FileLine::of(path, "ignored"),
            Visited::Directory(path, note) => FileLine {
                warnings: note.iter().map(|note| note.as_str().into()).collect(),
                ..FileLine::of(path, "dicomdir")
            },
            Visited::Problem(at) => {
                let problem = &library.problems[*at];
                FileLine {
                    what: Some(problem.what.as_str().into()),
                    ..FileLine::of(&problem.path, "problem")
                }
            }
            Visited::Instance(id) => {
                let instance = library.instance(*id);
                let own = instance.warnings().iter().map(String::as_str);
                FileLine {
                    series: Some(library.series(series_of[id.0 as usize]).uid.raw().into()),
                    sop_instance: Some(instance.sop_instance().into()),
                    warnings: own.chain(odd.get(id).into_iter().flatten().copied()).map(Cow::from).collect(),
                    tags: columns.of_file(&library.path(*id), &archives),
                    ..FileLine::of(&library.path(*id), "dicom")
                }
            }
        };
        let line = line.hidden(out.mask);
        match format {
            Format::Json => out.json_line(&line)?,
            Format::Csv => out.csv_row(&line.cells(columns))?,
            Format::Table => {
                let values = line.tags.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
                let values = values.map(|(name, value)| format!("{name}={value}"));
                let reason: Vec<&str> = line.what.iter().chain(&line.warnings).map(AsRef::as_ref).collect();
                let parts: Vec<String> = values.chain([reason.join("; ")]).collect();
                out.line(&format!("{:<8} {}  {}", line.kind, line.name.path(), parts.join("  ")))?;
            }
        }
    }
    Ok(if library.problems.is_empty() { Exit::Ok } else { Exit::SomeProblems })
}

/// What a line is about; what it says is in the library.
enum Visited {
    Ignored(PathBuf),
    /// With what is odd about it.
    Directory(PathBuf, Option<String>),
    /// By its place among the problems.
    Problem(usize),
    Instance(InstanceId),
}

#[derive(Serialize)]
struct FileLine<'a> {
    #[serde(flatten)]
    name: Name,
    kind: &'static str,
    what: Option<Cow<'a, str>>,
    series: Option<Cow<'a, str>>,
    sop_instance: Option<Cow<'a, str>>,
    warnings: Vec<Cow<'a, str>>,
    /// Those that were asked for, `None` where the file has no such attribute.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, Option<String>>,
}

impl FileLine<'_> {
    /// What may be seen of it.
    fn hidden(self, mask: Mask) -> Self {
        if !mask.is_on() {
            return self;
        }
        let sentence = |text: Cow<'_, str>| Cow::Owned(mask.sentence(&text));
        let uid = |uid: Cow<'_, str>| Cow::Owned(mask.uid(&uid));
        Self {
            name: self.name.hidden(mask),
            kind: self.kind,
            what: self.what.map(sentence),
            series: self.series.map(uid),
            sop_instance: self.sop_instance.map(uid),
            warnings: self.warnings.into_iter().map(sentence).collect(),
            // None were asked for.
            tags: self.tags,
        }
    }

    fn of(path: &Path, kind: &'static str) -> Self {
        Self {
            name: Name::of(path),
            kind,
            what: None,
            series: None,
            sop_instance: None,
            warnings: vec![],
            tags: BTreeMap::new(),
        }
    }

    fn cells(&self, columns: &Columns) -> Vec<String> {
        let text = |text: Option<&Cow<'_, str>>| text.map(ToString::to_string).unwrap_or_default();
        let own = [
            self.name.path().to_owned(),
            self.kind.to_owned(),
            text(self.what.as_ref()),
            text(self.series.as_ref()),
            text(self.sop_instance.as_ref()),
            self.warnings.join("; "),
        ];
        let values = columns.names().map(|name| self.tags.get(name).cloned().flatten().unwrap_or_default());
        own.into_iter().chain(values).collect()
    }
}
