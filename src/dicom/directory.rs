//! A DICOMDIR as far as a scan cares: do the files that it names exist? (PS3.10 8, PS3.3 F.3)
//!
//! A copy of a disc without its images is told so. No file is opened for that, and nothing outside the
//! folder of the DICOMDIR is asked after, whatever it names.

use super::{Damage, ReadError, Source, Step, Tag, Walker, object, recognise};
use crate::model::shown;
use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    fs,
    path::{Component, Path, PathBuf},
};

/// Referenced File ID.
const FILE_ID: Tag = Tag(0x0004, 0x1500);
/// Referenced SOP Instance UID in File.
const INSTANCE: Tag = Tag(0x0004, 0x1511);
/// Records of one directory that are looked at; the largest archives have a tenth of them.
const MOST: usize = 1_000_000;
/// A file ID has at most 8 components of 8 characters (PS3.10 8.5); more is let pass.
const LONGEST: u32 = 1024;

/// What a DICOMDIR is worth.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Index {
    /// What it names is there; if not all of it, the sentence says so.
    Useful(Option<String>),
    /// Nothing that it names is there, or it cannot be followed.
    Useless(String),
}

/// Looks for the files that a DICOMDIR names.
///
/// # Errors
///
/// [`ReadError`] if it cannot be read.
pub(super) fn index(path: &Path) -> Result<Index, ReadError> {
    let named = match names(path)? {
        Ok(named) => named,
        Err(damage) => return Ok(Index::Useless(format!("is a DICOMDIR that {damage}"))),
    };
    let mut folders = Folders::default();
    let base = path.parent().unwrap_or(Path::new(""));
    let (mut missing, mut first) = (0, None);
    for (name, _) in &named {
        if folders.find(base, name).is_none() {
            missing += 1;
            first.get_or_insert(name);
        }
    }
    let Some(first) = first else { return Ok(Index::Useful(None)) };
    let (count, first) = (named.len(), shown(first).into_owned());
    let what =
        format!("is a DICOMDIR that names {count} files, of which {missing} are not there, such as {first}");
    Ok(if missing == count { Index::Useless(what) } else { Index::Useful(Some(what)) })
}

/// What a DICOMDIR says of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The file ID, as it is written.
    pub id: String,
    /// Referenced SOP Instance UID in File (0004,1511); empty if missing.
    pub sop_instance: String,
    /// Where the file is, below the folder of the DICOMDIR; `None` if it is not there.
    pub path: Option<PathBuf>,
}

/// Everything that a DICOMDIR names, and where it is.
///
/// # Errors
///
/// [`ReadError`] if it cannot be read; damage ends the list.
pub fn references(path: &Path) -> Result<Vec<Reference>, ReadError> {
    let mut folders = Folders::default();
    let base = path.parent().unwrap_or(Path::new(""));
    let named = names(path)?.unwrap_or_default();
    let found = named.into_iter().map(|(id, sop_instance)| {
        let path = folders.find(base, &id);
        Reference { id, sop_instance, path }
    });
    Ok(found.collect())
}

/// The file IDs of all records, once each, as they are written, with the objects that they hold.
fn names(path: &Path) -> Result<Result<Vec<(String, String)>, Damage>, ReadError> {
    let mut source = Source::open(path).map_err(|error| ReadError::io(path, error))?;
    let start = object::start(path, &mut source)?;
    let mut walker = Walker::new(&mut source, start.offset, start.encoding);
    let (mut found, mut known) = (vec![], HashSet::new());
    while found.len() < MOST {
        let element = match walker.step() {
            Ok(Step::Element(element)) => element,
            Ok(Step::End) => break,
            Ok(_) => continue,
            Err(Damage::Io(error)) => return Err(ReadError::io(path, error)),
            Err(damage) => return Ok(Err(damage)),
        };
        if walker.meets_sequence(&element) {
            if let Err(damage) = walker.enter(&element) {
                return Ok(Err(damage));
            }
        } else if let (FILE_ID | INSTANCE, Some(length @ 1..=LONGEST)) = (element.tag, element.length) {
            let bytes = walker.source().peek(element.value, length as usize);
            let value = recognise::uid(bytes.map_err(|error| ReadError::io(path, error))?);
            if element.tag == INSTANCE {
                // The file ID comes right before, in the same record.
                if let Some((_, uid)) = found.last_mut().filter(|(_, uid): &&mut (_, String)| uid.is_empty())
                {
                    *uid = value;
                }
            } else if !value.is_empty() && known.insert(value.clone()) {
                found.push((value, String::new()));
            }
        }
    }
    Ok(Ok(found))
}

/// The entries of folders, in lower case: discs in upper case are often copied into lower case.
#[derive(Default)]
struct Folders {
    entries: HashMap<PathBuf, HashMap<String, OsString>>,
}

