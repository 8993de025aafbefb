//! Commands that write files, and those that compare them.

use super::{code, demo, file_of_demo, run, stderr, stdout};
use std::{ffi::OsStr, fs, path::Path};

#[test]
fn export_writes_arrays_that_say_what_they_are_and_nothing_over_others() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().to_str().unwrap();
    let demo = demo().to_str().unwrap();
    let words = ["export", demo, "--to", "npy", "--query", "modality:ct -localizer", "--json", "-o", out];
    let output = run(words);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let first: serde_json::Value = serde_json::from_str(stdout(&output).lines().next().unwrap()).unwrap();
    let [array, beside] = [0, 1].map(|at| first["files"][at].as_str().unwrap().to_owned());
    let bytes = std::fs::read(array).unwrap();
    let beside: serde_json::Value = serde_json::from_slice(&std::fs::read(beside).unwrap()).unwrap();
    let shape: Vec<usize> =
        beside["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    assert_eq!(bytes.len(), 128 + 2 * shape.iter().product::<usize>());
    assert_eq!((beside["unit"].as_str(), beside["dtype"].as_str()), (Some("HU"), Some("int16")));
    assert_eq!(beside["sop_instance_uids"].as_array().unwrap().len(), shape[0]);

    let again = run(words);
    assert_eq!(code(&again), Some(2));
    assert!(stdout(&again).contains("--force"), "{}", stdout(&again));
    assert_eq!(code(&run(words.into_iter().chain(["--resume"]))), Some(0));
}

#[test]
fn an_archive_is_exported_as_its_folder_is() {
    let place = tempfile::tempdir().unwrap();
    let tape = place.path().join("demo.tar.gz");
    let folder = demo();
    let packed = std::process::Command::new("tar")
        .arg("czf")
        .args([tape.as_path(), Path::new("-C"), folder, Path::new(".")])
        .status();
    if !packed.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: there is no tar");
        return;
    }
    let arrays = |from: &Path, to: &str| {
        let out = place.path().join(to);
        let words = ["export", "--to", "npy", "--query", "modality:mr", "-o"].map(OsStr::new);
        let output = run(words.into_iter().chain([out.as_os_str(), from.as_os_str()]));
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
        let mut files: Vec<_> = fs::read_dir(out)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    };
    let (unpacked, packed) = (arrays(folder, "a"), arrays(&tape, "b"));
    assert!(!unpacked.is_empty());
    assert!(unpacked == packed);
}

/// The files that `words` write of the head of the demo, by their names.
fn exported(words: &[&str]) -> Vec<(String, Vec<u8>)> {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().to_str().unwrap();
    let first = ["export", demo().to_str().unwrap(), "--query", "modality:mr", "-o", out];
    let output = run(first.into_iter().chain(words.iter().copied()));
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let mut files: Vec<_> = fs::read_dir(out)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn an_npz_holds_the_array_of_the_npy_and_where_it_lies() {
    let of = |files: &[(String, Vec<u8>)], ending: &str| {
        files.iter().find(|(name, _)| name.ends_with(ending)).map(|(_, bytes)| bytes.clone()).unwrap()
    };
    let (plain, packed) = (exported(&["--to", "npy"]), exported(&["--to", "npz"]));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(of(&packed, ".npz"))).unwrap();
    let mut read = |name: &str| {
        let mut bytes = vec![];
        std::io::copy(&mut archive.by_name(name).unwrap(), &mut bytes).unwrap();
        bytes
    };
    assert!(read("volume.npy") == of(&plain, ".npy"));
    let beside: serde_json::Value = serde_json::from_slice(&of(&packed, ".json")).unwrap();
    let numbers = |bytes: &[u8]| -> Vec<f64> {
        bytes[128..].as_chunks::<8>().0.iter().map(|&eight| f64::from_le_bytes(eight)).collect()
    };
    let told = |name: &str| beside["geometry"][name].clone();
    assert_eq!(serde_json::json!(numbers(&read("spacing_mm.npy"))), told("spacing_mm"));
    for name in ["affine_lps", "affine_ras"] {
        let rows: Vec<Vec<f64>> = serde_json::from_value(told(name)).unwrap();
        assert_eq!(numbers(&read(&format!("{name}.npy"))), rows.concat());
    }
}

