//! What an object says to somebody who reads it from top to bottom: a report, a plan, a list, curves.

use super::{Mask, Secret, Text};
use std::sync::Arc;

/// Characters of a UID that tell its neighbours apart.
const END_OF_UID: usize = 12;

/// An object put into words.
#[derive(Debug, Default)]
pub struct Transcript {
    /// What kind of thing it is, such as `Key Object Selection Document`.
    pub title: Text,
    /// In reading order.
    pub entries: Vec<Entry>,
    /// What is odd about the file or was left out, in sentences.
    pub notes: Vec<String>,
}

/// One line of it, or several where the value is long.
#[derive(Debug)]
pub struct Entry {
    /// Levels above it.
    pub depth: u16,
    /// What it is about; of our own words or of a code's meaning. May be empty.
    pub label: Text,
    /// What is said of it; may be empty.
    pub value: Text,
    /// How a masked screen hides the value; `None` if it may be seen.
    pub secret: Option<Secret>,
    /// Heading, line or curve.
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone)]
pub enum EntryKind {
    /// What follows deeper belongs to it.
    Heading,
    /// Said and done.
    Line,
    /// It is about another object.
    Reference {
        /// That one's SOP Instance UID.
        instance: Text,
    },
    /// Samples, to be drawn below the line.
    Curve(Arc<Curve>),
}

/// Samples at equal steps.
#[derive(Debug, PartialEq)]
pub struct Curve {
    /// In `unit`; not a number where nothing was recorded.
    pub samples: Vec<f32>,
    /// What the samples measure: `mV`.
    pub unit: Text,
    /// From one sample to the next, in `step_unit`.
    pub step: f64,
    /// What the steps measure: `s`.
    pub step_unit: &'static str,
}

impl Curve {
    /// Least and greatest sample; `None` if there is none.
    pub fn range(&self) -> Option<(f32, f32)> {
        let known = || self.samples.iter().copied().filter(|sample| sample.is_finite());
        known().reduce(f32::min).zip(known().reduce(f32::max))
    }
}

impl Entry {
    /// The value as far as it may be seen; of another object its UID's end too, to tell it from its neighbours.
    pub fn shown(&self, mask: Mask) -> String {
        if let EntryKind::Reference { instance } = &self.kind {
            let uid = mask.uid(&instance.shown());
            let end =
                uid.len().checked_sub(END_OF_UID).filter(|&end| !mask.is_on() && uid.is_char_boundary(end));
            return format!("{} {}", self.value, end.map_or(uid.clone(), |end| format!("…{}", &uid[end..])));
        }
        match self.secret {
            Some(secret) => mask.secret(secret, &self.value.shown()),
            None => self.value.to_string(),
        }
    }
}
