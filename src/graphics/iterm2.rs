//! Inline images of iTerm2 (OSC 1337), also understood by `WezTerm`, Konsole, mintty and VS Code.
//!
//! The terminal decodes a file and stretches it over cells. Nothing can be deleted or
//! shown again later, so every frame is sent in full: JPEG while slices fly past, PNG
//! when they stand still.
//!
//! Source: <https://iterm2.com/documentation-images.html>.

use base64::{Engine, engine::general_purpose::STANDARD};
use image::DynamicImage;

use super::{file, protocol::CellBox};

/// How the pixels travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Exactly.
    Png,
    /// With loss, quality from 1 to 100; 85 to 90 is a good compromise while moving.
    Jpeg(u8),
}

/// Draws a picture over the cells of `area`; the cursor stays where it was.
///
/// `size=` is the length of the file in bytes: xterm.js (VS Code) ignores images
/// without it. Empty if the picture or the box is; a picture too large for JPEG
/// goes as PNG.
pub fn draw(picture: &DynamicImage, area: CellBox, coding: Coding) -> Vec<u8> {
    if area.columns == 0 || area.rows == 0 {
        return Vec::new();
    }
    let file = match coding {
        Coding::Png => None,
        Coding::Jpeg(quality) => file::jpeg(picture, quality),
    };
    let Some(file) = file.or_else(|| file::png(picture)) else { return Vec::new() };
    let head = format!(
        "\x1b7{}\x1b]1337;File=size={};width={};height={};preserveAspectRatio=0;inline=1;doNotMoveCursor=1:",
        area.go_there(),
        file.len(),
        area.columns,
        area.rows
    );
    let mut bytes = head.into_bytes();
    bytes.reserve(file.len() / 3 * 4 + 16);
    bytes.extend_from_slice(STANDARD.encode(file).as_bytes());
    bytes.extend_from_slice(b"\x07\x1b8");
    bytes
}

#[cfg(test)]
mod tests {
    use image::GrayImage;

    use super::*;

    const AREA: CellBox = CellBox { x: 2, y: 4, columns: 60, rows: 30 };

    /// The keys and the file of one image sequence.
    fn read(bytes: &[u8]) -> (String, Vec<u8>) {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = text.strip_prefix("\x1b7\x1b[5;3H\x1b]1337;File=").unwrap();
        let (keys, payload) = body.strip_suffix("\x07\x1b8").unwrap().split_once(':').unwrap();
        (keys.to_owned(), STANDARD.decode(payload).unwrap())
    }

    /// A ramp: every grey value once.
    fn ramp() -> DynamicImage {
        GrayImage::from_raw(16, 16, (0..=255).collect()).unwrap().into()
    }

    #[test]
    fn a_still_picture_arrives_exactly_and_names_its_length() {
        let (keys, file) = read(&draw(&ramp(), AREA, Coding::Png));

        let length = file.len();
        let expected =
            format!("size={length};width=60;height=30;preserveAspectRatio=0;inline=1;doNotMoveCursor=1");
        assert_eq!(keys, expected);
        assert_eq!(image::load_from_memory(&file).unwrap(), ramp());
    }

    #[test]
    fn a_moving_picture_is_a_gray_jpeg_of_the_same_size() {
        let (keys, file) = read(&draw(&ramp(), AREA, Coding::Jpeg(90)));

        assert!(keys.starts_with(&format!("size={};", file.len())));
        assert_eq!(file[..2], [0xFF, 0xD8]);
        // Start of frame: length, precision 8, rows, columns, one component.
        let frame = file.windows(2).position(|two| two == [0xFF, 0xC0]).expect("a baseline frame");
        assert_eq!(file[frame + 4..frame + 10], [8, 0, 16, 0, 16, 1]);
    }

    #[test]
    fn nothing_to_draw_is_nothing_to_send() {
        let nowhere = CellBox { rows: 0, ..AREA };

        assert!(draw(&ramp(), nowhere, Coding::Png).is_empty());
        assert!(draw(&GrayImage::new(0, 0).into(), AREA, Coding::Jpeg(80)).is_empty());
    }
}
