//! The inverse cosine transform, in the integers of the reference implementation (ITU-T T.81 A.3.3).
//!
//! Loeffler, Ligtenberg and Moschytz, 1989: eleven multiplications a line, constants of 13 bits. libjpeg
//! and dcmtk round at the same places, so their pixels and ours are the same.

use std::num::Wrapping;

/// A line of intermediate values; damaged coefficients may wrap, never panic.
type Line = [Wrapping<i32>; 8];

/// Bits of the constants.
const BITS: u32 = 13;

/// Extra bits kept between the passes: two for 8-bit samples, one for 12-bit ones, where two would overflow.
pub(super) fn kept_bits(precision: u16) -> u32 {
    if precision > 8 { 1 } else { 2 }
}

/// Transforms one block of dequantized coefficients, in natural order, into eight rows of samples at the
/// start of `out`, `stride` apart.
pub(super) fn inverse(block: &[i32; 64], precision: u16, out: &mut [u16], stride: usize) {
    let (center, most) = (1 << (precision - 1), (1 << precision) - 1);
    let kept = kept_bits(precision);
    let mut lines = [[Wrapping(0); 8]; 8];
    for (line, row) in lines.iter_mut().zip(block.as_chunks::<8>().0) {
        *line = row.map(Wrapping);
    }
    let columns = transform(&lines, BITS - kept);
    let rows = transform(&transposed(&columns), BITS + kept + 3);
    for (row, line) in out.chunks_mut(stride).zip(transposed(&rows)) {
        for (to, value) in row.iter_mut().zip(line) {
            *to = (value.0.wrapping_add(center)).clamp(0, most) as u16;
        }
    }
}

/// The block of a lone DC coefficient: one value.
pub(super) fn flat(dc: i32, precision: u16, out: &mut [u16], stride: usize) {
    let (center, most) = (1 << (precision - 1), (1 << precision) - 1);
    let value = (dc.wrapping_add(4) >> 3).wrapping_add(center).clamp(0, most) as u16;
    for row in out.chunks_mut(stride).take(8) {
        let width = row.len().min(8);
        row[..width].fill(value);
    }
}

fn transposed(lines: &[Line; 8]) -> [Line; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| lines[x][y]))
}

/// `a * x + b * y`, lane by lane.
#[inline]
fn mix(x: &Line, a: i32, y: &Line, b: i32) -> Line {
    std::array::from_fn(|i| x[i] * Wrapping(a) + y[i] * Wrapping(b))
}

#[inline]
fn sum(x: &Line, y: &Line) -> Line {
    std::array::from_fn(|i| x[i] + y[i])
}

#[inline]
fn difference(x: &Line, y: &Line) -> Line {
    std::array::from_fn(|i| x[i] - y[i])
}

/// Eight one-dimensional transforms side by side: lane `i` of the eight lines is one vector.
#[inline]
fn transform(input: &[Line; 8], shift: u32) -> [Line; 8] {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = input;
    // Even part: a rotation by pi/8 and a butterfly.
    let (low, high) = (mix(x2, 4433, x6, 4433 - 15137), mix(x2, 4433 + 6270, x6, 4433));
    let (a, b) = (mix(x0, 1 << BITS, x4, 1 << BITS), mix(x0, 1 << BITS, x4, -(1 << BITS)));
    let even = [sum(&a, &high), sum(&b, &low), difference(&b, &low), difference(&a, &high)];

    // Odd part: figure 1 of the paper, with its five shared products.
    let shared = sum(&sum(x7, x3), &sum(x5, x1));
    let turn = mix(&shared, 9633, x0, 0);
    let z1 = mix(&sum(x7, x1), -7373, x0, 0);
    let z2 = mix(&sum(x5, x3), -20995, x0, 0);
    let z3 = sum(&mix(&sum(x7, x3), -16069, x0, 0), &turn);
    let z4 = sum(&mix(&sum(x5, x1), -3196, x0, 0), &turn);
    let odd = [
        sum(&mix(x1, 12299, x0, 0), &sum(&z1, &z4)),
        sum(&mix(x3, 25172, x0, 0), &sum(&z2, &z3)),
        sum(&mix(x5, 16819, x0, 0), &sum(&z2, &z4)),
        sum(&mix(x7, 2446, x0, 0), &sum(&z1, &z3)),
    ];

    let half = Wrapping(1 << (shift - 1));
    let descale = |line: Line| line.map(|value| (value + half) >> shift as usize);
    std::array::from_fn(|y| {
        descale(if y < 4 { sum(&even[y], &odd[y]) } else { difference(&even[7 - y], &odd[7 - y]) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{FRAC_1_SQRT_2, PI};

    /// The definition (A.3.3), in floating point.
    fn exact(block: &[i32; 64], center: f64, most: f64) -> [f64; 64] {
        std::array::from_fn(|at| {
            let (y, x) = ((at / 8) as f64, (at % 8) as f64);
            let mut value = 0.0;
            for (index, &coefficient) in block.iter().enumerate() {
                let (v, u) = ((index / 8) as f64, (index % 8) as f64);
                let scale = |f: f64| if f == 0.0 { FRAC_1_SQRT_2 } else { 1.0 };
                value += scale(u)
                    * scale(v)
                    * f64::from(coefficient)
                    * ((2.0 * x + 1.0) * u * PI / 16.0).cos()
                    * ((2.0 * y + 1.0) * v * PI / 16.0).cos();
            }
            (value / 4.0 + center).clamp(0.0, most)
        })
    }

    proptest! {
        #[test]
        fn it_is_the_definition_within_one_level(coefficients in proptest::collection::vec((0usize..64, -300i32..300), 1..12)) {
            let mut block = [0; 64];
            for (index, value) in coefficients {
                block[index] = value;
            }
            for (precision, center, most) in [(8, 128.0, 255.0), (12, 2048.0, 4095.0)] {
                let mut out = [0; 64];
                inverse(&block, precision, &mut out, 8);
                for (&got, wanted) in out.iter().zip(exact(&block, center, most)) {
                    prop_assert!((f64::from(got) - wanted).abs() <= 1.0, "{got} for {wanted}");
                }
            }
        }

        #[test]
        fn any_coefficients_give_samples_in_range(block: [i32; 32], precision in prop::sample::select(vec![8u16, 12])) {
            let block: [i32; 64] = std::array::from_fn(|i| block[i / 2]);
            let mut out = [0; 64];
            inverse(&block, precision, &mut out, 8);
            prop_assert!(out.iter().all(|&value| value < 1 << precision));
        }

        #[test]
        fn a_lone_dc_coefficient_has_a_short_cut(dc in -5000i32..5000, precision in prop::sample::select(vec![8u16, 12])) {
            let mut block = [0; 64];
            block[0] = dc;
            let (mut long, mut short) = ([0; 64], [0; 64]);
            inverse(&block, precision, &mut long, 8);
            flat(dc, precision, &mut short, 8);
            prop_assert_eq!(long, short);
        }
    }
}
