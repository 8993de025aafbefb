//! Fewer colours: the 256 of xterm, the 16 of ANSI, and a palette made for one picture.

/// A colour of 8 bits a channel: red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// The six steps of xterm's colour cube.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The 16 ANSI colours as xterm shows them.
pub(super) const ANSI: [Rgb; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// Squared distance of two colours; green counts most, as for the eye.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let square = |channel: usize| u32::from(a[channel].abs_diff(b[channel])).pow(2);
    3 * square(0) + 6 * square(1) + square(2)
}

/// The nearest of xterm's greys and cube colours, as an index from 16 to 255.
pub(crate) fn xterm_index(color: Rgb) -> u8 {
    let [red, green, blue] = color;
    let mean = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
    let (gray_index, gray) = xterm_gray(mean as u8);
    if red == green && green == blue {
        return gray_index;
    }
    let step = |value: u8| (0..6).min_by_key(|&step| CUBE[step].abs_diff(value)).unwrap_or(0);
    let steps = color.map(step);
    let cube = steps.map(|step| CUBE[step]);
    if distance(color, cube) <= distance(color, [gray; 3]) {
        (16 + 36 * steps[0] + 6 * steps[1] + steps[2]) as u8
    } else {
        gray_index
    }
}

/// The nearest of black, the 24 greys from 8 to 238, and white.
fn xterm_gray(value: u8) -> (u8, u8) {
    match value {
        0..=3 => (16, 0),
        247..=255 => (231, 255),
        _ => {
            let step = (value.saturating_sub(3) / 10).min(23);
            (232 + step, 8 + 10 * step)
        }
    }
}

