//! The attributes of one object, and those every object of a series shares.

use dicom_core::{
    DataElement, PrimitiveValue, Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry},
    value::{DataSetSequence, Value},
};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_object::InMemDicomObject;

use super::names::Patient;
use crate::dicom::uid::derived_uid;
use crate::model::{cross, dot};

/// The attributes of a data set or of an item, put one by one.
#[derive(Debug, Clone)]
pub(super) struct Attributes(pub(super) InMemDicomObject);

impl Attributes {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    /// Puts a value under the VR of the standard's dictionary.
    pub(super) fn put(&mut self, tag: Tag, value: impl Into<PrimitiveValue>) -> &mut Self {
        let vr = StandardDataDictionary.by_tag(tag).map_or(VR::UN, |entry| entry.vr().relaxed());
        self.put_as(tag, vr, value)
    }

    /// Puts a value whose VR depends on the object: US or SS, OB or OW.
    pub(super) fn put_as(&mut self, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) -> &mut Self {
        self.0.put(DataElement::new(tag, vr, value.into()));
        self
    }

    /// Puts numbers as a Decimal String.
    pub(super) fn decimals(&mut self, tag: Tag, values: &[f32]) -> &mut Self {
        let texts: Vec<String> = values.iter().map(|v| format!("{}", (v * 1e4).round() / 1e4)).collect();
        self.put(tag, texts.join("\\"))
    }

    /// Puts a number as an Integer String.
    pub(super) fn integer(&mut self, tag: Tag, value: usize) -> &mut Self {
        self.put(tag, value.to_string())
    }

    /// Puts attributes without a value: type 2, "unknown".
    pub(super) fn unknown(&mut self, tags: &[Tag]) -> &mut Self {
        for &tag in tags {
            self.put(tag, PrimitiveValue::Empty);
        }
        self
    }

    /// Puts a sequence.
    pub(super) fn items(&mut self, tag: Tag, items: Vec<Self>) -> &mut Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.0).collect();
        self.0.put(DataElement::new(tag, VR::SQ, Value::Sequence(DataSetSequence::from(items))));
        self
    }

    /// The image pixel module for one grey sample per pixel.
    pub(super) fn gray(&mut self, columns: usize, rows: usize, bits: (u16, u16), signed: bool) -> &mut Self {
        self.put(tags::SAMPLES_PER_PIXEL, 1_u16)
            .put(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
            .put(tags::ROWS, rows as u16)
            .put(tags::COLUMNS, columns as u16)
            .put(tags::BITS_ALLOCATED, bits.0)
            .put(tags::BITS_STORED, bits.1)
            .put(tags::HIGH_BIT, bits.1 - 1)
            .put(tags::PIXEL_REPRESENTATION, u16::from(signed))
    }

    /// Uncompressed pixel data of 16-bit words.
    pub(super) fn words(&mut self, values: &[u16]) -> &mut Self {
        self.put_as(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(values.into()))
    }

    /// Uncompressed pixel data of bytes; an odd number gets the padding byte the standard asks for.
    pub(super) fn bytes(&mut self, mut values: Vec<u8>) -> &mut Self {
        if values.len() % 2 == 1 {
            values.push(0);
        }
        self.put_as(tags::PIXEL_DATA, VR::OB, PrimitiveValue::U8(values.into()))
    }
}

/// A made-up item of a code sequence: value, coding scheme, meaning.
pub(super) fn code(value: &str, scheme: &str, meaning: &str) -> Attributes {
    let mut item = Attributes::new();
    item.put(tags::CODE_VALUE, value)
        .put(tags::CODING_SCHEME_DESIGNATOR, scheme)
        .put(tags::CODE_MEANING, meaning);
    item
}

/// One examination.
pub(super) struct Study {
    pub(super) patient: &'static Patient,
    /// Unique in the demo; UIDs are derived from it.
    pub(super) key: &'static str,
    /// `YYYYMMDD`.
    pub(super) date: &'static str,
    pub(super) description: &'static str,
}

/// One series of a study.
pub(super) struct Series<'a> {
    pub(super) study: &'a Study,
    /// SOP class of its objects.
    pub(super) class: &'static str,
    pub(super) number: usize,
    pub(super) modality: &'static str,
    pub(super) description: &'static str,
    pub(super) body_part: &'static str,
}

