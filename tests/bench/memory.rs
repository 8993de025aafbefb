//! Memory for 600 slices of 512x512, after scrolling through all of them.

use super::{
    over,
    pty::{KITTY, Profile, SIXEL, Session},
};
use std::{fs, io::Write, path::Path, time::Duration};

const SLICES: usize = 600;
const SIDE: u16 = 512;
const MIB: u64 = 1 << 20;
/// What the program may need beside its budget.
const BESIDE: u64 = 64 * MIB;

pub(crate) fn measure(_: &Path) {
    println!("memory after scrolling {SLICES} slices of {SIDE}x{SIDE}");
    let folder = tempfile::tempdir().unwrap();
    for slice in 0..SLICES {
        write(&folder.path().join(format!("{slice:03}.dcm")), slice).unwrap();
    }
    let quarter = total_memory().map_or(512 * MIB, |total| (total / 4).min(512 * MIB));
    let set: &[&str] = &["--link", "fast", "--memory", "256M"];
    for (name, answers) in [("kitty", KITTY), ("sixel", SIXEL)] {
        for (arguments, budget) in [(&["--link", "fast"][..], quarter), (set, 256 * MIB)] {
            let session = Session::start(&Profile { answers, arguments, ..Profile::LOCAL }, folder.path());
            session.wait_until("the list is there", || session.bytes() > 1000);
            session.rest();
            session.press("\r");
            session.wait_until("a picture", || session.bytes() > 20_000);
            session.rest();
            session.press("\x1b[H");
            session.rest();
            for _ in 1..SLICES {
                let bytes = session.bytes();
                session.press("j");
                session.wait_until("the next slice", || session.bytes() > bytes);
                session.still(Duration::from_millis(8));
            }
            session.rest();
            let Some(peak) = session.process().and_then(peak) else {
                println!("  this system does not tell how much memory a program takes");
                return;
            };
            println!(
                "  {name:<8} budget {:>4} MiB: at most {:>4} MiB{}",
                budget / MIB,
                peak / MIB,
                over(peak > budget + BESIDE)
            );
        }
    }
}

/// The most memory a process has had, in bytes, where Linux tells.
fn peak(process: u32) -> Option<u64> {
    kibibytes(&fs::read_to_string(format!("/proc/{process}/status")).ok()?, "VmHWM:")
}

fn total_memory() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// Writes one slice: a noisy disc that changes from one to the next.
fn write(path: &Path, slice: usize) -> std::io::Result<()> {
    let element = |group: u16, number: u16, vr: &str, value: &str| {
        let mut value = value.as_bytes().to_vec();
        if value.len() % 2 == 1 {
            value.push(if vr == "UI" { 0 } else { b' ' });
        }
        let head = [&group.to_le_bytes()[..], &number.to_le_bytes(), vr.as_bytes()].concat();
        [&head[..], &(value.len() as u16).to_le_bytes(), &value].concat()
    };
    let short = |number: u16, value: u16| {
        [&b"\x28\x00"[..], &number.to_le_bytes(), b"US\x02\x00", &value.to_le_bytes()].concat()
    };
    let mut state = slice as u32;
    let middle = f64::from(SIDE) / 2.0;
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y))).flat_map(|(x, y)| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let off = (f64::from(x) - middle).hypot(f64::from(y) - middle - (slice % 40) as f64);
        let value = if off < middle * 0.8 { 1040 + (state >> 26) as u16 } else { 24 };
        value.to_le_bytes()
    });
    let pixels: Vec<u8> = pixels.collect();
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    for part in [
        element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
        element(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        element(0x0008, 0x0018, "UI", &format!("1.2.3.4.{}", slice + 1)),
        element(0x0008, 0x0060, "CS", "CT"),
        element(0x0010, 0x0010, "PN", "Phantom^Six Hundred"),
        element(0x0020, 0x000D, "UI", "1.2.3.1"),
        element(0x0020, 0x000E, "UI", "1.2.3.2"),
        element(0x0020, 0x0013, "IS", &(slice + 1).to_string()),
        element(0x0020, 0x0032, "DS", &format!("0\\0\\{slice}")),
        element(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0"),
        short(0x0002, 1),
        element(0x0028, 0x0004, "CS", "MONOCHROME2"),
        short(0x0010, SIDE),
        short(0x0011, SIDE),
        element(0x0028, 0x0030, "DS", "0.7\\0.7"),
        short(0x0100, 16),
        short(0x0101, 12),
        short(0x0102, 11),
        short(0x0103, 0),
        element(0x0028, 0x1050, "DS", "40"),
        element(0x0028, 0x1051, "DS", "400"),
        element(0x0028, 0x1052, "DS", "-1024"),
        element(0x0028, 0x1053, "DS", "1"),
        b"\xE0\x7F\x10\x00OW\0\0".to_vec(),
        (pixels.len() as u32).to_le_bytes().to_vec(),
        pixels,
    ] {
        file.extend(part);
    }
    fs::File::create(path)?.write_all(&file)
}
