//! Sixel at 800x800, and img2sixel given the same greys.

use super::{Subject, fastest, line};
use image::DynamicImage;
use std::{fs::File, io::BufWriter, path::Path, process::Command, time::Instant};
use topogram::graphics::sixel::{Detail, encode};

/// Pixels of a side.
const SIDE: u32 = 800;

pub(crate) fn measure(subject: &Subject) -> Result<(), Box<dyn std::error::Error>> {
    let picture = subject.scaled(0, SIDE, SIDE);
    println!("sixel, {SIDE} x {SIDE} pixels");
    let folder = tempfile::tempdir()?;
    for (detail, levels) in [(Detail::Still, 64), (Detail::Moving, 32)] {
        let (bytes, ms) = fastest(|| encode(&picture, detail));
        line(&format!("{} greys", registers(&bytes)), bytes.len(), ms);
        let file = folder.path().join(format!("{levels}.png"));
        indexed(&picture, levels, &file)?;
        for policy in ["auto", "fast", "size"] {
            match theirs(&file, policy) {
                Some((bytes, greys, ms)) => line(&format!("{greys} greys, img2sixel -E {policy}"), bytes, ms),
                None => println!("  img2sixel, of libsixel, is not installed: nothing to compare with"),
            }
        }
    }
    Ok(())
}

/// The picture as an indexed PNG of so many greys, every grey replaced by a colour of its own.
///
/// img2sixel tells only 32 greys apart, five bits of each channel, whatever it is asked for. How it
/// writes a register does not depend on the colour in it, so these files cost what greys would.
fn indexed(picture: &DynamicImage, levels: u32, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let gray = picture.to_luma8();
    let top = levels - 1;
    let data: Vec<u8> = gray.iter().map(|&value| ((u32::from(value) * top + 127) / 255) as u8).collect();
    let palette: Vec<u8> =
        (0..levels as u8).flat_map(|level| [(level & 7) * 32 + 16, (level >> 3) * 32 + 16, 128]).collect();
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), gray.width(), gray.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.write_header()?.write_image_data(&data)?;
    Ok(())
}

/// What img2sixel makes of a file: bytes, registers, and milliseconds, its start included.
fn theirs(file: &Path, policy: &str) -> Option<(usize, usize, f64)> {
    let start = Instant::now();
    let output =
        Command::new("img2sixel").args(["-d", "none", "-q", "full", "-E", policy]).arg(file).output().ok()?;
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    (output.status.success() && !output.stdout.is_empty())
        .then(|| (output.stdout.len(), registers(&output.stdout), ms))
}

/// How many registers a sixel sequence defines.
fn registers(sixels: &[u8]) -> usize {
    sixels
        .split(|&byte| byte == b'#')
        .filter(|part| part.windows(3).take(4).any(|three| three == b";2;"))
        .count()
}
