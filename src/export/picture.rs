//! Pictures as files: what is shown (PNG, JPEG), and values of 16 bits (TIFF).

use image::{DynamicImage, ExtendedColorType, GrayImage, ImageEncoder, ImageError, codecs};
use std::io::Cursor;

/// Levels of JPEG: visually lossless for what is shown.
const QUALITY: u8 = 92;

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

/// Grey pictures of one size as an animated GIF that runs for ever; `hundredths` of a second for each.
///
/// # Errors
///
/// What the encoder says: above all, that a side is longer than the 65,535 pixels of the format.
pub fn gif(pictures: impl Iterator<Item = GrayImage>, hundredths: u16) -> Result<Vec<u8>, ImageError> {
    let mut bytes = vec![];
    {
        let mut encoder = codecs::gif::GifEncoder::new_with_speed(&mut bytes, 10);
        encoder.set_repeat(codecs::gif::Repeat::Infinite)?;
        let delay = image::Delay::from_numer_denom_ms(u32::from(hundredths) * 10, 1);
        for picture in pictures {
            let colors = DynamicImage::ImageLuma8(picture).into_rgba8();
            encoder.encode_frame(image::Frame::from_parts(colors, 0, 0, delay))?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{AnimationDecoder, ImageDecoder};

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
    fn a_film_has_its_pictures_in_order() {
        let shades = [0_u8, 128, 255];
        let pictures = shades.map(|shade| GrayImage::from_pixel(8, 8, image::Luma([shade])));
        let bytes = gif(pictures.into_iter(), 4).unwrap();
        let decoder = codecs::gif::GifDecoder::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(decoder.dimensions(), (8, 8));
        let frames = decoder.into_frames().collect_frames().unwrap();
        let seen: Vec<u8> = frames.iter().map(|frame| frame.buffer().get_pixel(3, 3).0[0]).collect();
        assert_eq!(seen, shades);
    }
}
