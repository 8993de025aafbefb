//! The order of names with numbers in them.

use std::cmp::Ordering;

/// Compares names as people do: `slice2` before `slice10`.
pub fn natural(a: &str, b: &str) -> Ordering {
    natural_bytes(a.as_bytes(), b.as_bytes())
}

/// The same for names in no certain encoding.
#[expect(clippy::many_single_char_names, reason = "two of each, side by side")]
pub fn natural_bytes(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (Some(&x), Some(&y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, n) = (digits(a), digits(b));
            let (left, right) = (trim_zeros(&a[..m]), trim_zeros(&b[..n]));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[m..], &b[n..]);
        } else if x == y {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return x.cmp(&y);
        }
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn trim_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros.min(digits.len() - 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_numbers_whatever_their_zeros() {
        assert_eq!(natural("slice2", "slice10"), Ordering::Less);
        assert_eq!(natural("slice002", "slice2"), Ordering::Equal);
        assert_eq!(natural("b", "a10"), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn natural_order_is_antisymmetric(a in "[a-c0-9]{0,6}", b in "[a-c0-9]{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        }
    }
}
