//! What a terminal answers, read from complete escape sequences.
//!
//! Bodies come without their introducer and terminator. Nothing here fails: a
//! sequence that is not understood is [`Reply::Other`], because an unexpected
//! answer must neither become a key nor stop the program.

use super::protocol::CellSize;

/// One answer of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// DA1, the fence of a probe; `4` in the list means sixel.
    DeviceAttributes(Vec<u16>),
    /// XTVERSION: what the terminal calls itself.
    Version(String),
    /// Size of one cell (`CSI 16 t`).
    CellPixels(CellSize),
    /// Size of the text area (`CSI 14 t`), in pixels.
    WindowPixels {
        /// Columns of pixels.
        width: u16,
        /// Rows of pixels.
        height: u16,
    },
    /// The kitty protocol about one image: `OK`, or an error such as `ENOENT:…`.
    Kitty {
        /// The image; 0 if the terminal named none.
        id: u32,
        /// The message as sent, at most 200 characters.
        message: String,
    },
    /// DECRPM: whether a private mode is known and set (0 unknown, 1 set, 2 reset, 3/4 permanently).
    Mode {
        /// The private mode.
        mode: u16,
        /// Its state.
        state: u16,
    },
    /// The background colour (OSC 11), 8 bits a channel.
    Background(u8, u8, u8),
    /// `CSI 0 n`: everything before the question has been read. Used as a fence.
    DeviceStatusOk,
    /// Where the cursor is, from 1.
    CursorPosition {
        /// Row, from 1.
        row: u16,
        /// Column, from 1.
        column: u16,
    },
    /// Any other answer: to be swallowed.
    Other,
}

impl Reply {
    /// Reads the part of a CSI sequence after `ESC [`; `None` if it is a key or a mouse event.
    pub fn from_csi(body: &[u8]) -> Option<Self> {
        let (&last, parameters) = body.split_last()?;
        let (private, parameters) = match parameters.split_first() {
            Some((&mark @ b'<'..=b'?', rest)) => (Some(mark), rest),
            _ => (None, parameters),
        };
        let numbers = numbers(parameters);
        match (private, last) {
            (Some(b'<'), b'M' | b'm') => None,
            (Some(b'?'), b'c') => Some(Self::DeviceAttributes(numbers)),
            (Some(b'?'), b'y') => Some(match numbers[..] {
                [mode, state] => Self::Mode { mode, state },
                _ => Self::Other,
            }),
            (Some(_), _) | (None, b'c' | b'y') => Some(Self::Other),
            (None, b't') => Some(window(&numbers)),
            (None, b'n') => Some(if numbers == [0] { Self::DeviceStatusOk } else { Self::Other }),
            (None, b'R') => cursor(&numbers),
            _ => None,
        }
    }

    /// Reads the part of an OSC sequence between `ESC ]` and its end.
    pub fn from_osc(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        text.strip_prefix("11;")
            .and_then(color)
            .map_or(Self::Other, |(red, green, blue)| Self::Background(red, green, blue))
    }

    /// Reads the part of a DCS sequence between `ESC P` and its end.
    pub fn from_dcs(body: &[u8]) -> Self {
        match body.strip_prefix(b">|") {
            Some(name) => Self::Version(printable(name, 80)),
            None => Self::Other,
        }
    }

    /// Reads the part of an APC sequence between `ESC _` and its end.
    pub fn from_apc(body: &[u8]) -> Self {
        let Some(body) = body.strip_prefix(b"G") else { return Self::Other };
        let text = printable(body, 300);
        let Some((keys, message)) = text.split_once(';') else { return Self::Other };
        let id = keys.split(',').find_map(|key| key.strip_prefix("i=")?.parse().ok()).unwrap_or(0);
        Self::Kitty { id, message: message.chars().take(200).collect() }
    }
}

/// `CSI height ; width t` reports.
fn window(numbers: &[u16]) -> Reply {
    match *numbers {
        [4, height, width] => Reply::WindowPixels { width, height },
        [6, height, width] => Reply::CellPixels(CellSize::new(width, height)),
        _ => Reply::Other,
    }
}

