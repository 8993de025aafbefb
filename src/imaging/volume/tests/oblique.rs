//! Slabs and projections in any direction, against their definition in doubles.

use super::*;

/// What the line through a pixel meets in a slab: both faces, and the planes of voxels that it is steepest to.
fn met(volume: &Volume, cut: &Cut, at: (usize, usize), half: f64) -> Vec<Index> {
    let geometry = volume.geometry();
    let start = cut.locate(at.0 as f64, at.1 as f64);
    let point = |depth: f64| super::super::cut::ahead(start, cut.normal(), depth);
    let (first, next) = (geometry.index(start), geometry.index(point(1.0)));
    let speed: Index = std::array::from_fn(|axis| next[axis] - first[axis]);
    let steepest = (0..3).max_by(|&a, &b| speed[a].abs().total_cmp(&speed[b].abs())).unwrap();
    let planes = 0..geometry.shape[steepest];
    let depths = planes.map(|plane| (plane as f64 - first[steepest]) / speed[steepest]);
    let faces = [-half, half].into_iter().filter(|face| face.is_finite());
    depths
        .filter(|depth| depth.abs() <= half)
        .chain(faces)
        .map(|depth| geometry.index(point(depth)))
        .collect()
}

/// True for places where rounding decides whether they are inside.
fn on_the_border(volume: &Volume, index: Index) -> bool {
    (0..3).any(|axis| {
        let edge = volume.geometry().shape[axis] as f64 - 0.5;
        (index[axis] + 0.5).abs() < 1e-3 || (index[axis] - edge).abs() < 1e-3
    })
}

/// Compares every pixel with the extreme of what its line meets.
fn check(volume: &Volume, cut: &Cut, half: f64, got: &Array2<f32>, take: fn(f64, f64) -> f64) {
    for (at, &got) in got.indexed_iter() {
        let met = met(volume, cut, at, half);
        if met.iter().any(|&index| on_the_border(volume, index)) {
            continue;
        }
        match met.iter().filter_map(|&index| trilinear(volume, index)).reduce(take) {
            None => assert!(got.is_nan(), "{got} at {at:?}"),
            // Samples are single floats, and so are their places.
            Some(expected) => {
                let close = 0.05 + expected.abs() * 1e-4;
                assert!((f64::from(got) - expected).abs() < close, "{got}, not {expected}");
            }
        }
    }
}

/// Volumes of noise, which differ in what is kept of their slices.
fn kinds() -> [Volume; 3] {
    let lean = volume(geometry([6, 7, 8], AXIAL, &even(6), 0.3), &noise([6, 7, 8]), |_, _| ());
    let floats = small(|_, frame| {
        let Pixels::Gray(Stored::I16(values)) = &frame.pixels else { return };
        frame.pixels = Pixels::Gray(Stored::F32(values.mapv(f32::from)));
    });
    [small(rescaled), lean, floats]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_oblique_slab_is_the_extreme_of_all_that_its_lines_meet(
        x in -1.0..1.0f64, y in -1.0..1.0f64, z in 0.1..1.0f64, degrees in -180.0..180.0f64,
        thickness in 0.0..9.0f64,
    ) {
        for volume in kinds() {
            let start = Cut::around(volume.geometry().center(), View::Axial.orientation(), 0.31, (4, 70));
            let cut = start.rotated(volume.geometry().center(), [x, y, z], degrees);
            let slab = |projection| Sampling { slab: Some(Slab { projection, thickness }), threads: 2, ..SMOOTH };
            let mut values = vec![f32::NAN; 4 * 70];
            let mut draw = |projection| {
                volume.oblique(&cut, &slab(projection), &mut values);
                Array2::from_shape_vec((4, 70), values.clone()).unwrap()
            };
            let [largest, smallest, mean] =
                [Projection::Largest, Projection::Smallest, Projection::Mean].map(&mut draw);
            check(&volume, &cut, thickness / 2.0, &largest, f64::max);
            check(&volume, &cut, thickness / 2.0, &smallest, f64::min);
            for (&mean, at) in mean.iter().zip(ndarray::indices((4, 70))) {
                // A mean needs the planes around the slab too.
                let inside = met(&volume, &cut, at, thickness / 2.0 + 5.0).iter().all(|&index| trilinear(&volume, index).is_some());
                prop_assert!(!inside || !mean.is_nan(), "a mean of values is a value");
            }
        }
    }

    #[test]
    fn a_projection_is_the_largest_that_its_rays_meet(
        x in -1.0..1.0f64, y in -1.0..1.0f64, z in 0.1..1.0f64, degrees in -180.0..180.0f64,
    ) {
        for volume in kinds() {
            let start = Cut::around(volume.geometry().center(), View::Axial.orientation(), 0.31, (4, 70));
            let cut = start.rotated(volume.geometry().center(), [x, y, z], degrees);
            let seen = volume.project(&cut, Detail::Fine, 2);
            check(&volume, &cut, f64::INFINITY, &seen, f64::max);
        }
    }
}

