//! Lines drawn into a picture: crosshairs, rulers, outlines of what was measured and the numbers beside them.

use image::{DynamicImage, GenericImage as _, GenericImageView as _, Rgba};

/// Pixels of one dash.
const DASH: u32 = 3;

/// Something drawn over a picture, in its pixels; the centre of the first one is at (0, 0), x before y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// White and black in turn, so that it is seen over any ground.
    Dashed((f64, f64), (f64, f64)),
    /// Every third pixel white: for pictures of few pixels.
    Dotted((f64, f64), (f64, f64)),
    /// White.
    Solid((f64, f64), (f64, f64)),
    /// White between black, so that it is seen over bones too.
    Edged((f64, f64), (f64, f64)),
    /// White digits on black, from this left upper corner; each of their pixels is as many of the picture.
    Number((f64, f64), usize, u32),
}

/// Digits of three by five pixels, row by row from the top, the left pixel in the highest of three bits.
const DIGITS: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];

/// Width and height of a number with the black around it, before it is enlarged.
pub fn number_size(number: usize) -> (u32, u32) {
    let digits = number.checked_ilog10().unwrap_or(0) + 1;
    (4 * digits + 1, 7)
}

/// Draws marks over a picture; what lies outside of it is cut off.
pub fn paint(picture: &mut DynamicImage, marks: &[Mark]) {
    for mark in marks {
        // All that is black first: it would cut the lines that it crosses.
        let Mark::Edged(from, to) = *mark else { continue };
        for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            line(picture, (from.0 + x, from.1 + y), (to.0 + x, to.1 + y), |_| Some(0));
        }
    }
    for mark in marks {
        match *mark {
            Mark::Dashed(from, to) => {
                line(picture, from, to, |at| Some(if (at / DASH).is_multiple_of(2) { 255 } else { 0 }));
            }
            Mark::Dotted(from, to) => line(picture, from, to, |at| at.is_multiple_of(3).then_some(255)),
            Mark::Solid(from, to) | Mark::Edged(from, to) => line(picture, from, to, |_| Some(255)),
            Mark::Number(corner, number, times) => digits(picture, corner, number, times.max(1)),
        }
    }
}

/// A number, every pixel of its digits enlarged; what is outside is cut off.
fn digits(picture: &mut DynamicImage, (left, top): (f64, f64), number: usize, times: u32) {
    let (width, height) = picture.dimensions();
    let (wide, high) = number_size(number);
    let text = number.to_string().into_bytes();
    let is_white = |x: u32, y: u32| {
        let (digit, column) = ((x.wrapping_sub(1) / 4) as usize, x.wrapping_sub(1) % 4);
        let rows = text.get(digit).and_then(|byte| DIGITS.get(usize::from(byte.wrapping_sub(b'0'))));
        let row = rows.and_then(|rows| rows.get(y.wrapping_sub(1) as usize));
        column < 3 && row.is_some_and(|row| row >> (2 - column) & 1 == 1)
    };
    for y in 0..high * times {
        for x in 0..wide * times {
            let (at_x, at_y) = (left.round() + f64::from(x), top.round() + f64::from(y));
            if (0.0..f64::from(width)).contains(&at_x) && (0.0..f64::from(height)).contains(&at_y) {
                let level = if is_white(x / times, y / times) { 255 } else { 0 };
                picture.put_pixel(at_x as u32, at_y as u32, Rgba([level, level, level, 255]));
            }
        }
    }
}

/// One pixel for each step along the longer direction; `shade` is asked with the number of the step.
fn line(picture: &mut DynamicImage, from: (f64, f64), to: (f64, f64), shade: impl Fn(u32) -> Option<u8>) {
    let (width, height) = picture.dimensions();
    let Some((from, to)) = clipped(from, to, (f64::from(width), f64::from(height))) else { return };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    // Not fewer than the pixels on the way, or one would be left out.
    let steps = dx.abs().max(dy.abs()).ceil().max(1.0) as u32;
    for step in 0..=steps {
        let part = f64::from(step) / f64::from(steps);
        let (x, y) = ((from.0 + dx * part).round(), (from.1 + dy * part).round());
        let inside = x >= 0.0 && y >= 0.0 && x < f64::from(width) && y < f64::from(height);
        if let Some(level) = shade(step).filter(|_| inside) {
            picture.put_pixel(x as u32, y as u32, Rgba([level, level, level, 255]));
        }
    }
}

