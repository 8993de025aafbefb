//! How the values of one attribute vary over the instances of a series.

use super::decimal;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

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

/// What the values heard so far say, in the order of the instances: a few bytes for each different one.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Instances, and those that have the attribute.
    instances: usize,
    present: usize,
    /// Of the values; two that share one are rarer than two snowflakes alike.
    hashes: HashSet<u64>,
    /// Every instance has a number so far, and each is greater or less than the one before.
    rises: bool,
    falls: bool,
    last: Option<f64>,
    /// Every value is a number; the least and the greatest.
    range: Option<(f64, f64)>,
    is_numeric: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            instances: 0,
            present: 0,
            hashes: HashSet::new(),
            rises: true,
            falls: true,
            last: None,
            range: None,
            is_numeric: true,
        }
    }
}

impl Tally {
    /// Hears the value of the next instance; `None` is an instance without the attribute.
    pub fn add(&mut self, value: Option<&str>) {
        let mut hash = DefaultHasher::new();
        value.hash(&mut hash);
        self.hashes.insert(hash.finish());
        // Several values joined are no number.
        let number = value.filter(|value| !value.contains('\\')).and_then(decimal);
        let step = self.last.zip(number);
        let first = self.instances == 0 && number.is_some();
        self.rises &= first || step.is_some_and(|(last, now)| now > last);
        self.falls &= first || step.is_some_and(|(last, now)| now < last);
        self.last = number;
        self.instances += 1;
        if value.is_some() {
            self.present += 1;
            self.is_numeric &= number.is_some();
        }
        if let Some(number) = number {
            let (least, greatest) = self.range.unwrap_or((number, number));
            self.range = Some((least.min(number), greatest.max(number)));
        }
    }

    /// So many instances, all of them, as are missing from this tally have no such attribute.
    pub fn fill(&mut self, instances: usize) {
        while self.instances < instances {
            self.add(None);
        }
    }

    /// Instances that have the attribute.
    pub fn present(&self) -> usize {
        self.present
    }

    /// Different values.
    pub fn different(&self) -> usize {
        self.hashes.len()
    }

    /// How they vary.
    pub fn variation(&self) -> Variation {
        match self.hashes.len() {
            0 | 1 => Variation::Constant,
            _ if self.rises => Variation::Rising,
            _ if self.falls => Variation::Falling,
            // Two values of two instances say no more than that they differ.
            different if different == self.instances => Variation::AllDifferent,
            different @ 2..=FEW => Variation::Few(different),
            different => Variation::Many(different),
        }
    }

    /// The least and the greatest of the numbers; `None` if one of the values is no single number.
    pub fn range(&self) -> Option<(f64, f64)> {
        self.range.filter(|_| self.is_numeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(values: &[Option<&str>]) -> Tally {
        let mut tally = Tally::default();
        for value in values {
            tally.add(*value);
        }
        tally
    }

    fn of(values: &[&str]) -> Variation {
        tally(&values.iter().map(|&value| Some(value)).collect::<Vec<_>>()).variation()
    }

    #[test]
    fn values_are_judged_in_their_order() {
        assert_eq!(of(&["1", "1", "1"]), Variation::Constant);
        assert_eq!(of(&["-5", "0", "2.5"]), Variation::Rising);
        assert_eq!(of(&["3", "2"]), Variation::Falling);
        assert_eq!(of(&["1", "2", "1"]), Variation::Few(2));
        assert_eq!(of(&["b", "a", "c"]), Variation::AllDifferent);
        assert_eq!(of(&["1", "3", "2"]), Variation::AllDifferent);
        assert_eq!(of(&["1\\0", "2\\0", "3\\0"]), Variation::AllDifferent);
        let many: Vec<String> = (0..40).map(|n| (n % 20).to_string()).collect();
        assert_eq!(of(&many.iter().map(String::as_str).collect::<Vec<_>>()), Variation::Many(20));
        assert_eq!(tally(&[Some("1"), None, Some("1")]).variation(), Variation::Few(2));
        assert_eq!(tally(&[None, Some("1"), Some("2")]).variation(), Variation::AllDifferent);
        assert_eq!(tally(&[]).variation(), Variation::Constant);
    }

    #[test]
    fn extremes_are_of_numbers_alone() {
        assert_eq!(tally(&[Some("3"), None, Some("-1.5")]).range(), Some((-1.5, 3.0)));
        assert_eq!(tally(&[Some("3"), Some("x")]).range(), None);
        assert_eq!(tally(&[Some("3\\4")]).range(), None);
        assert_eq!(tally(&[None]).range(), None);
    }
}
