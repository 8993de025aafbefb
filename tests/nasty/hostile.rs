//! Every hostile file costs every command little time and little memory.

use super::{
    beside,
    guard::{Guard, MEMORY, QUICK},
    say,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// Everything a file can be handed to.
const COMMANDS: [&[&str]; 7] = [
    &["ls", "--files", "--json"],
    &["ls", "--json"],
    &["tags"],
    &["tags", "--json"],
    &["read"],
    &["show"],
    &["digest", "--json"],
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { waiting.push(entry) } else { found.push(entry) }
        }
    }
    found.sort();
    found
}

/// What some files cost.
#[derive(Default)]
struct Toll {
    faults: Vec<String>,
    /// MiB.
    largest: u64,
    slowest: f64,
}

impl Toll {
    fn of(files: &[PathBuf], guard: &mut Guard) -> Self {
        let mut toll = Self::default();
        for (file, command) in files.iter().flat_map(|file| COMMANDS.map(|command| (file, command))) {
            let ended = guard.topogram(command, file);
            toll.largest = toll.largest.max(ended.peak);
            toll.slowest = toll.slowest.max(ended.seconds);
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let command = command.join(" ");
            toll.faults
                .extend(ended.faults(QUICK).into_iter().map(|fault| format!("{command} {name}: {fault}")));
        }
        toll
    }
}

#[test]
fn a_hostile_file_costs_every_command_little() {
    let Some(folder) = beside("TOPOGRAM_HOSTILE", "facts/hostile") else {
        return say("SKIPPED hostile files: none in TOPOGRAM_HOSTILE nor ../shared/facts/hostile");
    };
    let Some(mut guard) = Guard::start(None) else { return say("SKIPPED hostile files: no python3") };
    let mut all = files(&folder);
    let maker = folder.with_file_name("hostile_make.py");
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-made");
    if maker.exists() {
        let _ = fs::remove_dir_all(&made);
        fs::create_dir_all(&made).unwrap();
        let ended = Command::new("python3").arg(&maker).arg(&made).output().unwrap();
        let written = files(&made);
        // It needs streams of other encoders for its last files.
        if !ended.status.success() {
            say(&format!("SKIPPED some hostile files: the maker stopped after {}", written.len()));
        }
        assert!(!written.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
        all.extend(written);
    } else {
        say(&format!("SKIPPED some hostile files: no {}", maker.display()));
    }

    let middle = all.len() / 2;
    let (one, other) = all.split_at(middle);
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(|| Guard::start(None).map(|mut guard| Toll::of(other, &mut guard)));
        (Toll::of(one, &mut guard), other.join().unwrap().unwrap())
    });
    let (largest, slowest) = (one.largest.max(other.largest), one.slowest.max(other.slowest));
    let faults = [one.faults, other.faults].concat();
    say(&format!(
        "{} hostile files, {} commands: at most {largest} of {MEMORY} MiB and {slowest:.2} of {QUICK} s; {} faults",
        all.len(),
        COMMANDS.len(),
        faults.len()
    ));
    let _ = fs::remove_dir_all(&made);
    assert!(!all.is_empty() && faults.is_empty(), "{faults:#?}");
}
