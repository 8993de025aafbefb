//! One Enhanced CT object: twelve frames described by functional groups (PS3.3 A.38).

use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError, Detail,
    chest::{STUDY, hounsfield, scanned},
    folder::Folder,
    record::{Attributes, Series, code, uid},
};

const FRAMES: usize = 12;

/// Series 4 of the chest: a coarse, fast volume.
pub(super) fn volume(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let side = detail.of(128);
    let spacing = 368.0 / side as f32;
    let volume = scanned([side, side, FRAMES], [spacing, spacing, 10.0], -60.0);
    let series = Series {
        study: &STUDY,
        class: uids::ENHANCED_CT_IMAGE_STORAGE,
        number: 4,
        modality: "CT",
        description: "Enhanced CT, 12 frames",
        body_part: "CHEST",
    };
    let organization = uid("thora/dimensions");
    let mut it = series.instance(1);
    it.put(tags::IMAGE_TYPE, "DERIVED\\PRIMARY\\VOLUME\\RESAMPLED")
        .put(tags::FRAME_OF_REFERENCE_UID, series.frame_of_reference())
        .unknown(&[tags::POSITION_REFERENCE_INDICATOR])
        .put(tags::PATIENT_POSITION, "HFS")
        .put(tags::ACQUISITION_DATE_TIME, "20240214090400")
        .integer(tags::ACQUISITION_NUMBER, 4)
        .put(tags::PIXEL_PRESENTATION, "MONOCHROME")
        .put(tags::VOLUMETRIC_PROPERTIES, "VOLUME")
        .put(tags::VOLUME_BASED_CALCULATION_TECHNIQUE, "NONE")
        .put(tags::CONTENT_QUALIFICATION, "RESEARCH")
        .put(tags::BURNED_IN_ANNOTATION, "NO")
        .put(tags::LOSSY_IMAGE_COMPRESSION, "00")
        .put(tags::PRESENTATION_LUT_SHAPE, "IDENTITY")
        .integer(tags::NUMBER_OF_FRAMES, FRAMES)
        .items(tags::ACQUISITION_CONTEXT_SEQUENCE, vec![])
        .items(
            tags::DIMENSION_ORGANIZATION_SEQUENCE,
            vec![one(tags::DIMENSION_ORGANIZATION_UID, &organization)],
        )
        .items(tags::DIMENSION_INDEX_SEQUENCE, vec![index(&organization)])
        .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared(spacing)])
        .gray(side, side, (16, 12), false);
    let per_frame = (0..FRAMES).map(|k| {
        let grid = &volume.grid;
        frame(k, [grid.at(0, 0), grid.at(1, 0), grid.at(2, k)])
    });
    it.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, per_frame.collect());
    let words: Vec<u16> = (0..FRAMES)
        .flat_map(|k| hounsfield(&volume, k, 16.0))
        .map(|(hu, _)| (hu.round() + 1024.0).clamp(0.0, 4095.0) as u16)
        .collect();
    it.words(&words);
    folder.dicom("phantom-thora/enhanced.dcm", it)
}

fn one(tag: dicom_core::Tag, value: &str) -> Attributes {
    let mut item = Attributes::new();
    item.put(tag, value);
    item
}

fn at(tag: dicom_core::Tag) -> PrimitiveValue {
    PrimitiveValue::Tags([tag].as_slice().into())
}

/// Frames are counted by their place in the stack.
fn index(organization: &str) -> Attributes {
    let mut item = one(tags::DIMENSION_ORGANIZATION_UID, organization);
    item.put_as(tags::DIMENSION_INDEX_POINTER, VR::AT, at(tags::IN_STACK_POSITION_NUMBER)).put_as(
        tags::FUNCTIONAL_GROUP_POINTER,
        VR::AT,
        at(tags::FRAME_CONTENT_SEQUENCE),
    );
    item
}

fn shared(spacing: f32) -> Attributes {
    let mut measures = Attributes::new();
    measures.decimals(tags::PIXEL_SPACING, &[spacing, spacing]).decimals(tags::SLICE_THICKNESS, &[10.0]);
    let mut values = one(tags::RESCALE_INTERCEPT, "-1024");
    values.put(tags::RESCALE_SLOPE, "1").put(tags::RESCALE_TYPE, "HU");
    let mut window = one(tags::WINDOW_CENTER, "40\\-600");
    window
        .put(tags::WINDOW_WIDTH, "400\\1500")
        .put(tags::WINDOW_CENTER_WIDTH_EXPLANATION, "SOFT TISSUE\\LUNG");
    let mut anatomy = one(tags::FRAME_LATERALITY, "U");
    anatomy.items(tags::ANATOMIC_REGION_SEQUENCE, vec![code("51185008", "SCT", "Chest")]);
    let mut kind = one(tags::FRAME_TYPE, "DERIVED\\PRIMARY\\VOLUME\\RESAMPLED");
    kind.put(tags::PIXEL_PRESENTATION, "MONOCHROME")
        .put(tags::VOLUMETRIC_PROPERTIES, "VOLUME")
        .put(tags::VOLUME_BASED_CALCULATION_TECHNIQUE, "NONE");
    let orientation = one(tags::IMAGE_ORIENTATION_PATIENT, "1\\0\\0\\0\\1\\0");
    let event = one(tags::IRRADIATION_EVENT_UID, &uid("thora/irradiation"));
    let mut groups = Attributes::new();
    groups
        .items(tags::IRRADIATION_EVENT_IDENTIFICATION_SEQUENCE, vec![event])
        .items(tags::PIXEL_MEASURES_SEQUENCE, vec![measures])
        .items(tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation])
        .items(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, vec![values])
        .items(tags::FRAME_VOILUT_SEQUENCE, vec![window])
        .items(tags::FRAME_ANATOMY_SEQUENCE, vec![anatomy])
        .items(tags::CT_IMAGE_FRAME_TYPE_SEQUENCE, vec![kind]);
    groups
}

fn frame(k: usize, position: [f32; 3]) -> Attributes {
    let time = format!("2024021409040{}.{:06}", k / 2, k % 2 * 500_000);
    let mut content = one(tags::STACK_ID, "1");
    content
        .put(tags::IN_STACK_POSITION_NUMBER, k as u32 + 1)
        .put(tags::DIMENSION_INDEX_VALUES, k as u32 + 1)
        .put(tags::FRAME_ACQUISITION_NUMBER, 1_u16)
        .put(tags::FRAME_REFERENCE_DATE_TIME, time.as_str())
        .put(tags::FRAME_ACQUISITION_DATE_TIME, time.as_str())
        .put(tags::FRAME_ACQUISITION_DURATION, 500.0_f64);
    let mut place = Attributes::new();
    place.decimals(tags::IMAGE_POSITION_PATIENT, &position);
    let mut groups = Attributes::new();
    groups
        .items(tags::FRAME_CONTENT_SEQUENCE, vec![content])
        .items(tags::PLANE_POSITION_SEQUENCE, vec![place]);
    groups
}
