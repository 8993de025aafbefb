//! The attributes of one file that place it in the library, read in one small gulp.
//!
//! About fifty attributes are picked while stepping over everything else; the walk stops at the pixels,
//! so a scan reads the first few kilobytes of a file of any size.

use super::{
    Charset, Damage, Encoding, ReadError, Source, Start, charset::Kind as TextKind, dose, inflate::inflated,
    object, recognise,
};
use crate::model::{
    self, Axis, Form, FramePlace, Orientation, PersonName, Record, SeriesFacts, Spacing, SpacingSource, Text,
    Time,
};
use groups::{Group, Measures};
use picked::{Picked, Slot};
pub use reader::{Reader, Seen};
use std::path::Path;

mod dimensions;
mod encapsulated;
mod groups;
mod odd;
mod overlay;
mod pattern;
mod picked;
mod pixels;
mod reader;
#[cfg(test)]
mod tests;

/// MiB of inflated bytes in which the header of a deflated file must fit; several are read at once.
const INFLATED_HEADER: usize = 8;
const DICOMDIR_CLASS: &str = "1.2.840.10008.1.3.10";

/// What a file turned out to be.
#[derive(Debug)]
pub enum Found {
    /// An object for the library.
    Instance(Box<Record>),
    /// A DICOMDIR: an index of other files.
    Directory,
}

/// Reads the header of one file that is named: it may be of another format.
///
/// # Errors
///
/// [`ReadError`] if the file cannot be opened, is not DICOM, or says nothing that could place it.
pub fn read(path: &Path) -> Result<Found, ReadError> {
    let mut source = Source::open(path).map_err(|error| ReadError::io(path, error))?;
    let start = object::start_of_any(path, &mut source)?;
    read_after(path, source, start)
}

/// Reads the header of an opened file; `path` is what the library calls it.
///
/// # Errors
///
/// Those of [`read`].
pub fn read_from(path: &Path, mut source: Source) -> Result<Found, ReadError> {
    let start = object::start(path, &mut source)?;
    read_after(path, source, start)
}

fn read_after(path: &Path, mut source: Source, mut start: Start) -> Result<Found, ReadError> {
    let bytes = source.len();
    let mut whole = true;
    if start.media_class == DICOMDIR_CLASS {
        return Ok(Found::Directory);
    }
    if start.deflated {
        (source, start, whole) = inflated_header(path, &source, &start)?;
        if source.is_empty() {
            let why = "its deflated data set cannot be inflated".to_owned();
            return Err(ReadError::Damaged { path: path.to_owned(), why });
        }
    }
    let mut picked = Picked::default();
    let damage = picked.fill(&mut source, &start).err();
    if picked.is_directory {
        return Ok(Found::Directory);
    }
    // Of a deflated file only the header was inflated; what follows it is not missing.
    let len = if whole { source.len() } else { u64::MAX };
    let record = judge(path, &source, &start, &picked, damage, Outline { bytes, len })?;
    Ok(Found::Instance(Box::new(record)))
}

/// How large a file is, and how far its data set may reach.
#[derive(Clone, Copy)]
struct Outline {
    bytes: u64,
    len: u64,
}

/// That of a file whose data set is not deflated.
fn outline(source: &Source) -> Outline {
    Outline { bytes: source.len(), len: source.len() }
}

/// Makes a record of what was picked, with all that is odd about it.
fn judge(
    path: &Path,
    source: &Source,
    start: &Start,
    picked: &Picked,
    damage: Option<Damage>,
    outline: Outline,
) -> Result<Record, ReadError> {
    if let Some(Damage::Io(error)) = damage {
        return Err(ReadError::io(path, error));
    }
    // A sound data set without any of these is still an object: a look-up table for a display, say. One
    // that is cut before it says where it belongs has no pixels either, so nothing of it can be shown.
    let lost = damage.is_some() && !picked.has_place();
    if lost || (picked.elements == 0 && !picked.says_anything()) {
        let why = damage.map_or_else(
            || "holds no attribute of a patient, study, series or image".to_owned(),
            |damage| damage.to_string(),
        );
        return Err(ReadError::Damaged { path: path.to_owned(), why });
    }
    let mut record = picked.record(path, outline.bytes, start);
    record.warnings.extend(start.notes.iter().map(|note| format!("the file {note}")));
    let (cut, mut warnings) = (damage.is_some(), vec![]);
    if let Some(damage) = damage {
        record.warnings.push(format!("the file {damage}"));
    }
    picked.check_pixels(&mut record, outline.len);
    // A file that is cut before its pixels has enough to be told about.
    if !cut {
        odd::of(picked, &record, &mut warnings);
        pixels::odd(picked, &record, start, source, &mut warnings);
    }
    record.warnings.append(&mut warnings);
    Ok(record)
}

