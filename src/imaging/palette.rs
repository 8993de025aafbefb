//! Colours for levels: the well-known palettes of PS3.6 annex B and some that are known elsewhere.
//!
//! A picture of 8 bits is painted by a table of 256 colours; two of them are blended for fusion.

use image::{GrayImage, Luma, Rgb, RgbImage};
use std::fmt;

/// A way to colour levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Palette {
    /// Black to white.
    #[default]
    Gray,
    /// White to black.
    Inverted,
    /// Black, red, yellow, white (PS3.6 B.1.1).
    HotIron,
    /// Black, blue, violet, orange, white (PS3.6 B.1.2).
    Pet,
    /// Twenty steps (PS3.6 B.1.4).
    PetSteps,
    /// Dark blue, green, yellow, alike in brightness for everyone: ten colours of matplotlib's table, and
    /// what is between them.
    Viridis,
    /// Blue to red through all hues between them, at full saturation.
    Rainbow,
}

/// Of red, green and blue: a step from one entry to the next and how many times it is taken, from zero.
type Runs = [&'static [(i16, u8)]; 3];

/// PS3.6 B.1.1.
const HOT_IRON: Runs =
    [&[(0, 1), (2, 127), (1, 1), (0, 127)], &[(0, 129), (2, 126), (3, 1)], &[(0, 192), (4, 63), (3, 1)]];

/// PS3.6 B.1.2.
const PET: Runs = [
    &[(0, 64), (1, 1), (2, 42), (1, 1), (2, 42), (1, 1), (2, 42), (0, 63)],
    &[(0, 1), (2, 31), (3, 1), (2, 30), (3, 1), (-2, 32), (-1, 1), (-2, 31), (-1, 1), (2, 126), (3, 1)],
    &[(0, 1), (1, 1), (2, 127), (-3, 1), (-4, 63), (4, 20), (5, 1), (4, 20), (5, 1), (4, 20), (5, 1)],
];

/// PS3.6 B.1.4.
const PET_20: Runs = [
    &[
        (0, 13),
        (96, 1),
        (0, 12),
        (-48, 1),
        (0, 24),
        (32, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (16, 1),
        (0, 11),
        (-80, 1),
        (0, 25),
        (32, 1),
        (0, 12),
        (-16, 1),
        (0, 11),
        (160, 1),
        (0, 12),
        (-16, 1),
        (0, 37),
        (-16, 1),
        (0, 12),
        (-16, 1),
        (0, 12),
        (79, 1),
        (0, 25),
    ],
    &[
        (0, 26),
        (48, 1),
        (0, 24),
        (32, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (16, 1),
        (0, 11),
        (-32, 1),
        (0, 12),
        (48, 1),
        (0, 12),
        (48, 1),
        (0, 12),
        (32, 1),
        (0, 24),
        (-16, 1),
        (0, 12),
        (-32, 1),
        (0, 12),
        (-32, 1),
        (0, 11),
        (-48, 1),
        (0, 12),
        (-48, 1),
        (0, 12),
        (-48, 1),
        (0, 12),
        (255, 1),
        (0, 12),
    ],
    &[
        (0, 13),
        (80, 1),
        (0, 25),
        (32, 1),
        (0, 11),
        (16, 1),
        (0, 12),
        (48, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (32, 1),
        (0, 11),
        (-176, 1),
        (0, 25),
        (32, 1),
        (0, 12),
        (-16, 1),
        (0, 11),
        (16, 1),
        (0, 12),
        (16, 1),
        (0, 12),
        (-32, 1),
        (0, 12),
        (-64, 1),
        (0, 50),
        (255, 1),
        (0, 12),
    ],
];

/// Colours of viridis at equal distances.
const VIRIDIS: [[u8; 3]; 10] = [
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [109, 205, 89],
    [180, 222, 44],
    [253, 231, 37],
];

impl Palette {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Gray, Self::Inverted, Self::HotIron, Self::Pet, Self::PetSteps, Self::Viridis, Self::Rainbow];

    /// The colour of every level.
    pub fn colors(self) -> [[u8; 3]; 256] {
        let each = |color: fn(u8) -> [u8; 3]| std::array::from_fn(|level| color(level as u8));
        match self {
            Self::Gray => each(|level| [level; 3]),
            Self::Inverted => each(|level| [255 - level; 3]),
            Self::HotIron => expanded(&HOT_IRON),
            Self::Pet => expanded(&PET),
            Self::PetSteps => expanded(&PET_20),
            Self::Viridis => each(|level| between(&VIRIDIS, level)),
            Self::Rainbow => each(|level| {
                between(&[[0, 0, 255], [0, 255, 255], [0, 255, 0], [255, 255, 0], [255, 0, 0]], level)
            }),
        }
    }

    /// The name in settings and menus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gray => "grey",
            Self::Inverted => "inverted",
            Self::HotIron => "hot iron",
            Self::Pet => "pet",
            Self::PetSteps => "pet 20 step",
            Self::Viridis => "viridis",
            Self::Rainbow => "rainbow",
        }
    }

    /// Colours a picture.
    pub fn paint(self, picture: &GrayImage) -> RgbImage {
        let colors = self.colors();
        let mut painted = RgbImage::new(picture.width(), picture.height());
        for (Rgb(color), Luma([level])) in painted.pixels_mut().zip(picture.pixels()) {
            *color = colors[usize::from(*level)];
        }
        painted
    }
}

impl fmt::Display for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Lays one picture over another of the same size: what is black in `over` covers nothing, everything else
/// by its `opacity`, 0 to 1. Where the pictures differ in size, only what they share is covered.
#[must_use]
pub fn fuse(under: &RgbImage, over: &RgbImage, opacity: f32) -> RgbImage {
    let part = (opacity.clamp(0.0, 1.0) * 256.0).round() as u32;
    let mut fused = under.clone();
    for (x, y, Rgb(below)) in fused.enumerate_pixels_mut() {
        let Some(Rgb(above)) = over.get_pixel_checked(x, y).filter(|Rgb(color)| *color != [0; 3]) else {
            continue;
        };
        for (below, &above) in below.iter_mut().zip(above) {
            *below = ((u32::from(*below) * (256 - part) + u32::from(above) * part + 128) >> 8) as u8;
        }
    }
    fused
}

fn expanded(runs: &Runs) -> [[u8; 3]; 256] {
    let mut colors = [[0; 3]; 256];
    for (channel, runs) in runs.iter().enumerate() {
        let steps = runs.iter().flat_map(|&(step, times)| std::iter::repeat_n(step, usize::from(times)));
        let levels = steps.scan(0_i16, |level, step| {
            *level += step;
            Some(*level as u8)
        });
        colors.iter_mut().zip(levels).for_each(|(color, level)| color[channel] = level);
    }
    colors
}

/// The colour of a level between colours at equal distances, the last one at 255.
fn between(colors: &[[u8; 3]], level: u8) -> [u8; 3] {
    let parts = colors.len() as u32 - 1;
    let at = u32::from(level) * parts;
    let (first, part) = ((at / 255).min(parts - 1) as usize, at - (at / 255).min(parts - 1) * 255);
    std::array::from_fn(|channel| {
        let [a, b] = [colors[first], colors[first + 1]].map(|color| u32::from(color[channel]));
        ((a * (255 - part) + b * part + 127) / 255) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// The fingerprints of the palettes as files of the standard's tables have them.
    #[test]
    fn the_palettes_of_the_standard_are_exact() {
        let known = [
            (Palette::HotIron, 0x8bba_4641_99e1_49c1_u64),
            (Palette::Pet, 0xbc03_f513_531e_405c),
            (Palette::PetSteps, 0x6f4f_77ec_9646_ab6c),
        ];
        for (palette, hash) in known {
            let bytes: Vec<u8> = palette.colors().into_iter().flatten().collect();
            assert_eq!(Sha256::digest(bytes)[..8], hash.to_be_bytes(), "{palette}");
        }
    }

    #[test]
    fn other_palettes_begin_and_end_where_they_should() {
        let ends = |palette: Palette| [palette.colors()[0], palette.colors()[255]];
        assert_eq!(ends(Palette::Gray), [[0; 3], [255; 3]]);
        assert_eq!(ends(Palette::Inverted), [[255; 3], [0; 3]]);
        assert_eq!(ends(Palette::Viridis), [[68, 1, 84], [253, 231, 37]]);
        assert_eq!(ends(Palette::Rainbow), [[0, 0, 255], [255, 0, 0]]);
        assert_eq!(Palette::Viridis.colors()[85], VIRIDIS[3]);
    }

    #[test]
    fn fusion_covers_by_its_opacity_and_black_covers_nothing() {
        let under = RgbImage::from_pixel(2, 1, Rgb([100, 100, 100]));
        let mut over = RgbImage::from_pixel(2, 1, Rgb([200, 0, 0]));
        over.put_pixel(1, 0, Rgb([0, 0, 0]));
        let fused = |opacity| fuse(&under, &over, opacity).into_raw();
        assert_eq!(fused(0.0), under.clone().into_raw());
        assert_eq!(fused(0.5), [150, 50, 50, 100, 100, 100]);
        assert_eq!(fused(1.0), [200, 0, 0, 100, 100, 100]);
        assert_eq!(fuse(&under, &RgbImage::new(1, 1), 1.0), under);
    }
}
