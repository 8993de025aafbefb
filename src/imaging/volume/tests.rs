mod kept;
mod oblique;
mod rays;

use super::*;
use crate::imaging::Histogram;
use crate::imaging::sample::frames;
use crate::model::{ModalityLut, Orientation, cross, minus, norm};
use ndarray::Array3;
use proptest::prelude::*;

const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
const SMOOTH: Sampling = Sampling { smooth: true, slab: None, threads: 1 };
const NEAREST: Sampling = Sampling { smooth: false, ..SMOOTH };

fn geometry(shape: [usize; 3], orientation: [f64; 6], depths: &[f64], lean: f64) -> Geometry {
    let orientation = Orientation::from_values(&orientation).unwrap();
    let (normal, column) = (orientation.normal(), orientation.column);
    let spacing = Spacing { row: 1.5, column: 2.0, source: SpacingSource::Patient };
    let at = |&depth: &f64| std::array::from_fn(|a| normal[a] * depth + column[a] * depth * lean);
    Geometry::new(shape, orientation, spacing, depths.iter().map(at).collect(), 2.5)
}

/// A volume whose frames are those of `values`, by slice, row and column.
fn volume(geometry: Geometry, values: &Array3<i16>, change: impl Fn(usize, &mut Frame)) -> Volume {
    let frame = |slice: usize| {
        let stored = values.index_axis(ndarray::Axis(0), slice).to_owned();
        let mut frame = frames::of(Stored::I16(stored));
        change(slice, &mut frame);
        frame
    };
    let slices = geometry.shape[0];
    let mut volume = Volume::new(geometry, &frame(0), 1 << 20).unwrap();
    for slice in 0..slices {
        volume.set_slice(slice, &frame(slice)).unwrap();
    }
    volume
}

/// Values that are not alike anywhere.
fn noise(shape: [usize; 3]) -> Array3<i16> {
    let mut state = 1_u32;
    Array3::from_shape_fn(shape, |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) % 4000) as i16 - 1000
    })
}

fn even(count: usize) -> Vec<f64> {
    (0..count).map(|slice| slice as f64 * 2.5).collect()
}

/// A small upright volume of noise.
fn small(change: impl Fn(usize, &mut Frame)) -> Volume {
    volume(geometry([6, 7, 8], AXIAL, &even(6), 0.0), &noise([6, 7, 8]), change)
}

fn rescaled(slice: usize, frame: &mut Frame) {
    frame.modality_lut =
        ModalityLut::Rescale { slope: 0.5 + slice as f64 / 4.0, intercept: -10.0 * slice as f64 };
}

/// The definition: linear along columns, then rows, then slices, in doubles.
fn trilinear(volume: &Volume, index: Index) -> Option<f64> {
    volume.nearest(index)?;
    let shape = volume.geometry().shape;
    let around = |axis: usize| {
        let at = index[axis].clamp(0.0, (shape[axis] - 1) as f64);
        let lower = at as usize;
        [(lower, 1.0 - at.fract()), ((lower + 1).min(shape[axis] - 1), at.fract())]
    };
    let mut sum = 0.0;
    for (slice, a) in around(0) {
        for (row, b) in around(1) {
            for (column, c) in around(2) {
                sum += a * b * c * volume.at(slice, row, column)?;
            }
        }
    }
    Some(sum)
}

fn assert_planes(got: &Array2<f32>, expected: impl Fn(usize, usize) -> Option<f64>) {
    for ((row, column), &got) in got.indexed_iter() {
        match expected(row, column) {
            None => assert!(got.is_nan(), "{got} at {row}, {column} instead of nothing"),
            Some(value) => {
                assert!((f64::from(got) - value).abs() < 0.01, "{got} at {row}, {column} instead of {value}");
            }
        }
    }
}

/// A cut of 30 x 40 pixels around the middle of a volume.
fn through_the_middle(volume: &Volume, orientation: Orientation) -> Cut {
    Cut::around(volume.geometry().center(), orientation, 0.71, (30, 40))
}

