//! The attributes of a file as one JSON document: exact values, numbers as numbers.
//!
//! `elements` holds what the file does, or with a pattern a flat list of matches, each with the `path` that
//! leads to it (items counted from 0). `value` is one value, a list of several, or null; binary values are
//! `{"bytes": N}`, with their `base64` up to 64 bytes. Sequences have `items`, lists of elements, instead.

use super::{super::out::Out, pattern::Pattern};
use crate::{
    dicom::{self, Content, DataElement, DataSet, Name, Number, Object, Scope, Vr},
    model::{MASK, Mask, Secret, Step, TagNumber, counted_path},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, rc::Rc};

/// Binary values up to this size are in the document.
const SMALL: usize = 64;

#[derive(Serialize)]
struct Document<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    elements: Vec<Element<'a>>,
    notes: Vec<String>,
}

/// Writes the document; true if there is any element in it.
///
/// # Errors
///
/// What writing to the output says.
pub(super) fn write(
    file: &Path,
    object: &Object,
    pattern: Option<&Pattern>,
    out: &mut Out,
) -> anyhow::Result<bool> {
    let bytes = OsStr::as_bytes(file.as_os_str());
    let mask = out.mask;
    let scope = Rc::new(Scope::default().inside(&object.data_set));
    let notes = dicom::notes(object, &scope).iter().map(|note| mask.sentence(note)).collect();
    let mut elements = vec![];
    for (set, scope) in [(&object.meta, Rc::default()), (&object.data_set, scope)] {
        match pattern {
            None => elements.extend(set.elements.iter().map(|element| Element {
                path: None,
                data: element,
                scope: scope.clone(),
                veil: Veil { mask, all: false },
            })),
            Some(pattern) => {
                let veil = Veil { mask, all: false };
                collect(set, &scope, pattern, veil, &mut vec![], &mut elements);
            }
        }
    }
    let found = !elements.is_empty();
    out.json(&Document {
        path: mask.path(file),
        path_bytes: (!mask.is_on() && std::str::from_utf8(bytes).is_err()).then(|| STANDARD.encode(bytes)),
        elements,
        notes,
    })?;
    Ok(found)
}

/// Matches at any depth, in file order. The walk has bounded how deep sequences nest.
fn collect<'a>(
    set: &'a DataSet,
    scope: &Rc<Scope>,
    pattern: &Pattern,
    veil: Veil,
    above: &mut Vec<Step>,
    found: &mut Vec<Element<'a>>,
) {
    for element in &set.elements {
        let number = number(element);
        above.push(Step::Tag(number));
        if pattern.matches(number, &keyword(&scope.name(element.header.tag))) {
            found.push(Element {
                path: Some(counted_path(above)),
                data: element,
                scope: scope.clone(),
                veil,
            });
        } else if let Content::Items(items) = scope.content(element) {
            for (index, item) in items.iter().enumerate() {
                above.push(Step::Item(index));
                collect(item, &Rc::new(scope.inside(item)), pattern, veil.inside(element), above, found);
                above.pop();
            }
        }
        above.pop();
    }
}

fn number(element: &DataElement) -> TagNumber {
    TagNumber(element.header.tag.0, element.header.tag.1)
}

/// As the table shows it, for patterns.
fn keyword(name: &Name) -> String {
    match name {
        Name::Keyword(keyword) => (*keyword).to_owned(),
        Name::Private(creator) => format!("[{creator}]"),
        Name::Orphan | Name::Unknown => String::new(),
    }
}

/// What a mask hides where an element stands.
#[derive(Clone, Copy)]
struct Veil {
    mask: Mask,
    /// Everything, as in an item of a sequence that tells of a person.
    all: bool,
}

impl Veil {
    fn inside(self, sequence: &DataElement) -> Self {
        Self { all: self.all || dicom::hides_items(sequence.header.tag), ..self }
    }

    /// What stands in the place of a value; `None` if it may be seen.
    fn over(self, element: &DataElement, content: &Content<'_>, vr: Vr) -> Option<Value> {
        if !self.mask.is_on() || matches!(content, Content::Empty) {
            return None;
        }
        let secret = if self.all { Secret::Hidden } else { dicom::secret(element.header.tag, vr)? };
        let Content::Texts(texts) = content else { return Some(json!(MASK)) };
        Some(match secret {
            Secret::Uid => one_or_all(texts.iter().map(|uid| json!(self.mask.uid(uid)))),
            Secret::Words => one_or_all(texts.iter().map(|text| json!(self.mask.words(text)))),
            Secret::Hidden | Secret::Date => json!(MASK),
        })
    }
}

/// One element, decoded only when it is written.
struct Element<'a> {
    path: Option<String>,
    data: &'a DataElement,
    scope: Rc<Scope>,
    veil: Veil,
}