/// The part of a line inside a picture with a pixel around it: a line of a million pixels costs as many as are
/// seen (Liang and Barsky).
fn clipped(
    from: (f64, f64),
    to: (f64, f64),
    (width, height): (f64, f64),
) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if ![from.0, from.1, dx, dy].into_iter().all(f64::is_finite) {
        return None;
    }
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for (step, room) in
        [(-dx, from.0 + 1.0), (dx, width - from.0), (-dy, from.1 + 1.0), (dy, height - from.1)]
    {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            enters = enters.max(room / step);
        } else {
            leaves = leaves.min(room / step);
        }
    }
    let at = |part: f64| (from.0 + dx * part, from.1 + dy * part);
    (enters <= leaves).then(|| (at(enters), at(leaves)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    fn painted(width: u32, height: u32, mark: Mark) -> Vec<u8> {
        let mut picture: DynamicImage = GrayImage::from_pixel(width, height, image::Luma([7])).into();
        paint(&mut picture, &[mark]);
        picture.into_bytes()
    }

    #[test]
    fn a_line_has_one_pixel_for_each_step_and_both_its_ends() {
        assert_eq!(painted(4, 2, Mark::Solid((0.0, 0.0), (3.0, 0.0))), [255, 255, 255, 255, 7, 7, 7, 7]);
        assert_eq!(painted(2, 3, Mark::Solid((1.0, 0.0), (1.0, 9.0))), [7, 255, 7, 255, 7, 255]);
    }

    #[test]
    fn a_line_between_pixels_has_no_gap() {
        for length in [20.4, 20.49, 20.5, 20.9] {
            let line = painted(30, 1, Mark::Solid((0.3, 0.0), (0.3 + length, 0.0)));
            assert!(line[..=20].iter().all(|level| *level == 255), "{length}: {line:?}");
        }
    }

    #[test]
    fn dashes_are_seen_over_black_and_over_white() {
        let dashes = painted(8, 1, Mark::Dashed((0.0, 0.0), (7.0, 0.0)));
        assert_eq!(dashes, [255, 255, 255, 0, 0, 0, 255, 255]);
    }

    #[test]
    fn an_edged_line_is_seen_over_white_and_over_black() {
        let painted = painted(3, 3, Mark::Edged((0.0, 1.0), (2.0, 1.0)));
        assert_eq!(painted, [0, 0, 0, 255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn a_number_is_read_over_any_ground_and_enlarged() {
        let text = |width, height, mark| {
            let levels = painted(width, height, mark);
            let row = |row: &[u8]| row.iter().map(|level| ['.', '#'][usize::from(*level == 255)]).collect();
            levels.chunks(width as usize).map(row).collect::<Vec<String>>()
        };
        assert_eq!(number_size(17), (9, 7));
        assert_eq!(
            text(9, 7, Mark::Number((0.0, 0.0), 17, 1)),
            [".........", "..#..###.", ".##....#.", "..#...#..", "..#...#..", ".###..#..", "........."]
        );
        let twice = text(18, 14, Mark::Number((0.0, 0.0), 17, 2));
        let once = text(9, 7, Mark::Number((0.0, 0.0), 17, 1));
        for (y, row) in twice.iter().enumerate() {
            let halved: String = row.chars().step_by(2).collect();
            assert_eq!(halved, once[y / 2]);
        }
        let beyond = painted(3, 3, Mark::Number((-1.0, -1.0), 1, 1));
        assert_eq!(beyond, [0, 255, 0, 255, 255, 0, 0, 255, 0], "cut off at the edge");
        assert_eq!(painted(2, 1, Mark::Number((f64::NAN, 0.0), 1, 1)), [7, 7]);
    }

    #[test]
    fn what_is_outside_costs_nothing_and_what_makes_no_sense_is_left_out() {
        for mark in [
            Mark::Solid((0.0, 5.0), (3.0, 5.0)),
            Mark::Solid((f64::NAN, 0.0), (1.0, 1.0)),
            Mark::Solid((0.0, 0.0), (f64::INFINITY, 0.0)),
        ] {
            assert_eq!(painted(3, 2, mark), [7; 6], "{mark:?}");
        }
        let far = painted(3, 1, Mark::Solid((-1e12, 0.0), (1e12, 0.0)));
        assert_eq!(far, [255; 3]);
    }
}
