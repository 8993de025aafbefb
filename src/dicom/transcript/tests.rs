use super::*;
use crate::{
    dicom::{DataSet, Encoding, Source, Start, Vr, dictionary},
    model::{Curve, Entry, EntryKind, MASK, Mask},
};

/// An element by its keyword; text is padded, as the standard wants it.
fn put(keyword: &str, value: &[u8]) -> Vec<u8> {
    let entry = dictionary::by_keyword(keyword).expect("in the dictionary");
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if entry.vr.is_string() && entry.vr != Vr::UI { b' ' } else { 0 });
    }
    let tag = [entry.tag.0.to_le_bytes(), entry.tag.1.to_le_bytes()].concat();
    let length = if entry.vr.is_long_header() {
        [&[0, 0][..], &(value.len() as u32).to_le_bytes()].concat()
    } else {
        (value.len() as u16).to_le_bytes().to_vec()
    };
    [&tag[..], entry.vr.as_str().as_bytes(), &length, &value].concat()
}

fn say(keyword: &str, text: &str) -> Vec<u8> {
    put(keyword, text.as_bytes())
}

fn items(keyword: &str, items: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let item = |elements: &Vec<Vec<u8>>| {
        let body = elements.concat();
        [&[0xfe, 0xff, 0, 0xe0][..], &(body.len() as u32).to_le_bytes(), &body].concat()
    };
    put(keyword, &items.iter().map(item).collect::<Vec<_>>().concat())
}

fn code(keyword: &str, meaning: &str) -> Vec<u8> {
    items(keyword, &[vec![say("CodeValue", "x"), say("CodeMeaning", meaning)]])
}

fn object(elements: &[Vec<u8>]) -> Object {
    let mut source = Source::memory(elements.concat());
    let parsed = super::super::dataset::DataSet::read(&mut source, 0, Encoding::EXPLICIT);
    let start = Start {
        offset: 0,
        encoding: Encoding::EXPLICIT,
        deflated: false,
        foreign: false,
        transfer_syntax: String::new(),
        media_class: String::new(),
        media_instance: String::new(),
        notes: vec![],
    };
    let damage = parsed.damage.map(Into::into);
    Object { source, start, data_set: parsed.data_set, meta: DataSet::default(), damage }
}

fn lines(transcript: &Transcript, mask: Mask) -> Vec<String> {
    let line = |entry: &Entry| {
        let indent = " ".repeat(usize::from(entry.depth));
        format!("{indent}{}: {}", entry.label, entry.shown(mask)).trim_end_matches(": ").to_owned()
    };
    transcript.entries.iter().map(line).collect()
}

fn told(elements: &[Vec<u8>]) -> Vec<String> {
    lines(&transcript(&object(elements)), Mask::default())
}

/// A content item of a report.
fn content(kind: &str, name: &str, more: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    [
        vec![
            say("RelationshipType", "CONTAINS"),
            say("ValueType", kind),
            code("ConceptNameCodeSequence", name),
        ],
        more,
    ]
    .concat()
}

#[test]
fn a_report_is_a_tree_of_text_codes_and_measurements() {
    let unit = items(
        "MeasurementUnitsCodeSequence",
        &[vec![say("CodeValue", "mm"), say("CodeMeaning", "millimetre")]],
    );
    let size = items("MeasuredValueSequence", &[vec![unit, say("NumericValue", "12.5")]]);
    let region = vec![
        say("GraphicType", "POLYLINE"),
        put("GraphicData", &[1.5f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes).concat()),
    ];
    let image = items(
        "ReferencedSOPSequence",
        &[vec![
            say("ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2"),
            say("ReferencedSOPInstanceUID", "1.2.3.4"),
            say("ReferencedFrameNumber", "3"),
        ]],
    );
    let children = items(
        "ContentSequence",
        &[
            content("TEXT", "Finding", vec![say("TextValue", "a nodule\r\nin the lung")]),
            content("CODE", "Side", vec![code("ConceptCodeSequence", "Left")]),
            content(
                "NUM",
                "Diameter",
                vec![size, items("ContentSequence", &[content("SCOORD", "Line", region)])],
            ),
            content("NUM", "Volume", vec![]),
            content("PNAME", "Reader", vec![say("PersonName", "Doe^Jane")]),
            content("IMAGE", "Source", vec![image]),
            content("NEWKIND", "Odd", vec![]),
        ],
    );
    let report =
        object(&[say("ValueType", "CONTAINER"), code("ConceptNameCodeSequence", "Report"), children]);
    let told = transcript(&report);
    let expected = [
        "Report",
        " Finding: a nodule",
        "  : in the lung",
        " Side: Left",
        " Diameter: 12.5 mm",
        "  Line: polyline (1.5, 2) (3, 4)",
        " Volume: no number",
        " Reader: Doe^Jane",
        " Source: CT, frame 3 1.2.3.4",
        " Odd: of the kind NEWKIND",
    ];
    assert_eq!(lines(&told, Mask::default()), expected);
    let link = told.entries.iter().find_map(|entry| match &entry.kind {
        EntryKind::Reference { instance } => Some(instance.raw()),
        _ => None,
    });
    assert_eq!(link, Some("1.2.3.4"));
    let masked = lines(&told, Mask::new(true));
    assert_eq!(
        (&*masked[7], &*masked[8]),
        (&*format!(" Reader: {MASK}"), &*format!(" Source: CT, frame 3 {MASK}"))
    );
}

