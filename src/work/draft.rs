//! Coarse likenesses of pictures, for slices that fly past on a slow link: fewer pixels, fewer levels.

use super::{Canvas, Load, Picture};
use crate::{
    graphics::{CellBox, Colors, Protocol, blocks, iterm2, kitty, sixel},
    imaging,
};
use image::DynamicImage;

/// Sides of a draft, in pixels: the first one tried, and the limits.
const FIRST: u32 = 256;
const LEAST: u32 = 48;
const MOST: u32 = 640;
/// Encodings of one draft: the first tells how compressible the slice is, the others correct the size.
const TRIES: usize = 4;
/// Quality of a JPEG that is seen for a tenth of a second.
const QUALITY: u8 = 60;

/// Draws a picture so coarsely that it takes about `budget` bytes.
///
/// `placed` is where it goes and what would fill the place; it is `None` where the terminal scales by itself.
pub(super) fn encode(
    canvas: Canvas,
    id: u32,
    picture: &DynamicImage,
    placed: Option<(CellBox, &DynamicImage)>,
    budget: u32,
) -> Picture {
    let Some((area, scaled)) = placed else {
        let (bytes, size) =
            sized(picture, budget, |small| kitty::transmit(id, &few_levels(small), canvas.wrap()));
        return Picture::Kitty { id, load: Load::Command(bytes), size, native: true };
    };
    match canvas.protocol {
        // Cells that stay the same are not sent; palette colours are short, and neighbours share them.
        Protocol::Blocks(shape) => {
            Picture::Cells { area, grid: blocks::grid(scaled, shape, shorter(canvas.colors)) }
        }
        Protocol::Sixel => Picture::Bytes { area, bytes: mosaic(scaled, area, budget) },
        Protocol::Iterm2 => {
            let draw = |small: DynamicImage| iterm2::draw(&small, area, iterm2::Coding::Jpeg(QUALITY));
            Picture::Bytes { area, bytes: sized(scaled, budget, draw).0 }
        }
        Protocol::Kitty => {
            let cells = (area.columns, area.rows);
            let (bytes, size) = sized(scaled, budget, |small| {
                let small = few_levels(small);
                if canvas.wrapped {
                    kitty::transmit_virtual(id, &small, cells, canvas.wrap())
                } else {
                    kitty::transmit(id, &small, canvas.wrap())
                }
            });
            Picture::Kitty { id, load: Load::Command(bytes), size, native: false }
        }
    }
}

/// Reduces a picture until `draw` makes at most `budget` bytes of it; also its size then.
fn sized(
    picture: &DynamicImage,
    budget: u32,
    draw: impl Fn(DynamicImage) -> Vec<u8>,
) -> (Vec<u8>, (u32, u32)) {
    let (width, height) = (picture.width(), picture.height());
    let longest = f64::from(width.max(height).max(1));
    let mut side = f64::from(FIRST).min(longest);
    let mut fits: Option<(Vec<u8>, (u32, u32))> = None;
    for attempt in 1..=TRIES {
        let part = |length: u32| ((f64::from(length) * side / longest).round() as u32).max(1);
        let size = (part(width), part(height));
        let bytes = draw(imaging::view(picture, imaging::Source::whole(picture), size.0, size.1, true));
        let use_of_budget = bytes.len() as f64 / f64::from(budget);
        let next = (side * (0.95 / use_of_budget.max(1e-3)).sqrt())
            .clamp(f64::from(LEAST), f64::from(MOST))
            .min(longest);
        let better = fits.as_ref().is_none_or(|(_, old)| size.0 > old.0);
        if use_of_budget <= 1.0 && better || attempt == TRIES && fits.is_none() {
            fits = Some((bytes, size));
        }
        // Good enough, or as small or as large as it gets.
        if (0.6..=1.0).contains(&use_of_budget) || (next - side).abs() < 1.0 {
            return fits.unwrap_or_else(|| (draw(picture.clone()), (width, height)));
        }
        side = next;
    }
    fits.unwrap_or_else(|| (draw(picture.clone()), (width, height)))
}

/// Rounds to 32 levels; black stays black and white stays white.
fn few_levels(mut picture: DynamicImage) -> DynamicImage {
    let round =
        |values: &mut [u8]| values.iter_mut().for_each(|value| *value = (*value & 0xF8) | (*value >> 5));
    match &mut picture {
        DynamicImage::ImageLuma8(gray) => round(gray),
        DynamicImage::ImageRgb8(rgb) => round(rgb),
        _ => {}
    }
    picture
}

/// Squares of one colour: a sixel has no fewer pixels, but equal ones are counted.
fn mosaic(scaled: &DynamicImage, area: CellBox, budget: u32) -> Vec<u8> {
    let (width, height) = (scaled.width(), scaled.height());
    let mut side = 4;
    loop {
        let small = imaging::view(
            scaled,
            imaging::Source::whole(scaled),
            width.div_ceil(side),
            height.div_ceil(side),
            true,
        );
        let large = imaging::view(&small, imaging::Source::whole(&small), width, height, false);
        let bytes = sixel::draw(&large, area, sixel::Detail::Moving);
        let over = bytes.len() as f64 / f64::from(budget);
        if over <= 1.0 || side >= 24 {
            return bytes;
        }
        side = (f64::from(side) * over.sqrt()).ceil() as u32;
        side = side.min(24);
    }
}

/// Colours that take fewer bytes to say.
fn shorter(colors: Colors) -> Colors {
    if colors == Colors::True { Colors::Palette } else { colors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    /// A picture as incompressible as they come.
    fn noise(side: u32) -> DynamicImage {
        let mut state = 1u32;
        GrayImage::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Luma([(state >> 24) as u8])
        })
        .into()
    }

    fn png(small: DynamicImage) -> Vec<u8> {
        kitty::transmit(1, &few_levels(small), kitty::Wrap::Direct)
    }

    #[test]
    fn a_draft_of_noise_keeps_to_its_budget() {
        for budget in [3000, 9000, 15_000] {
            let (bytes, (width, height)) = sized(&noise(512), budget, png);
            assert!(bytes.len() <= budget as usize, "{} bytes for {budget}", bytes.len());
            assert!(bytes.len() * 2 > budget as usize, "{} bytes for {budget}", bytes.len());
            assert_eq!(width, height);
        }
    }

    #[test]
    fn a_smooth_picture_loses_nothing_it_could_keep() {
        let plain: DynamicImage = GrayImage::from_fn(300, 200, |x, _| image::Luma([(x / 2) as u8])).into();
        assert_eq!(sized(&plain, 15_000, png).1, (300, 200));
    }

    #[test]
    fn black_and_white_survive_the_rounding() {
        let few = few_levels(GrayImage::from_raw(4, 1, vec![0, 7, 130, 255]).unwrap().into());
        assert_eq!(few.into_luma8().into_raw(), [0, 0, 132, 255]);
    }

    #[test]
    fn a_mosaic_fills_its_place_with_few_bytes() {
        let area = CellBox { x: 0, y: 0, columns: 40, rows: 20 };
        let bytes = mosaic(&noise(400), area, 15_000);
        assert!(bytes.len() <= 15_000, "{}", bytes.len());
        assert!(String::from_utf8(bytes).unwrap().contains("\"1;1;400;400"));
    }
}
