//! Lists the series under a folder, with the stacks each of them is made of.
//!
//! `cargo run --release --example list_series [FOLDER]`; without a folder, the demo is written to one.

use std::{env, ops::ControlFlow, path::PathBuf};
use topogram::{
    dicom::{demo, walk},
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

    // Only headers are read. Trouble with one file is an outcome like any other, never the end.
    let mut library = Library::default();
    let _ = walk(&[folder], |entry| {
        store(&mut library, entry.examine().1);
        ControlFlow::Continue(())
    });

    for (_, patient) in library.patients() {
        // Text from files is harmless when displayed: control characters are spelt out.
        println!("{} ({})", patient.name(), patient.id);
        for study in patient.studies.iter().map(|&id| library.study(id)) {
            println!("  {} {}", study.date, study.description);
            for &id in &study.series {
                let modality = &library.series(id).facts.modality;
                println!("    {modality} {}", library.label(id));
                for stack in library.stacks(id) {
                    let (rows, columns, frames) = (stack.form.rows, stack.form.columns, stack.frames.len());
                    let step = stack.step.map_or_else(String::new, |step| format!(", {step:.2} mm apart"));
                    let uneven = if stack.uniform { "" } else { ", unevenly" };
                    println!("      {columns} x {rows} x {frames}{step}{uneven} {}", stack.label);
                }
            }
        }
    }
    for problem in &library.problems {
        println!("{}: {}", problem.path.display(), problem.what);
    }
    Ok(())
}
