//! Items of a structured report that tell what the patient is like.

use super::super::{DataSet, Tag};

/// Concept Name Code Sequence (0040,A043).
const CONCEPT_NAME: Tag = Tag(0x0040, 0xA043);
/// Code Value (0008,0100).
const CODE_VALUE: Tag = Tag(0x0008, 0x0100);

/// Concepts of TID 1007 and 3602: birth date, sex, age, species and breed, number of names; height, weight.
const CHARACTERISTICS: &[&str] = &[
    "121031",
    "121032",
    "121033",
    "121034",
    "121035",
    "8302-2",
    "3137-7",
    "29463-7",
    "3141-9",
    "397669002",
    "263495000",
    "424144002",
    "30525-0",
    "1153637007",
    "27113001",
    "50373000",
];

/// True for a content item about the body of the patient.
pub(super) fn is_characteristic(item: &DataSet) -> bool {
    item.items(CONCEPT_NAME)
        .iter()
        .filter_map(|code| code.ascii(CODE_VALUE))
        .any(|code| CHARACTERISTICS.contains(&code.as_str()))
}