#[test]
fn voxels_keep_their_values_and_each_slice_its_rescale() {
    let volume = small(rescaled);
    let stored = noise([6, 7, 8]);
    for ((slice, row, column), &value) in stored.indexed_iter() {
        let expected = f64::from(value) * (0.5 + slice as f64 / 4.0) - 10.0 * slice as f64;
        assert_eq!(volume.at(slice, row, column), Some(expected));
        let at = volume.geometry().locate([slice as f64, row as f64, column as f64]);
        assert!((volume.sample(at, true).unwrap() - expected).abs() < 0.01);
        assert_eq!(volume.sample(at, false), Some(expected));
    }
    assert_eq!((volume.at(6, 0, 0), volume.at(0, 7, 0), volume.at(0, 0, 8)), (None, None, None));
}

#[test]
fn the_three_views_are_linear_between_voxels() {
    let volume = small(rescaled);
    for view in [View::Axial, View::Coronal, View::Sagittal] {
        let cut = through_the_middle(&volume, view.orientation());
        let point = |row, column| volume.geometry().index(cut.locate(row as f64, column as f64));
        assert!(straight::Straight::of(&volume, &cut, &SMOOTH).is_some(), "{view:?} is along the axes");
        assert_planes(&volume.cut(&cut, &SMOOTH), |row, column| trilinear(&volume, point(row, column)));
        assert_planes(&volume.cut(&cut, &NEAREST), |row, column| {
            let [slice, row, column] = volume.nearest(point(row, column))?;
            volume.at(slice, row, column)
        });
    }
}

#[test]
fn a_stack_of_sagittal_slices_is_cut_in_the_same_three_views() {
    let sagittal = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];
    let volume = volume(geometry([6, 7, 8], sagittal, &even(6), 0.0), &noise([6, 7, 8]), rescaled);
    for view in [View::Axial, View::Coronal, View::Sagittal] {
        let cut = through_the_middle(&volume, view.orientation());
        assert!(straight::Straight::of(&volume, &cut, &SMOOTH).is_some());
        assert_planes(&volume.cut(&cut, &SMOOTH), |row, column| {
            trilinear(&volume, volume.geometry().index(cut.locate(row as f64, column as f64)))
        });
    }
}

#[test]
fn uneven_and_leaning_slices_are_sampled_where_they_are() {
    let depths = [0.0, 1.0, 5.0, 6.0, 9.0, 9.5];
    for lean in [0.0, 0.3] {
        let volume = volume(geometry([6, 7, 8], AXIAL, &depths, lean), &noise([6, 7, 8]), rescaled);
        for view in [View::Axial, View::Coronal, View::Sagittal] {
            let cut = through_the_middle(&volume, view.orientation());
            assert_planes(&volume.cut(&cut, &SMOOTH), |row, column| {
                trilinear(&volume, volume.geometry().index(cut.locate(row as f64, column as f64)))
            });
        }
    }
}

#[test]
fn padding_is_no_value_and_bleeds_into_none() {
    let mut values = Array3::from_elem([3, 4, 4], 100_i16);
    values[(1, 1, 1)] = -2000;
    let volume = volume(geometry([3, 4, 4], AXIAL, &even(3), 0.0), &values, |_, frame| {
        frame.padding = Some((-2000.0, -1990.0));
    });
    assert_eq!((volume.at(1, 1, 1), volume.at(1, 1, 2)), (None, Some(100.0)));
    for orientation in [View::Axial.orientation(), View::Coronal.orientation(), turned(20.0)] {
        let cut = Cut::around(volume.geometry().locate([1.0, 1.0, 1.0]), orientation, 0.25, (9, 9));
        for ((row, column), &value) in volume.cut(&cut, &SMOOTH).indexed_iter() {
            let at = volume.geometry().index(cut.locate(row as f64, column as f64));
            if volume.nearest(at) == Some([1, 1, 1]) {
                assert!(value.is_nan());
            } else {
                assert!(
                    (value - 100.0).abs() < 1e-3 || value.is_nan() && at.iter().any(|x| x.fract() == 0.5)
                );
            }
        }
    }
}

