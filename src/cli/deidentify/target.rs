//! The folder that copies go to: whole files or none, over nothing, and apart from the sources.

use crate::{dicom::Copy, export::Folder};
use anyhow::{Context as _, bail};
use std::{
    collections::HashSet,
    fs,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// An open folder.
#[derive(Debug)]
pub(super) struct Target {
    root: PathBuf,
    force: bool,
    written: HashSet<PathBuf>,
}

impl Target {
    /// Makes the folder if need be.
    ///
    /// # Errors
    ///
    /// It cannot be made, or it and one of the `sources` lie in one another.
    pub(super) fn open(root: &Path, sources: &[PathBuf], force: bool) -> anyhow::Result<Self> {
        let about = || format!("{}: copies cannot go there", root.display());
        let whole = real(root).with_context(about)?;
        for source in sources {
            let Ok(source) = fs::canonicalize(source) else { continue };
            if whole.starts_with(&source) || source.starts_with(&whole) {
                bail!(
                    "{}: copies must not lie among what is copied ({}); name a folder beside it",
                    root.display(),
                    source.display()
                );
            }
        }
        fs::create_dir_all(&whole).with_context(about)?;
        Ok(Self { root: whole, force, written: HashSet::new() })
    }

    /// Writes a copy at its place, whole or not at all.
    ///
    /// # Errors
    ///
    /// What the system says; there is a file and it may not be replaced, or this run has written it.
    pub(super) fn write(&mut self, copy: &Copy<'_>) -> anyhow::Result<()> {
        if !self.written.insert(copy.path.clone()) {
            bail!("has the SOP Instance UID of a file that was copied before; it is not copied");
        }
        let (Some(folder), Some(name)) =
            (copy.path.parent(), copy.path.file_name().and_then(|name| name.to_str()))
        else {
            bail!("has no name");
        };
        let draft = Folder::create(&self.root.join(folder), &[], self.force)?.begin(name)?;
        let mut writer = BufWriter::with_capacity(256 << 10, draft.file());
        copy.write(&mut writer).and_then(|()| writer.flush()).map_err(|why| draft.error(why))?;
        drop(writer);
        draft.finish()?;
        Ok(())
    }
}

/// Where a path leads, though its last parts may not be there yet.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let whole = std::path::absolute(path)?;
            let name = whole.file_name().ok_or(why)?;
            Ok(real(whole.parent().unwrap_or(Path::new("/")))?.join(name))
        }
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_among_the_sources_or_above_them_is_refused_even_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a");
        fs::create_dir(&source).unwrap();
        std::os::unix::fs::symlink(&source, folder.path().join("link")).unwrap();
        for target in ["a", "a/b/c", ".", "link/new"] {
            let target = folder.path().join(target);
            assert!(
                Target::open(&target, std::slice::from_ref(&source), true).is_err(),
                "{}",
                target.display()
            );
            assert!(!source.join("b").exists());
        }
        assert!(Target::open(&folder.path().join("ab"), &[source], false).is_ok());
    }
}
