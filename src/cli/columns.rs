//! `--columns`: attributes that a list shows beside its own, by keyword or by tag.

use crate::{
    dicom::{Archives, attribute, pick},
    model::TagNumber,
    work::Gathered,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path, str::FromStr};

/// The attributes, in the order in which they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    names: Vec<String>,
    tags: Vec<TagNumber>,
}

/// Values of one attribute that JSON tells of a series; how many there are is told beside them.
const MOST_VALUES: usize = 100;

/// What the files of a series say of one attribute.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    values: Vec<String>,
    distinct: usize,
    absent: usize,
}

impl Columns {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(super) fn tags(&self) -> &[TagNumber] {
        &self.tags
    }

    /// By name, as JSON has them; `None` where the file has no such attribute.
    pub(super) fn of_file(&self, path: &Path, archives: &Archives) -> BTreeMap<String, Option<String>> {
        if self.tags.is_empty() {
            return BTreeMap::new();
        }
        let values = pick(path, &self.tags, archives).unwrap_or_else(|_| vec![None; self.tags.len()]);
        self.names.iter().cloned().zip(values).collect()
    }

    /// By name, as JSON has them for a series.
    pub(super) fn cells(&self, values: &[Gathered]) -> BTreeMap<String, Cell> {
        let cell = |one: &Gathered| Cell {
            values: one.values.iter().take(MOST_VALUES).cloned().collect(),
            distinct: one.values.len(),
            absent: one.absent,
        };
        self.names.iter().cloned().zip(values.iter().map(cell)).collect()
    }
}

/// The first value, and how many others the files have: `120 (+2)`. Having none is another one.
pub(super) fn spoken(one: &Gathered) -> String {
    let Some(first) = one.values.first() else { return String::new() };
    match one.values.len() - 1 + usize::from(one.absent > 0) {
        0 => first.clone(),
        others => format!("{first} (+{others})"),
    }
}

/// Reads `KVP,(0018,1150),0020,0013`.
impl FromStr for Columns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut columns = Self::default();
        let mut parts = text.split(',').map(str::trim).peekable();
        let half = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        while let Some(part) = parts.next() {
            // A tag is two parts: (0018 and 1150).
            let opens = part.starts_with('(') || half(part);
            let name = match parts.peek().filter(|_| opens && !part.ends_with(')')) {
                Some(rest) => {
                    let name = format!("{part},{rest}");
                    parts.next();
                    name
                }
                None if part.is_empty() => continue,
                None => part.to_owned(),
            };
            let (tag, _) = attribute(&name).ok_or_else(|| {
                format!("no attribute is called \"{name}\"; write a keyword such as PatientName, or a tag such as (0010,0010)")
            })?;
            if !columns.tags.contains(&tag) {
                columns.tags.push(tag);
                columns.names.push(name);
            }
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_every_spelling_of_a_tag_may_stand_side_by_side() {
        let columns: Columns = "PatientID, (0018,1150),0018,0060,00280010,KVP".parse().unwrap();
        assert_eq!(columns.names, ["PatientID", "(0018,1150)", "0018,0060", "00280010"]);
        assert_eq!("".parse(), Ok(Columns::default()));
        assert!("PatientID,Nonsense".parse::<Columns>().unwrap_err().contains("\"Nonsense\""));
        assert!("(0018,".parse::<Columns>().is_err());
    }

    #[test]
    fn a_value_that_varies_is_marked() {
        let one = |values: &[&str], absent| {
            spoken(&Gathered { values: values.iter().map(ToString::to_string).collect(), absent })
        };
        assert_eq!(one(&["120"], 0), "120");
        assert_eq!(one(&["120", "100"], 3), "120 (+2)");
        assert_eq!(one(&[], 3), "");
    }
}
