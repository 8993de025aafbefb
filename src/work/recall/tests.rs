use super::*;
use crate::{
    dicom::{Entry, examine, walk},
    work::store,
};
use std::{cell::Cell, fmt::Write as _, ops::ControlFlow, time::Duration};

/// A copy of some files in folders, and a cache that is elsewhere.
struct Place {
    folder: tempfile::TempDir,
}

/// A series of `count` images of 4 x 4 pixels.
fn slice(number: i32) -> Vec<u8> {
    let element = |group: u16, number: u16, vr: &str, value: &[u8]| {
        let mut value = value.to_vec();
        if value.len() % 2 == 1 {
            value.push(b' ');
        }
        let head = [&group.to_le_bytes()[..], &number.to_le_bytes(), vr.as_bytes()].concat();
        [head, (value.len() as u16).to_le_bytes().to_vec(), value].concat()
    };
    let position = format!("0\\0\\{}", number * 2);
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0"),
        element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        element(8, 0x18, "UI", format!("1.2.3.{number}").as_bytes()),
        element(8, 0x60, "CS", b"CT"),
        element(0x10, 0x10, "PN", b"Doe^Jane"),
        element(0x10, 0x20, "LO", b"4711"),
        element(0x20, 0xD, "UI", b"1.2"),
        element(0x20, 0xE, "UI", b"1.2.3"),
        element(0x20, 0x13, "IS", number.to_string().as_bytes()),
        element(0x20, 0x32, "DS", position.as_bytes()),
        element(0x20, 0x37, "DS", b"1\\0\\0\\0\\1\\0"),
        element(0x28, 0x10, "US", &4u16.to_le_bytes()),
        element(0x28, 0x11, "US", &4u16.to_le_bytes()),
        element(0x28, 0x100, "US", &8u16.to_le_bytes()),
        vec![0xE0, 0x7F, 0x10, 0, b'O', b'B', 0, 0, 16, 0, 0, 0],
        vec![0; 16],
    ]
    .concat()
}

/// What is kept of the place, for a scan that begins at this time.
fn open(place: &Place, now: SystemTime) -> Recall {
    let recall = Recall { now: Some(now), ..Recall::new(Keep::In(place.cache()), &[place.root()]) };
    recall.troubles();
    recall
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["a", "b/c"] {
            fs::create_dir_all(place.root().join(folder)).unwrap();
        }
        for number in 0..12 {
            let folder = if number < 6 { "a" } else { "b/c" };
            fs::write(place.root().join(folder).join(format!("{number}.dcm")), slice(number)).unwrap();
        }
        fs::write(place.root().join("b/readme.txt"), "hello").unwrap();
        fs::write(place.root().join("b/broken.dcm"), &slice(99)[..150]).unwrap();
        place
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache/topogram")
    }

    fn database(&self) -> PathBuf {
        let files = fs::read_dir(self.cache().join("index")).unwrap().map(|file| file.unwrap().path());
        let mut files = files.filter(|file| file.extension().is_some_and(|ending| ending == "sqlite"));
        files.next().unwrap()
    }

    /// Scans long after the files were written; tells what was found in all detail, and how many were read.
    fn scan(&self, recall: Recall) -> (String, usize) {
        let read = Cell::new(0);
        let (mut library, mut told) = (Library::default(), String::new());
        let _ = walk(&[self.root()], |entry| {
            let outcome = match entry {
                Entry::File(path) => recall.examine(&path, || {
                    read.set(read.get() + 1);
                    examine(&path)
                }),
                other => other.examine().1,
            };
            if let Outcome::Instance(file) = &outcome {
                let record = file.record();
                let _ =
                    writeln!(told, "{record:?} {} {}", record.patient_name.raw(), record.series_uid.raw());
            } else {
                let _ = writeln!(told, "{outcome:?}");
            }
            store(&mut library, outcome);
            ControlFlow::Continue(())
        });
        recall.finish(&library);
        drop(recall);
        (told, read.get())
    }

    fn warm(&self) -> (String, usize) {
        let now = SystemTime::now() + Duration::from_hours(1);
        self.scan(open(self, now))
    }

    fn cold(&self) -> (String, usize) {
        self.scan(Recall::default())
    }
}

#[test]
fn what_was_read_once_is_not_read_again_and_the_answer_is_the_same() {
    let place = Place::new();
    let cold = place.cold();
    assert_eq!(cold.1, 14);

    assert_eq!(place.warm(), cold);
    // Trouble may pass: the broken file is looked at again.
    assert_eq!(place.warm(), (cold.0, 1));
}

#[test]
fn files_that_were_added_removed_rewritten_and_moved_are_found_out() {
    let place = Place::new();
    place.warm();
    let root = place.root();
    fs::write(root.join("a/new.dcm"), slice(50)).unwrap();
    fs::remove_file(root.join("a/1.dcm")).unwrap();
    fs::rename(root.join("b/c/7.dcm"), root.join("b/7.dcm")).unwrap();
    // The same size and the same time, other content.
    let rewritten = root.join("a/2.dcm");
    let modified = rewritten.metadata().unwrap().modified().unwrap();
    let mut bytes = fs::read(&rewritten).unwrap();
    let at = bytes.windows(8).position(|part| part == b"Doe^Jane").unwrap();
    bytes[at..at + 8].copy_from_slice(b"Roe^Dick");
    fs::write(&rewritten, bytes).unwrap();
    fs::File::options().write(true).open(&rewritten).unwrap().set_modified(modified).unwrap();

    let (told, read) = place.warm();

    assert_eq!((&told, read), (&place.cold().0, 4));
    assert!(told.contains("Roe^Dick"));
    assert_eq!(place.warm(), (told, 1));
}