#[test]
fn an_item_by_reference_is_named_and_not_followed() {
    let path = put("ReferencedContentItemIdentifier", &[1u32, 2].map(u32::to_le_bytes).concat());
    let inferred = vec![say("RelationshipType", "INFERRED FROM"), path];
    let told = told(&[say("ValueType", "CONTAINER"), items("ContentSequence", &[inferred])]);
    assert_eq!(told, ["…", " inferred from: see item 1.2"]);
}

#[test]
fn regions_are_told_with_the_points_that_are_there() {
    let points = say("ContourData", r"0\0\5\10\0\5\10\10\5");
    let contour =
        vec![say("ContourGeometricType", "CLOSED_PLANAR"), say("NumberOfContourPoints", "99"), points];
    let told = told(&[
        items(
            "StructureSetROISequence",
            &[
                vec![say("ROINumber", "7"), say("ROIName", "Heart")],
                vec![say("ROINumber", "8"), say("ROIName", "Empty")],
            ],
        ),
        items(
            "ROIContourSequence",
            &[vec![
                say("ROIDisplayColor", r"255\0\1"),
                items("ContourSequence", &[contour.clone(), contour]),
                say("ReferencedROINumber", "7"),
            ]],
        ),
    ]);
    assert_eq!(
        told,
        [
            "Regions: 2",
            "ROI 7: Heart",
            " Colour: 255, 0, 1",
            " Contours: 2 closed planar, 6 points",
            " Along z: 5 to 5 mm",
            "ROI 8: Empty",
            " Contours: none",
        ]
    );
}

fn curves(transcript: &Transcript) -> Vec<&Curve> {
    transcript
        .entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            EntryKind::Curve(curve) => Some(&**curve),
            _ => None,
        })
        .collect()
}

/// Two channels of three samples; the second has no sensitivity.
fn waveform(samples: &[i16]) -> Vec<u8> {
    let unit = items("ChannelSensitivityUnitsSequence", &[vec![say("CodeValue", "mV")]]);
    let first = vec![
        say("ChannelLabel", "I"),
        say("ChannelSensitivity", "0.5"),
        unit,
        say("ChannelSensitivityCorrectionFactor", "2"),
        say("ChannelBaseline", "10"),
    ];
    items(
        "WaveformSequence",
        &[vec![
            put("NumberOfWaveformChannels", &2u16.to_le_bytes()),
            put("NumberOfWaveformSamples", &3u32.to_le_bytes()),
            say("SamplingFrequency", "500"),
            items("ChannelDefinitionSequence", &[first, vec![]]),
            put("WaveformBitsAllocated", &16u16.to_le_bytes()),
            say("WaveformSampleInterpretation", "SS"),
            put("WaveformPaddingValue", &(-7i16).to_le_bytes()),
            put("WaveformData", &samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>()),
        ]],
    )
}

#[test]
fn samples_become_values_in_their_unit_channel_by_channel() {
    let told = transcript(&object(&[waveform(&[1, 100, -7, 200, -3, 300])]));
    let curves = curves(&told);
    assert_eq!(curves[1].samples, [100.0, 200.0, 300.0]);
    assert_eq!((curves[0].unit.raw(), curves[1].unit.raw(), curves[0].step), ("mV", "", 0.002));
    assert_eq!(
        (curves[0].samples[0], curves[0].samples[1].is_nan(), curves[0].samples[2]),
        (11.0, true, 7.0)
    );
}

