//! What varies among the instances of a series, attribute by attribute, sequences included.

use super::{Listing, Mask, Row, RowKind, Step, Tally, Variation};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// Rows of one instance that are looked at: the frames of an enhanced object have more, and are no instances.
const MOST_ROWS: usize = 10_000;
/// Attributes, and different values of all of them, that are kept of a series: some 100 MB.
const MOST_COLUMNS: usize = 200_000;
const MOST_VALUES: usize = 4_000_000;
/// Values that are given as examples, and bytes of one that count as much as a value.
const EXAMPLES: usize = 3;
const SHORT: usize = 32;

/// The values of every attribute, instance by instance.
#[derive(Debug, Default)]
pub struct Columns {
    /// So that a branch comes right before what hangs below it.
    by_place: BTreeMap<Vec<Step>, Column>,
    instances: usize,
    values: usize,
    is_cut: bool,
}

#[derive(Debug)]
struct Column {
    /// As the first instance has it.
    row: Row,
    tally: Tally,
    examples: Vec<String>,
}

/// An attribute, and how it varies.
#[derive(Debug, Clone)]
pub struct Varied {
    /// Where it stands.
    pub path: Vec<Step>,
    /// As the first instance that has it writes it.
    pub row: Row,
    /// How it varies.
    pub variation: Variation,
    /// Instances that have it.
    pub present: usize,
    /// The least and the greatest number, if all values are single numbers.
    pub range: Option<(f64, f64)>,
    /// The first different values, as far as they may be seen.
    pub examples: Vec<String>,
}

impl Columns {
    /// Takes the values of the next instance; false if that is more than is kept, and all of it was in vain.
    pub fn add(&mut self, listing: &Listing, mask: Mask) -> bool {
        if self.values > MOST_VALUES || self.by_place.len() > MOST_COLUMNS {
            self.is_cut = true;
            return false;
        }
        for (at, row) in listing.rows().iter().enumerate().take(MOST_ROWS) {
            let column = self.by_place.entry(listing.path(at)).or_insert_with(|| Column {
                row: row.clone(),
                tally: Tally::default(),
                examples: vec![],
            });
            if row.kind != RowKind::Leaf {
                continue;
            }
            column.tally.fill(self.instances);
            let before = column.tally.different();
            column.tally.add(Some(row.raw.as_ref().unwrap_or(&row.value).raw()));
            self.values += column.tally.different() - before;
            if column.examples.len() < EXAMPLES {
                let shown = mask.value(row, listing);
                if !column.examples.contains(&shown) {
                    self.values += shown.len() / SHORT;
                    column.examples.push(shown);
                }
            }
        }
        self.instances += 1;
        true
    }

    /// Instances that were taken.
    pub fn instances(&self) -> usize {
        self.instances
    }

    /// Every attribute, constant ones too, in the order of their places.
    pub fn varied(self) -> impl Iterator<Item = Varied> {
        let instances = self.instances;
        let leaves = self.by_place.into_iter().filter(|(_, column)| column.row.kind == RowKind::Leaf);
        leaves.map(move |(path, mut column)| {
            column.tally.fill(instances);
            let variation = match column.tally.variation() {
                // The digits of bytes are no numbers.
                Variation::Rising | Variation::Falling if is_binary(column.row.vr) => Variation::AllDifferent,
                variation => variation,
            };
            let present = column.tally.present();
            let range = column.tally.range().filter(|_| is_numeric(column.row.vr));
            Varied { path, row: column.row, variation, present, range, examples: column.examples }
        })
    }
}

fn is_numeric(vr: &str) -> bool {
    matches!(vr, "DS" | "IS" | "FL" | "FD" | "US" | "SS" | "UL" | "SL" | "UV" | "SV")
}

fn is_binary(vr: &str) -> bool {
    matches!(vr, "OB" | "OW" | "OL" | "OV" | "OF" | "OD" | "UN")
}

/// What varies, as the rows of a table.
#[derive(Debug, Default)]
pub struct Varying {
    /// What varies, and the branches above it; values are those of the first instance that has them.
    pub listing: Arc<Listing>,
    /// Of each row; `None` of a branch.
    facts: Vec<Option<Varied>>,
    instances: usize,
    /// Instances that could not be read.
    pub unread: usize,
    /// There were more values than are kept: it is of the first instances only.
    pub is_cut: bool,
}