/// A cursor report; `None` for the few that mean F3 with a modifier.
///
/// `CSI 1 ; 2 R` is both Shift-F3 in xterm and "row 1, column 2". The cursor is
/// never asked for there, so the key wins.
fn cursor(numbers: &[u16]) -> Option<Reply> {
    match *numbers {
        [] | [_] | [1, 2..=16] => None,
        [row, column] => Some(Reply::CursorPosition { row, column }),
        _ => Some(Reply::Other),
    }
}

/// The numbers of a parameter list; unreadable or missing ones are 0, huge ones the largest.
fn numbers(parameters: &[u8]) -> Vec<u16> {
    if parameters.is_empty() {
        return Vec::new();
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .take_while(|digit| digit.is_ascii_digit())
            .fold(0_u16, |sum, digit| sum.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
    };
    parameters.split(|&byte| byte == b';').map(number).collect()
}

/// `rgb:ffff/8080/0000`, `rgba:…` or `#rrggbb`, as X11 writes colours.
fn color(text: &str) -> Option<(u8, u8, u8)> {
    if let Some(hex) = text.strip_prefix('#') {
        let value = (hex.len() == 6).then(|| u32::from_str_radix(hex, 16).ok())??;
        return Some(((value >> 16) as u8, (value >> 8) as u8, value as u8));
    }
    let channels = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut channels = channels.split('/').map(channel);
    Some((channels.next()??, channels.next()??, channels.next()??))
}

/// One to four hexadecimal digits, scaled to 8 bits.
fn channel(hex: &str) -> Option<u8> {
    if !(1..=4).contains(&hex.len()) {
        return None;
    }
    let most = (1_u32 << (4 * hex.len())) - 1;
    u32::from_str_radix(hex, 16).ok().map(|value| ((value * 255 + most / 2) / most) as u8)
}

/// The harmless characters of `bytes`: an answer may be shown by `topogram doctor`.
fn printable(bytes: &[u8], most: usize) -> String {
    bytes.iter().filter(|byte| matches!(byte, b' '..=b'~')).take(most).map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_captured_from_real_terminals_are_understood() {
        let csi = |body: &str| Reply::from_csi(body.as_bytes());

        assert_eq!(csi("?62;4;9;22c"), Some(Reply::DeviceAttributes(vec![62, 4, 9, 22])));
        assert_eq!(csi("6;20;10t"), Some(Reply::CellPixels(CellSize::new(10, 20))));
        assert_eq!(csi("4;720;1200t"), Some(Reply::WindowPixels { width: 1200, height: 720 }));
        assert_eq!(csi("?2026;2$y"), Some(Reply::Mode { mode: 2026, state: 2 }));
        assert_eq!(csi("0n"), Some(Reply::DeviceStatusOk));
        assert_eq!(csi("12;40R"), Some(Reply::CursorPosition { row: 12, column: 40 }));
        assert_eq!(Reply::from_dcs(b">|kitty(0.41.1)"), Reply::Version("kitty(0.41.1)".into()));
        assert_eq!(Reply::from_osc(b"11;rgb:ffff/8080/0000"), Reply::Background(255, 128, 0));
        assert_eq!(Reply::from_osc(b"11;#fdf6e3"), Reply::Background(0xfd, 0xf6, 0xe3));
        assert_eq!(
            Reply::from_apc(b"Gi=31,p=7;ENOENT:Put command refers to non-existent image"),
            Reply::Kitty { id: 31, message: "ENOENT:Put command refers to non-existent image".into() }
        );
    }

    #[test]
    fn answers_nobody_asked_for_are_swallowed_and_keys_are_left_alone() {
        for body in ["8;100;36t", ">1;4000;41c", "?1;0;256S", "?0u", "3n", "?;;;c", "?99999999999;1$y"] {
            assert!(Reply::from_csi(body.as_bytes()).is_some(), "{body}");
        }
        for body in ["A", "1;5A", "3~", "Z", "1;2R", "R", "<0;3;4M", "97;5u", "[A", ""] {
            assert_eq!(Reply::from_csi(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_terminal_cannot_smuggle_control_characters_into_its_name() {
        assert_eq!(Reply::from_dcs(b">|evil\x07\x1b[2Jname"), Reply::Version("evil[2Jname".into()));
    }
}
