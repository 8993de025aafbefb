//! Two listings as one table: what both have side by side, and what one has alone.

use super::{Breaches, Listing, Row, Step};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The rows of two listings, each place once, in the order of tags and items.
#[derive(Debug)]
pub struct Aligned {
    /// A row that both have is that of the first.
    pub listing: Arc<Listing>,
    /// Where each row stands in the first listing and in the second.
    pub sides: Vec<(Option<u32>, Option<u32>)>,
}

impl Aligned {
    /// Lays two listings side by side.
    pub fn of(first: &Listing, second: &Listing) -> Self {
        let mut table = Table { listings: [first, second], rows: vec![], sides: vec![] };
        table.level([first.children(None).collect(), second.children(None).collect()]);
        // What is odd is odd about the first.
        let odd = Breaches { found: first.breaches().to_vec(), ..Breaches::default() };
        let listing = Listing::new(table.rows, first.notes().to_vec()).judged(odd);
        Self { listing: Arc::new(listing), sides: table.sides }
    }
}

struct Table<'a> {
    listings: [&'a Listing; 2],
    rows: Vec<Row>,
    sides: Vec<(Option<u32>, Option<u32>)>,
}

impl Table<'_> {
    /// Takes rows of both sides that hang below one place. Recursion is bounded by the depth of the listings.
    fn level(&mut self, rows: [Vec<usize>; 2]) {
        // A tag that comes twice, as it must not, is paired with the second of the other side.
        let mut places: BTreeMap<(Step, usize), [Option<usize>; 2]> = BTreeMap::new();
        for (side, rows) in rows.into_iter().enumerate() {
            let mut times: HashMap<Step, usize> = HashMap::new();
            for row in rows {
                let Some(step) = self.listings[side].step(row) else { continue };
                let time = times.entry(step).or_default();
                places.entry((step, *time)).or_default()[side] = Some(row);
                *time += 1;
            }
        }
        for pair in places.into_values() {
            let [first, second] = self.listings;
            let row = pair[0].map(|at| &first.rows()[at]).or(pair[1].map(|at| &second.rows()[at]));
            let Some(row) = row else { continue };
            self.rows.push(row.clone());
            self.sides.push((pair[0].map(|at| at as u32), pair[1].map(|at| at as u32)));
            let below = |side: usize| {
                pair[side].map_or_else(Vec::new, |at| self.listings[side].children(Some(at)).collect())
            };
            self.level([below(0), below(1)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Breach, RowKind, Section, TagNumber, Weight, spoken_path};

    fn row(depth: u16, element: u16, kind: RowKind) -> Row {
        Row::plain(depth, TagNumber(8, element), kind)
    }

    /// Attributes outside, and those of each item of a sequence (0008,0010).
    fn listing(outside: &[u16], items: &[&[u16]]) -> Listing {
        let leaf = |depth, &element: &u16| row(depth, element, RowKind::Leaf);
        let mut rows = vec![row(0, 0x10, RowKind::Sequence { items: items.len() })];
        for (index, item) in items.iter().enumerate() {
            rows.push(row(1, 0, RowKind::Item { index }));
            rows.extend(item.iter().map(|element| leaf(2, element)));
        }
        rows.extend(outside.iter().map(|element| leaf(0, element)));
        Listing::new(rows, vec![])
    }

    #[test]
    fn what_one_side_has_alone_stands_where_it_belongs_inside_sequences_too() {
        let (first, second) = (listing(&[0x20, 0x22], &[&[1, 3]]), listing(&[0x21, 0x22], &[&[2, 3], &[1]]));
        let aligned = Aligned::of(&first, &second);
        let told: Vec<String> = aligned
            .sides
            .iter()
            .enumerate()
            .map(|(at, side)| {
                let mark = match side {
                    (Some(_), Some(_)) => '=',
                    (Some(_), None) => '<',
                    _ => '>',
                };
                format!("{mark}{}", spoken_path(&aligned.listing.path(at)))
            })
            .collect();
        let expected = [
            "=00080010",
            "=00080010[1]",
            "<00080010[1].00080001",
            ">00080010[1].00080002",
            "=00080010[1].00080003",
            ">00080010[2]",
            ">00080010[2].00080001",
            "<00080020",
            ">00080021",
            "=00080022",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_breaks_the_standard_in_the_first_is_told_at_its_row() {
        let breach = Breach {
            weight: Weight::Error,
            path: vec![Step::Tag(TagNumber(8, 0x22))],
            keyword: "",
            places: 1,
            is_missing: false,
            is_told: false,
            module: "",
            section: Section(3, "C.7.3.1"),
            what: "odd".to_owned(),
        };
        let odd = Breaches { found: vec![breach], ..Breaches::default() };
        let aligned = Aligned::of(&listing(&[0x22], &[]).judged(odd), &listing(&[0x20, 0x21], &[]));
        assert_eq!((aligned.listing.weight(3), aligned.sides[3]), (Some(Weight::Error), (Some(1), None)));
    }

    #[test]
    fn tags_that_come_twice_lose_nothing_and_nothing_beside_nothing_is_nothing() {
        let twice = listing(&[0x20, 0x20], &[]);
        let aligned = Aligned::of(&twice, &listing(&[0x20], &[]));
        assert_eq!(aligned.sides, [(Some(0), Some(0)), (Some(1), Some(1)), (Some(2), None)]);
        assert_eq!(Aligned::of(&Listing::default(), &Listing::default()).sides, []);
    }
}
