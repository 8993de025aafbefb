use proptest::prelude::*;

use super::*;

fn name(charset: &str, bytes: &[u8]) -> String {
    Charset::parse(charset.as_bytes()).decode(bytes, Kind::PersonName)
}

fn text(charset: &str, bytes: &[u8]) -> String {
    Charset::parse(charset.as_bytes()).decode(bytes, Kind::Text)
}

#[test]
fn the_standards_japanese_names_are_read_with_and_without_half_width_kana() {
    let kanji = b"=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
    let kanji_after_romaji = b"=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J";

    let h31 = name("\\ISO 2022 IR 87", &[b"Yamada^Tarou".as_slice(), kanji].concat());
    let h32 = name(
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        &[b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3".as_slice(), kanji_after_romaji].concat(),
    );

    assert_eq!(h31, "Yamada^Tarou=山田^太郎=やまだ^たろう");
    assert_eq!(h32, "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
}

#[test]
fn the_standards_korean_name_is_read() {
    let bytes =
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
    assert_eq!(name("\\ISO 2022 IR 149", bytes), "Hong^Gildong=洪^吉洞=홍^길동");
}

#[test]
fn the_standards_chinese_names_are_read_in_every_encoding() {
    let utf8 = b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1";
    let gb = b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab";
    let escaped = b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab= ";

    assert_eq!(name("ISO_IR 192", utf8), "Wang^XiaoDong=王^小東");
    assert_eq!(name("GB18030", gb), "Wang^XiaoDong=王^小东");
    assert_eq!(name("GBK", gb), "Wang^XiaoDong=王^小东");
    assert_eq!(name("\\ISO 2022 IR 58", escaped), "Zhang^XiaoDong=张^小东= ");
}

#[test]
fn every_alphabet_of_one_byte_has_its_own_letters() {
    let cases: [(&str, &[u8], &str); 12] = [
        ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"),
        ("ISO_IR 138", b"\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"),
        ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
        ("ISO_IR 144", b"\xbb\xee\xdace\xdc\xd1yp\xd3", "Люкceмбypг"),
        ("ISO_IR 100", b"\xc4neas^R\xfcdiger", "Äneas^Rüdiger"),
        ("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        ("ISO_IR 101", b"Wa\xb3\xeasa", "Wałęsa"),
        ("ISO_IR 109", b"\xa6a\xfdu", "Ĥaŭu"),
        ("ISO_IR 110", b"\xb9ar\xe0", "šarā"),
        ("ISO_IR 148", b"\xdeim\xfeek Y\xfdld\xfdr\xfdm", "Şimşek Yıldırım"),
        ("ISO_IR 166", b"\xca\xc1\xaa\xd2\xc2", "สมชาย"),
        ("ISO_IR 203", b"\xa4 \xbdil", "€ œil"),
    ];
    for (charset, bytes, expected) in cases {
        assert_eq!(name(charset, bytes), expected, "{charset}");
    }
}

#[test]
fn latin_1_keeps_its_control_characters() {
    assert_eq!(text("ISO_IR 100", b"\x80\x93\x9f"), "\u{80}\u{93}\u{9f}");
}

#[test]
fn japanese_roman_letters_keep_backslash_and_tilde() {
    assert_eq!(text("ISO_IR 13", b"a\\b~\xb1"), "a\\b~ｱ");
}

#[test]
fn shift_jis_under_the_katakana_term_is_read_all_the_same() {
    let charset = Charset::parse(b"ISO_IR 13");
    // 0x5C is the second byte of 表.
    assert_eq!(charset.values(b"\x95\x5c\\b", Kind::Text, true), ["表", "b"]);
}

#[test]
fn misspelt_terms_mean_what_their_senders_meant() {
    for term in ["ISO_IR_100", "ISO-IR 100", "iso ir 100", "ISOIR100", "latin1", "ISO 8859-1", "IR 100 "] {
        assert_eq!(text(term, b"\xe9"), "é", "{term}");
    }
    for term in ["UTF-8", "utf8", "ISO IR 192", "ISO_IR_192", "ISO 2022 IR 192\0"] {
        assert_eq!(text(term, "é".as_bytes()), "é", "{term}");
    }
    assert_eq!(text("windows-1251", b"\xcf"), "П");
}

#[test]
fn unknown_terms_are_remembered_and_otherwise_ignored() {
    let charset = Charset::parse(b"KLINGON");

    assert_eq!(charset.unknown(), ["KLINGON"]);
    assert!(!charset.is_declared());
    assert_eq!(charset.decode(b"Qapla\xe0", Kind::Text), "Qaplaà");
}

#[test]
fn without_a_term_letters_are_utf_8_or_else_latin_1() {
    for term in ["", "ISO_IR 6", "ISO 2022 IR 6\\ISO 2022 IR 87"] {
        assert_eq!(text(term, "Jérôme".as_bytes()), "Jérôme", "{term}");
        assert_eq!(text(term, b"J\xe9r\xf4me"), "Jérôme", "{term}");
    }
}

#[test]
fn an_escape_under_a_single_set_is_left_alone() {
    assert_eq!(text("ISO_IR 100", b"a\x1b$Bb"), "a\x1b$Bb");
    assert_eq!(text("", b"a\x1b(Bb"), "a\x1b(Bb");
}

#[test]
fn a_delimiter_brings_back_the_first_set() {
    let charset = "ISO 2022 IR 100\\ISO 2022 IR 144";

    assert_eq!(name(charset, b"\x1b-L\xbb^\xe9"), "Л^é");
    assert_eq!(text(charset, b"\x1b-L\xbb^\xee\r\n\xe9"), "Л^ю\r\né");
    assert_eq!(text("\\ISO 2022 IR 87", b"\x1b$B;3\r\nend"), "山\r\nend");
}

#[test]
fn carets_inside_kanji_and_kana_are_not_delimiters() {
    // ま is 24 5E, and 5E is a caret.
    assert_eq!(name("\\ISO 2022 IR 87", b"\x1b$B$^$^\x1b(B^x"), "まま^x");
    assert_eq!(name("\\ISO 2022 IR 13", b"\x1b(I6^7\x1b(B^x"), "ｶﾞｷ^x");
}

#[test]
fn every_set_is_designated_by_its_escape_sequence() {
    let cases: [(&[u8], &str); 16] = [
        (b"\x1b-A\xe9", "é"),
        (b"\x1b-B\xb3", "ł"),
        (b"\x1b-C\xa6", "Ĥ"),
        (b"\x1b-D\xb9", "š"),
        (b"\x1b-F\xc4", "Δ"),
        (b"\x1b-G\xe2", "ق"),
        (b"\x1b-H\xf9", "ש"),
        (b"\x1b-L\xbb", "Л"),
        (b"\x1b-M\xde", "Ş"),
        (b"\x1b-T\xca", "ส"),
        (b"\x1b)I\xd4", "ﾔ"),
        (b"\x1b(Ja", "a"),
        (b"\x1b$B;3", "山"),
        (b"\x1b$(D\x30\x21", "丂"),
        (b"\x1b$)C\xc8\xab", "홍"),
        (b"\x1b$)A\xd5\xc5", "张"),
    ];
    for (bytes, letter) in cases {
        for kind in [Kind::Text, Kind::PersonName] {
            // After it ASCII is back, and so is the first set behind the next delimiter.
            let bytes = [b"x", bytes, b"\x1b(By"].concat();
            let charset = Charset::parse(b"ISO 2022 IR 6\\ISO 2022 IR 100");
            assert_eq!(charset.decode(&bytes, kind), format!("x{letter}y"));
        }
    }
}

#[test]
fn korean_text_that_designates_too_rarely_is_still_korean() {
    assert_eq!(name("\\ISO 2022 IR 149", b"\x1b$)C\xc8\xab^\xb1\xe6\xb5\xbf"), "홍^길동");
    assert_eq!(name("ISO 2022 IR 149", b"\xc8\xab^\xb1\xe6"), "홍^길");
    assert_eq!(name("\\ISO 2022 IR 149", b"\xc8\xab"), "홍");
}

#[test]
fn rare_kanji_come_from_the_supplementary_set() {
    assert_eq!(text("\\ISO 2022 IR 159", b"\x1b$(D\x30\x21\x1b(B."), "丂.");
}

#[test]
fn broken_pairs_cost_one_character_each() {
    assert_eq!(text("\\ISO 2022 IR 87", b"\x1b$B;"), "\u{fffd}");
    assert_eq!(text("\\ISO 2022 IR 149", b"\x1b$)C\xc8"), "\u{fffd}");
    assert_eq!(text("ISO_IR 192", b"a\xffb"), "a\u{fffd}b");
}

#[test]
fn values_are_split_after_decoding_and_trimmed() {
    let gbk = Charset::parse(b"GB18030");
    let latin = Charset::parse(b"ISO_IR 100");

    // 0x5C is the second byte of 俓.
    assert_eq!(gbk.values(b"\x82\x5c\\b ", Kind::Text, true), ["俓", "b"]);
    assert_eq!(latin.values(b" a \\ b\0", Kind::Text, true), ["a", "b"]);
    assert_eq!(latin.values(b"  a\\b \0", Kind::Text, false), ["  a\\b"]);
    assert_eq!(latin.values(b"\\a\\", Kind::Text, true), ["", "a", ""]);
    assert!(latin.values(b" \0", Kind::Text, true).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_decode_to_a_bounded_text(
        list in proptest::collection::vec(any::<u8>(), 0..40),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let charset = Charset::parse(&list);
        prop_assert!(charset.decode(&bytes, Kind::PersonName).len() <= 3 * bytes.len());
    }

    #[test]
    fn any_bytes_under_any_known_list_decode_to_a_bounded_text(
        list in proptest::sample::select(vec![
            "ISO_IR 13", "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159", "\\ISO 2022 IR 149",
            "\\ISO 2022 IR 58", "ISO_IR 166", "ISO 2022 IR 100\\ISO 2022 IR 126", "GB18030", "GBK", "UTF-8",
        ]),
        bytes in proptest::collection::vec(
            prop_oneof![Just(0x1b), Just(b'$'), Just(b'('), Just(b')'), Just(b'B'), Just(b'^'), any::<u8>()],
            0..200,
        ),
        multi: bool,
    ) {
        let charset = Charset::parse(list.as_bytes());
        prop_assert!(charset.decode(&bytes, Kind::Text).len() <= 3 * bytes.len());
        prop_assert!(charset.values(&bytes, Kind::Text, multi).concat().len() <= 3 * bytes.len());
    }
}
