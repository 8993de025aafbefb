//! Look-up tables: both ends are clamped, so every input has an output.

use crate::model::Lut;

impl Lut {
    /// The entry for an input, which is rounded to the nearest integer first.
    ///
    /// Inputs below [`Lut::first`] take the first entry, inputs past the end the last one; NaN stays
    /// NaN. Source: PS3.3 C.11.1.1.1.
    pub fn look_up(&self, input: f64) -> f64 {
        if input.is_nan() {
            return input;
        }
        // The cast saturates, so that infinities clamp like any other number.
        let index = ((input + 0.5).floor() - f64::from(self.first)) as usize;
        self.entries.get(index).or(self.entries.last()).map_or(0.0, |&entry| f64::from(entry))
    }

    /// The largest output the table can mean: `2^bits - 1`, whatever its entries are.
    pub fn ceiling(&self) -> f64 {
        f64::from(self.bits.clamp(1, 16)).exp2() - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lut(first: i32, entries: &[u16]) -> Lut {
        Lut { first, entries: entries.to_vec(), bits: 16 }
    }

    #[test]
    fn inputs_outside_the_table_take_its_first_and_last_entry() {
        let lut = lut(2, &[100, 200, 300, 400]);

        let outputs: Vec<f64> = (0..8).map(|x| lut.look_up(f64::from(x))).collect();

        assert_eq!(outputs, [100.0, 100.0, 100.0, 200.0, 300.0, 400.0, 400.0, 400.0]);
    }

    #[test]
    fn a_table_may_start_below_zero() {
        let lut = lut(-2, &[0, 10, 20, 30]);

        let outputs: Vec<f64> = (-5..5).map(|x| lut.look_up(f64::from(x))).collect();

        assert_eq!(outputs, [0.0, 0.0, 0.0, 0.0, 10.0, 20.0, 30.0, 30.0, 30.0, 30.0]);
    }

    #[test]
    fn infinities_clamp_and_nan_stays_nan() {
        let lut = lut(0, &[7, 8]);
        assert_eq!(lut.look_up(f64::NEG_INFINITY), 7.0);
        assert_eq!(lut.look_up(f64::INFINITY), 8.0);
        assert!(lut.look_up(f64::NAN).is_nan());
    }

    #[test]
    fn eight_bit_tables_longer_than_256_do_not_wrap() {
        let entries: Vec<u16> = (0..1024).map(|i| i / 4).collect();
        let lut = Lut { first: 0, entries, bits: 8 };
        assert_eq!(lut.look_up(300.0), 75.0);
        assert_eq!(lut.ceiling(), 255.0);
    }
}
