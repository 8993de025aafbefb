//! Writes every stack of more than one slice as a NumPy array in Hounsfield units, or whatever its unit is, and as
//! NIfTI, and opens the last one as a volume of another format.
//!
//! `cargo run --release --example export_array [FOLDER [OUT]]`; without a folder, of the demo. In Python then:
//!
//! ```python
//! volume = np.load("arrays/DEMO-A_3_….npy")          # (slice, row, column)
//! facts = json.load(open("arrays/DEMO-A_3_….json"))  # affine, spacing, SOP UIDs in order, …
//! ```

use std::{env, num::NonZeroUsize, ops::ControlFlow, path::PathBuf};
use topogram::{
    dicom::{Archives, Decoder, Image, demo, walk},
    export::{Folder, Values},
    model::{Library, Query},
    work::{ArrayFormat, Export, Form, Selection, Slices, store, targets},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let data = match arguments.next() {
        Some(folder) => folder,
        None => demo::write(&temporary.path().join("demo"))?.folder,
    };
    let out = arguments.next().unwrap_or_else(|| temporary.path().join("arrays"));
    let mut library = Library::default();
    let _ = walk(std::slice::from_ref(&data), |entry| {
        store(&mut library, entry.examine().1);
        ControlFlow::Continue(())
    });

    // Refused if it lies among the data; files appear in it whole or not at all, and none is replaced.
    let folder = Folder::create(&out, &[data], false)?;
    let (decoder, archives) = (Decoder::here(), Archives::default());
    let selection = Selection { slice: None, over_time: false, masked: false };
    let mut volume = None;
    for target in targets(&library, &Query::default(), selection) {
        if target.slices.len() == 1 {
            continue;
        }
        let slices = Slices {
            list: &target.slices,
            decoder: &decoder,
            archives: &archives,
            threads: NonZeroUsize::MIN,
        };
        for format in [ArrayFormat::Npy, ArrayFormat::Nii] {
            // Each format has a folder of its own, as both have a document of the same name beside them.
            let folder = Folder::create(&folder.path().join(format.ending()), &[], false)?;
            let export = Export {
                form: Form::Array(format),
                target: &target,
                slices,
                values: Values::Modality,
                look: None,
            };
            let files = export.write(&folder, &|| true)?;
            println!("{}", files[0].display());
            volume = Some(files[0].clone());
        }
    }

    // A NIfTI is an object like any other once it is opened.
    if let Some(path) = volume {
        let image = Image::open(&path)?;
        println!("the last one has {} frames of {:?} pixels", image.module().frames, image.frame(0)?.shape());
    }
    Ok(())
}