impl Varying {
    /// What varies in the columns; `unread` instances are not in them.
    pub fn of(columns: Columns, unread: usize) -> Self {
        let (instances, is_cut) = (columns.instances, columns.is_cut);
        let is_branch = |column: &Column| column.row.kind != RowKind::Leaf;
        let mut rows: BTreeMap<Vec<Step>, (Row, Option<Varied>)> = BTreeMap::new();
        for (path, column) in columns.by_place.iter().filter(|(_, column)| is_branch(column)) {
            rows.insert(path.clone(), (column.row.clone(), None));
        }
        let mut above = HashSet::new();
        for varied in columns.varied().filter(|varied| varied.variation != Variation::Constant) {
            above.extend((1..varied.path.len()).map(|length| varied.path[..length].to_vec()));
            rows.insert(varied.path.clone(), (varied.row.clone(), Some(varied)));
        }
        let kept = rows.into_iter().filter(|(path, (_, varied))| varied.is_some() || above.contains(path));
        let (rows, facts) = kept.map(|(_, row)| row).unzip();
        Self { listing: Arc::new(Listing::new(rows, vec![])), facts, instances, unread, is_cut }
    }

    /// How the attribute of a row varies, as far as it may be seen: `rising, 1 to 54`.
    pub fn words(&self, row: usize, mask: Mask) -> String {
        let Some(Some(varied)) = self.facts.get(row) else { return String::new() };
        let mut words = varied.variation.words();
        let may_be_seen = !(mask.is_on() && varied.row.secret.is_some());
        match varied.range.filter(|(least, greatest)| least < greatest) {
            _ if !may_be_seen => {}
            Some((least, greatest)) => words = format!("{words}, {least} to {greatest}"),
            None => words = format!("{words}: {}", varied.examples.join("  ")),
        }
        if varied.present < self.instances {
            words = format!("{words} (in {} of {})", varied.present, self.instances);
        }
        words
    }

    /// Instances that were compared.
    pub fn instances(&self) -> usize {
        self.instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Secret, TagNumber};

    fn row(depth: u16, element: u16, vr: &'static str, value: &str, kind: RowKind) -> Row {
        Row {
            keyword: "Keyword".into(),
            name: "Name".into(),
            vr,
            value: value.into(),
            secret: (vr == "PN").then_some(Secret::Hidden),
            ..Row::plain(depth, TagNumber(0x20, element), kind)
        }
    }

    /// Instances with a number, a name, and a sequence with one item that holds a code.
    fn varying(instances: &[(&str, &str, Option<&str>)]) -> Varying {
        let mut columns = Columns::default();
        for (number, name, code) in instances {
            let mut rows = vec![row(0, 1, "IS", number, RowKind::Leaf), row(0, 2, "PN", name, RowKind::Leaf)];
            if let Some(code) = code {
                rows.push(row(0, 3, "SQ", "1 item", RowKind::Sequence { items: 1 }));
                rows.push(row(1, 0, "", "1 attribute", RowKind::Item { index: 0 }));
                rows.push(row(2, 4, "CS", code, RowKind::Leaf));
            }
            assert!(columns.add(&Listing::new(rows, vec![]), Mask::default()));
        }
        Varying::of(columns, 0)
    }

    fn told(varying: &Varying, mask: Mask) -> Vec<String> {
        (0..varying.listing.rows().len()).map(|row| varying.words(row, mask)).collect()
    }

    #[test]
    fn what_varies_stands_with_the_branches_above_it_and_what_is_constant_does_not() {
        let varying = varying(&[("1", "Doe", Some("A")), ("2", "Doe", Some("B")), ("10", "Doe", Some("A"))]);
        assert_eq!(told(&varying, Mask::default()), ["rising, 1 to 10", "", "", "2 values: A  B"]);
        assert_eq!(varying.listing.parent(3), Some(2));
    }

    #[test]
    fn digits_of_bytes_are_no_numbers() {
        let mut columns = Columns::default();
        for bytes in ["48 03", "4a 00", "4b 00"] {
            columns.add(&Listing::new(vec![row(0, 1, "OW", bytes, RowKind::Leaf)], vec![]), Mask::default());
        }
        assert_eq!(columns.varied().next().unwrap().variation, Variation::AllDifferent);
    }

    #[test]
    fn what_some_instances_lack_is_counted_and_what_is_hidden_stays_hidden() {
        let varying = varying(&[("1", "Doe", None), ("1", "Roe", Some("A")), ("1", "Doe", Some("A"))]);
        let hidden = ["2 values", "", "", "2 values: A (in 2 of 3)"];
        assert_eq!(told(&varying, Mask::new(true)), hidden);
        assert_eq!(told(&varying, Mask::default())[0], "2 values: Doe  Roe");
    }
}
