//! `topogram read`: what a file says, as text: reports, plans, structures, segments, curves, documents.

use super::{Exit, out::Out};
use crate::{
    app::lay,
    dicom::{self, Document, Object},
    export::Folder,
    model::{EntryKind, Mask, Text, Transcript},
};
use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use serde::Serialize;
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

/// What is asked for.
#[derive(Debug, Args)]
pub(super) struct Wish {
    /// A DICOM file
    file: PathBuf,
    /// Print JSON; curves with all their samples
    #[arg(long)]
    json: bool,
    /// Write the document inside the object (PDF, CDA, STL) to this file
    #[arg(long, value_name = "OUT", conflicts_with = "json")]
    extract: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "extract")]
    force: bool,
}

#[derive(Serialize)]
struct Page<'a> {
    file: String,
    title: &'a str,
    entries: Vec<Line<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    depth: u16,
    label: &'a str,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refers_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<Drawn<'a>>,
}

#[derive(Serialize)]
struct Drawn<'a> {
    unit: &'a str,
    step: f64,
    step_unit: &'static str,
    /// Null where nothing was recorded.
    samples: Vec<Option<f32>>,
}

/// Prints what a file says, or writes the document inside it.
///
/// # Errors
///
/// If the file cannot be opened or is not DICOM, there is no document to extract or its file cannot be written,
/// and what writing to the output says.
pub(super) fn read(wish: &Wish, out: &mut Out) -> anyhow::Result<Exit> {
    let file = &wish.file;
    let object = Object::open(file).map_err(|why| anyhow!("{}: {why}", Text::from_path(file)))?;
    if let Some(target) = &wish.extract {
        return extract(&object, file, target, wish.force, out);
    }
    let transcript = dicom::transcript(&object);
    if wish.json {
        out.json(&page(file, &transcript, out.mask))?;
    } else {
        print(&transcript, out)?;
    }
    Ok(if object.damage.is_none() { Exit::Ok } else { Exit::SomeProblems })
}

fn print(transcript: &Transcript, out: &mut Out) -> anyhow::Result<()> {
    // A terminal wraps words better when it is told where; what goes into a pipe is for grep, line by line.
    let wide = io::stdout().is_terminal().then(|| ratatui::crossterm::terminal::size().ok()).flatten();
    let wide = wide.map_or(usize::MAX, |(columns, _)| usize::from(columns));
    out.line(&transcript.title.shown())?;
    for line in lay(transcript, wide, out.mask) {
        out.line(format!("{}{}{}", " ".repeat(line.indent), line.label, line.text).trim_end())?;
    }
    for note in &transcript.notes {
        out.line(&format!("! this file {}", out.mask.sentence(note)))?;
    }
    Ok(())
}

fn page<'a>(file: &Path, transcript: &'a Transcript, mask: Mask) -> Page<'a> {
    let entries = transcript.entries.iter().map(|entry| Line {
        depth: entry.depth,
        label: entry.label.raw(),
        value: if mask.is_on() { entry.shown(mask) } else { entry.value.raw().to_owned() },
        refers_to: match &entry.kind {
            EntryKind::Reference { instance } => Some(mask.uid(instance.raw())),
            _ => None,
        },
        curve: match &entry.kind {
            EntryKind::Curve(curve) => Some(Drawn {
                unit: curve.unit.raw(),
                step: curve.step,
                step_unit: curve.step_unit,
                samples: curve.samples.iter().map(|&sample| sample.is_finite().then_some(sample)).collect(),
            }),
            _ => None,
        },
    });
    Page {
        file: mask.path(file),
        title: transcript.title.raw(),
        entries: entries.collect(),
        notes: transcript.notes.iter().map(|note| mask.sentence(note)).collect(),
    }
}

/// Writes the document whole or not at all.
fn extract(object: &Object, file: &Path, target: &Path, force: bool, out: &mut Out) -> anyhow::Result<Exit> {
    let shown = || Text::from_path(file);
    let document = Document::of(object);
    let Some(document) = document.filter(|document| !document.is_empty()) else {
        bail!("{}: holds no document; `topogram read` tells what it holds", shown());
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = target.file_name().and_then(|name| name.to_str()) else {
        bail!("{}: name a file to write, such as out.{}", Text::from_path(target), document.ending());
    };
    if target.canonicalize().is_ok_and(|target| file.canonicalize().is_ok_and(|file| file == target)) {
        bail!("{}: is the file that is read; choose another one to write", Text::from_path(target));
    }
    let draft = Folder::create(folder, &[], force)?.begin(name)?;
    document
        .copy(|bytes| draft.file().write_all(bytes))
        .with_context(|| format!("{}: cannot be copied", shown()))?;
    let written = draft.finish()?;
    out.line(&format!("{} bytes of {} in {}", document.len(), document.media, written.display()))?;
    Ok(Exit::Ok)
}