impl Folders {
    /// What a file ID leads to below `base`.
    fn find(&mut self, base: &Path, id: &str) -> Option<PathBuf> {
        let mut at = base.to_owned();
        let parts: Vec<&str> = relative(id).split(['\\', '/']).collect();
        for part in &parts[above(base, &parts)..] {
            // Where these lead is not asked.
            if matches!(*part, "" | "." | "..") || part.contains('\0') {
                return None;
            }
            // The usual case: it is spelt as it is named.
            let exact = at.join(part);
            if fs::symlink_metadata(&exact).is_ok() {
                at = exact;
                continue;
            }
            let entries = self.entries.entry(at.clone()).or_insert_with(|| listed(&at));
            match entries.get(&part.to_lowercase()) {
                Some(name) => at.push(name),
                None => return None,
            }
        }
        Some(at)
    }
}

/// A file ID without the drive and the root that some writers put in front: both mean the disc.
fn relative(id: &str) -> &str {
    let drive = id.len() > 2 && id.as_bytes()[0].is_ascii_alphabetic() && id.as_bytes()[1] == b':';
    let path = if drive { &id[2..] } else { id };
    path.trim_start_matches(['\\', '/'])
}

/// How many components of a file ID lead to `base` itself: an index inside the folders of a file set counts
/// from the root of the set.
fn above(base: &Path, parts: &[&str]) -> usize {
    let own: Vec<_> = base.components().map(Component::as_os_str).collect();
    let most = own.len().min(parts.len().saturating_sub(1));
    let leads_here = |&count: &usize| own.iter().rev().take(count).rev().eq(parts.iter().take(count));
    (1..=most).rev().find(leads_here).unwrap_or(0)
}

/// Entries by their names in lower case, without the version that ISO 9660 appends.
fn listed(folder: &Path) -> HashMap<String, OsString> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let name = entry.file_name();
            let plain = name.to_string_lossy().to_lowercase();
            (plain.split(';').next().unwrap_or_default().trim_end_matches('.').to_owned(), name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A DICOMDIR whose records name these files.
    fn directory(folder: &Path, names: &[&str]) -> PathBuf {
        let element = |group: u16, number: u16, vr: &str, value: &[u8]| {
            let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
            bytes.extend(vr.as_bytes());
            match vr {
                "SQ" => bytes.extend([&[0, 0][..], &(value.len() as u32).to_le_bytes()].concat()),
                _ => bytes.extend((value.len() as u16).to_le_bytes()),
            }
            [bytes, value.to_vec()].concat()
        };
        let record = |name: &&str| {
            let name = if name.len() % 2 == 1 { format!("{name} ") } else { (*name).to_owned() };
            let id = element(4, 0x1500, "CS", name.as_bytes());
            [&[0xFE, 0xFF, 0, 0xE0][..], &(id.len() as u32).to_le_bytes(), &id].concat()
        };
        let records: Vec<u8> = names.iter().flat_map(record).collect();
        let class = element(2, 2, "UI", b"1.2.840.10008.1.3.10");
        let syntax = element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0");
        let bytes =
            [vec![0; 128], b"DICM".to_vec(), class, syntax, element(4, 0x1220, "SQ", &records)].concat();
        let path = folder.join("DICOMDIR");
        fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn files_that_are_there_in_any_case_are_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("images")).unwrap();
        fs::write(folder.path().join("images/im1"), "").unwrap();
        fs::write(folder.path().join("images/IM2;1"), "").unwrap();
        let path = directory(folder.path(), &["IMAGES\\IM1", "IMAGES\\IM2", "DICOMDIR"]);

        assert_eq!(index(&path).unwrap(), Index::Useful(None));
    }

    #[test]
    fn an_absolute_file_id_counts_from_the_disc_and_no_path_leaves_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("DICOM")).unwrap();
        fs::write(folder.path().join("DICOM/IM1"), "").unwrap();
        let names = ["\\dicom\\im1", "D:\\DICOM\\IM1", "/DICOM/IM1", "DICOM\\..\\..\\IM1", "/etc/passwd"];
        let found = references(&directory(folder.path(), &names)).unwrap();

        let there: Vec<bool> = found.iter().map(|reference| reference.path.is_some()).collect();
        assert_eq!(there, [true, true, true, false, false]);
        assert_eq!(found[0].path, Some(folder.path().join("DICOM/IM1")));
    }

    #[test]
    fn missing_files_are_counted_and_those_outside_are_not_asked_after() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("HERE"), "").unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let path = directory(&inner, &["..\\HERE", "\\etc\\passwd", "../HERE", "GONE", "DICOMDIR"]);

        let Index::Useful(Some(what)) = index(&path).unwrap() else { panic!("it names itself") };
        assert_eq!(what, "is a DICOMDIR that names 5 files, of which 4 are not there, such as ..\\HERE");
        let path = directory(&inner, &["GONE"]);
        assert!(matches!(index(&path).unwrap(), Index::Useless(_)));
    }

    #[test]
    fn an_index_inside_its_file_set_counts_from_the_root_of_the_set() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("S1/S2");
        fs::create_dir_all(&inner).unwrap();
        let path = directory(&inner, &["S1\\S2\\DICOMDIR", "S2\\DICOMDIR", "DICOMDIR"]);

        assert_eq!(index(&path).unwrap(), Index::Useful(None));
    }
}
