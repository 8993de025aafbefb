//! Prints how often each range of Hounsfield units occurs in the largest CT stack of a folder.
//!
//! `cargo run --release --example histogram [FOLDER]`; without a folder, of the demo.

use std::{env, ops::ControlFlow, path::PathBuf};
use topogram::{
    dicom::{Entry, Image, demo, examine, walk},
    imaging::{self, Histogram, Survey},
    model::Library,
    work::store,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = if let Some(folder) = env::args_os().nth(1) {
        PathBuf::from(folder)
    } else {
        demo::write(temporary.path())?.folder
    };
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

    // One frame is in memory at a time. `Histogram::of` counts one frame between its own extremes; a
    // volume needs the same bins for all, so they are given: 100 HU each, the last ones open.
    let mut histogram = Histogram { low: -1100.0, high: 1400.0, counts: vec![0; 25] };
    let mut survey = Survey::new(stack.frames.len());
    for key in &stack.frames {
        let frame = Image::open(&library.path(key.instance))?.frame(key.frame)?;
        survey.add(&frame);
        let (rows, columns) = frame.shape();
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let readings = places.filter_map(|(row, column)| imaging::read(&frame, row, column));
        // Padding is no tissue: what lies outside the scanner's circle.
        for value in readings.filter(|reading| !reading.padding).filter_map(|reading| reading.value) {
            let bin = histogram.bin(value);
            histogram.counts[bin] += 1;
        }
    }

    for (bin, &count) in histogram.counts.iter().enumerate() {
        let length = (count as f64 / histogram.peak().max(1) as f64 * 60.0).round() as usize;
        println!("{:>6} HU {count:>10} {}", histogram.edge(bin), "█".repeat(length));
    }
    let window = survey.window();
    println!("{} slices; a window that suits: W {} L {}", stack.frames.len(), window.width, window.center);
    Ok(())
}