#[test]
fn tables_have_a_row_for_each_slice_and_copies_are_the_files_in_their_order() {
    let table = exported(&["--to", "csv"]);
    let text = String::from_utf8(table[0].1.clone()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|heading| *heading == name).unwrap();
    let positions: Vec<f64> =
        rows[1..].iter().map(|row| row[column("position_mm")].parse().unwrap()).collect();
    assert!(positions.len() > 10 && positions.is_sorted(), "{positions:?}");

    let document: serde_json::Value = serde_json::from_slice(&exported(&["--to", "json"])[0].1).unwrap();
    let slices = document["slices"].as_array().unwrap();
    assert_eq!((slices.len(), &document["shape"][0]), (positions.len(), &serde_json::json!(slices.len())));
    assert_eq!(slices[3]["mean"].to_string(), rows[4][column("mean")]);

    let mut copies = exported(&["--to", "dicom"]);
    let stem = table[0].0.trim_end_matches("csv").replace('.', "-");
    copies.retain(|(name, _)| name.starts_with(&stem));
    let sources: Vec<Vec<u8>> = rows[1..].iter().map(|row| fs::read(row[column("file")]).unwrap()).collect();
    assert!(copies.into_iter().map(|(_, bytes)| bytes).eq(sources));

    for (_, bytes) in exported(&["--to", "csv", "--mask-phi"]) {
        let text = String::from_utf8(bytes).unwrap();
        let cells: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert!(cells.iter().all(|row| row[1].is_empty() && row[3].is_empty()), "{text}");
    }
    let output = run(["export", demo().to_str().unwrap(), "--to", "dicom", "--mask-phi", "-o", "nowhere"]);
    assert!(stderr(&output).contains("deidentify"), "{}", stderr(&output));
    assert!(!Path::new("nowhere").exists());
}

#[test]
fn export_never_writes_among_the_data() {
    let inside = demo().join("out");
    let output = run(["export", demo().to_str().unwrap(), "--to", "png", "-o", inside.to_str().unwrap()]);
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("only read"), "{}", stderr(&output));
}

#[test]
fn masked_exports_name_nobody() {
    let place = tempfile::tempdir().unwrap();
    let words = ["export", "--mask-identifiers", "--to", "sheet", "-o", place.path().to_str().unwrap()];
    let output = run(words.into_iter().chain([demo().to_str().unwrap()]));
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let ls: serde_json::Value =
        serde_json::from_slice(&run(["ls", "--json", demo().to_str().unwrap()]).stdout).unwrap();
    let ids: Vec<&str> = ls["patients"].as_array().unwrap().iter().filter_map(|p| p["id"].as_str()).collect();
    assert!(!ids.is_empty());
    for entry in std::fs::read_dir(place.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(ids.iter().all(|id| id.is_empty() || !name.contains(id)), "{name}");
    }
}

#[test]
fn what_goes_wrong_under_the_mask_names_no_file_of_the_patient() {
    let place = tempfile::tempdir().unwrap();
    let named = place.path().join("Wolkenstein Ute");
    fs::create_dir(&named).unwrap();
    // Colours are no values, so they cannot be prepared, nor be pictures of values.
    fs::copy(demo().join("qabbani/US000001"), named.join("Wolkenstein.dcm")).unwrap();
    for words in [&["pipeline"][..], &["export", "--to", "tiff16", "--json"]] {
        let out = place.path().join(words[0]);
        let rest = ["--mask-phi", "-o"].map(OsStr::new);
        let words = words.iter().map(OsStr::new).chain(rest);
        let output = run(words.chain([out.as_os_str(), named.as_os_str()]));
        assert_eq!(code(&output), Some(2), "{}", stdout(&output));
        let mut said = stdout(&output) + &stderr(&output);
        for entry in fs::read_dir(&out).unwrap() {
            said += &fs::read_to_string(entry.unwrap().path()).unwrap();
        }
        assert!(said.contains("colours") && !said.contains("Wolkenstein"), "{said}");
    }
}

