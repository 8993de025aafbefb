//! The planes of a volume beside one another, as one picture.

use super::{
    Loader, Pane, Scene, Show,
    picture::{Drawn, Facts},
    render::{colored, contrast, put},
};
use crate::{
    imaging::{self, Cut, Sampling},
    model::{Frame, Pixels, Stored, VoiLut},
};
use image::{DynamicImage, GrayImage, imageops};
use std::sync::Weak;

/// How much is seen of a picture that lies over another one.
const OPACITY: f32 = 0.5;

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
fn lay(whole: DynamicImage, part: DynamicImage, (left, top): (u32, u32)) -> DynamicImage {
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

/// One plane, as large as its pane.
fn expose(pane: &Pane) -> (Facts, VoiLut, DynamicImage) {
    let threads = Loader::threads();
    let volume = &pane.body.assembled.volume;
    let closely = if pane.fine { imaging::Detail::Fine } else { imaging::Detail::Draft };
    let sampled = |cut: &Cut, slab| volume.frame(cut, &Sampling { smooth: pane.smooth, slab, threads });
    let frame = match pane.show {
        Show::Plane(slab) => sampled(&pane.cut, slab),
        Show::Largest => {
            let values = volume.project(&pane.cut, closely, threads);
            Frame {
                pixels: Pixels::Gray(Stored::F32(values)),
                ..sampled(&Cut { rows: 1, columns: 1, ..pane.cut }, None)
            }
        }
        // A surface is lit, and needs no more of a frame than what the frames have in common.
        Show::Surface(_) => sampled(&Cut { rows: 1, columns: 1, ..pane.cut }, None),
    };
    let voi = contrast(&frame, &pane.voi);
    let picture = match pane.show {
        Show::Surface(threshold) => volume.surface(&pane.cut, threshold, closely, threads).picture.into(),
        _ => colored(imaging::render(&frame, &voi, pane.invert), pane.palette),
    };
    let (width, height) = pane.size;
    let mut picture = imaging::view(&picture, imaging::Source::whole(&picture), width, height, pane.smooth);
    if let Some(over) = &pane.over {
        let (.., over) = expose(over);
        picture = imaging::fuse(&picture.into_rgb8(), &over.into_rgb8(), OPACITY).into();
    }
    imaging::paint(&mut picture, &pane.marks);
    (Facts::of(&frame), voi, picture)
}
