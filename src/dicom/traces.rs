//! What one file may tell of a person, and how many others it says there are.
//!
//! For `topogram check`, which reads this in a second pass: it needs about thirty attributes that no list
//! shows. That a header tells nothing proves nothing of the pixels.

use super::{Archives, DataSet, ReadError, Tag, inflate::inflated, object, recognise};
use crate::model::Weight;
use std::{cell::Cell, path::Path};

/// Attributes that may name a person, and what the standard calls them.
const NAMING: [(Tag, &str); 12] = [
    (Tag(0x0008, 0x0081), "Institution Address"),
    (Tag(0x0008, 0x0090), "Referring Physician's Name"),
    (Tag(0x0008, 0x1048), "Physician(s) of Record"),
    (Tag(0x0008, 0x1050), "Performing Physician's Name"),
    (Tag(0x0008, 0x1060), "Name of Physician(s) Reading Study"),
    (Tag(0x0008, 0x1070), "Operators' Name"),
    (Tag(0x0010, 0x0010), "Patient's Name"),
    (Tag(0x0010, 0x0030), "Patient's Birth Date"),
    (Tag(0x0010, 0x1000), "Other Patient IDs"),
    (Tag(0x0010, 0x1040), "Patient's Address"),
    (Tag(0x0010, 0x1060), "Patient's Mother's Birth Name"),
    (Tag(0x0010, 0x2154), "Patient's Telephone Numbers"),
];
const IMAGE_TYPE: Tag = Tag(0x0008, 0x0008);
const SOP_CLASS: Tag = Tag(0x0008, 0x0016);
const DESCRIPTION: Tag = Tag(0x0008, 0x103E);
const CONVERSION_TYPE: Tag = Tag(0x0008, 0x0064);
const PATIENT_NAME: Tag = Tag(0x0010, 0x0010);
const BIRTH_DATE: Tag = Tag(0x0010, 0x0030);
const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
const REMOVED: Tag = Tag(0x0012, 0x0062);
const DIGITIZER: Tag = Tag(0x0018, 0x1016);
const ACQUISITION: Tag = Tag(0x0020, 0x0012);
const IN_ACQUISITION: Tag = Tag(0x0020, 0x1002);
const STUDY_SERIES: Tag = Tag(0x0020, 0x1206);
const STUDY_INSTANCES: Tag = Tag(0x0020, 0x1208);
const SERIES_INSTANCES: Tag = Tag(0x0020, 0x1209);
const BURNED_IN: Tag = Tag(0x0028, 0x0301);
const RECOGNIZABLE: Tag = Tag(0x0028, 0x0302);
const DATES_MODIFIED: Tag = Tag(0x0028, 0x0303);
const REST: [Tag; 17] = [
    IMAGE_TYPE,
    SOP_CLASS,
    DESCRIPTION,
    CONVERSION_TYPE,
    PATIENT_ID,
    REMOVED,
    DIGITIZER,
    ACQUISITION,
    IN_ACQUISITION,
    STUDY_SERIES,
    STUDY_INSTANCES,
    SERIES_INSTANCES,
    BURNED_IN,
    RECOGNIZABLE,
    DATES_MODIFIED,
    Tag(0x0018, 0x1012),
    Tag(0x0018, 0x1018),
];
/// Where the pixels begin; nothing that is asked for lies beyond.
const END: Tag = Tag(0x7FDF, 0xFFFF);
/// MiB of a deflated data set that are looked at.
const INFLATED: usize = 8;

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traces {
    /// What may tell who somebody is, in sentences that name attributes and no values.
    pub of_persons: Vec<(Weight, String)>,
    /// How many there are of what it belongs to.
    pub stated: Stated,
}

/// Counts that a file gives, of itself and those beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stated {
    /// Acquisition Number (0020,0012).
    pub acquisition: Option<u32>,
    /// Images in Acquisition (0020,1002).
    pub in_acquisition: Option<u32>,
    /// Number of Series Related Instances (0020,1209).
    pub in_series: Option<u32>,
    /// Number of Study Related Instances (0020,1208).
    pub in_study: Option<u32>,
    /// Number of Study Related Series (0020,1206).
    pub series_in_study: Option<u32>,
}