#[test]
fn what_is_no_key_is_told_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let to = folder.path().join("to");
    let told = |key: &Path| {
        let words = ["deidentify", "--key-file"].map(OsStr::new).into_iter().chain([key.as_os_str()]);
        let output = run(words.chain([OsStr::new("--to"), to.as_os_str(), demo().as_os_str()]));
        assert_eq!((code(&output), to.exists()), (Some(2), false));
        stderr(&output)
    };
    assert!(told(&key).contains("No such file"), "{}", told(&key));
    fs::write(&key, "short").unwrap();
    assert!(told(&key).contains("fewer than 16 bytes"), "{}", told(&key));
    assert!(told(Path::new("/dev/zero")).contains("not a regular file"));
}

#[test]
fn the_pipeline_lists_what_it_made_and_what_it_could_not() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().to_str().unwrap();
    let words = [
        "pipeline",
        demo().to_str().unwrap(),
        "-o",
        out,
        "--resample",
        "4mm",
        "--normalise",
        "-1000,400",
        "--zero-centre",
    ];
    let output = run(words);
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.path().join("manifest.json")).unwrap()).unwrap();
    let entries = manifest.as_array().unwrap();
    let made: Vec<_> = entries.iter().filter(|entry| entry["array"].is_object()).collect();
    assert!(!made.is_empty());
    for entry in &made {
        assert_eq!(entry["array"]["dtype"], "float32");
        assert!(place.path().join(entry["file"].as_str().unwrap()).is_file());
    }
    // The demo has colours, and pictures without a place in the patient.
    let failed = entries.len() - made.len();
    assert_eq!((code(&output), failed > 0), (Some(1), true), "{}", stderr(&output));
    let lines = std::fs::read_to_string(place.path().join("manifest.csv")).unwrap().lines().count();
    assert_eq!(lines, 1 + entries.len());

    // Stopped in the middle: one array is not there yet, of another the document is missing.
    let file = |at: usize| place.path().join(made[at]["file"].as_str().unwrap());
    fs::remove_file(file(0)).unwrap();
    fs::remove_file(file(0).with_extension("json")).unwrap();
    fs::remove_file(file(1).with_extension("json")).unwrap();
    let again = run(words.into_iter().chain(["--resume"]));
    assert_eq!((code(&again), file(0).is_file()), (Some(1), true), "{}", stderr(&again));
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(place.path().join("manifest.json")).unwrap()).unwrap();
    let rows = manifest.as_array().unwrap();
    let unexplained =
        rows.iter().filter(|row| row["problem"].as_str().is_some_and(|why| why.contains("document")));
    assert_eq!((rows.len(), unexplained.count()), (entries.len(), 1));
}

#[test]
fn deidentified_copies_hold_no_name_and_are_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let (to, key) = (folder.path().join("copies"), folder.path().join("key"));
    fs::write(&key, [7; 32]).unwrap();
    let copy = || -> serde_json::Value {
        let fixed = ["deidentify", "--json", "--key-file"].map(OsStr::new);
        let more = [key.as_os_str(), OsStr::new("--to"), to.as_os_str(), demo().as_os_str()];
        let output = run(fixed.into_iter().chain(more));
        // The demo has cut files and ultrasound: they are refused.
        assert_eq!(code(&output), Some(1));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let first = copy();
    let copied = first["copied"].as_u64().unwrap();
    assert!(
        copied > 100 && first["changes"].as_array().unwrap().iter().any(|c| c["keyword"] == "PatientName")
    );

    let listed: serde_json::Value =
        serde_json::from_slice(&run([OsStr::new("ls"), OsStr::new("--json"), to.as_os_str()]).stdout)
            .unwrap();
    assert_eq!(listed["counts"]["dicom"].as_u64(), Some(copied));
    assert_eq!(listed["counts"]["problems"].as_u64(), Some(0));
    let text = listed.to_string();
    assert!(!text.contains("Phantom") && !text.contains("DEMO-") && text.contains("2.25."));

    let second = copy();
    assert_eq!(second["copied"].as_u64(), Some(0));
    assert!(second["problems"].to_string().contains("is there already; --force"));
    // A folder among the sources is refused before anything is written.
    let inside =
        run([OsStr::new("deidentify"), to.as_os_str(), OsStr::new("--to"), to.join("x").as_os_str()]);
    assert_eq!((code(&inside), to.join("x").exists()), (Some(2), false));
}

