//! Bytes made to break a reader: nothing panics, hangs or takes memory, and everything is answered.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use topogram::dicom::{Image, Object, breaches, examine, list};

/// How long one file may take, on a busy machine and without optimisation.
const QUICK: Duration = Duration::from_secs(10);

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const BIG: &str = "1.2.840.10008.1.2.2";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const RLE: &str = "1.2.840.10008.1.2.5";

/// Codecs that get nonsense for a stream.
const CODECS: [&str; 10] = [
    RLE,
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.110",
    "1.2.840.10008.1.2.8.1",
];

type Tag = (u16, u16);

const PIXEL_DATA: Tag = (0x7FE0, 0x0010);
const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];
const SEQUENCE_END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

/// An explicit little endian element; the length is what it claims, not what it has.
fn claiming(tag: Tag, vr: &str, length: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    bytes.extend(vr.as_bytes());
    if matches!(vr, "OB" | "OW" | "SQ" | "UN" | "UT" | "OF" | "OD" | "OL" | "UC") {
        bytes.extend([0, 0]);
        bytes.extend(length.to_le_bytes());
    } else {
        bytes.extend((length as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn element(tag: Tag, vr: &str, value: &[u8]) -> Vec<u8> {
    claiming(tag, vr, value.len() as u32, value)
}

fn short(tag: Tag, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

fn item(value: &[u8]) -> Vec<u8> {
    [&ITEM[..], &(value.len() as u32).to_le_bytes(), value].concat()
}

/// Preamble, meta header and a data set.
fn file(syntax: &str, data_set: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    let mut uid = syntax.as_bytes().to_vec();
    if uid.len() % 2 == 1 {
        uid.push(0);
    }
    let uid = element((2, 0x10), "UI", &uid);
    bytes.extend(element((2, 0), "UL", &(uid.len() as u32).to_le_bytes()));
    bytes.extend(uid);
    bytes.extend(data_set);
    bytes
}

/// An image module that may lie, and whatever follows it.
struct Claims {
    rows: u16,
    columns: u16,
    samples: u16,
    allocated: u16,
    stored: u16,
    frames: &'static str,
    photometric: &'static str,
}

/// Four by four pixels of 16 bits.
const HONEST: Claims = Claims {
    rows: 4,
    columns: 4,
    samples: 1,
    allocated: 16,
    stored: 12,
    frames: "1 ",
    photometric: "MONOCHROME2 ",
};

impl Claims {
    fn image(&self, pixels: &[u8]) -> Vec<u8> {
        [
            element((0x0008, 0x0016), "UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
            element((0x0008, 0x0018), "UI", b"1.2.3.4\0"),
            short((0x0028, 0x0002), self.samples),
            element((0x0028, 0x0004), "CS", self.photometric.as_bytes()),
            element((0x0028, 0x0008), "IS", self.frames.as_bytes()),
            short((0x0028, 0x0010), self.rows),
            short((0x0028, 0x0011), self.columns),
            short((0x0028, 0x0100), self.allocated),
            short((0x0028, 0x0101), self.stored),
            short((0x0028, 0x0102), self.stored.wrapping_sub(1)),
            short((0x0028, 0x0103), 0),
            pixels.to_vec(),
        ]
        .concat()
    }
}

fn native(length: usize) -> Vec<u8> {
    element(PIXEL_DATA, "OW", &vec![7; length])
}

fn fragments(items: &[u8]) -> Vec<u8> {
    [claiming(PIXEL_DATA, "OB", u32::MAX, &[]), items.to_vec(), SEQUENCE_END.to_vec()].concat()
}

/// Sequences inside sequences, of undefined length and never closed.
fn nested(depth: usize) -> Vec<u8> {
    let open = [claiming((0x0040, 0xA730), "SQ", u32::MAX, &[]), ITEM.to_vec(), vec![0xFF; 4]].concat();
    open.repeat(depth)
}

/// Everything the program does with a file, for its effects on our health.
fn survive(path: &Path, name: &str) {
    let start = Instant::now();
    let _ = examine(path);
    let _ = Object::open(path).map(|object| breaches(&object));
    let _ = list(path);
    if let Ok(image) = Image::open(path) {
        for frame in [0, 1, u32::MAX - 1] {
            if let Ok(frame) = image.frame(frame) {
                let (rows, columns) = frame.shape();
                assert!(rows > 0 && columns > 0, "{name}: a frame without pixels");
            }
        }
    }
    let took = start.elapsed();
    assert!(took < QUICK, "{name} took {took:?}");
}

/// Numbers that are the same in every run: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) as usize % sides
    }
}

struct Cases {
    folder: tempfile::TempDir,
}

impl Cases {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn survive(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join("case.dcm");
        fs::write(&path, bytes).unwrap();
        survive(&path, name);
    }
}

/// One small image of the demo, to damage.
fn demo_file() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-demo");
    topogram::dicom::demo::write(&folder).unwrap();
    let mut waiting = vec![folder];
    let mut files = vec![];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            } else if Image::open(&entry.path()).is_ok_and(|image| image.frame(0).is_ok()) {
                files.push((entry.metadata().unwrap().len(), entry.path()));
            }
        }
    }
    files.into_iter().min().unwrap().1
}

