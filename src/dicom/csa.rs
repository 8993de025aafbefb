//! The blocks that Siemens scanners hide in private attributes: CSA headers, and the protocol inside them.
//!
//! The format is nobody's standard; it is known from `spm` and `nibabel`, which read it. There are two: one that
//! begins with `SV10`, and an older one in which an item's length counts from that of the first.

/// Attributes of one block; scanners write about a hundred.
const MOST: u32 = 1000;
/// Items of one attribute.
const MOST_ITEMS: usize = 1000;
const MAGIC: &[u8] = b"SV10";

/// One attribute of a block.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// Reads a block as far as it makes sense; `None` if it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (mut rest, is_new) = match bytes.strip_prefix(MAGIC) {
        Some(rest) => (rest.get(4..)?, true),
        None => (bytes, false),
    };
    let count = number(&mut rest)?;
    // The same check in both formats.
    if !(1..=MOST).contains(&count) || number(&mut rest)? != 77 {
        return None;
    }
    let mut found = vec![];
    let mut first = None;
    for _ in 0..count {
        let Some(entry) = attribute(&mut rest, is_new, &mut first) else { break };
        found.push(entry);
    }
    Some(found)
}

/// Name, multiplicity, representation, type, number of items, a check; then the items.
fn attribute(rest: &mut &[u8], is_new: bool, first: &mut Option<usize>) -> Option<Entry> {
    let name = text(take(rest, 64)?);
    let multiplicity = number(rest)? as usize;
    take(rest, 4 + 4)?;
    let items = number(rest)? as usize;
    take(rest, 4)?;
    // That of the first one that has any.
    let origin = if items > 0 { *first.get_or_insert(items) } else { 0 };
    let mut values = vec![];
    for _ in 0..items.min(MOST_ITEMS) {
        let lengths = [number(rest)?, number(rest)?, number(rest)?, number(rest)?];
        let length = if is_new { lengths[1] as usize } else { (lengths[0] as usize).checked_sub(origin)? };
        let value = text(take(rest, length)?);
        take(rest, (length.next_multiple_of(4) - length).min(rest.len()))?;
        if !value.is_empty() && (multiplicity == 0 || values.len() < multiplicity) {
            values.push(value);
        }
    }
    Some(Entry { name, values })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Up to the first NUL.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    // Latin-1: a byte is a character.
    bytes[..end].iter().map(|&byte| char::from(byte)).collect::<String>().trim().to_owned()
}

/// The readable half of a protocol: what stands between the marks, else all of it.
pub(super) fn protocol(text: &str) -> &str {
    let begin = text.find("### ASCCONV BEGIN").unwrap_or(0);
    let text = &text[begin..];
    text.find("### ASCCONV END ###").map_or(text, |end| &text[..end + "### ASCCONV END ###".len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(is_new: bool, entries: &[(&str, u32, &[&str])]) -> Vec<u8> {
        let mut bytes = if is_new { b"SV10\x04\x03\x02\x01".to_vec() } else { vec![] };
        bytes.extend((entries.len() as u32).to_le_bytes());
        bytes.extend(77u32.to_le_bytes());
        let origin = entries[0].2.len() as u32;
        for (name, multiplicity, items) in entries {
            let mut field = name.as_bytes().to_vec();
            field.resize(64, 0);
            bytes.extend(field);
            bytes.extend(multiplicity.to_le_bytes());
            bytes.extend(b"IS\0\0");
            bytes.extend(6u32.to_le_bytes());
            bytes.extend((items.len() as u32).to_le_bytes());
            bytes.extend(77u32.to_le_bytes());
            for item in *items {
                let length = item.len() as u32;
                let lengths = if is_new { [length; 4] } else { [length + origin, 0, 77, 0] };
                bytes.extend(lengths.iter().flat_map(|length| length.to_le_bytes()));
                bytes.extend(item.as_bytes());
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
        }
        bytes
    }

    #[test]
    fn both_formats_say_the_same() {
        let entries: &[(&str, u32, &[&str])] =
            &[("B_value", 1, &["1000", ""]), ("Names", 0, &["a", "bcdef", "g"])];
        let expected = vec![
            Entry { name: "B_value".to_owned(), values: vec!["1000".to_owned()] },
            Entry { name: "Names".to_owned(), values: ["a", "bcdef", "g"].map(str::to_owned).to_vec() },
        ];
        // A length of the block counts from the file's first byte in both; ours are multiples of four already.
        assert_eq!(read(&block(true, entries)), Some(expected));
        let old = read(&block(false, entries)).unwrap();
        assert_eq!(old[0].values, ["1000"]);
        assert_eq!(old[1].values, ["a", "bcdef", "g"]);
    }

    #[test]
    fn a_block_that_ends_early_keeps_what_came_before() {
        let whole = block(true, &[("One", 1, &["1"]), ("Two", 1, &["2"])]);
        let found = read(&whole[..whole.len() - 5]).unwrap();
        assert_eq!(found, [Entry { name: "One".to_owned(), values: vec!["1".to_owned()] }]);
    }

    #[test]
    fn a_protocol_is_cut_out_of_what_surrounds_it() {
        let text = "<x> {\n### ASCCONV BEGIN ###\na = 1\n### ASCCONV END ###\n}";
        assert_eq!(protocol(text), "### ASCCONV BEGIN ###\na = 1\n### ASCCONV END ###");
        assert_eq!(protocol("nothing of the kind"), "nothing of the kind");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_grow(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), new: bool, flips in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..8)) {
            read(&bytes);
            let mut whole = block(new, &[("A", 1, &["1"]), ("B", 3, &["22", "333"])]);
            for (at, value) in flips {
                let at = usize::from(at) % whole.len();
                whole[at] = value;
            }
            read(&whole);
            bytes.splice(0..0, *b"SV10\x04\x03\x02\x01\x05\0\0\0\x4d\0\0\0");
            let values: usize = read(&bytes).unwrap_or_default().iter().map(|entry| entry.values.len()).sum();
            prop_assert!(values <= bytes.len());
        }
    }
}
