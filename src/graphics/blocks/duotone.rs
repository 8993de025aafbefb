//! The pixels of one cell in two colours, which is all a character can have.

use crate::graphics::palette::Rgb;

/// Two colours, and which pixels have the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duotone {
    /// The mean of the pixels in `mask`: the brighter ones, or those of one hue.
    pub(super) front: Rgb,
    /// The mean of all others.
    pub(super) back: Rgb,
    /// Pixels in front, the first in bit 0. The last one is never among them: there is one way to say it.
    pub(super) mask: u8,
}

impl Duotone {
    /// The two groups of 1 to 8 pixels that lie nearest to their means, in squared distance, along the
    /// channel in which they differ most: for greys, of all ways to group them.
    pub(super) fn of(pixels: &[Rgb]) -> Self {
        let extent = |channel: usize| {
            let values = || pixels.iter().map(|pixel| pixel[channel]);
            values().max().unwrap_or(0) - values().min().unwrap_or(0)
        };
        let channel = [1, 0, 2].into_iter().max_by_key(|&channel| extent(channel)).unwrap_or(1);
        let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
        let order = &mut order[..pixels.len().min(8)];
        order.sort_unstable_by_key(|&at: &usize| std::cmp::Reverse(pixels[at][channel]));
        let all = order.iter().fold(Sum::default(), |sum, &at| sum.and(pixels[at]));

        let (mut front, mut mask, mut grown) = (Sum::default(), 0, 0_u8);
        let mut best = None;
        let mut best_front = front;
        for &at in &order[..order.len().saturating_sub(1)] {
            front = front.and(pixels[at]);
            grown |= 1 << at;
            // The less squared distance within the groups, the more between them.
            let between = front.spread() + all.without(front).spread();
            if best.is_none_or(|best| between > best) {
                (best, mask, best_front) = (Some(between), grown, front);
            }
        }
        let (front, back) = (best_front.mean(), all.without(best_front).mean());
        let last = 1 << order.len().saturating_sub(1);
        if mask & last != 0 {
            let everything = ((1_u16 << order.len()) - 1) as u8;
            return Self { front: back, back: front, mask: everything & !mask };
        }
        Self { front, back, mask }
    }
}

/// Pixels added up.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    channels: [u32; 3],
    count: u32,
}

impl Sum {
    fn and(self, pixel: Rgb) -> Self {
        let channels = [0, 1, 2].map(|channel| self.channels[channel] + u32::from(pixel[channel]));
        Self { channels, count: self.count + 1 }
    }

    fn without(self, other: Self) -> Self {
        let channels = [0, 1, 2].map(|channel| self.channels[channel] - other.channels[channel]);
        Self { channels, count: self.count - other.count }
    }

    /// The square of the sum by the count, in every channel; times 840, which every count up to 8 divides.
    fn spread(self) -> u64 {
        let squares: u64 = self.channels.iter().map(|&sum| u64::from(sum).pow(2)).sum();
        squares * 840 / u64::from(self.count.max(1))
    }

    fn mean(self) -> Rgb {
        let count = self.count.max(1);
        self.channels.map(|sum| ((sum + count / 2) / count) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grey(values: &[u8]) -> Vec<Rgb> {
        values.iter().map(|&value| [value; 3]).collect()
    }

    /// Squared distance of the greys from what is shown.
    fn error(values: &[u8], mask: u8) -> f64 {
        let group = |front: bool| {
            let group: Vec<f64> = (0..values.len())
                .filter(|at| (mask >> at & 1 == 1) == front)
                .map(|at| f64::from(values[at]))
                .collect();
            let mean = group.iter().sum::<f64>() / group.len().max(1) as f64;
            group.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
        };
        group(true) + group(false)
    }

    proptest! {
        #[test]
        fn no_other_grouping_of_greys_is_nearer(values in proptest::collection::vec(any::<u8>(), 1..9)) {
            let found = Duotone::of(&grey(&values)).mask;

            let least = (0..=255_u8).map(|mask| error(&values, mask)).fold(f64::INFINITY, f64::min);
            prop_assert!(error(&values, found) <= least + 1e-6);
        }

        #[test]
        fn two_colours_are_kept_exactly(mask in 0_u8..128, front: Rgb, back: Rgb) {
            let pixels: Vec<Rgb> = (0..8).map(|at| if mask >> at & 1 == 1 { front } else { back }).collect();

            let found = Duotone::of(&pixels);

            for (at, pixel) in pixels.iter().enumerate() {
                prop_assert_eq!(*pixel, if found.mask >> at & 1 == 1 { found.front } else { found.back });
            }
            prop_assert!(found.mask < 128);
        }
    }

    #[test]
    fn one_pixel_is_behind() {
        assert_eq!(Duotone::of(&grey(&[9])), Duotone { front: [0; 3], back: [9; 3], mask: 0 });
    }
}
