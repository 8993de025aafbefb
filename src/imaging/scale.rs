//! A part of a picture at the size of the screen.
//!
//! Both axes are done one after the other in fixed point: weights of 14 bits,
//! levels of 8 + 8 bits in between, one rounding to 8 bits at the end.

use image::{DynamicImage, ImageBuffer, Luma, Pixel, Rgb};
use std::ops::Range;

/// The weight of one whole output pixel: 14 bits, so that weight times a 16-bit level fits in 32.
const ONE: u16 = 1 << 14;

/// A rectangle in picture pixels, not necessarily whole; the centre of the first pixel is at (0.5,
/// 0.5). It may reach outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Source {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Columns covered; greater than zero.
    pub width: f64,
    /// Rows covered; greater than zero.
    pub height: f64,
}

impl Source {
    /// All of a picture.
    pub fn whole(picture: &DynamicImage) -> Self {
        Self { x: 0.0, y: 0.0, width: f64::from(picture.width()), height: f64::from(picture.height()) }
    }
}

/// Draws `source` at `width` by `height` pixels.
///
/// Along each axis, shrinking averages over the area of a pixel; growing interpolates linearly if
/// `smooth`, and repeats the nearest pixel if not. What lies outside of the picture is black, as is
/// everything if `source` is empty or not finite. Grey stays grey; any other picture comes out as
/// RGB.
pub fn view(picture: &DynamicImage, source: Source, width: u32, height: u32, smooth: bool) -> DynamicImage {
    let columns = |limit: u32| Axis::new(source.x, source.width, width as usize, limit as usize, smooth);
    let rows = |limit: u32| Axis::new(source.y, source.height, height as usize, limit as usize, smooth);
    match picture {
        DynamicImage::ImageLuma8(gray) => {
            let (x, y) = (columns(gray.width()), rows(gray.height()));
            buffer::<Luma<u8>>(width, height, resample::<1>(gray.as_raw(), &x, &y, gray.width())).into()
        }
        DynamicImage::ImageRgb8(rgb) => {
            let (x, y) = (columns(rgb.width()), rows(rgb.height()));
            buffer::<Rgb<u8>>(width, height, resample::<3>(rgb.as_raw(), &x, &y, rgb.width())).into()
        }
        other => view(&other.to_rgb8().into(), source, width, height, smooth),
    }
}

fn buffer<P: Pixel<Subpixel = u8>>(width: u32, height: u32, samples: Vec<u8>) -> ImageBuffer<P, Vec<u8>> {
    ImageBuffer::from_raw(width, height, samples).expect("each output pixel has its samples")
}

/// Which input pixels make up each output pixel along one axis.
struct Axis {
    /// The input pixels that anyone needs; spans count from its start.
    needed: Range<usize>,
    /// One for each output pixel.
    spans: Vec<Span>,
    weights: Vec<u16>,
}

/// The consecutive input pixels of one output pixel; none where it is black.
struct Span {
    first: usize,
    weights: Range<usize>,
}

impl Axis {
    /// `count` output pixels over `length` input pixels from `start`, of which there are `limit`.
    fn new(start: f64, length: f64, count: usize, limit: usize, smooth: bool) -> Self {
        let mut axis =
            Self { needed: 0..0, spans: Vec::with_capacity(count), weights: Vec::with_capacity(2 * count) };
        let step = length / count as f64;
        let usable = start.is_finite() && step.is_finite() && step > 0.0;
        for pixel in 0..count {
            let before = axis.weights.len();
            let from = start + pixel as f64 * step;
            let first = if !usable {
                0
            } else if step > 1.0 {
                axis.average(from, step, limit)
            } else if smooth {
                axis.interpolate(from + step / 2.0, limit)
            } else {
                axis.repeat(from + step / 2.0, limit)
            };
            let weights = before..axis.weights.len();
            if !weights.is_empty() {
                let start = if axis.needed.is_empty() { first } else { axis.needed.start };
                axis.needed = start..axis.needed.end.max(first + weights.len());
            }
            axis.spans.push(Span { first, weights });
        }
        for span in &mut axis.spans {
            span.first = span.first.saturating_sub(axis.needed.start);
        }
        axis
    }

    /// Each input pixel by the share it covers of the output pixel.
    fn average(&mut self, from: f64, step: f64, limit: usize) -> usize {
        let first = from.floor().max(0.0) as usize;
        let end = (from + step).ceil().clamp(0.0, limit as f64) as usize;
        // Rounding the running sum, not the shares, makes them add up to exactly one.
        let sum =
            |edge: usize| (((edge as f64 - from) / step).clamp(0.0, 1.0) * f64::from(ONE)).round() as u32;
        self.weights.extend((first..end).map(|pixel| (sum(pixel + 1) - sum(pixel)) as u16));
        first
    }

