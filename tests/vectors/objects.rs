//! What objects that are no pictures say: points of presentation states, curves of waveforms.

use super::{assert_near, cases, file::Made};
use serde::Deserialize;
use std::path::Path;
use topogram::{
    dicom::{Object, Source, transcript},
    model::{EntryKind, Transcript},
};

fn told(file: &Made) -> Transcript {
    let object = Object::read(Path::new("nowhere"), Source::memory(file.bytes())).unwrap();
    transcript(&object)
}

#[derive(Deserialize)]
struct Graphic {
    id: String,
    points: [[f64; 2]; 2],
    pixels: [[f64; 2]; 2],
}

#[test]
fn points_in_pixel_units_are_told_as_the_pixels_they_mean() {
    for Graphic { id, points, pixels } in cases("graphic") {
        let data: Vec<u8> = points.as_flattened().iter().flat_map(|&x| (x as f32).to_le_bytes()).collect();
        let graphic = Made::empty()
            .text((0x0070, 0x0005), "CS", "PIXEL")
            .put((0x0070, 0x0022), "FL", &data)
            .text((0x0070, 0x0023), "CS", "POLYLINE");
        let annotation = Made::empty().item((0x0070, 0x0009), &graphic);
        let state = Made::empty()
            .text((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.11.1")
            .text((0x0008, 0x0018), "UI", "1.2.3.4")
            .item((0x0070, 0x0001), &annotation);

        let told = told(&state);

        let [first, last] = pixels.map(|[column, row]| format!("column {column} row {row}"));
        let expected = format!("polyline of 2 points, from {first} to {last}");
        assert!(told.entries.iter().any(|entry| entry.value.raw() == expected), "{id}: {:?}", told.entries);
    }
}

#[derive(Deserialize)]
struct Channels {
    id: String,
    /// Sample, sensitivity, correction, baseline, value.
    values: Vec<(i16, f64, f64, f64, f64)>,
}

#[test]
fn samples_of_waveforms_have_the_values_of_their_channel() {
    for Channels { id, values } in cases("channel") {
        for (raw, sensitivity, correction, baseline, expected) in values {
            let unit = Made::empty().text((0x0008, 0x0100), "SH", "uV");
            let channel = Made::empty()
                .decimals((0x003A, 0x0210), &[sensitivity])
                .item((0x003A, 0x0211), &unit)
                .decimals((0x003A, 0x0212), &[correction])
                .decimals((0x003A, 0x0213), &[baseline]);
            let group = Made::empty()
                .words((0x003A, 0x0005), &[1])
                .put((0x003A, 0x0010), "UL", &1_u32.to_le_bytes())
                .decimals((0x003A, 0x001A), &[500.0])
                .item((0x003A, 0x0200), &channel)
                .words((0x5400, 0x1004), &[16])
                .text((0x5400, 0x1006), "CS", "SS")
                .put((0x5400, 0x1010), "OW", &raw.to_le_bytes());
            let ecg = Made::empty()
                .text((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.9.1.1")
                .text((0x0008, 0x0018), "UI", "1.2.3.4")
                .item((0x5400, 0x0100), &group);

            let told = told(&ecg);

            let curve = told.entries.iter().find_map(|entry| match &entry.kind {
                EntryKind::Curve(curve) => Some(curve),
                _ => None,
            });
            let curve = curve.unwrap_or_else(|| panic!("{id}: {told:?}"));
            assert_near(curve.samples[0].into(), expected, &id);
            assert_eq!(curve.unit.raw(), "uV", "{id}");
        }
    }
}
