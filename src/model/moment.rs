//! Dates and times (DA, TM, DT; PS3.5 6.2), as people read them.
//!
//! Every reader answers `None` to what is no date, so that the caller can show the value as it stands.

use std::fmt;

/// A day, or the month or year that is known of it.
///
/// Its order puts a bare year before the days of that year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year of the Gregorian calendar.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day of the month, from 1.
    pub day: Option<u8>,
}

/// A time of day, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: Option<u8>,
    /// Second, 0 to 60: leap seconds are legal.
    pub second: Option<u8>,
    /// Millionths of a second.
    pub micros: Option<u32>,
}

/// A date with what follows it in a DT value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The date.
    pub date: Date,
    /// The time of day.
    pub time: Option<Time>,
    /// Minutes east of UTC; `None` if the value does not say, and only the data set may.
    pub zone: Option<i16>,
}

impl Date {
    /// Reads `YYYYMMDD`, the `YYYY.MM.DD` of ACR-NEMA, `YYYY-MM-DD`, and the partial `YYYYMM` and `YYYY`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = trim(text);
        let separator = text.chars().nth(4).filter(|c| matches!(c, '.' | '-' | '/'));
        let digits = match separator {
            Some(mark) => match text.split(mark).collect::<Vec<_>>()[..] {
                [year, month] if month.len() == 2 => format!("{year}{month}"),
                [year, month, day] if month.len() == 2 && day.len() == 2 => format!("{year}{month}{day}"),
                _ => return None,
            },
            None => text.to_owned(),
        };
        Self::from_digits(&digits)
    }

    fn from_digits(digits: &str) -> Option<Self> {
        let mut rest = Digits::new(digits)?;
        let year = rest.two()?.zip(rest.two()?).map(|(century, year)| century * 100 + year)?;
        let month = rest.two()?;
        let day = rest.two()?;
        let whole = rest.0.is_empty()
            && month.is_none_or(|month| (1..=12).contains(&month))
            && day.is_none_or(|day| (1..=days_in(year, month.unwrap_or(1))).contains(&day));
        whole.then_some(Self { year, month: month.map(|m| m as u8), day: day.map(|d| d as u8) })
    }
}

impl Date {
    /// Days since 1 March of the year 0; `None` if the day is not known.
    pub fn day_number(self) -> Option<i64> {
        let (year, month) = (i64::from(self.year), i64::from(self.month?));
        // The leap day ends a year that begins in March.
        let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Some(365 * year + leap_days + (153 * month + 2) / 5 + i64::from(self.day?) - 1)
    }

    /// The day of a [`Date::day_number`]; `None` before the year 0 or after 9999.
    pub fn from_day_number(number: i64) -> Option<Self> {
        const FOUR_CENTURIES: i64 = 146_097;
        let (era, day) = (number.div_euclid(FOUR_CENTURIES), number.rem_euclid(FOUR_CENTURIES));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let year = 400 * era + year + i64::from(month >= 10);
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = u16::try_from(year).ok().filter(|&year| year < 10_000)?;
        Some(Self { year, month: Some(month as u8), day: Some(day as u8) })
    }
}

fn days_in(year: u16, month: u16) -> u16 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Time {
    /// Reads `HH[MM[SS[.F…]]]`, with or without the colons of ACR-NEMA.
    pub fn parse(text: &str) -> Option<Self> {
        let text = trim(text);
        let (clock, fraction) =
            text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
        let digits = if clock.contains(':') {
            if !clock.split(':').all(|part| part.len() == 2) {
                return None;
            }
            clock.replace(':', "")
        } else {
            clock.to_owned()
        };
        let mut rest = Digits::new(&digits)?;
        let hour = rest.two()?.filter(|&hour| hour < 24)? as u8;
        let minute = rest.two()?;
        let second = rest.two()?;
        let micros = match fraction {
            Some(fraction) if second.is_some() => Some(micros(fraction)?),
            Some(_) => return None,
            None => None,
        };
        let whole = rest.0.is_empty() && minute.is_none_or(|m| m < 60) && second.is_none_or(|s| s <= 60);
        whole.then_some(Self {
            hour,
            minute: minute.map(|m| m as u8),
            second: second.map(|s| s as u8),
            micros,
        })
    }
}

/// Millionths from the digits after the point; more than six are cut, as senders with clocks that fine exist.
fn micros(fraction: &str) -> Option<u32> {
    let digits = fraction.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((0..6).fold(0, |sum, at| sum * 10 + u32::from(digits.get(at).map_or(0, |digit| digit - b'0'))))
}

impl Moment {
    /// Reads `YYYY[MM[DD[HH[MM[SS[.F…]]]]]][±ZZXX]`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = trim(text);
        let (local, zone) = match text.find(['+', '-']) {
            Some(at) => (text.get(..at)?, Some(offset(text.get(at..)?)?)),
            None => (text, None),
        };
        let split = local.len().min(8);
        let date = Date::from_digits(local.get(..split)?)?;
        let time = match local.get(split..)? {
            "" => None,
            rest if rest.contains(':') => return None,
            rest => Some(Time::parse(rest)?),
        };
        Some(Self { date, time, zone })
    }
}

