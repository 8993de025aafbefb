//! Lines drawn into a picture: crosshairs, rulers, outlines of what was measured.

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
        }
    }
}

/// One pixel for each step along the longer direction; `shade` is asked with the number of the step.
fn line(picture: &mut DynamicImage, from: (f64, f64), to: (f64, f64), shade: impl Fn(u32) -> Option<u8>) {
    let (width, height) = picture.dimensions();
    let Some((from, to)) = clipped(from, to, (f64::from(width), f64::from(height))) else { return };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = dx.abs().max(dy.abs()).round().max(1.0) as u32;
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