/// What xterm shows for an index of its 256 colours.
pub(crate) fn xterm_color(index: u8) -> Rgb {
    match index {
        0..16 => ANSI[usize::from(index)],
        16..232 => {
            let cube = usize::from(index - 16);
            [CUBE[cube / 36], CUBE[cube / 6 % 6], CUBE[cube % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// The nearest of the 16 ANSI colours; greys only from the four greys among them.
pub(crate) fn ansi_index(color: Rgb) -> u8 {
    let gray = color[0] == color[1] && color[1] == color[2];
    (0..16_u8)
        .filter(|&index| !gray || matches!(index, 0 | 7 | 8 | 15))
        .min_by_key(|&index| distance(color, ANSI[usize::from(index)]))
        .unwrap_or(0)
}

/// Bits of each channel that a made palette looks at: 64 steps, as many as sixel greys have.
const BITS: u32 = 6;

/// A palette of at most 256 colours for one picture, and the way to it.
pub(super) struct Palette {
    /// The colours.
    pub(super) colors: Vec<Rgb>,
    /// Index into `colors` of every colour of [`BITS`] bits a channel.
    lookup: Vec<u8>,
}

impl Palette {
    /// Cuts the colours of `pixels` (red, green, blue, …) into at most `most` boxes of
    /// about equal weight and takes the mean of each (median cut, Heckbert 1982).
    pub(super) fn of(pixels: &[u8], most: usize) -> Self {
        let mut counts = vec![0_u32; 1 << (3 * BITS)];
        for pixel in pixels.as_chunks::<3>().0 {
            counts[bin(*pixel)] += 1;
        }
        let mut points: Vec<Point> = counts
            .iter()
            .enumerate()
            .filter(|&(_, &count)| count > 0)
            .map(|(bin, &count)| Point { color: unbin(bin), count })
            .collect();
        let mut colors = Vec::new();
        let mut lookup = vec![0; counts.len()];
        for span in cut(&mut points, most.clamp(1, 256)) {
            let members = &points[span];
            for member in members {
                lookup[bin(member.color)] = colors.len() as u8;
            }
            colors.push(mean(members));
        }
        Self { colors, lookup }
    }

    /// The index for a colour that occurs in the picture the palette was made for.
    pub(super) fn index(&self, color: Rgb) -> u8 {
        self.lookup[bin(color)]
    }
}

/// One colour and the number of its pixels.
struct Point {
    color: Rgb,
    count: u32,
}

/// Place of a colour in the histogram.
fn bin(color: Rgb) -> usize {
    color.iter().fold(0, |sum, &channel| (sum << BITS) | usize::from(channel >> (8 - BITS)))
}

/// The colour in the middle of a place in the histogram, black and white exact.
fn unbin(bin: usize) -> Rgb {
    let channel = |shift: u32| {
        let value = (bin >> shift) & ((1 << BITS) - 1);
        ((value << (8 - BITS)) | (value >> (2 * BITS - 8))) as u8
    };
    [channel(2 * BITS), channel(BITS), channel(0)]
}

/// Orders the points so that boxes are neighbours, and returns the spans of at most `most` boxes.
fn cut(points: &mut [Point], most: usize) -> Vec<std::ops::Range<usize>> {
    if points.is_empty() {
        return Vec::new();
    }
    let mut boxes = vec![Span::of(points, 0..points.len())];
    while boxes.len() < most {
        // The most urgent box: many pixels, spread far. One that holds one colour is done.
        let Some(index) = (0..boxes.len())
            .filter(|&index| boxes[index].extent > 0)
            .max_by_key(|&index| boxes[index].weight * u64::from(boxes[index].extent))
        else {
            break;
        };
        let span = boxes.swap_remove(index);
        let members = &mut points[span.range.clone()];
        let below = |point: &Point, value: u8| point.color[span.channel] < value;
        let value = median(members, span.channel);
        // Only two keys, so this is one pass over the box.
        members.sort_unstable_by_key(|point| !below(point, value));
        let middle = span.range.start + members.partition_point(|point| below(point, value));
        boxes.push(Span::of(points, span.range.start..middle));
        boxes.push(Span::of(points, middle..span.range.end));
    }
    boxes.into_iter().map(|span| span.range).collect()
}

/// The value of `channel` from which on the upper half begins, nearest to half of the pixels.
///
/// There are always points on both sides if the values differ at all.
fn median(members: &[Point], channel: usize) -> u8 {
    let mut weights = [0_u64; 256];
    for point in members {
        weights[usize::from(point.color[channel])] += u64::from(point.count);
    }
    let total: u64 = weights.iter().sum();
    let mut before = 0;
    let mut best = (u64::MAX, 0);
    for (value, &weight) in (0..=255).zip(&weights) {
        if weight > 0 && before > 0 {
            best = best.min((u64::abs_diff(2 * before, total), value));
        }
        before += weight;
    }
    best.1
}

/// A box of colours: a range of points.
struct Span {
    range: std::ops::Range<usize>,
    weight: u64,
    channel: usize,
    extent: u8,
}

impl Span {
    /// Measures the points in `range`.
    fn of(points: &[Point], range: std::ops::Range<usize>) -> Self {
        let members = &points[range.clone()];
        let extent = |channel: usize| {
            let values = || members.iter().map(|point| point.color[channel]);
            values().max().unwrap_or(0) - values().min().unwrap_or(0)
        };
        let extents = [0, 1, 2].map(extent);
        let channel = (0..3).max_by_key(|&channel| extents[channel]).unwrap_or(0);
        let weight = members.iter().map(|point| u64::from(point.count)).sum();
        Self { range, weight, channel, extent: extents[channel] }
    }
}

/// The mean colour of a box, by pixels.
fn mean(members: &[Point]) -> Rgb {
    let total: u64 = members.iter().map(|point| u64::from(point.count)).sum::<u64>().max(1);
    [0, 1, 2].map(|channel| {
        let sum: u64 =
            members.iter().map(|point| u64::from(point.color[channel]) * u64::from(point.count)).sum();
        ((sum + total / 2) / total) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_of_the_xterm_ramp_are_never_further_than_its_half_step() {
        for value in 0..=255_u8 {
            let index = xterm_index([value; 3]);
            let shown = match index {
                16 => 0,
                231 => 255,
                _ => 8 + 10 * (index - 232),
            };
            assert!(shown.abs_diff(value) <= 8, "{value} is shown as {shown}");
        }
    }

    #[test]
    fn every_colour_of_the_cube_and_every_grey_of_the_ramp_is_its_own_nearest() {
        for index in 16..=255 {
            let [red, green, blue] = xterm_color(index);
            // The four greys inside the cube are left to the ramp.
            if index >= 232 || red != green || green != blue {
                assert_eq!(xterm_index([red, green, blue]), index);
            }
        }
    }

    #[test]
    fn pure_colours_keep_their_hue() {
        assert_eq!(xterm_index([255, 0, 0]), 196);
        assert_eq!(xterm_index([0, 0, 255]), 21);
        assert_eq!(ansi_index([250, 10, 10]), 9);
        assert_eq!(ansi_index([120; 3]), 8);
    }

    #[test]
    fn a_picture_of_few_colours_keeps_them() {
        let pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0];

        let palette = Palette::of(&pixels, 256);

        assert_eq!(palette.colors.len(), 5);
        for pixel in pixels.as_chunks::<3>().0 {
            assert_eq!(palette.colors[usize::from(palette.index(*pixel))], *pixel);
        }
    }

    #[test]
    fn a_palette_never_grows_beyond_its_limit() {
        let pixels: Vec<u8> = (0..30_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();

        assert_eq!(Palette::of(&pixels, 64).colors.len(), 64);
        assert!(Palette::of(&[], 64).colors.is_empty());
    }
}
