//! What two objects say differently, attribute by attribute and item by item.
//!
//! Values are compared as what they mean: text after its character set, numbers whatever their byte order.
//! Values too long to load are compared byte by byte in their files.

use super::{
    Content, DataElement, DataSet, Name, Object, Scope, Source, Tag, Value, Vr, hides_items, listing, secret,
    value::end_of_fragments,
};
use crate::model::{Secret, Step, TagNumber};
use std::collections::BTreeMap;

/// Differences of one pair that are kept; what is more is one object against a wholly different one.
const MOST: usize = 20_000;
/// Bytes of long values compared at once.
const PIECE: usize = 256 << 10;

/// One attribute of two objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands.
    pub path: Vec<Step>,
    /// Its keyword; `[creator]` of a private one.
    pub keyword: String,
    /// As the first object that has it writes it.
    pub vr: Vr,
    /// The value for people in the first object; `None` if it is not there.
    pub a: Option<String>,
    /// The same of the second.
    pub b: Option<String>,
    /// They are the same.
    pub is_equal: bool,
    /// How a mask hides both.
    pub secret: Option<Secret>,
}

/// Compares the data sets of two objects, in the order of tags; equal attributes only with `all`.
pub fn differences(a: &Object, b: &Object, all: bool) -> Vec<Difference> {
    let mut comparison =
        Comparison { sources: [&a.source, &b.source], all, hidden: false, path: vec![], found: vec![] };
    let root = Scope::default();
    comparison
        .sets(Some((&a.data_set, &root.inside(&a.data_set))), Some((&b.data_set, &root.inside(&b.data_set))));
    comparison.found
}

type Side<'a> = Option<(&'a DataSet, &'a Scope)>;
type Attribute<'a> = Option<(&'a DataElement, &'a Scope)>;

