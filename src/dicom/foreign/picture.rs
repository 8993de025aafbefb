//! Ordinary pictures: PNG, JPEG, TIFF and BMP; of a file with several pages the first.

use super::{
    Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::Place,
};
use crate::dicom::Source;
use image::{
    ColorType, DynamicImage, ImageDecoder as _, ImageReader, Limits,
    metadata::Orientation::{FlipHorizontal, FlipVertical, NoTransforms, Rotate180},
};
use std::io::{self, BufReader, Seek, SeekFrom};

/// Bytes that a picture may take once it is decoded, and the decoder beside it.
const MOST_DECODED: u64 = 512 << 20;

pub(super) fn is_one(head: &[u8]) -> bool {
    let signatures: [&[u8]; 6] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"BM"];
    signatures.iter().any(|signature| head.starts_with(signature))
}

/// Looks at the head of a picture; its pixels are decoded when they are wanted.
pub(super) fn read(source: Source) -> Read {
    let reader = reader(&source)?;
    let format = match reader.format() {
        Some(image::ImageFormat::Png) => "PNG",
        Some(image::ImageFormat::Jpeg) => "JPEG",
        Some(image::ImageFormat::Tiff) => "TIFF",
        Some(image::ImageFormat::Bmp) => "BMP",
        _ => return Err("is not one of the pictures that topogram shows: PNG, JPEG, TIFF, BMP".to_owned()),
    };
    let mut decoder = reader.into_decoder().map_err(|error| cannot(&error))?;
    let (mut columns, mut rows) = decoder.dimensions();
    let turned = decoder.orientation().unwrap_or(NoTransforms);
    if !matches!(turned, NoTransforms | Rotate180 | FlipHorizontal | FlipVertical) {
        (columns, rows) = (rows, columns);
    }
    let (sample, channels) = kind(decoder.color_type());
    let mut notes = vec![];
    if decoder.exif_metadata().ok().flatten().is_some_and(|exif| is_of_a_camera(&exif)) {
        notes.push(
            "may show a face: a camera took it, and what that wrote beside the picture may tell who it is"
                .to_owned(),
        );
    }
    let stride = sample.bytes() as i64;
    let sizes = [columns.into(), rows.into()];
    let layout = Layout {
        channels: Axis { count: channels, stride },
        ..Layout::new(sample, cfg!(target_endian = "big"), 0, &axes(channels * sample.bytes(), &sizes)?)
    };
    Ok(Volume {
        format,
        source,
        layout,
        place: Place::Nowhere,
        rescale: (1.0, 0.0),
        notes,
        comment: String::new(),
    })
}

/// Grey of 8 or 16 bits as it is, and everything else as red, green and blue of 8 bits.
fn kind(color: ColorType) -> (Sample, u64) {
    match color {
        ColorType::L8 | ColorType::La8 => (Sample::U8, 1),
        ColorType::L16 | ColorType::La16 => (Sample::U16, 1),
        _ => (Sample::U8, 3),
    }
}

/// The samples of a picture, as its layout has them.
///
/// # Errors
///
/// It is damaged, or too large.
pub(super) fn decode(source: &Source) -> io::Result<Source> {
    let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut decoder =
        reader(source).map_err(invalid)?.into_decoder().map_err(|error| invalid(cannot(&error)))?;
    let turned = decoder.orientation().unwrap_or(NoTransforms);
    let kind = kind(decoder.color_type());
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| invalid(cannot(&error)))?;
    picture.apply_orientation(turned);
    Ok(Source::memory(match kind {
        (Sample::U8, 1) => picture.into_luma8().into_raw(),
        (_, 1) => picture.into_luma16().iter().flat_map(|sample| sample.to_ne_bytes()).collect(),
        _ => picture.into_rgb8().into_raw(),
    }))
}

fn cannot(error: &image::ImageError) -> String {
    format!("cannot be decoded: {error}")
}

fn reader(source: &Source) -> Result<ImageReader<BufReader<Reading>>, String> {
    let reading = BufReader::new(Reading { source: source.again(), at: 0 });
    let mut reader = ImageReader::new(reading)
        .with_guessed_format()
        .map_err(|error| format!("cannot be read: {error}"))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_DECODED);
    (limits.max_image_width, limits.max_image_height) = (Some(0xFFFF), Some(0xFFFF));
    reader.limits(limits);
    Ok(reader)
}

/// A source as a stream.
struct Reading {
    source: Source,
    at: u64,
}

impl io::Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.source.read(self.at, buffer.len())?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(off) => self.source.len().checked_add_signed(off),
            SeekFrom::Current(off) => self.at.checked_add_signed(off),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Exif that names a maker, or a place on earth: tags 010F and 8825 of the first directory (TIFF 6.0, 2).
fn is_of_a_camera(exif: &[u8]) -> bool {
    let big = exif.starts_with(b"MM");
    let bytes = |at: usize, count: usize| exif.get(at..at.checked_add(count)?);
    let short = |at: usize| {
        let two = bytes(at, 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let Some(four) = bytes(4, 4).and_then(|four| four.try_into().ok()) else { return false };
    let first = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } as usize;
    let entries = short(first).unwrap_or(0);
    let tag = |entry: u16| short(first.checked_add(2 + 12 * usize::from(entry))?);
    (0..entries).filter_map(tag).any(|tag| matches!(tag, 0x010F | 0x8825))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_or_a_place_on_earth_is_of_a_camera_and_a_resolution_is_not() {
        let exif = |tag: [u8; 2]| [b"II*\0\x08\0\0\0\x01\0", &tag[..], &[0; 10]].concat();
        assert!(is_of_a_camera(&exif([0x0F, 0x01])) && is_of_a_camera(&exif([0x25, 0x88])));
        assert!(!is_of_a_camera(&exif([0x1A, 0x01])));
        assert!(!is_of_a_camera(b"II*\0\xff\xff\xff\xff") && !is_of_a_camera(b""));
    }
}
