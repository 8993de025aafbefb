//! Lengths, regions, uptake, and the shapes of volumes.

use super::{
    assert_near, cases,
    file::{Made, bytes_of},
};
use serde::Deserialize;
use topogram::{
    dicom::{Image, magnification, tracer, ultrasound_regions},
    imaging::{
        Body, Suv,
        measure::{Region, Scale, Unit},
    },
    model::{Geometry, Orientation, Spacing, SpacingSource, Tracer, Vector},
};

#[derive(Deserialize)]
struct Line {
    id: String,
    /// As the file says it: down, across.
    patient: Option<Vec<f64>>,
    detector: Option<Vec<f64>>,
    /// From the source to the detector and to the patient, mm.
    source: Option<(f64, f64)>,
    /// Along X and Y of an ultrasound region, cm.
    region: Option<(f64, f64)>,
    from: [f64; 2],
    to: [f64; 2],
    length: f64,
    unit: String,
}

#[test]
fn lengths_have_the_unit_that_the_file_justifies() {
    for Line { id, patient, detector, source, region, from, to, length, unit } in cases("length") {
        let mut file = Made::gray(1, 8);
        if let Some(spacing) = patient {
            file = file.decimals((0x0028, 0x0030), &spacing);
        }
        if let Some(spacing) = detector {
            file = file.decimals((0x0018, 0x1164), &spacing);
        }
        if let Some((to_detector, to_patient)) = source {
            file = file.decimals((0x0018, 0x1110), &[to_detector]).decimals((0x0018, 0x1111), &[to_patient]);
        }
        if let Some((x, y)) = region {
            let long = |value: u32| value.to_le_bytes();
            let item = Made::empty()
                .put((0x0018, 0x6018), "UL", &long(10))
                .put((0x0018, 0x601A), "UL", &long(10))
                .put((0x0018, 0x601C), "UL", &long(600))
                .put((0x0018, 0x601E), "UL", &long(400))
                .words((0x0018, 0x6024), &[3])
                .words((0x0018, 0x6026), &[3])
                .put((0x0018, 0x602C), "FD", &x.to_le_bytes())
                .put((0x0018, 0x602E), "FD", &y.to_le_bytes());
            file = file.item((0x0018, 0x6011), &item);
        }

        let image = file.image(&[0]);

        let regions = ultrasound_regions(image.data_set());
        let scale = Scale::in_regions(&regions, from, to);
        let scale = scale
            .unwrap_or_else(|| Scale::of(image.frame(0).unwrap().spacing, magnification(image.data_set())));
        assert_near(scale.distance(from, to), length, &id);
        assert_eq!(scale.unit.as_str(), unit, "{id}");
        if !regions.is_empty() {
            assert_eq!(Scale::in_regions(&regions, from, [500.0, 20.0]), None, "{id}: ends outside");
        }
    }
}

#[derive(Deserialize)]
struct Filled {
    id: String,
    shape: (usize, usize),
    lines: Vec<Vec<[f64; 2]>>,
    inside: usize,
}

#[test]
fn contours_hold_the_pixels_whose_centres_are_inside() {
    for Filled { id, shape, lines, inside } in cases("contour") {
        assert_eq!(Region::Polygon(lines).pixels(shape).len(), inside, "{id}");
    }
}

#[derive(Deserialize)]
struct Statistics {
    id: String,
    /// Rows of stored values.
    rows: Vec<Vec<u16>>,
    intercept: f64,
    mean: f64,
    deviation: f64,
    min: f64,
    max: f64,
    median: f64,
}

#[test]
fn regions_are_told_in_numbers() {
    for Statistics { id, rows, intercept, mean, deviation, min, max, median } in cases("region") {
        let words: Vec<u16> = rows.concat();
        let frame = Made::gray(rows[0].len() as u16, 16)
            .words((0x0028, 0x0010), &[rows.len() as u16])
            .decimals((0x0028, 0x1052), &[intercept])
            .image(&bytes_of(&words))
            .frame(0)
            .unwrap();

        let all = Region::Rectangle([0.0, 0.0], [rows.len() as f64 - 1.0, rows[0].len() as f64 - 1.0]);
        let found = all.statistics(&frame, &Scale { row: 1.0, column: 1.0, unit: Unit::Pixels }).unwrap();

        assert_eq!((found.count, found.left_out), (words.len(), 0), "{id}");
        assert_eq!((found.min, found.max, found.median), (min, max, median), "{id}");
        assert_near(found.mean, mean, &id);
        assert_near(found.deviation, deviation, &id);
    }
}

#[derive(Deserialize)]
struct Pet {
    id: String,
    decay: Option<String>,
    half_life: Option<f64>,
    dose: Option<f64>,
    injected: Option<String>,
    scanned: Option<String>,
    weight: f64,
    height: Option<f64>,
    sex: Option<String>,
    /// `MBq` left at the scan.
    left: Option<f64>,
    activity: Option<f64>,
    uptake: Option<f64>,
    /// Kilograms by Janmahasatian and by James.
    lean: Option<f64>,
    lean_james: Option<f64>,
}

