//! What is kept of folders, whatever ends the program that writes it, and however many there are.
//!
//! The folder is one of the corpus, as only files that were left alone for some seconds are kept.

use super::{stdout, topogram};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Places in the index at which the program is ended while it writes: a new one, and one that is there.
const ENDS: u64 = 100;
/// And at which the disk is full.
const FULL: u64 = 20;

/// Some dozens of files of all kinds; `None` if there is no corpus, which is said.
fn folder(test: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(|above| above.join("shared/corpus"));
    let root = std::env::var_os("TOPOGRAM_CORPUS").map(PathBuf::from).or_else(beside)?;
    let folder = root.join("files/pydicom");
    if folder.is_dir() {
        return Some(folder);
    }
    // Not `eprintln!`, which the test harness swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no corpus in TOPOGRAM_CORPUS nor ../shared/corpus");
    None
}

fn listing(folder: &Path, cache: &Path) -> Command {
    let mut command = topogram();
    command.env("XDG_CACHE_HOME", cache).args(["ls", "--json"]).arg(folder);
    command
}

/// The same under a shell that sets the stage first.
fn after(stage: &str, folder: &Path, cache: &Path) -> Output {
    let script = format!("{stage}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().env("HOME", "/nonexistent").env("XDG_CACHE_HOME", cache).stdin(Stdio::null());
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_topogram"), "ls", "--json"]).arg(folder).output().unwrap()
}

/// What is there without any cache; checks that none is made.
fn cold(folder: &Path) -> Output {
    let cache = tempfile::tempdir().unwrap();
    let output = listing(folder, cache.path()).arg("--no-cache").output().unwrap();
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0, "nothing is kept");
    output
}

/// Bytes of the index in a cache.
fn size(cache: &Path) -> u64 {
    let files = fs::read_dir(cache.join("topogram/index")).unwrap().map(|file| file.unwrap());
    files.map(|file| file.metadata().unwrap().len()).sum()
}

#[test]
fn a_program_that_is_ended_at_any_byte_it_writes_leaves_the_right_answer_or_none() {
    let Some(folder) = folder("ended while it writes") else { return };
    let expected = cold(&folder);
    let cache = tempfile::tempdir().unwrap();
    assert_eq!(listing(&folder, cache.path()).output().unwrap().stdout, expected.stdout);
    let all = size(cache.path());
    assert!(all > 60_000, "{all} bytes: something is kept");
    let mut ended = 0;
    for at in 0..ENDS {
        let cache = tempfile::tempdir().unwrap();
        // In units of 512 bytes; at the first byte beyond, the system ends the program without a word.
        let limit = at * all / 512 / ENDS;
        for _ in 0..2 {
            let cut = after(&format!("ulimit -c 0; ulimit -f {limit}"), &folder, cache.path());
            ended += u64::from(cut.status.code().is_none());

            let next = listing(&folder, cache.path()).output().unwrap();

            assert_eq!(
                (next.status, stdout(&next)),
                (expected.status, stdout(&expected)),
                "ended at {limit}"
            );
        }
    }
    assert!(ended > ENDS, "{ended} of {} were ended", 2 * ENDS);
}

#[test]
fn on_a_full_disk_the_answer_is_the_same() {
    let Some(folder) = folder("a full disk") else { return };
    let expected = cold(&folder);
    for at in 0..FULL {
        let cache = tempfile::tempdir().unwrap();
        // Writes beyond are refused, as there.
        let stage = format!("trap '' XFSZ; ulimit -f {}", at * 20);
        for _ in 0..2 {
            let output = after(&stage, &folder, cache.path());
            assert_eq!((output.status, stdout(&output)), (expected.status, stdout(&expected)), "{stage}");
        }
    }
}

#[test]
fn eight_programs_at_once_say_the_same() {
    let Some(folder) = folder("eight programs at once") else { return };
    let expected = cold(&folder);
    let cache = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let start =
            |_| listing(&folder, cache.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let running: Vec<_> = (0..8).map(start).collect();
        for program in running {
            let output = program.wait_with_output().unwrap();
            assert_eq!((output.status, stdout(&output)), (expected.status, stdout(&expected)));
        }
    }
    // Whoever held it is gone: the index is written, and read.
    let last = listing(&folder, cache.path()).output().unwrap();
    assert_eq!((stdout(&last), last.stderr), (stdout(&expected), expected.stderr));
}
