//! However the bytes are cut, the tokens are the same.

use proptest::prelude::*;

use super::*;

/// All tokens of `bytes` in one piece.
fn tokens(bytes: &[u8]) -> Vec<Token> {
    Tokenizer::default().push(bytes)
}

fn csi(body: &str) -> Token {
    Token::Csi { body: body.into(), alt: false }
}

fn string(kind: u8, body: &str) -> Token {
    Token::String { kind, body: body.into() }
}

/// A bit of everything a terminal sends.
const MIXED: &[u8] = "aé漢\r\x01\x7f\x1b[A\x1b[1;5C\x1bOP\x1b\x1b[B\x1bj\x1b漢\x1b[[A\x1b[2$x\
    \x1b[<0;10;20M\x1b[M !!\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b]11;rgb:ffff/0/0\x07\
    \x1b]11;rgb:0/0/0\x1b\\\x1b[?62;4c\x1b[200~p\x1b[20q\x1b\x1b[201~\x1b^gone\x1b\\z"
    .as_bytes();

#[test]
fn everything_a_terminal_sends_is_cut_where_it_ends() {
    assert_eq!(
        tokens(MIXED),
        [
            Token::Char('a'),
            Token::Char('é'),
            Token::Char('漢'),
            Token::Control(b'\r'),
            Token::Control(1),
            Token::Control(0x7f),
            csi("A"),
            csi("1;5C"),
            Token::Ss3 { body: b"P".to_vec(), alt: false },
            Token::Csi { body: b"B".to_vec(), alt: true },
            Token::Alt('j'),
            Token::Alt('漢'),
            csi("[A"),
            csi("2$"),
            Token::Char('x'),
            csi("<0;10;20M"),
            csi("M !!"),
            string(b'_', "Gi=31;OK"),
            string(b'P', ">|kitty(0.41.1)"),
            string(b']', "11;rgb:ffff/0/0"),
            string(b']', "11;rgb:0/0/0"),
            csi("?62;4c"),
            Token::Paste("p\x1b[20q\x1b".into()),
            Token::Char('z'),
        ]
    );
}

#[test]
fn cutting_between_any_two_bytes_changes_nothing() {
    let whole = tokens(MIXED);

    for cut in 0..=MIXED.len() {
        let mut tokenizer = Tokenizer::default();
        let mut pieces = tokenizer.push(&MIXED[..cut]);
        pieces.extend(tokenizer.push(&MIXED[cut..]));
        assert_eq!(pieces, whole, "cut after {cut} bytes");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_and_single_bytes_give_the_same_tokens(
        bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(ESC), Just(b'['), Just(b'O'), Just(b'_'), Just(b'\\'), Just(b'M'), Just(b'~'),
        ], 0..300),
    ) {
        let mut tokenizer = Tokenizer::default();
        let singly: Vec<Token> = bytes.iter().flat_map(|&byte| tokenizer.push(&[byte])).collect();

        prop_assert_eq!(singly, tokens(&bytes));
        for _ in 0..=PASTE_PATIENCE {
            tokenizer.flush();
        }
        prop_assert!(!tokenizer.is_waiting());
    }
}

#[test]
fn a_lone_escape_waits_and_then_is_the_key() {
    let mut tokenizer = Tokenizer::default();

    assert_eq!(tokenizer.push(b"\x1b"), []);
    assert!(tokenizer.is_waiting());
    assert_eq!(tokenizer.flush(), [Token::Escape]);
    assert_eq!(tokenizer.push(b"\x1b\x1b"), []);
    assert_eq!(tokenizer.flush(), [Token::Escape, Token::Escape]);
    assert_eq!(tokenizer.push(b"\x1b["), []);
    assert_eq!(tokenizer.flush(), [Token::Alt('[')]);
    assert_eq!(tokenizer.flush(), []);
}

#[test]
fn escape_pressed_just_before_an_answer_is_still_escape() {
    assert_eq!(tokens(b"\x1b\x1b_Gi=1;OK\x1b\\"), [Token::Escape, string(b'_', "Gi=1;OK")]);
}

#[test]
fn half_an_answer_survives_a_pause_but_does_not_keep_the_keyboard() {
    let mut tokenizer = Tokenizer::default();
    tokenizer.push(b"\x1bP>|kit");
    tokenizer.flush();
    assert_eq!(tokenizer.push(b"ty\x1b\\"), [string(b'P', ">|kitty")]);

    tokenizer.push(b"\x1b[?62;");
    let mut lost = 0;
    while tokenizer.is_waiting() {
        assert_eq!(tokenizer.flush(), []);
        lost += 1;
    }
    assert_eq!(lost, PATIENCE + 1);
    assert_eq!(tokenizer.push(b"q"), [Token::Char('q')]);
}

#[test]
fn keys_typed_into_a_string_that_never_ends_come_through_after_a_few_pauses() {
    let mut tokenizer = Tokenizer::default();
    tokenizer.push(b"\x1b_Gi=31;");

    let answered = (1..=9).find(|_| {
        let tokens = tokenizer.push(b"q");
        tokenizer.flush();
        tokens == [Token::Char('q')]
    });

    assert_eq!(answered, Some(5));
}

#[test]
fn a_megabyte_of_garbage_is_swallowed_and_not_stored() {
    let mut tokenizer = Tokenizer::default();
    tokenizer.push(b"\x1b]");
    for _ in 0..16 {
        assert_eq!(tokenizer.push(&vec![b'x'; 65536]), []);
        let State::String { body, .. } = &tokenizer.state else { panic!("still a string") };
        assert!(body.len() <= MOST_KEPT + 1);
    }

    assert_eq!(tokenizer.push(b"\x07q"), [Token::Char('q')]);
    let parameters = [b"\x1b[".as_slice(), &vec![b'1'; 1 << 20], b"Aq"].concat();
    assert_eq!(tokens(&parameters), [Token::Char('q')]);
}

#[test]
fn a_long_paste_is_cut_and_ends_where_it_ends() {
    let long = [b"\x1b[200~".as_slice(), &vec![b'x'; 100_000], b"\x1b[201~q"].concat();

    let tokens = tokens(&long);

    assert_eq!(tokens.len(), 2);
    assert!(matches!(&tokens[0], Token::Paste(text) if text.len() == MOST_KEPT));
}
