//! The steps of the classic tutorial on every CT stack of a folder: Hounsfield units, voxels of a millimetre,
//! lungs, values between 0 and 1.
//!
//! `cargo run --release --example prepare [FOLDER]`; without a folder, of the demo. Nothing is written;
//! `topogram pipeline` does the same and writes arrays.

use std::{env, num::NonZeroUsize, ops::ControlFlow, path::PathBuf, sync::Arc};
use topogram::{
    dicom::{Archives, Decoder, Entry, demo, examine, walk},
    imaging::steps::Interpolation,
    model::{Geometry, Library},
    work::{Raw, Recipe, Slice, Slices, prepare, room, store},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = match env::args_os().nth(1).map(PathBuf::from) {
        Some(folder) => folder,
        None => demo::write(temporary.path())?.folder,
    };
    let mut library = Library::default();
    let _ = walk(&[folder], |entry| {
        if let Entry::File(path) = entry {
            store(&mut library, examine(&path));
        }
        ControlFlow::Continue(())
    });

    // Nothing is done that is not asked for; `tutorial: true` would do it all as the tutorial does, bit for bit.
    let recipe = Recipe {
        tutorial: false,
        resample: Some([1.0; 3]),
        interpolation: Interpolation::Linear,
        lungs: Some(true),
        crop: Some(5),
        normalise: Some((-1000.0, 400.0)),
        zero_centre: Some(0.25),
    };
    let archives = Archives::default();
    let (decoder, threads) =
        (Decoder::here(), std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    for (id, series) in library.all_series().filter(|(_, series)| series.facts.modality.raw() == "CT") {
        for stack in library.stacks(id) {
            // Only what has a place in the patient can be resampled.
            let Ok(geometry) = Geometry::of(&stack, &library) else { continue };
            let slice = |key: &topogram::model::FrameKey| Slice {
                path: Arc::from(library.path(key.instance)),
                frame: key.frame,
                tile: None,
            };
            let list: Vec<Slice> = stack.frames.iter().map(slice).collect();
            let slices = Slices { list: &list, decoder: &decoder, archives: &archives, threads };
            let ready = prepare(
                &Raw { slices, geometry: Some(&geometry), spacing: None, room: room(NonZeroUsize::MIN) },
                &recipe,
            )?;
            let lungs = ready.lungs.map_or(0, |lungs| lungs.voxels);
            println!(
                "{}: {:?} became {:?}, mean {:.0} {}, lungs of {:.0} ml",
                series.facts.description,
                ready.from,
                ready.values.shape(),
                ready.seen.mean().unwrap_or_default(),
                ready.unit,
                lungs as f64 / 1000.0
            );
        }
    }
    Ok(())
}
