//! What the fuzz targets do with bytes; `tests/seeds.rs` does the same with the seeds on every test run.
//!
//! A target panics if a promise is broken: a frame has its size, a text is harmless, reading ends.

use std::path::Path;
use topogram::{
    app::lay,
    dicom::{
        Charset, Decoder, Document, Image, Object, Source, TextKind, breaches,
        codec::{self, Layout},
        listing, read_from, transcript as told,
    },
    model::{Mask, shown},
};

/// Does something with bytes, and panics if a promise is broken.
pub type Target = fn(&[u8]);

/// All targets by their names.
pub const TARGETS: [(&str, Target); 11] = [
    ("header", header),
    ("charset", charset),
    ("frames", frames),
    ("groups", groups),
    ("rle", rle),
    ("jpeg", jpeg),
    ("jpegls", jpegls),
    ("jpeg2000", jpeg2000),
    ("deflated", deflated),
    ("foreign", foreign),
    ("transcript", transcript),
];

/// What errors call the file that is none.
const NOWHERE: &str = "fuzz";

/// A whole file: what a scan picks from it, what the tags view lists, and what breaks the standard.
pub fn header(data: &[u8]) {
    let path = Path::new(NOWHERE);
    let _ = read_from(path, Source::memory(data.to_vec()));
    if let Ok(object) = Object::read(path, Source::memory(data.to_vec())) {
        let listing = listing(&object);
        for note in listing.notes() {
            assert_harmless(note);
        }
        breaches(&object).found.iter().for_each(|breach| assert_harmless(&breach.what));
    }
}

/// A whole file: what it says, laid out for screens of two widths.
pub fn transcript(data: &[u8]) {
    let Ok(object) = Object::read(Path::new(NOWHERE), Source::memory(data.to_vec())) else { return };
    let transcript = told(&object);
    transcript.notes.iter().for_each(|note| assert_harmless(&shown(note)));
    for width in [1, 80] {
        for line in lay(&transcript, width, Mask::default()) {
            assert_harmless(&line.label);
            assert_harmless(&line.text);
        }
    }
    if let Some(document) = Document::of(&object) {
        let _ = document.copy(|_| Ok(()));
    }
}

/// The terms of Specific Character Set, a zero, and a value to decode.
pub fn charset(data: &[u8]) {
    let end = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    let (terms, value) = data.split_at(end);
    let charset = Charset::parse(terms);
    for kind in [TextKind::Text, TextKind::PersonName] {
        assert_harmless(&shown(&charset.decode(value, kind)));
        charset.values(value, kind, true).iter().for_each(|text| assert_harmless(&shown(text)));
    }
}

/// A whole file: its first frames and its last, if our own codecs decode them.
pub fn frames(data: &[u8]) {
    let path = Path::new(NOWHERE);
    let Ok(object) = Object::read(path, Source::memory(data.to_vec())) else { return };
    let Ok(image) = Image::new(path, object, &Decoder::here()) else { return };
    // JPEG 2000 and JPEG XL are other people's code; they decode in a process of their own.
    if ["4.9", "4.11", "4.20"].iter().any(|foreign| image.transfer_syntax().contains(foreign)) {
        return;
    }
    let module = image.module();
    let (rows, columns, last) = (module.rows, module.columns, module.frames.saturating_sub(1));
    for number in [0, 1, last, u32::MAX] {
        if let Ok(frame) = image.frame(number) {
            assert_eq!(frame.shape(), (rows as usize, columns as usize));
            frame.notes.iter().for_each(|note| assert_harmless(&shown(note)));
        }
        let _ = image.samples(number);
    }
}

