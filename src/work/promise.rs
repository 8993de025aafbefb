//! What is said of the data elsewhere, compared with what was found: lists of a download, a DICOMDIR, counts
//! in the files themselves, and that nobody can be recognised.

use super::gather::in_threads;
use crate::{
    dicom::{Archives, Manifest, Outcome, Stated, Traces, manifest, references, traces},
    model::{Finding, InstanceId, Library, Place, Rule, SeriesId, Text, Weight, shown},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
};

/// Files of a scan that speak of others.
#[derive(Debug, Default)]
pub struct Lists {
    /// DICOMDIRs.
    pub directories: Vec<PathBuf>,
    /// Tables, which may be lists of series.
    pub tables: Vec<PathBuf>,
    /// Texts that tell by their names what may be done with the data; the first few.
    pub licences: Vec<PathBuf>,
    /// Files that are not DICOM, by the endings of their names in lower case.
    pub others: BTreeMap<String, usize>,
}

/// What such a file says that is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub list: PathBuf,
    /// What was compared.
    pub rule: Rule,
    /// How much it matters.
    pub weight: Weight,
    /// A sentence.
    pub what: String,
}

/// Sentences about single series or files of one list; the rest is counted.
const MOST_LINES: usize = 50;
/// Files named in one sentence.
const MOST_NAMES: usize = 3;

impl Lists {
    /// Remembers a file of the scan if it may speak of others.
    pub fn meet(&mut self, path: &Path, outcome: &Outcome) {
        /// Endings that are told apart; a name may end in anything.
        const MOST_KINDS: usize = 1000;
        /// As many as a person reads.
        const MOST_LICENCES: usize = 10;
        if let (Outcome::Ignored, Some(end)) = (outcome, ending(path))
            && (self.others.len() < MOST_KINDS || self.others.contains_key(&end))
        {
            *self.others.entry(end).or_default() += 1;
        }
        match outcome {
            // In an archive there are no folders to look into.
            Outcome::Directory(_) if path.is_file() => self.directories.push(path.to_owned()),
            Outcome::Ignored if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) => {
                self.tables.push(path.to_owned());
            }
            Outcome::Ignored if self.licences.len() < MOST_LICENCES && is_licence(path) => {
                self.licences.push(path.to_owned());
            }
            _ => {}
        }
    }

    /// The lists of series among the tables.
    pub fn manifests(&self) -> Vec<(&Path, Manifest)> {
        let read = |path: &PathBuf| manifest(path).ok().flatten();
        self.tables.iter().filter_map(|path| Some((path.as_path(), read(path)?))).collect()
    }

    /// Everything that the lists say and that is not so.
    pub fn broken(&self, library: &Library) -> Vec<Broken> {
        let mut found = vec![];
        for (path, manifest) in self.manifests() {
            let say = |(weight, what)| Broken { list: path.to_owned(), rule: Rule::Complete, weight, what };
            found.extend(missing(library, &manifest).into_iter().map(say));
        }
        if !self.directories.is_empty() {
            let all = (0..library.instance_count()).map(|at| InstanceId(at as u32));
            let by_path: HashMap<PathBuf, InstanceId> = all.map(|id| (library.path(id), id)).collect();
            for path in &self.directories {
                let say = |(weight, what)| Broken { list: path.clone(), rule: Rule::Directory, weight, what };
                found.extend(self.misled(library, path, &by_path).into_iter().map(say));
            }
        }
        found
    }

    /// What a DICOMDIR says of the files below it, and they do not say themselves.
    fn misled(
        &self,
        library: &Library,
        path: &Path,
        by_path: &HashMap<PathBuf, InstanceId>,
    ) -> Vec<(Weight, String)> {
        // What cannot be read is told by the scan.
        let Ok(references) = references(path) else { return vec![] };
        let (mut missing, mut unread, mut other) = (vec![], vec![], vec![]);
        let mut named = HashSet::new();
        for reference in &references {
            let Some(there) = &reference.path else {
                missing.push(shown(&reference.id).into_owned());
                continue;
            };
            match by_path.get(there) {
                Some(&id) => {
                    named.insert(id);
                    let uid = library.instance(id).sop_instance();
                    if !reference.sop_instance.is_empty() && uid != reference.sop_instance {
                        other.push(shown(&reference.id).into_owned());
                    }
                }
                None if !self.directories.contains(there) => unread.push(shown(&reference.id).into_owned()),
                None => {}
            }
        }
        let base = path.parent().unwrap_or(Path::new(""));
        let below = by_path.iter().filter(|(file, id)| file.starts_with(base) && !named.contains(id));
        let mut extra: Vec<String> = below.map(|(file, _)| Text::from_path(file).to_string()).collect();
        extra.sort();
        [
            (Weight::Warning, "names files that are not there", missing),
            (Weight::Warning, "names files that are there and are not DICOM, or cannot be read", unread),
            (Weight::Warning, "names files that hold other objects than it says", other),
            (Weight::Note, "does not name all DICOM files beside it; they are listed all the same", extra),
        ]
        .into_iter()
        .filter(|(.., files)| !files.is_empty())
        .map(|(weight, what, files)| (weight, format!("{what}: {}", some(&files))))
        .collect()
    }
}

