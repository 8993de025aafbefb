//! The attributes of one file as rows for people, in the order they are written.
//!
//! Bulk data stays in the file. However a file is made, the listing has a bounded number of rows, each of
//! a few KiB at most; the walk has bounded how deep they nest.

mod content;
mod scope;
mod wording;
pub(super) use content::numbers;
pub use content::{Content, Number};
pub use scope::{Name, Scope};

use super::{DataElement, DataSet, Object, ReadError, Tag, Vr, dictionary, hides_items, secret};
use crate::model::{Listing, Row, RowKind, Secret, TagNumber, Text};
use std::{collections::HashMap, path::Path};

/// Rows of one listing: an enhanced series of 10,000 frames has about 300,000.
const MOST_ROWS: usize = 400_000;
const ITEM: TagNumber = TagNumber(0xFFFE, 0xE000);

/// Opens a file and lists its attributes, group 0002 first.
///
/// # Errors
///
/// [`ReadError`] if it cannot be opened or is not DICOM. Damage further on is a note beside the rows.
pub fn list(path: &Path) -> Result<Listing, ReadError> {
    Object::open(path).map(|object| listing(&object))
}

/// Lists the attributes of an open file, group 0002 first.
pub fn listing(object: &Object) -> Listing {
    let mut lister = Lister::default();
    lister.set(&object.meta, &Scope::default().inside(&object.meta), 0, false);
    let scope = Scope::default().inside(&object.data_set);
    lister.set(&object.data_set, &scope, 0, false);
    let mut notes = notes(object, &scope);
    if lister.is_full {
        notes.push(format!("has more than {MOST_ROWS} attributes; the rest is not listed"));
    }
    Listing::new(lister.rows, notes)
}

/// What is odd about a file, in sentences that are safe to show.
pub fn notes(object: &Object, scope: &Scope) -> Vec<String> {
    let mut notes = object.start.notes.clone();
    if object.start.deflated {
        notes.push("is deflated; offsets count inflated bytes".to_owned());
    }
    for term in scope.unknown_charsets() {
        let term = Text::from(term.as_str());
        notes.push(format!("names the character set \"{term:.40}\", which nobody knows"));
    }
    notes.extend(object.damage.as_ref().map(ToString::to_string));
    notes
}

/// The value of an element for people, as its row has it.
pub(super) fn worded(element: &DataElement, scope: &Scope) -> String {
    let (vr, content, length) = (scope.vr(element), scope.content(element), element.header.length);
    let vm = multiplicity(&content, vr, length);
    wording::wording(&content, vr, u64::from(length.unwrap_or(0)), vm).value
}

/// Number of values of an element; see [`Row::vm`].
pub fn multiplicity(content: &Content<'_>, vr: Vr, length: Option<u32>) -> usize {
    match content {
        Content::Empty => 0,
        Content::Texts(texts) => texts.len(),
        Content::Numbers(numbers) => numbers.len(),
        Content::Tags(tags) => tags.len(),
        Content::Bytes(_) | Content::Items(_) | Content::Encapsulated => 1,
        Content::Start(_) if vr.is_single() => 1,
        Content::Start(_) if vr.is_string() => 0,
        Content::Start(_) => length.zip(content::size(vr)).map_or(1, |(bytes, size)| (bytes / size) as usize),
    }
}

#[derive(Default)]
struct Lister {
    rows: Vec<Row>,
    /// Keywords and names, so that ten thousand rows of one attribute share theirs.
    names: HashMap<Name, (Text, Text)>,
    is_full: bool,
}

impl Lister {
    /// Recursion is bounded by the walk, which goes 64 sequences deep at most. Where a sequence is `hidden`, a
    /// masked screen shows nothing of what is in it.
    fn set(&mut self, set: &DataSet, scope: &Scope, depth: u16, hidden: bool) {
        for element in &set.elements {
            if self.rows.len() >= MOST_ROWS {
                self.is_full = true;
                return;
            }
            self.element(element, scope, depth, hidden);
        }
    }

