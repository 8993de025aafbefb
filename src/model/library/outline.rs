//! A library in short: enough to list its series, and none of their instances but the first of each.

use super::Library;
use crate::model::{Record, SeriesId, Sighting};
use std::path::Path;

/// One series in short.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// What is known of the series, its study and its patient, as if one file said it.
    pub record: Record,
    /// Frames of all instances.
    pub frames: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Instances with a warning.
    pub warned: u64,
}

impl Library {
    /// All series in short, in order of discovery.
    pub fn sketches(&self) -> impl Iterator<Item = Sketch> {
        self.all_series().map(|(id, _)| self.sketch(id))
    }

    /// Adds a series to an outline.
    pub fn add_sketch(&mut self, sketch: Sketch) {
        let first = self.insert(sketch.record);
        // A new one is the last; and should two sketches fall into one series, it has what both have.
        let Some(series) = self.series.iter_mut().rfind(|series| series.instances.last() == Some(&first))
        else {
            return;
        };
        let earlier = if series.instances.len() > 1 { (series.frames, series.bytes) } else { (0, 0) };
        (series.frames, series.bytes) = (earlier.0 + sketch.frames, earlier.1 + sketch.bytes);
        series.warned = usize::try_from(sketch.warned).unwrap_or(usize::MAX);
    }

    /// Gives a series of an outline its files: those of a scan of before, in place of the first of them.
    pub fn fill(&mut self, id: SeriesId, files: Vec<Sighting>) {
        let series = &mut self.series[id.0 as usize];
        series.instances.clear();
        (series.bytes, series.frames, series.warned) = (0, 0, 0);
        for file in files {
            let folder = self.folder_id(file.path.parent().unwrap_or(Path::new("")));
            let form = self.shared_form(id, &file.like.form);
            self.put(file, folder, id, form);
        }
    }

    fn sketch(&self, id: SeriesId) -> Sketch {
        let series = self.series(id);
        let study = self.study(series.study);
        let patient = self.patient(study.patient);
        let first = series.instances.first().map(|&first| (self.path(first), self.instance(first)));
        let mut record = Record {
            patient_id: patient.id.clone(),
            // Patients that share an ID and differ in who gave it stay apart.
            issuer: study.patient.0.to_string().into(),
            patient_name: patient.name(),
            birth_date: patient.birth_date.clone(),
            sex: patient.sex.clone(),
            study_uid: study.uid.clone(),
            study_date: study.date.clone(),
            study_time: study.time.clone(),
            study_description: study.description.clone(),
            accession: study.accession.clone(),
            series_uid: series.uid.clone(),
            series: series.facts.clone(),
            ..Record::default()
        };
        if let Some((path, instance)) = first {
            record.path = path;
            record.form = (*instance.form).clone();
            record.position = instance.position;
            record.frames = instance.frames;
        }
        Sketch { record, frames: series.frames, bytes: series.bytes, warned: series.warned as u64 }
    }
}