/// Inflates in growing steps until the header is whole, so that a bomb costs little; tells whether that
/// was everything.
fn inflated_header(path: &Path, packed: &Source, start: &Start) -> Result<(Source, Start, bool), ReadError> {
    let mut budget = 256 << 10;
    loop {
        let found = inflated(packed, start.offset, budget).map_err(|e| ReadError::io(path, e))?;
        let mut source = found.source;
        let first = source.peek(0, 8).map_err(|e| ReadError::io(path, e))?;
        let encoding = recognise::guess(first, Some(Encoding::EXPLICIT));
        let mut start = Start { offset: 0, encoding, ..start.clone() };
        // The walk stops in good order at the pixels; anything else may lie beyond the budget.
        if !found.is_cut || Picked::default().fill(&mut source, &start).is_ok() {
            return Ok((source, start, !found.is_cut));
        }
        if budget >= INFLATED_HEADER << 20 {
            start.notes.push(format!("has no pixels in the first {INFLATED_HEADER} MiB that it inflates to"));
            return Ok((source, start, false));
        }
        budget = (budget * 8).min(INFLATED_HEADER << 20);
    }
}

impl Picked {
    fn record(&self, path: &Path, bytes: u64, start: &Start) -> Record {
        let charset = Charset::parse(self.bytes(Slot::Charset));
        let text = |slot| {
            let values = charset.values(self.bytes(slot), TextKind::Text, true);
            Text::from(values.join("\\"))
        };
        let first = |slots: [Slot; 3]| {
            slots.into_iter().map(|slot| self.code(slot)).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let name = charset.decode(self.bytes(Slot::PatientName), TextKind::PersonName);
        let sequence = text(Slot::SequenceName);
        let series = SeriesFacts {
            number: self.code(Slot::SeriesNumber),
            modality: self.code(Slot::Modality),
            description: text(Slot::SeriesDescription),
            protocol: text(Slot::Protocol),
            sequence: if sequence.is_empty() { self.code(Slot::ScanningSequence) } else { sequence },
            body_part: self.code(Slot::BodyPart),
            kernel: text(Slot::Kernel),
            date: first([Slot::SeriesDate, Slot::AcquisitionDate, Slot::ContentDate]),
            time: first([Slot::SeriesTime, Slot::AcquisitionTime, Slot::ContentTime]),
            manufacturer: text(Slot::Manufacturer),
            institution: text(Slot::Institution),
        };
        let mut sop_instance = self.ascii(Slot::SopInstance).into_owned();
        if sop_instance.is_empty() {
            sop_instance.clone_from(&start.media_instance);
        }
        let time = first([Slot::ContentTime, Slot::AcquisitionTime, Slot::SeriesTime]);
        let frames = self.frames(self.per_frame.len());
        let mut places = self.places();
        // A dose may be cut out of a grid whose offsets it still has.
        places.truncate(frames as usize);
        let form = self.form(start, &places);
        let mut warnings = vec![];
        for term in charset.unknown() {
            warnings.push(format!("Specific Character Set {:?} is not known", crate::model::shown(term)));
        }
        Record {
            path: path.to_owned(),
            bytes,
            patient_id: text(Slot::PatientId),
            issuer: text(Slot::Issuer),
            patient_name: Text::from(PersonName::new(&name).raw()),
            birth_date: self.code(Slot::BirthDate),
            sex: self.code(Slot::Sex),
            study_uid: self.code(Slot::StudyUid),
            study_date: self.code(Slot::StudyDate),
            study_time: self.code(Slot::StudyTime),
            study_id: text(Slot::StudyId),
            study_description: text(Slot::StudyDescription),
            accession: text(Slot::Accession),
            series_uid: self.code(Slot::SeriesUid),
            series,
            sop_instance,
            number: self.integer(Slot::InstanceNumber),
            frames: if form.has_pixels { frames } else { 0 },
            position: self.position().or_else(|| places.first().map(|place| place.position)),
            location: self.number(Slot::Location).map(|value| value as f32),
            time: Time::parse(time.raw()).map(|time| seconds(time) as f32),
            form,
            places,
            warnings,
        }
    }

    fn frames(&self, places: usize) -> u32 {
        let stated = model::integer(self.ascii(Slot::Frames).split('\\').next().unwrap_or_default());
        let stated = stated.and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0);
        stated.unwrap_or_else(|| u32::try_from(places.max(1)).unwrap_or(1))
    }

    fn position(&self) -> Option<[f64; 3]> {
        let text = self.ascii(Slot::Position);
        let mut numbers = text.split('\\').filter_map(model::decimal);
        let values = [numbers.next()?, numbers.next()?, numbers.next()?];
        if numbers.next().is_some() {
            return None;
        }
        values.iter().all(|v| v.is_finite() && v.abs() < 1e7).then_some(values)
    }

