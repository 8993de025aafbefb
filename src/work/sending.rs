//! A finished picture becomes what its terminal takes: cells, bytes, or pixels that it stores.

use super::{
    Canvas, draft,
    job::{Detail, Shot},
    picture::{Load, Picture},
};
use crate::{
    graphics::{CellBox, Protocol, blocks, iterm2, kitty, sixel},
    imaging,
};
use image::DynamicImage;

fn enlarged(picture: DynamicImage, times: u32) -> DynamicImage {
    if times <= 1 {
        return picture;
    }
    imaging::view(
        &picture,
        imaging::Source::whole(&picture),
        picture.width() * times,
        picture.height() * times,
        true,
    )
}

/// The size of `source` in its own pixels, if these are fewer than those of its place and whole ones.
///
/// A source that begins within a pixel would have to be interpolated twice, here and by the terminal.
fn native(source: imaging::Source, place: (u32, u32)) -> Option<(u32, u32)> {
    let whole = |length: f64| (length.round() - length).abs() < 1e-3;
    let imaging::Source { x, y, width, height } = source;
    let (own, fits) =
        ((width.round() as u32, height.round() as u32), [x, y, width, height].into_iter().all(whole));
    (fits && own.0 > 0 && own.1 > 0 && own.0 <= place.0 && own.1 <= place.1 && own != place).then_some(own)
}

/// A picture of one frame, for its place, or whole for a terminal that stores it and cuts it out by itself.
pub(super) fn encode(shot: &Shot, picture: DynamicImage) -> Picture {
    let scaled = shot.place.map(|(_, source, place)| {
        let enlarges = shot.canvas.enlarges && shot.look.smooth && shot.marks.is_empty();
        let (width, height) = native(source, place).filter(|_| enlarges).unwrap_or(place);
        let mut scaled = imaging::view(&picture, source, width, height, shot.look.smooth);
        imaging::paint(&mut scaled, &shot.marks);
        scaled
    });
    let id = shot.id();
    let placed = shot.place.map(|(area, ..)| area).zip(scaled);
    match (placed, shot.detail) {
        (Some((area, scaled)), detail) => put(shot.canvas, id, area, &scaled, detail),
        (None, Detail::Draft(budget)) => draft::encode(shot.canvas, id, &picture, None, budget),
        (None, Detail::Whole) => {
            let picture = enlarged(picture, shot.enlarge);
            let size = (picture.width(), picture.height());
            Picture::Kitty { id, load: load(shot.canvas, id, picture), size, native: true }
        }
    }
}

/// A picture that fills its place.
pub(super) fn put(canvas: Canvas, id: u32, area: CellBox, scaled: &DynamicImage, detail: Detail) -> Picture {
    if let Detail::Draft(budget) = detail {
        return draft::encode(canvas, id, scaled, Some((area, scaled)), budget);
    }
    match canvas.protocol {
        Protocol::Blocks(shape) => Picture::Cells { area, grid: blocks::grid(scaled, shape, canvas.colors) },
        Protocol::Sixel => Picture::Bytes { area, bytes: sixel::draw(scaled, area, sixel::Detail::Still) },
        Protocol::Iterm2 => Picture::Bytes { area, bytes: iterm2::draw(scaled, area, iterm2::Coding::Png) },
        Protocol::Kitty => {
            let size = (scaled.width(), scaled.height());
            let load = if canvas.wrapped {
                let cells = (area.columns, area.rows);
                Load::Command(kitty::transmit_virtual(id, scaled, cells, canvas.wrap()))
            } else {
                load(canvas, id, scaled.clone())
            };
            Picture::Kitty { id, load, size, native: false }
        }
    }
}

/// A picture as the terminal will store it.
fn load(canvas: Canvas, id: u32, picture: DynamicImage) -> Load {
    if canvas.shares {
        Load::Pixels(picture)
    } else {
        Load::Command(kitty::transmit(id, &picture, canvas.wrap()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        imaging::{Colors, Palette, Source, Turn},
        model::{FrameKey, InstanceId, VoiFunction, Window},
        work::{Look, Voi},
    };
    use base64::{Engine, engine::general_purpose::STANDARD};
    use image::GrayImage;
    use std::{path::Path, sync::Arc};

    fn noise(side: u32) -> DynamicImage {
        GrayImage::from_fn(side, side, |x, y| image::Luma([(x * 31 + y * 17 + x * y) as u8])).into()
    }

    /// The picture that an iTerm2 of the place `size` gets of `source`.
    fn sent(source: Source, size: (u32, u32), smooth: bool, enlarges: bool) -> DynamicImage {
        let window = Window { center: 0.0, width: 1.0, function: VoiFunction::Linear };
        let look = Look {
            voi: Voi::Fixed(window),
            invert: false,
            colors: Colors::True,
            turn: Turn::default(),
            smooth,
            palette: Palette::Gray,
        };
        let area = CellBox { x: 0, y: 0, columns: 10, rows: 5 };
        let shot = Shot {
            key: FrameKey { instance: InstanceId(0), frame: 0 },
            path: Arc::from(Path::new("nowhere")),
            look,
            canvas: Canvas { protocol: Protocol::Iterm2, enlarges, ..Canvas::UNKNOWN },
            place: Some((area, source, size)),
            enlarge: 1,
            detail: Detail::Whole,
            marks: vec![],
            through: None,
        };
        let Picture::Bytes { bytes, .. } = encode(&shot, noise(40)) else { panic!("bytes for a place") };
        let text = String::from_utf8(bytes).unwrap();
        let file = text.split_once(':').unwrap().1.split_once('\x07').unwrap().0;
        image::load_from_memory(&STANDARD.decode(file).unwrap()).unwrap()
    }

    #[test]
    fn an_enlarged_picture_travels_in_its_own_pixels_and_unchanged() {
        let all = Source { x: 0.0, y: 0.0, width: 40.0, height: 40.0 };
        let part = Source { x: 8.0, y: 4.0, width: 20.0, height: 10.0 };

        assert_eq!(sent(all, (100, 90), true, true), noise(40));
        assert_eq!(sent(part, (100, 50), true, true), noise(40).crop_imm(8, 4, 20, 10));
    }

    #[test]
    fn the_terminal_enlarges_nothing_that_would_not_look_the_same() {
        let all = Source { x: 0.0, y: 0.0, width: 40.0, height: 40.0 };
        let between = Source { x: 8.5, y: 4.0, width: 20.0, height: 10.0 };
        let size = |picture: DynamicImage| (picture.width(), picture.height());

        assert_eq!(size(sent(between, (100, 50), true, true)), (100, 50), "half a pixel off");
        assert_eq!(size(sent(all, (30, 30), true, true)), (30, 30), "smaller than it is");
        assert_eq!(size(sent(all, (100, 100), false, true)), (100, 100), "pixels with edges");
        assert_eq!(
            size(sent(all, (100, 100), true, false)),
            (100, 100),
            "a terminal that does not interpolate"
        );
    }
}
