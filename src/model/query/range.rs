//! Numbers and days from here to there.

/// From `least` to `most`, both included unless they are excluded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    least: f64,
    most: f64,
    /// The ends themselves do not count.
    open: bool,
}

impl Range {
    /// `>100`, `>=1.5`, `<2`, `<=2`, `2`, `=2`, `1..2`, `..2` or `2..`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::between(text, |number| {
            let value: f64 = number.parse().ok().filter(|value: &f64| value.is_finite())?;
            Some((value, value))
        })
    }

    /// The same with days: `2019`, `2019-03` and `201903` stand for all their days.
    pub(super) fn of_days(text: &str) -> Option<Self> {
        Self::between(text, days)
    }

    /// `span` gives the first and the last value that a text stands for.
    fn between(text: &str, span: impl Fn(&str) -> Option<(f64, f64)>) -> Option<Self> {
        const ALL: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
        let closed = |least, most| Some(Self { least, most, open: false });
        let open = |least, most| Some(Self { least, most, open: true });
        if let Some(rest) = text.strip_prefix(">=") {
            return closed(span(rest)?.0, ALL.1);
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return closed(ALL.0, span(rest)?.1);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return open(span(rest)?.1, ALL.1);
        }
        if let Some(rest) = text.strip_prefix('<') {
            return open(ALL.0, span(rest)?.0);
        }
        if let Some((from, to)) = text.split_once("..") {
            let end = |part: &str, otherwise| if part.is_empty() { Some(otherwise) } else { span(part) };
            return closed(end(from, ALL)?.0, end(to, ALL)?.1);
        }
        let (least, most) = span(text.strip_prefix('=').unwrap_or(text))?;
        closed(least, most)
    }

    /// True if a value lies in it.
    pub(super) fn holds(self, value: f64) -> bool {
        // 0.7 in a file may be 0.70000001 in another; days and counts are whole.
        let slack = (value.abs() * 1e-6).min(1e-3);
        if self.open {
            value > self.least + slack && value < self.most - slack
        } else {
            value >= self.least - slack && value <= self.most + slack
        }
    }
}

/// The first and the last day that a date stands for, as `YYYYMMDD`.
fn days(text: &str) -> Option<(f64, f64)> {
    let digits: String = text.chars().filter(|&c| c != '-').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (first, last) = match digits.len() {
        4 => ("0101", "1231"),
        6 => ("01", "31"),
        8 => ("", ""),
        _ => return None,
    };
    let number = |rest: &str| format!("{digits}{rest}").parse::<u32>().ok().map(f64::from);
    Some((number(first)?, number(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_range_is_read() {
        for (text, inside, outside) in [
            (">100", 101.0, 100.0),
            (">=100", 100.0, 99.0),
            ("<1.5", 1.4, 1.5),
            ("<=1.5", 1.5, 1.6),
            ("2", 2.0, 2.1),
            ("=2", 2.0, 1.9),
            ("1..2", 2.0, 2.1),
            ("..2", -5.0, 3.0),
            ("2..", 1e9, 1.0),
        ] {
            let range = Range::parse(text).unwrap();
            assert!(range.holds(inside) && !range.holds(outside), "{text}");
        }
        for text in ["", "x", ">", "1..x", "nan", "inf"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_and_a_month_stand_for_all_their_days() {
        for (text, inside, outside) in [
            ("2019", 20_191_231.0, 20_200_101.0),
            ("2019-03", 20_190_301.0, 20_190_401.0),
            ("2019..", 20_250_606.0, 20_181_231.0),
            (">2019", 20_200_101.0, 20_191_231.0),
            ("<2019-03-05", 20_190_304.0, 20_190_305.0),
            ("201901..201902", 20_190_228.0, 20_190_301.0),
        ] {
            let range = Range::of_days(text).unwrap();
            assert!(range.holds(inside) && !range.holds(outside), "{text}");
        }
        assert_eq!(Range::of_days("monday"), None);
    }
}