#[test]
fn what_is_gone_is_gone_from_the_index() {
    let place = Place::new();
    fs::write(place.root().join("a/secret.dcm"), {
        let mut bytes = slice(60);
        let at = bytes.windows(8).position(|part| part == b"Doe^Jane").unwrap();
        bytes[at..at + 8].copy_from_slice(b"Roe^Dick");
        bytes
    })
    .unwrap();
    place.warm();
    fs::remove_file(place.root().join("a/secret.dcm")).unwrap();

    place.warm();

    let bytes = fs::read(place.database()).unwrap();
    assert!(bytes.windows(8).any(|part| part == b"Doe^Jane"));
    assert!(!bytes.windows(8).any(|part| part == b"Roe^Dick"));
}

#[test]
fn a_file_that_was_written_just_now_is_read_again() {
    let place = Place::new();
    let scan = || place.scan(open(&place, SystemTime::now()));

    assert_eq!(scan(), place.cold());
    assert_eq!(scan(), place.cold());
}

#[test]
fn the_outline_has_the_series_and_their_sizes() {
    let place = Place::new();
    place.warm();

    let library = open(&place, SystemTime::now()).library().unwrap();

    let (id, series) = library.all_series().next().unwrap();
    assert_eq!((library.series_count(), series.frames), (1, 12));
    assert_eq!((library.counts.files, library.counts.dicom, library.counts.problems), (14, 12, 1));
    assert_eq!(library.patient(library.study(series.study).patient).name().raw(), "Doe^Jane");
    assert_eq!(library.path(library.series(id).instances[0]), place.root().join("a/0.dcm"));
    let other = Recall::new(Keep::In(place.cache()), &[place.root().join("a")]);
    assert!(other.library().is_none());
}

#[test]
fn flipped_bits_and_missing_ends_cost_time_and_never_the_truth() {
    let place = Place::new();
    let cold = place.cold().0;
    place.warm();
    let database = place.database();
    let whole = fs::read(&database).unwrap();
    let harm = |bytes: &[u8], what: &str| {
        fs::write(&database, bytes).unwrap();
        let recall = open(&place, SystemTime::now());
        // It may be lost, but what it says is so.
        if let Some(library) = recall.library() {
            assert_eq!(library.counts.files, 14, "{what}");
        }
        assert_eq!(place.scan(recall).0, cold, "{what}");
    };
    for n in 0..1000_usize {
        let at = n * whole.len() / 1000;
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (n % 8);
        harm(&bytes, &format!("bit {} of byte {at}", n % 8));
    }
    for length in (0..whole.len()).step_by(512) {
        harm(&whole[..length], &format!("{length} bytes"));
    }
}

#[test]
fn the_second_process_reads_and_does_not_write() {
    let place = Place::new();
    let cold = place.cold().0;
    place.warm();
    fs::write(place.root().join("a/new.dcm"), slice(50)).unwrap();
    let now = SystemTime::now() + Duration::from_hours(1);
    let first = open(&place, now);
    let before = fs::read(place.database()).unwrap();

    let second = open(&place, now);

    assert!(matches!(second.troubles()[..], [Trouble::Busy { .. }]), "{:?}", second.troubles());
    let (told, read) = place.scan(second);
    assert_eq!(read, 2);
    assert_ne!(told, cold);
    assert_eq!(fs::read(place.database()).unwrap(), before);
    assert_eq!(place.scan(first), (told, 2));
}

#[test]
fn garbage_another_version_and_another_root_are_begun_anew() {
    let place = Place::new();
    let cold = place.cold();
    place.warm();
    let whole = fs::read(place.database()).unwrap();
    let mut newer = whole.clone();
    // The version that SQLite keeps for us, big-endian.
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    for bytes in [&[][..], b"garbage", &vec![0; 70_000], &newer] {
        fs::write(place.database(), bytes).unwrap();
        assert_eq!(place.warm(), cold);
        assert_eq!(place.warm(), (cold.0.clone(), 1));
    }
}

#[test]
fn a_cache_that_cannot_be_used_is_told_once_and_done_without() {
    let place = Place::new();
    let cold = place.cold();
    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(place.folder.path(), &link).unwrap();
    let file = place.folder.path().join("file");
    fs::write(&file, "").unwrap();
    for cache in [Keep::Homeless, Keep::In("/proc/no/where".into()), Keep::In(link), Keep::In(file)] {
        let recall = Recall::new(cache.clone(), &[place.root()]);
        assert_eq!(recall.troubles().len(), 1, "{cache:?}");
        assert_eq!(place.scan(recall), cold);
    }
}

#[test]
fn everything_that_is_kept_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    fs::create_dir_all(place.cache()).unwrap();
    fs::set_permissions(place.cache(), fs::Permissions::from_mode(0o777)).unwrap();
    place.warm();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place.cache()), mode(&place.cache().join("index"))), (0o700, 0o700));
    for file in fs::read_dir(place.cache().join("index")).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn a_cache_that_belongs_to_somebody_else_is_not_trusted() {
    let place = Place::new();
    let cold = place.cold();
    fs::create_dir_all(place.cache()).unwrap();
    if std::os::unix::fs::chown(place.cache(), Some(12_345), None).is_err() {
        use std::io::Write as _;
        // Not `eprintln!`, which the test harness swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED a foreign cache: only root can give files away");
        return;
    }

    let recall = Recall::new(Keep::In(place.cache()), &[place.root()]);

    assert!(matches!(recall.troubles()[..], [Trouble::Foreign { .. }]), "{:?}", recall.troubles());
    assert_eq!(place.scan(recall), cold);
    assert_eq!(fs::read_dir(place.cache()).unwrap().count(), 0);
}