/// What follows the last dot of a name, in lower case. What a Macintosh writes beside every file
/// (`AppleDouble`) has the name of that file after `._`, and is not of its kind.
fn ending(path: &Path) -> Option<String> {
    let name = path.file_name()?.as_encoded_bytes();
    if name.starts_with(b"._") {
        return Some("AppleDouble".to_owned());
    }
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

/// Whether a file is the text of a licence by its name, as downloads from archives bring it.
fn is_licence(path: &Path) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
    stem.is_some_and(|stem| {
        ["license", "licence", "copying"].iter().any(|word| stem == *word)
            || stem.ends_with("data usage policy")
    })
}

/// Series of a download that are not there, or not whole.
fn missing(library: &Library, manifest: &Manifest) -> Vec<(Weight, String)> {
    let by_uid: HashMap<&str, SeriesId> =
        library.all_series().map(|(id, series)| (series.uid.raw(), id)).collect();
    let (mut lines, mut absent, mut wanted, mut there) = (vec![], 0, 0_u64, 0_u64);
    for listed in &manifest.series {
        let have = by_uid.get(listed.series.as_str()).map(|&id| distinct(library, [id]) as u64);
        let images = listed.images.unwrap_or(1);
        wanted = wanted.saturating_add(images);
        there = there.saturating_add(have.unwrap_or(0).min(images));
        let about =
            if listed.about.is_empty() { String::new() } else { format!(" (\"{}\")", shown(&listed.about)) };
        let name = format!("series {}{about}", listed.series);
        match have {
            None => {
                absent += 1;
                lines.push(format!("{name} is not there; it should have {images} files"));
            }
            Some(have) if have < images => {
                lines.push(format!("{name} has {have} of {images} files ({})", percent(have, images)));
            }
            Some(_) => {}
        }
    }
    let (total, broken) = (manifest.series.len(), lines.len());
    let mut found = vec![];
    if broken > 0 {
        let what = format!(
            "{} of the data are there: of {total} series {absent} are missing and {} are not whole",
            percent(there, wanted),
            broken - absent
        );
        found.push((Weight::Warning, what));
    }
    found.extend(lines.into_iter().take(MOST_LINES).map(|line| (Weight::Warning, line)));
    if broken > MOST_LINES {
        found.push((Weight::Warning, format!("and {} series more", broken - MOST_LINES)));
    }
    if manifest.is_cut {
        found.push((Weight::Note, "is too long; the rest of it was not read".to_owned()));
    }
    if manifest.unread > 0 {
        found.push((Weight::Note, format!("{} of its lines name no series", manifest.unread)));
    }
    found
}

/// Down to a tenth, so that only everything is 100 %.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(whole)).unwrap_or(1000);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// SOP Instance UIDs of some series.
fn distinct(library: &Library, series: impl IntoIterator<Item = SeriesId>) -> usize {
    let ids = series.into_iter().flat_map(|id| &library.series(id).instances);
    ids.map(|&id| library.instance(id).sop_instance()).collect::<HashSet<_>>().len()
}

