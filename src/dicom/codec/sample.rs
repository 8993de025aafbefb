//! Decoded values into the little-endian bytes of a frame.

/// Writes the values of one row (or one plane) as samples of `size` bytes: value `i` becomes sample
/// `i * step + offset` of `out`. Values beyond the end of `out` are dropped.
pub(super) fn write(out: &mut [u8], size: usize, values: &[u16], step: usize, offset: usize) {
    match (size, step) {
        (1, 1) => {
            for (to, &value) in out.iter_mut().zip(values) {
                *to = value as u8;
            }
        }
        (2, 1) => {
            for (to, value) in out.as_chunks_mut::<2>().0.iter_mut().zip(values) {
                *to = value.to_le_bytes();
            }
        }
        (1, 3) => {
            for (to, &value) in out.as_chunks_mut::<3>().0.iter_mut().zip(values) {
                to[offset] = value as u8;
            }
        }
        _ => {
            for (to, value) in out.chunks_exact_mut(size).skip(offset).step_by(step).zip(values) {
                let value = u64::from(*value).to_le_bytes();
                to.copy_from_slice(&value[..size]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_little_endian_at_any_size_and_step() {
        for size in [1, 2, 4, 8] {
            for step in 1..=4 {
                let mut out = vec![0; size * step * 2];

                write(&mut out, size, &[0x21, 0x43], step, step - 1);

                let mut expected = vec![0; size * step * 2];
                expected[(step - 1) * size] = 0x21;
                expected[(2 * step - 1) * size] = 0x43;
                assert_eq!(out, expected, "{size} bytes, every {step}");
            }
        }
    }
}