/// Minutes east of UTC from `±ZZXX`, within the standard's -1200 to +1400.
fn offset(text: &str) -> Option<i16> {
    let (sign, digits) = text.split_at_checked(1)?;
    let mut rest = Digits::new(digits).filter(|digits| digits.0.len() == 4)?;
    let minutes = rest.two()??.checked_mul(60)? + rest.two()?.filter(|&minutes| minutes < 60)?;
    let east = if sign == "-" { -(minutes as i16) } else { minutes as i16 };
    (-720..=840).contains(&east).then_some(east)
}

fn trim(text: &str) -> &str {
    text.trim_matches(['\0', ' '])
}

/// ASCII digits, taken two by two.
struct Digits<'a>(&'a [u8]);

impl<'a> Digits<'a> {
    fn new(text: &'a str) -> Option<Self> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(Self(text.as_bytes()))
    }

    /// The next two; `Some(None)` at the end, `None` if only one is left.
    #[expect(clippy::option_option, reason = "nothing left and half a number are different answers")]
    fn two(&mut self) -> Option<Option<u16>> {
        match *self.0 {
            [] => Some(None),
            [tens, ones, ref rest @ ..] => {
                self.0 = rest;
                Some(Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0')))
            }
            [_] => None,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        [self.month, self.day].iter().flatten().try_for_each(|part| write!(f, "-{part:02}"))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        let Some(minute) = self.minute else { return f.write_str(" h") };
        write!(f, ":{minute:02}")?;
        let Some(second) = self.second else { return Ok(()) };
        write!(f, ":{second:02}")?;
        self.micros.map_or(Ok(()), |micros| write!(f, ".{micros:06}"))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        if let Some(time) = self.time {
            write!(f, "T{time}")?;
        }
        let Some(zone) = self.zone else { return Ok(()) };
        let sign = if zone < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", zone.unsigned_abs() / 60, zone.unsigned_abs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Option<String> {
        Date::parse(text).map(|date| date.to_string())
    }

    fn time(text: &str) -> Option<String> {
        Time::parse(text).map(|time| time.to_string())
    }

    fn moment(text: &str) -> Option<String> {
        Moment::parse(text).map(|moment| moment.to_string())
    }

    #[test]
    fn dates_old_new_and_partial_have_one_form() {
        for text in ["20240229", "2024.02.29", "2024-02-29", "20240229\0", " 20240229 "] {
            assert_eq!(date(text).as_deref(), Some("2024-02-29"), "{text:?}");
        }
        assert_eq!(date("202402").as_deref(), Some("2024-02"));
        assert_eq!(date("2024").as_deref(), Some("2024"));
    }

    #[test]
    fn days_that_never_were_are_no_dates() {
        for text in ["20230229", "19000229", "20240431", "20241301", "20240100", "0", "2024022", "20240229x"]
        {
            assert_eq!(date(text), None, "{text:?}");
        }
        for text in ["", "unknown", "20240101-20240201", "２０２４", "2024.2.9", "2024.02.29.01"] {
            assert_eq!(date(text), None, "{text:?}");
        }
        assert_eq!(date("20000229").as_deref(), Some("2000-02-29"));
    }

    #[test]
    fn times_are_as_precise_as_they_were_written() {
        assert_eq!(time("0304").as_deref(), Some("03:04"));
        assert_eq!(time("030405.123456").as_deref(), Some("03:04:05.123456"));
        assert_eq!(time("03:04:05").as_deref(), Some("03:04:05"));
        assert_eq!(time("235960").as_deref(), Some("23:59:60"));
        assert_eq!(time("03").as_deref(), Some("03 h"));
        assert_eq!(time("030405.1234567").as_deref(), Some("03:04:05.123456"));
    }

    #[test]
    fn hours_that_never_strike_are_no_times() {
        for text in
            ["", "24", "0360", "030461", "3", "03040", "0304.5", "030405.", "030405.x", "3:4", "03:04:"]
        {
            assert_eq!(time(text), None, "{text:?}");
        }
    }

    #[test]
    fn moments_carry_their_zone() {
        let full = moment("20240102030405.5+0130");

        assert_eq!(full.as_deref(), Some("2024-01-02T03:04:05.500000+01:30"));
        assert_eq!(moment("20240102").as_deref(), Some("2024-01-02"));
        assert_eq!(moment("2024").as_deref(), Some("2024"));
        assert_eq!(moment("202401020304-0500").as_deref(), Some("2024-01-02T03:04-05:00"));
        for text in ["", "20240102+1500", "20240102+01", "2024010203:04", "20240102-0060", "2024010é"] {
            assert_eq!(moment(text), None, "{text:?}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        let back = |text: &str, days: i64| {
            let number = Date::parse(text).unwrap().day_number().unwrap();
            Date::from_day_number(number - days).unwrap().to_string()
        };
        assert_eq!(back("20240301", 1), "2024-02-29");
        assert_eq!(back("20230301", 1), "2023-02-28");
        assert_eq!(back("20000301", 1), "2000-02-29");
        assert_eq!(back("19000301", 1), "1900-02-28");
        assert_eq!(back("20240101", 366), "2022-12-31");
        for number in (0..3_600_000).step_by(997) {
            assert_eq!(Date::from_day_number(number).unwrap().day_number(), Some(number));
        }
        assert_eq!(Date::parse("2024").unwrap().day_number(), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_nothing(text in "\\PC*", digits in "[0-9.:+-]{0,24}") {
            for text in [text, digits] {
                let _ = (date(&text), time(&text), moment(&text));
            }
        }
    }
}
