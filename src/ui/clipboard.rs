//! The clipboard of the terminal, wherever it runs: OSC 52.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Bytes of a text that are copied: terminals take about 74 kB of the sequence, in Base64.
const MOST: usize = 48 << 10;

/// The sequence that puts a text into the clipboard, without what could harm where it is pasted.
pub(super) fn put(text: &str) -> Vec<u8> {
    let text = crate::model::shown(text);
    let end = (0..=text.len().min(MOST)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    format!("\x1b]52;c;{}\x07", STANDARD.encode(&text[..end])).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(text: &str) -> String {
        let bytes = put(text);
        let base64 = bytes.strip_prefix(b"\x1b]52;c;").and_then(|rest| rest.strip_suffix(b"\x07")).unwrap();
        String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap()
    }

    #[test]
    fn what_is_pasted_is_harmless_and_has_an_end() {
        assert_eq!(pasted("512"), "512");
        assert_eq!(pasted("a\x1b]52;c;\x07b\n"), "a⟨U+001B⟩]52;c;⟨U+0007⟩b⟨U+000A⟩");
        let long = pasted(&"山".repeat(40_000));
        assert!(long.len() <= MOST && long.len() > MOST - 4 && long.chars().all(|c| c == '山'));
    }
}
