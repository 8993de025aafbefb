//! How much memory the caches may take: bytes, a share of the machine, or the lower of both.

use serde::Deserialize;
use std::{fmt, str::FromStr};

/// A limit for the caches, written `2G`, `25%` or `512M, 25%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Memory {
    /// So many bytes.
    Bytes(u64),
    /// A share of all memory the process may use, 1 to 90.
    Percent(u8),
    /// So many bytes, or such a share if that is less.
    Lower(u64, u8),
}

/// Below this a single mammogram would not fit, and every key press would decode again.
const LEAST: u64 = 64 << 20;

impl Memory {
    /// The limit in bytes on a machine (or in a container) with `total` bytes of memory.
    pub fn bytes_of(self, total: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Percent(percent) => (total / 100 * u64::from(percent)).max(LEAST.min(total)),
            Self::Lower(bytes, percent) => bytes.min(Self::Percent(percent).bytes_of(total)),
        }
    }
}

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("cannot be {text:?}; write bytes as \"2G\" or \"512M\", or a share as \"25%\"");
        if let Some((one, other)) = text.split_once(',') {
            return match (one.trim().parse()?, other.trim().parse()?) {
                (Self::Bytes(bytes), Self::Percent(percent))
                | (Self::Percent(percent), Self::Bytes(bytes)) => Ok(Self::Lower(bytes, percent)),
                _ => Err(format!("cannot be {text:?}; two limits are bytes and a share: \"512M, 25%\"")),
            };
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let shift = match unit.trim_start().trim_end_matches('B').trim_end_matches('i') {
            "%" if (1..=90).contains(&number) => return Ok(Self::Percent(number as u8)),
            "%" => return Err(format!("cannot be {text:?}; a share is 1% to 90%")),
            "" => 0,
            "K" | "k" => 10,
            "M" => 20,
            "G" => 30,
            "T" => 40,
            _ => return Err(wrong()),
        };
        let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
        if bytes < LEAST {
            return Err(format!("cannot be {text:?}; less than 64M would not hold one mammogram"));
        }
        Ok(Self::Bytes(bytes))
    }
}

impl TryFrom<String> for Memory {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Lower(bytes, percent) => write!(f, "{}, {percent}%", Self::Bytes(bytes)),
            Self::Bytes(bytes) => match bytes.trailing_zeros() {
                30.. => write!(f, "{}G", bytes >> 30),
                20.. => write!(f, "{}M", bytes >> 20),
                _ => write!(f, "{bytes}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in
            [("2G", 2 << 30), ("512M", 512 << 20), ("1 GiB", 1 << 30), ("70000000", 70_000_000)]
        {
            assert_eq!(text.parse(), Ok(Memory::Bytes(bytes)), "{text}");
        }
        assert_eq!("25%".parse(), Ok(Memory::Percent(25)));
    }

    #[test]
    fn of_two_limits_the_lower_one_counts() {
        let limit: Memory = "512M, 25%".parse().unwrap();
        assert_eq!("25% ,512M".parse(), Ok(limit));
        assert_eq!(limit.to_string().parse(), Ok(limit));
        assert_eq!(limit.bytes_of(400 << 30), 512 << 20);
        assert_eq!(limit.bytes_of(1000 << 20), 250 << 20);
    }

    #[test]
    fn senseless_sizes_are_refused() {
        for text in [
            "",
            "-1",
            "2X",
            "0%",
            "100%",
            "1M",
            "1G, 2G",
            "25%, 512M, 1G",
            "512M,",
            "99999999999999999999",
            "9999999999999999T",
            "G",
        ] {
            assert!(text.parse::<Memory>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_of_a_small_machine_still_holds_one_image() {
        assert_eq!(Memory::Percent(25).bytes_of(128 << 20), 64 << 20);
        assert_eq!(Memory::Percent(25).bytes_of(400 << 30), 100 << 30);
    }
}
