//! The planes of a volume beside one another, as one picture.

use super::{
    How, Loader, Over, Pane, Scene, Show,
    picture::{Drawn, Facts},
    render::{colored, contrast},
    sending::put,
};
use crate::{
    imaging::{self, Cut, Sampling},
    model::{Frame, Pixels, Stored, VoiLut},
};
use image::{DynamicImage, GrayImage, imageops};
use std::sync::Weak;

/// Draws the planes of a scene beside one another.
pub(super) fn compose(scene: &Scene) -> Result<Drawn, String> {
    let (width, height) = scene.canvas.pixels(scene.place.columns, scene.place.rows);
    let mut whole: DynamicImage = GrayImage::new(width, height).into();
    let mut first = None;
    for pane in &scene.panes {
        let (facts, voi, picture) = expose(pane);
        whole = lay(whole, picture, pane.at);
        first.get_or_insert((facts, voi));
    }
    imaging::paint(&mut whole, &scene.marks);
    let (facts, voi) = first.ok_or("there is nothing to draw")?;
    let name = scene.name();
    let mut picture = put(scene.canvas, scene.id(), scene.place, &whole, scene.detail);
    picture.shrink();
    Ok(Drawn { name, key: scene.key, facts, frame: Weak::new(), voi, detail: scene.detail, picture })
}

/// Lays a part over the whole; both are in colour if one of them is.
pub(super) fn lay(whole: DynamicImage, part: DynamicImage, (left, top): (u32, u32)) -> DynamicImage {
    match (whole, part) {
        (DynamicImage::ImageLuma8(mut whole), DynamicImage::ImageLuma8(part)) => {
            imageops::replace(&mut whole, &part, left.into(), top.into());
            whole.into()
        }
        (whole, part) => {
            let mut whole = whole.into_rgb8();
            imageops::replace(&mut whole, &part.into_rgb8(), left.into(), top.into());
            whole.into()
        }
    }
}

/// How closely what is seen from outside is looked at.
fn closely(pane: &Pane) -> imaging::Detail {
    if pane.fine { imaging::Detail::Fine } else { imaging::Detail::Draft }
}

/// The values of a plane; of a surface, which is lit, no more than what frames have in common.
fn sample(pane: &Pane) -> Frame {
    let threads = Loader::threads();
    let volume = &pane.body.assembled.volume;
    let sampled = |cut: &Cut, slab| volume.frame(cut, &Sampling { smooth: pane.smooth, slab, threads });
    match pane.show {
        Show::Plane(slab) => sampled(&pane.cut, slab),
        Show::Largest => {
            let values = volume.project(&pane.cut, closely(pane), threads);
            Frame {
                pixels: Pixels::Gray(Stored::F32(values)),
                ..sampled(&Cut { rows: 1, columns: 1, ..pane.cut }, None)
            }
        }
        Show::Surface(_) => sampled(&Cut { rows: 1, columns: 1, ..pane.cut }, None),
    }
}

/// What is left of the values of a frame without those of another one; nothing where either has none.
fn difference(frame: Frame, other: &Frame, [own_times, other_times]: [f32; 2]) -> Frame {
    let (Pixels::Gray(Stored::F32(own)), Pixels::Gray(Stored::F32(other))) = (&frame.pixels, &other.pixels)
    else {
        return frame;
    };
    if own.dim() != other.dim() {
        return frame;
    }
    // Brighter is more, whatever black means in the files.
    let left = own * own_times - other * other_times;
    Frame { pixels: Pixels::Gray(Stored::F32(left)), inverse: false, ..frame }
}

