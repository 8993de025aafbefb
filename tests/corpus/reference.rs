//! The files of the corpus and what other programs say about them.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};
use topogram::{
    dicom::Outcome,
    model::Library,
    work::{Found, Scanner, store},
};

/// The corpus on this machine.
pub(super) struct Corpus {
    /// The folder that holds `files` and `reference`.
    root: PathBuf,
    /// One answer per file, in the order of `files.jsonl`.
    pub(super) files: Vec<Value>,
}

/// What the scan of one top folder found.
pub(super) struct Top {
    /// Its patients, studies and series.
    pub(super) library: Library,
    /// `dicom`, `dicomdir`, `ignored` or the sentence of a problem, by path below `files`.
    pub(super) kinds: BTreeMap<String, String>,
    /// Patient's Name of every file that was read, by path below `files`.
    pub(super) names: BTreeMap<String, String>,
}

/// The corpus, or a line on standard error that says it is missing.
pub(super) fn corpus(test: &str) -> Option<&'static Corpus> {
    static CORPUS: OnceLock<Option<Corpus>> = OnceLock::new();
    let corpus = CORPUS.get_or_init(|| {
        let beside = || Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
        let root = std::env::var_os("TOPOGRAM_CORPUS").map(PathBuf::from).or_else(beside)?;
        let lines = fs::read_to_string(root.join("reference/files.jsonl")).ok()?;
        let files = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        Some(Corpus { root, files })
    });
    if corpus.is_none() {
        // Not `eprintln!`, which the test harness swallows.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED {test}: no corpus in TOPOGRAM_CORPUS nor ../shared/corpus");
    }
    corpus.as_ref()
}

impl Corpus {
    /// Where a file of the reference is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join("files").join(name)
    }

    /// A whole file of answers.
    pub(super) fn answers(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.root.join("reference").join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A file with one answer a line, by path.
    pub(super) fn answers_by_path(&self, name: &str) -> BTreeMap<String, Value> {
        let text = fs::read_to_string(self.root.join("reference").join(name)).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| (line["path"].as_str().unwrap().to_owned(), line)).collect()
    }

    /// Every top folder, scanned once for all tests.
    pub(super) fn tops(&self) -> &'static BTreeMap<String, Top> {
        static TOPS: OnceLock<BTreeMap<String, Top>> = OnceLock::new();
        TOPS.get_or_init(|| {
            let folders = fs::read_dir(self.root.join("files")).unwrap().map(|entry| entry.unwrap().path());
            folders
                .map(|folder| (folder.file_name().unwrap().to_string_lossy().into_owned(), self.scan(folder)))
                .collect()
        })
    }

    /// A path below `files`, as the reference writes it.
    pub(super) fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.root.join("files")).unwrap().to_string_lossy().into_owned()
    }

    fn scan(&self, folder: PathBuf) -> Top {
        let mut top = Top { library: Library::default(), kinds: BTreeMap::new(), names: BTreeMap::new() };
        let (sender, found) = crossbeam_channel::unbounded::<Found>();
        let _scanner = Scanner::start(vec![folder], 2, sender);
        for message in found {
            let Found::Files(files) = message else { break };
            for (path, outcome) in files {
                let name = self.name(&path);
                let kind = match &outcome {
                    Outcome::Instance(record) => {
                        top.names.insert(name.clone(), record.like.patient_name.raw().to_owned());
                        "dicom".to_owned()
                    }
                    Outcome::Directory(_) => "dicomdir".to_owned(),
                    Outcome::Ignored => "ignored".to_owned(),
                    Outcome::Problem(problem) => format!("problem: {}", problem.what),
                };
                top.kinds.insert(name, kind);
                store(&mut top.library, outcome);
            }
        }
        top
    }
}