#[test]
fn diff_tells_what_differs_and_its_status_whether() {
    let file = file_of_demo(|file| file["kind"] == "dicom" && file["warnings"] == serde_json::json!([]));
    let folder = Path::new(&file).parent().unwrap();
    let same = run(["diff", &file, &file]);
    assert_eq!(code(&same), Some(0), "{}", stdout(&same));

    let other = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| *path != Path::new(&file));
    let output =
        run([OsStr::new("diff"), OsStr::new("--json"), OsStr::new(&file), other.unwrap().as_os_str()]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let attributes = document["attributes"].as_array().unwrap();
    assert_eq!((code(&output), document["pairs"].as_u64()), (Some(1), Some(1)));
    assert!(attributes.iter().any(|line| line["path"] == "00080018" && line["differ"] == 1));
    assert!(attributes.iter().all(|line| line["keyword"] != "PatientID"));

    // A folder against a part of itself.
    let part = tempfile::tempdir().unwrap();
    fs::copy(&file, part.path().join("x")).unwrap();
    let output = run([OsStr::new("diff"), OsStr::new("--json"), folder.as_os_str(), part.path().as_os_str()]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["aligned_by"], "SOP Instance UID");
    assert_eq!((document["pairs"].as_u64(), document["attributes"].as_array().unwrap().len()), (Some(1), 0));
    assert!(!document["only_a"].as_array().unwrap().is_empty());
}

#[test]
fn varies_tells_how_attributes_vary_in_the_order_of_the_stack() {
    let output = run([OsStr::new("varies"), OsStr::new("--json"), demo().as_os_str()]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let series = document.as_array().unwrap().iter().max_by_key(|series| series["files"].as_u64()).unwrap();
    let of = |keyword: &str| {
        series["attributes"].as_array().unwrap().iter().find(|line| line["keyword"] == keyword).cloned()
    };
    let number = of("InstanceNumber").unwrap();
    assert!(["rising", "falling", "all different"].contains(&number["varies"].as_str().unwrap()), "{number}");
    assert!(number["min"].as_f64() < number["max"].as_f64());
    assert_eq!(of("SOPInstanceUID").unwrap()["varies"], "all different");
    assert_eq!(of("PatientID"), None);
}

#[test]
fn series_of_one_uid_in_two_studies_become_two_files() {
    let place = tempfile::tempdir().unwrap();
    let source = fs::read(file_of_demo(|file| file["path"].as_str().unwrap().contains("CR000001"))).unwrap();
    let study = stdout(&run([OsStr::new("ls"), OsStr::new("--json"), demo().as_os_str()]));
    let study: serde_json::Value = serde_json::from_str(&study).unwrap();
    let uids: Vec<&str> = study["patients"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|patient| patient["studies"].as_array().unwrap())
        .map(|study| study["uid"].as_str().unwrap())
        .filter(|uid| source.windows(uid.len()).any(|window| window == uid.as_bytes()))
        .collect();
    let uid = uids[0].as_bytes();
    let mut other = source.clone();
    let at = other.windows(uid.len()).position(|window| window == uid).unwrap();
    // The last digit of the study's UID.
    let digit = &mut other[at + uid.len() - 1];
    *digit = if *digit == b'1' { b'2' } else { b'1' };
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("a.dcm"), &source).unwrap();
    fs::write(data.join("b.dcm"), &other).unwrap();
    let out = place.path().join("out");
    let words =
        [OsStr::new("export"), data.as_os_str(), OsStr::new("--to"), OsStr::new("npy"), OsStr::new("-o")];
    let output = run(words.into_iter().chain([out.as_os_str()]));
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let arrays = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name());
    let arrays = arrays.filter(|name| name.to_string_lossy().ends_with(".npy")).count();
    assert_eq!(arrays, 2);
}
