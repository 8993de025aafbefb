//! Window centre and width: the contrast knob of PS3.3 C.11.2.1.2.

use crate::model::{Text, VoiFunction, VoiLut, Window};

/// The brightest level of a picture.
const WHITE: f64 = 255.0;

/// Beyond this a range is a decoding accident; the limit keeps widths finite.
const FURTHEST: f64 = 1e300;

impl Window {
    /// True if centre and width are numbers a picture can be made with.
    ///
    /// A width of zero or less is forbidden by the standard and found in files; the caller shows the
    /// automatic window instead.
    pub fn is_usable(self) -> bool {
        self.center.is_finite() && self.width.is_finite() && self.width > 0.0
    }

    /// What is above the centre is white, and the rest black: a threshold.
    #[must_use]
    pub fn step(self) -> Self {
        Self { width: f64::MIN_POSITIVE, function: VoiFunction::LinearExact, ..self }
    }

    /// True for what [`Self::step`] makes.
    pub fn is_step(self) -> bool {
        self.width <= f64::MIN_POSITIVE
    }

    /// The level of a modality value, `0.0..=255.0` before rounding; NaN stays NaN.
    ///
    /// LINEAR of width 1 is a step just above `center - 0.5`. LINEAR narrower than 1 is forbidden, but
    /// float images carry it, and mean `LINEAR_EXACT`. An unusable window is a step at its centre.
    ///
    /// Source: PS3.3 C.11.2.1.2.1 and C.11.2.1.3.
    pub fn level(self, value: f64) -> f64 {
        let Self { center, width, function } = self;
        if value.is_nan() {
            return value;
        }
        if !self.is_usable() || self.is_step() {
            return if value > center { WHITE } else { 0.0 };
        }
        match function {
            VoiFunction::Linear if width >= 1.0 => ramp(value, center - 0.5, width - 1.0),
            VoiFunction::Linear | VoiFunction::LinearExact => ramp(value, center, width),
            VoiFunction::Sigmoid => WHITE / (1.0 + (-4.0 * (value - center) / width).exp()),
        }
    }

    /// The largest value still black and the smallest one fully white, as a ramp would have them.
    pub fn bounds(self) -> (f64, f64) {
        let (middle, extent) = match self.function {
            VoiFunction::Linear if self.width >= 1.0 => (self.center - 0.5, self.width - 1.0),
            _ => (self.center, self.width),
        };
        (middle - extent / 2.0, middle + extent / 2.0)
    }

    /// The window that shows `low` black and `high` white.
    ///
    /// Integers get LINEAR with the centre and width of PS3.3 C.11.2.1.2.1, note 4; fractional values
    /// get `LINEAR_EXACT`. An empty range is a window of width 1 around `low`, so that a constant image
    /// still has one.
    pub fn from_range(low: f64, high: f64, integer: bool) -> Self {
        let [low, high] = [low, high].map(|x| if x.is_nan() { 0.0 } else { x.clamp(-FURTHEST, FURTHEST) });
        if high <= low {
            return Self::linear(low, 1.0);
        }
        if integer {
            return Self::linear(f64::midpoint(low, high) + 0.5, high - low + 1.0);
        }
        Self { center: f64::midpoint(low, high), width: high - low, function: VoiFunction::LinearExact }
    }
}

/// A ramp of the given extent around its middle; an extent of zero is a step just above it.
fn ramp(value: f64, middle: f64, extent: f64) -> f64 {
    if value <= middle - extent / 2.0 {
        0.0
    } else if value > middle + extent / 2.0 {
        WHITE
    } else {
        // Rounding may leave the range by a few units in the last place.
        (((value - middle) / extent + 0.5) * WHITE).clamp(0.0, WHITE)
    }
}

impl VoiLut {
    /// The level of a modality value, `0.0..=255.0` before rounding; NaN stays NaN.
    ///
    /// The full range of a table's entries, `0..=2^bits - 1`, becomes the full range of levels.
    pub fn level(&self, value: f64) -> f64 {
        match self {
            Self::Window { window, .. } => window.level(value),
            // `clamp`, unlike `min`, keeps NaN.
            Self::Table { lut, .. } => (lut.look_up(value) / lut.ceiling() * WHITE).clamp(0.0, WHITE),
        }
    }

    /// False for a window that no picture can be made with.
    pub fn is_usable(&self) -> bool {
        match self {
            Self::Window { window, .. } => window.is_usable(),
            Self::Table { lut, .. } => !lut.entries.is_empty(),
        }
    }

    /// Centre, width and function, unless it is a table.
    pub fn window(&self) -> Option<Window> {
        match self {
            Self::Window { window, .. } => Some(*window),
            Self::Table { .. } => None,
        }
    }
}