impl Serialize for Element<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let header = &self.data.header;
        let (vr, content) = (self.scope.vr(self.data), self.scope.content(self.data));
        let mut map = serializer.serialize_map(None)?;
        if let Some(path) = &self.path {
            map.serialize_entry("path", path)?;
        }
        map.serialize_entry("tag", &number(self.data).compact())?;
        match self.scope.name(header.tag) {
            Name::Keyword(keyword) => map.serialize_entry("keyword", keyword)?,
            Name::Private(creator) => {
                map.serialize_entry("keyword", &None::<&str>)?;
                map.serialize_entry("creator", &creator)?;
            }
            Name::Orphan | Name::Unknown => map.serialize_entry("keyword", &None::<&str>)?,
        }
        map.serialize_entry("vr", vr.as_str())?;
        map.serialize_entry("vm", &dicom::multiplicity(&content, vr, header.length))?;
        map.serialize_entry("length", &header.length)?;
        map.serialize_entry("offset", &header.start)?;
        match content {
            Content::Items(items) => {
                let veil = self.veil.inside(self.data);
                map.serialize_entry("items", &Items { sets: items, scope: &self.scope, veil })?;
            }
            content if let Some(hidden) = self.veil.over(self.data, &content, vr) => {
                map.serialize_entry("value", &hidden)?;
            }
            content => map.serialize_entry("value", &value(&content, vr, header.length))?,
        }
        map.end()
    }
}

struct Items<'a> {
    sets: &'a [DataSet],
    scope: &'a Scope,
    veil: Veil,
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.sets.iter().map(|item| {
            let scope = Rc::new(self.scope.inside(item));
            let of = |element| Element { path: None, data: element, scope: scope.clone(), veil: self.veil };
            item.elements.iter().map(of).collect::<Vec<_>>()
        }))
    }
}

fn value(content: &Content<'_>, vr: Vr, length: Option<u32>) -> Value {
    match content {
        Content::Empty | Content::Items(_) => Value::Null,
        Content::Texts(texts) if matches!(vr, Vr::DS | Vr::IS) => {
            one_or_all(texts.iter().map(|text| decimal(text)))
        }
        Content::Texts(texts) => one_or_all(texts.iter().map(|text| json!(text))),
        Content::Numbers(numbers) => one_or_all(numbers.iter().map(|&number| binary(number))),
        Content::Tags(tags) => one_or_all(tags.iter().map(|tag| json!(TagNumber(tag.0, tag.1).compact()))),
        Content::Bytes(bytes) if bytes.len() <= SMALL => {
            json!({ "bytes": bytes.len(), "base64": STANDARD.encode(bytes) })
        }
        Content::Bytes(bytes) => json!({ "bytes": bytes.len() }),
        Content::Start(_) => json!({ "bytes": length }),
        Content::Encapsulated => json!({ "encapsulated": true }),
    }
}

fn one_or_all(mut values: impl ExactSizeIterator<Item = Value>) -> Value {
    match values.len() {
        1 => values.next().unwrap_or_default(),
        _ => values.collect(),
    }
}

/// A decimal or integer string that is a number and nothing else; otherwise the string.
fn decimal(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return json!(whole);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => json!(number),
        _ => json!(text),
    }
}

/// A binary number; JSON has no way to say that it is not finite, so a string does.
fn binary(number: Number) -> Value {
    match number {
        Number::Unsigned(number) => json!(number),
        Number::Signed(number) => json!(number),
        // Through its decimals, so that 0.1 does not become 0.10000000149.
        Number::Single(single) if single.is_finite() => {
            single.to_string().parse::<f64>().map_or_else(|_| json!(single), |number| json!(number))
        }
        Number::Double(double) if double.is_finite() => json!(double),
        _ => json!(number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_where_they_can_be() {
        assert_eq!(decimal("+5").to_string(), "5");
        assert_eq!(decimal("0.50").to_string(), "0.5");
        assert_eq!(decimal("1,5").to_string(), "\"1,5\"");
        assert_eq!(decimal("NaN").to_string(), "\"NaN\"");
        assert_eq!(binary(Number::Single(0.1)).to_string(), "0.1");
        assert_eq!(binary(Number::Double(f64::INFINITY)).to_string(), "\"inf\"");
    }

    #[test]
    fn one_value_stands_alone_and_several_are_a_list() {
        let texts = |texts: &[&str]| Content::Texts(texts.iter().map(|&text| text.to_owned()).collect());
        assert_eq!(value(&texts(&["1", "2"]), Vr::IS, None).to_string(), "[1,2]");
        assert_eq!(value(&texts(&["CT"]), Vr::CS, None).to_string(), "\"CT\"");
        assert_eq!(value(&Content::Empty, Vr::CS, None), Value::Null);
        assert_eq!(value(&Content::Bytes(&[1]), Vr::OB, None).to_string(), r#"{"base64":"AQ==","bytes":1}"#);
    }
}
