//! The first frame of every image against the numbers that other decoders get.

use super::reference::{Corpus, corpus};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use topogram::{
    dicom::Image,
    imaging::render,
    model::{Frame, Pixels, Stored, VoiLut, Window},
    with_stored,
};

/// How one number or picture compares.
#[derive(Debug, Clone, PartialEq)]
enum Verdict {
    Equal,
    Within,
    Different(String),
    /// We cannot decode it.
    Error(String),
    /// Nobody else can.
    Unknown,
}

/// What is compared of a file.
const PARTS: [&str; 3] = ["stored", "modality", "render"];

/// Differences that are known: end of the path, part, why.
const KNOWN: [(&str, &str, &str); 5] = [
    (
        "SC_rgb_jpeg_lossy_gdcm.dcm",
        "stored",
        "tagged RGB, but the stream halves its chroma: red is stored as 76, 85, 255",
    ),
    (
        "SC_ybr_full_422_uncompressed.deflated_image_frame_compression.dcm",
        "stored",
        "the answer is not converted to RGB",
    ),
    ("RI6XDosiGap.dcm", "render", "LINEAR with a width below 1, which others ignore and we show"),
    ("OBXXXX1A_expb.dcm", "stored", "a palette of 8-bit entries in 16 bits, which others show black"),
    ("JPEG2000-embedded-sequence-delimiter.dcm", "stored", "the stream is broken by a delimiter inside it"),
];

/// Files that must at least be equal in their stored values.
const EQUAL_AT_LEAST: usize = 1180;

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn number(value: impl Into<f64>) -> f64 {
    value.into()
}

/// Values as the reference stores them: little endian, row by row.
fn bytes_of(stored: &Stored, dtype: &str) -> Vec<u8> {
    fn write(values: impl Iterator<Item = f64>, put: impl Fn(f64, &mut Vec<u8>)) -> Vec<u8> {
        values.fold(vec![], |mut bytes, value| {
            put(value, &mut bytes);
            bytes
        })
    }
    with_stored!(stored, values => {
        let values = values.iter().map(|&value| number(value));
        match dtype {
            "<u1" | "|u1" => write(values, |v, bytes| bytes.push(v as u8)),
            "<i1" | "|i1" => write(values, |v, bytes| bytes.extend((v as i8).to_le_bytes())),
            "<u2" => write(values, |v, bytes| bytes.extend((v as u16).to_le_bytes())),
            "<i2" => write(values, |v, bytes| bytes.extend((v as i16).to_le_bytes())),
            "<u4" => write(values, |v, bytes| bytes.extend((v as u32).to_le_bytes())),
            "<i4" => write(values, |v, bytes| bytes.extend((v as i32).to_le_bytes())),
            "<f4" => write(values, |v, bytes| bytes.extend((v as f32).to_le_bytes())),
            "<f8" => write(values, |v, bytes| bytes.extend(v.to_le_bytes())),
            other => panic!("the reference has values of type {other}"),
        }
    })
}