    fn form(&self, start: &Start, places: &[FramePlace]) -> Form {
        let orientation = Orientation::from_values(&self.numbers(Slot::Orientation));
        let encoding = start.encoding;
        let syntax = match (start.transfer_syntax.as_str(), encoding.explicit, encoding.big) {
            ("", true, true) => "1.2.840.10008.1.2.2",
            ("", true, false) => "1.2.840.10008.1.2.1",
            ("", false, _) => "1.2.840.10008.1.2",
            (stated, ..) => stated,
        };
        Form {
            sop_class: self.code(Slot::SopClass),
            modality: self.code(Slot::Modality),
            transfer_syntax: syntax.into(),
            has_pixels: self.pixels.is_some(),
            rows: self.unsigned(Slot::Rows),
            columns: self.unsigned(Slot::Columns),
            samples: u16::try_from(self.unsigned(Slot::Samples)).unwrap_or(0),
            photometric: self.code(Slot::Photometric),
            bits_stored: u16::try_from(self.unsigned(Slot::BitsStored)).unwrap_or(0),
            orientation: orientation.or_else(|| places.first().map(|place| place.orientation)),
            spacing: self.spacing(),
            thickness: self.number(Slot::Thickness).or_else(|| self.measures()?.thickness),
            slice_spacing: self.number(Slot::SliceSpacing).or_else(|| self.measures()?.slice_spacing),
            image_type: self.code(Slot::ImageType),
            frame_of_reference: self.code(Slot::FrameOfReference),
            stated_tilt: self.number(Slot::Tilt),
            axis: Axis {
                temporal_position: self.integer(Slot::TemporalPosition),
                trigger_time: self.number(Slot::TriggerTime),
                b_value: self.double(Slot::BValue),
                echo_time: self.number(Slot::EchoTime),
                echo_number: self.integer(Slot::EchoNumber),
                reference_time: self.number(Slot::ReferenceTime),
                acquisition: self.integer(Slot::Acquisition),
                dimension: dimensions::name(&self.dimensions, &self.per_frame).into(),
            },
        }
    }

    /// Pixel Measures (0028,9110) of the functional groups.
    fn measures(&self) -> Option<&Measures> {
        let mut groups = self.per_frame.first().into_iter().chain(self.shared.first());
        groups.find_map(|group| group.measures.as_deref())
    }

    fn spacing(&self) -> Option<Spacing> {
        let grouped = self.measures().map(|measures| measures.spacing.clone());
        let patient = [self.numbers(Slot::PixelSpacing), grouped.unwrap_or_default()];
        let detector = [
            self.numbers(Slot::ImagerSpacing),
            self.numbers(Slot::PlanePixelSpacing),
            self.numbers(Slot::ScannedSpacing),
        ];
        let find = |lists: &[Vec<f64>], source| lists.iter().find_map(|values| spacing(values, source));
        find(&patient, SpacingSource::Patient)
            .or_else(|| find(&detector, SpacingSource::Detector))
            .or_else(|| aspect(&self.numbers(Slot::AspectRatio)))
    }

    /// Plane Position (0020,9113) and Plane Orientation (0020,9116) of every frame.
    fn places(&self) -> Vec<FramePlace> {
        let shared = self.shared.first();
        let place = |group: &Group| {
            let orientation = group.orientation.or_else(|| shared?.orientation)?;
            let position = group.position.or_else(|| shared?.position)?;
            position.iter().all(|v| v.is_finite()).then_some(FramePlace { position, orientation, point: 0 })
        };
        if self.per_frame.is_empty() {
            return self.dose_places().unwrap_or_default();
        }
        // All or none: a stack cannot order frames of which some have no place.
        let mut places: Vec<FramePlace> =
            self.per_frame.iter().map(place).collect::<Option<_>>().unwrap_or_default();
        let points = dimensions::points(&self.dimensions, &self.per_frame);
        places.iter_mut().zip(points).for_each(|(place, point)| place.point = point);
        places
    }

    /// The places of the planes of a dose grid.
    fn dose_places(&self) -> Option<Vec<FramePlace>> {
        let (offsets, first) = (self.numbers(Slot::GridOffsets), self.position()?);
        let orientation = Orientation::from_values(&self.numbers(Slot::Orientation))?;
        let position = |frame| dose::position(first, &orientation, &offsets, frame);
        (0..offsets.len())
            .map(|frame| Some(FramePlace { position: position(frame)?, orientation, point: 0 }))
            .collect()
    }
}

/// Two positive, finite numbers are a spacing; anything else is not.
pub(super) fn spacing(values: &[f64], source: SpacingSource) -> Option<Spacing> {
    let (&row, &column) = (values.first()?, values.get(1)?);
    let sane = |v: f64| v.is_finite() && (1e-6..1e6).contains(&v);
    (sane(row) && sane(column)).then_some(Spacing { row, column, source })
}

/// Pixel Aspect Ratio: vertical \ horizontal (PS3.3 C.7.6.3.1.7).
pub(super) fn aspect(values: &[f64]) -> Option<Spacing> {
    let ratio = spacing(values, SpacingSource::AspectOnly)?;
    Some(Spacing { row: ratio.row / ratio.column, column: 1.0, ..ratio })
}

fn seconds(time: Time) -> f64 {
    let part = |value: Option<u8>| f64::from(value.unwrap_or(0));
    let micros = f64::from(time.micros.unwrap_or(0));
    f64::from(time.hour) * 3600.0 + part(time.minute) * 60.0 + part(time.second) + micros / 1e6
}
