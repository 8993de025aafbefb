//! `topogram demo`: something to look at for people without a scan at hand.

use super::{Exit, args::Options, configuration, out::Out};
use crate::{dicom::demo, model::shown};
use anyhow::bail;
use std::{
    env, fs,
    io::{self, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// Writes the demo, names its folder, and opens it where a person can see it.
///
/// # Errors
///
/// The settings are refused, the folder belongs to something else, or the disk is full.
pub(super) fn demo(
    folder: Option<PathBuf>,
    no_open: bool,
    options: &Options,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let settings = configuration::settings(options)?;
    let folder = match folder {
        Some(folder) => folder,
        None => default_folder(&env::temp_dir(), rustix::process::geteuid().as_raw())?,
    };
    // Painting takes seconds; without a word it would look like a hang.
    let _ = writeln!(io::stderr(), "Writing the demo to {} ...", shown(&folder.to_string_lossy()));
    let written = demo::write(&folder)?;
    super::print_path(&written.folder, out)?;
    out.flush()?;
    if no_open || !super::is_terminal() {
        return Ok(Exit::Ok);
    }
    super::explore(vec![written.folder], settings)
}

/// A folder among the temporary files that no one else could have prepared for us.
///
/// Anyone may create names there, and a folder full of someone's links would be written through.
fn default_folder(temporary: &Path, user: u32) -> anyhow::Result<PathBuf> {
    for name in ["topogram-demo".to_owned(), format!("topogram-demo-{user}")] {
        let folder = temporary.join(name);
        match fs::symlink_metadata(&folder) {
            Ok(status) if status.is_dir() && status.uid() == user => return Ok(folder),
            Ok(_) => {}
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(folder),
            Err(why) => bail!("{}: {why}", folder.display()),
        }
    }
    bail!("{}: topogram-demo belongs to someone else here; name a folder to write to", temporary.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_someone_else_took_is_passed_over() {
        let temporary = tempfile::tempdir().unwrap();
        let user = rustix::process::geteuid().as_raw();
        let folder = || default_folder(temporary.path(), user).ok();
        assert_eq!(folder(), Some(temporary.path().join("topogram-demo")));

        std::os::unix::fs::symlink("/etc", temporary.path().join("topogram-demo")).unwrap();
        assert_eq!(folder(), Some(temporary.path().join(format!("topogram-demo-{user}"))));

        fs::write(temporary.path().join(format!("topogram-demo-{user}")), "").unwrap();
        assert_eq!(folder(), None);
    }
}
