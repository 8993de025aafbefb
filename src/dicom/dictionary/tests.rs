use super::*;

#[test]
fn attributes_are_found_by_tag_and_by_keyword() {
    let entry = lookup(Tag(0x0010, 0x0010)).expect("every patient has a name");

    assert_eq!((entry.keyword, entry.vr, entry.vm.to_string().as_str()), ("PatientName", Vr::PN, "1"));
    assert_eq!(by_keyword("PatientName"), Some(entry));
    assert_eq!(by_keyword("patientname"), None);
    assert_eq!(lookup(Tag(0x0008, 0xfffe)), None);
}

#[test]
fn repeating_groups_keep_the_tag_that_was_asked_for() {
    let overlay = lookup(Tag(0x6002, 0x3000)).expect("overlays repeat");

    assert_eq!((overlay.tag, overlay.keyword), (Tag(0x6002, 0x3000), "OverlayData"));
    assert_eq!((overlay.vr, overlay.alternative), (Vr::OW, Some(Vr::OB)));
    assert_eq!(lookup(Tag(0x5004, 0x0030)).map(|curve| curve.vm.to_string()).as_deref(), Some("1-n"));
}

#[test]
fn private_elements_are_unknown_but_their_creators_are_not() {
    assert_eq!(lookup(Tag(0x0029, 0x0010)).map(|entry| entry.vr), Some(Vr::LO));
    assert_eq!(lookup(Tag(0x0029, 0x1010)), None);
    assert_eq!(lookup(Tag(0x6001, 0x3000)), None);
}

#[test]
fn every_group_has_a_length() {
    for group in [0x0008, 0x0010, 0x7fe0, 0x0029] {
        assert_eq!(lookup(Tag(group, 0)).map(|entry| entry.vr), Some(Vr::UL), "{group:04X}");
    }
}

#[test]
fn signedness_decides_between_two_representations() {
    let padding = by_keyword("PixelPaddingValue").expect("in the dictionary");

    assert_eq!((padding.vr, padding.alternative), (Vr::US, Some(Vr::SS)));
}

#[test]
fn multiplicities_are_the_standards() {
    let cases = [
        ("ImagePositionPatient", "3"),
        ("PixelSpacing", "2"),
        ("WindowCenter", "1-n"),
        ("ContourData", "3-3n"),
        ("ImageType", "2-n"),
        ("SmallestImagePixelValue", "1"),
    ];
    for (keyword, vm) in cases {
        assert_eq!(by_keyword(keyword).map(|entry| entry.vm.to_string()).as_deref(), Some(vm), "{keyword}");
    }
}

#[test]
fn a_multiplicity_counts_in_steps() {
    let triples = Vm::parse("3-3n").expect("as in the standard");

    assert!(triples.allows(0) && triples.allows(3) && triples.allows(9));
    assert!(!triples.allows(1) && !triples.allows(4));
    assert!(Vm::ONE.allows(1) && !Vm::ONE.allows(2));
    assert!(!Vm::parse("1-3").expect("as in the standard").allows(4));
    for text in ["", "n", "1-", "1-0n", "x-3"] {
        assert_eq!(Vm::parse(text), None, "{text}");
    }
}

#[test]
fn the_table_of_multiplicities_is_well_formed() {
    let lines = include_str!("../vm.txt").lines().filter(|line| !line.starts_with('#'));
    let tags: usize = lines.map(|line| line.split(' ').count() - 1).sum();

    assert_eq!(MULTIPLICITIES.len(), tags, "a word is broken or a tag comes twice");
}

#[test]
fn keywords_are_spaced_as_people_write_them() {
    let cases = [
        ("PatientID", "Patient ID"),
        ("SOPInstanceUID", "SOP Instance UID"),
        ("NumberOfFrames", "Number of Frames"),
        ("KVP", "KVP"),
        ("CTDIvol", "CTDIvol"),
        ("ExposureInuAs", "Exposure in uAs"),
        ("AcquisitionDateTime", "Acquisition DateTime"),
        ("VOILUTSequence", "VOI LUT Sequence"),
        ("BurnedInAnnotation", "Burned in Annotation"),
        ("MRAcquisitionType", "MR Acquisition Type"),
        ("FailedSOPInstanceUIDList", "Failed SOP Instance UID List"),
        ("TimezoneOffsetFromUTC", "Timezone Offset from UTC"),
        ("RTROIObservationsSequence", "RT ROI Observations Sequence"),
        ("TwoDLineCoordinatesSequence", "2D Line Coordinates Sequence"),
        ("TwoDimensionalToThreeDimensionalMapData", "Two Dimensional to Three Dimensional Map Data"),
        ("", ""),
    ];
    for (keyword, name) in cases {
        assert_eq!(spaced(keyword), name);
    }
}
