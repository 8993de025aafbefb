//! What a scan asks of the system: one open, one size, one read and one close for a file, and no more. The
//! index, which asks once more, has no part in it.

use std::{fs, path::Path, process::Command};

/// Writes files whose headers end in the first kilobyte and whose pixels go on for twenty.
fn write(folder: &Path, files: usize) {
    for number in 0..files {
        let mut bytes = [&[0; 128][..], b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0"].concat();
        let mut text = |element: [u8; 4], vr: &[u8; 2], value: &str| {
            let value = if value.len() % 2 == 1 { format!("{value} ") } else { value.to_owned() };
            bytes.extend([&element[..], vr, &(value.len() as u16).to_le_bytes(), value.as_bytes()].concat());
        };
        text([8, 0, 0x18, 0], b"UI", &format!("1.2.3.{}", 1000 + number));
        text([0x20, 0, 0x0D, 0], b"UI", "1.20");
        text([0x20, 0, 0x0E, 0], b"UI", "1.21");
        bytes.extend(b"\xE0\x7F\x10\0OW\0\0\x20\x4E\0\0");
        bytes.extend(vec![0; 20_000]);
        fs::write(folder.join(format!("{number}")), bytes).unwrap();
    }
}

/// Calls that name a file or a descriptor; those of threads to one another depend on luck.
fn calls(files: usize) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    write(&data, files);
    let trace = folder.path().join("trace");
    let status = Command::new("strace")
        .args(["-f", "-q", "-e", "trace=%file,%desc", "-o"])
        .arg(&trace)
        .args([env!("CARGO_BIN_EXE_topogram"), "ls", "--csv", "--no-cache"])
        .arg(&data)
        .output();
    // Some containers have the program and forbid it.
    let status = status.ok().filter(|output| output.status.success())?;
    assert!(String::from_utf8_lossy(&status.stdout).contains(&format!(",{files},")), "all are listed");
    // A call that another thread interrupts has two lines. What is not optimised asks before closing a file
    // whether it is open.
    let begins = |line: &&str| line.contains('(') && !line.contains("resumed>") && !line.contains("fcntl(");
    Some(fs::read_to_string(trace).unwrap().lines().filter(begins).count())
}

#[test]
fn a_file_costs_four_calls_of_the_system() {
    let (Some(few), Some(many)) = (calls(100), calls(1100)) else {
        eprintln!("SKIPPED: strace is not here, or may not trace");
        return;
    };
    let more = many - few;
    // Listing the folder adds a handful.
    assert!(more <= 4 * 1000 + 20, "1000 files more are {more} calls more");
}
