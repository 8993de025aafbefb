//! One data set to be read by keywords, with what holds inside it.

use super::super::{Content, DataElement, DataSet, Scope, Tag, Value, dictionary, listing::worded, secret};
use crate::model::Secret;

/// A data set and its scope.
pub(super) struct Page<'a> {
    pub(super) set: &'a DataSet,
    scope: Scope,
}

/// The tag of a keyword; our own keywords are in the dictionary, as a test makes sure.
pub(super) fn tag(keyword: &str) -> Option<Tag> {
    let found = dictionary::by_keyword(keyword).map(|entry| entry.tag);
    debug_assert!(found.is_some(), "no attribute is called {keyword}");
    found
}

impl<'a> Page<'a> {
    pub(super) fn of(set: &'a DataSet) -> Self {
        Self { set, scope: Scope::default().inside(set) }
    }

    fn inside(&self, set: &'a DataSet) -> Self {
        Self { set, scope: self.scope.inside(set) }
    }

    pub(super) fn element(&self, keyword: &str) -> Option<&'a DataElement> {
        self.set.get(tag(keyword)?)
    }

    /// The value for people, on one line; `None` if there is nothing to say.
    pub(super) fn text(&self, keyword: &str) -> Option<String> {
        let text = worded(self.element(keyword)?, &self.scope);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A value of text with its lines, not cut.
    pub(super) fn whole(&self, keyword: &str) -> Option<String> {
        match self.scope.content(self.element(keyword)?) {
            Content::Texts(texts) => Some(texts.join("\\")),
            Content::Start(start) => match *start {
                Content::Texts(texts) => Some(format!("{}…", texts.join("\\"))),
                _ => None,
            },
            _ => None,
        }
    }

    /// A code string, as it is written.
    pub(super) fn word(&self, keyword: &str) -> String {
        tag(keyword).and_then(|tag| self.set.ascii(tag)).unwrap_or_default()
    }

    pub(super) fn numbers(&self, keyword: &str) -> Vec<f64> {
        tag(keyword).map_or_else(Vec::new, |tag| self.set.numbers(tag))
    }

    pub(super) fn number(&self, keyword: &str) -> Option<f64> {
        tag(keyword).and_then(|tag| self.set.number(tag))
    }

    /// A count or a number that names something.
    pub(super) fn integer(&self, keyword: &str) -> Option<i64> {
        self.number(keyword).map(|number| number as i64)
    }

    /// The items of a sequence; none if it is missing.
    pub(super) fn items(&self, keyword: &str) -> impl Iterator<Item = Self> {
        self.element(keyword).into_iter().flat_map(|element| self.items_of(element))
    }

    /// The items of an element of this data set; none if it is no sequence.
    pub(super) fn items_of(&self, element: &'a DataElement) -> impl Iterator<Item = Self> {
        let items = if let Value::Items(items) = &element.value { &items[..] } else { &[] };
        items.iter().map(|item| self.inside(item))
    }

    /// The first item of a sequence.
    pub(super) fn item(&self, keyword: &str) -> Option<Self> {
        self.items(keyword).next()
    }

    /// What the codes of a sequence mean, one after the other.
    pub(super) fn code(&self, keyword: &str) -> Option<String> {
        let codes: Vec<String> = self.items(keyword).filter_map(|item| item.meaning()).collect();
        (!codes.is_empty()).then(|| codes.join(", "))
    }

    /// What the code in this item means; the code itself, if that is all there is.
    pub(super) fn meaning(&self) -> Option<String> {
        ["CodeMeaning", "CodeValue", "LongCodeValue", "URNCodeValue"]
            .iter()
            .find_map(|keyword| self.text(keyword))
    }

    /// How a masked screen hides the value of an attribute.
    pub(super) fn secret(&self, keyword: &str) -> Option<Secret> {
        let element = self.element(keyword)?;
        secret(element.header.tag, self.scope.vr(element))
    }
}
