//! A question about an attribute that only the files tell.

use super::{contains, range::Range};

/// What an attribute of a file is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// One of its numbers lies in it.
    Number(Range),
    /// One of its days does, as `YYYYMMDD`.
    Day(Range),
    /// It holds that, in lower case.
    Text(String),
}

/// What kind of values an attribute has, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers.
    Number,
    /// Dates, with or without a time.
    Day,
    /// Anything else.
    Text,
}

impl Value {
    pub(super) fn parse(text: &str, kind: ValueKind) -> Self {
        let compares = text.starts_with(['<', '>', '=']) || text.contains("..");
        let test = match kind {
            ValueKind::Number => Range::parse(text).map(Self::Number),
            ValueKind::Day => Range::of_days(text).map(Self::Day),
            ValueKind::Text => Range::parse(text).filter(|_| compares).map(Self::Number),
        };
        test.unwrap_or_else(|| Self::Text(text.to_owned()))
    }

    /// True if one of the values joined by `\` is meant.
    pub(super) fn holds(&self, value: &str) -> bool {
        let number = |part: &str| part.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let day = |part: &str| part.trim().get(..8).and_then(number);
        match self {
            Self::Number(range) => value.split('\\').filter_map(number).any(|number| range.holds(number)),
            Self::Day(range) => value.split('\\').filter_map(day).any(|day| range.holds(day)),
            Self::Text(part) => contains(value, part),
        }
    }
}
