//! What the browser keeps: words anywhere, and values of named fields.

use super::summary;
use crate::model::{Library, SeriesId};

/// Words that must all be found, and `field:value` pairs that must all fit.
pub(super) struct Filter {
    words: Vec<String>,
    fields: Vec<(String, String)>,
}

impl Filter {
    /// Reads what the user typed.
    pub(super) fn parse(text: &str) -> Self {
        let (mut words, mut fields) = (vec![], vec![]);
        for word in text.to_lowercase().split_whitespace() {
            match word.split_once(':') {
                Some((field, value)) if !field.is_empty() => {
                    fields.push((field.to_owned(), value.to_owned()));
                }
                _ => words.push(word.to_owned()),
            }
        }
        Self { words, fields }
    }

    /// True if a series fits.
    pub(super) fn keeps(&self, library: &Library, id: SeriesId) -> bool {
        if self.words.is_empty() && self.fields.is_empty() {
            return true;
        }
        let series = library.series(id);
        let study = library.study(series.study);
        let patient = library.patient(study.patient);
        let facts = &series.facts;
        let label = library.label(id);
        let name = patient.name();
        let has = |texts: &[&str], part: &str| texts.iter().any(|text| text.to_lowercase().contains(part));
        let all = [
            patient.id.raw(),
            name.raw(),
            study.description.raw(),
            study.date.raw(),
            study.accession.raw(),
            facts.modality.raw(),
            facts.number.raw(),
            facts.body_part.raw(),
            facts.kernel.raw(),
            facts.protocol.raw(),
            label.raw(),
        ];
        self.words.iter().all(|word| has(&all, word))
            && self.fields.iter().all(|(field, value)| {
                let iso = summary::iso_date(study.date.raw());
                let encoding: Vec<&str> = series
                    .forms
                    .iter()
                    .flat_map(|form| {
                        let uid = form.transfer_syntax.raw();
                        [uid, crate::model::uid_label(uid).unwrap_or("")]
                    })
                    .collect();
                match field.as_str() {
                    "patient" | "name" | "id" => has(&[patient.id.raw(), name.raw()], value),
                    "study" => has(&[study.description.raw(), study.accession.raw()], value),
                    "date" => has(&[study.date.raw(), &iso, facts.date.raw()], value),
                    "modality" | "mod" => facts.modality.raw().eq_ignore_ascii_case(value),
                    "number" => facts.number.raw().trim() == value,
                    "description" | "desc" | "series" => has(&[label.raw()], value),
                    "kernel" | "sequence" => has(&[facts.kernel.raw(), facts.sequence.raw()], value),
                    "encoding" | "syntax" => has(&encoding, value),
                    "uid" => has(&[series.uid.raw(), study.uid.raw()], value),
                    // A field nobody knows may be part of a description: `t2:tse`.
                    _ => has(&all, &format!("{field}:{value}")),
                }
            })
    }
}
