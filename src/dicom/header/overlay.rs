//! Overlays (60xx,eeee) that hold fewer bits than they have pixels (PS3.3 C.9.2).

use crate::dicom::{Damage, Element, Source};

/// The overlays met so far: all that is kept is the one at hand, and the first that lies.
#[derive(Default)]
pub(super) struct Overlays {
    at_hand: Overlay,
    short: Option<Overlay>,
}

/// One overlay group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overlay {
    pub(super) group: u16,
    pub(super) rows: u16,
    pub(super) columns: u16,
    /// Bytes of Overlay Data (60xx,3000).
    pub(super) bytes: u32,
}

impl Overlays {
    /// Takes in one element of group 60xx.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub(super) fn meet(&mut self, element: &Element, source: &mut Source) -> Result<(), Damage> {
        if element.tag.0 != self.at_hand.group {
            self.at_hand = Overlay { group: element.tag.0, ..Overlay::default() };
        }
        match (element.tag.1, element.length) {
            (0x0010, Some(2)) => self.at_hand.rows = number(element, source)?,
            (0x0011, Some(2)) => self.at_hand.columns = number(element, source)?,
            (0x3000, Some(bytes)) => {
                let pixels = u64::from(self.at_hand.rows) * u64::from(self.at_hand.columns);
                if u64::from(bytes) < pixels.div_ceil(8) {
                    self.short.get_or_insert(Overlay { bytes, ..self.at_hand });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The first overlay whose data cannot hold its pixels.
    pub(super) fn short(&self) -> Option<Overlay> {
        self.short
    }
}

fn number(element: &Element, source: &mut Source) -> Result<u16, Damage> {
    let bytes = source.peek(element.value, 2)?;
    Ok(bytes.try_into().map_or(0, |bytes| element.encoding.u16(bytes)))
}
