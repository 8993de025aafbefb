//! What one element holds, against its representation (PS3.5 6.2) and the dictionary (PS3.6 6).

use super::{
    super::{Content, DataElement, Scope, Tag, Value, Vr, dictionary, listing},
    form,
    ledger::Fault,
};
use crate::model::{Section, Weight};

const DICTIONARY: Section = Section(6, "6");
const MULTIPLICITY: Section = Section(5, "6.4");
const LENGTH: Section = Section(5, "7.1.1");
pub(super) const REPRESENTATION: Section = Section(5, "6.2");
const UIDS: Section = Section(5, "9.1");

/// Everything wrong with an element as it is written; `is_top` if it lies in no sequence.
pub(super) fn faults(element: &DataElement, scope: &Scope, is_top: bool) -> Vec<Fault> {
    let mut faults = vec![];
    let (tag, length) = (element.header.tag, element.header.length);
    let entry = dictionary::lookup(tag);
    if let (Some(written), Some(entry)) = (element.header.vr, &entry)
        && !fits(written, entry)
    {
        let says = format!("is written as {written}, and is {} in the dictionary: write that", entry.vr);
        faults.push(Fault::warning(DICTIONARY, says));
    }
    if length.is_some_and(|length| length % 2 == 1) {
        faults.push(Fault::warning(LENGTH, "has an odd length: pad the value to an even one"));
    }
    let vr = scope.vr(element);
    let Value::Bytes(bytes) = &element.value else { return faults };
    if let Some(size) = size(vr).filter(|size| bytes.len() % size != 0) {
        let says = format!("has {} bytes, and every value of {vr} takes {size}", bytes.len());
        faults.push(Fault::warning(REPRESENTATION, says));
        return faults;
    }
    let content = scope.content(element);
    let count = listing::multiplicity(&content, vr, length);
    if let Some(entry) = entry.filter(|entry| !entry.vm.allows(count)) {
        let says = format!("has another number of values than the dictionary allows: {}", entry.vm);
        faults.push(Fault::warning(MULTIPLICITY, says));
    }
    if let Content::Texts(texts) = &content {
        let wrong = texts.iter().find_map(|text| form::wrong(vr, text));
        faults.extend(wrong.map(|says| {
            let section = if vr == Vr::UI { UIDS } else { REPRESENTATION };
            Fault::warning(section, says).told(is_top && is_told(tag, texts))
        }));
        // Readers take padding away, so that nothing is lost.
        let padding = match (vr, bytes.last()) {
            (Vr::UI, Some(b' ')) => Some((UIDS, "is padded with a space: pad a UID with one zero byte")),
            (Vr::UI, _) => None,
            (_, Some(0)) => Some((REPRESENTATION, "is padded with a zero byte: pad a text with a space")),
            _ => None,
        };
        faults.extend(
            padding.map(|(section, says)| Fault { weight: Weight::Note, ..Fault::warning(section, says) }),
        );
    }
    faults
}

/// True if the dictionary allows an element to be written so.
fn fits(written: Vr, entry: &dictionary::Entry) -> bool {
    let (vr, other) = (entry.vr, entry.alternative);
    written == vr
        || Some(written) == other
        // Anything may be written as unknown (PS3.5 6.2.2).
        || written == Vr::UN
        // Data of tables were signed, too.
        || (written == Vr::SS && other == Some(Vr::US))
        // Addresses were texts before there was a representation for them.
        || (written == Vr::UT && vr == Vr::UR)
        || entry.tag.is_group_length()
        || entry.tag.is_private()
        // Curves are retired, and what they were differs from edition to edition.
        || matches!(entry.tag.0, 0x5000..=0x50FF)
}

/// Bytes of one value, where all have the same size.
fn size(vr: Vr) -> Option<usize> {
    let size = super::super::dataset::word(vr);
    match vr {
        Vr::AT => Some(4),
        _ => (size > 1).then_some(size),
    }
}

/// True if the warnings of a scan tell that the value is no UID or no number.
fn is_told(tag: Tag, texts: &[String]) -> bool {
    const UIDS: [Tag; 3] = [Tag(0x0008, 0x0018), Tag(0x0020, 0x000D), Tag(0x0020, 0x000E)];
    const DECIMALS: [Tag; 9] = [
        Tag(0x0018, 0x0050),
        Tag(0x0018, 0x0081),
        Tag(0x0018, 0x0088),
        Tag(0x0020, 0x0032),
        Tag(0x0020, 0x0037),
        Tag(0x0020, 0x1041),
        Tag(0x0028, 0x0030),
        Tag(0x0028, 0x1052),
        Tag(0x0028, 0x1053),
    ];
    // Its rule `uid` tells what is no UID, too.
    let odd = |text: &String| text.contains(',') || crate::model::decimal(text).is_none();
    UIDS.contains(&tag) || (DECIMALS.contains(&tag) && texts.iter().any(odd))
}