#[test]
fn structures_that_never_end_or_go_too_deep_are_answered() {
    let cases = Cases::new();
    let tag = (0x0040, 0xA730);
    let pixels = HONEST.image(&native(32));
    let deep = [nested(100_000), pixels.clone()].concat();
    cases.survive("a hundred thousand sequences", &file(EXPLICIT, &deep));
    cases.survive("exactly as deep as allowed", &file(EXPLICIT, &nested(64)));
    cases.survive("a sequence of nothing but items", &{
        file(EXPLICIT, &[claiming(tag, "SQ", u32::MAX, &[]), item(&[]).repeat(100_000)].concat())
    });
    cases.survive("delimiters alone", &file(EXPLICIT, &SEQUENCE_END.repeat(100_000)));
    cases.survive("an item at the top", &file(EXPLICIT, &item(&pixels)));
    cases.survive("an item longer than its sequence", &{
        file(EXPLICIT, &claiming(tag, "SQ", 8, &[&ITEM[..], &0xFFFF_FFF0_u32.to_le_bytes()].concat()))
    });
    cases.survive("a sequence in an unknown VR", &{
        file(EXPLICIT, &[claiming((9, 9), "UN", u32::MAX, &ITEM), vec![0xFF; 4], pixels.clone()].concat())
    });
    cases.survive("elements out of order and twice", &{
        file(EXPLICIT, &[short((0x0028, 0x0010), 9), pixels.clone(), pixels.clone()].concat())
    });
}

#[test]
fn lengths_that_lie_take_no_memory() {
    let cases = Cases::new();
    let name = (0x0010, 0x0010);
    for length in [0x10, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, u32::MAX] {
        for vr in ["UT", "OB", "OW", "UN", "SQ"] {
            let bytes = file(EXPLICIT, &claiming((0x0008, 0x1115), vr, length, b"few"));
            cases.survive(&format!("{vr} of {length} bytes"), &bytes);
        }
        cases.survive("pixels", &file(EXPLICIT, &HONEST.image(&claiming(PIXEL_DATA, "OW", length, &[0; 8]))));
    }
    cases.survive("a name of an odd length", &file(EXPLICIT, &claiming(name, "PN", 0xFFFF, b"A^B")));
    let implicit = [0x10, 0, 0x10, 0, 0xFF, 0xFF, 0xFF, 0x7F, b'A'];
    cases.survive("an implicit element", &file(IMPLICIT, &implicit));
    cases.survive("big endian", &file(BIG, &implicit));
    cases.survive("a meta header of four gigabytes", &{
        let mut bytes = file(EXPLICIT, &HONEST.image(&native(32)));
        bytes[140..144].fill(0xFF);
        bytes
    });
    cases.survive("no preamble", &HONEST.image(&native(32)));
    cases.survive("DICM and nothing", &file("", &[])[..132]);
    cases.survive("nothing", &[]);
    cases.survive("zeros", &[0; 4096]);
    cases.survive("ones", &[0xFF; 4096]);
}

