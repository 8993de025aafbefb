//! A few attributes of one file, by their tags, without reading the others.
//!
//! For lists: a value is one line as it is written, several joined by `\`. Only the data set itself is asked,
//! not the items of its sequences.

use super::{Archives, Content, DataSet, Object, PIXEL_DATA, ReadError, Scope, Tag, Vr, dictionary, object};
use crate::model::{TagNumber, ValueKind};
use std::path::Path;

const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);
/// Characters of a value; a list has no place for more.
const LONGEST: usize = 1000;

/// The attribute that a keyword or a tag names exactly, and what its values are; `None` if there is none.
pub fn attribute(word: &str) -> Option<(TagNumber, ValueKind)> {
    let tag: Tag = word.parse().ok()?;
    let kind = match dictionary::lookup(tag).map(|entry| entry.vr) {
        Some(Vr::DA | Vr::DT) => ValueKind::Day,
        Some(Vr::DS | Vr::IS | Vr::US | Vr::SS | Vr::UL | Vr::SL | Vr::UV | Vr::SV | Vr::FL | Vr::FD) => {
            ValueKind::Number
        }
        _ => ValueKind::Text,
    };
    Some((TagNumber(tag.0, tag.1), kind))
}

/// Reads the values of `tags` in one file, in their order: `None` where it has no such attribute, `""` where
/// that has no value.
///
/// # Errors
///
/// [`ReadError`] if the file cannot be opened or is not DICOM. Where it is damaged, what lies beyond is as if
/// it were not there.
pub fn pick(path: &Path, tags: &[TagNumber], archives: &Archives) -> Result<Vec<Option<String>>, ReadError> {
    let mut source = archives.open(path).map_err(|error| ReadError::io(path, error))?;
    let start = object::start(path, &mut source)?;
    let tags: Vec<Tag> = tags.iter().map(|tag| Tag(tag.0, tag.1)).collect();
    let meta =
        if tags.iter().any(|tag| tag.0 == 2) { object::meta(&source, &start) } else { DataSet::default() };
    let data_set = if start.deflated {
        Object::read(path, source)?.data_set
    } else {
        let last = tags.iter().max().copied().unwrap_or_default().max(PIXEL_DATA);
        let wanted = |tag: Tag| {
            // What makes sense of the others is read with them.
            tags.contains(&tag) || tag == SPECIFIC_CHARACTER_SET || tag == PIXEL_REPRESENTATION
        };
        DataSet::read_some(&mut source, start.offset, start.encoding, wanted, last).data_set
    };
    let scope = Scope::default().inside(&data_set);
    let value = |&tag: &Tag| {
        let element = if tag.0 == 2 { meta.get(tag) } else { data_set.get(tag) }?;
        Some(line(&scope.content(element)))
    };
    Ok(tags.iter().map(value).collect())
}

fn line(content: &Content<'_>) -> String {
    let joined = |words: Vec<String>| words.join("\\");
    let text = match content {
        Content::Empty => String::new(),
        Content::Texts(texts) => texts.join("\\"),
        Content::Numbers(numbers) => joined(numbers.iter().take(LONGEST).map(ToString::to_string).collect()),
        Content::Tags(tags) => joined(tags.iter().take(LONGEST).map(ToString::to_string).collect()),
        Content::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Content::Items(items) => format!("{} items", items.len()),
        Content::Start(_) => "too long to be listed".to_owned(),
        Content::Encapsulated => "encapsulated pixel data".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_tags_name_attributes_and_words_do_not() {
        assert_eq!(attribute("KVP"), Some((TagNumber(0x0018, 0x0060), ValueKind::Number)));
        assert_eq!(attribute("(0018,0060)"), attribute("KVP"));
        assert_eq!(attribute("StudyDate").map(|(_, kind)| kind), Some(ValueKind::Day));
        assert_eq!(attribute("t2"), None);
    }

    #[test]
    fn values_are_those_that_the_whole_file_shows() {
        let folder = tempfile::tempdir().unwrap();
        let element = |group: u16, number: u16, vr: &str, value: &[u8]| {
            let head = [group.to_le_bytes(), number.to_le_bytes()].concat();
            [&head, vr.as_bytes(), &(value.len() as u16).to_le_bytes(), value].concat()
        };
        let bytes = [
            vec![0; 128],
            b"DICM".to_vec(),
            element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0"),
            element(8, 5, "CS", b"ISO_IR 192"),
            element(0x10, 0x10, "PN", "Müller^A ".as_bytes()),
            element(0x18, 0x60, "DS", b"120 "),
            element(0x20, 0x37, "DS", b"1\\0\\0\\0\\1\\0 "),
            element(0x28, 0x10, "US", &[4, 0]),
            element(0x28, 0x1050, "DS", b""),
        ]
        .concat();
        let path = folder.path().join("a");
        std::fs::write(&path, bytes).unwrap();
        let tags =
            ["PatientName", "KVP", "Rows", "WindowCenter", "EchoTime", "TransferSyntaxUID", "0020,0037"]
                .map(|word| attribute(word).unwrap().0);

        let values = pick(&path, &tags, &Archives::default()).unwrap();
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let expected = [
            Some("Müller^A"),
            Some("120"),
            Some("4"),
            Some(""),
            None,
            Some("1.2.840.10008.1.2.1"),
            Some("1\\0\\0\\0\\1\\0"),
        ];
        assert_eq!(values, expected);
    }
}
