//! `topogram cache`: what is kept of folders that were opened; and whether a command keeps anything.

use super::{
    Exit,
    args::{CacheChange, Options},
    configuration,
    out::Out,
};
use crate::{
    config::Paths,
    index::{Entry, Shelf},
    model::Text,
    work::Recall,
};
use anyhow::bail;
use std::{
    env,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What is kept of these paths, unless nothing is to be.
///
/// # Errors
///
/// The settings file is not as it should be.
pub(super) fn recall(options: &Options, paths: &[PathBuf]) -> anyhow::Result<Recall> {
    Ok(Recall::new(configuration::settings(options)?.keep, paths))
}

/// Lists what is kept, or takes it away.
///
/// # Errors
///
/// The cache is not ours, something cannot be removed, or what writing to the output says.
pub(super) fn cache(change: Option<CacheChange>, out: &mut Out) -> anyhow::Result<Exit> {
    let Some(folder) = Paths::from_env(|name| env::var_os(name)).cache else {
        bail!("neither XDG_CACHE_HOME nor HOME is set, so nothing is kept");
    };
    let shelf = Shelf::existing(&folder)?;
    let entries = shelf.as_ref().map_or_else(|| Ok(vec![]), Shelf::entries)?;
    match (change, shelf) {
        (Some(CacheChange::Clear { path }), Some(shelf)) => clear(&shelf, &entries, path.as_deref(), out)?,
        (Some(CacheChange::Clear { path: Some(path) }), None) => bail!(unknown(&path)),
        (Some(CacheChange::Clear { path: None }), None) => out.line("Nothing is kept.")?,
        (None, _) => list(&folder, &entries, out)?,
    }
    Ok(Exit::Ok)
}

fn list(folder: &Path, entries: &[Entry], out: &mut Out) -> anyhow::Result<()> {
    let now = SystemTime::now();
    let rows: Vec<[String; 4]> = entries
        .iter()
        .map(|entry| {
            let age = now.duration_since(entry.written).unwrap_or_default();
            [name(entry), entry.files.to_string(), size(entry.bytes), spoken(age.as_secs())]
        })
        .collect();
    if !rows.is_empty() {
        out.table(&["FOLDER", "FILES", "SIZE", "AGE"], &rows)?;
        out.line("")?;
    }
    let total = size(entries.iter().map(|entry| entry.bytes).sum());
    out.line(&format!("{total} in {}; `topogram cache clear` takes it away", Text::from_path(folder)))
}

fn clear(shelf: &Shelf, entries: &[Entry], path: Option<&Path>, out: &mut Out) -> anyhow::Result<()> {
    // What is gone or moved can be named, too, as it is listed.
    let canonical = path.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let meant = |entry: &&Entry| canonical.as_ref().is_none_or(|path| entry.root.as_ref() == Some(path));
    let meant: Vec<&Entry> = entries.iter().filter(meant).collect();
    if let (Some(path), true) = (path, meant.is_empty()) {
        bail!(unknown(path));
    }
    for entry in &meant {
        shelf.clear(entry)?;
    }
    let bytes = size(meant.iter().map(|entry| entry.bytes).sum());
    out.line(&format!("{bytes} of {} folders taken away.", meant.len()))
}

fn unknown(path: &Path) -> String {
    format!("{}: nothing is kept of it; `topogram cache` lists what is", Text::from_path(path))
}

fn name(entry: &Entry) -> String {
    entry
        .root
        .as_ref()
        .map_or_else(|| "(cannot be read)".to_owned(), |root| Text::from_path(root).to_string())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn spoken(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
