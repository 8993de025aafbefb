//! Which stacks become which files.

use super::Slice;
use crate::{
    export::{digits as hash, safe_name},
    model::{Apart, Geometry, Library, Query, SeriesId, Stack},
};
use std::{path::Path, sync::Arc};

/// A stack, or several over time, that become one file or one set of files.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Of which series.
    pub series: SeriesId,
    /// Which of its stacks; the first of several.
    pub stack: usize,
    /// For people.
    pub label: String,
    /// The name of its files without the ending, made of plain characters.
    pub stem: String,
    /// Whose it is, Patient ID (0010,0020) and Series Instance UID (0020,000E); `None` if identifiers are masked.
    pub owner: Option<(String, String)>,
    /// In display order.
    pub slices: Vec<Slice>,
    /// SOP Instance UIDs, one for each slice; empty if identifiers are masked.
    pub uids: Vec<String>,
    /// Slices in a volume.
    pub depth: usize,
    /// Where the first volume lies.
    pub geometry: Option<Geometry>,
    /// Of the slices of the first volume along the normal, mm.
    pub depths: Vec<f64>,
    /// Pixel Spacing (0028,0030), between rows and between columns.
    pub spacing: Option<(f64, f64)>,
    /// Between slices, mm, if anything says so.
    pub step: Option<f64>,
    /// Slice Thickness (0018,0050).
    pub thickness: Option<f64>,
    /// Number of the first slice, from one, and digits of the largest.
    pub numbers: (usize, usize),
}

/// How the stacks are selection.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// One slice of each stack, from one.
    pub slice: Option<usize>,
    /// Stacks at the same places become one, over time.
    pub over_time: bool,
    /// Nothing in a name tells who it is.
    pub masked: bool,
}

/// Every stack with images of the series that `query` means.
pub fn targets(library: &Library, query: &Query, selection: Selection) -> Vec<Target> {
    let series = library.all_series().map(|(id, _)| id).filter(|&id| query.keeps(library, id));
    series.flat_map(|id| targets_of(library, id, selection)).collect()
}

/// Every stack with images of a series.
pub fn targets_of(library: &Library, id: SeriesId, selection: Selection) -> Vec<Target> {
    let stacks = library.stacks(id);
    let mut targets: Vec<Target> = vec![];
    let mut at = 0;
    while let Some(stack) = stacks.get(at) {
        let together = if selection.over_time { over_time(&stacks[at..]) } else { 1 };
        let mut target = Target::new(library, id, at, stack, stacks.len() > together, selection.masked);
        target.take(library, &stacks[at..at + together], selection);
        at += together;
        if !target.slices.is_empty() {
            targets.push(target);
        }
    }
    targets
}

/// How many of these stacks, from the first, are one volume at several times.
fn over_time(stacks: &[Stack]) -> usize {
    let first = &stacks[0];
    // Echoes are different pictures of one time, and every other program keeps them apart.
    if !matches!(first.apart, Apart::Attribute | Apart::Number) || first.label.starts_with("echo") {
        return 1;
    }
    let alike = |stack: &&Stack| stack.group == first.group && stack.frames.len() == first.frames.len();
    stacks.iter().take_while(alike).count()
}

impl Target {
    fn new(library: &Library, id: SeriesId, at: usize, stack: &Stack, several: bool, masked: bool) -> Self {
        let series = library.series(id);
        let patient = library.patient(library.study(series.study).patient);
        let (number, label) = (series.facts.number.raw(), library.label(id));
        let short = |text: &str| hash(text, 6);
        // Broken data have one series UID in several studies, or a study UID in several patients.
        let study = library.study(series.study);
        let whole = [patient.id.raw(), study.uid.raw(), series.uid.raw()].join(" ");
        // The end makes the name unique also where file systems do not tell capitals from small letters.
        let end = if several { format!("{}-s{}", short(&whole), at + 1) } else { short(&whole) };
        let who = if masked { short(patient.id.raw()) } else { patient.id.raw().to_owned() };
        let parts = [who.as_str(), number, label.raw()];
        let parts: Vec<String> =
            parts.iter().filter(|part| !part.trim().is_empty()).map(|part| part_of_name(part)).collect();
        let stem = format!("{}_{end}", parts.join("_"));
        Self {
            series: id,
            stack: at,
            label: [&label.to_string(), stack.label.as_str()].join(" ").trim().to_owned(),
            stem,
            owner: (!masked).then(|| (patient.id.raw().to_owned(), series.uid.raw().to_owned())),
            slices: vec![],
            uids: vec![],
            depth: stack.frames.len(),
            geometry: Geometry::of(stack, library).ok(),
            depths: stack.depths.clone(),
            spacing: stack.form.spacing.map(|spacing| (spacing.row, spacing.column)),
            step: stack.step.or(stack.form.thickness),
            thickness: stack.form.thickness,
            numbers: (1, digits(stack.frames.len())),
        }
    }

    /// Of slices, rows and columns, mm, where the files do not say where they lie; `None` if nothing is known.
    pub fn distances(&self) -> Option<[f64; 3]> {
        self.spacing.map(|(row, column)| [self.step.unwrap_or(1.0), row, column])
    }

    /// Which frame of its file each slice is, from one; `None` if none is another than the first.
    pub(super) fn frames(&self) -> Option<Vec<u32>> {
        let several = self.slices.iter().any(|slice| slice.frame > 0);
        several.then(|| self.slices.iter().map(|slice| slice.frame.saturating_add(1)).collect())
    }

    fn take(&mut self, library: &Library, stacks: &[Stack], selection: Selection) {
        for stack in stacks {
            let chosen = match selection.slice {
                Some(slice) => stack.frames.get(slice.wrapping_sub(1)..slice).unwrap_or_default(),
                None => &stack.frames,
            };
            for key in chosen {
                let path: Arc<Path> = Arc::from(library.path(key.instance));
                self.slices.push(Slice { path, frame: key.frame, tile: None });
                if !selection.masked {
                    self.uids.push(library.instance(key.instance).sop_instance().to_owned());
                }
            }
        }
        if let (Some(slice), Some(stack)) = (selection.slice, stacks.first()) {
            self.depth = 1;
            self.depths = stack.depths.get(slice.wrapping_sub(1)).copied().into_iter().collect();
            self.numbers.0 = slice;
            let frames = stack.frames.get(slice.wrapping_sub(1)..slice).unwrap_or_default().to_vec();
            self.geometry = Geometry::of(&Stack { frames, ..stack.clone() }, library).ok();
        }
    }
}

/// A part of a name: short, so that all parts fit.
fn part_of_name(text: &str) -> String {
    const LONGEST: usize = 40;
    let name = safe_name(text.trim());
    if name.len() <= LONGEST {
        name
    } else {
        safe_name(&text.trim().chars().take(LONGEST / 2).collect::<String>())
    }
}

fn digits(count: usize) -> usize {
    count.max(100).to_string().len()
}
