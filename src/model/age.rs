//! Ages (AS; PS3.5 6.2), as written and as reckoned from the date of birth.

use super::Date;

/// Reads an age such as `064Y` for people: `64 years`.
pub fn age(text: &str) -> Option<String> {
    let text = text.trim_matches(['\0', ' ']);
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "D" | "d" => "day",
        "W" | "w" => "week",
        "M" | "m" => "month",
        "Y" | "y" => "year",
        _ => return None,
    };
    let count =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u16>().ok()).flatten()?;
    Some(counted(u32::from(count), unit))
}

/// The age at a day for people: years, or months up to the second birthday, as is used of children.
pub fn age_at(birth: Date, at: Date) -> Option<String> {
    let months = full_months(birth, at)?;
    Some(if months < 24 { counted(months, "month") } else { counted(months / 12, "year") })
}

/// Full months from `birth` to `at`; `None` if either day is not known exactly, or birth comes last.
fn full_months(birth: Date, at: Date) -> Option<u32> {
    let count = |date: Date| Some((u32::from(date.year) * 12 + u32::from(date.month?), date.day?));
    let (from, first) = count(birth)?;
    let (to, last) = count(at)?;
    // Who is born on the 29th of February turns a year older on the 1st of March of common years.
    to.checked_sub(from)?.checked_sub(u32::from(last < first))
}

fn counted(count: u32, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).expect("the tests write real days")
    }

    #[test]
    fn age_strings_name_their_unit() {
        let cases = [
            ("018M", "18 months"),
            ("003W", "3 weeks"),
            ("064Y", "64 years"),
            ("007D", "7 days"),
            ("001Y", "1 year"),
            ("64Y ", "64 years"),
            ("000D\0", "0 days"),
        ];
        for (text, expected) in cases {
            assert_eq!(age(text).as_deref(), Some(expected), "{text:?}");
        }
        for text in ["", "Y", "064", "-01Y", "+01Y", "06.4Y", "99999Y", "064é", "064YY"] {
            assert_eq!(age(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_birthday_counts_from_its_morning() {
        let birth = day("19600229");

        assert_eq!(age_at(birth, day("20240228")).as_deref(), Some("63 years"));
        assert_eq!(age_at(birth, day("20240229")).as_deref(), Some("64 years"));
        assert_eq!(age_at(birth, day("20230228")).as_deref(), Some("62 years"));
        assert_eq!(age_at(birth, day("20230301")).as_deref(), Some("63 years"));
    }

    #[test]
    fn small_children_are_counted_in_months() {
        assert_eq!(age_at(day("20230115"), day("20230215")).as_deref(), Some("1 month"));
        assert_eq!(age_at(day("20230115"), day("20241214")).as_deref(), Some("22 months"));
        assert_eq!(age_at(day("20230115"), day("20250115")).as_deref(), Some("2 years"));
    }

    #[test]
    fn nobody_has_an_age_before_birth_or_without_a_day() {
        assert_eq!(age_at(day("20240101"), day("20231231")), None);
        assert_eq!(age_at(day("1960"), day("20240101")), None);
        assert_eq!(age_at(day("19600101"), day("202401")), None);
    }
}
