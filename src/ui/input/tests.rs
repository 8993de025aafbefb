//! Bytes of real terminals, and what they mean.

use proptest::prelude::*;
use ratatui::crossterm::event::{KeyEventKind, MouseButton, MouseEventKind};

use super::*;
use crate::graphics::{Answers, CellSize, Environment, Protocol, Window, decide};

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

/// Everything in `bytes`, with a pause at the end.
fn read(bytes: &[u8]) -> Vec<Input> {
    let mut parser = Parser::default();
    let mut inputs = parser.push(bytes);
    inputs.extend(parser.flush());
    inputs
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Vec<Input> {
    vec![Input::Key(KeyEvent::new(code, modifiers))]
}

#[test]
fn keys_of_every_family_of_terminals_are_known() {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left};
    use KeyCode::{PageDown, PageUp, Right, Tab, Up};
    let table: &[(&str, KeyCode, KeyModifiers)] = &[
        ("j", Char('j'), NONE),
        ("G", Char('G'), SHIFT),
        ("ß", Char('ß'), NONE),
        ("\r", Enter, NONE),
        ("\n", Char('j'), CTRL),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\x08", Char('h'), CTRL),
        ("\0", Char(' '), CTRL),
        ("\x03", Char('c'), CTRL),
        ("\x1c", Char('\\'), CTRL),
        ("\x1f", Char('_'), CTRL),
        ("\x1b", Esc, NONE),
        ("\x1bj", Char('j'), ALT),
        ("\x1bJ", Char('J'), ALT.union(SHIFT)),
        ("\x1b\r", Enter, ALT),
        ("\x1b\x03", Char('c'), ALT.union(CTRL)),
        ("\x1b[A", Up, NONE),
        ("\x1bOB", Down, NONE),
        ("\x1b[1;5A", Up, CTRL),
        ("\x1b[1;4D", Left, SHIFT.union(ALT)),
        ("\x1b\x1b[C", Right, ALT),
        ("\x1b[H", Home, NONE),
        ("\x1b[1~", Home, NONE),
        ("\x1b[7~", Home, NONE),
        ("\x1bOF", End, NONE),
        ("\x1b[4~", End, NONE),
        ("\x1b[8^", End, CTRL),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3;5~", Delete, CTRL),
        ("\x1b[3$", Delete, SHIFT),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6@", PageDown, SHIFT.union(CTRL)),
        ("\x1b[Z", BackTab, SHIFT),
        ("\x1bOP", F(1), NONE),
        ("\x1b[11~", F(1), NONE),
        ("\x1b[[A", F(1), NONE),
        ("\x1b[[E", F(5), NONE),
        ("\x1b[1;2P", F(1), SHIFT),
        ("\x1bO5P", F(1), CTRL),
        ("\x1bO1;5P", F(1), CTRL),
        ("\x1b[1;2R", F(3), SHIFT),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[21~", F(10), NONE),
        ("\x1b[24;2~", F(12), SHIFT),
        ("\x1b[a", Up, SHIFT),
        ("\x1bOd", Left, CTRL),
        ("\x1bOM", Enter, NONE),
        ("\x1bOk", Char('+'), NONE),
        ("\x1bOp", Char('0'), NONE),
        ("\x1b[27u", Esc, NONE),
        ("\x1b[97;5u", Char('a'), CTRL),
        ("\x1b[97:65;2u", Char('A'), SHIFT),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[57401u", Char('2'), NONE),
        ("\x1b[57411u", Char('*'), NONE),
        ("\x1b[27;5;105~", Char('i'), CTRL),
    ];
    for (bytes, code, modifiers) in table {
        assert_eq!(read(bytes.as_bytes()), key(*code, *modifiers), "{bytes:?}");
    }
}

#[test]
fn a_released_key_says_so() {
    let released = KeyEvent::new_with_kind(KeyCode::Up, NONE, KeyEventKind::Release);

    assert_eq!(read(b"\x1b[1;1:3A"), [Input::Key(released)]);
}

#[test]
fn the_mouse_counts_from_the_top_left_corner() {
    let table: &[(&[u8], MouseEventKind, KeyModifiers)] = &[
        (b"\x1b[<0;10;20M", MouseEventKind::Down(MouseButton::Left), NONE),
        (b"\x1b[<2;10;20m", MouseEventKind::Up(MouseButton::Right), NONE),
        (b"\x1b[<34;10;20M", MouseEventKind::Drag(MouseButton::Right), NONE),
        (b"\x1b[<35;10;20M", MouseEventKind::Moved, NONE),
        (b"\x1b[<64;10;20M", MouseEventKind::ScrollUp, NONE),
        (b"\x1b[<81;10;20M", MouseEventKind::ScrollDown, CTRL),
        (b"\x1b[<12;10;20M", MouseEventKind::Down(MouseButton::Left), SHIFT.union(ALT)),
        (b"\x1b[M *4", MouseEventKind::Down(MouseButton::Left), NONE),
        (b"\x1b[M#*4", MouseEventKind::Up(MouseButton::Left), NONE),
        (b"\x1b[Ma*4", MouseEventKind::ScrollDown, NONE),
    ];
    for &(bytes, kind, modifiers) in table {
        let expected = MouseEvent { kind, column: 9, row: 19, modifiers };
        assert_eq!(read(bytes), [Input::Mouse(expected)], "{bytes:?}");
    }
}

#[test]
fn late_answers_never_become_keys() {
    let kitty = "\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;20;10t\x1b[4;720;1200t\x1b[?2026;2$y\
        \x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;c\x1b[0n\x1b[>1;4000;41c\x1b[?1;0;256S\x1b[8;36;120t";

    let inputs = read(kitty.as_bytes());

    assert!(inputs.iter().all(|input| matches!(input, Input::Reply(_))), "{inputs:?}");
    assert_eq!(inputs[0], Input::Reply(Reply::Kitty { id: 31, message: "OK".into() }));
    assert_eq!(inputs[2], Input::Reply(Reply::CellPixels(CellSize::new(10, 20))));
    assert_eq!(inputs[7], Input::Reply(Reply::DeviceStatusOk));
}

#[test]
fn answers_through_a_slow_tmux_end_in_the_right_protocol() {
    let tmux = Environment { term: Some("tmux-256color".into()), ..Environment::default() };
    let (mut parser, mut answers) = (Parser::default(), Answers::default());
    // tmux hands on what it does not know byte by byte, as if it had been typed.
    let bytes =
        b"\x1bP>|tmux 3.5a\x1b\\\x1b[6;20;10t\x1b[?1;2c\x1b_Gi=32;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[0n";

    for &byte in bytes {
        for input in parser.push(&[byte]) {
            let Input::Reply(reply) = input else { panic!("{input:?}") };
            answers.add(&reply);
        }
    }

    let support = decide(&tmux, &answers, None, Window { columns: 80, rows: 24, ..Window::default() });
    assert!(answers.is_complete() && !answers.may_improve(&tmux));
    assert_eq!((support.protocol, support.passthrough), (Protocol::Kitty, true));
    assert_eq!(support.terminal.as_deref(), Some("kitty(0.41.1)"));
}

#[test]
fn the_error_about_an_evicted_picture_is_seen_between_keys() {
    let inputs = read(b"j\x1b_Gi=7,p=1;ENOENT:gone\x1b\\k");

    assert_eq!(inputs.len(), 3);
    assert_eq!(inputs[1], Input::Reply(Reply::Kitty { id: 7, message: "ENOENT:gone".into() }));
}

#[test]
fn escape_and_an_answer_are_escape_and_an_answer() {
    let mut expected = key(KeyCode::Esc, NONE);
    expected.push(Input::Reply(Reply::DeviceAttributes(vec![62, 4])));

    assert_eq!(read(b"\x1b\x1b[?62;4c"), expected);
}

#[test]
fn a_paste_is_text_whatever_it_holds() {
    assert_eq!(read(b"\x1b[200~q\x1b[A\n\x1b[201~"), [Input::Paste("q\x1b[A\n".into())]);
}

#[test]
fn sequences_nobody_knows_do_nothing() {
    for bytes in ["\x1b[I", "\x1b[O", "\x1b[57441u", "\x1b[99~", "\x1b[<0;0M", "\x1b[<200;1;1M", "\x1bOz"] {
        assert_eq!(read(bytes.as_bytes()), [], "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_however_they_are_cut(
        bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(0x1b), Just(b'['), Just(b'<'), Just(b';'), b'0'..=b'9', Just(b'M'), Just(b'~'),
        ], 0..200),
        cut in 0_usize..200,
    ) {
        let cut = cut.min(bytes.len());
        let mut parser = Parser::default();

        let mut pieces = parser.push(&bytes[..cut]);
        pieces.extend(parser.push(&bytes[cut..]));

        prop_assert_eq!(pieces, Parser::default().push(&bytes));
    }
}