/// What the library reads from a file with these attributes.
fn told(case: &Pet) -> Tracer {
    let text = |file: Made, tag, vr: &str, value: &Option<String>| match value {
        Some(value) => file.text(tag, vr, value),
        None => file,
    };
    let mut injection = text(Made::empty(), (0x0018, 0x1072), "TM", &case.injected);
    for (element, value) in [(0x1074, case.dose), (0x1075, case.half_life)] {
        if let Some(value) = value {
            injection = injection.decimals((0x0018, element), &[value]);
        }
    }
    let mut file = Made::gray(1, 8)
        .text((0x0008, 0x0021), "DA", "20240102")
        .text((0x0008, 0x0022), "DA", "20240102")
        .decimals((0x0010, 0x1030), &[case.weight])
        .text((0x0028, 0x0051), "CS", "ATTN\\DECY")
        .text((0x0054, 0x1001), "CS", "BQML")
        .item((0x0054, 0x0016), &injection);
    file = text(file, (0x0008, 0x0031), "TM", &case.scanned);
    file = text(file, (0x0008, 0x0032), "TM", &case.scanned);
    file = text(file, (0x0010, 0x0040), "CS", &case.sex);
    file = text(file, (0x0054, 0x1102), "CS", &case.decay);
    if let Some(height) = case.height {
        file = file.decimals((0x0010, 0x1020), &[height]);
    }
    tracer(file.image(&[0]).data_set())
}

#[test]
fn activity_becomes_uptake() {
    for case in cases::<Pet>("uptake") {
        let (id, told) = (&case.id, told(&case));
        if let Some((activity, uptake)) = case.activity.zip(case.uptake) {
            let suv = Suv::of(&told, Body::Weight).unwrap();
            assert_near(suv.factor * activity, uptake, id);
            if let Some(left) = case.left {
                assert_near(suv.dose.unwrap() / 1e6, left, id);
            }
        }
        for (body, kilograms) in [(Body::LeanMass, case.lean), (Body::LeanMassJames, case.lean_james)] {
            if let Some(kilograms) = kilograms {
                assert_near(body.size(&told).unwrap() / 1000.0, kilograms, id);
            }
        }
    }
}

#[derive(Deserialize)]
struct Block {
    id: String,
    shape: [usize; 3],
    /// Between slices, rows and columns, mm.
    spacing: [f64; 3],
    #[serde(default)]
    first: Vector,
    ras: Option<[[f64; 4]; 4]>,
    ras_flipped: Option<[[f64; 4]; 4]>,
    /// A point in the patient, and its column, row and slice.
    point: Option<(Vector, Vector)>,
    /// Voxels along slices, rows and columns at 1 mm.
    at_1_mm: Option<[usize; 3]>,
    /// Columns and slices, mm.
    coronal: Option<(f64, f64)>,
    /// Height of a coronal picture that is 512 wide.
    height_of_512: Option<f64>,
}

#[test]
fn volumes_have_the_axes_and_sizes_of_other_programs() {
    for case in cases::<Block>("volume") {
        let id = &case.id;
        let orientation = Orientation { row: [1.0, 0.0, 0.0], column: [0.0, 1.0, 0.0] };
        let [step, row, column] = case.spacing;
        let spacing = Spacing { row, column, source: SpacingSource::Patient };
        let [x, y, z] = case.first;
        let positions = (0..case.shape[0]).map(|slice| [x, y, z + step * slice as f64]).collect();
        let geometry = Geometry::new(case.shape, orientation, spacing, positions, step);
        for (flipped, expected) in [(false, case.ras), (true, case.ras_flipped)] {
            let pairs = expected.map(|expected| expected.into_iter().zip(geometry.affine_ras(flipped)));
            for (expected, got) in pairs.into_iter().flatten() {
                got.into_iter().zip(expected).for_each(|(got, expected)| assert_near(got, expected, id));
            }
        }
        if let Some((point, expected)) = case.point {
            let [slice, row, column] = geometry.index(point);
            [column, row, slice].into_iter().zip(expected).for_each(|(a, b)| assert_near(a, b, id));
        }
        assert!(case.at_1_mm.is_none_or(|shape| geometry.resampled(1.0) == shape), "{id}");
        if let Some((width, height)) = case.coronal {
            let extent = geometry.extent();
            assert_near(extent[2], width, id);
            assert_near(extent[0], height, id);
            assert_near(512.0 * extent[0] / extent[2], case.height_of_512.unwrap(), id);
        }
    }
}

#[derive(Deserialize)]
struct RealWorld {
    id: String,
    first: i16,
    last: i16,
    slope: f64,
    intercept: f64,
    /// Stored, and then the value if there is one.
    values: Vec<Vec<f64>>,
}

#[test]
fn stored_values_have_a_real_one_where_the_file_maps_them() {
    for RealWorld { id, first, last, slope, intercept, values } in cases("real_world") {
        let item = Made::empty()
            .put((0x0040, 0x9211), "SS", &last.to_le_bytes())
            .put((0x0040, 0x9216), "SS", &first.to_le_bytes())
            .put((0x0040, 0x9224), "FD", &intercept.to_le_bytes())
            .put((0x0040, 0x9225), "FD", &slope.to_le_bytes());
        let image: Image = Made::gray(1, 8).item((0x0040, 0x9096), &item).image(&[0]);

        let mappings = image.real_world(0);

        let [mapping] = mappings.as_slice() else { panic!("{id}: there is one mapping") };
        for pair in values {
            let (stored, expected) = (pair[0], pair.get(1));
            match (mapping.value(stored), expected) {
                (Some(got), Some(&expected)) => assert_near(got, expected, &id),
                (got, expected) => assert_eq!(got.as_ref(), expected, "{id} {stored}"),
            }
        }
    }
}
