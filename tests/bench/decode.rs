//! Decodes the frames of files again and again, so that someone else can time it: `tests/bench/codecs.py`.
//!
//! `decode TIMES FILE…` opens every file and decodes all of its frames TIMES times, as the viewer would, and
//! prints how many frames that were. `decode --samples FILE` writes the stored values of all frames to
//! standard output instead: little endian, in the width of the file.

use std::{
    env,
    hint::black_box,
    io::{self, Write},
    path::Path,
};
use topogram::{dicom::Image, model::Stored};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` passes a flag of its own.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [] => println!("decode TIMES FILE… | decode --samples FILE; see tests/bench/codecs.py"),
        [flag, file] if flag == "--samples" => write_samples(Path::new(file))?,
        [times, files @ ..] => {
            let mut frames = 0u64;
            for _ in 0..times.parse::<u32>()? {
                for file in files {
                    let image = Image::open(Path::new(file))?;
                    for number in 0..image.module().frames {
                        black_box(image.frame(number)?);
                        frames += 1;
                    }
                }
            }
            println!("{frames} frames");
        }
    }
    Ok(())
}

/// All frames, for a comparison with what was encoded.
fn write_samples(file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::stdout().lock();
    let image = Image::open(file)?;
    for number in 0..image.module().frames {
        let bytes: Vec<u8> = match image.samples(number)? {
            Stored::U8(values) => values.into_iter().collect(),
            Stored::U16(values) => values.into_iter().flat_map(u16::to_le_bytes).collect(),
            Stored::I16(values) => values.into_iter().flat_map(i16::to_le_bytes).collect(),
            _ => return Err("only 8- and 16-bit integers are compared".into()),
        };
        out.write_all(&bytes)?;
    }
    Ok(())
}
