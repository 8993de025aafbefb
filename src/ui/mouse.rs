//! Mouse reports: SGR (1006), and the old three bytes of terminals that know nothing else.

use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// Reads the part of a CSI sequence after `ESC [`, `<button;column;row` and `M` or `m`.
///
/// `None` for buttons a terminal application has no use for (8 to 11).
pub(super) fn sgr(body: &[u8]) -> Option<MouseEvent> {
    let (&last, parameters) = body.strip_prefix(b"<")?.split_last()?;
    let mut numbers = std::str::from_utf8(parameters).ok()?.split(';').map(|part| part.parse::<u16>().ok());
    let (code, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let released = match last {
        b'M' => false,
        b'm' => true,
        _ => return None,
    };
    event(code, released, column, row)
}

/// Reads `M` and three bytes: button, column and row, each plus 32.
pub(super) fn old(body: &[u8]) -> Option<MouseEvent> {
    let &[b'M', code, column, row] = body else { return None };
    let number = |byte: u8| u16::from(byte.saturating_sub(32));
    // Button 3 is the release of whichever button it was; call it the left one.
    let code = number(code);
    let released = code & 0b110_0011 == 3;
    event(if released { code & !3 } else { code }, released, number(column), number(row))
}

/// One report; columns and rows count from 1.
fn event(code: u16, released: bool, column: u16, row: u16) -> Option<MouseEvent> {
    if code & 128 != 0 {
        return None;
    }
    let button = match code & 3 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let kind = match (code & 64 != 0, code & 32 != 0, button) {
        (true, _, Some(MouseButton::Left)) => MouseEventKind::ScrollUp,
        (true, _, Some(MouseButton::Middle)) => MouseEventKind::ScrollDown,
        (true, _, Some(MouseButton::Right)) => MouseEventKind::ScrollLeft,
        (true, _, None) => MouseEventKind::ScrollRight,
        (false, true, None) => MouseEventKind::Moved,
        (false, true, Some(button)) => MouseEventKind::Drag(button),
        (false, false, Some(button)) if released => MouseEventKind::Up(button),
        (false, false, Some(button)) => MouseEventKind::Down(button),
        (false, false, None) => return None,
    };
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)] {
        if code & bit != 0 {
            modifiers |= modifier;
        }
    }
    Some(MouseEvent { kind, column: column.saturating_sub(1), row: row.saturating_sub(1), modifiers })
}
