//! Pictures as files: what is shown (PNG, JPEG), and values of 16 bits (TIFF).

use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageError, codecs};
use std::{
    borrow::Cow,
    io::{Cursor, Write},
};

/// Levels of JPEG: visually lossless for what is shown.
const QUALITY: u8 = 92;
/// Of quantising colours, from 1 (best) to 30.
const SPEED: i32 = 10;

/// A picture as PNG.
///
/// # Errors
///
/// What the encoder says.
pub fn png(picture: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = vec![];
    let encoder = codecs::png::PngEncoder::new(&mut bytes);
    encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())?;
    Ok(bytes)
}

/// A picture as JPEG.
///
/// # Errors
///
/// What the encoder says: above all, that a side is longer than the 65,535 pixels of the format.
pub fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let (width, height) = (picture.width(), picture.height());
    let refuse = |why: jpeg_encoder::EncodingError| {
        ImageError::Encoding(image::error::EncodingError::new(
            image::error::ImageFormatHint::Exact(image::ImageFormat::Jpeg),
            why,
        ))
    };
    let side = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
    let mut bytes = vec![];
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, QUALITY);
    let kind = if picture.color().has_color() {
        jpeg_encoder::ColorType::Rgb
    } else {
        jpeg_encoder::ColorType::Luma
    };
    encoder.encode(picture.as_bytes(), side(width), side(height), kind).map_err(refuse)?;
    Ok(bytes)
}

/// 16-bit grey values, row by row, as TIFF.
///
/// # Errors
///
/// What the encoder says.
pub fn tiff16(values: &[u16], (width, height): (u32, u32)) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Cursor::new(vec![]);
    let encoder = codecs::tiff::TiffEncoder::new(&mut bytes);
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    encoder.write_image(&raw, width, height, ExtendedColorType::L16)?;
    Ok(bytes.into_inner())
}

/// An animated GIF that runs for ever. Grey pictures keep all their levels; colours are quantised.
pub struct Gif<W: Write> {
    encoder: gif::Encoder<W>,
    hundredths: u16,
}

impl<W: Write> Gif<W> {
    /// Begins one with pictures of that width and height, each shown for some hundredths of a second.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub fn begin(to: W, (width, height): (u16, u16), hundredths: u16) -> Result<Self, gif::EncodingError> {
        let greys: Vec<u8> = (0..=255).flat_map(|level| [level; 3]).collect();
        let mut encoder = gif::Encoder::new(to, width, height, &greys)?;
        encoder.set_repeat(gif::Repeat::Infinite)?;
        Ok(Self { encoder, hundredths })
    }

    /// Appends a picture.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub fn add(&mut self, picture: &DynamicImage) -> Result<(), gif::EncodingError> {
        let side = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
        let (width, height) = (side(picture.width()), side(picture.height()));
        let mut frame = match picture {
            DynamicImage::ImageLuma8(gray) => {
                gif::Frame { width, height, buffer: Cow::Borrowed(gray.as_raw()), ..gif::Frame::default() }
            }
            other => gif::Frame::from_rgb_speed(width, height, other.to_rgb8().as_raw(), SPEED),
        };
        frame.delay = self.hundredths;
        self.encoder.write_frame(&frame)
    }

    /// Ends it, and gives back where it was written to.
    ///
    /// # Errors
    ///
    /// What writing says.
    pub fn finish(self) -> Result<W, gif::EncodingError> {
        self.encoder.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    fn ramp() -> GrayImage {
        GrayImage::from_fn(40, 30, |x, y| image::Luma([(x * 6 + y) as u8]))
    }

    #[test]
    fn png_is_what_was_shown() {
        let bytes = png(&ramp().into()).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap(), DynamicImage::from(ramp()));
    }

    #[test]
    fn jpeg_is_nearly_what_was_shown() {
        let bytes = jpeg(&ramp().into()).unwrap();
        let read = image::load_from_memory(&bytes).unwrap().into_luma8();
        let worst = read.iter().zip(ramp().iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst <= 12, "{worst} levels off");
    }

    #[test]
    fn tiff_keeps_every_bit() {
        let values: Vec<u16> = (0..6).map(|value| value * 13_000).collect();
        let bytes = tiff16(&values, (3, 2)).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().into_luma16().into_raw(), values);
    }

    #[test]
    fn a_film_has_its_pictures_in_order_and_all_their_levels() {
        let pictures: Vec<GrayImage> = (0..3_u32)
            .map(|at| GrayImage::from_fn(16, 16, |x, y| image::Luma([(x * 16 + y + at) as u8])))
            .collect();
        let mut bytes = vec![];
        let mut film = Gif::begin(&mut bytes, (16, 16), 4).unwrap();
        for picture in &pictures {
            film.add(&picture.clone().into()).unwrap();
        }
        film.finish().unwrap();
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut read = options.read_info(bytes.as_slice()).unwrap();
        for picture in &pictures {
            let frame = read.read_next_frame().unwrap().unwrap();
            assert_eq!(frame.delay, 4);
            assert!(frame.buffer.iter().step_by(4).eq(picture.iter()));
        }
        assert!(read.read_next_frame().unwrap().is_none());
    }
}
