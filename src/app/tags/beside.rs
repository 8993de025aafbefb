//! What stands beside the values of an instance: those of another one, or how they vary in the series.

use super::{Rows, Tags};
use crate::model::{Aligned, Listing, Row, RowKind, Step, Varying};
use std::{collections::HashSet, path::PathBuf, sync::Arc};

/// What changes are told against: an instance of any series, or the one that was shown before.
#[derive(Debug, Clone)]
pub struct Base {
    pub(super) file: PathBuf,
    pub(super) listing: Arc<Listing>,
    /// The user chose it.
    pub(super) is_marked: bool,
}

/// The rows of the instance and of what stands beside it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) aligned: Aligned,
    own: Arc<Listing>,
    other: Arc<Listing>,
}

impl Table {
    fn new(own: Arc<Listing>, other: Arc<Listing>) -> Self {
        Self { aligned: Aligned::of(&own, &other), own, other }
    }

    fn sides(&self, row: usize) -> (Option<&Row>, Option<&Row>) {
        let (own, other) = self.aligned.sides.get(row).copied().unwrap_or_default();
        let at = |listing: &Listing, row: Option<u32>| {
            row.map(|row| row as usize).filter(|&row| row < listing.rows().len())
        };
        let own = at(&self.own, own).map(|row| &self.own.rows()[row]);
        (own, at(&self.other, other).map(|row| &self.other.rows()[row]))
    }

    /// What one side says differently or not at all; how long the groups are follows from the rest.
    fn differs(&self, row: usize) -> bool {
        match self.sides(row) {
            (Some(own), Some(other)) => own.tag.1 != 0 && !alike(own, other),
            (own, other) => own.or(other).is_some_and(|row| row.tag.1 != 0 || row.kind != RowKind::Leaf),
        }
    }

    /// Both sides are listed alike.
    fn is_alike(&self, row: usize) -> bool {
        matches!(self.sides(row), (Some(own), Some(other)) if alike(own, other))
    }

    fn is_in_other(&self, row: usize) -> bool {
        matches!(self.sides(row), (_, Some(other)) if other.kind == RowKind::Leaf)
    }
}

/// As far as it is listed: of a long value that is its beginning and its length.
fn alike(a: &Row, b: &Row) -> bool {
    let leaf = a.kind == RowKind::Leaf;
    a.kind == b.kind && (!leaf || (a.value == b.value && a.raw == b.raw && a.length == b.length))
}

impl Tags {
    /// Tells changes against this instance, or against the one shown before again; what is marked now.
    pub(in super::super) fn mark(&mut self) -> Option<Base> {
        if let Some(base) = self.base.as_mut().filter(|base| base.is_marked) {
            base.is_marked = false;
        } else {
            let listing = self.own().cloned()?;
            self.base = Some(Base { file: self.file.clone(), listing, is_marked: true });
            self.differing = None;
        }
        self.lay();
        self.base.clone().filter(|base| base.is_marked)
    }

    /// Tells changes against an instance that was marked before; at once, if it is `elsewhere`.
    pub(super) fn compare(&mut self, marked: Base, elsewhere: bool) {
        self.base = Some(marked);
        if elsewhere {
            self.rows = Rows::Changed;
        }
    }

    /// True if changes are told against an instance the user chose.
    pub fn is_marked(&self) -> bool {
        self.base.as_ref().is_some_and(|base| base.is_marked)
    }

    /// What varies in the series, once it is known.
    pub fn varying(&self) -> Option<&Varying> {
        self.varying.as_deref()
    }

    pub(super) fn receive_varying(&mut self, varying: Arc<Varying>) {
        self.varying = Some(varying);
        self.lay();
    }

