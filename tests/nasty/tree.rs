//! The nasty tree, case by case: what the list says of each file, what its tags and its picture are.

use super::{
    beside, exceptions,
    guard::{Ended, Guard, MEMORY, NOBODY, QUICK},
    say,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    fs,
    os::unix::{
        ffi::OsStringExt as _,
        fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use topogram::{
    dicom::Outcome,
    work::{Found, Scanner},
};

/// One case of EXPECTED.json.
struct Case {
    id: String,
    /// Below the tree.
    path: PathBuf,
    listing: String,
    pixels: String,
}

/// The tree on disk, and what is expected of it.
struct Tree {
    root: PathBuf,
    cases: Vec<Case>,
    /// Whom permissions bind: somebody else, if we are root and they can reach the tree.
    user: Option<u32>,
}

/// The tree, written once for all tests, which only read it; nothing, and a line, if that cannot be.
fn tree() -> Option<&'static Tree> {
    static TREE: OnceLock<Option<Tree>> = OnceLock::new();
    TREE.get_or_init(written).as_ref()
}

fn written() -> Option<Tree> {
    let Some(generator) = beside("TOPOGRAM_BADINPUTS", "tools/badinputs.py") else {
        say("SKIPPED nasty tree: no badinputs.py in TOPOGRAM_BADINPUTS nor ../shared/tools");
        return None;
    };
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nasty-tree");
    let written = Command::new("python3").arg(&generator).arg(&root).output().ok()?;
    let error = String::from_utf8_lossy(&written.stderr);
    assert!(written.status.success(), "{} does not run: {error}", generator.display());
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(root.join("EXPECTED.json")).unwrap()).unwrap();
    let mut skipped = 0;
    let cases = expected["cases"].as_array().unwrap().iter().filter_map(|case| {
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        // Device nodes that only root can make.
        if case["skipped"].is_string() {
            skipped += 1;
            return None;
        }
        let path = STANDARD.decode(text("path_b64")).unwrap();
        let path = PathBuf::from(OsString::from_vec(path));
        Some(Case { id: text("id"), path, listing: text("listing"), pixels: text("pixels") })
    });
    let cases = cases.collect();
    if skipped > 0 {
        say(&format!("SKIPPED {skipped} cases that the generator could not write"));
    }
    let user = is_roots(&root)
        .then_some(NOBODY)
        .filter(|_| others_reach(&root) && others_reach(Path::new(env!("CARGO_BIN_EXE_topogram"))));
    Some(Tree { root, cases, user })
}

/// Files that we make are root's.
fn is_roots(made: &Path) -> bool {
    fs::metadata(made).is_ok_and(|status| status.uid() == 0)
}

/// Everybody may pass through all folders above.
fn others_reach(path: &Path) -> bool {
    path.ancestors()
        .all(|folder| fs::metadata(folder).is_ok_and(|status| status.permissions().mode() & 1 == 1))
}

/// What the program says of one path.
struct Line {
    kind: &'static str,
}

/// Lines of `ls --files --json` by path; each may come once only.
fn lines(stdout: &[u8], faults: &mut Vec<String>) -> BTreeMap<PathBuf, Line> {
    let mut found = BTreeMap::new();
    for line in String::from_utf8(stdout.to_vec()).expect("the list is UTF-8").lines() {
        let line: Value = serde_json::from_str(line).expect("a line is an object");
        let path = match line["path_bytes"].as_str() {
            Some(bytes) => STANDARD.decode(bytes).unwrap(),
            None => line["path"].as_str().unwrap().as_bytes().to_vec(),
        };
        let warnings = line["warnings"].as_array().unwrap().len();
        let kind = match line["kind"].as_str().unwrap() {
            "dicom" if warnings > 0 => "warned",
            "dicom" => "listed",
            "dicomdir" => "dicomdir",
            "ignored" => "ignored",
            "problem" if line["what"].as_str().is_some_and(|what| !what.is_empty()) => "problem",
            other => panic!("{other} is no kind, or has no reason"),
        };
        let path = PathBuf::from(OsString::from_vec(path));
        if found.insert(path.clone(), Line { kind }).is_some() {
            faults.push(format!("{} comes twice", path.display()));
        }
    }
    found
}