#[test]
fn padding_in_an_oblique_slab_is_left_out() {
    let mut values = Array3::from_elem([6, 7, 8], 100_i16);
    values[(3, 3, 4)] = -2000;
    let volume = volume(geometry([6, 7, 8], AXIAL, &even(6), 0.0), &values, |_, frame| {
        frame.padding = Some((-2000.0, -2000.0));
    });
    let cut = Cut::around(volume.geometry().center(), turned(25.0), 0.3, (9, 9));
    for projection in [Projection::Largest, Projection::Smallest, Projection::Mean] {
        let slab = Sampling { slab: Some(Slab { projection, thickness: 5.0 }), ..SMOOTH };
        assert!(volume.cut(&cut, &slab).iter().all(|value| (value - 100.0).abs() < 1e-3));
    }
}

#[test]
fn a_mean_weighs_what_lies_between_planes_by_its_length() {
    // Ten from one plane on, nothing before: linear between, so that a slab around the middle has half.
    let step = Array3::from_shape_fn([9, 9, 9], |(_, row, _)| if row < 4 { 0 } else { 10 });
    let volume = volume(geometry([9, 9, 9], AXIAL, &even(9), 0.0), &step, |_, _| ());
    let center = volume.geometry().locate([4.0, 3.5, 4.0]);
    // Hardly turned: no longer along the axes, with the same values all the same.
    let cut = Cut::around(center, View::Coronal.orientation(), 0.01, (3, 3));
    let cut = cut.rotated(center, [0.0, 0.0, 1.0], 0.3);
    for (thickness, off, expected) in
        [(3.0, 0.0, 5.0), (1.5, 0.75, 8.75), (0.0, 0.375, 7.5), (4.5, 1.5, 8.333)]
    {
        let moved = cut.through(super::super::cut::ahead(center, [0.0, 1.0, 0.0], off));
        let slab = Sampling { slab: Some(Slab { projection: Projection::Mean, thickness }), ..SMOOTH };
        let mean = volume.cut(&moved, &slab)[(1, 1)];
        assert!((mean - expected).abs() < 0.05, "{mean}, not {expected}");
    }
}

#[test]
fn what_a_projection_skips_holds_nothing_larger() {
    // Several bricks along each axis, of which some are much brighter than others.
    let shape = [17, 22, 27];
    let mut values = noise(shape).mapv(|value| value / 8);
    for (at, value) in values.indexed_iter_mut() {
        *value += if (at.0 / 5 + at.1 / 6 + at.2 / 7) % 4 == 0 { 3000 } else { 0 };
    }
    for lean in [0.0, 0.4] {
        let volume = volume(geometry(shape, AXIAL, &even(17), lean), &values, rescaled);
        let center = volume.geometry().center();
        for degrees in [0.0, 25.0, 70.0, 90.0, 160.0, 250.0] {
            let cut = Cut::around(center, View::Coronal.orientation(), 1.7, (24, 90));
            let cut = cut.rotated(center, [0.2, 0.1, 1.0], degrees);
            check(&volume, &cut, f64::INFINITY, &volume.project(&cut, Detail::Fine, 1), f64::max);
        }
    }
}
