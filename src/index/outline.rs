//! The outline of a library as bytes.

use super::coded::{Coded, coded};
use crate::model::{Outline, Problem, Sketch};

coded! {
    Problem { path, what }
    Sketch { record, frames, bytes, warned }
    Outline { series, problems, counts }
}
