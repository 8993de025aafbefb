//! Attributes that the modules of the object's class ask for and that are not there, or are empty.

use super::{
    super::{DataElement, DataSet, Tag, Value},
    ledger::{Fault, Ledger},
    table::{Class, Demand, Hop, Module, Table, When},
};
use crate::model::{Section, Step, TagNumber, Weight};

const SHARED: Tag = Tag(0x5200, 0x9229);
const PER_FRAME: Tag = Tag(0x5200, 0x9230);
/// What a scan warns of when it is not there: the UIDs of study, series, instance and class.
const TOLD: [Tag; 4] = [Tag(0x0008, 0x0016), Tag(0x0008, 0x0018), Tag(0x0020, 0x000D), Tag(0x0020, 0x000E)];
const FUNCTIONAL_GROUPS: Section = Section(3, "C.7.6.16");

/// Writes down what is missing of the modules of a class.
pub(super) fn find(class: &Class, data_set: &DataSet, ledger: &mut Ledger) {
    let table = Table::get();
    for &(at, when) in &class.modules {
        let module = &table.modules[at];
        if matches!(when, When::With(tag) if !counts(data_set, tag)) {
            continue;
        }
        for demand in &module.demands {
            if demand.path.is_empty() && when == When::Perhaps {
                continue;
            }
            Search { module, demand, ledger }.below(data_set, &demand.path, &mut vec![]);
        }
    }
    for &group in &class.groups {
        functional_group(data_set, group, ledger);
    }
}

/// True if the attribute is there and, if it counts, counts more than one.
fn counts(data_set: &DataSet, tag: Tag) -> bool {
    match data_set.get(tag) {
        Some(element) if element.vr.is_string() => data_set.number(tag).is_some_and(|count| count > 1.0),
        found => found.is_some(),
    }
}

/// True if there is nothing in an element but padding.
pub(super) fn is_empty(element: &DataElement) -> bool {
    match &element.value {
        Value::Items(items) => items.is_empty(),
        Value::Bytes(bytes) if element.vr.is_string() => {
            bytes.iter().all(|byte| matches!(byte, b' ' | b'\0'))
        }
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Bulk(_) | Value::Fragments => false,
    }
}

/// One demand of one module on its way through the data set.
struct Search<'a> {
    module: &'static Module,
    demand: &'static Demand,
    ledger: &'a mut Ledger,
}

impl Search<'_> {
    /// Follows what is left of the path; `above` is the way so far, two sequences below groups at most.
    fn below(&mut self, set: &DataSet, path: &[Hop], above: &mut Vec<Step>) {
        let Some((hop, rest)) = path.split_first() else {
            self.judge(set, above);
            return;
        };
        let sequences: &[Tag] = match hop {
            Hop::Into(tag) => std::slice::from_ref(tag),
            Hop::Groups => &[SHARED, PER_FRAME],
        };
        for &sequence in sequences {
            for (index, item) in set.items(sequence).iter().enumerate() {
                above.extend([step(sequence), Step::Item(index)]);
                self.below(item, rest, above);
                above.truncate(above.len().saturating_sub(2));
            }
        }
    }

    fn judge(&mut self, set: &DataSet, above: &[Step]) {
        let types = [(&self.demand.one, Weight::Error), (&self.demand.two, Weight::Warning)];
        for (tags, weight) in types {
            for &tag in tags {
                let is_missing = match set.get(tag) {
                    None => true,
                    Some(element) if weight == Weight::Error && is_empty(element) => false,
                    Some(_) => continue,
                };
                let fault = Fault {
                    is_told: above.is_empty() && TOLD.contains(&tag),
                    ..self.fault(weight, is_missing)
                };
                self.ledger.add(above, tag, fault);
            }
        }
    }

    fn fault(&self, weight: Weight, is_missing: bool) -> Fault {
        let &Module { section, name, .. } = self.module;
        let says = if is_missing { "is missing" } else { "is empty" };
        let wants = match weight {
            Weight::Error => "needs a value (type 1)",
            _ => "wants it, empty if nobody knows (type 2)",
        };
        Fault {
            weight,
            section: Section(3, section),
            module: name,
            says: format!("{says}: the {name} module {wants}"),
            is_missing,
            is_told: false,
        }
    }
}

/// A functional group that is neither shared nor there for every frame.
fn functional_group(data_set: &DataSet, group: Tag, ledger: &mut Ledger) {
    let frames = data_set.items(PER_FRAME);
    let is_shared = data_set.items(SHARED).iter().any(|item| item.get(group).is_some());
    let missing = frames.iter().position(|item| item.get(group).is_none());
    let (false, Some(frame)) = (is_shared, missing) else { return };
    let says = "is missing: the class needs this functional group, shared or for every frame".to_owned();
    let fault = Fault {
        weight: Weight::Error,
        section: FUNCTIONAL_GROUPS,
        module: "Multi-frame Functional Groups",
        says,
        is_missing: true,
        is_told: false,
    };
    ledger.add(&[step(PER_FRAME), Step::Item(frame)], group, fault);
}

pub(super) fn step(tag: Tag) -> Step {
    Step::Tag(TagNumber(tag.0, tag.1))
}