/// What the list says of a case: of its path, of all files below it, or of the folder that hides it.
fn told(case: &Case, root: &Path, lines: &BTreeMap<PathBuf, Line>) -> &'static str {
    let path = root.join(&case.path);
    if let Some(line) = lines.get(&path) {
        return line.kind;
    }
    let below: BTreeSet<&str> = lines
        .range(path.clone()..)
        .take_while(|(found, _)| found.starts_with(&path))
        .map(|(_, line)| line.kind)
        .collect();
    if let Some(kind) = below.first().filter(|_| below.len() == 1 && case.listing != "absent") {
        return kind;
    }
    let hidden = path.ancestors().skip(1).take_while(|above| above.starts_with(root));
    let mut hidden = hidden.filter_map(|above| lines.get(above));
    hidden.next().map_or("absent", |line| line.kind)
}

fn agrees(expected: &str, told: &str) -> bool {
    match expected {
        // A word too many does no harm; a word too few does.
        "listed" => matches!(told, "listed" | "warned"),
        "either" => told != "absent",
        expected => expected == told,
    }
}

/// Whether a picture, or its refusal, is what a case expects.
fn fits(expected: &str, shown: &Ended) -> bool {
    match expected {
        "ok" => shown.status() == 0,
        "partial" => shown.status() == 0 && !shown.stderr.is_empty(),
        "error" | "placeholder" => shown.status() == 2,
        _ => true,
    }
}

/// Sizes, permissions and times of everything below a folder, links not followed.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u64, u32, i64, i64)> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        // Paths that are too long, and folders that are closed to us.
        let Ok(status) = fs::symlink_metadata(&path) else { continue };
        if status.is_dir() {
            waiting.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
        found.insert(path, (status.size(), status.mode(), status.mtime(), status.mtime_nsec()));
    }
    found
}

#[test]
fn every_case_of_the_nasty_tree_is_as_expected() {
    let Some(tree) = tree() else { return };
    let Some(mut guard) = Guard::start(tree.user) else { return say("SKIPPED nasty tree: no python3") };
    let root = tree.root.join("tree");
    let before = (snapshot(&root), snapshot(&tree.root.join("outside")));
    let mut faults = vec![];

    let scan = guard.topogram(&["ls", "--files", "--json"], &root);
    faults.extend(scan.faults(QUICK).into_iter().map(|fault| format!("the scan {fault}")));
    let lines = lines(&scan.stdout, &mut faults);
    let (mut agreed, mut extra, mut excepted) = (0, 0, 0);
    for case in &tree.cases {
        let told = told(case, &root, &lines);
        if tree.user.is_none() && case.id.starts_with("perm-") && is_roots(&tree.root) {
            say(&format!("SKIPPED {}: permissions do not bind root", case.id));
            continue;
        }
        extra += usize::from(case.listing == "listed" && told == "warned");
        let exception = exceptions::LISTING.iter().find(|(id, ..)| *id == case.id);
        match exception {
            Some((_, instead, _)) if told == *instead => excepted += 1,
            None if agrees(&case.listing, told) => agreed += 1,
            _ => faults.push(format!("{} is {told}, not {}", case.id, case.listing)),
        }
    }
    say(&format!(
        "nasty tree: {agreed} of {} cases as expected, {excepted} otherwise on purpose, {extra} listed with a \
         warning more; one scan of {} files in {:.2} of {QUICK} s and {} of {MEMORY} MiB",
        tree.cases.len(),
        lines.len(),
        scan.seconds,
        scan.peak
    ));

    pictures(tree, &root, &lines, &mut guard, &mut faults);
    if (snapshot(&root), snapshot(&tree.root.join("outside"))) != before {
        faults.push("something was changed on disk".to_owned());
    }
    let canary = [&scan.stdout[..], &scan.stderr].concat();
    if canary.windows(14).any(|part| part == b"CANARY^OUTSIDE") {
        faults.push("a file outside the tree was read".to_owned());
    }
    assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
}