#[test]
fn image_modules_that_make_no_sense_are_refused() {
    let cases = Cases::new();
    let claims = [
        Claims { rows: 0, ..HONEST },
        Claims { columns: 0, ..HONEST },
        Claims { rows: u16::MAX, columns: u16::MAX, ..HONEST },
        Claims { rows: u16::MAX, columns: u16::MAX, samples: 3, photometric: "RGB ", ..HONEST },
        Claims { stored: 0, ..HONEST },
        Claims { stored: 17, ..HONEST },
        Claims { stored: u16::MAX, ..HONEST },
        Claims { allocated: 0, ..HONEST },
        Claims { allocated: 7, ..HONEST },
        Claims { allocated: 64, stored: 64, ..HONEST },
        Claims { allocated: u16::MAX, ..HONEST },
        Claims { allocated: 1, stored: 1, ..HONEST },
        Claims { samples: 0, ..HONEST },
        Claims { samples: 2, ..HONEST },
        Claims { samples: u16::MAX, ..HONEST },
        Claims { frames: "2147483648", ..HONEST },
        Claims { frames: "4294967295", ..HONEST },
        Claims { frames: "-1", ..HONEST },
        Claims { frames: "99999999999999999999", ..HONEST },
        Claims { frames: "1A", ..HONEST },
        Claims { photometric: "PALETTE COLOR ", ..HONEST },
        Claims { photometric: "YBR_FULL_422", samples: 3, allocated: 8, stored: 8, columns: 3, ..HONEST },
        Claims { photometric: "\x1b]0;x\x07", ..HONEST },
    ];
    for (number, claims) in claims.iter().enumerate() {
        for (kind, pixels) in
            [("native", native(32)), ("none", native(0)), ("fragments", fragments(&item(&[0; 32])))]
        {
            cases.survive(&format!("claims {number}, {kind}"), &file(EXPLICIT, &claims.image(&pixels)));
            for syntax in CODECS {
                cases.survive(
                    &format!("claims {number}, {kind}, {syntax}"),
                    &file(syntax, &claims.image(&pixels)),
                );
            }
        }
    }
}

#[test]
fn fragments_that_lie_are_refused() {
    let cases = Cases::new();
    let mut dice = Dice(7);
    let noise: Vec<u8> = (0..4096).map(|_| dice.roll(256) as u8).collect();
    let rle = |segments: u32, offset: u32| {
        let mut header = [0_u8; 64];
        header[..4].copy_from_slice(&segments.to_le_bytes());
        header[4..8].copy_from_slice(&offset.to_le_bytes());
        [&header[..], &noise[..256]].concat()
    };
    let streams = [
        vec![],
        noise.clone(),
        rle(2, 64),
        rle(15, 0),
        rle(u32::MAX, u32::MAX),
        [&[0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0xFF, 0xFF, 0xFF, 0xFF, 3], &noise[..64]].concat(),
        [&[0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16, 0xFF, 0xFF, 0xFF, 0xFF, 1], &noise[..64]].concat(),
        [&[0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 16, 0, 4, 0, 4, 1, 1, 0x11, 0], &noise[..64]].concat(),
        [&[0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], &noise[..64]].concat(),
    ];
    let offsets = |values: &[u32]| item(&values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>());
    for syntax in CODECS {
        for (number, stream) in streams.iter().enumerate() {
            for table in [vec![], vec![0], vec![u32::MAX], vec![8, 0, 4]] {
                let pixels = fragments(&[offsets(&table), item(stream)].concat());
                cases.survive(&format!("stream {number}, {syntax}"), &file(syntax, &HONEST.image(&pixels)));
            }
        }
        let open = [claiming(PIXEL_DATA, "OB", u32::MAX, &[]), offsets(&[]), item(&noise)].concat();
        cases.survive("no end of the fragments", &file(syntax, &HONEST.image(&open)));
        let long = [claiming(PIXEL_DATA, "OB", u32::MAX, &ITEM), vec![0xFE, 0xFF, 0xFF, 0xFF]].concat();
        cases.survive("a fragment of four gigabytes", &file(syntax, &HONEST.image(&long)));
    }
}

#[test]
fn a_deflated_data_set_that_grows_a_thousandfold_is_answered() {
    let cases = Cases::new();
    let honest = HONEST.image(&native(32));
    let bomb = [claiming((9, 0x1010), "UN", 8 << 20, &vec![0; 8 << 20]), honest.clone()].concat();
    let packed = miniz_oxide::deflate::compress_to_vec(&bomb, 9);
    assert!(packed.len() < 64 << 10);

    cases.survive("a small bomb", &file(DEFLATED, &packed));
    cases.survive("a bomb that is cut", &file(DEFLATED, &packed[..packed.len() / 2]));
    cases.survive("not deflated at all", &file(DEFLATED, &honest));
}

#[test]
fn a_demo_file_cut_or_damaged_anywhere_is_answered() {
    let cases = Cases::new();
    let good = fs::read(demo_file()).unwrap();
    // The header is where a cut matters; after it one in a hundred thousand will do.
    for at in (0..good.len().min(16_384)).step_by(97).chain((16_384..good.len()).step_by(99_991)) {
        cases.survive(&format!("cut at {at}"), &good[..at]);
    }
    let mut dice = Dice(42);
    for round in 0..200 {
        let mut bytes = good.clone();
        for _ in 0..=round % 8 {
            let at = dice.roll(bytes.len().min(4096));
            bytes[at] ^= 1 << dice.roll(8);
        }
        cases.survive(&format!("flips of round {round}"), &bytes);
    }
}
