//! Series that are broken on purpose or by history, and what is said of each.

use super::reference::corpus;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use topogram::{
    model::{Library, Weight},
    work::{Found, Lists, Scanner, findings, store},
};

/// Rules that something under a folder breaks; notes are left out unless they are asked for.
fn rules(folder: &Path, notes: bool) -> BTreeSet<&'static str> {
    let (mut library, mut lists) = (Library::default(), Lists::default());
    let (sender, found) = crossbeam_channel::unbounded::<Found>();
    let _scanner = Scanner::start(vec![folder.to_owned()], 2, sender);
    for message in found {
        let Found::Files(files) = message else { break };
        for (path, outcome) in files {
            lists.meet(&path, &outcome);
            store(&mut library, outcome);
        }
    }
    assert!(library.counts.dicom > 0, "{} holds images", folder.display());
    let found = findings(&library).into_iter().map(|finding| (finding.rule, finding.weight));
    let broken = lists.broken(&library).into_iter().map(|broken| (broken.rule, broken.weight));
    let heavy = found.chain(broken).filter(|(_, weight)| notes || *weight > Weight::Note);
    heavy.map(|(rule, _)| rule.as_str()).collect()
}

fn agree(root: &Path, expected: &[(&str, &[&str])], notes: bool) {
    for (folder, rules_of_it) in expected {
        let told = rules(&root.join(folder), notes);
        assert_eq!(told, rules_of_it.iter().copied().collect(), "{folder}");
    }
}

#[test]
fn series_that_a_converter_refuses_get_the_finding_that_says_why() {
    let Some(corpus) = corpus("series that a converter refuses") else { return };
    let failing = corpus.path("dicom2nifti/data/failing");
    agree(
        &failing,
        &[
            ("gantrytilting", &["tilt"]),
            ("sliceincrement", &["gap"]),
            ("sliceorientation", &["mixed", "orientation"]),
            // Two slices: too few for a volume, and nothing wrong with them.
            ("slicecount", &[]),
        ],
        true,
    );
}

#[test]
fn heads_films_and_mosaics_of_scanners_are_told_as_what_they_are() {
    let Some(corpus) = corpus("series of scanners") else { return };
    let files = corpus.path("");
    // A head whose distances change on the way, on a tilted gantry.
    assert_eq!(rules(&files.join("dcm_qa_ct/In/GE"), false), ["spacing", "tilt"].into());
    // 15 places, 10 times; a GE scanner writes no other difference than the number.
    let film = files.join("dcm_qa_nih/In/20180918GE/mr_0004");
    assert!(rules(&film, true).contains("repeat"));
    for orientation in ["ax", "cor", "sag"] {
        assert!(rules(&files.join("dcm_qa/In/Orientation").join(orientation), true).contains("mosaic"));
    }
}

#[test]
fn every_broken_volume_and_every_copy_gets_its_finding() {
    let Some(tree) = nasty() else { return };
    let volumes = tree.path().join("t/tree/07-volume");
    agree(
        &volumes,
        &[
            ("gap", &["gap"]),
            ("duppos", &["repeat"]),
            ("same", &["repeat"]),
            ("noipp", &["position"]),
            ("nanipp", &["position"]),
            ("iop-zero", &["position"]),
            ("iop-parallel", &["position"]),
            ("iop-short", &["position"]),
            ("iop-mixed", &["orientation"]),
            ("tilt", &["tilt"]),
            ("mixed-size", &["mixed"]),
            ("mixed-spacing", &["mixed"]),
            ("mixed-bits", &["mixed"]),
            ("mixed-mod", &["mixed"]),
            // A number that comes twice, numbers against the positions, and one slice make no bad volume.
            ("dupnum", &[]),
            ("revnum", &[]),
            ("single", &[]),
        ],
        true,
    );
    let copies = rules(&tree.path().join("t/tree/04-dupes"), true);
    assert_eq!(copies, ["belonging", "instance", "name"].into());
}

/// The nasty tree, written anew; nothing, and a line, if its generator is not there.
fn nasty() -> Option<tempfile::TempDir> {
    let generator = std::env::var_os("TOPOGRAM_BADINPUTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/badinputs.py"),
        PathBuf::from,
    );
    if !generator.is_file() {
        eprintln!("SKIPPED broken volumes: no badinputs.py in TOPOGRAM_BADINPUTS nor ../shared/tools");
        return None;
    }
    let folder = tempfile::tempdir().ok()?;
    let written = std::process::Command::new("python3")
        .arg(&generator)
        .arg(folder.path().join("t"))
        .args(["--no-huge", "--many", "10"])
        .output()
        .ok()?;
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    Some(folder)
}
