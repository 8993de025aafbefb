//! A TOML text that remembers where each key stands, and laying one text over another.

use super::{
    Location, Refusal,
    nearest::{is_near, nearest},
};
use serde::de::DeserializeOwned;
use std::{ops::Range, path::Path, sync::Arc};
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer, Error},
};

/// Far more than there are actions, and few enough to look for the line of each.
const MOST_STRINGS: usize = 500;

/// One file, parsed.
pub(super) struct Layer<'t> {
    path: Arc<Path>,
    text: &'t str,
    table: DeTable<'t>,
}

impl<'t> Layer<'t> {
    /// Parses the `text` of the file at `path`. The parser gives up at 80 levels of nesting, so that
    /// no file can exhaust the stack.
    ///
    /// # Errors
    ///
    /// [`Refusal`] at the first character that is not TOML, or the second of two equal keys.
    pub(super) fn parse(path: &Path, text: &'t str) -> Result<Self, Refusal> {
        let path: Arc<Path> = Arc::from(path);
        match DeTable::parse(text) {
            Ok(table) => Ok(Self { path, text, table: table.into_inner() }),
            Err(why) => Err(refusal_of(&path, text, &why)),
        }
    }

    /// Refuses any key that `known` does not have at the same place, naming its nearest neighbour there,
    /// and anything else where `known` has a table.
    ///
    /// # Errors
    ///
    /// [`Refusal`] at the first unknown key, in the order of the alphabet.
    pub(super) fn check_keys(&self, known: &DeTable<'_>) -> Result<(), Refusal> {
        self.check_table(&self.table, known)
    }

    fn check_table(&self, table: &DeTable<'_>, known: &DeTable<'_>) -> Result<(), Refusal> {
        for (key, value) in table {
            let name: &str = key.get_ref();
            let Some(counterpart) = known.get(name) else {
                return Err(self.refusal(Some(key.span()), unknown_key(name, known)));
            };
            match (value.get_ref(), counterpart.get_ref()) {
                (DeValue::Table(table), DeValue::Table(known)) => self.check_table(table, known)?,
                (_, DeValue::Table(known)) => {
                    let reason = format!("{name} must be a table of {}", names(known).join(", "));
                    return Err(self.refusal(Some(value.span()), reason));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes one string out of the top level.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is something else.
    pub(super) fn take_string(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.table.remove(name) else { return Ok(None) };
        let text = value.get_ref().as_str().map(str::to_owned);
        let refusal = || self.refusal(Some(value.span()), format!("{name} must be text in quotes"));
        text.ok_or_else(refusal).map(Some)
    }

    /// Takes a table of strings out of the top level: each key and its value, with their places, in the
    /// order of the file.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is not a table, or a value in it is no string.
    pub(super) fn take_strings(&mut self, name: &str) -> Result<Vec<Entry>, Refusal> {
        let Some(table) = self.table.remove(name) else { return Ok(vec![]) };
        let span = table.span();
        let DeValue::Table(table) = table.into_inner() else {
            return Err(self.refusal(Some(span), format!("{name} must be a table: [{name}]")));
        };
        if table.len() > MOST_STRINGS {
            return Err(self.refusal(Some(span), format!("{name} has more than {MOST_STRINGS} lines")));
        }
        let mut entries: Vec<(usize, Entry)> = vec![];
        for (key, value) in table {
            let (from, span) = (key.span().start, value.span());
            let Some(text) = value.get_ref().as_str() else {
                let reason = format!("{:?} must be text in quotes, as in \"j down\"", key.get_ref());
                return Err(self.refusal(Some(span), reason));
            };
            let key_at = self.location(Some(key.span()));
            let value_at = self.location(Some(span));
            let entry = Entry { key: key.get_ref().to_string(), key_at, value: text.to_owned(), value_at };
            entries.push((from, entry));
        }
        entries.sort_by_key(|(from, _)| *from);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// Lays this file over `base`, key by key and table by table, and reads the result as a `T`.
    ///
    /// `base` must be complete and correct by itself, so that whatever is wrong stands in this file.
    ///
    /// # Errors
    ///
    /// [`Refusal`] at the first value that `T` does not take.
    pub(super) fn read_over<T: DeserializeOwned>(self, mut base: DeTable<'t>) -> Result<T, Refusal> {
        let Self { path, text, table } = self;
        lay(&mut base, table);
        let whole = Deserializer::from(Spanned::new(0..text.len(), base));
        T::deserialize(whole).map_err(|why| refusal_of(&path, text, &why))
    }

    /// Where a value of the top level stands, if it is there.
    pub(super) fn place_of(&self, name: &str) -> Option<Location> {
        self.table.get(name).map(|value| self.location(Some(value.span())))
    }

    fn location(&self, span: Option<Range<usize>>) -> Location {
        Location::span(&self.path, self.text, span)
    }

    /// A refusal at a place of this file.
    pub(super) fn refusal(&self, span: Option<Range<usize>>, reason: String) -> Refusal {
        Refusal::new(self.location(span), reason)
    }
}

/// A key with its text.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: Location,
    pub(super) value: String,
    pub(super) value_at: Location,
}

fn lay<'t>(base: &mut DeTable<'t>, over: DeTable<'t>) {
    for (key, value) in over {
        let span = value.span();
        let value = match (base.remove(&key), value.into_inner()) {
            (Some(old), DeValue::Table(new)) if old.get_ref().is_table() => {
                let mut merged = match old.into_inner() {
                    DeValue::Table(table) => table,
                    _ => DeTable::new(),
                };
                lay(&mut merged, new);
                DeValue::Table(merged)
            }
            (_, new) => new,
        };
        base.insert(key, Spanned::new(span, value));
    }
}

fn names<'k>(table: &'k DeTable<'_>) -> Vec<&'k str> {
    table.keys().map(|key| &**key.get_ref()).collect()
}

fn unknown_key(name: &str, known: &DeTable<'_>) -> String {
    let names = names(known);
    match nearest(name, names.iter().copied()) {
        Some(meant) if is_near(name, meant) => format!("nothing is called {name:?}; did you mean {meant:?}?"),
        _ => format!("nothing is called {name:?} here; there are {}", names.join(", ")),
    }
}

fn refusal_of(path: &Arc<Path>, text: &str, why: &Error) -> Refusal {
    Refusal::new(Location::span(path, text, why.span()), why.message())
}
