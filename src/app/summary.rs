//! What a row of the browser says of a series: one value per column, as text and for sorting.

use std::borrow::Cow;

use crate::{
    config::Column,
    model::{
        Date, FrameKey, InstanceId, Library, Mask, Series, SeriesId, SpacingSource, Stack, Time, shown,
        uid_label,
    },
};
/// The columns of one series, computed when its row is first seen.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Instances when it was computed; more have arrived if the series has more.
    pub instances: usize,
    /// The newest of them: a file that was rewritten is another instance.
    pub newest: Option<InstanceId>,
    /// Patient's name or ID.
    pub patient: String,
    /// Study description or date.
    pub study: String,
    /// The fallback ladder of [`Series::label`].
    pub description: String,
    /// `120`, or `3/90` for files and frames where they differ.
    pub images: String,
    /// `512x512x120`.
    pub matrix: String,
    /// `0.70x0.70`.
    pub spacing: String,
    /// Slice thickness and distance: `5/2.5`.
    pub thickness: String,
    /// Kernel of a CT, sequence of an MR.
    pub kernel: String,
    /// Transfer syntaxes in short.
    pub encoding: String,
    /// `12 MB`.
    pub size: String,
    /// ISO date and time.
    pub date: String,
    /// What is odd, in one word each.
    pub badges: Vec<String>,
    /// The frame for the preview.
    pub middle: Option<FrameKey>,
}

impl Summary {
    /// Computes all columns, as far as the mask lets them be seen.
    pub fn of(library: &Library, id: SeriesId, mask: Mask) -> Self {
        let series = library.series(id);
        let study = library.study(series.study);
        let patient = library.patient(study.patient);
        let stacks = library.stacks(id);
        let main = stacks.first();
        let name = patient.name();
        let time = if mask.is_on() { String::new() } else { iso_time(series.facts.time.raw()) };
        Self {
            instances: series.instances.len(),
            newest: series.instances.last().copied(),
            patient: if name.is_empty() { mask.id(&patient.id) } else { mask.person(&name) },
            study: if study.description.is_empty() {
                mask.day(library, series.study, &study.date)
            } else {
                mask.words(study.description.raw())
            },
            description: mask.words(library.label(id).raw()),
            images: images(series),
            matrix: main.map_or_else(String::new, matrix),
            spacing: main.map_or_else(String::new, spacing),
            thickness: main.map_or_else(String::new, thickness),
            kernel: mask.words(&kernel(series)),
            encoding: Encodings::default().of(series).into_owned(),
            size: size(series.bytes),
            date: [mask.day(library, series.study, &series.facts.date), time].join(" ").trim().to_owned(),
            badges: badges(series, &stacks),
            middle: main.and_then(|stack| stack.frames.get(stack.frames.len() / 2).copied()),
        }
    }

    /// The text of a column.
    pub fn cell(&self, column: Column, series: &Series) -> String {
        match column {
            Column::Patient => self.patient.clone(),
            Column::Study => self.study.clone(),
            Column::Date => self.date.clone(),
            Column::Number => series.facts.number.to_string(),
            Column::Modality => series.facts.modality.to_string(),
            Column::Description => self.description.clone(),
            Column::Images => self.images.clone(),
            Column::Matrix => self.matrix.clone(),
            Column::Spacing => self.spacing.clone(),
            Column::Thickness => self.thickness.clone(),
            Column::Kernel => self.kernel.clone(),
            Column::Encoding => self.encoding.clone(),
            Column::Size => self.size.clone(),
            Column::Problems => self.badges.join(" "),
        }
    }
}

/// The number that a column is sorted by, from what the scan knows: no stack is built for it.
pub(super) fn number(column: Column, series: &Series) -> f64 {
    let form = || series.forms.iter().find(|form| form.has_pixels);
    match column {
        Column::Number => series.facts.number.raw().trim().parse().unwrap_or(f64::MAX),
        Column::Images => series.frames as f64,
        Column::Matrix => form().map_or(0.0, |form| f64::from(form.rows) * f64::from(form.columns)),
        Column::Spacing => form().and_then(|form| form.spacing).map_or(0.0, |spacing| spacing.row),
        Column::Thickness => form().and_then(|form| form.thickness).unwrap_or(0.0),
        Column::Size => series.bytes as f64,
        Column::Problems => -(series.warned as f64),
        _ => 0.0,
    }
}

