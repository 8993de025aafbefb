//! Escape sequences of keys, of every family of terminals in use.
//!
//! xterm's forms come first (`CSI 1;5A`, `CSI 3~`, `SS3 P`), then what rxvt, the Linux
//! console and the kitty keyboard protocol do differently. The result follows the
//! conventions of crossterm: a capital letter carries Shift.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key that was typed as a character.
pub(super) fn character(character: char, modifiers: KeyModifiers) -> KeyEvent {
    let control = u8::try_from(character).ok().filter(u8::is_ascii_control);
    let mut key = control.map_or_else(|| KeyEvent::from(KeyCode::Char(character)), control_key);
    key.modifiers |= modifiers;
    if character.is_uppercase() {
        key.modifiers |= KeyModifiers::SHIFT;
    }
    key
}

/// The key behind a C0 control or DEL.
pub(super) fn control_key(byte: u8) -> KeyEvent {
    let ctrl = |letter: u8| KeyEvent::new(KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x1b => KeyCode::Esc.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => ctrl(b' '),
        1..=26 => ctrl(byte - 1 + b'a'),
        // Ctrl with \ ] ^ _, as they stand in ASCII.
        _ => ctrl((byte & 0x1f) + 0x40),
    }
}

/// Reads the part of a CSI sequence after `ESC [`; `None` if it is no key we know.
pub(super) fn csi(body: &[u8]) -> Option<KeyEvent> {
    if let [b'[', letter @ b'A'..=b'E'] = body {
        return Some(KeyCode::F(letter - b'A' + 1).into());
    }
    let (&last, parameters) = body.split_last()?;
    let fields = Fields::read(parameters)?;
    match last {
        b'~' | b'$' | b'^' | b'@' if fields.number(0) == Some(27) => {
            // xterm's modifyOtherKeys: CSI 27 ; modifiers ; code ~.
            let (modifiers, kind) = fields.modifiers(1);
            unicode(fields.number(2)?, None, modifiers, kind)
        }
        b'~' | b'$' | b'^' | b'@' => {
            let (mut modifiers, kind) = fields.modifiers(1);
            // rxvt tells Shift, Ctrl and both by the last byte.
            if matches!(last, b'$' | b'@') {
                modifiers |= KeyModifiers::SHIFT;
            }
            if matches!(last, b'^' | b'@') {
                modifiers |= KeyModifiers::CONTROL;
            }
            Some(KeyEvent::new_with_kind(numbered(fields.number(0)?)?, modifiers, kind))
        }
        b'u' => {
            let (modifiers, kind) = fields.modifiers(1);
            unicode(fields.number(0)?, fields.sub(0, 1), modifiers, kind)
        }
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT | fields.modifiers(1).0)),
        b'a'..=b'd' => Some(KeyEvent::new(cursor(last.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        _ => {
            let (modifiers, kind) = fields.modifiers(1);
            Some(KeyEvent::new_with_kind(cursor(last)?, modifiers, kind))
        }
    }
}

/// Reads what follows `ESC O`; `None` if it is no key we know.
pub(super) fn ss3(body: &[u8]) -> Option<KeyEvent> {
    let (&last, parameters) = body.split_last()?;
    let fields = Fields::read(parameters)?;
    // SS3 5 P and SS3 1 ; 5 P both mean Ctrl-F1.
    let modifiers = fields.modifiers(usize::from(parameters.contains(&b';'))).0;
    let code = match last {
        // rxvt sends Ctrl with an arrow in small letters.
        b'a'..=b'd' => {
            return Some(KeyEvent::new(cursor(last.to_ascii_uppercase())?, KeyModifiers::CONTROL));
        }
        // The keypad in application mode.
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b'X' => KeyCode::Char('='),
        b' ' => KeyCode::Char(' '),
        b'j'..=b'y' => KeyCode::Char(char::from(last - 0x40)),
        _ => cursor(last)?,
    };
    Some(KeyEvent::new(code, modifiers))
}

/// Keys named by the final letter, the same after CSI and SS3.
fn cursor(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// Keys named by a number, `CSI n ~`.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        // Gaps where the keys of a VT220 had none.
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23..=26 => KeyCode::F(number as u8 - 12),
        28..=29 => KeyCode::F(number as u8 - 13),
        31..=34 => KeyCode::F(number as u8 - 14),
        _ => return None,
    })
}

/// A key of the kitty keyboard protocol, by its code point and the one with Shift.
fn unicode(code: u32, shifted: Option<u32>, modifiers: KeyModifiers, kind: KeyEventKind) -> Option<KeyEvent> {
    let shift = modifiers.contains(KeyModifiers::SHIFT);
    let code = match code {
        9 if shift => KeyCode::BackTab,
        9 => KeyCode::Tab,
        13 | 57_414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57_399..=57_408 => KeyCode::Char(char::from_digit(code - 57_399, 10)?),
        57_409..=57_413 => KeyCode::Char(char::from(*b"./*-+".get((code - 57_409) as usize)?)),
        57_415 => KeyCode::Char('='),
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        // The private use area: lone modifiers, media keys and others.
        0..32 | 0xE000..=0xF8FF => return None,
        _ => {
            let character = char::from_u32(shifted.filter(|_| shift).unwrap_or(code))?;
            let upper = if shift { character.to_ascii_uppercase() } else { character };
            KeyCode::Char(upper)
        }
    };
    Some(KeyEvent::new_with_kind(code, modifiers, kind))
}

/// Parameters between `;`, each with parts between `:`.
struct Fields(Vec<Vec<Option<u32>>>);

impl Fields {
    /// `None` if anything but digits and separators is among them.
    fn read(parameters: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(parameters).ok()?;
        if !text.bytes().all(|byte| matches!(byte, b'0'..=b';')) {
            return None;
        }
        let part = |part: &str| part.parse().ok();
        Some(Self(text.split(';').map(|field| field.split(':').map(part).collect()).collect()))
    }

    /// A field as a number.
    fn number(&self, field: usize) -> Option<u32> {
        self.sub(field, 0)
    }

    /// A part of a field.
    fn sub(&self, field: usize, part: usize) -> Option<u32> {
        *self.0.get(field)?.get(part)?
    }

    /// A field of modifiers: one more than a sum of bits, and the kind of event.
    fn modifiers(&self, field: usize) -> (KeyModifiers, KeyEventKind) {
        let bits = self.number(field).unwrap_or(1).saturating_sub(1);
        let mut modifiers = KeyModifiers::NONE;
        for (bit, modifier) in [
            (1, KeyModifiers::SHIFT),
            (2, KeyModifiers::ALT),
            (4, KeyModifiers::CONTROL),
            (8, KeyModifiers::SUPER),
            (16, KeyModifiers::HYPER),
            (32, KeyModifiers::META),
        ] {
            if bits & bit != 0 {
                modifiers |= modifier;
            }
        }
        let kind = match self.sub(field, 1) {
            Some(2) => KeyEventKind::Repeat,
            Some(3) => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        };
        (modifiers, kind)
    }
}