fn turned(degrees: f64) -> Orientation {
    let cut = Cut::around([0.0; 3], View::Coronal.orientation(), 1.0, (1, 1));
    cut.rotated([0.0; 3], [1.0, 2.0, 3.0], degrees).orientation
}

#[test]
fn a_slice_that_is_not_there_has_no_values_and_spoils_none() {
    let values = noise([3, 4, 4]);
    let frame = |slice: usize| frames::of(Stored::I16(values.index_axis(ndarray::Axis(0), slice).to_owned()));
    let mut volume = Volume::new(geometry([3, 4, 4], AXIAL, &even(3), 0.0), &frame(0), 1 << 20).unwrap();
    volume.set_slice(0, &frame(0)).unwrap();
    volume.set_slice(2, &frame(2)).unwrap();
    assert!(volume.has_slice(0) && !volume.has_slice(1));
    let at = |slice| volume.sample(volume.geometry().locate([slice, 1.0, 1.0]), true);
    assert_eq!((at(0.4).is_some(), at(1.0), at(1.6).is_some()), (true, None, true));
}

#[test]
fn the_histogram_of_a_volume_counts_every_voxel_that_has_a_value() {
    let volume = small(|slice, frame| {
        rescaled(slice, frame);
        frame.padding = Some((-20.0, 20.0));
    });
    let [slices, rows, columns] = volume.geometry().shape;
    let mut expected = vec![];
    for slice in 0..slices {
        for row in 0..rows {
            expected.extend((0..columns).filter_map(|column| volume.at(slice, row, column)));
        }
    }
    assert!(expected.len() < slices * rows * columns, "some are padding");
    assert_eq!(Histogram::of_volume(&volume, 16), Histogram::of_values(&expected, 16));
}

#[test]
fn a_slab_of_the_largest_is_at_least_every_slice_in_it() {
    let volume = small(rescaled);
    for orientation in [View::Axial.orientation(), View::Coronal.orientation(), View::Sagittal.orientation()]
    {
        let cut = through_the_middle(&volume, orientation);
        let slab = |projection| Sampling { slab: Some(Slab { projection, thickness: 6.0 }), ..SMOOTH };
        let [largest, smallest, mean] = [Projection::Largest, Projection::Smallest, Projection::Mean]
            .map(|projection| volume.cut(&cut, &slab(projection)));
        for depth in [-3.0, -1.7, 0.0, 0.4, 2.9, 3.0] {
            let moved = cut.through(super::cut::ahead(cut.position, cut.normal(), depth));
            let slice = volume.cut(&moved, &SMOOTH);
            for (at, &value) in slice.indexed_iter().filter(|(_, value)| !value.is_nan()) {
                assert!(largest[at] >= value - 0.01 && smallest[at] <= value + 0.01);
                assert!(largest[at] >= mean[at] && mean[at] >= smallest[at]);
            }
        }
    }
}

#[test]
fn a_falling_rescale_turns_largest_and_smallest_around() {
    let fall = |_: usize, frame: &mut Frame| {
        frame.modality_lut = ModalityLut::Rescale { slope: -1.0, intercept: 0.0 };
    };
    let (falling, rising) = (small(fall), small(|_, _| ()));
    let slab = |projection| Sampling { slab: Some(Slab { projection, thickness: 6.0 }), ..SMOOTH };
    for view in [View::Axial, View::Coronal, View::Sagittal] {
        let cut = through_the_middle(&falling, view.orientation());
        let largest = falling.cut(&cut, &slab(Projection::Largest));
        let smallest = rising.cut(&cut, &slab(Projection::Smallest));
        assert_planes(&largest, |row, column| {
            let value = smallest[(row, column)];
            (!value.is_nan()).then(|| -f64::from(value))
        });
    }
}

