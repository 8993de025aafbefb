//! Sequences whose writer did not know them: items in the value of an element of VR UN (PS3.5 6.2.2 note 2).

use super::{Encoding, Level, MAX_DEPTH, PIXEL_DATA, Step, Walker};
use crate::dicom::{Element, Vr, dictionary, vr_of};

impl Walker<'_> {
    /// True for an element just met that is a sequence, by its VR, its length, or what the dictionary says.
    ///
    /// One that is written as UN with a length must hold whole items for that; anything else stays bytes, and
    /// the elements after it can still be read.
    pub(in crate::dicom) fn meets_sequence(&mut self, element: &Element) -> bool {
        let is_known = || dictionary::lookup(element.tag).is_some_and(|entry| entry.vr == Vr::SQ);
        match (element.vr, element.length) {
            (Some(Vr::UN), Some(length)) => is_known() && self.holds_items(element, length),
            _ => vr_of(element) == Vr::SQ,
        }
    }

    /// True if a walk that enters the element meets no damage, and leaves it where it ends.
    fn holds_items(&mut self, element: &Element, length: u32) -> bool {
        let end = element.value + u64::from(length);
        let deepest = (2 * MAX_DEPTH).saturating_sub(self.levels.len());
        let mut inner = Walker::new(self.source, element.value, self.encoding);
        inner.levels.push(Level { is_item: false, end: Some(end), encoding: Encoding::IMPLICIT });
        loop {
            let is_within = |level: &Level| level.end.map_or(inner.at < end, |last| last <= end);
            if inner.at > end || inner.levels.len() > deepest || !inner.levels.last().is_some_and(is_within) {
                return false;
            }
            match inner.step() {
                Ok(Step::Element(element)) => {
                    let next = element.length.map(|length| element.value + u64::from(length));
                    // Implicit encoding has no UN in it, so nothing is looked through twice.
                    let enters = vr_of(&element) == Vr::SQ && element.tag != PIXEL_DATA;
                    if next.is_some_and(|next| next > end) || enters && inner.enter(&element).is_err() {
                        return false;
                    }
                }
                Ok(_) if inner.levels.is_empty() => return inner.at == end,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }
}
