//! Writes the middle slice of the largest CT stack as a PNG file, through a lung window.
//!
//! `cargo run --release --example slice_to_png [FOLDER [FILE.png]]`; without a folder, of the demo.

use std::{env, ops::ControlFlow, path::PathBuf};
use topogram::{
    dicom::{Entry, Image, demo, examine, walk},
    imaging::{parse_window, render},
    model::Library,
    work::store,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let temporary = tempfile::tempdir()?;
    let folder = match arguments.next() {
        Some(folder) => folder,
        None => demo::write(temporary.path())?.folder,
    };
    let target = arguments.next().unwrap_or_else(|| "slice.png".into());

    let mut library = Library::default();
    let _ = walk(&[folder], |entry| {
        if let Entry::File(path) = entry {
            store(&mut library, examine(&path));
        }
        ControlFlow::Continue(())
    });
    let stack = library
        .all_series()
        .filter(|(_, series)| series.facts.modality.raw() == "CT")
        .flat_map(|(id, _)| library.stacks(id))
        .max_by_key(|stack| stack.frames.len())
        .ok_or("there is no CT in this folder")?;

    // Frames of a stack are in anatomical order, whatever the files are called and numbered.
    let key = stack.frames[stack.frames.len() / 2];
    let frame = Image::open(&library.path(key.instance))?.frame(key.frame)?;
    for note in &frame.notes {
        eprintln!("{note}");
    }

    // Centre and width are in the unit of the frame, here Hounsfield units; `"1500/-600"` is the same.
    let window = parse_window("lung")?;
    let picture = render(&frame, &window.into(), false);
    picture.save(&target)?;
    println!("{}: {} x {} pixels", target.display(), picture.width(), picture.height());
    Ok(())
}