    fn element(&mut self, element: &DataElement, scope: &Scope, depth: u16, hidden: bool) {
        let header = &element.header;
        let vr = scope.vr(element);
        let content = scope.content(element);
        let vm = multiplicity(&content, vr, header.length);
        let worded = wording::wording(&content, vr, u64::from(header.length.unwrap_or(0)), vm);
        let (keyword, name) = self.name(scope.name(header.tag));
        let items: &[DataSet] = if let Content::Items(items) = content { items } else { &[] };
        self.rows.push(Row {
            depth,
            tag: TagNumber(header.tag.0, header.tag.1),
            keyword,
            name,
            vr: vr.as_str(),
            vm,
            length: header.length,
            offset: header.start,
            value: worded.value.into(),
            raw: worded.raw.map(Text::from),
            kind: if vr == Vr::SQ { RowKind::Sequence { items: items.len() } } else { RowKind::Leaf },
            is_private: dictionary::lookup(header.tag).is_none(),
            secret: if hidden { all_of(vr) } else { secret(header.tag, vr) },
        });
        let hidden = hidden || vr == Vr::SQ && hides_items(header.tag);
        for (index, item) in items.iter().enumerate() {
            if self.rows.len() >= MOST_ROWS {
                self.is_full = true;
                return;
            }
            let scope = scope.inside(item);
            self.rows.push(item_row(item, index, &scope, depth + 1, hidden));
            self.set(item, &scope, depth + 2, hidden);
        }
    }

    fn name(&mut self, name: Name) -> (Text, Text) {
        if let Some(known) = self.names.get(&name) {
            return known.clone();
        }
        let pair = match &name {
            Name::Keyword(keyword) => {
                let entry = dictionary::by_keyword(keyword);
                (Text::from(*keyword), entry.map_or(Text::from(*keyword), |entry| entry.name().into()))
            }
            Name::Private(creator) => {
                let short: String = creator.chars().take(64).collect();
                (format!("[{short}]").into(), format!("private, of {short}").into())
            }
            Name::Orphan => ("[?]".into(), "private, of no creator".into()),
            Name::Unknown => ("?".into(), "not in the dictionary".into()),
        };
        self.names.insert(name, pair.clone());
        pair
    }
}

/// Everything but how many items there are.
fn all_of(vr: Vr) -> Option<Secret> {
    (vr != Vr::SQ).then_some(Secret::Hidden)
}

/// The row of an item; one that holds a code says which.
fn item_row(item: &DataSet, index: usize, scope: &Scope, depth: u16, hidden: bool) -> Row {
    let text = |tags: &[Tag]| {
        tags.iter().filter_map(|&tag| item.get(tag)).find_map(|element| match scope.content(element) {
            Content::Texts(texts) => texts.into_iter().next(),
            _ => None,
        })
    };
    let meaning = text(&[Tag(0x0008, 0x0104)]);
    // Code Value, Long Code Value, URN Code Value.
    let value = text(&[Tag(0x0008, 0x0100), Tag(0x0008, 0x0119), Tag(0x0008, 0x0120)]);
    let scheme = text(&[Tag(0x0008, 0x0102)]);
    let code = wording::code(meaning.as_deref(), value.as_deref(), scheme.as_deref());
    Row {
        depth,
        tag: ITEM,
        keyword: format!("Item {}", index + 1).into(),
        name: format!("Item {}", index + 1).into(),
        vr: "",
        vm: 0,
        length: None,
        offset: item.elements.first().map_or(0, |element| element.header.start),
        value: code.unwrap_or_else(|| wording::counted(item.elements.len(), "attribute")).into(),
        raw: None,
        kind: RowKind::Item { index },
        is_private: false,
        secret: hidden.then_some(Secret::Hidden),
    }
}

#[cfg(test)]
mod tests;
