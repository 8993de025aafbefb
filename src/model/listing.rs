//! The attributes of one instance as rows of a table, in the order a person reads them.

mod judged;

use super::{Secret, Text};
use judged::Judged;
use std::fmt;

/// A group and an element number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagNumber(pub u16, pub u16);

impl TagNumber {
    /// Eight digits, as paths and JSON write it: `7FE00010`.
    pub fn compact(self) -> String {
        format!("{:04X}{:04X}", self.0, self.1)
    }
}

/// As the standard writes it: `(7FE0,0010)`.
impl fmt::Display for TagNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("({:04X},{:04X})", self.0, self.1))
    }
}

/// What a row is, and what hangs below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// An attribute with a value.
    Leaf,
    /// An attribute made of items, which follow one level deeper.
    Sequence {
        /// How many.
        items: usize,
    },
    /// An item of the sequence above; its attributes follow one level deeper.
    Item {
        /// Its place among the items, from 0.
        index: usize,
    },
}

/// One attribute, or one item of a sequence.
#[derive(Debug, Clone)]
pub struct Row {
    /// Levels above it; sequences and items each make one.
    pub depth: u16,
    /// The tag; (FFFE,E000) for an item.
    pub tag: TagNumber,
    /// `PatientName`, `[creator]` of a private attribute, `?` of an unknown one, `Item 1`.
    pub keyword: Text,
    /// The name in words: `Patient Name`.
    pub name: Text,
    /// The two letters of the value representation; empty for an item.
    pub vr: &'static str,
    /// How many values; 0 for an empty one, an item, or text too long to count in.
    pub vm: usize,
    /// Bytes of value; `None` is an undefined length.
    pub length: Option<u32>,
    /// Where the element starts: bytes into the file, or into the inflated data set.
    pub offset: u64,
    /// The value for people, cut if it is long.
    pub value: Text,
    /// The value as written, where people read it in another way: dates, times and ages.
    pub raw: Option<Text>,
    /// Leaf or branch.
    pub kind: RowKind,
    /// True if the standard does not say what it is.
    pub is_private: bool,
    /// How a masked screen hides the value; `None` if it may be seen.
    pub secret: Option<Secret>,
}

/// One step from a row to one of those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To an attribute.
    Tag(TagNumber),
    /// To an item, counted from 0.
    Item(usize),
}

/// All rows of an instance, and what is odd about it.
#[derive(Debug, Default)]
pub struct Listing {
    rows: Vec<Row>,
    parents: Vec<Option<u32>>,
    ends: Vec<u32>,
    notes: Vec<String>,
    judged: Judged,
}

impl Listing {
    /// Takes rows in display order, each branch right before what hangs below it.
    ///
    /// # Panics
    ///
    /// If there are 2³² rows.
    pub fn new(rows: Vec<Row>, notes: Vec<String>) -> Self {
        let count = u32::try_from(rows.len()).expect("whoever lists a file bounds its rows");
        let mut parents = Vec::with_capacity(rows.len());
        let mut ends = vec![count; rows.len()];
        let mut open: Vec<u32> = vec![];
        for (at, row) in (0..count).zip(&rows) {
            while open.last().is_some_and(|&above| rows[above as usize].depth >= row.depth) {
                ends[open.pop().map_or(0, |closed| closed as usize)] = at;
            }
            parents.push(open.last().copied());
            open.push(at);
        }
        Self { rows, parents, ends, notes, judged: Judged::default() }
    }

    /// All rows, folded or not.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Damage, and what is odd about the file, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The row that this one hangs below.
    pub fn parent(&self, row: usize) -> Option<usize> {
        self.parents.get(row).copied().flatten().map(|parent| parent as usize)
    }

    /// The first row after everything that hangs below this one.
    pub fn end(&self, row: usize) -> usize {
        self.ends.get(row).map_or(self.rows.len(), |&end| end as usize)
    }

    /// True if something hangs below the row.
    pub fn is_branch(&self, row: usize) -> bool {
        self.end(row) > row + 1
    }

    /// The rows directly below one, or the outermost ones.
    pub fn children(&self, above: Option<usize>) -> impl Iterator<Item = usize> {
        let (first, end) = above.map_or((0, self.rows.len()), |row| (row + 1, self.end(row)));
        std::iter::successors(Some(first), |&row| Some(self.end(row))).take_while(move |&row| row < end)
    }

    /// The last step to a row.
    pub fn step(&self, row: usize) -> Option<Step> {
        self.rows.get(row).map(step)
    }

