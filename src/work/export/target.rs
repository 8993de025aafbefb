//! Which stacks become which files.

use super::Slice;
use crate::{
    export::{digits as hash, safe_name},
    model::{Apart, Geometry, Library, MASK, Mask, Patient, Query, SeriesId, Stack, harmless, integer},
};
use std::{collections::HashMap, path::Path, sync::Arc};

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
    /// Nothing in a name or label tells who it is.
    ///
    /// Names are then made of what is harmless, and of UIDs, so that they are the same in every run and nobody
    /// finds a Patient ID by trying some.
    pub masked: bool,
}

/// Every stack with images of the series that `query` means.
pub fn targets(library: &Library, query: &Query, selection: Selection) -> Vec<Target> {
    let series = library.all_series().map(|(id, _)| id).filter(|&id| query.keeps(library, id));
    let mut targets: Vec<Target> = series.flat_map(|id| targets_of(library, id, selection)).collect();
    if selection.masked {
        tell_apart(library, &mut targets);
    }
    targets
}

/// Broken data have one study UID in several patients, who may not be told apart by their IDs: they are numbered
/// in the order of those, which every run has.
fn tell_apart(library: &Library, targets: &mut [Target]) {
    let mut alike: HashMap<String, Vec<&mut Target>> = HashMap::new();
    for target in targets {
        alike.entry(target.stem.clone()).or_default().push(target);
    }
    for mut alike in alike.into_values().filter(|alike| alike.len() > 1) {
        let patient = |target: &&mut Target| library.study(library.series(target.series).study).patient;
        alike.sort_by_key(|target| library.patient(patient(target)).id.raw().to_owned());
        for (at, target) in alike.into_iter().enumerate() {
            target.stem = format!("{}-p{}", target.stem, at + 1);
        }
    }
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
        let mask = Mask::new(masked);
        let (number, label) = (series.facts.number.raw(), library.label(id));
        let short = |text: &str| hash(text, 6);
        // Broken data have one series UID in several studies, or a study UID in several patients.
        let study = library.study(series.study);
        let uids = [study.uid.raw(), series.uid.raw()].join(" ");
        let (described, shown) = hidden(patient, label.raw(), mask);
        let parts = if masked {
            let number = if integer(number).is_some() { number.trim() } else { "" };
            [String::new(), number.to_owned(), described]
        } else {
            [patient.id.raw(), number, label.raw()].map(str::to_owned)
        };
        // The end makes the name unique also where file systems do not tell capitals from small letters.
        let end = if masked { short(&uids) } else { short(&[patient.id.raw(), &uids].join(" ")) };
        let end = if several { format!("{end}-s{}", at + 1) } else { end };
        let parts =
            parts.iter().filter(|part| !part.trim().is_empty()).map(|part| part_of_name(part)).chain([end]);
        let stem = parts.collect::<Vec<_>>().join("_");
        Self {
            series: id,
            stack: at,
            label: [shown.trim(), stack.label.as_str()].join(" ").trim().to_owned(),
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

    /// A sentence about it, which names no file of it if those are hidden.
    pub fn told(&self, mask: Mask, what: &str) -> String {
        if !mask.is_on() {
            return what.to_owned();
        }
        let paths = self.slices.iter().map(|slice| &*slice.path);
        let hidden = paths.fold(what.to_owned(), |what, path| {
            let written = path.display().to_string();
            if what.contains(&written) { what.replace(&written, &mask.path(path)) } else { what }
        });
        mask.sentence(&hidden)
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

/// The harmless words of a label, and the label as it may be told. A harmless word that the patient is called by
/// is none.
fn hidden(patient: &Patient, label: &str, mask: Mask) -> (String, String) {
    let called: Vec<String> =
        patient.names.keys().chain([&patient.id]).map(|name| name.raw().to_lowercase()).collect();
    let parts: Vec<&str> =
        called.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).collect();
    let harmless = harmless(label);
    let kept = harmless.split(' ').filter(|word| !parts.contains(&&*word.to_lowercase()));
    let kept = kept.collect::<Vec<_>>().join(" ");
    let shown = if mask.is_on() && kept != harmless { format!("{kept} {MASK}") } else { mask.words(label) };
    (kept, shown)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Form, Record, SeriesFacts};

    /// Series of one image: Patient ID, series UID, number and description, in a folder called after the patient.
    fn targets_of_all(series: &[[&str; 4]], masked: bool) -> Vec<Target> {
        let mut library = Library::default();
        for [id, uid, number, description] in series {
            let form = Form { has_pixels: true, rows: 8, columns: 8, ..Form::default() };
            let facts = SeriesFacts {
                number: (*number).into(),
                description: (*description).into(),
                ..SeriesFacts::default()
            };
            library.insert(Record {
                path: Path::new("/d/Wolkenstein Ute/1.dcm").into(),
                patient_id: (*id).into(),
                study_uid: "1.2".into(),
                series_uid: (*uid).into(),
                sop_instance: format!("{uid}.1"),
                frames: 1,
                series: facts,
                form,
                ..Record::default()
            });
        }
        targets(&library, &Query::default(), Selection { slice: None, over_time: false, masked })
    }

    #[test]
    fn masked_names_are_made_of_harmless_words_and_of_uids() {
        let told = |number: &'static str, description: &'static str| {
            let target = targets_of_all(&[["AX12", "1.3", number, description]], true).remove(0);
            assert_eq!((target.owner, target.uids), (None, vec![]));
            (target.stem, target.label)
        };
        let end = hash("1.2 1.3", 6);
        assert_eq!(told("2", "Thorax").0, format!("2_Thorax_{end}"));
        assert_eq!(told("2", "Thorax Wolkenstein"), (format!("2_Thorax_{end}"), format!("Thorax {MASK}")));
        assert_eq!(told("Wolkenstein", "AX12 Wolkenstein").0, end);
        // The folder stands for a missing description.
        assert_eq!(told("2", ""), (format!("2_{end}"), MASK.to_owned()));
    }

    #[test]
    fn names_are_as_before_where_nothing_is_masked() {
        let target = targets_of_all(&[["AX12", "1.3", "2", "Thorax Wolkenstein"]], false).remove(0);
        let end = hash("AX12 1.2 1.3", 6);
        assert!(target.stem.starts_with("AX12_2_Thorax-Wolkenstein") && target.stem.ends_with(&end));
        assert_eq!(target.told(Mask::default(), "/d/Wolkenstein Ute/1.dcm"), "/d/Wolkenstein Ute/1.dcm");
    }

    #[test]
    fn no_two_masked_stacks_have_one_name_and_every_order_gives_the_same() {
        let [a, b, c] = [["A", "1.3", "2", ""], ["B", "1.3", "2", ""], ["A", "1.4", "2", ""]];
        let stems = |series: &[[&str; 4]]| {
            let targets = targets_of_all(series, true);
            let mut stems: Vec<String> = targets.into_iter().map(|target| target.stem).collect();
            stems.sort();
            stems
        };
        let all = stems(&[a, b, c]);
        assert_eq!(all, stems(&[b, c, a]));
        assert!(all.len() == 3 && all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
    }

    #[test]
    fn a_sentence_about_a_masked_stack_names_none_of_its_files() {
        let target = targets_of_all(&[["AX12", "1.3", "2", ""]], true).remove(0);
        let told = target.told(Mask::new(true), "/d/Wolkenstein Ute/1.dcm: has colours, which are no values");
        assert!(!told.contains("Wolkenstein") && !told.contains("Ute"), "{told}");
        assert!(told.contains("colours"), "{told}");
    }
}
