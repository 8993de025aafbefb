//! Image files as small as they can be, in explicit little endian.

use std::path::Path;
use topogram::dicom::{Decoder, Found, Image, Object, Source, read_from};

/// What errors call a file that is only in memory.
const NOWHERE: &str = "made-up";

pub(super) type Number = (u16, u16);

/// Elements of an image, in ascending order when written.
#[derive(Debug, Clone)]
pub(super) struct Made(Vec<(Number, Vec<u8>)>);

impl Made {
    /// One row of unsigned grey pixels of so many bits; bits stored are those allocated.
    pub(super) fn gray(columns: u16, bits: u16) -> Self {
        Self(vec![])
            .text((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.7")
            .text((0x0008, 0x0018), "UI", "1.2.3.4")
            .text((0x0020, 0x000D), "UI", "1.2.3")
            .text((0x0020, 0x000E), "UI", "1.2.4")
            .text((0x0028, 0x0004), "CS", "MONOCHROME2")
            .words((0x0028, 0x0002), &[1])
            .words((0x0028, 0x0010), &[1])
            .words((0x0028, 0x0011), &[columns])
            .words((0x0028, 0x0100), &[bits])
            .words((0x0028, 0x0101), &[bits])
            .words((0x0028, 0x0102), &[bits - 1])
            .words((0x0028, 0x0103), &[0])
    }

    /// One row of pixels of three bytes.
    pub(super) fn color(columns: u16, photometric: &str) -> Self {
        let gray = Self::gray(columns, 8);
        gray.text((0x0028, 0x0004), "CS", photometric).words((0x0028, 0x0002), &[3])
    }

    /// Puts an element in place of any other of its tag.
    pub(super) fn put(mut self, tag: Number, vr: &str, value: &[u8]) -> Self {
        self.0.retain(|(other, _)| *other != tag);
        self.0.push((tag, element(tag, vr, value)));
        self
    }

    pub(super) fn text(self, tag: Number, vr: &str, value: &str) -> Self {
        self.put(tag, vr, value.as_bytes())
    }

    /// Decimals, as text.
    pub(super) fn decimals(self, tag: Number, values: &[f64]) -> Self {
        let texts: Vec<String> = values.iter().map(f64::to_string).collect();
        self.text(tag, "DS", &texts.join("\\"))
    }

    /// Numbers of 16 bits, as US.
    pub(super) fn words(self, tag: Number, values: &[u16]) -> Self {
        self.put(tag, "US", &bytes_of(values))
    }

    /// A sequence of one item.
    pub(super) fn item(self, tag: Number, item: &Self) -> Self {
        let inner = item.elements();
        let head = [[0xFE, 0xFF, 0x00, 0xE0], (inner.len() as u32).to_le_bytes()].concat();
        self.put(tag, "SQ", &[head, inner].concat())
    }

    /// No elements at all.
    pub(super) fn empty() -> Self {
        Self(vec![])
    }

    fn elements(&self) -> Vec<u8> {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.into_iter().flat_map(|(_, bytes)| bytes).collect()
    }

    /// The whole file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let syntax = element((0x0002, 0x0010), "UI", b"1.2.840.10008.1.2.1");
        [vec![0; 128], b"DICM".to_vec(), syntax, self.elements()].concat()
    }

    /// Opens it with these pixels.
    pub(super) fn image(self, pixels: &[u8]) -> Image {
        self.open_with((0x7FE0, 0x0010), "OW", pixels)
    }

    fn open_with(self, tag: Number, vr: &str, pixels: &[u8]) -> Image {
        let source = Source::memory(self.put(tag, vr, pixels).bytes());
        let object = Object::read(Path::new(NOWHERE), source).unwrap();
        Image::new(Path::new(NOWHERE), object, &Decoder::here()).unwrap()
    }

    /// Opens it with these doubles for pixels.
    pub(super) fn double_image(self, pixels: &[u8]) -> Image {
        self.open_with((0x7FE0, 0x0009), "OD", pixels)
    }

    /// What a scan finds in it.
    pub(super) fn record(&self) -> topogram::model::Record {
        match read_from(Path::new(NOWHERE), Source::memory(self.bytes())).unwrap() {
            Found::Instance(record) => *record,
            Found::Directory => panic!("this is no DICOMDIR"),
        }
    }
}

/// Little endian words.
pub(super) fn bytes_of(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// An element with its value padded to an even length.
fn element(tag: Number, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let head = [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), vr.as_bytes()].concat();
    let length = match vr {
        "OB" | "OW" | "OD" | "SQ" => [&[0, 0][..], &(value.len() as u32).to_le_bytes()].concat(),
        _ => u16::try_from(value.len()).unwrap().to_le_bytes().to_vec(),
    };
    [head, length, value].concat()
}