impl Series<'_> {
    /// The patient, study, series, equipment and SOP common modules of one instance.
    pub(super) fn instance(&self, number: usize) -> Attributes {
        let (study, patient) = (self.study, self.study.patient);
        let series_key = format!("{}/{}", study.key, self.number);
        let time = format!("{:02}{:02}{:02}", 9, self.number.min(59), number % 60);
        let mut it = Attributes::new();
        if !patient.charset.is_empty() {
            it.put(tags::SPECIFIC_CHARACTER_SET, patient.charset);
        }
        it.put(tags::SOP_CLASS_UID, self.class)
            .put(tags::SOP_INSTANCE_UID, uid(&format!("{series_key}/{number}")))
            .put(tags::STUDY_DATE, study.date)
            .put(tags::SERIES_DATE, study.date)
            .put(tags::CONTENT_DATE, study.date)
            .put(tags::STUDY_TIME, "090000")
            .put(tags::SERIES_TIME, format!("{:02}{:02}00", 9, self.number.min(59)))
            .put(tags::CONTENT_TIME, time)
            .put(tags::ACCESSION_NUMBER, format!("{}-1", patient.id))
            .put(tags::MODALITY, self.modality)
            .put(tags::MANUFACTURER, "topogram")
            .put(tags::MANUFACTURER_MODEL_NAME, "Synthetic phantom")
            .put(tags::DEVICE_SERIAL_NUMBER, "0")
            .put(tags::SOFTWARE_VERSIONS, "demo 1")
            .put(tags::INSTITUTION_NAME, "SYNTHETIC DATA, no hospital")
            .put(tags::STUDY_DESCRIPTION, study.description)
            .put(tags::SERIES_DESCRIPTION, self.description)
            .unknown(&[tags::REFERRING_PHYSICIAN_NAME, tags::PATIENT_BIRTH_DATE])
            .put_as(tags::PATIENT_NAME, VR::PN, PrimitiveValue::U8(even(patient.name).into()))
            .put(tags::PATIENT_ID, patient.id)
            .put(tags::PATIENT_SEX, patient.sex)
            .put(tags::PATIENT_AGE, patient.age)
            .put(tags::DEIDENTIFICATION_METHOD, "Computed phantom: there never was a patient")
            .put(tags::STUDY_INSTANCE_UID, uid(study.key))
            .put(tags::SERIES_INSTANCE_UID, uid(&series_key))
            .put(tags::STUDY_ID, "1")
            .integer(tags::SERIES_NUMBER, self.number)
            .integer(tags::INSTANCE_NUMBER, number);
        if self.modality != "SR" {
            it.put(tags::BODY_PART_EXAMINED, self.body_part)
                .put(tags::IMAGE_COMMENTS, "Synthetic image, not for diagnosis");
        }
        it
    }

    /// As [`Series::instance`], with a place in the patient: plane and frame of reference.
    ///
    /// `position` is the centre of the first pixel; `orientation` the row and column directions, LPS;
    /// `spacing` the distance of pixel centres, mm, the same both ways.
    pub(super) fn placed(
        &self,
        number: usize,
        position: [f32; 3],
        orientation: [f32; 6],
        spacing: f32,
        thickness: f32,
    ) -> Attributes {
        let mut it = self.instance(number);
        let [row, column] = [0, 3].map(|first| std::array::from_fn(|i| f64::from(orientation[first + i])));
        let depth = dot(cross(row, column), position.map(f64::from)) as f32;
        it.decimals(tags::IMAGE_POSITION_PATIENT, &position)
            .decimals(tags::IMAGE_ORIENTATION_PATIENT, &orientation)
            .decimals(tags::PIXEL_SPACING, &[spacing, spacing])
            .decimals(tags::SLICE_THICKNESS, &[thickness])
            .decimals(tags::SLICE_LOCATION, &[depth])
            .put(tags::FRAME_OF_REFERENCE_UID, self.frame_of_reference())
            .unknown(&[tags::POSITION_REFERENCE_INDICATOR])
            .put(tags::PATIENT_POSITION, "HFS")
            .put(tags::ACQUISITION_DATE, self.study.date)
            .put(tags::ACQUISITION_TIME, format!("09{:02}{:02}", self.number.min(59), number % 60))
            .integer(tags::ACQUISITION_NUMBER, 1);
        it
    }

    /// Shared by all series of the study.
    pub(super) fn frame_of_reference(&self) -> String {
        uid(&format!("{}/frame of reference", self.study.key))
    }
}

fn even(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.len() % 2 == 1 {
        bytes.push(b' ');
    }
    bytes
}

/// The UID of a key.
pub(super) fn uid(key: &str) -> String {
    derived_uid(&format!("topogram demo/{key}"))
}
