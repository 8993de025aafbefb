//! Writes copies of DICOM files that do not tell who the patient is, and prints what was changed.
//!
//! `cargo run --release --example nameless [FOLDER [OUT]]`; without a folder, of a patient of the demo, into a
//! temporary one. `topogram deidentify` does the same and looks after everything around it: keys that are kept,
//! names burnt into pixels, files that are there already.

use std::{env, fs, ops::ControlFlow, path::PathBuf};
use topogram::dicom::{Confidential, Entry, Key, Object, Profile, Report, burned_in, demo, walk};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let data = match arguments.next() {
        Some(folder) => folder,
        None => demo::write(&temporary.path().join("demo"))?.folder.join("wang"),
    };
    let out = arguments.next().unwrap_or_else(|| temporary.path().join("nameless"));

    // One key gives one patient one pseudonym; without the key nobody finds the way back.
    let confidential = Confidential::new(Profile::default(), Key::random()?);
    let (mut changed, mut copies) = (Report::default(), 0);
    let mut copy = |path: &PathBuf| -> Result<(), Box<dyn std::error::Error>> {
        let object = Object::open(path)?;
        if let Some(why) = burned_in(&object) {
            return Err(why.into());
        }
        let copy = confidential.copy(&object)?;
        let to = out.join(&copy.path);
        fs::create_dir_all(to.parent().unwrap_or(&out))?;
        copy.write(&mut fs::File::create_new(to)?)?;
        changed.add(&copy.report);
        copies += 1;
        Ok(())
    };
    let _ = walk(&[data], |entry| {
        if let Entry::File(path) = entry
            && let Err(why) = copy(&path)
        {
            eprintln!("{}: {why}", path.display());
        }
        ControlFlow::Continue(())
    });
    println!("{copies} copies");
    for (tag, name, done, count) in changed.lines() {
        println!("  {tag} {name}: {} in {count}", done.word());
    }
    Ok(())
}
