//! How bytes stand in lines: the classic dump of offset, hexadecimal digits and letters, with numbers beside it
//! where the bytes are some.

/// The columns of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dump {
    /// Digits of an offset.
    pub digits: usize,
    /// Bytes of a line: 16, 8, 4, 2 or 1.
    pub bytes: usize,
    /// Columns of a number with a space before it; 0 if none are shown.
    pub number: usize,
    /// Columns of all of them.
    pub numbers: usize,
    /// Letters stand at the end.
    pub letters: bool,
}

impl Dump {
    /// What fits into `width` columns: as many bytes as possible, with numbers rather than letters. Offsets go up
    /// to `end`; numbers of `step` bytes take `columns` at most.
    pub(super) fn new(width: usize, end: u64, step: usize, columns: usize) -> Self {
        let digits = format!("{end:x}").len().max(8);
        let plain = Self { digits, bytes: 1, number: 0, numbers: 0, letters: false };
        let of = |bytes: usize, numbers: bool, letters: bool| {
            let number = if numbers { columns + 1 } else { 0 };
            let numbers = bytes.checked_div(step).map_or(0, |count| count * number);
            Self { bytes, number, numbers, letters, ..plain }
        };
        let wanted = [16, 8, 4, 2].into_iter().filter(|&bytes| bytes >= step).flat_map(|bytes| {
            let least = if step > 0 { of(bytes, true, false) } else { of(bytes, false, true) };
            [of(bytes, step > 0, true), least]
        });
        let bare = [8, 4, 2].map(|bytes| of(bytes, false, false));
        wanted.chain(bare).find(|dump| dump.width() <= width).unwrap_or(plain)
    }

    /// Columns of a line.
    fn width(&self) -> usize {
        let numbers = self.numbers + usize::from(self.numbers > 0);
        let letters = if self.letters { 2 + self.bytes } else { 0 };
        self.digits + 1 + self.hex() + numbers + letters
    }

    /// Columns of the digits: a space before each byte, and another one in the middle of sixteen.
    pub fn hex(&self) -> usize {
        3 * self.bytes + usize::from(self.bytes == 16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_stand_beside_the_bytes_before_letters_do() {
        let told = |width, step, columns| {
            let dump = Dump::new(width, 0x100, step, columns);
            (dump.bytes, dump.numbers > 0, dump.letters)
        };
        assert_eq!(told(80, 0, 0), (16, false, true));
        assert_eq!(told(40, 0, 0), (4, false, true));
        assert_eq!(told(80, 2, 5), (8, true, true));
        assert_eq!(told(120, 2, 5), (16, true, false));
        assert_eq!(told(140, 2, 5), (16, true, true));
        assert_eq!(told(40, 2, 5), (4, true, true));
        assert_eq!(told(39, 2, 5), (4, true, false));
        assert_eq!(told(40, 8, 22), (8, false, false));
        assert_eq!(told(3, 4, 13), (1, false, false));
    }

    proptest! {
        #[test]
        fn a_line_fits_and_holds_a_power_of_two(
            width in 12usize..400, end in 0u64..1 << 40, step in prop::sample::select(vec![0usize, 2, 4, 8]),
        ) {
            let dump = Dump::new(width, end, step, 22);
            prop_assert!(dump.bytes.is_power_of_two() && (dump.width() <= width || dump.bytes == 1), "{dump:?}");
            prop_assert!(dump.numbers == 0 || dump.bytes.is_multiple_of(step));
        }
    }
}