    /// What stands in the column beside the values; nothing if there is none.
    pub fn beside_heading(&self) -> Option<&'static str> {
        self.table.as_ref()?;
        Some(match (self.rows, self.is_marked()) {
            (Rows::Varying, _) => "in the series",
            (_, true) => "marked",
            (_, false) => "before",
        })
    }

    /// The file of what stands beside the values, as far as it may be seen.
    pub fn beside_title(&self) -> Option<String> {
        let base = self.base.as_ref().filter(|_| self.rows == Rows::Changed && self.table.is_some())?;
        Some(self.mask.path(&base.file))
    }

    /// What stands beside the value of a row.
    pub fn beside(&self, row: usize) -> Option<String> {
        let table = self.table.as_ref()?;
        let (_, other) = table.aligned.sides.get(row)?;
        if self.rows == Rows::Changed && self.differs_further_on(table, row) {
            return Some("(differs further on)".to_owned());
        }
        Some(match (*other, self.rows, &self.varying) {
            (Some(other), Rows::Varying, Some(varying)) => varying.words(other as usize, self.mask),
            (Some(other), ..) => self.mask.value(table.other.rows().get(other as usize)?, &table.other),
            (None, ..) => ABSENT.to_owned(),
        })
    }

    /// True if the instance has the row itself, and not only what stands beside it.
    pub fn is_here(&self, row: usize) -> bool {
        self.table.as_ref().is_none_or(|table| table.sides(row).0.is_some())
    }

    /// The two files whose long values have not been compared to the end, if changes are to be listed.
    pub(super) fn uncompared(&self) -> Option<[PathBuf; 2]> {
        let base = self.base.as_ref().filter(|_| self.rows == Rows::Changed && self.differing.is_none())?;
        (!self.is_loading() && self.table.is_some()).then(|| [self.file.clone(), base.file.clone()])
    }

    /// Takes the places of what two files say differently.
    pub(super) fn receive_differing(&mut self, places: HashSet<Vec<Step>>) {
        self.differing = Some(places);
        self.lay();
    }

    /// The listing does not show it, but the values are not the same.
    fn differs_further_on(&self, table: &Table, row: usize) -> bool {
        let differing = self.differing.as_ref().filter(|places| !places.is_empty() && table.is_alike(row));
        differing.is_some_and(|places| places.contains(&table.aligned.listing.path(row)))
    }

    /// Lays the listing of the instance beside what it is compared with, if it is.
    pub(super) fn put_beside(&mut self) {
        let other = match self.rows {
            Rows::Changed => self.base.as_ref().map(|base| &base.listing),
            Rows::Varying => self.varying.as_ref().map(|varying| &varying.listing),
            Rows::All | Rows::Essential | Rows::Private => None,
        };
        self.table = self.own().zip(other).map(|(own, other)| Table::new(own.clone(), other.clone()));
    }

    /// True if a row is one of those that are listed, for itself and not for what is below it.
    pub(super) fn lists(&self, at: usize, row: &Row) -> bool {
        match (self.rows, &self.table) {
            (Rows::All, _) | (Rows::Changed, None) => true,
            (Rows::Essential, _) => super::rows::is_essential(row),
            (Rows::Private, _) => row.is_private,
            (Rows::Changed, Some(table)) => table.differs(at) || self.differs_further_on(table, at),
            (Rows::Varying, table) => table.as_ref().is_some_and(|table| table.is_in_other(at)),
        }
    }

    /// Why no row is listed.
    pub fn silence(&self) -> Option<String> {
        if self.listing().is_none() || !self.is_empty() {
            return None;
        }
        Some(match (self.rows, &self.varying) {
            (Rows::All, _) => "The file has no attributes.".to_owned(),
            (Rows::Essential, _) => "None of the essential attributes is here.".to_owned(),
            (Rows::Private, _) => "There are no private attributes.".to_owned(),
            (Rows::Changed, _) if self.is_marked() => "Nothing differs from the marked instance.".to_owned(),
            (Rows::Changed, _) => "Nothing differs from the instance that was shown before.".to_owned(),
            (Rows::Varying, None) => {
                "What varies in the series comes here when all of it has been read.".to_owned()
            }
            (Rows::Varying, Some(varying)) => {
                format!("Nothing varies: {} instances were compared.", varying.instances())
            }
        })
    }

    /// Where a row stands, if the instance has it.
    pub fn place_of(&self, row: usize) -> Option<Vec<Step>> {
        self.listing().filter(|_| self.is_here(row)).map(|listing| listing.path(row))
    }
}

/// Stands for the value of an attribute that is not there.
pub(super) const ABSENT: &str = "(absent)";