#[test]
fn a_waveform_that_ends_early_shows_what_there_is_and_says_so() {
    let told = transcript(&object(&[waveform(&[1, 100, 2])]));
    assert_eq!(curves(&told)[1].samples, [100.0]);
    assert!(told.notes[0].contains("1 of 3 waveform samples"), "{:?}", told.notes);
}

#[test]
fn a_document_is_told_by_its_kind_and_size_and_is_copied_without_its_padding() {
    let pdf = object(&[
        say("DocumentTitle", "Letter"),
        put("EncapsulatedDocument", b"%PDF-1.4\n%x"),
        say("MIMETypeOfEncapsulatedDocument", "application/pdf"),
        put("EncapsulatedDocumentLength", &11u32.to_le_bytes()),
    ]);
    let told = lines(&transcript(&pdf), Mask::default());
    assert_eq!(
        told[..4],
        ["Title: Letter", "Media type: application/pdf", "Size: 11 bytes", "Holds: PDF 1.4"]
    );
    let document = Document::of(&pdf).expect("a document");
    let mut copied = vec![];
    document
        .copy(|bytes| {
            copied.extend_from_slice(bytes);
            Ok(())
        })
        .unwrap();
    assert_eq!((&copied[..], document.ending()), (&b"%PDF-1.4\n%x"[..], "pdf"));
}

#[test]
fn a_clinical_document_is_its_text_indented_by_its_elements() {
    let xml = b"<?xml version=\"1.0\"?><doc><title>Report &amp; more</title><code code=\"1\" displayName=\"Lung\"/><!-- <a> --><p>fine</p></doc>";
    let told = told(&[put("EncapsulatedDocument", xml), say("MIMETypeOfEncapsulatedDocument", "text/XML")]);
    assert_eq!(told[2..6], ["Text", "   : Report & more", "  code: Lung", "   : fine"]);
}

#[test]
fn a_presentation_state_says_what_it_does_to_which_images() {
    let image = vec![
        say("ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2"),
        say("ReferencedSOPInstanceUID", "1.2.3"),
    ];
    let told = told(&[
        items("ReferencedSeriesSequence", &[vec![items("ReferencedImageSequence", &[image])]]),
        items(
            "GraphicAnnotationSequence",
            &[vec![
                items("TextObjectSequence", &[vec![say("UnformattedTextValue", "look here")]]),
                say("GraphicLayer", "L1"),
            ]],
        ),
        say("PresentationCreationDate", "20240131"),
        items("SoftcopyVOILUTSequence", &[vec![say("WindowCenter", "40"), say("WindowWidth", "400")]]),
    ]);
    assert_eq!(
        told,
        [
            "Made on: 2024-01-31",
            "Window: W 400 L 40",
            "Annotation: L1",
            " Text: look here",
            "For",
            " : CT 1.2.3"
        ]
    );
}

#[test]
fn what_is_of_no_known_kind_tells_what_it_refers_to_once() {
    let other = vec![say("ReferencedSOPInstanceUID", "1.2.3")];
    let told = told(&[items("ReferencedStudySequence", &[other.clone(), other])]);
    assert_eq!(told, ["Refers to:  1.2.3"]);
}

/// Every keyword that is asked for here is one: a misspelt one would silently say nothing.
#[test]
fn every_keyword_is_in_the_dictionary() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("dose.rs"),
        include_str!("plan.rs"),
        include_str!("report.rs"),
        include_str!("segments.rs"),
        include_str!("structures.rs"),
        include_str!("waveform.rs"),
        include_str!("document.rs"),
        include_str!("presentation.rs"),
        include_str!("draft.rs"),
        include_str!("page.rs"),
    ];
    let camel = |word: &&str| {
        let tail = word.get(1..).unwrap_or_default();
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.len() > 5
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && tail.contains(|c: char| c.is_ascii_uppercase())
            && tail.contains(|c: char| c.is_ascii_lowercase())
    };
    let words: Vec<&str> = sources.iter().flat_map(|source| source.split('"')).filter(camel).collect();
    assert!(words.len() > 150, "{}", words.len());
    for word in words {
        assert!(dictionary::by_keyword(word).is_some(), "{word}");
    }
}
