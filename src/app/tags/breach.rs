//! From one place where the file breaks the standard to the next.

use super::Tags;
use crate::model::Breach;

impl Tags {
    /// What breaks the standard at a row of the listing: the row itself, or something missing near it.
    pub fn breaches_at(&self, row: usize) -> Vec<&Breach> {
        self.listing().map(|listing| listing.breaches_at(row).collect()).unwrap_or_default()
    }

    /// To the next place, or the one before, round the end, unfolding what hides it.
    pub(super) fn go_to_breach(&mut self, forward: bool) {
        let (Some((here, _)), Some(listing)) = (self.selected(), self.listing().cloned()) else { return };
        let Some(target) = listing.next_breach(here, forward) else { return };
        self.folds.open_above(&listing, target);
        self.show(target);
        self.settle();
    }
}
