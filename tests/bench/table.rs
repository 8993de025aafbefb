//! What pictures cost in every terminal: bytes, time on the processor, delay, memory.
//!
//! `cargo bench --bench table [-- [PART…] [FOLDER]]` prints the whole table, or the parts that are named:
//! `keys`, `latency`, `slow`, `memory`, `starts`, `encoders`. The subject is the largest CT in the folder; without
//! one, that of the computed patients of `topogram demo`. What is over its limit is marked. Times hold for an idle
//! machine; nothing is needed but this project, and img2sixel is measured beside it where it is installed.

mod cells;
mod files;
mod latency;
mod memory;
#[path = "../pty/mod.rs"]
mod pty;
mod sixels;
mod slow;
mod starts;
mod subject;

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use subject::Subject;

/// Measures and prints a part of the table.
type Part = fn(&Path);

/// Parts by their names.
const PARTS: [(&str, Part); 6] = [
    ("keys", keys),
    ("latency", latency::measure),
    ("slow", slow::measure),
    ("memory", memory::measure),
    ("starts", starts::measure),
    ("encoders", encoders),
];

fn main() -> std::io::Result<()> {
    // cargo adds --bench.
    let words: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|word| word != "--bench").map(PathBuf::from).collect();
    let named = |part: &str| words.iter().any(|word| word == Path::new(part));
    let all = !PARTS.iter().any(|(part, _)| named(part));
    let temporary = tempfile::tempdir()?;
    let folder = match words.iter().find(|word| !PARTS.iter().any(|(part, _)| *word == Path::new(part))) {
        Some(folder) => folder.clone(),
        None => pty::demo(temporary.path()),
    };
    for (part, measure) in PARTS {
        if all || named(part) {
            measure(&folder);
        }
    }
    Ok(())
}

fn keys(folder: &Path) {
    println!("keys on a fast link; limits of bytes are those of the demo");
    pty::measure(folder, |row| {
        println!("  {row}{}", over(row.is_heavy() || row.is_slow()));
    });
}

fn encoders(folder: &Path) {
    let subject = Subject::find(folder).unwrap();
    println!("{}", subject.name);
    sixels::measure(&subject).unwrap();
    cells::measure(&subject).unwrap();
    files::measure(&subject);
}

/// Marks what must be noticed.
fn over(is_over: bool) -> &'static str {
    if is_over { "  OVER" } else { "" }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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
        best = best.min(ms(start.elapsed()));
    }
    (result, best)
}

/// Prints one line of the table.
fn line(what: &str, bytes: usize, ms: f64) {
    println!("  {what:<44} {bytes:>8} bytes {ms:>8.2} ms");
}
