//! Whole files, as small as they can be.

mod contrast;
mod encodings;
mod fragments;
mod samples;

use super::Image;
use crate::dicom::{Decoder, Object, ReadError, Source};
use std::path::Path;

const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const BIG: &str = "1.2.840.10008.1.2.2";
/// Encapsulated Uncompressed: fragments that need no codec.
const ENCAPSULATED: &str = "1.2.840.10008.1.2.1.98";

type Number = (u16, u16);

/// A value, in numbers so that it can be written in any byte order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
    Longs(Vec<u32>),
    Quads(Vec<u64>),
    Items(Vec<Made>),
    /// Fragments, the offset table first.
    Fragments(Vec<Vec<u8>>),
}

/// An image to be written: its elements in any order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Made(Vec<(Number, &'static str, Content)>);

/// How elements are written.
#[derive(Debug, Clone, Copy)]
struct Form {
    explicit: bool,
    big: bool,
}

impl Made {
    /// One row of so many unsigned pixels of so many bits.
    fn gray(columns: u16, bits: u16) -> Self {
        Self::default()
            .text((0x0008, 0x0016), "UI", "1.2.840.10008.5.1.4.1.1.7\0")
            .text((0x0008, 0x0018), "UI", "1.2.3.4\0")
            .words((0x0028, 0x0002), &[1])
            .text((0x0028, 0x0004), "CS", "MONOCHROME2 ")
            .words((0x0028, 0x0010), &[1])
            .words((0x0028, 0x0011), &[columns])
            .words((0x0028, 0x0100), &[bits])
            .words((0x0028, 0x0101), &[bits])
            .words((0x0028, 0x0102), &[bits - 1])
            .words((0x0028, 0x0103), &[0])
    }

    /// One row of so many pixels of three samples.
    fn color(columns: u16, bits: u16, photometric: &str) -> Self {
        Self::gray(columns, bits).words((0x0028, 0x0002), &[3]).text((0x0028, 0x0004), "CS", photometric)
    }

    fn frames(self, count: usize) -> Self {
        self.text((0x0028, 0x0008), "IS", &count.to_string())
    }

    fn put(mut self, tag: Number, vr: &'static str, content: Content) -> Self {
        self.0.retain(|&(other, ..)| other != tag);
        self.0.push((tag, vr, content));
        self
    }

    fn text(self, tag: Number, vr: &'static str, text: &str) -> Self {
        self.put(tag, vr, Content::Bytes(text.into()))
    }

    fn words(self, tag: Number, words: &[u16]) -> Self {
        self.put(tag, "US", Content::Words(words.to_vec()))
    }

    fn items(self, tag: Number, items: Vec<Self>) -> Self {
        self.put(tag, "SQ", Content::Items(items))
    }

    /// Pixels of 16 bits.
    fn pixels(self, words: &[u16]) -> Self {
        self.put((0x7FE0, 0x0010), "OW", Content::Words(words.to_vec()))
    }

    /// Pixels of bytes.
    fn pixel_bytes(self, bytes: &[u8]) -> Self {
        self.put((0x7FE0, 0x0010), "OB", Content::Bytes(bytes.to_vec()))
    }

    /// Fragments of pixels, after an offset table.
    fn fragments(self, table: &[u32], fragments: &[&[u8]]) -> Self {
        let table = table.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let fragments = fragments.iter().map(|fragment| fragment.to_vec());
        let all = [table].into_iter().chain(fragments).collect();
        self.put((0x7FE0, 0x0010), "OB", Content::Fragments(all))
    }

    /// The whole file: preamble, meta header, data set.
    fn bytes(&self, syntax: &str) -> Vec<u8> {
        let form = Form { explicit: syntax != IMPLICIT, big: syntax == BIG };
        let data_set = self.data_set(form);
        let data_set = match syntax {
            DEFLATED => miniz_oxide::deflate::compress_to_vec(&data_set, 6),
            _ => data_set,
        };
        let uid = Form { explicit: true, big: false }.element((2, 0x10), "UI", syntax.as_bytes().to_vec());
        [vec![0; 128], b"DICM".to_vec(), uid, data_set].concat()
    }

    fn data_set(&self, form: Form) -> Vec<u8> {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.iter().flat_map(|(tag, vr, content)| form.write(*tag, vr, content)).collect()
    }

    #[track_caller]
    fn open(&self, syntax: &str) -> Image {
        open(self.bytes(syntax)).unwrap()
    }

    /// Opens it in explicit little endian.
    #[track_caller]
    fn image(&self) -> Image {
        self.open(EXPLICIT)
    }
}

impl Form {
    fn write(self, tag: Number, vr: &str, content: &Content) -> Vec<u8> {
        let value = match content {
            Content::Bytes(bytes) if self.big && vr == "OW" => {
                bytes.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect()
            }
            Content::Bytes(bytes) => bytes.clone(),
            Content::Words(words) => words.iter().flat_map(|&word| self.short(word)).collect(),
            Content::Longs(longs) => longs.iter().flat_map(|&long| self.long(long)).collect(),
            Content::Quads(quads) => {
                let quad = |quad: &u64| if self.big { quad.to_be_bytes() } else { quad.to_le_bytes() };
                quads.iter().flat_map(quad).collect()
            }
            Content::Items(items) => items.iter().flat_map(|item| self.item(&item.data_set(self))).collect(),
            Content::Fragments(fragments) => {
                let head = [self.head(tag, vr), vec![0xFF; 4]].concat();
                let items = fragments.iter().flat_map(|fragment| self.item(fragment)).collect();
                return [head, items, vec![0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]].concat();
            }
        };
        self.element(tag, vr, value)
    }

    /// An element with its value padded to an even length.
    fn element(self, tag: Number, vr: &str, mut value: Vec<u8>) -> Vec<u8> {
        if value.len() % 2 == 1 {
            value.push(if vr == "UI" || vr.starts_with('O') { 0 } else { b' ' });
        }
        let head = self.head(tag, vr);
        let length = match head.len() {
            6 => self.short(value.len() as u16).to_vec(),
            _ => self.long(value.len() as u32).to_vec(),
        };
        [head, length, value].concat()
    }

    /// Everything before the length.
    fn head(self, tag: Number, vr: &str) -> Vec<u8> {
        let tag = [self.short(tag.0), self.short(tag.1)].concat();
        match vr {
            _ if !self.explicit => tag,
            "OB" | "OW" | "OF" | "OD" | "OV" | "SQ" => [&tag, vr.as_bytes(), &[0, 0]].concat(),
            _ => [&tag, vr.as_bytes()].concat(),
        }
    }

    fn item(self, value: &[u8]) -> Vec<u8> {
        let head = [self.short(0xFFFE), self.short(0xE000)].concat();
        [&head[..], &self.long(value.len() as u32), value].concat()
    }

    fn short(self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn long(self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }
}

fn open(bytes: Vec<u8>) -> Result<Image, ReadError> {
    let path = Path::new("made-up");
    Image::new(path, Object::read(path, Source::memory(bytes))?, &Decoder::here())
}

/// The samples of a frame, row by row.
#[track_caller]
fn samples(image: &Image, frame: u32) -> Vec<f64> {
    let stored = image.samples(frame).unwrap();
    let (rows, columns) = stored.shape();
    (0..rows * columns).filter_map(|at| stored.at(at / columns, at % columns)).collect()
}
