//! UIDs of what has none of its own.

/// The UID of a key, always the same: a UUID computed from the key (version 8), below 2.25 (PS3.5 B.2).
pub(super) fn derived_uid(key: &str) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in key.bytes() {
        // FNV-1a.
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    let version = hash & !(0xf << 76) | 8 << 76;
    let variant = version & !(0b11 << 62) | 0b10 << 62;
    format!("2.25.{variant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_fit_their_64_characters_and_differ() {
        let (one, two) = (derived_uid("a"), derived_uid("b"));
        assert!(one.len() <= 64 && one != two && one.starts_with("2.25."));
    }
}
