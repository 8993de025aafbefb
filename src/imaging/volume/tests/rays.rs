//! Rays through volumes whose inside is known.

use super::*;

/// Empty space around a ball of 500 with a hard edge; voxels of 1 mm but for the slices.
fn ball(depths: &[f64], lean: f64, radius: f64) -> Volume {
    let orientation = Orientation::from_values(&AXIAL).unwrap();
    let spacing = Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient };
    let positions = depths.iter().map(|&depth| [0.0, depth * lean, depth]).collect();
    let geometry = Geometry::new([depths.len(), 60, 60], orientation, spacing, positions, 1.0);
    let center = [30.0, 30.0 + lean * 30.0, 30.0];
    let values = Array3::from_shape_fn(geometry.shape, |(slice, row, column)| {
        let at = geometry.locate([slice as f64, row as f64, column as f64]);
        // Soft over two voxels, so that the surface lies between them.
        (250.0 + 250.0 * (radius - norm(minus(at, center)))).clamp(0.0, 500.0) as i16
    });
    volume(geometry, &values, |_, _| ())
}

#[test]
fn the_surface_of_a_ball_is_round_from_every_side() {
    let even: Vec<f64> = (0..60).map(f64::from).collect();
    let uneven: Vec<f64> = (0..50).map(|k| f64::from(k) + f64::from((k - 20).clamp(0, 10))).collect();
    for (depths, lean) in [(even.clone(), 0.0), (uneven, 0.0), (even, 0.3)] {
        let ball = ball(&depths, lean, 20.0);
        let center = [30.0, 30.0 + lean * 30.0, 30.0];
        for degrees in [0.0, 40.0, 90.0, 200.0] {
            let cut = Cut::around(center, View::Coronal.orientation(), 1.0, (61, 61));
            let cut = cut.rotated(center, [0.3, 0.0, 1.0], degrees);
            let surface = ball.surface(&cut, 250.0, Detail::Fine, 2);
            for ((row, column), &depth) in surface.depth.indexed_iter() {
                let off = (row as f64 - 30.0).hypot(column as f64 - 30.0);
                if off < 17.0 {
                    let expected = -(20.0_f64 * 20.0 - off * off).sqrt();
                    assert!(
                        (f64::from(depth) - expected).abs() < 1.0,
                        "{depth}, not {expected}, at {degrees}"
                    );
                    assert!(surface.picture.get_pixel(column as u32, row as u32).0[0] > 0);
                } else if off > 21.5 {
                    assert!(depth.is_nan() && surface.picture.get_pixel(column as u32, row as u32).0[0] == 0);
                }
            }
            let light = |row: u32| surface.picture.get_pixel(30, row).0[0];
            assert!(light(30) > light(15) && light(15) > 30, "what faces the reader is brightest");
        }
    }
}

#[test]
fn rays_find_the_largest_value_and_skip_nothing_that_matters() {
    let mut values = Array3::from_elem([40, 40, 40], 10_i16);
    values[(25, 13, 31)] = 900;
    let volume = volume(geometry([40, 40, 40], AXIAL, &even(40), 0.0), &values, |_, _| ());
    let spark = volume.geometry().locate([25.0, 13.0, 31.0]);
    for degrees in [0.0, 17.0, 90.0, 133.0] {
        let cut = Cut::around(spark, View::Coronal.orientation(), 1.0, (9, 9));
        let cut = cut.rotated(spark, [0.0, 0.0, 1.0], degrees);
        let seen = volume.project(&cut, Detail::Fine, 1);
        assert!(seen[(4, 4)] > 300.0, "{} at {degrees}", seen[(4, 4)]);
        assert!(seen.iter().all(|value| (9.99..=900.01).contains(value)));
    }
    let beside = Cut::around([1e4, 0.0, 0.0], View::Coronal.orientation(), 1.0, (2, 2));
    assert!(volume.project(&beside, Detail::Fine, 1).iter().all(|value| value.is_nan()));
}

#[test]
fn a_new_slice_is_seen_by_rays_too() {
    let mut volume = small(|_, _| ());
    let cut = through_the_middle(&volume, View::Coronal.orientation());
    let before = volume.project(&cut, Detail::Fine, 1);
    let bright = frames::of(Stored::I16(Array2::from_elem((7, 8), 32_000)));
    for slice in 0..6 {
        volume.set_slice(slice, &bright).unwrap();
    }
    let after = volume.project(&cut, Detail::Fine, 1);
    assert!(before[(15, 20)] < 4000.0 && after[(15, 20)] == 32_000.0);
}
