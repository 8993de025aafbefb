//! Files made to break, fool or bloat a reader, as they are met: by the real program, under limits.
//!
//! The nasty tree is written by a generator, `badinputs.py`, named by `TOPOGRAM_BADINPUTS` or found in
//! `../shared/tools`; the hostile files lie in the folder that `TOPOGRAM_HOSTILE` names, or in
//! `../shared/facts/hostile`, with `hostile_make.py` beside it. Python 3 runs both. Without them every test
//! here says so and passes.

mod exceptions;
mod guard;
mod hostile;
mod tree;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// A file or folder that a variable names, or that lies beside the checkout.
fn beside(variable: &str, place: &str) -> Option<PathBuf> {
    let shared = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(place);
    let path = std::env::var_os(variable).map_or_else(shared, PathBuf::from);
    path.exists().then_some(path)
}

/// A line on standard error, which the test harness swallows if it is printed in the usual way.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