/// The first few, and how many there are.
fn some(names: &[String]) -> String {
    let first =
        names.iter().take(MOST_NAMES).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// What the files say of persons and of how many they are; all of them are read once more.
pub fn promises(library: &Library) -> Vec<Finding> {
    let series: Vec<SeriesId> = library.all_series().map(|(id, _)| id).collect();
    let archives = Archives::default();
    let read = in_threads(&series, |id| {
        let files = &library.series(id).instances;
        files
            .iter()
            .filter_map(|&file| Some((file, traces(&library.path(file), &archives).ok()?)))
            .collect::<Vec<_>>()
    });
    let mut found = vec![];
    // What is said of a study is said by many of its files.
    let mut of_studies = BTreeMap::new();
    for (&id, files) in series.iter().zip(&read) {
        let of_series = |rule, weight, instances, what| Finding {
            rule,
            weight,
            place: Place::Series(id),
            instances,
            what,
        };
        let mut alike: BTreeMap<(Weight, &str), Vec<InstanceId>> = BTreeMap::new();
        for (file, traces) in files {
            for (weight, what) in &traces.of_persons {
                alike.entry((*weight, what)).or_default().push(*file);
            }
        }
        let said = alike.into_iter().rev();
        found.extend(
            said.map(|((weight, what), files)| of_series(Rule::Person, weight, files, what.to_owned())),
        );
        for (weight, what) in counted(library, id, files) {
            let instances = library.series(id).instances.clone();
            found.push(of_series(Rule::Complete, weight, instances, what));
        }
        let of_study = of_studies.entry(library.series(id).study).or_insert((None, None));
        for (_, Traces { stated, .. }) in files {
            *of_study = (of_study.0.max(stated.in_study), of_study.1.max(stated.series_in_study));
        }
    }
    for (study, (instances, series)) in of_studies {
        let here = &library.study(study).series;
        let have = [distinct(library, here.iter().copied()), here.len()];
        for ((stated, have), what) in [instances, series].into_iter().zip(have).zip(["objects", "series"]) {
            let Some(stated) = stated.filter(|&stated| stated as usize > have) else { continue };
            let files = here.iter().flat_map(|&id| library.series(id).instances.iter().copied()).collect();
            found.push(Finding {
                rule: Rule::Complete,
                weight: Weight::Warning,
                place: Place::Study(study),
                instances: files,
                what: format!("the study has {have} of {stated} {what}, as its files say"),
            });
        }
    }
    found
}

/// Images that the files of a series promise and that are not there.
fn counted(library: &Library, id: SeriesId, files: &[(InstanceId, Traces)]) -> Vec<(Weight, String)> {
    let mut found = vec![];
    let stated = files.iter().filter_map(|(_, traces)| traces.stated.in_series).max();
    let have = distinct(library, [id]);
    if let Some(stated) = stated.filter(|&stated| stated as usize > have) {
        let share = percent(have as u64, stated.into());
        found.push((
            Weight::Warning,
            format!("{have} of {stated} objects of the series are there ({share}), as its files say"),
        ));
    }
    let mut acquisitions: BTreeMap<Option<u32>, (u32, BTreeSet<&str>)> = BTreeMap::new();
    for (file, Traces { stated: Stated { acquisition, in_acquisition, .. }, .. }) in files {
        let (most, uids) = acquisitions.entry(*acquisition).or_default();
        *most = (*most).max(in_acquisition.unwrap_or(0));
        uids.insert(library.instance(*file).sop_instance());
    }
    for (acquisition, (stated, uids)) in acquisitions {
        if stated as usize > uids.len() {
            let name = acquisition.map_or_else(String::new, |number| format!(" {number}"));
            // Several series may be made of one acquisition, which is then no sign of a loss.
            let what = format!(
                "{} of {stated} images of acquisition{name} are there, by Images in Acquisition (0020,1002)",
                uids.len()
            );
            found.push((Weight::Note, what));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dicom::Listed, model::Record};

    /// Two series: of three files, one of them twice, and of one.
    fn library() -> Library {
        let mut library = Library::default();
        for (series, sop_instance) in [("1.2", "a"), ("1.2", "b"), ("1.2", "b"), ("1.3", "c")] {
            let record =
                Record { series_uid: series.into(), sop_instance: sop_instance.into(), ..Record::default() };
            library.insert(record);
        }
        library
    }

    fn listed(series: &str, images: u64) -> Listed {
        Listed { series: series.into(), images: Some(images), about: "CT".into() }
    }

    #[test]
    fn series_of_a_download_are_counted_without_their_copies_and_missing_ones_named() {
        let whole = Manifest { series: vec![listed("1.2", 2), listed("1.3", 1)], ..Manifest::default() };
        assert_eq!(missing(&library(), &whole), []);

        let series = vec![listed("1.2", 4), listed("1.3", 1), listed("1.4", 5)];
        let broken = missing(&library(), &Manifest { series, ..Manifest::default() });
        let told: Vec<&str> = broken.iter().map(|(_, what)| what.as_str()).collect();
        assert_eq!(
            told,
            [
                "30.0 % of the data are there: of 3 series 1 are missing and 1 are not whole",
                "series 1.2 (\"CT\") has 2 of 4 files (50.0 %)",
                "series 1.4 (\"CT\") is not there; it should have 5 files",
            ]
        );
    }

    #[test]
    fn nearly_everything_is_not_everything() {
        assert_eq!((percent(9999, 10_000).as_str(), percent(0, 0).as_str()), ("99.9 %", "100.0 %"));
        assert_eq!(percent(u64::MAX - 1, u64::MAX), "99.9 %");
    }

    #[test]
    fn counts_in_files_are_compared_with_what_is_there() {
        let library = library();
        let files = |in_series, in_acquisition| {
            let stated = Stated { in_series, in_acquisition, acquisition: Some(1), ..Stated::default() };
            let traces = Traces { stated, ..Traces::default() };
            library.series(SeriesId(0)).instances.iter().map(|&id| (id, traces.clone())).collect::<Vec<_>>()
        };
        let weights = |files: &[_]| {
            counted(&library, SeriesId(0), files).into_iter().map(|(weight, _)| weight).collect::<Vec<_>>()
        };

        assert_eq!(weights(&files(Some(2), Some(2))), []);
        assert_eq!(weights(&files(Some(4), None)), [Weight::Warning]);
        assert_eq!(weights(&files(None, Some(3))), [Weight::Note]);
    }
}
