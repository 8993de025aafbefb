//! Directions and distances that no image can have (PS3.3 C.7.6.2, 10.7.1.3, C.11.2.1.2).

use super::{
    super::{DataSet, Tag},
    ledger::{Fault, Ledger},
};
use crate::model::{Orientation, Section, Step, Vector, dot, norm};

const ORIENTATION: Tag = Tag(0x0020, 0x0037);
const PIXEL_SPACING: Tag = Tag(0x0028, 0x0030);
const IMAGER_SPACING: Tag = Tag(0x0018, 0x1164);
const WIDTH: Tag = Tag(0x0028, 0x1051);
const FUNCTION: Tag = Tag(0x0028, 0x1056);
/// What rounding to four decimals leaves of a unit vector.
const ROUNDING: f64 = 1e-3;

/// Writes down what is wrong in one data set.
pub(super) fn find(set: &DataSet, above: &[Step], ledger: &mut Ledger) {
    let values = set.numbers(ORIENTATION);
    if let Some((row, rest)) = values.split_first_chunk::<3>()
        && let Ok(column) = Vector::try_from(rest)
    {
        let off = |length: f64| (length - 1.0).abs() > ROUNDING;
        let says = if off(norm(*row)) || off(norm(column)) {
            "has a direction whose length is not 1: write unit vectors"
        } else if dot(*row, column).abs() > ROUNDING {
            "has a row and a column that are not at right angles"
        } else {
            ""
        };
        if !says.is_empty() {
            let is_told = above.is_empty() && Orientation::from_values(&values).is_none();
            let fault = Fault::warning(Section(3, "C.7.6.2.1.1"), says).told(is_told);
            ledger.add(above, ORIENTATION, fault);
        }
    }
    for tag in [PIXEL_SPACING, IMAGER_SPACING] {
        if set.numbers(tag).iter().any(|&spacing| spacing <= 0.0) {
            let fault =
                Fault::warning(Section(3, "10.7.1.3"), "is not above 0: leave it out if it is not known");
            ledger.add(above, tag, fault.told(above.is_empty() && tag == PIXEL_SPACING));
        }
    }
    let function = set.ascii(FUNCTION).unwrap_or_default();
    let least = if matches!(&*function, "" | "LINEAR") { 1.0 } else { f64::MIN_POSITIVE };
    if set.numbers(WIDTH).iter().any(|&width| width < least) {
        let says = "is too narrow: at least 1 for a linear window, and above 0 for others";
        ledger.add(above, WIDTH, Fault::warning(Section(3, "C.11.2.1.2"), says));
    }
}
