//! Files of many gigabytes cost the memory of one frame. They are sparse: almost nothing of them is on the disk.

#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::{self, Write as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};
use topogram::{
    dicom::{Found, Image, Object, read},
    model::{Pixels, Stored},
};

/// Bytes of a file.
const SIZE: u64 = 10 << 30;
/// Of a frame: 1024 × 1024 pixels of 16 bits.
const FRAME: u64 = 2 << 20;
/// Memory that opening a file and decoding one frame may take: the frame, its copies, and an index of frames.
const MEMORY: u64 = 16 * FRAME;

fn element(tag: (u16, u16), vr: &str, value: &[u8]) -> Vec<u8> {
    let head = [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), vr.as_bytes()].concat();
    [&head[..], &(value.len() as u16).to_le_bytes(), value].concat()
}

/// Writes a file and tells how many frames it has.
type Writer = fn(&Path) -> io::Result<u64>;

/// Everything before the length of the pixel data.
fn head(syntax: &str, frames: u64) -> Vec<u8> {
    let short = |number: u16, value: u16| element((0x0028, number), "US", &value.to_le_bytes());
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element((0x0002, 0x0010), "UI", syntax.as_bytes()),
        element((0x0008, 0x0016), "UI", b"1.2.840.10008.5.1.4.1.1.7.3\0"),
        short(0x0002, 1),
        element((0x0028, 0x0004), "CS", b"MONOCHROME2 "),
        element((0x0028, 0x0008), "IS", format!("{frames:6}").as_bytes()),
        short(0x0010, 1024),
        short(0x0011, 1024),
        short(0x0100, 16),
        short(0x0101, 16),
        short(0x0102, 15),
        short(0x0103, 0),
        b"\xE0\x7F\x10\x00OW\0\0".to_vec(),
    ]
    .concat()
}

/// Uncompressed pixels, as many as a length of 32 bits can count, and zeros up to the size of the file.
fn native(path: &Path) -> io::Result<u64> {
    let frames = u64::from(u32::MAX) / FRAME;
    let head = head("1.2.840.10008.1.2.1\0", frames);
    let file = File::create(path)?;
    file.set_len(SIZE)?;
    file.write_all_at(&head, 0)?;
    file.write_all_at(&((frames * FRAME) as u32).to_le_bytes(), head.len() as u64)?;
    // The last pixel of the last frame.
    file.write_all_at(&[0x34, 0x12], head.len() as u64 + 4 + frames * FRAME - 2)?;
    Ok(frames)
}

/// Frames in a fragment each, up to the size of the file, without an offset table.
fn encapsulated(path: &Path) -> io::Result<u64> {
    let frames = SIZE / FRAME;
    let head = head("1.2.840.10008.1.2.1.98\0\0", frames);
    let file = File::create(path)?;
    file.write_all_at(&[&head[..], &[0xFF; 4], b"\xFE\xFF\x00\xE0\0\0\0\0"].concat(), 0)?;
    let mut at = head.len() as u64 + 12;
    for _ in 0..frames {
        file.write_all_at(&[&b"\xFE\xFF\x00\xE0"[..], &(FRAME as u32).to_le_bytes()].concat(), at)?;
        at += 8 + FRAME;
    }
    file.write_all_at(&[0x34, 0x12], at - 2)?;
    file.write_all_at(b"\xFE\xFF\xDD\xE0\0\0\0\0", at)?;
    Ok(frames)
}

/// The most memory this process has had, in bytes, since it was last asked.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().unwrap();
    // Forgets the peak, where that is allowed; where not, the difference is the stricter for it.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kilobytes << 10
}

// One test, because what others take at the same time would count.
#[test]
fn ten_gigabytes_cost_one_frame_of_memory() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let kinds: [(&str, Writer); 2] = [("native", native), ("encapsulated", encapsulated)];
    for (kind, write) in kinds {
        let path: PathBuf = folder.path().join(kind);
        let frames = match write(&path) {
            Ok(frames) => frames,
            Err(why) => {
                let _ = writeln!(io::stderr(), "SKIPPED {kind}: no room for a sparse file here: {why}");
                return;
            }
        };
        let _ = peak();
        let before = peak();

        let Found::Instance(record) = read(&path).unwrap() else { panic!("{kind} is an image") };
        let object = Object::open(&path).unwrap();
        let image = Image::open(&path).unwrap();
        let last = image.frame(frames as u32 - 1).unwrap();

        let taken = peak().saturating_sub(before);
        println!("{kind}: {frames} frames, {} MiB", taken >> 20);
        assert!(object.damage.is_none(), "{kind}: {:?}", object.damage);
        assert_eq!(u64::from(record.frames), frames, "{kind}");
        let Pixels::Gray(Stored::U16(values)) = last.pixels else { panic!("{kind} has 16 bits") };
        assert_eq!((values[(0, 0)], values[(1023, 1023)]), (0, 0x1234), "{kind}");
        assert!(taken < MEMORY, "{kind} takes {taken} bytes");
    }
}
