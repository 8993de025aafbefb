//! Through tmux to the terminal behind it.
//!
//! tmux hands on the inside of `ESC P tmux; … ESC \` unread if the user has set
//! `allow-passthrough on`, and drops it otherwise.

/// Wraps escape sequences for the terminal behind tmux; every ESC inside is doubled.
pub fn wrap(inner: &[u8]) -> Vec<u8> {
    let mut wrapped = Vec::with_capacity(inner.len() + inner.len() / 16 + 16);
    wrapped.extend_from_slice(b"\x1bPtmux;");
    for &byte in inner {
        if byte == 0x1b {
            wrapped.push(0x1b);
        }
        wrapped.push(byte);
    }
    wrapped.extend_from_slice(b"\x1b\\");
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_inside_is_doubled_and_the_end_is_not() {
        assert_eq!(wrap(b"\x1b_Ga=q\x1b\\"), b"\x1bPtmux;\x1b\x1b_Ga=q\x1b\x1b\\\x1b\\");
    }
}