struct Comparison<'a> {
    sources: [&'a Source; 2],
    all: bool,
    /// Inside a sequence that tells of a person.
    hidden: bool,
    path: Vec<Step>,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    /// Recursion is bounded by the walk, which goes 64 sequences deep at most.
    fn sets(&mut self, a: Side<'_>, b: Side<'_>) {
        let mut tags: BTreeMap<Tag, [Attribute<'_>; 2]> = BTreeMap::new();
        for (side, set) in [a, b].into_iter().enumerate() {
            let Some((set, scope)) = set else { continue };
            for element in set.elements.iter().filter(|element| !element.header.tag.is_group_length()) {
                tags.entry(element.header.tag).or_default()[side] = Some((element, scope));
            }
        }
        for (tag, pair) in tags {
            self.path.push(Step::Tag(TagNumber(tag.0, tag.1)));
            self.attribute(tag, pair);
            self.path.pop();
        }
    }

    fn attribute(&mut self, tag: Tag, pair: [Attribute<'_>; 2]) {
        if self.found.len() >= MOST {
            return;
        }
        let items = pair.map(|side| match side {
            Some((DataElement { value: Value::Items(items), .. }, scope)) => Some((&items[..], scope)),
            _ => None,
        });
        let is_equal = match (&items, pair) {
            ([Some((a, _)), Some((b, _))], _) => a.len() == b.len(),
            (_, [Some(a), Some(b)]) => self.same(a, b),
            _ => false,
        };
        if self.all || !is_equal {
            self.found.extend(self.told(tag, pair, is_equal));
        }
        // Of what one side has alone, its own line says enough.
        if let [Some((a, first)), Some((b, second))] = items {
            let outside = self.hidden;
            self.hidden |= hides_items(tag);
            for index in 0..a.len().max(b.len()) {
                let scopes =
                    [a.get(index).map(|set| first.inside(set)), b.get(index).map(|set| second.inside(set))];
                if let [Some(first), Some(second)] = &scopes {
                    self.path.push(Step::Item(index));
                    self.sets(Some((&a[index], first)), Some((&b[index], second)));
                    self.path.pop();
                }
            }
            self.hidden = outside;
        }
    }

    fn told(&self, tag: Tag, pair: [Attribute<'_>; 2], is_equal: bool) -> Option<Difference> {
        let (element, scope) = pair.into_iter().flatten().next()?;
        let vr = scope.vr(element);
        let keyword = match scope.name(tag) {
            Name::Keyword(keyword) => keyword.to_owned(),
            Name::Private(creator) => format!("[{creator}]"),
            Name::Orphan | Name::Unknown => "?".to_owned(),
        };
        let secret = if self.hidden { Some(Secret::Hidden) } else { secret(tag, vr) };
        let [a, b] = pair.map(|side| side.map(|(element, scope)| listing::worded(element, scope)));
        Some(Difference { path: self.path.clone(), keyword, vr, a, b, is_equal, secret })
    }

    fn same(&self, a: (&DataElement, &Scope), b: (&DataElement, &Scope)) -> bool {
        match (a.1.content(a.0), b.1.content(b.0)) {
            (Content::Empty, Content::Empty) => true,
            (Content::Texts(a), Content::Texts(b)) => a == b,
            // As text, so that what is no number equals itself.
            (Content::Numbers(a), Content::Numbers(b)) => {
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.to_string() == b.to_string())
            }
            (Content::Tags(a), Content::Tags(b)) => a == b,
            (Content::Bytes(a), Content::Bytes(b)) => a == b,
            (Content::Start(_) | Content::Encapsulated, Content::Start(_) | Content::Encapsulated) => {
                self.same_bytes(a.0, b.0)
            }
            _ => false,
        }
    }

    /// Compares values in the files; words of another byte order count as different.
    fn same_bytes(&self, a: &DataElement, b: &DataElement) -> bool {
        let end = |element: &DataElement, source: &Source| match element.header.length {
            Some(length) => Some(element.header.value + u64::from(length)),
            None => Some(end_of_fragments(source, element.header.value))
                .filter(|(_, met)| *met)
                .map(|(end, _)| end),
        };
        let (Some(first), Some(second)) = (end(a, self.sources[0]), end(b, self.sources[1])) else {
            return false;
        };
        let length = first - a.header.value;
        if length != second - b.header.value {
            return false;
        }
        let mut at = 0;
        while at < length {
            let wanted = (length - at).min(PIECE as u64) as usize;
            let piece = |source: &Source, from: u64| source.read(from + at, wanted).ok();
            let (one, other) =
                (piece(self.sources[0], a.header.value), piece(self.sources[1], b.header.value));
            if one.is_none() || one != other {
                return false;
            }
            at += wanted as u64;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dicom::confidential::tests::{element, file, identity, read, sequence},
        model::spoken_path,
    };

    fn object(instance: &str, name: &[u8], referenced: &[&[u8]], pixels: &[u8]) -> Object {
        let item = |uid: &&[u8]| element(Tag(8, 0x1155), Vr::UI, uid);
        let set = [
            identity(instance),
            sequence(Tag(8, 0x1140), &referenced.iter().map(item).collect::<Vec<_>>()),
            element(Tag(0x10, 0x10), Vr::PN, name),
            element(Tag(0x7fe0, 0x10), Vr::OW, pixels),
        ];
        read(&file(&set.concat(), "1.2.840.10008.1.2.1"))
    }

    fn told(a: &Object, b: &Object) -> Vec<String> {
        differences(a, b, false).iter().map(|difference| spoken_path(&difference.path)).collect()
    }

    #[test]
    fn an_object_equals_itself_and_all_of_it_can_be_seen() {
        let one = object("1.2.3", b"Doe^Jane", &[b"1.2.4"], &[1; 64]);
        assert_eq!(differences(&one, &one, false), []);
        let all = differences(&one, &one, true);
        assert!(
            all.len() > 7 && all.iter().all(|same| same.is_equal && same.a == same.b && same.a.is_some())
        );
    }

    #[test]
    fn differences_are_found_in_items_and_in_values_too_long_to_load() {
        let long = vec![1; 600_000];
        let mut other = long.clone();
        other[599_999] = 2;
        let a = object("1.2.3", b"Doe^Jane", &[b"1.2.4", b"1.2.5"], &long);
        let b = object("1.2.3", b"Doe^Jane", &[b"1.2.4", b"1.2.6"], &other);
        assert_eq!(told(&a, &b), ["00081140[2].00081155", "7FE00010"]);
        assert_eq!(told(&a, &a), <[&str; 0]>::default());
    }

    #[test]
    fn an_attribute_of_one_side_alone_is_absent_on_the_other() {
        let a = object("1.2.3", b"Doe^Jane", &[], &[1; 64]);
        let b = read(&file(&identity("1.2.3"), "1.2.840.10008.1.2.1"));
        let found = differences(&a, &b, false);
        let name = found.iter().find(|difference| difference.keyword == "PatientName").unwrap();
        assert_eq!(
            (name.a.as_deref(), &name.b, name.secret),
            (Some("Doe^Jane"), &None, Some(Secret::Hidden))
        );
    }
}