    /// How a row is reached from the top; empty for a row that is not there.
    pub fn path(&self, row: usize) -> Vec<Step> {
        let ancestors = std::iter::successors(Some(row), |&row| self.parent(row));
        let mut path: Vec<Step> = ancestors.filter_map(|row| self.rows.get(row)).map(step).collect();
        path.reverse();
        path
    }

    /// The row at the end of a path; if it is not there, the nearest to where it would be.
    ///
    /// `None` if there are no rows at all. The flag is true for the very row.
    pub fn find(&self, path: &[Step]) -> Option<(usize, bool)> {
        let mut found = None;
        for &wanted in path {
            let mut nearest = None;
            for row in self.children(found) {
                match (wanted, step(&self.rows[row])) {
                    (a, b) if a == b => {
                        nearest = Some((row, true));
                        break;
                    }
                    // Up to the last one before it, or the first one of all.
                    (Step::Tag(a), Step::Tag(b)) if b > a && nearest.is_some() => break,
                    _ => nearest = Some((row, false)),
                }
            }
            match nearest {
                Some((row, true)) => found = Some(row),
                Some((row, false)) => return Some((row, false)),
                None => return found.map(|row| (row, false)),
            }
        }
        found.map(|row| (row, true))
    }
}

fn step(row: &Row) -> Step {
    match row.kind {
        RowKind::Item { index } => Step::Item(index),
        _ => Step::Tag(row.tag),
    }
}

/// A path for people, items counted from 1: `00081140[2].00081155`.
pub fn spoken_path(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Tag(tag) if text.is_empty() => text = tag.compact(),
            Step::Tag(tag) => text = format!("{text}.{}", tag.compact()),
            Step::Item(index) => text = format!("{text}[{}]", index + 1),
        }
    }
    text
}

/// A path for programs, items counted from 0: `00081140[1].00081155`.
pub fn counted_path(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Tag(tag) if text.is_empty() => text = tag.compact(),
            Step::Tag(tag) => text = format!("{text}.{}", tag.compact()),
            Step::Item(index) => text = format!("{text}[{index}]"),
        }
    }
    text
}

#[cfg(test)]
impl Row {
    /// What tests say nothing of: a short text of the standard without words or value.
    pub(super) fn plain(depth: u16, tag: TagNumber, kind: RowKind) -> Self {
        Self {
            depth,
            tag,
            keyword: Text::default(),
            name: Text::default(),
            vr: "LO",
            vm: 1,
            length: Some(0),
            offset: 0,
            value: Text::default(),
            raw: None,
            kind,
            is_private: false,
            secret: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(depth: u16, element: u16, kind: RowKind) -> Row {
        Row::plain(depth, TagNumber(8, element), kind)
    }

    /// 5, 10 = [{1, 2}, {1}], 20
    fn listing() -> Listing {
        let leaf = RowKind::Leaf;
        Listing::new(
            vec![
                row(0, 5, leaf),
                row(0, 10, RowKind::Sequence { items: 2 }),
                row(1, 0, RowKind::Item { index: 0 }),
                row(2, 1, leaf),
                row(2, 2, leaf),
                row(1, 0, RowKind::Item { index: 1 }),
                row(2, 1, leaf),
                row(0, 20, leaf),
            ],
            vec![],
        )
    }

    #[test]
    fn rows_know_what_is_above_and_below_them() {
        let listing = listing();
        assert_eq!(listing.children(None).collect::<Vec<_>>(), [0, 1, 7]);
        assert_eq!(listing.children(Some(1)).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(listing.parent(4), Some(2));
        assert_eq!((listing.end(1), listing.end(7)), (7, 8));
        assert!(listing.is_branch(5) && !listing.is_branch(6));
    }

    #[test]
    fn every_row_is_found_by_its_own_path() {
        let listing = listing();
        for at in 0..listing.rows().len() {
            assert_eq!(listing.find(&listing.path(at)), Some((at, true)));
        }
        assert_eq!(spoken_path(&listing.path(6)), "0008000A[2].00080001");
    }

    #[test]
    fn a_path_that_leads_nowhere_ends_nearby() {
        let listing = listing();
        let tag = |element| Step::Tag(TagNumber(8, element));
        assert_eq!(listing.find(&[tag(7)]), Some((0, false)));
        assert_eq!(listing.find(&[tag(1)]), Some((0, false)));
        assert_eq!(listing.find(&[tag(10), Step::Item(7), tag(1)]), Some((5, false)));
        assert_eq!(listing.find(&[tag(10), Step::Item(1), tag(9)]), Some((6, false)));
        assert_eq!(Listing::default().find(&[tag(1)]), None);
    }
}
