//! Dates some days earlier, written as they were.

use crate::model::Date;

/// Shifts every value of a DA or DT field by `days` into the past, in place of its first eight digits.
///
/// `None` if one of them is no full date: half a date cannot be shifted by days.
pub(super) fn shifted(values: &[String], days: i64) -> Option<Vec<String>> {
    values.iter().map(|value| if value.is_empty() { Some(String::new()) } else { one(value, days) }).collect()
}

fn one(value: &str, days: i64) -> Option<String> {
    let (written, rest) = match value.split_at_checked(8) {
        Some((date, rest)) if date.bytes().all(|byte| byte.is_ascii_digit()) => (date, rest),
        // The YYYY.MM.DD of ACR-NEMA comes out as the standard writes it today.
        _ => (value, ""),
    };
    let Date { year, month, day } = Date::from_day_number(Date::parse(written)?.day_number()? - days)?;
    Some(format!("{year:04}{:02}{:02}{rest}", month?, day?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(value: &str, days: i64) -> Option<String> {
        shifted(&[value.to_owned()], days).map(|mut values| values.remove(0))
    }

    #[test]
    fn the_time_of_a_moment_stays_and_half_a_date_cannot_be_shifted() {
        assert_eq!(back("20240301", 1).as_deref(), Some("20240229"));
        assert_eq!(back("20240101120000.5+0100", 1).as_deref(), Some("20231231120000.5+0100"));
        assert_eq!(back("2024.01.31", 31).as_deref(), Some("20231231"));
        for odd in ["2024", "202401", "20241301", "20230229", "today", "00000301"] {
            assert_eq!(back(odd, 100), None, "{odd}");
        }
    }
}
