//! Frames decoded by a process of the real program: the same pixels, and nothing else it could do.

use std::{
    io::{BufReader, Read, Write},
    process::{Command, Stdio},
};
use topogram::dicom::{
    Decoder,
    codec::{self, Layout},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_topogram");
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";

/// 10 columns of 9 rows, 12 bits, by `OpenJPEG`, with a region of interest that is shifted by nothing: rare
/// enough that our own code leaves it to a process.
const STREAM: &str = "\
    ff4fff51002900000000000a0000000900000000000000000000000a00000009000000000000000000010b0101ff52000c\
    00000001000004040001ff5c00044060ff5e0005000000ff640025000143726561746564206279204f70656e4a50454720\
    76657273696f6e20322e352e34ff90000a00000000007d0001ff93dfe1b012314bf6aeee3c039a22c524c08c6aaa06544a840aa255ae6aa8\
    2eac637890e6f08079f15421d5cfe65186e30e2b5697bacd19b03511b327bac88d40b1858915237b80914f0f0993eb424a\
    e94433466f37a7b6100636afb09d0fcacc1c140463da9053dc602f64c162be73cdffd9";
const LAYOUT: Layout = Layout {
    rows: 9,
    columns: 10,
    samples: 1,
    bits_allocated: 16,
    bits_stored: 12,
    signed: false,
    planar: false,
};

fn stream() -> Vec<u8> {
    let digits: Vec<u8> = STREAM.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn decoder() -> Decoder {
    Decoder::apart(vec![PROGRAM.into(), "decode-worker".into()])
}

#[test]
fn a_process_decodes_the_same_pixels_as_a_thread_frame_after_frame() {
    let decoder = decoder();
    let here = codec::decode(JPEG_2000, &stream(), &LAYOUT).unwrap();
    assert_eq!(codec::decode_here(JPEG_2000, &stream(), &LAYOUT), None, "a thread would do");

    for _ in 0..3 {
        assert_eq!(decoder.decode(JPEG_2000, &stream(), &LAYOUT).unwrap(), here);
    }
}

#[test]
fn a_process_refuses_in_the_words_of_a_thread_and_goes_on() {
    let decoder = decoder();
    let other = Layout { rows: 10, ..LAYOUT };
    let here = codec::decode(JPEG_2000, &stream(), &other).unwrap_err();

    let there = decoder.decode(JPEG_2000, &stream(), &other).unwrap_err();

    assert_eq!(there.to_string(), here.to_string());
    assert!(decoder.decode(JPEG_2000, &stream(), &LAYOUT).is_ok());
}

#[test]
fn many_threads_share_a_decoder() {
    let decoder = decoder();
    let here = codec::decode(JPEG_2000, &stream(), &LAYOUT).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(decoder.decode(JPEG_2000, &stream(), &LAYOUT).unwrap(), here);
                }
            });
        }
    });
}

/// Whether this kernel could close a process in.
#[cfg(target_os = "linux")]
fn has_landlock() -> bool {
    use landlock::{AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _};
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::Execute)
        .and_then(Ruleset::create)
        .is_ok()
}

/// What the system says a worker may do, once it has decoded a frame.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_has_seen_a_file_can_open_nothing_and_gain_nothing() {
    let mut worker = Command::new(PROGRAM)
        .arg("decode-worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stream = stream();
    let header =
        serde_json::json!({ "syntax": JPEG_2000, "layout": LAYOUT, "bytes": stream.len() }).to_string();
    let mut to = worker.stdin.take().unwrap();
    to.write_all(&(header.len() as u32).to_le_bytes()).unwrap();
    to.write_all(header.as_bytes()).unwrap();
    to.write_all(&stream).unwrap();
    let mut from = BufReader::new(worker.stdout.take().unwrap());
    from.read_exact(&mut [0; 4]).unwrap();

    let told = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", worker.id())).unwrap();
    let limit = |name: &str| {
        let limits = told("limits");
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max open files"), "3");
    assert_eq!(limit("Max file size"), "0");
    assert_eq!(limit("Max core file size"), "0");
    assert!(limit("Max cpu time").parse::<u64>().unwrap() < 10);
    assert!(limit("Max address space").parse::<u64>().unwrap() < 300 << 20);
    // A kernel with Landlock sets this when a process closes itself in.
    if has_landlock() {
        assert!(told("status").contains("NoNewPrivs:\t1"));
    } else {
        println!("SKIPPED: this kernel has no Landlock");
    }
    drop(to);
    assert!(worker.wait().unwrap().success());
}