#[test]
fn a_mean_is_the_value_in_the_middle_where_values_rise_evenly() {
    let ramp =
        Array3::from_shape_fn([9, 9, 9], |(slice, row, column)| (100 * slice + 30 * row + 7 * column) as i16);
    let volume = volume(geometry([9, 9, 9], AXIAL, &even(9), 0.0), &ramp, |_, _| ());
    let mean = Sampling { slab: Some(Slab { projection: Projection::Mean, thickness: 4.3 }), ..SMOOTH };
    for orientation in
        [View::Axial, View::Coronal, View::Sagittal].map(View::orientation).into_iter().chain([turned(33.0)])
    {
        let cut = Cut::around(volume.geometry().center(), orientation, 0.5, (9, 9));
        let (slab, plane) = (volume.cut(&cut, &mean), volume.cut(&cut, &SMOOTH));
        assert_planes(&slab, |row, column| Some(f64::from(plane[(row, column)])));
    }
}

#[test]
fn a_covering_cut_holds_every_voxel_and_a_fitting_one_too() {
    let volume = volume(geometry([6, 7, 8], AXIAL, &even(6), 0.3), &noise([6, 7, 8]), |_, _| ());
    let geometry = volume.geometry();
    for orientation in [View::Coronal.orientation(), turned(50.0)] {
        let covering = Cut::covering(geometry, orientation, geometry.center());
        let fitting = Cut::fitting(geometry, orientation, geometry.center(), (20, 90));
        assert_eq!(covering.pixel, 1.5);
        assert_eq!((fitting.rows, fitting.columns), (20, 90));
        for cut in [covering, fitting] {
            for corner in geometry.corners() {
                let (row, column, _) = cut.find(corner);
                assert!(
                    row >= -1.0 && row <= cut.rows as f64 && column >= -1.0 && column <= cut.columns as f64
                );
            }
        }
    }
}

#[test]
fn views_along_a_turned_stack_are_its_own_planes() {
    let (sine, cosine) = 20_f64.to_radians().sin_cos();
    let turned = [cosine, sine, 0.0, -sine, cosine, 0.0];
    let volume = volume(geometry([6, 7, 8], turned, &even(6), 0.0), &noise([6, 7, 8]), |_, _| ());
    let coronal = View::Coronal.along(volume.geometry());
    assert_eq!((coronal.row, coronal.column), ([cosine, sine, 0.0], [-0.0, 0.0, -1.0]));
    let cut = through_the_middle(&volume, coronal);
    assert!(straight::Straight::of(&volume, &cut, &SMOOTH).is_some());
    for view in [View::Axial, View::Coronal, View::Sagittal] {
        let own = view.along(volume.geometry());
        assert!(
            crate::model::dot(own.normal(), view.orientation().normal()) > 0.9,
            "{view:?} keeps its side"
        );
    }
}

#[test]
fn the_frame_of_a_cut_is_probed_like_any_other() {
    let volume = small(rescaled);
    let cut = through_the_middle(&volume, View::Coronal.orientation());
    let frame = volume.frame(&cut, &SMOOTH);
    let reading = crate::imaging::read(&frame, 15, 20).unwrap();
    assert!(norm(minus(reading.position.unwrap(), cut.locate(15.0, 20.0))) < 1e-9);
    assert!((reading.value.unwrap() - volume.sample(cut.locate(15.0, 20.0), true).unwrap()).abs() < 0.01);
}

