//! What belongs together is filed together, and in little memory.

use super::*;
use crate::model::{Record, Sighting};

fn record(id: &str, name: &str, study: &str, series: &str) -> Record {
    Record {
        path: PathBuf::from("/data/a/1.dcm"),
        patient_id: id.into(),
        patient_name: name.into(),
        study_uid: study.into(),
        series_uid: series.into(),
        ..Record::default()
    }
}

#[test]
fn one_id_under_two_names_is_one_patient_with_the_commoner_name() {
    let mut library = Library::default();
    for name in ["Doe^J", "Doe^Jane", "Doe^Jane"] {
        library.insert(record("7", name, "1.2", "1.2.3"));
    }
    let (_, patient) = library.patients().next().unwrap();
    assert_eq!((library.patients().len(), patient.name().raw()), (1, "Doe^Jane"));
}

#[test]
fn strangers_without_id_and_name_stay_strangers() {
    let mut library = Library::default();
    library.insert(record("", "^^^^", "1.2", "1.2.3"));
    library.insert(record("", "", "1.9", "1.9.3"));
    assert_eq!(library.patients().len(), 2);
}

#[test]
fn a_study_uid_seen_under_two_patients_is_two_studies() {
    let mut library = Library::default();
    library.insert(record("7", "A", "1.2", "1.2.3"));
    library.insert(record("8", "B", "1.2", "1.2.3"));
    assert_eq!((library.study_count(), library.series_count()), (2, 2));
}

#[test]
fn equal_forms_are_kept_once() {
    let mut library = Library::default();
    let ids = [1, 2].map(|_| library.insert(record("7", "A", "1.2", "1.2.3")));
    let [a, b] = ids.map(|id| Arc::clone(&library.instance(id).form));
    assert!(Arc::ptr_eq(&a, &b));
}

#[test]
fn a_series_without_words_is_called_after_its_folder_unless_its_patient_is() {
    let mut library = Library::default();
    library.insert(record("7", "A", "1.2", "1.2.3"));
    assert_eq!(library.label(SeriesId(0)).raw(), "a");
    library.insert(record("a", "a", "1.3", "1.3.3"));
    assert_eq!(library.label(SeriesId(1)).raw(), "1 file");
}

#[test]
fn an_instance_takes_less_than_two_hundred_bytes_beyond_its_name() {
    // What the system's allocator adds to a block, and rounds it up to.
    let block = |bytes: usize| (bytes + 8).next_multiple_of(16);
    let mut library = Library::default();
    for number in 0..20_000 {
        let uid = format!("1.3.6.1.4.1.14519.5.2.1.6279.6001.112740418331256326754{number:05}");
        library.insert(Record { sop_instance: uid, ..record("7", "A", "1.2", "1.2.3") });
    }
    let count = library.instances.len();
    let slots = library.instances.capacity() * size_of::<Instance>()
        + library.series[0].instances.capacity() * size_of::<InstanceId>();
    let names: usize = library
        .instances
        .iter()
        .map(|instance| block(instance.sop_instance().len() + instance.file().len()) - instance.file().len())
        .sum();

    let each = (slots + names) as f64 / count as f64;

    assert!(each <= 200.0, "{each} bytes");
}

#[test]
fn files_like_one_another_share_texts_and_are_counted_one_by_one() {
    let mut library = Library::default();
    let first = Sighting::from(record("7", "Doe^J", "1.2", "1.2.3"));
    library.add(first.clone());
    library.add(Sighting { bytes: 5, ..first });
    library.insert(record("7", "Doe^J", "1.2", "1.2.4"));

    let (_, patient) = library.patients().next().unwrap();
    assert_eq!(patient.names.values().sum::<usize>(), 3);
    assert_eq!((library.series_count(), library.series(SeriesId(0)).bytes), (2, 5));
}

#[test]
fn what_is_removed_is_in_no_list_and_what_is_left_keeps_its_id() {
    let mut library = Library::default();
    let file = |path: &str, series: &str| Record {
        path: path.into(),
        bytes: 7,
        frames: 2,
        ..record("7", "A", "1.2", series)
    };
    let files =
        [("/d/a/1", "1"), ("/d/a/2", "1"), ("/d/b.zip!/x/1", "2"), ("/d/b.zip", "2"), ("/d/c/1", "3")];
    let ids = files.map(|(path, series)| library.insert(file(path, series)));
    let at = |library: &Library, path: &str| library.at(&[Path::new(path)]);

    assert_eq!(at(&library, "/d/a"), ids[..2]);
    assert_eq!(at(&library, "/d/b.zip"), ids[2..4], "with what is in it");
    assert_eq!(at(&library, "/d/b"), []);

    library.remove(&[ids[1], ids[4]]);
    let series = library.series(SeriesId(0));
    assert_eq!((series.instances.len(), series.bytes, series.frames), (1, 7, 2));
    assert_eq!((library.series_count(), library.all_series().count(), library.counts.dicom), (2, 2, 3));
    assert_eq!(library.study(StudyId(0)).series, [SeriesId(0), SeriesId(1)]);
    assert_eq!(library.path(ids[3]), Path::new("/d/b.zip"));

    // Twice is once; and one that comes again is listed again.
    library.remove(&[ids[1], ids[4]]);
    library.insert(file("/d/c/1", "3"));
    assert_eq!((library.series_count(), library.counts.dicom), (3, 4));
    assert_eq!(library.study(StudyId(0)).series.len(), 3);
}