/// Functional groups (or any elements) between a small sound image module and its pixels.
pub fn groups(data: &[u8]) {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    file.extend(element((2, 0x10), *b"UI", b"1.2.840.10008.1.2.1\0"));
    file.extend(element((0x0008, 0x0016), *b"UI", b"1.2.840.10008.5.1.4.1.1.2.1\0"));
    file.extend(element((0x0028, 0x0002), *b"US", &[1, 0]));
    file.extend(element((0x0028, 0x0004), *b"CS", b"MONOCHROME2 "));
    file.extend(element((0x0028, 0x0008), *b"IS", b"3 "));
    for (tag, value) in [(0x10, 2), (0x11, 2), (0x100, 16), (0x101, 12), (0x102, 11), (0x103, 1)] {
        file.extend(element((0x0028, tag), *b"US", &u16::to_le_bytes(value)));
    }
    file.extend(data);
    file.extend([0xE0, 0x7F, 0x10, 0, b'O', b'W', 0, 0, 24, 0, 0, 0]);
    file.extend([7; 24]);
    header(&file);
    frames(&file);
}

/// An element of explicit little endian with a short length.
fn element(tag: (u16, u16), vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u16).to_le_bytes();
    [&tag.0.to_le_bytes(), &tag.1.to_le_bytes(), &vr[..], &length, value].concat()
}

/// RLE Lossless.
pub fn rle(data: &[u8]) {
    frame("1.2.840.10008.1.2.5", data);
}

/// Every JPEG of ISO/IEC 10918-1: baseline, 12 bits, progressive, lossless.
pub fn jpeg(data: &[u8]) {
    frame("1.2.840.10008.1.2.4.51", data);
}

/// JPEG-LS.
pub fn jpegls(data: &[u8]) {
    frame("1.2.840.10008.1.2.4.80", data);
}

/// JPEG 2000 and its high-throughput kind, as far as our own code decodes them.
pub fn jpeg2000(data: &[u8]) {
    frame("1.2.840.10008.1.2.4.90", data);
}

/// Deflated image frames.
pub fn deflated(data: &[u8]) {
    frame("1.2.840.10008.1.2.8.1", data);
}

/// A whole file of another format, by its first byte: its frames, and what the tags view lists.
pub fn foreign(data: &[u8]) {
    let Some((&format, file)) = data.split_first() else { return };
    let names = ["fuzz.nii", "fuzz.nrrd", "fuzz.mha", "fuzz.npy", "fuzz.hdr"];
    let path = Path::new(names[usize::from(format) % names.len()]);
    let Ok(object) = Object::read(path, Source::memory(file.to_vec())) else { return };
    listing(&object).notes().iter().for_each(|note| assert_harmless(note));
    let Ok(image) = Image::new(path, object, &Decoder::here()) else { return };
    let (rows, columns) = (image.module().rows, image.module().columns);
    for number in [0, image.module().frames - 1] {
        // A picture may be damaged; of arrays only whole slices are shown.
        if let Ok(frame) = image.frame(number) {
            assert_eq!(frame.shape(), (rows as usize, columns as usize));
        }
    }
}

/// A frame whose layout the first six bytes describe.
fn frame(syntax: &str, data: &[u8]) {
    let Some((&[rows, columns, samples, allocated, stored, flags], stream)) = data.split_first_chunk::<6>()
    else {
        return;
    };
    let layout = Layout {
        // Up to a megapixel, and every small number.
        rows: u32::from(rows) * if flags & 4 == 0 { 1 } else { 4 },
        columns: u32::from(columns) * if flags & 4 == 0 { 1 } else { 4 },
        samples: samples.into(),
        bits_allocated: allocated.into(),
        bits_stored: stored.into(),
        signed: flags & 1 != 0,
        planar: flags & 2 != 0,
    };
    if let Some(Ok(decoded)) = codec::decode_here(syntax, stream, &layout) {
        let pixels = layout.rows as usize * layout.columns as usize;
        let size = usize::from(layout.bits_allocated / 8).max(1);
        assert_eq!(decoded.bytes.len(), pixels * usize::from(decoded.samples) * size);
        decoded.notes.iter().for_each(|note| assert_harmless(note));
    }
}

fn assert_harmless(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?} could steer a terminal");
}