proptest! {
    #[test]
    fn any_plane_is_linear_between_voxels(
        x in -1.0..1.0f64, y in -1.0..1.0f64, z in 0.1..1.0f64, degrees in -180.0..180.0f64, uneven: bool,
    ) {
        let depths = if uneven { vec![0.0, 1.0, 5.0, 6.0, 9.0, 9.5] } else { even(6) };
        let volume = volume(geometry([6, 7, 8], AXIAL, &depths, 0.1), &noise([6, 7, 8]), rescaled);
        let start = through_the_middle(&volume, View::Axial.orientation());
        let cut = start.rotated(volume.geometry().center(), [x, y, z], degrees);
        let plane = volume.cut(&cut, &Sampling { threads: 2, ..SMOOTH });
        for ((row, column), &got) in plane.indexed_iter() {
            let index = volume.geometry().index(cut.locate(row as f64, column as f64));
            // At the very border rounding decides.
            let near = |axis: usize| {
                let edge = volume.geometry().shape[axis] as f64 - 0.5;
                (index[axis] + 0.5).abs() < 1e-3 || (index[axis] - edge).abs() < 1e-3
            };
            if (0..3).any(near) {
                continue;
            }
            match trilinear(&volume, index) {
                None => prop_assert!(got.is_nan()),
                Some(expected) => prop_assert!((f64::from(got) - expected).abs() < 0.02),
            }
        }
    }

    #[test]
    fn a_full_turn_is_none(
        x in -1.0..1.0f64, y in -1.0..1.0f64, z in 0.1..1.0f64, steps in 1..37u32,
    ) {
        let cut = Cut::around([3.0, 4.0, 5.0], View::Sagittal.orientation(), 0.7, (30, 40));
        let mut turned = cut;
        for _ in 0..steps {
            turned = turned.rotated([10.0, -7.0, 2.0], [x, y, z], 360.0 / f64::from(steps));
        }
        prop_assert!(norm(minus(turned.position, cut.position)) < 1e-9);
        prop_assert!(norm(minus(turned.orientation.row, cut.orientation.row)) < 1e-9);
        let Orientation { row, column } = turned.orientation;
        prop_assert!((norm(cross(row, column)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_point_of_a_cut_is_found_again(row in -5.0..50.0f64, column in -5.0..50.0f64, degrees in 0.0..360.0f64) {
        let cut = Cut { pixel: 0.7, rows: 30, columns: 40, position: [1.0, 2.0, 3.0], orientation: turned(degrees) };
        let (found_row, found_column, before) = cut.find(cut.locate(row, column));
        prop_assert!((found_row - row).abs() < 1e-9 && (found_column - column).abs() < 1e-9 && before.abs() < 1e-9);
    }

    /// A plane of a volume that is made of parallel planes of another one is that other one's plane.
    #[test]
    fn a_plane_of_planes_is_a_plane(degrees in 0.0..360.0f64) {
        let ramp = Array3::from_shape_fn([9, 9, 9], |(slice, row, column)| {
            (100 * slice + 30 * row + 70 * column) as i16
        });
        let first = volume(geometry([9, 9, 9], AXIAL, &even(9), 0.0), &ramp, |_, _| ());
        let orientation = turned(degrees);
        let layers: Vec<Cut> = (0..5)
            .map(|layer| {
                let center = super::cut::ahead(first.geometry().center(), orientation.normal(), f64::from(layer) - 2.0);
                Cut::around(center, orientation, 1.0, (5, 5))
            })
            .collect();
        let spacing = Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient };
        let positions = layers.iter().map(|cut| cut.position).collect();
        let made = Geometry::new([5, 5, 5], orientation, spacing, positions, 1.0);
        let frame = |cut: &Cut| first.frame(cut, &SMOOTH);
        let mut second = Volume::new(made, &frame(&layers[0]), 1 << 20).unwrap();
        for (slice, cut) in layers.iter().enumerate() {
            second.set_slice(slice, &frame(cut)).unwrap();
        }
        for at in [[1.3, 2.2, 0.6], [2.0, 2.0, 2.0], [3.9, 0.1, 1.5]] {
            let point = second.geometry().locate(at);
            let (one, other) = (first.sample(point, true).unwrap(), second.sample(point, true).unwrap());
            prop_assert!((one - other).abs() < 0.02, "{} and {}", one, other);
        }
    }
}