/// 64 points of a picture, as the reference takes them: row by row, samples interleaved.
fn grid(rows: usize, columns: usize, at: impl Fn(usize, usize) -> Vec<f64>) -> Vec<f64> {
    let place = |i: usize, count: usize| (2 * i + 1) * count / 16;
    (0..64).flat_map(|i| at(place(i / 8, rows), place(i % 8, columns))).collect()
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

/// Equal by its sum, within a tolerance by its points, or different.
fn compare(bytes: &[u8], points: &[f64], reference: &Value, tolerance: f64) -> Verdict {
    if reference["sha256"] == hex(bytes).as_str() {
        return Verdict::Equal;
    }
    let expected = flat(&reference["grid8x8"]);
    if expected.len() != points.len() {
        return Verdict::Different(format!(
            "{} samples at 64 points instead of {}",
            points.len(),
            expected.len()
        ));
    }
    let most = expected.iter().zip(points).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    if most <= tolerance {
        Verdict::Within
    } else {
        Verdict::Different(format!("off by {most} at one of 64 points"))
    }
}

/// Largest difference allowed where two right decoders need not agree.
fn tolerance(syntax: &str, photometric: &str, color: bool) -> f64 {
    match syntax {
        "1.2.840.10008.1.2.4.50"
        | "1.2.840.10008.1.2.4.51"
        | "1.2.840.10008.1.2.4.53"
        | "1.2.840.10008.1.2.4.55" => {
            if color {
                8.0
            } else {
                1.0
            }
        }
        "1.2.840.10008.1.2.4.91" | "1.2.840.10008.1.2.4.112" | "1.2.840.10008.1.2.4.203" => 1.0,
        // Rounding of the colour conversion.
        _ if photometric.starts_with("YBR") => 2.0,
        _ => 0.0,
    }
}

fn stored(frame: &Frame, file: &Value, alternatives: &Value) -> Verdict {
    let pixels = &file["pixels"];
    let syntax = file["ts"].as_str().unwrap_or_default();
    let photometric = pixels["photometric"].as_str().unwrap_or_default();
    match &frame.pixels {
        Pixels::Gray(stored) => {
            let (rows, columns) = stored.shape();
            let points = grid(rows, columns, |row, column| stored.at(row, column).into_iter().collect());
            let tolerance = tolerance(syntax, photometric, false);
            let judge = |answer: &Value| {
                compare(
                    &bytes_of(stored, answer["dtype"].as_str().unwrap_or("<u2")),
                    &points,
                    answer,
                    tolerance,
                )
            };
            let first =
                [&pixels["processed"], &pixels["stored"]].into_iter().find(|answer| !answer.is_null());
            first.map_or_else(|| best(alternatives, judge), judge)
        }
        Pixels::Color(rgb) => {
            let (rows, columns, _) = rgb.dim();
            let points = grid(rows, columns, |y, x| (0..3).map(|c| f64::from(rgb[(y, x, c)])).collect());
            let bytes: Vec<u8> = rgb.iter().copied().collect();
            let tolerance = tolerance(syntax, photometric, true);
            let judge = |answer: &Value| compare(&bytes, &points, answer, tolerance);
            let answers = [&pixels["rgb8"], &pixels["processed"], &pixels["stored"]];
            answers.into_iter().find(|a| !a.is_null()).map_or_else(|| best(alternatives, judge), judge)
        }
    }
}

/// The kindest verdict of the other decoders.
fn best(alternatives: &Value, judge: impl Fn(&Value) -> Verdict) -> Verdict {
    let tries = alternatives["tries"].as_array().cloned().unwrap_or_default();
    let verdicts: Vec<Verdict> =
        tries.iter().filter(|answer| !answer["sha256"].is_null()).map(judge).collect();
    let rank = |verdict: &&Verdict| match verdict {
        Verdict::Equal => 0,
        Verdict::Within => 1,
        _ => 2,
    };
    verdicts.iter().min_by_key(rank).cloned().unwrap_or(Verdict::Unknown)
}

fn modality(frame: &Frame, stored: &Stored, reference: &Value) -> Verdict {
    // The reference does not scale doses.
    if reference["min"].is_null() || frame.modality.raw() == "RTDOSE" {
        return Verdict::Unknown;
    }
    let (mut low, mut high, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    with_stored!(stored, values => for &value in values {
        let value = frame.modality_lut.apply(number(value));
        (low, high, sum) = (low.min(value), high.max(value), sum + value);
    });
    let (rows, columns) = stored.shape();
    let seen = [low, high, sum / (rows * columns) as f64];
    let expected = ["min", "max", "mean"].map(|key| reference[key].as_f64().unwrap_or(f64::NAN));
    // A thousandth of the range: a mean near zero has no relative precision of its own.
    let scale = expected.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    let near = seen.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-3 * scale);
    if seen == expected {
        Verdict::Equal
    } else if near {
        Verdict::Within
    } else {
        Verdict::Different(format!("{seen:?} instead of {expected:?}"))
    }
}

fn rendered(frame: &Frame, file: &Value) -> Verdict {
    let reference = &file["pixels"]["render8"];
    let source = reference["source"].as_str().unwrap_or_default();
    // A picture of one value may be black or white as one likes.
    let flat = source == "minmax" && reference["lo"] == reference["hi"];
    if reference["sha256"].is_null() || flat || frame.modality.raw() == "RTDOSE" {
        return Verdict::Unknown;
    }
    // The reference draws padding like anything else, and knows only MONOCHROME1.
    let inverse = reference["inverted"].as_bool().unwrap_or_default();
    let frame = Frame { padding: None, inverse, ..frame.clone() };
    let voi = match (frame.voi.first(), source) {
        (Some(voi), "minmax") => return Verdict::Different(format!("we found {voi:?}, others nothing")),
        (Some(voi), _) => voi.clone(),
        (None, "minmax") => {
            let bound = |key: &str| reference[key].as_f64().unwrap_or_default();
            VoiLut::from(Window::from_range(bound("lo"), bound("hi"), false))
        }
        (None, source) => return Verdict::Different(format!("we found no window, others one at {source}")),
    };
    let picture = render(&frame, &voi, false).into_luma8();
    let (columns, rows) = picture.dimensions();
    let at = |y: usize, x: usize| vec![f64::from(picture.get_pixel(x as u32, y as u32).0[0])];
    compare(picture.as_raw(), &grid(rows as usize, columns as usize, at), reference, 1.0)
}

/// Compares all parts of one file.
fn judge(corpus: &Corpus, file: &Value, alternatives: &Value) -> [Verdict; 3] {
    let path = corpus.path(file["path"].as_str().unwrap());
    let frame = match Image::open(&path).and_then(|image| image.frame(0)) {
        Ok(frame) => frame,
        Err(why) => {
            let tries = alternatives["tries"].as_array();
            let others = !file["pixels"]["stored"].is_null()
                || tries.is_some_and(|tries| tries.iter().any(|answer| !answer["sha256"].is_null()));
            let verdict = if others { Verdict::Error(why.to_string()) } else { Verdict::Unknown };
            return [verdict, Verdict::Unknown, Verdict::Unknown];
        }
    };
    let first = stored(&frame, file, alternatives);
    match &frame.pixels {
        Pixels::Gray(values) => {
            [first, modality(&frame, values, &file["pixels"]["modality"]), rendered(&frame, file)]
        }
        Pixels::Color(_) => [first, Verdict::Unknown, Verdict::Unknown],
    }
}

type Judged<'a> = (&'a Value, [Verdict; 3]);

