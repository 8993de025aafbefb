//! Real World Value Mapping (0040,9096): what stored values are outside of radiology's own units.

use super::groups::Groups;
use crate::{
    dicom::{DataSet, Tag},
    model::{RealWorld, RealWorldMap, Text},
};

/// The mappings of a frame, in the order of the file: its own, or those of all frames.
pub(super) fn mappings(groups: &Groups<'_>) -> Vec<RealWorld> {
    let holder = groups.holding(Tag(0x0040, 0x9096));
    holder.items(Tag(0x0040, 0x9096)).iter().filter_map(mapping).collect()
}

fn mapping(item: &DataSet) -> Option<RealWorld> {
    let number = |element| item.number(Tag(0x0040, element));
    // Words for integers, doubles for floats.
    let first = number(0x9216).or_else(|| number(0x9214))?;
    let last = number(0x9211).or_else(|| number(0x9213))?;
    let table = item.numbers(Tag(0x0040, 0x9212));
    let map = if table.is_empty() {
        RealWorldMap::Line { slope: number(0x9225)?, intercept: number(0x9224)? }
    } else {
        RealWorldMap::Table(table)
    };
    let unit = item.items(Tag(0x0040, 0x08EA)).first().and_then(|unit| unit.ascii(Tag(0x0008, 0x0100)));
    Some(RealWorld { mapped: (first, last), map, unit: unit.map(Text::from).unwrap_or_default() })
}
