//! Decimal and integer strings (DS, IS; PS3.5 6.2) as senders really write them.
//!
//! Padding with NUL, decimal commas, a plus sign, units after the number and integers with a fraction of
//! zero are all read; text that is not a finite number is `None`.

/// A count and its noun: `1 file`, `2 files`, `3 studies`, `1 series`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {}", nouns(number, noun))
}

/// The noun of so many: `file`, `files`.
pub fn nouns(number: usize, noun: &str) -> String {
    match noun {
        _ if number == 1 => noun.to_owned(),
        "series" => noun.to_owned(),
        "study" => "studies".to_owned(),
        _ => format!("{noun}s"),
    }
}

/// Beyond this, doubles skip whole numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The finite number at the start of `text`, or `None`.
pub fn decimal(text: &str) -> Option<f64> {
    // Nearly always: digits and what belongs to them. A scan reads six such numbers of every file.
    if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'))
        && let Ok(value) = text.parse::<f64>()
    {
        return Some(value).filter(|value| value.is_finite());
    }
    let text = trim(text);
    // With a point as well, the comma separates thousands or columns; both readings are guesses.
    let number = if text.contains(',') && !text.contains('.') {
        prefix(&text.replacen(',', ".", 1)).parse::<f64>()
    } else {
        let number = prefix(text);
        // Microsoft's runtime prints NaN and infinity as 1.#QNAN and 1.#INF.
        if text.get(number.len()..).is_some_and(|rest| rest.starts_with(['#', ','])) {
            return None;
        }
        number.parse::<f64>()
    };
    number.ok().filter(|value| value.is_finite())
}

/// The whole number at the start of `text`; `None` if it has a fraction or does not fit.
pub fn integer(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(exact) = text.parse::<i64>()
    {
        return Some(exact);
    }
    let text = trim(text);
    let number = prefix(text);
    if let Ok(exact) = number.parse::<i64>() {
        return decimal(text).filter(|value| value.fract() == 0.0).map(|_| exact);
    }
    decimal(text).filter(|value| value.fract() == 0.0 && value.abs() <= EXACT).map(|value| value as i64)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\0' || c.is_whitespace())
}

/// The longest start of `text` that is a number: sign, digits, fraction, exponent.
fn prefix(text: &str) -> &str {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes.get(from..).map_or(from, |rest| from + rest.iter().take_while(|b| b.is_ascii_digit()).count())
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(sign);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let from = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(from);
        if exponent > from {
            end = exponent;
        }
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_senders_write_them() {
        let cases = [
            (" 0.5 ", 0.5),
            ("1.25\0", 1.25),
            ("+5", 5.0),
            ("-1024", -1024.0),
            ("0,703125", 0.703_125),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e-3", 0.001),
            ("1E+02", 100.0),
            ("2.5 mm", 2.5),
            ("5e", 5.0),
            ("12345678901234567890", 12_345_678_901_234_567_890.0),
        ];
        for (text, expected) in cases {
            assert_eq!(decimal(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn text_that_is_no_finite_number_is_nothing() {
        for text in ["", " ", "NaN", "inf", "-Infinity", "1.#QNAN", "-1.#IND", "1e999", ".", "+", "e5", "abc"]
        {
            assert_eq!(decimal(text), None, "{text:?}");
            assert_eq!(integer(text), None, "{text:?}");
        }
        assert_eq!(decimal("1,234.5"), None);
    }

    #[test]
    fn whole_numbers_may_carry_a_fraction_of_zero_but_no_other() {
        assert_eq!(integer("3.000"), Some(3));
        assert_eq!(integer("+7 "), Some(7));
        assert_eq!(integer("1A"), Some(1));
        assert_eq!(integer("1e3"), Some(1000));
        assert_eq!(integer("1.5"), None);
        assert_eq!(integer("1,5"), None);
        assert_eq!(integer("99999999999999999999"), None);
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    }

    proptest! {
        #[test]
        fn any_text_is_a_finite_number_or_nothing(text in "\\PC*") {
            prop_assert!(decimal(&text).is_none_or(f64::is_finite));
            let _ = integer(&text);
        }

        #[test]
        fn printed_numbers_come_back(value in -1e9..1e9_f64, whole: i64) {
            prop_assert_eq!(decimal(&value.to_string()), Some(value));
            prop_assert_eq!(integer(&whole.to_string()), Some(whole));
        }
    }
}