    /// The two nearest input pixels by distance; at the edges there is only one.
    fn interpolate(&mut self, at: f64, limit: usize) -> usize {
        if !(0.0..limit as f64).contains(&at) {
            return 0;
        }
        let left = (at - 0.5).max(0.0);
        let first = left as usize;
        let second = (left.fract() * f64::from(ONE)).round() as u16;
        if second == 0 || first + 1 >= limit {
            self.weights.push(ONE);
        } else {
            self.weights.extend([ONE - second, second]);
        }
        first
    }

    /// The one input pixel under the centre.
    fn repeat(&mut self, at: f64, limit: usize) -> usize {
        if (0.0..limit as f64).contains(&at) {
            self.weights.push(ONE);
        }
        at.max(0.0) as usize
    }

    fn weights(&self, span: &Span) -> &[u16] {
        &self.weights[span.weights.clone()]
    }
}

/// Equally long lines of samples, at equal distances.
struct Lines<'a, T> {
    samples: &'a [T],
    start: usize,
    stride: usize,
    length: usize,
}

impl<'a, T> Lines<'a, T> {
    fn new(samples: &'a [T], length: usize) -> Self {
        Self { samples, start: 0, stride: length, length }
    }

    fn line(&self, number: usize) -> &'a [T] {
        &self.samples[self.start + number * self.stride..][..self.length]
    }
}

/// Resamples `CHANNELS` interleaved samples a pixel along both axes; the result has no gaps.
fn resample<const CHANNELS: usize>(samples: &[u8], x: &Axis, y: &Axis, columns: u32) -> Vec<u8> {
    if x.needed.is_empty() || y.needed.is_empty() {
        return vec![0; x.spans.len() * y.spans.len() * CHANNELS];
    }
    let stride = columns as usize * CHANNELS;
    let input = Lines {
        samples,
        start: y.needed.start * stride + x.needed.start * CHANNELS,
        stride,
        length: x.needed.len() * CHANNELS,
    };
    // Eight bits below the point are kept in between.
    let between = |sum: u32| ((sum + (1 << 5)) >> 6) as u16;
    let last = |sum: u32| ((sum + (1 << 21)) >> 22) as u8;
    // The axis that makes the picture smaller goes first.
    if y.spans.len() < y.needed.len() {
        let shrunk = down(&input, y, between);
        across::<CHANNELS, _, _>(&Lines::new(&shrunk, input.length), y.spans.len(), x, last)
    } else {
        let wide = across::<CHANNELS, _, _>(&input, y.needed.len(), x, between);
        down(&Lines::new(&wide, x.spans.len() * CHANNELS), y, last)
    }
}

/// Both factors have 16 bits, which is what makes the loops around it fast.
const fn product(weight: u16, sample: u16) -> u32 {
    weight as u32 * sample as u32
}

/// Mixes whole lines: one output line for each span.
fn down<I: Copy + Into<u16>, O>(input: &Lines<'_, I>, y: &Axis, store: impl Fn(u32) -> O) -> Vec<O> {
    let mut output = Vec::with_capacity(y.spans.len() * input.length);
    let mut sums = vec![0u32; input.length];
    for span in &y.spans {
        sums.fill(0);
        for (nth, &weight) in y.weights(span).iter().enumerate() {
            for (sum, &sample) in sums.iter_mut().zip(input.line(span.first + nth)) {
                *sum += product(weight, sample.into());
            }
        }
        output.extend(sums.iter().map(|&sum| store(sum)));
    }
    output
}

/// Mixes within lines: one output pixel for each span.
fn across<const CHANNELS: usize, I: Copy + Into<u16>, O>(
    input: &Lines<'_, I>,
    lines: usize,
    x: &Axis,
    store: impl Fn(u32) -> O,
) -> Vec<O> {
    let mut output = Vec::with_capacity(lines * x.spans.len() * CHANNELS);
    for number in 0..lines {
        let (pixels, _) = input.line(number).as_chunks::<CHANNELS>();
        for span in &x.spans {
            let sums = mix(&pixels[span.first.min(pixels.len())..], x.weights(span));
            output.extend(sums.map(&store));
        }
    }
    output
}

