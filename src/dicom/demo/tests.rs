use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use dicom_dictionary_std::tags;

use super::*;

fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn two_runs_write_the_same_bytes_and_the_counts_are_true() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());

    let written = write_at(one.path(), Detail::Sketch).unwrap();
    write_at(two.path(), Detail::Sketch).unwrap();

    let found = files(one.path());
    assert!(found == files(two.path()), "the demo depends on something else than its code");
    assert_eq!(written.files, found.len());
    assert_eq!(written.bytes, found.values().map(|bytes| bytes.len() as u64).sum::<u64>());
    assert_eq!((written.dicom_files, written.files), (160, 162));
}

#[test]
fn every_file_opens_and_says_that_it_is_synthetic() {
    let folder = tempfile::tempdir().unwrap();
    write_at(folder.path(), Detail::Sketch).unwrap();

    let mut instances = std::collections::BTreeSet::new();
    let names = files(folder.path()).into_keys().filter(|name| name.extension().is_none_or(|e| e != "txt"));
    for name in names {
        // The file cut short has everything but its pixels.
        let file = dicom_object::OpenFileOptions::new()
            .read_until(tags::PIXEL_DATA)
            .open_file(folder.path().join(&name))
            .unwrap_or_else(|why| panic!("{}: {why}", name.display()));
        let text = |tag| file.element(tag).unwrap().to_str().unwrap().into_owned();
        assert!(text(tags::INSTITUTION_NAME).starts_with("SYNTHETIC"));
        assert!(instances.insert(text(tags::SOP_INSTANCE_UID)), "{}: its UID is taken", name.display());
    }
    assert_eq!(instances.len(), 160);
}

#[test]
fn names_arrive_in_their_own_scripts() {
    let folder = tempfile::tempdir().unwrap();
    write_at(folder.path(), Detail::Sketch).unwrap();

    for (name, expected) in
        [("qabbani/CR000001", "قباني^لنزار"), ("wang/ep2d/00001", "Wang^XiaoDong=王^小东=")]
    {
        let file = dicom_object::open_file(folder.path().join(name)).unwrap();
        assert_eq!(file.element(tags::PATIENT_NAME).unwrap().to_str().unwrap().trim_end(), expected);
    }
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.txt"), "my thesis").unwrap();

    let refused = write_at(folder.path(), Detail::Sketch);

    assert!(matches!(refused, Err(DemoError::Foreign { .. })));
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn an_earlier_demo_is_renewed_and_other_files_in_it_stay() {
    let folder = tempfile::tempdir().unwrap();
    write_at(folder.path(), Detail::Sketch).unwrap();
    fs::write(folder.path().join("mine"), "keep").unwrap();
    fs::remove_file(folder.path().join("notes.txt")).unwrap();

    write_at(folder.path(), Detail::Sketch).unwrap();

    assert_eq!(fs::read(folder.path().join("mine")).unwrap(), b"keep");
    assert!(folder.path().join("notes.txt").exists());
}
