//! What vendors hide in private attributes that can be read as text: Siemens CSA headers and protocols, GE
//! protocol data blocks.

use super::{
    super::{DataSet, Name, Scope, Tag, Value, Vr, csa, secret},
    draft::Draft,
};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// A block of GE may grow to this many bytes; scanners write some ten thousand.
const INFLATED: u64 = 1 << 20;

/// Writes what is found among the private attributes of an object.
pub(super) fn write(set: &DataSet, draft: &mut Draft) {
    let scope = Scope::default().inside(set);
    for element in set.elements.iter().filter(|element| element.header.tag.is_private()) {
        let Value::Bytes(bytes) = &element.value else { continue };
        let tag = element.header.tag;
        let Name::Private(creator) = scope.name(tag) else { continue };
        match (creator.as_str(), tag.0, tag.1 & 0xff) {
            ("SIEMENS CSA HEADER", 0x0029, 0x10) => block("Siemens CSA of the image", tag, bytes, draft),
            ("SIEMENS CSA HEADER", 0x0029, 0x20) => block("Siemens CSA of the series", tag, bytes, draft),
            ("SIEMENS CSA NON-IMAGE", 0x0029, 0x10) => block("Siemens CSA", tag, bytes, draft),
            ("SIEMENS MR SDS 01", 0x0021, 0x19) => {
                let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                protocol("Siemens protocol", tag, &text, draft);
            }
            ("GEMS_SERS_01", 0x0025, 0x1b) => general_electric(tag, bytes, draft),
            _ => {}
        }
    }
}

fn block(title: &str, tag: Tag, bytes: &[u8], draft: &mut Draft) {
    let Some(entries) = csa::read(bytes) else { return };
    draft.heading(title, &tag.to_string(), None);
    let hidden = secret(tag, Vr::OB);
    draft.within(|draft| {
        for entry in entries.iter().filter(|entry| !entry.values.is_empty()) {
            if entry.name.contains("Protocol") && entry.values[0].contains("ASCCONV") {
                protocol(&entry.name, tag, &entry.values[0], draft);
            } else {
                draft.text(&entry.name, &entry.values.join("\\"), hidden);
            }
        }
    });
}

fn protocol(title: &str, tag: Tag, text: &str, draft: &mut Draft) {
    draft.heading(title, "", None);
    draft.within(|draft| {
        for line in csa::protocol(text).lines() {
            draft.line("", line.trim(), secret(tag, Vr::OB));
        }
    });
}

/// Four bytes with the length of what follows: text, packed by gzip.
fn general_electric(tag: Tag, bytes: &[u8], draft: &mut Draft) {
    let Some(packed) = bytes.get(4..).filter(|packed| packed.starts_with(&[0x1f, 0x8b])) else { return };
    let mut text = vec![];
    // What came before a damaged place is kept.
    let _ = GzDecoder::new(packed).take(INFLATED).read_to_end(&mut text);
    draft.heading("GE protocol data block", &tag.to_string(), None);
    let text = String::from_utf8_lossy(&text).into_owned();
    draft.within(|draft| {
        for line in text.lines() {
            draft.line("", line.trim(), secret(tag, Vr::OB));
        }
    });
}