impl From<Window> for VoiLut {
    fn from(window: Window) -> Self {
        Self::Window { window, explanation: Text::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lut;
    use proptest::prelude::*;

    fn window(center: f64, width: f64, function: VoiFunction) -> Window {
        Window { center, width, function }
    }

    #[track_caller]
    fn assert_levels(window: Window, cases: &[(f64, f64)]) {
        for &(value, level) in cases {
            let got = window.level(value);
            assert!((got - level).abs() < 1e-6, "{window:?} at {value}: {got} instead of {level}");
        }
    }

    #[test]
    fn linear_has_the_half_pixel_terms_of_the_standard() {
        assert_levels(
            Window::linear(40.0, 400.0),
            &[
                (-160.0, 0.0),
                (-159.5, 0.319_549),
                (-159.0, 0.639_098),
                (0.0, 102.255_639),
                (39.0, 127.180_451),
                (39.5, 127.5),
                (40.0, 127.819_549),
                (239.0, 255.0),
                (240.0, 255.0),
            ],
        );
        assert_levels(
            Window::linear(2048.0, 4096.0),
            &[(0.0, 0.0), (1.0, 0.062_271), (2047.0, 127.468_864), (4094.0, 254.937_729), (4095.0, 255.0)],
        );
        assert_levels(
            Window::linear(0.0, 100.0),
            &[
                (-51.0, 0.0),
                (-50.0, 0.0),
                (-49.0, 2.575_758),
                (0.0, 128.787_879),
                (48.0, 252.424_242),
                (49.0, 255.0),
            ],
        );
    }

    #[test]
    fn window_of_width_one_is_a_threshold_not_a_division_by_zero() {
        assert_levels(
            Window::linear(0.0, 1.0),
            &[(-1.0, 0.0), (-0.5, 0.0), (-0.4, 255.0), (0.0, 255.0), (1.0, 255.0)],
        );
    }

    #[test]
    fn a_step_is_white_above_its_centre_whatever_the_unit() {
        for center in [-1000.0, 0.0, 0.25, 1e9] {
            let step = window(center, 400.0, VoiFunction::Sigmoid).step();
            let above = center + center.abs().max(1.0) * 1e-9;
            assert!(step.is_step() && step.is_usable());
            assert_levels(
                step,
                &[(center - 1e-3, 0.0), (center, 0.0), (above, 255.0), (center + 1e3, 255.0)],
            );
        }
    }

    #[test]
    fn window_of_width_two_has_one_grey_between_its_integers() {
        assert_levels(
            Window::linear(2.0, 2.0),
            &[(0.0, 0.0), (1.0, 0.0), (1.5, 127.5), (2.0, 255.0), (3.0, 255.0)],
        );
    }

    #[test]
    fn linear_exact_has_no_half_pixel_terms() {
        assert_levels(
            window(40.0, 400.0, VoiFunction::LinearExact),
            &[
                (-160.0, 0.0),
                (-159.0, 0.6375),
                (0.0, 102.0),
                (40.0, 127.5),
                (239.0, 254.3625),
                (240.0, 255.0),
            ],
        );
        assert_levels(
            window(0.5, 1.0, VoiFunction::LinearExact),
            &[(0.0, 0.0), (0.25, 63.75), (0.5, 127.5), (1.0, 255.0)],
        );
    }

    #[test]
    fn sigmoid_never_quite_reaches_black_or_white() {
        assert_levels(
            window(40.0, 400.0, VoiFunction::Sigmoid),
            &[
                (-160.0, 30.396_745),
                (0.0, 102.334_647),
                (40.0, 127.5),
                (240.0, 224.603_255),
                (440.0, 250.413_516),
            ],
        );
    }

    #[test]
    fn linear_narrower_than_one_is_linear_exact() {
        assert_levels(Window::linear(0.5, 0.5), &[(0.25, 0.0), (0.5, 127.5), (0.75, 255.0)]);
    }

    #[test]
    fn an_illegal_window_is_a_step_and_says_that_it_is_unusable() {
        for bad in [Window::linear(10.0, 0.0), Window::linear(10.0, -3.0), Window::linear(10.0, f64::NAN)] {
            assert!(!bad.is_usable());
            assert_levels(bad, &[(10.0, 0.0), (10.1, 255.0)]);
        }
    }

    #[test]
    fn the_bounds_of_a_lung_window_are_those_other_viewers_show() {
        assert_eq!(Window::linear(-600.0, 1500.0).bounds(), (-1350.0, 149.0));
    }

    #[test]
    fn a_full_range_of_integers_is_as_wide_as_it_has_values() {
        assert_eq!(Window::from_range(-1024.0, 3071.0, true), Window::linear(1024.0, 4096.0));
        assert_eq!(Window::from_range(-896.0, 1167.0, true), Window::linear(136.0, 2064.0));
    }

    #[test]
    fn a_constant_image_has_a_window() {
        for integer in [true, false] {
            assert_eq!(Window::from_range(7.0, 7.0, integer), Window::linear(7.0, 1.0));
        }
    }

    #[test]
    fn a_table_spreads_its_bits_over_all_levels() {
        let lut = Lut { first: 0, entries: vec![0, 2047, 4095, 5000], bits: 12 };
        let voi = VoiLut::Table { lut, explanation: Text::default() };
        assert_eq!(voi.level(0.0), 0.0);
        assert!((voi.level(1.0) - 127.468_864).abs() < 1e-6);
        assert_eq!((voi.level(2.0), voi.level(3.0)), (255.0, 255.0));
        assert!(voi.level(f64::NAN).is_nan());
    }

    fn functions() -> impl Strategy<Value = VoiFunction> {
        prop_oneof![Just(VoiFunction::Linear), Just(VoiFunction::LinearExact), Just(VoiFunction::Sigmoid)]
    }

    proptest! {
        #[test]
        fn a_higher_value_is_never_darker(
            center in -4000.0..4000.0f64, width in -1.0..5000.0f64, function in functions(),
            low in -5000.0..5000.0f64, more in 0.0..5000.0f64,
        ) {
            let window = window(center, width, function);
            let (dark, bright) = (window.level(low), window.level(low + more));
            prop_assert!((0.0..=255.0).contains(&dark) && (0.0..=255.0).contains(&bright));
            prop_assert!(dark <= bright);
        }

        #[test]
        fn the_ends_of_a_range_become_black_and_white(
            low in -70_000..70_000i32, span in 1..70_000i32, integer: bool,
        ) {
            let (low, high) = (f64::from(low), f64::from(low + span));
            let window = Window::from_range(low, high, integer);
            prop_assert_eq!((window.level(low), window.level(high)), (0.0, 255.0));
        }
    }
}