/// Reads what one file tells.
///
/// # Errors
///
/// [`ReadError`] if it cannot be opened or is not DICOM.
pub fn traces(path: &Path, archives: &Archives) -> Result<Traces, ReadError> {
    let mut source = archives.open(path).map_err(|error| ReadError::io(path, error))?;
    let mut start = object::start(path, &mut source)?;
    if start.deflated {
        source = inflated(&source, start.offset, INFLATED << 20).map_err(|e| ReadError::io(path, e))?.source;
        let first = source.peek(0, 8).map_err(|e| ReadError::io(path, e))?;
        start.encoding = recognise::guess(first, Some(super::Encoding::EXPLICIT));
        start.offset = 0;
    }
    let (private, overlays) = (Cell::new(0_usize), Cell::new(false));
    let wanted = |tag: Tag| {
        if tag.is_private() && !tag.is_private_creator() {
            private.set(private.get() + 1);
        }
        overlays.set(overlays.get() || (matches!(tag.0, 0x6000..=0x60FF) && tag.1 == 0x3000));
        REST.contains(&tag) || NAMING.iter().any(|&(naming, _)| naming == tag)
    };
    let data_set = DataSet::read_some(&mut source, start.offset, start.encoding, wanted, END).data_set;
    Ok(Traces {
        of_persons: of_persons(&data_set, private.get(), overlays.get()),
        stated: Stated {
            acquisition: count(&data_set, ACQUISITION),
            in_acquisition: count(&data_set, IN_ACQUISITION),
            in_series: count(&data_set, SERIES_INSTANCES),
            in_study: count(&data_set, STUDY_INSTANCES),
            series_in_study: count(&data_set, STUDY_SERIES),
        },
    })
}

fn count(data_set: &DataSet, tag: Tag) -> Option<u32> {
    // Zero is written where nothing is known.
    data_set.unsigned(tag).filter(|&count| count > 0)
}

/// What may tell who somebody is. It is no news in data from a hospital; in data that says it is
/// de-identified, it is a warning.
fn of_persons(data_set: &DataSet, private: usize, overlays: bool) -> Vec<(Weight, String)> {
    let text = |tag| data_set.ascii(tag).unwrap_or_default();
    let yes = |tag| text(tag).eq_ignore_ascii_case("YES");
    let is_clean = yes(REMOVED);
    let weight = if is_clean { Weight::Warning } else { Weight::Note };
    let mut found = vec![];

    let names: Vec<String> =
        NAMING
            .iter()
            .filter(|(tag, _)| {
                if is_clean { tells(*tag, &text(*tag), &text(PATIENT_ID)) } else { !text(*tag).is_empty() }
            })
            .map(|(tag, name)| format!("{name} {tag}"))
            .collect();
    if !names.is_empty() {
        let despite =
            if is_clean { "says that the patient's identity was removed (0012,0062), and " } else { "" };
        found.push((weight, format!("{despite}tells of persons: {}", names.join(", "))));
    }
    if yes(BURNED_IN) {
        found.push((
            weight,
            "has text on its pixels that may name the patient: Burned In Annotation (0028,0301) is YES"
                .to_owned(),
        ));
    } else if let Some(why) = may_show_text(data_set).filter(|_| text(BURNED_IN).is_empty()) {
        found.push((
            weight,
            format!("may have text on its pixels that names the patient: {why}, and Burned In Annotation (0028,0301) does not say NO"),
        ));
    }
    if yes(RECOGNIZABLE) {
        found.push((
            weight,
            "may show the patient's face: Recognizable Visual Features (0028,0302) is YES".to_owned(),
        ));
    }
    if is_clean {
        if overlays {
            found.push((Weight::Note, "has overlays (60xx,3000), which may hold text".to_owned()));
        }
        if private > 0 {
            found.push((
                Weight::Note,
                "has private attributes, of which nobody knows what they tell".to_owned(),
            ));
        }
        if text(DATES_MODIFIED).eq_ignore_ascii_case("UNMODIFIED") {
            let what = "has the dates of the examination: Longitudinal Temporal Information Modified (0028,0303) is UNMODIFIED";
            found.push((Weight::Note, what.to_owned()));
        }
    }
    found
}

/// True if the value is not what de-identification leaves: a pseudonym, the first of a year.
fn tells(tag: Tag, value: &str, patient_id: &str) -> bool {
    let lower = value.to_lowercase();
    match tag {
        PATIENT_NAME => {
            let parts = value.split('^').filter(|part| !part.trim().is_empty()).count();
            let pseudonym = value == patient_id || value.bytes().any(|byte| byte.is_ascii_digit());
            parts > 1 && !pseudonym && !lower.contains("anon")
        }
        BIRTH_DATE => value.len() == 8 && !value.ends_with("0101"),
        _ => !value.is_empty() && !lower.contains("anon") && !lower.contains("removed"),
    }
}