/// The sum of the first pixels by their weights. One and two, as in growing, are worth their own case.
fn mix<const CHANNELS: usize, I: Copy + Into<u16>>(
    pixels: &[[I; CHANNELS]],
    weights: &[u16],
) -> [u32; CHANNELS] {
    match (weights, pixels) {
        (&[weight], [pixel, ..]) => pixel.map(|sample| product(weight, sample.into())),
        (&[near, far], [left, right, ..]) => std::array::from_fn(|channel| {
            product(near, left[channel].into()) + product(far, right[channel].into())
        }),
        _ => pixels.iter().zip(weights).fold([0; CHANNELS], |sums, (pixel, &weight)| {
            std::array::from_fn(|channel| sums[channel] + product(weight, pixel[channel].into()))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, RgbImage};
    use proptest::prelude::*;

    fn gray(width: u32, height: u32, levels: &[u8]) -> DynamicImage {
        GrayImage::from_raw(width, height, levels.to_vec()).unwrap().into()
    }

    fn source(x: f64, y: f64, width: f64, height: f64) -> Source {
        Source { x, y, width, height }
    }

    #[test]
    fn at_its_own_size_a_picture_stays_as_it_is() {
        let picture = gray(3, 2, &[1, 2, 3, 250, 251, 252]);
        for smooth in [true, false] {
            assert_eq!(view(&picture, source(0.0, 0.0, 3.0, 2.0), 3, 2, smooth), picture);
        }
    }

    #[test]
    fn shrinking_averages_over_the_area() {
        let picture = gray(4, 2, &[0, 100, 10, 10, 100, 200, 10, 30]);
        assert_eq!(view(&picture, source(0.0, 0.0, 4.0, 2.0), 2, 1, true).into_bytes(), [100, 15]);
        assert_eq!(
            view(&gray(3, 1, &[30, 60, 90]), source(0.0, 0.0, 3.0, 1.0), 2, 1, true).into_bytes(),
            [40, 80]
        );
    }

    #[test]
    fn growing_interpolates_between_pixel_centres_or_repeats_pixels() {
        let picture = gray(2, 1, &[0, 100]);
        let whole = source(0.0, 0.0, 2.0, 1.0);
        assert_eq!(view(&picture, whole, 4, 1, true).into_bytes(), [0, 25, 75, 100]);
        assert_eq!(view(&picture, whole, 4, 1, false).into_bytes(), [0, 0, 100, 100]);
    }

    #[test]
    fn outside_of_the_picture_is_black() {
        let picture = gray(2, 2, &[200; 4]);
        let around = source(-2.0, -1.0, 6.0, 4.0);
        for smooth in [true, false] {
            let seen = view(&picture, around, 6, 4, smooth).into_bytes();
            assert_eq!(seen[..6], [0; 6]);
            assert_eq!(seen[6..12], [0, 0, 200, 200, 0, 0]);
        }
        assert_eq!(view(&picture, around, 3, 2, true).into_bytes(), [0, 100, 0, 0, 100, 0]);
        assert_eq!(view(&picture, source(9.0, 0.0, 2.0, 2.0), 1, 1, true).into_bytes(), [0]);
    }

    #[test]
    fn sources_that_make_no_sense_are_black() {
        let picture = gray(1, 1, &[200]);
        for bad in [
            source(0.0, 0.0, 0.0, 1.0),
            source(f64::NAN, 0.0, 1.0, 1.0),
            source(0.0, 0.0, f64::INFINITY, 1.0),
            source(1e300, 0.0, 1.0, 1.0),
            source(-1e300, 0.0, 1e3, 1.0),
        ] {
            assert_eq!(view(&picture, bad, 2, 1, true).into_bytes(), [0, 0]);
        }
    }

    #[test]
    fn an_empty_screen_is_an_empty_picture() {
        let picture = gray(1, 1, &[200]);
        for (width, height) in [(0, 0), (0, 3), (3, 0)] {
            assert!(view(&picture, source(0.0, 0.0, 1.0, 1.0), width, height, true).into_bytes().is_empty());
        }
    }

    #[test]
    fn colours_do_not_mix_channels() {
        let picture: DynamicImage = RgbImage::from_raw(2, 1, vec![0, 50, 100, 100, 150, 200]).unwrap().into();
        let whole = source(0.0, 0.0, 2.0, 1.0);
        assert_eq!(view(&picture, whole, 1, 1, true).into_bytes(), [50, 100, 150]);
        assert_eq!(view(&picture, whole, 2, 1, true), picture);
    }

    proptest! {
        #[test]
        fn a_uniform_picture_stays_uniform_at_every_size(
            level: u8, columns in 1..300u32, rows in 1..40u32, width in 1..90u32, height in 1..90u32,
            left in 0.0..0.9f64, top in 0.0..0.9f64, smooth: bool,
        ) {
            let picture = gray(columns, rows, &vec![level; (columns * rows) as usize]);
            let (columns, rows) = (f64::from(columns), f64::from(rows));
            let part = source(left * columns, top * rows, (1.0 - left) * columns * 0.999, (1.0 - top) * rows * 0.999);

            let seen = view(&picture, part, width, height, smooth).into_bytes();

            prop_assert!(seen.iter().all(|&seen| seen == level), "{:?} of {}", seen, level);
        }

        #[test]
        fn any_source_has_a_picture(
            x in -50.0..50.0f64, y in -50.0..50.0f64, across in 0.01..90.0f64, down in 0.01..90.0f64,
            width in 0..40u32, height in 0..40u32, smooth: bool,
        ) {
            let picture = gray(7, 5, &(0..35).collect::<Vec<u8>>());
            let seen = view(&picture, source(x, y, across, down), width, height, smooth);
            prop_assert_eq!((seen.width(), seen.height()), (width, height));
            prop_assert!(seen.into_bytes().into_iter().all(|level| level < 35));
        }
    }
}
