//! How the values of one attribute vary over the instances of a series.

use super::decimal;
use std::collections::HashSet;

/// More different values than this are many.
const FEW: usize = 12;

/// The way of varying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// One value everywhere.
    Constant,
    /// Each number is greater than the one before.
    Rising,
    /// Each number is less than the one before.
    Falling,
    /// So many different values, at most twelve.
    Few(usize),
    /// So many different values, some of them more than once.
    Many(usize),
    /// No value comes twice.
    AllDifferent,
}

impl Variation {
    /// Judges values in the order of the instances; `None` is an instance without the attribute.
    pub fn of(values: &[Option<&str>]) -> Self {
        let different = values.iter().collect::<HashSet<_>>().len();
        let numbers: Option<Vec<f64>> = values.iter().map(|value| decimal((*value)?)).collect();
        let goes = |up: bool| {
            let steps = numbers.iter().flat_map(|numbers| numbers.windows(2));
            numbers.is_some() && steps.clone().all(|pair| (pair[1] > pair[0]) == up && pair[1] != pair[0])
        };
        match different {
            0 | 1 => Self::Constant,
            _ if goes(true) => Self::Rising,
            _ if goes(false) => Self::Falling,
            // Two values of two instances say no more than that they differ.
            _ if different == values.len() => Self::AllDifferent,
            2..=FEW => Self::Few(different),
            _ => Self::Many(different),
        }
    }

    /// For people and programs: `constant`, `rising`, `3 values`.
    pub fn words(self) -> String {
        match self {
            Self::Constant => "constant".to_owned(),
            Self::Rising => "rising".to_owned(),
            Self::Falling => "falling".to_owned(),
            Self::Few(count) | Self::Many(count) => format!("{count} values"),
            Self::AllDifferent => "all different".to_owned(),
        }
    }
}

/// The least and the greatest of the numbers; `None` if one of the values is no single number.
pub fn extremes(values: &[Option<&str>]) -> Option<(f64, f64)> {
    let numbers: Option<Vec<f64>> = values.iter().flatten().map(|value| decimal(value)).collect();
    let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    Some((least, numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Variation {
        Variation::of(&values.iter().map(|&value| Some(value)).collect::<Vec<_>>())
    }

    #[test]
    fn values_are_judged_in_their_order() {
        assert_eq!(of(&["1", "1", "1"]), Variation::Constant);
        assert_eq!(of(&["-5", "0", "2.5"]), Variation::Rising);
        assert_eq!(of(&["3", "2"]), Variation::Falling);
        assert_eq!(of(&["1", "2", "1"]), Variation::Few(2));
        assert_eq!(of(&["b", "a", "c"]), Variation::AllDifferent);
        assert_eq!(of(&["1", "3", "2"]), Variation::AllDifferent);
        let many: Vec<String> = (0..40).map(|n| (n % 20).to_string()).collect();
        assert_eq!(of(&many.iter().map(String::as_str).collect::<Vec<_>>()), Variation::Many(20));
        assert_eq!(Variation::of(&[Some("1"), None, Some("1")]), Variation::Few(2));
        assert_eq!(Variation::of(&[]), Variation::Constant);
    }

    #[test]
    fn extremes_are_of_numbers_alone() {
        assert_eq!(extremes(&[Some("3"), None, Some("-1.5")]), Some((-1.5, 3.0)));
        assert_eq!(extremes(&[Some("3"), Some("x")]), None);
        assert_eq!(extremes(&[None]), None);
    }
}