/// All images, by as many threads as there are cores.
fn judge_all(corpus: &Corpus) -> Vec<Judged<'_>> {
    let alternatives = corpus.answers_by_path("alt_decode.jsonl");
    let images: Vec<&Value> = corpus.files.iter().filter(|file| file["pixels"].is_object()).collect();
    let (next, judged) = (AtomicUsize::new(0), Mutex::new(vec![]));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(file) = images.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let path = file["path"].as_str().unwrap();
                    let verdicts = judge(corpus, file, alternatives.get(path).unwrap_or(&Value::Null));
                    judged.lock().unwrap().push((*file, verdicts));
                }
            });
        }
    });
    let mut judged = judged.into_inner().unwrap();
    judged.sort_by_key(|(file, _)| file["path"].as_str());
    judged
}

/// One line per transfer syntax and part: how many are equal, near, different, refused, without answer.
fn table(judged: &[Judged<'_>]) -> String {
    let mut counts: BTreeMap<(&str, &str), [usize; 5]> = BTreeMap::new();
    for (file, verdicts) in judged {
        for (part, verdict) in PARTS.iter().zip(verdicts) {
            let column = match verdict {
                Verdict::Equal => 0,
                Verdict::Within => 1,
                Verdict::Different(_) => 2,
                Verdict::Error(_) => 3,
                Verdict::Unknown => 4,
            };
            counts.entry((file["ts"].as_str().unwrap_or_default(), part)).or_default()[column] += 1;
        }
    }
    let mut text = format!("{:26} {:9} equal within different error unknown\n", "transfer syntax", "part");
    for ((syntax, part), [equal, within, different, error, unknown]) in counts {
        let _ =
            writeln!(text, "{syntax:26} {part:9} {equal:5} {within:6} {different:9} {error:5} {unknown:7}");
    }
    text
}

#[test]
fn the_first_frame_of_every_image_has_the_values_of_other_decoders() {
    let Some(corpus) = corpus("the_first_frame_of_every_image_has_the_values_of_other_decoders") else {
        return;
    };

    let judged = judge_all(corpus);

    println!("{}", table(&judged));
    let equal = judged.iter().filter(|(_, [stored, ..])| *stored == Verdict::Equal).count();
    let mut wrong = vec![];
    for (file, verdicts) in &judged {
        let path = file["path"].as_str().unwrap();
        for (part, verdict) in PARTS.iter().zip(verdicts) {
            let known = KNOWN.iter().any(|(end, known, _)| path.ends_with(end) && known == part);
            if let Verdict::Different(why) | Verdict::Error(why) = verdict
                && !known
            {
                wrong.push(format!("{path} [{}] {part}: {why}", file["ts"].as_str().unwrap_or_default()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(equal >= EQUAL_AT_LEAST, "only {equal} are equal bit by bit");
}
