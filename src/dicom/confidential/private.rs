//! Private attributes that PS3.15 (Table E.3.10-1) calls safe, and that programs need: diffusion, scaling of
//! Philips MR and PET, mosaics, scan geometry.

use super::super::{DataSet, Name, Scope, Tag};
use std::collections::HashSet;

/// Creator, group, and element within the block.
const SAFE: &[(&str, u16, u8)] = &[
    ("Philips Imaging DD 001", 0x2001, 0x03),
    ("Philips Imaging DD 001", 0x2001, 0x04),
    ("Philips MR Imaging DD 001", 0x2005, 0x0D),
    ("Philips MR Imaging DD 001", 0x2005, 0x0E),
    ("Philips PET Private Group", 0x7053, 0x00),
    ("Philips PET Private Group", 0x7053, 0x09),
    ("SIEMENS MR HEADER", 0x0019, 0x0A),
    ("SIEMENS MR HEADER", 0x0019, 0x0B),
    ("SIEMENS MR HEADER", 0x0019, 0x0C),
    ("SIEMENS MR HEADER", 0x0019, 0x0D),
    ("SIEMENS MR HEADER", 0x0019, 0x0E),
    ("SIEMENS MR HEADER", 0x0019, 0x27),
    ("SIEMENS MR HEADER", 0x0019, 0x28),
    ("SIEMENS MR HEADER", 0x0019, 0x29),
    ("GEMS_ACQU_01", 0x0019, 0x23),
    ("GEMS_ACQU_01", 0x0019, 0x24),
    ("GEMS_ACQU_01", 0x0019, 0x27),
    ("GEMS_ACQU_01", 0x0019, 0x9E),
    ("GEMS_ACQU_01", 0x0019, 0xBB),
    ("GEMS_ACQU_01", 0x0019, 0xBC),
    ("GEMS_ACQU_01", 0x0019, 0xBD),
    ("GEMS_SERS_01", 0x0025, 0x07),
    ("GEMS_PARM_01", 0x0043, 0x27),
    ("GEMS_PARM_01", 0x0043, 0x39),
    ("GEMS_PARM_01", 0x0043, 0x6F),
];

/// The safe private elements of a data set, and the creators their blocks need.
pub(super) fn safe(set: &DataSet, scope: &Scope) -> HashSet<Tag> {
    let is_safe = |tag: Tag| match scope.name(tag) {
        Name::Private(creator) => SAFE.iter().any(|&(name, group, element)| {
            creator == name && group == tag.0 && u16::from(element) == tag.1 & 0xff
        }),
        _ => false,
    };
    let elements = set.elements.iter().map(|element| element.header.tag).filter(|&tag| is_safe(tag));
    elements.flat_map(|tag| [Some(tag), tag.private_creator()].into_iter().flatten()).collect()
}
