//! Prints what objects without pictures say, and some attributes of everything else.
//!
//! `cargo run --release --example read_object [PATH…]`; without a path, of the demo.

use std::{env, ops::ControlFlow, path::PathBuf};
use topogram::{
    dicom::{Entry, Object, PIXEL_DATA, demo, listing, transcript, walk},
    model::Mask,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let mut paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        let folder = demo::write(temporary.path())?.folder.join("phantom-thora");
        paths = vec![folder.join("report.dcm"), folder.join("enhanced.dcm")];
    }
    let mask = Mask::new(false);
    let _ = walk(&paths, |entry| {
        let Entry::File(path) = entry else { return ControlFlow::Continue(()) };
        match Object::open(&path) {
            Err(why) => eprintln!("{why}"),
            Ok(object) if object.data_set.get(PIXEL_DATA).is_some() => {
                // The same rows as in the view of tags; nested ones are deeper.
                let listing = listing(&object);
                let rows = listing.rows();
                println!("{}: {} attributes, among them", path.display(), rows.len());
                for row in rows.iter().filter(|row| row.name.raw().contains("Date")).take(5) {
                    println!("  {} {} = {}", row.tag, row.name, row.value);
                }
            }
            Ok(object) => {
                let told = transcript(&object);
                println!("{}", told.title);
                for entry in &told.entries {
                    let indent = 2 * usize::from(entry.depth) + 2;
                    println!("{:indent$}{} {}", "", entry.label, entry.shown(mask));
                }
            }
        }
        ControlFlow::Continue(())
    });
    Ok(())
}