fn images(series: &Series) -> String {
    let files = series.instances.len();
    if series.frames == files as u64 || series.frames == 0 {
        files.to_string()
    } else {
        format!("{files}/{}", series.frames)
    }
}

fn matrix(stack: &Stack) -> String {
    let form = &stack.form;
    match stack.frames.len() {
        0 | 1 => format!("{}x{}", form.columns, form.rows),
        slices => format!("{}x{}x{slices}", form.columns, form.rows),
    }
}

fn spacing(stack: &Stack) -> String {
    stack.form.spacing.filter(|spacing| spacing.source != SpacingSource::AspectOnly).map_or_else(
        String::new,
        |spacing| {
            if (spacing.row - spacing.column).abs() < 5e-4 {
                short(spacing.row, 3)
            } else {
                format!("{}x{}", short(spacing.row, 3), short(spacing.column, 3))
            }
        },
    )
}

fn thickness(stack: &Stack) -> String {
    let thick = stack.form.thickness.map(|thickness| short(thickness, 2));
    let step = stack.step.map(|step| short(step, 2));
    match (thick, step) {
        (Some(thick), Some(step)) => format!("{thick}/{step}"),
        (Some(thick), None) => thick,
        (None, Some(step)) => format!("-/{step}"),
        (None, None) => String::new(),
    }
}

/// A number with at most `digits` decimals and no trailing zeros.
pub fn short(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

pub(super) fn kernel(series: &Series) -> Cow<'_, str> {
    let facts = &series.facts;
    let text = if facts.kernel.is_empty() { &facts.sequence } else { &facts.kernel };
    if text.raw().contains('\\') { text.to_string().replace('\\', " ").into() } else { text.shown() }
}

/// Transfer syntaxes in short. The last one is remembered: a list of very many series is sorted by this, and nearly
/// all of them have the same.
#[derive(Default)]
pub(super) struct Encodings<'a> {
    last: Option<(&'a str, &'static str)>,
}

impl<'a> Encodings<'a> {
    /// Those of the images of a series.
    pub(super) fn of(&mut self, series: &'a Series) -> Cow<'static, str> {
        let mut syntaxes = series.forms.iter().map(|form| form.transfer_syntax.raw());
        let Some(first) = syntaxes.next() else { return "".into() };
        if syntaxes.all(|syntax| syntax == first) {
            return self.label(first).into();
        }
        let mut labels: Vec<&'static str> =
            series.forms.iter().map(|form| self.label(form.transfer_syntax.raw())).collect();
        labels.sort_unstable();
        labels.dedup();
        match labels[..] {
            [one] => one.into(),
            [first, ..] => format!("{first} +{}", labels.len() - 1).into(),
            [] => "".into(),
        }
    }

    fn label(&mut self, uid: &'a str) -> &'static str {
        match self.last {
            Some((last, label)) if last == uid => label,
            _ => {
                let label = uid_label(uid).unwrap_or("unknown");
                self.last = Some((uid, label));
                label
            }
        }
    }
}

/// Bytes for people: `12 MB`.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return if value < 9.95 && unit != "B" {
                format!("{value:.1} {unit}")
            } else {
                format!("{value:.0} {unit}")
            };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

fn badges(series: &Series, stacks: &[Stack]) -> Vec<String> {
    let mut badges = vec![];
    let Some(main) = stacks.first() else {
        badges.push("no image".to_owned());
        return badges;
    };
    if series.warned > 0 {
        badges.push(format!("⚠{}", series.warned));
    }
    if !main.uniform {
        badges.push("gap".to_owned());
    }
    if main.leans {
        badges.push(format!("tilt {}°", short(main.tilt, 1)));
    }
    if main.is_unplaced() {
        badges.push("no position".to_owned());
    }
    if stacks.len() > 1 {
        badges.push(format!("{} stacks", stacks.len()));
    }
    badges
}

/// `20240229` as `2024-02-29`; anything else as it is.
pub fn iso_date(text: &str) -> String {
    Date::parse(text).map_or_else(|| shown(text).into_owned(), |date| date.to_string())
}

/// `093015.2` as `09:30`; anything else is left out.
pub fn iso_time(text: &str) -> String {
    Time::parse(text).map_or_else(String::new, |time| Time { second: None, micros: None, ..time }.to_string())
}
