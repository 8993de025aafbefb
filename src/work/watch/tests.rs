//! Real files in real folders; what is waited for comes through the channel of the scan.

use super::*;
use crate::work::{Found, Scanner};
use crossbeam_channel::Receiver;
use std::io::Write as _;

/// After this long something that had to be told was not.
const BOUND: Duration = Duration::from_secs(20);

/// A folder that was scanned and is watched.
struct Place {
    folder: tempfile::TempDir,
    library: Library,
    found: Receiver<Found>,
    scanner: Scanner,
}

/// The least that is an image: whose series is the given one.
fn image(series: u32, instance: &str) -> Vec<u8> {
    let element = |group: u16, number: u16, vr: &[u8; 2], value: &str| {
        let value = if value.len() % 2 == 1 { format!("{value} ") } else { value.to_owned() };
        let head = [&group.to_le_bytes()[..], &number.to_le_bytes(), vr].concat();
        [&head[..], &(value.len() as u16).to_le_bytes(), value.as_bytes()].concat()
    };
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0x10, b"UI", "1.2.840.10008.1.2.1"),
        element(8, 0x16, b"UI", "1.2.840.10008.5.1.4.1.1.7"),
        element(8, 0x18, b"UI", instance),
        element(0x20, 0xD, b"UI", "1"),
        element(0x20, 0xE, b"UI", &format!("1.{series}")),
    ]
    .concat()
}

impl Place {
    fn watched(how: Watching, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let (sender, found) = crossbeam_channel::unbounded();
        let scanner = Scanner::start_live(vec![folder.path().to_owned()], 2, None, how, sender);
        let mut place = Self { folder, library: Library::default(), found, scanner };
        while let Found::Files(files) = place.found.recv_timeout(BOUND).unwrap() {
            for (path, outcome) in files {
                store_at(&mut place.library, &path, outcome);
            }
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes news until these files are listed, and so many problems.
    fn wait(&mut self, files: &[&str], problems: u64) {
        let until = Instant::now() + BOUND;
        while self.files() != files || self.library.counts.problems != problems {
            match self.found.recv_deadline(until) {
                Ok(Found::News(news)) => drop(amend(&mut self.library, news)),
                other => panic!("{other:?}; {:?}, {:?}", self.files(), self.library.counts),
            }
        }
    }

    /// Names of all files that are listed.
    fn files(&self) -> Vec<String> {
        let instances = self.library.all_series().flat_map(|(_, series)| series.instances.clone());
        let name = |path: PathBuf| path.strip_prefix(self.folder.path()).unwrap().display().to_string();
        let mut names: Vec<String> = instances.map(|id| name(self.library.path(id))).collect();
        names.sort();
        names
    }
}

#[test]
fn files_that_come_and_go_are_listed_and_not() {
    let first = |root: &Path| fs::write(root.join("a"), image(1, "1.1")).unwrap();
    let mut place = Place::watched(Watching::Auto, first);
    fs::write(place.path("notes"), "hello").unwrap();
    fs::write(place.path("b"), image(1, "1.2")).unwrap();
    place.wait(&["a", "b"], 0);

    fs::remove_file(place.path("notes")).unwrap();
    fs::remove_file(place.path("a")).unwrap();
    place.wait(&["b"], 0);

    assert_eq!((place.library.counts.ignored, place.library.counts.files), (0, 1));
}

#[test]
fn a_part_that_is_renamed_when_it_is_whole_is_listed_once() {
    let mut place = Place::watched(Watching::Auto, |_| {});
    fs::write(place.path("a.part"), &image(1, "1.1")[..150]).unwrap();
    place.wait(&[], 1);
    fs::write(place.path("a.part"), image(1, "1.1")).unwrap();
    fs::rename(place.path("a.part"), place.path("a.dcm")).unwrap();

    place.wait(&["a.dcm"], 0);
    assert_eq!(place.library.counts.files, 1);
}

#[test]
fn a_file_that_was_cut_short_is_whole_when_its_writer_is_done() {
    let whole = image(1, "1.1");
    let mut place = Place::watched(Watching::Auto, |root| fs::write(root.join("a"), &whole[..150]).unwrap());
    assert_eq!((place.library.counts.problems, place.library.counts.dicom), (1, 0));

    fs::write(place.path("a"), &whole).unwrap();

    place.wait(&["a"], 0);
    assert_eq!(place.library.counts.files, 1);
}

#[test]
fn folders_are_followed_where_they_go() {
    let mut place = Place::watched(Watching::Auto, |_| {});
    fs::create_dir_all(place.path("p/s")).unwrap();
    fs::write(place.path("p/s/1"), image(1, "1.1")).unwrap();
    place.wait(&["p/s/1"], 0);

    fs::rename(place.path("p"), place.path("q")).unwrap();
    place.wait(&["q/s/1"], 0);
    fs::write(place.path("q/s/2"), image(2, "1.2")).unwrap();
    place.wait(&["q/s/1", "q/s/2"], 0);

    fs::remove_dir_all(place.path("q")).unwrap();
    place.wait(&[], 0);
    assert_eq!((place.library.series_count(), place.library.counts.files), (0, 0));
}

#[test]
fn an_archive_goes_with_all_that_is_in_it() {
    let mut place = Place::watched(Watching::Auto, |_| {});
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packed.write_all(&image(1, "1.1")).unwrap();
    fs::write(place.path("a.gz"), packed.finish().unwrap()).unwrap();
    place.wait(&["a.gz!/a"], 0);

    fs::remove_file(place.path("a.gz")).unwrap();
    place.wait(&[], 0);
}

#[test]
fn where_nothing_is_told_files_are_found_by_looking() {
    let first = |root: &Path| fs::write(root.join("a"), image(1, "1.1")).unwrap();
    let mut place = Place::watched(Watching::Poll, first);
    assert_eq!(place.files(), ["a"]);
    fs::write(place.path("b"), image(1, "1.2")).unwrap();
    fs::create_dir(place.path("d")).unwrap();
    fs::write(place.path("d/c"), image(2, "1.3")).unwrap();
    fs::remove_file(place.path("a")).unwrap();

    place.wait(&["b", "d/c"], 0);
    assert_eq!(place.library.series_count(), 2);
}

#[test]
fn whoever_is_not_interested_any_more_lets_the_thread_go() {
    let Place { found, scanner, .. } = Place::watched(Watching::Auto, |_| {});
    drop(scanner);

    assert!(matches!(found.recv_timeout(BOUND), Err(crossbeam_channel::RecvTimeoutError::Disconnected)));
}
