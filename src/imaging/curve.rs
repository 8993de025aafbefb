//! Curves as characters: every cell of braille is two points wide and four high.

/// Points of one cell, across and down.
const ACROSS: usize = 2;
const DOWN: usize = 4;
/// The bit of each point of a braille character, by column and row (Unicode 3.0, U+2800).
const BITS: [[u32; DOWN]; ACROSS] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Draws samples as `rows` lines of `columns` characters, first sample at the left.
///
/// `range` is what the lowest and the highest point stand for. Where several samples share a column of points,
/// all they pass through is drawn, so that no peak is lost; neighbours are joined. What is no number leaves a
/// gap. Without rows or columns nothing is drawn.
pub fn curve(samples: &[f32], range: (f32, f32), columns: usize, rows: usize) -> Vec<String> {
    if rows == 0 {
        return vec![];
    }
    let (wide, high) = (columns * ACROSS, rows * DOWN);
    let mut cells = vec![vec![0u32; columns]; rows];
    let (least, most) = (f64::from(range.0), f64::from(range.1));
    let extent = most - least;
    let level = |sample: f32| {
        let share = if extent > 0.0 { (f64::from(sample) - least) / extent } else { 0.5 };
        (share.clamp(0.0, 1.0) * (high - 1) as f64).round() as usize
    };
    let mut before: Option<usize> = None;
    for x in 0..wide {
        // Fewer samples than points: each has the points from its own to the next.
        let begin = x * samples.len() / wide;
        let end = ((x + 1) * samples.len() / wide).max(begin + 1).min(samples.len());
        let levels =
            samples[begin.min(end)..end].iter().filter(|sample| sample.is_finite()).map(|&s| level(s));
        let own = levels.fold(None, |range: Option<(usize, usize, usize)>, level| {
            Some(range.map_or((level, level, level), |(low, top, _)| (low.min(level), top.max(level), level)))
        });
        let Some((low, top, last)) = own else {
            before = None;
            continue;
        };
        let (low, top) = before.map_or((low, top), |before| (low.min(before), top.max(before)));
        for level in low..=top {
            let y = high - 1 - level;
            cells[y / DOWN][x / ACROSS] |= BITS[x % ACROSS][y % DOWN];
        }
        before = Some(last);
    }
    let braille = |bits: u32| char::from_u32(0x2800 + bits).filter(|_| bits > 0).unwrap_or(' ');
    cells.into_iter().map(|row| row.into_iter().map(braille).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_rising_line_goes_from_the_lower_left_to_the_upper_right() {
        let samples: Vec<f32> = (0..8u8).map(f32::from).collect();
        assert_eq!(curve(&samples, (0.0, 7.0), 4, 2), ["  ⣠⠞", "⣠⠞⠁ "].map(str::to_owned));
    }

    #[test]
    fn a_peak_between_two_points_is_not_lost() {
        let mut samples = vec![0.0; 1000];
        samples[501] = 1.0;
        assert_eq!(curve(&samples, (0.0, 1.0), 5, 1), ["⣀⣀⣸⣀⣀"]);
    }

    #[test]
    fn what_was_not_recorded_is_a_gap() {
        let samples = [0.0, 0.0, f32::NAN, f32::NAN, 0.0, 0.0];
        assert_eq!(curve(&samples, (0.0, 1.0), 3, 1), ["⣀ ⣀"]);
        assert_eq!(curve(&[], (0.0, 1.0), 2, 1), ["  "]);
    }

    proptest! {
        #[test]
        fn every_curve_fits_its_place(
            samples in proptest::collection::vec(any::<f32>(), 0..300),
            low: f32,
            high: f32,
            columns in 0usize..40,
            rows in 0usize..6,
        ) {
            let drawn = curve(&samples, (low, high), columns, rows);
            prop_assert_eq!(drawn.len(), rows);
            prop_assert!(drawn.iter().all(|line| line.chars().count() == columns));
        }
    }
}
