//! Where a frame lies, and how far its pixels are apart (PS3.3 C.7.6.2, 10.7.1).

use super::groups::Groups;
use crate::{
    dicom::{Tag, dose, header},
    model::{Orientation, Plane, Spacing, SpacingSource},
};

/// The plane of a frame, if the file states one that spans a plane.
pub(super) fn plane(groups: &Groups<'_>, frame: u32) -> Option<Plane> {
    let position = groups.in_macro(Tag(0x0020, 0x9113)).numbers(Tag(0x0020, 0x0032));
    let orientation = groups.in_macro(Tag(0x0020, 0x9116)).numbers(Tag(0x0020, 0x0037));
    let mut position: [f64; 3] = position.try_into().ok()?;
    let orientation = Orientation::from_values(&orientation)?;
    let offsets = groups.top().numbers(Tag(0x3004, 0x000C));
    if !offsets.is_empty() {
        position = dose::position(position, &orientation, &offsets, frame as usize)?;
    }
    let finite = position.iter().all(|v| v.is_finite() && v.abs() < 1e7);
    finite.then_some(Plane { position, orientation })
}

/// The distance between pixel centres: in the patient, at the detector, or a mere aspect.
pub(super) fn spacing(groups: &Groups<'_>) -> Option<Spacing> {
    let top = groups.top();
    let patient = groups.in_macro(Tag(0x0028, 0x9110)).numbers(Tag(0x0028, 0x0030));
    let detector = [Tag(0x0018, 0x1164), Tag(0x3002, 0x0011), Tag(0x0018, 0x2010)];
    header::spacing(&patient, SpacingSource::Patient)
        .or_else(|| {
            detector.iter().find_map(|&tag| header::spacing(&top.numbers(tag), SpacingSource::Detector))
        })
        .or_else(|| header::aspect(&top.numbers(Tag(0x0028, 0x0034))))
}