/// Opens every file of the list in its tags and as a picture.
fn pictures(
    tree: &Tree,
    root: &Path,
    lines: &BTreeMap<PathBuf, Line>,
    guard: &mut Guard,
    faults: &mut Vec<String>,
) {
    let (mut opened, mut agreed, mut excepted, mut largest, mut slowest) = (0, 0, 0, 0, 0.0_f64);
    for case in &tree.cases {
        let path = root.join(&case.path);
        let Some(line) = lines.get(&path) else { continue };
        opened += 1;
        let mut run = |command: &[&str]| {
            let ended = guard.topogram(command, &path);
            largest = largest.max(ended.peak);
            slowest = slowest.max(ended.seconds);
            let command = command.join(" ");
            faults.extend(ended.faults(QUICK).iter().map(|fault| format!("{} {command}: {fault}", case.id)));
            ended
        };
        let tags = run(&["tags"]);
        run(&["tags", "--json"]);
        run(&["read"]);
        let shown = run(&["show"]);
        run(&["digest", "--json"]);
        let is_listed = matches!(line.kind, "listed" | "warned");
        if is_listed && (tags.status() == 2 || tags.stdout.is_empty()) {
            faults.push(format!("{} has no tags", case.id));
        }
        let exception = exceptions::PICTURES.iter().find(|(id, _)| *id == case.id);
        match exception {
            Some(_) if shown.status() == 0 => excepted += 1,
            None if !is_listed || fits(&case.pixels, &shown) => agreed += 1,
            _ => faults.push(format!("{}: a picture is {}, not {}", case.id, shown.status(), case.pixels)),
        }
    }
    say(&format!(
        "nasty tree: {opened} files opened in tags and picture, {agreed} pictures as expected, {excepted} otherwise \
         on purpose; at most {largest} of {MEMORY} MiB and {slowest:.2} of {QUICK} s"
    ));
}

#[test]
fn nothing_special_and_nothing_behind_a_link_is_opened() {
    let Some(tree) = tree() else { return };
    let root = tree.root.join("tree");
    let log = tree.root.join("opened.log");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=open,openat,openat2", "-o"])
        .args([log.as_os_str(), OsStr::new(env!("CARGO_BIN_EXE_topogram"))])
        .args([OsStr::new("ls"), OsStr::new("--files"), root.as_os_str()])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output();
    let Ok(traced) = traced else { return say("SKIPPED special files: no strace") };
    let log = fs::read(&log).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    if log.is_empty() {
        let why = String::from_utf8_lossy(&traced.stderr);
        return say(&format!("SKIPPED special files: strace is not allowed here: {why}"));
    }
    // The last names of everything that is neither a file nor a folder; no other file is called so.
    let special = snapshot(&root).into_keys().filter(|path| {
        let kind = fs::symlink_metadata(path).unwrap().file_type();
        kind.is_symlink()
            || kind.is_fifo()
            || kind.is_socket()
            || kind.is_char_device()
            || kind.is_block_device()
    });
    let special: Vec<String> = special.map(|path| format!("{}\"", path.display())).collect();
    let opened: Vec<&str> =
        log.lines().filter(|line| special.iter().any(|path| line.contains(path.as_str()))).collect();
    say(&format!(
        "{} special files and links, {} opened in {} calls",
        special.len(),
        opened.len(),
        log.lines().count()
    ));
    assert!(special.len() > 10 && log.contains("a-good.dcm"), "the trace shows nothing");
    assert!(opened.is_empty(), "{opened:#?}");
    let written =
        log.lines().filter(|line| line.contains(&*root.to_string_lossy()) && !line.contains("O_RDONLY"));
    assert_eq!(written.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn one_reader_and_eight_say_the_same() {
    let Some(tree) = tree() else { return };
    let scan = |threads: usize| {
        let (sender, found) = crossbeam_channel::unbounded::<Found>();
        let _scanner = Scanner::start(vec![tree.root.join("tree")], threads, sender);
        let mut said = vec![];
        for message in found {
            let Found::Files(files) = message else { break };
            // What a file was found to share with the last one depends on who read the last one; what it says
            // does not.
            said.extend(files.into_iter().map(|(path, outcome)| match outcome {
                Outcome::Instance(sighting) => format!("{} {:?}", path.display(), sighting.record()),
                other => format!("{} {other:?}", path.display()),
            }));
        }
        said
    };
    let (one, eight) = (scan(1), scan(8));
    assert!(one.len() > 2000);
    for (one, eight) in one.iter().zip(&eight) {
        assert_eq!(one, eight);
    }
    assert_eq!(one.len(), eight.len());
}
