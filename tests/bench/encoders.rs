//! What one picture costs in every protocol: bytes, time, and img2sixel beside it where that is installed.
//!
//! `cargo bench --bench encoders [-- FOLDER]`; without a folder, of the computed patients of `topogram demo`.
//! The slice is the middle one of the largest CT stack, as a step is from it to the next one.

mod cells;
mod files;
mod sixels;
mod subject;

use std::{hint::black_box, path::PathBuf, time::Instant};
use subject::Subject;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // cargo adds --bench.
    let folder = std::env::args_os().skip(1).find(|word| word != "--bench").map(PathBuf::from);
    let subject = Subject::find(folder)?;
    println!("{}", subject.name);
    sixels::measure(&subject)?;
    cells::measure(&subject)?;
    files::measure(&subject);
    Ok(())
}

/// The result of `work`, and the shortest time it took out of many, in milliseconds.
///
/// Others use the machine too, and can only make it slower.
fn fastest<T>(mut work: impl FnMut() -> T) -> (T, f64) {
    let mut best = f64::INFINITY;
    let mut result = work();
    for _ in 0..25 {
        let start = Instant::now();
        result = black_box(work());
        best = best.min(start.elapsed().as_secs_f64() * 1000.0);
    }
    (result, best)
}

/// Prints one line of the table.
fn line(what: &str, bytes: usize, ms: f64) {
    println!("  {what:<44} {bytes:>8} bytes {ms:>8.2} ms");
}