/// Why an image may be a picture of a screen.
fn may_show_text(data_set: &DataSet) -> Option<String> {
    let text = |tag| data_set.ascii(tag).unwrap_or_default();
    let class = text(SOP_CLASS);
    let kind = class.strip_prefix("1.2.840.10008.5.1.4.1.1.").unwrap_or_default();
    let by_class = match kind {
        "3" | "3.1" | "6" | "6.1" | "6.2" => "an ultrasound image",
        "7" | "7.1" | "7.2" | "7.3" | "7.4" => "a secondary capture",
        "77.1.1" | "77.1.1.1" => "an endoscopic image",
        _ => "",
    };
    if !by_class.is_empty() {
        return Some(format!("it is {by_class} by its SOP Class (0008,0016)"));
    }
    for tag in [IMAGE_TYPE, DESCRIPTION] {
        let upper = text(tag).to_uppercase();
        if upper.contains("SCREEN SAVE") || upper.contains("SCREENSAVE") || upper.contains("DOSE REPORT") {
            return Some(format!("{tag} speaks of a screen"));
        }
    }
    let device = [CONVERSION_TYPE, DIGITIZER, Tag(0x0018, 0x1012), Tag(0x0018, 0x1018)];
    let device = device.into_iter().find(|&tag| data_set.get(tag).is_some())?;
    Some(format!("{device} tells of a device that captures screens or films"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these attributes, which are text.
    fn of(attributes: &[(Tag, &str)]) -> Traces {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = [vec![0; 128], b"DICM".to_vec()].concat();
        let uid = (Tag(2, 0x10), "1.2.840.10008.1.2.1");
        for (tag, value) in [&[uid, (Tag(8, 0x60), "CT")], attributes].concat() {
            let value = if value.len() % 2 == 1 { format!("{value} ") } else { value.to_owned() };
            bytes.extend([tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat());
            bytes.extend(b"LO");
            bytes.extend((value.len() as u16).to_le_bytes());
            bytes.extend(value.as_bytes());
        }
        let path = folder.path().join("a");
        std::fs::write(&path, bytes).unwrap();
        traces(&path, &Archives::default()).unwrap()
    }

    fn weights(attributes: &[(Tag, &str)]) -> Vec<Weight> {
        of(attributes).of_persons.iter().map(|(weight, _)| *weight).collect()
    }

    #[test]
    fn a_name_is_no_news_in_a_hospital_and_a_warning_in_data_that_say_they_have_none() {
        assert_eq!(weights(&[(PATIENT_NAME, "Doe^Jane")]), [Weight::Note]);
        assert_eq!(weights(&[(PATIENT_NAME, "Doe^Jane"), (REMOVED, "YES")]), [Weight::Warning]);
        for pseudonym in ["LIDC-1", "100012^ACRIN", "Anonymous^Patient", ""] {
            let attributes = [(PATIENT_NAME, pseudonym), (PATIENT_ID, "LIDC-1"), (REMOVED, "YES")];
            assert_eq!(weights(&attributes), [], "{pseudonym}");
        }
        assert_eq!(weights(&[(BIRTH_DATE, "19600229"), (REMOVED, "YES")]), [Weight::Warning]);
        assert_eq!(weights(&[(BIRTH_DATE, "19600101"), (REMOVED, "YES")]), []);
    }

    #[test]
    fn text_on_pixels_is_suspected_unless_the_file_denies_it() {
        let capture = (SOP_CLASS, "1.2.840.10008.5.1.4.1.1.7");
        assert_eq!(weights(&[capture]), [Weight::Note]);
        assert_eq!(weights(&[capture, (BURNED_IN, "NO")]), []);
        assert_eq!(weights(&[capture, (REMOVED, "YES")]), [Weight::Warning]);
        assert_eq!(weights(&[(REMOVED, "YES"), (BURNED_IN, "YES")]), [Weight::Warning]);
        assert_eq!(weights(&[(IMAGE_TYPE, "DERIVED\\SECONDARY\\SCREEN SAVE")]), [Weight::Note]);
    }

    #[test]
    fn what_is_private_or_overlaid_counts_only_where_nothing_should_be_told() {
        let private = [(Tag(9, 0x10), "ACME"), (Tag(9, 0x1001), "x")];
        assert_eq!(weights(&private), []);
        assert_eq!(weights(&[&private[..], &[(REMOVED, "YES")]].concat()), [Weight::Note]);
        assert_eq!(weights(&[(REMOVED, "YES"), (Tag(0x6000, 0x3000), "x")]), [Weight::Note]);
    }

    #[test]
    fn counts_are_read_and_zero_is_none() {
        let stated = of(&[(IN_ACQUISITION, "120"), (SERIES_INSTANCES, "0")]).stated;
        assert_eq!((stated.in_acquisition, stated.in_series), (Some(120), None));
    }
}