/// One plane, as large as its pane.
fn expose(pane: &Pane) -> (Facts, VoiLut, DynamicImage) {
    let frame = match &pane.over {
        Some(Over { pane: other, how: How::Difference(times) }) => {
            difference(sample(pane), &sample(other), times.map(|times| times as f32))
        }
        _ => sample(pane),
    };
    let voi = contrast(&frame, &pane.voi);
    let picture = match pane.show {
        Show::Surface(threshold) => {
            let volume = &pane.body.assembled.volume;
            volume.surface(&pane.cut, threshold, closely(pane), Loader::threads()).picture.into()
        }
        _ => colored(imaging::render(&frame, &voi, pane.invert), pane.palette),
    };
    let (width, height) = pane.size;
    let mut picture = imaging::view(&picture, imaging::Source::whole(&picture), width, height, pane.smooth);
    if let Some(Over { pane: over, how: How::Blend(percent) }) = &pane.over {
        let (.., over) = expose(over);
        let opacity = f32::from(*percent) / 100.0;
        picture = imaging::fuse(&picture.into_rgb8(), &over.into_rgb8(), opacity).into();
    }
    imaging::paint(&mut picture, &pane.marks);
    (Facts::of(&frame), voi, picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imaging::{Palette, Volume},
        model::{
            Calibration, FrameKey, Geometry, InstanceId, ModalityLut, Orientation, Spacing, SpacingSource,
            Text, VoiFunction, Window,
        },
        work::{Assembled, Body, Voi},
    };
    use ndarray::Array2;
    use std::sync::Arc;

    /// Three slices of 4 x 4 voxels, `step` mm from the first at z = 0 to the next; a slice has the value of its z
    /// times `slope`, as it is stored in twos.
    fn body(step: f64, slope: f64, inverse: bool) -> Body {
        let orientation = Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).unwrap();
        let spacing = Spacing { row: 1.0, column: 1.0, source: SpacingSource::Patient };
        let positions = (0..3).map(|slice| [0.0, 0.0, step * f64::from(slice)]).collect();
        let geometry = Geometry::new([3, 4, 4], orientation, spacing, positions, 1.0);
        let frame = |slice: i32| Frame {
            pixels: Pixels::Gray(Stored::I16(Array2::from_elem((4, 4), (step * f64::from(slice)) as i16))),
            modality_lut: ModalityLut::Rescale { slope, intercept: 0.0 },
            unit: "HU".into(),
            voi: vec![],
            padding: None,
            inverse,
            modality: Text::default(),
            plane: None,
            spacing: None,
            calibration: Calibration::default(),
            patient_orientation: None,
            notes: vec![],
        };
        let mut volume = Volume::new(geometry, &frame(0), 1 << 20).unwrap();
        (0..3).for_each(|slice| volume.set_slice(slice as usize, &frame(slice)).unwrap());
        let key = FrameKey { instance: InstanceId(0), frame: 0 };
        Body { key, assembled: Arc::new(Assembled { volume, missing: vec![], tracer: None }) }
    }

    /// The axial plane at z mm in a window from -51 to 51: black is -51, white 51.
    fn pane(body: Body, z: f64, over: Option<(Body, How)>) -> Pane {
        let orientation = Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).unwrap();
        let window = Window { center: 0.0, width: 102.0, function: VoiFunction::LinearExact };
        let over = over.map(|(body, how)| Over { pane: Box::new(pane(body, z, None)), how });
        Pane {
            body,
            cut: Cut { position: [0.0, 0.0, z], orientation, pixel: 1.0, rows: 4, columns: 4 },
            show: Show::Plane(None),
            fine: true,
            smooth: true,
            voi: Voi::Fixed(window),
            invert: false,
            palette: Palette::Gray,
            over,
            at: (0, 0),
            size: (4, 4),
            marks: vec![],
        }
    }

    /// The level of its pixels, which are alike.
    fn level(pane: &Pane) -> u8 {
        let levels = expose(pane).2.into_luma8().into_raw();
        assert!(levels.iter().all(|level| *level == levels[0]), "{levels:?}");
        levels[0]
    }

    #[test]
    fn a_difference_is_of_values_at_one_place_and_grey_where_there_is_none() {
        // At z = 6 both have values between slices: 6 and 12 of slices 4 mm and 10 mm apart.
        let own = || body(4.0, 1.0, false);
        let minus = |other| level(&pane(own(), 6.0, Some((other, How::Difference([1.0; 2])))));
        assert_eq!(minus(body(4.0, 1.0, false)), 128, "0 is the middle");
        assert_eq!(minus(body(10.0, 2.0, false)), 128 - 15, "6 - 12 of 102 in 255");
        assert_eq!(minus(body(10.0, 0.0, false)), 128 + 15, "6 - 0");
        let inverse =
            pane(body(4.0, 1.0, true), 6.0, Some((body(10.0, 0.0, true), How::Difference([1.0; 2]))));
        assert_eq!(level(&inverse), 128 + 15, "more is brighter in pictures that are inverse, too");
        assert_eq!(minus(body(1.0, 1.0, false)), 0, "nothing where the other one ends");
    }

    #[test]
    fn what_lies_over_is_as_opaque_as_asked_and_its_name_says_so() {
        let blend =
            |percent| pane(body(4.0, 0.0, false), 6.0, Some((body(4.0, 8.5, false), How::Blend(percent))));
        // 0 is the middle of the window, and 6 times 8.5 its white end.
        for (percent, expected) in [(0, 128), (30, 166), (100, 255)] {
            assert!(level(&blend(percent)).abs_diff(expected) <= 1, "{percent} %");
        }
        let (own, other) = (body(4.0, 0.0, false), body(4.0, 8.5, false));
        let name = |how| {
            let scene = Scene {
                key: own.key,
                canvas: crate::work::Canvas::UNKNOWN,
                place: crate::graphics::CellBox { x: 0, y: 0, columns: 4, rows: 2 },
                panes: vec![pane(own.clone(), 6.0, Some((other.clone(), how)))],
                marks: vec![],
                detail: super::super::Detail::Whole,
            };
            scene.name()
        };
        assert_eq!(name(How::Blend(30)), name(How::Blend(30)));
        assert_ne!(name(How::Blend(30)), name(How::Blend(31)));
        assert_ne!(name(How::Blend(30)), name(How::Difference([1.0; 2])));
    }
}
