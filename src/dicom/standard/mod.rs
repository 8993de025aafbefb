//! Whether a file keeps to the standard: what its modules lack, and values that are not what they should be.
//!
//! Attributes of types 1 and 2 of the modules of its class (PS3.3), some conditions that the file decides
//! itself, codes and references, representations and multiplicities (PS3.5, PS3.6), UIDs, directions. Nothing
//! is told of what depends on the world outside the file, and no sentence holds a value of it.

mod conditional;
mod form;
mod geometry;
mod ledger;
mod missing;
mod table;
#[cfg(test)]
mod tests;
mod value;

use super::{DataSet, Object, Scope, Tag, Value, dictionary};
use crate::model::{Breaches, Section, Step, Weight};
use ledger::{Fault, Ledger};
use table::Table;

const SOP_CLASS: Tag = Tag(0x0008, 0x0016);
/// File Meta Information of type 1 (PS3.10 7.1).
const META: [Tag; 6] =
    [Tag(2, 0), Tag(2, 0x0001), Tag(2, 0x0002), Tag(2, 0x0003), TRANSFER_SYNTAX, Tag(2, 0x0012)];
const TRANSFER_SYNTAX: Tag = Tag(2, 0x0010);
/// What group 0002 says of class and instance, and what it is a copy of.
const SAME: [(Tag, Tag); 2] = [(Tag(2, 0x0002), SOP_CLASS), (Tag(2, 0x0003), Tag(0x0008, 0x0018))];

/// Everything in which an open file departs from the standard.
///
/// Time and memory grow with the attributes of the file, which the walk has bounded. A file that was made of
/// another format, such as NIfTI, has none.
pub fn breaches(object: &Object) -> Breaches {
    if object.is_foreign() {
        return Breaches::default();
    }
    let set = &object.data_set;
    let uid = set.ascii(SOP_CLASS).unwrap_or_default();
    let class = Table::get().class(&uid);
    let breaks_off = object.damage.is_some() || object.is_cut();
    let last = set.elements.last().map_or(Tag(0, 0), |element| element.header.tag);
    let mut ledger = Ledger::until(breaks_off.then_some(last));
    meta(&object.meta, set, &mut ledger);
    if let Some(class) = class {
        missing::find(class, set, &mut ledger);
    }
    conditional::of_object(set, &mut ledger);
    let mut walk = Walk { ledger: &mut ledger, uses_charset: false };
    walk.set(&object.meta, &Scope::default().inside(&object.meta), &mut vec![]);
    walk.set(set, &Scope::default().inside(set), &mut vec![]);
    let uses_charset = walk.uses_charset;
    conditional::character_set(uses_charset, set, &mut ledger);
    ledger.finish(class.is_some())
}

/// What stands before the data set, and whether it speaks of the same object.
fn meta(meta: &DataSet, set: &DataSet, ledger: &mut Ledger) {
    const NEEDS: &str = "is missing: a file needs it (type 1)";
    let missing = |tag: Tag, says: &str| Fault {
        weight: Weight::Error,
        module: "File Meta Information",
        is_missing: meta.get(tag).is_none(),
        ..Fault::warning(Section(10, "7.1"), says)
    };
    if meta.elements.is_empty() {
        // One breach for all of it, and a scan tells it, too.
        let says = "is missing, as all File Meta Information is: a file needs it (type 1)";
        ledger.add(&[], TRANSFER_SYNTAX, missing(TRANSFER_SYNTAX, says).told(true));
        return;
    }
    for tag in META.into_iter().filter(|&tag| meta.get(tag).is_none_or(missing::is_empty)) {
        ledger.add(&[], tag, missing(tag, NEEDS));
    }
    for (here, there) in SAME {
        let both = meta.ascii(here).zip(set.ascii(there));
        if both.is_some_and(|(here, there)| here != there) {
            let says = format!("is not {}, of which it should be a copy", dictionary::spoken(there));
            ledger.add(&[], here, Fault::warning(Section(10, "7.1"), says));
        }
    }
}

/// Through every element, items included.
struct Walk<'a> {
    ledger: &'a mut Ledger,
    uses_charset: bool,
}

impl Walk<'_> {
    /// Recursion is bounded by the walk that made the tree, which goes 64 sequences deep at most.
    fn set(&mut self, set: &DataSet, scope: &Scope, above: &mut Vec<Step>) {
        for element in &set.elements {
            let tag = element.header.tag;
            for fault in value::faults(element, scope, above.is_empty()) {
                self.ledger.add(above, tag, fault);
            }
            self.uses_charset |= !scope.declares_charset() && conditional::is_beyond_ascii(element);
            let Value::Items(items) = &element.value else { continue };
            for (index, item) in items.iter().enumerate() {
                above.extend([missing::step(tag), Step::Item(index)]);
                self.set(item, &scope.inside(item), above);
                above.truncate(above.len().saturating_sub(2));
            }
        }
        conditional::anywhere(set, above, self.ledger);
        geometry::find(set, above, self.ledger);
    }
}
