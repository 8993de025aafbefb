//! Code extension after ISO 2022, as PS3.5 6.1.2.5 allows it: escape sequences exchange the two halves of
//! the code table, and delimiters bring the first ones back.

use super::{
    Kind, guess,
    sets::{High, Low},
    terms::Term,
};

const ESCAPE: u8 = 0x1b;

/// What a value starts with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// The high half; the low one is ASCII at first.
    high: Option<High>,
    /// The first high set of the list, for senders who declare it and forget to designate it.
    spare: Option<High>,
    extended: bool,
}

impl Start {
    /// The start for a list of terms; `None` if they amount to ASCII.
    pub(super) fn new(terms: &[Term]) -> Option<Self> {
        let Some(&Term::Set { high, extended }) = terms.first() else { return None };
        let spare = terms.iter().find_map(|term| match term {
            Term::Set { high, .. } => *high,
            Term::Whole(_) => None,
        });
        // "ISO 2022 IR 100" alone is common, and so are escapes after "ISO_IR 13\ISO_IR 87".
        let extended = extended || terms.len() > 1;
        (high.is_some() || extended).then_some(Self { high, spare, extended })
    }
}

/// Decodes one value field; every byte yields at most one character, or is part of one.
pub(super) fn decode(start: Start, bytes: &[u8], kind: Kind) -> String {
    if !bytes.contains(&ESCAPE) && (start.spare.is_none() || bytes.is_ascii()) {
        return guess(bytes);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut low = Low::Ascii;
    let Start { mut high, mut spare, .. } = start;
    let mut at = 0;
    while let Some((&first, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
        if first == ESCAPE
            && start.extended
            && let Some((half, length)) = Half::designated(rest)
        {
            match half {
                Half::Low(set) => low = set,
                Half::High(set) => {
                    high = Some(set);
                    // Some Korean senders designate once a value, not once a component as they should.
                    spare = Some(set);
                }
            }
            at += 1 + length;
            continue;
        }
        let second = rest.first().copied();
        let (c, length) = match first {
            0x00..=0x20 | 0x7f => (Some(char::from(first)), 1),
            0x21..=0x7e => low.step(first, second),
            // Without a set, Latin-1 is what most of the world meant.
            0x80.. => high.or(spare).unwrap_or(High::Latin1).step(first, second),
        };
        text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        // In any other low half, `^` and `=` are kana or parts of kanji; only control characters end it.
        let single = low == Low::Ascii || first < 0x20;
        if length == 1 && single && kind.is_delimiter(first) {
            low = Low::Ascii;
            high = start.high;
        }
        at += length;
    }
    text
}

/// One half of the code table, as an escape sequence replaces it.
enum Half {
    Low(Low),
    High(High),
}

impl Half {
    /// The sequence after ESC and its length; PS3.3 tables C.12-3 and C.12-4.
    fn designated(rest: &[u8]) -> Option<(Self, usize)> {
        let table = |encoding| (Self::High(High::Table(encoding)), 2);
        Some(match rest {
            [b'(', b'B' | b'J', ..] => (Self::Low(Low::Ascii), 2),
            [b'(', b'I', ..] => (Self::Low(Low::Kana), 2),
            [b')', b'I', ..] => (Self::High(High::Kana), 2),
            [b'$', b'B' | b'@', ..] => (Self::Low(Low::Jis0208), 2),
            [b'$', b'(', b'B', ..] => (Self::Low(Low::Jis0208), 3),
            [b'$', b'(', b'D', ..] => (Self::Low(Low::Jis0212), 3),
            [b'$', b')', b'C', ..] => (Self::High(High::Korean), 3),
            [b'$', b')', b'A', ..] => (Self::High(High::Chinese), 3),
            [b'-', b'A', ..] => (Self::High(High::Latin1), 2),
            [b'-', b'B', ..] => table(encoding_rs::ISO_8859_2),
            [b'-', b'C', ..] => table(encoding_rs::ISO_8859_3),
            [b'-', b'D', ..] => table(encoding_rs::ISO_8859_4),
            [b'-', b'F', ..] => table(encoding_rs::ISO_8859_7),
            [b'-', b'G', ..] => table(encoding_rs::ISO_8859_6),
            [b'-', b'H', ..] => table(encoding_rs::ISO_8859_8),
            [b'-', b'L', ..] => table(encoding_rs::ISO_8859_5),
            [b'-', b'M', ..] => (Self::High(High::Latin5), 2),
            [b'-', b'T', ..] => (Self::High(High::Thai), 2),
            [b'-', b'b', ..] => table(encoding_rs::ISO_8859_15),
            _ => return None,
        })
    }
}
