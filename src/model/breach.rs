//! Where a file departs from the standard, with the section that says so.

use super::{Step, Weight};
use std::fmt;

/// A section of the standard: `PS3.3 C.7.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Section(pub u8, pub &'static str);

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PS3.{} {}", self.0, self.1)
    }
}

/// One departure from the standard, told once for a file however often it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// How much it matters: an error is something type 1 that is not there.
    pub weight: Weight,
    /// The way to the attribute, or to where it should be; of several places, the first.
    pub path: Vec<Step>,
    /// What the standard calls the attribute; empty if it does not know it.
    pub keyword: &'static str,
    /// In how many places it is met, at least one.
    pub places: usize,
    /// True if the attribute is not there at all.
    pub is_missing: bool,
    /// True if the warnings of a scan tell it, too.
    pub is_told: bool,
    /// The module that asks for the attribute; empty if it is not about a module.
    pub module: &'static str,
    /// Where the standard says so.
    pub section: Section,
    /// A sentence that names attributes and no value, so that it may be shown to anybody: what, where, and the
    /// way out.
    pub what: String,
}

/// Everything found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaches {
    /// In the order in which they were met: modules, then the data set from its start.
    pub found: Vec<Breach>,
    /// How many more there are than are kept.
    pub more: usize,
    /// True if it is known which modules objects of the class have.
    pub knows_class: bool,
}
