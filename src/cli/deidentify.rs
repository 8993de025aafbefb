//! `topogram deidentify`: copies that do not tell who the patient is, in a folder of their own.

mod target;

use super::{
    Exit,
    list::{Name, scan},
    out::Out,
};
use crate::{
    dicom::{self, Confidential, Dates, Key, Object, Outcome, Profile, Report},
    model::{Mask, Problem, count},
};
use anyhow::{Context as _, anyhow, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::{Path, PathBuf};
use target::Target;

/// The options of the profile, and where to write.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "the options of the standard are switches")]
pub(super) struct Wish {
    /// Files and folders to copy
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Where the copies go; never inside what is copied
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Write over copies that are there
    #[arg(long)]
    force: bool,
    /// Make UIDs and pseudonyms with this secret, so that another run makes the same
    ///
    /// A regular file of at least 16 bytes, kept as safe as the originals. Without it every run has a new one.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// What to do with images that may show a name: refuse them, or keep them as they are
    #[arg(long, value_name = "CHOICE", default_value = "refuse")]
    burned_in: BurnedIn,
    /// Leave UIDs as they are
    #[arg(long)]
    retain_uids: bool,
    /// Leave private attributes that the standard calls safe
    #[arg(long)]
    retain_safe_private: bool,
    /// Leave dates and times as they are
    #[arg(long, conflicts_with = "retain_longitudinal_modified_dates")]
    retain_longitudinal_full_dates: bool,
    /// Shift dates by whole days, for each patient by another number
    #[arg(long)]
    retain_longitudinal_modified_dates: bool,
    /// Leave age, sex, size, weight and the like
    #[arg(long)]
    retain_patient_characteristics: bool,
    /// Leave serial numbers, station names and the like
    #[arg(long)]
    retain_device_identity: bool,
    /// Leave name, address and department of the institution
    #[arg(long)]
    retain_institution_identity: bool,
    /// Leave harmless words of descriptions and comments
    #[arg(long)]
    clean_descriptors: bool,
    /// Leave codes and numbers of reports; text, names, dates and UIDs in them go
    #[arg(long)]
    clean_structured_content: bool,
    /// Leave graphic annotations; text in them goes, and overlays go in any case
    #[arg(long)]
    clean_graphics: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// What becomes of pixels that may tell who the patient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BurnedIn {
    /// They are not copied.
    Refuse,
    /// They are, as they are.
    Keep,
}

impl Wish {
    fn profile(&self) -> Profile {
        Profile {
            retain_uids: self.retain_uids,
            dates: match (self.retain_longitudinal_full_dates, self.retain_longitudinal_modified_dates) {
                (true, _) => Dates::Kept,
                (_, true) => Dates::Shifted,
                _ => Dates::Removed,
            },
            retain_patient_characteristics: self.retain_patient_characteristics,
            retain_device_identity: self.retain_device_identity,
            retain_institution_identity: self.retain_institution_identity,
            retain_safe_private: self.retain_safe_private,
            clean_descriptors: self.clean_descriptors,
            clean_structured_content: self.clean_structured_content,
            clean_graphics: self.clean_graphics,
        }
    }
}

/// Copies every object under the paths, and prints what was changed; the sources are only read.
///
/// # Errors
///
/// The folder cannot be written to or is among the sources, or the key cannot be read. What keeps a single
/// file from being copied is a line of the report, and [`Exit::SomeProblems`].
pub(super) fn deidentify(wish: &Wish, out: &mut Out) -> anyhow::Result<Exit> {
    let key = match &wish.key_file {
        Some(file) => Key::read(file).map_err(|why| anyhow!("{}: is no key: {why}", out.mask.path(file)))?,
        None => Key::random().context("the system has no random numbers")?,
    };
    let mut target = Target::open(&wish.to, &wish.paths, wish.force)?;
    let confidential = Confidential::new(wish.profile(), key);
    let mut run = Run::default();
    scan(wish.paths.clone(), |path, outcome| {
        let what = match outcome {
            Outcome::Ignored | Outcome::Directory(_) => {
                run.ignored += 1;
                return Ok(());
            }
            Outcome::Problem(Problem { what, .. }) => Err(what),
            Outcome::Instance(_) => one(path, &confidential, wish.burned_in, &mut target),
        };
        match what {
            Ok(report) => {
                run.copied += 1;
                run.report.add(&report);
            }
            Err(what) => run.problems.push((path.to_owned(), what)),
        }
        Ok(())
    })?;
    if wish.json {
        out.json(&run.document(out.mask))?;
    } else {
        run.spoken(out)?;
    }
    if run.copied == 0 && run.problems.is_empty() {
        bail!("there is no DICOM file under the paths");
    }
    Ok(if run.problems.is_empty() { Exit::Ok } else { Exit::SomeProblems })
}

/// Copies one file, or says why not.
fn one(
    path: &Path,
    confidential: &Confidential,
    burned_in: BurnedIn,
    target: &mut Target,
) -> Result<Report, String> {
    let object = Object::open(path).map_err(|why| why.to_string())?;
    if object.is_foreign() {
        return Err("is not DICOM, and the profile is for nothing else".to_owned());
    }
    if let Some(why) = dicom::burned_in(&object).filter(|_| burned_in == BurnedIn::Refuse) {
        return Err(format!("{why}, which may show a name; --burned-in keep copies it all the same"));
    }
    let copy = confidential.copy(&object).map_err(|why| why.to_string())?;
    target.write(&copy).map_err(|why| why.to_string())?;
    Ok(copy.report)
}

/// What one run has done.
#[derive(Default)]
struct Run {
    copied: u64,
    ignored: u64,
    problems: Vec<(PathBuf, String)>,
    report: Report,
}

#[derive(Serialize)]
struct Document {
    copied: u64,
    ignored: u64,
    changes: Vec<Change>,
    problems: Vec<Refused>,
}

/// An attribute and what was done to it.
#[derive(Serialize)]
struct Change {
    tag: String,
    keyword: &'static str,
    done: &'static str,
    elements: u64,
}

#[derive(Serialize)]
struct Refused {
    #[serde(flatten)]
    name: Name,
    what: String,
}

impl Run {
    fn changes(&self) -> impl Iterator<Item = Change> {
        self.report.lines().map(|(tag, keyword, done, elements)| {
            let tag = if tag.is_private() { format!("({:04X},----)", tag.0) } else { tag.to_string() };
            Change { tag, keyword, done: done.word(), elements }
        })
    }

    fn document(&self, mask: Mask) -> Document {
        let refused = |(path, what): &(PathBuf, String)| Refused {
            name: Name::of(path).hidden(mask),
            what: mask.sentence(what),
        };
        Document {
            copied: self.copied,
            ignored: self.ignored,
            changes: self.changes().collect(),
            problems: self.problems.iter().map(refused).collect(),
        }
    }

    fn spoken(&self, out: &mut Out) -> anyhow::Result<()> {
        let rows: Vec<[String; 4]> = self
            .changes()
            .map(|change| {
                let Change { tag, keyword, done, elements } = change;
                [tag, keyword.to_owned(), done.to_owned(), elements.to_string()]
            })
            .collect();
        out.table(&["Tag", "Attribute", "Done", "Elements"], &rows)?;
        if !rows.is_empty() {
            out.line("")?;
        }
        let (copied, ignored, refused) =
            (count(self.copied as usize, "file"), self.ignored, self.problems.len());
        out.line(&format!("{copied} copied, {refused} refused, {ignored} not DICOM"))?;
        for (path, what) in &self.problems {
            out.line(&format!("  {}: {}", out.mask.path(path), out.mask.sentence(what)))?;
        }
        Ok(())
    }
}
