//! Downloads as they come: whatever folders, names and neighbours they have, the list is the same.

use super::{code, demo, run, stderr, stdout};
use serde_json::Value;
use std::{ffi::OsStr, fs, io::Write as _, path::Path};

/// One series of the demo: its files, in the order of their names.
fn series() -> Vec<Vec<u8>> {
    let json =
        |words: &[&str]| stdout(&run(words.iter().copied().chain(["--json", demo().to_str().unwrap()])));
    let found: Value = serde_json::from_str(&json(&["find", "modality:mr"])).unwrap();
    let uid = &found["patients"][0]["studies"][0]["series"][0]["uid"];
    let all = json(&["ls", "--files"]);
    let lines = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["series"] == *uid)
        .map(|line| fs::read(line["path"].as_str().unwrap()).unwrap())
        .collect()
}

/// What is listed below a folder: the JSON, and the last line of the table, which counts.
fn listed(folder: &Path) -> (Value, String) {
    let words = |more: &'static str| run([OsStr::new("ls"), folder.as_os_str(), OsStr::new(more)]);
    let (json, table) = (words("--json"), words("--no-cache"));
    assert_eq!((code(&json), code(&table)), (Some(0), Some(0)), "{}", stderr(&json));
    let mut json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    (json["patients"].take(), stdout(&table).lines().last().unwrap().to_owned())
}

/// Writes the series with the names that the layout gives its files, and neighbours that are not DICOM.
fn lay(files: &[Vec<u8>], name: impl Fn(usize) -> String, others: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let named = files.iter().enumerate().map(|(at, bytes)| (name(at), bytes.as_slice()));
    for (name, bytes) in named.chain(others.iter().map(|&(name, bytes)| (name.to_owned(), bytes))) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn folders_names_and_neighbours_change_nothing_in_the_list() {
    let files = series();
    assert!(files.len() > 3);
    let (plain, _) = listed(lay(&files, |at| format!("{at}.dcm"), &[]).path());

    let nbia = "manifest-1600709154662/HNSCC/HNSCC-01-0001/12-01-1998-NA-PETCT HEAD  NECK CA-92442/\
                4.000000-PET AC-13575";
    let annotation = format!("{nbia}/068.xml");
    let nbia = lay(
        &files,
        |at| format!("{nbia}/1-{:02}.dcm", at + 1),
        &[("manifest-1600709154662/LICENSE", b"CC BY 3.0"), (&annotation, b"<?xml version=\"1.0\"?>")],
    );
    // idc-index with its template, s5cmd from the bucket, and an empty template.
    let idc = lay(&files, |at| format!("nlst/100012/1.2.840.1/MR_1.3.6.1/{at:08x}-aa26.dcm"), &[]);
    let bucket = lay(&files, |at| format!("8c4e7c5f-{:04}/{:08x}-aa26.dcm", at % 2, at * 77), &[]);
    // Kaggle: hashes for patients and images, tables beside them.
    let kaggle = lay(
        &files,
        |at| format!("stage1/0015ceb851d7251b8f399e39779d1e7d/{:032x}.dcm", 7919 * (at + 1)),
        &[("stage1_labels.csv", b"id,cancer\n0015ceb851d7251b8f399e39779d1e7d,1\n")],
    );
    let flat = lay(&files, |at| format!("{:032x}.dicom", 104_729 * (at + 1)), &[]);
    // A CD: capitals, no endings, the viewer beside the images.
    let disc = lay(
        &files,
        |at| format!("DICOM/PA0/ST0/SE0/IM{at}"),
        &[
            ("AUTORUN.INF", b"[autorun]"),
            ("VIEWER.EXE", b"MZ\x90\0\x03\0\0\0"),
            ("LOCKFILE", b""),
            ("VERSION", b"1"),
            ("DICOM/Thumbs.db", b"\xD0\xCF\x11\xE0"),
        ],
    );
    let osirix = lay(
        &files,
        |at| format!("BRAINIX/BRAINIX/IRM cérébrale, neuro-crâne/T1-3D-FFE-C - 801/IM-0001-{at:04}.dcm"),
        &[("__MACOSX/BRAINIX/._IM-0001-0000.dcm", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ")],
    );
    for (layout, others) in
        [(&nbia, 2), (&idc, 0), (&bucket, 0), (&kaggle, 1), (&flat, 0), (&disc, 5), (&osirix, 1)]
    {
        let (list, counts) = listed(layout.path());
        assert_eq!(list, plain, "{counts}");
        assert!(counts.contains(&format!("{} DICOM in 1 series", files.len())), "{counts}");
        assert!(
            counts.contains(&format!(" {others} other")) && counts.ends_with("0 with problems"),
            "{counts}"
        );
    }
    let table = stdout(&run([OsStr::new("ls"), nbia.path().as_os_str()]));
    assert!(table.contains("/LICENSE tells what may be done with the data"), "{table}");
    assert!(listed(osirix.path()).1.contains("1 AppleDouble"));
}

#[test]
fn an_archive_of_a_mac_is_listed_as_what_was_packed() {
    let files = series();
    let (plain, _) = listed(lay(&files, |at| format!("{at}.dcm"), &[]).path());
    let folder = tempfile::tempdir().unwrap();
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.path().join("BRAINIX.zip")).unwrap());
    for (at, bytes) in files.iter().enumerate() {
        let (image, double) =
            (format!("BRAINIX/IRM cérébrale/IM-{at:04}.dcm"), format!("__MACOSX/BRAINIX/._IM-{at:04}.dcm"));
        for (name, bytes) in [(image, bytes.as_slice()), (double, b"\0\x05\x16\x07\0\x02\0\0Mac OS X")] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
    }
    archive.finish().unwrap();
    let (list, counts) = listed(folder.path());
    assert_eq!(list, plain);
    assert!(counts.contains(&format!("{} AppleDouble", files.len())), "{counts}");
}
