//! The first and the last frame of every image against what other decoders get, by the definitions of
//! `topogram digest`.

use super::reference::{Corpus, corpus};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use topogram::{
    dicom::{Image, Photometric},
    imaging::digest::{self, Extent},
    model::{Frame, ModalityLut, Pixels, Stored},
};

/// How one number or picture compares.
#[derive(Debug, Clone, PartialEq)]
enum Verdict {
    Equal,
    Within,
    Different(String),
    /// We cannot decode it.
    Refused(String),
    /// Nobody else has an answer.
    Unanswered,
}

/// What is compared of a file.
const PARTS: [&str; 5] = ["stored", "last frame", "modality", "render8", "rgb8"];

/// Differences that are known: end of the path, part, why we are right or what is the matter. The README tells
/// them to users.
const KNOWN: [(&str, &str, &str); 2] = [
    (
        "SC_rgb_jpeg_lossy_gdcm.dcm",
        "rgb8",
        "tagged RGB, but the stream halves its chroma: red is stored as 76, 85, 255 (C.7.6.3.1.2)",
    ),
    (
        "OBXXXX1A_expb.dcm",
        "rgb8",
        "a palette of 8-bit entries in 16 bits, which others show black (C.7.6.3.1.6)",
    ),
];

/// Files without an answer from anybody else that we refuse, with a piece of the reason.
const REFUSED: [(&str, &str); 4] = [
    ("GH1146.dcm", "the file ends before frame 1 of 1"),
    ("JPEG2000-embedded-sequence-delimiter.dcm", "the JPEG 2000 stream has columns 3722445056"),
    ("meta_missing_tsyntax.dcm", "Rows (0028,0010) is missing or zero"),
    ("nested_priv_SQ.dcm", "Rows (0028,0010) is missing or zero"),
];

/// Files that only we decode, and why that is right.
const DECODED_ALONE: [(&str, &str); 1] = [(
    "966.dcm",
    "a comment follows the last tile-part of its JPEG 2000 stream; all six tile-parts are whole",
)];

/// 64 points of a picture, as the reference takes them: row by row, samples interleaved.
fn grid(stored: &Stored, samples: usize) -> Vec<f64> {
    let (rows, columns) = (stored.shape().0, stored.shape().1 / samples);
    let place = |i: usize, count: usize| (2 * i + 1) * count / 16;
    let pixel = |i: usize| (place(i / 8, rows), place(i % 8, columns));
    let at = |i: usize| (0..samples).filter_map(move |c| stored.at(pixel(i).0, pixel(i).1 * samples + c));
    (0..64).flat_map(at).collect()
}

/// All numbers in nested lists.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

/// Near by its numbers or different; NaN is near to nothing.
fn near(got: &[f64], expected: &[f64], tolerance: f64) -> Verdict {
    if got.len() != expected.len() {
        return Verdict::Different(format!("{} numbers instead of {}", got.len(), expected.len()));
    }
    let off = got.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let most = off.fold(0.0, |most: f64, off| if off <= most { most } else { off });
    if most <= tolerance { Verdict::Within } else { Verdict::Different(format!("off by {most}")) }
}

/// Equal by its hash, near by its 64 points and its mean, or different.
fn compare(sha256: &str, points: &[f64], mean: &[f64], answer: &Value, tolerance: f64) -> Verdict {
    if answer["sha256"] == sha256 {
        return Verdict::Equal;
    }
    let verdicts = [(points, &answer["grid8x8"]), (mean, &answer["mean"])]
        .map(|(got, expected)| near(got, &flat(expected), tolerance));
    verdicts.into_iter().find(|verdict| *verdict != Verdict::Within).unwrap_or(Verdict::Within)
}

/// Largest difference allowed where two right decoders need not agree.
fn tolerance(file: &Value) -> f64 {
    let syntax = file["ts"].as_str().unwrap_or_default();
    match syntax.strip_prefix("1.2.840.10008.1.2.4.").unwrap_or_default() {
        "50" | "51" | "53" | "55" if file["pixels"]["samples"] == 3 => 8.0,
        "50" | "51" | "53" | "55" | "91" | "112" | "203" => 1.0,
        _ => 0.0,
    }
}

/// Stored values against one answer.
fn values(stored: &Stored, samples: usize, answer: &Value, tolerance: f64) -> Verdict {
    let mean: Vec<f64> = match flat(&answer["mean"]).len() {
        1 => vec![digest::extent(stored).mean],
        _ => vec![],
    };
    let dtype = answer["dtype"].as_str().unwrap_or_default().replace('|', "<");
    if dtype != digest::dtype(stored) {
        return Verdict::Different(format!("{} instead of {dtype}", digest::dtype(stored)));
    }
    compare(&digest::sha256(stored), &grid(stored, samples), &mean, answer, tolerance)
}

/// The kindest verdict of the other decoders, where the first one has no answer.
fn kindest(alternatives: &Value, judge: impl Fn(&Value) -> Verdict) -> Verdict {
    let tries = alternatives["tries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let verdicts = tries.iter().filter(|answer| !answer["sha256"].is_null()).map(judge);
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Equal => 0,
        Verdict::Within => 1,
        _ => 2,
    };
    verdicts.min_by_key(rank).unwrap_or(Verdict::Unanswered)
}

fn stored(image: &Image, stored: &Stored, frame: &Frame, file: &Value, alternatives: &Value) -> Verdict {
    let samples = stored.shape().1 / frame.shape().1;
    let tolerance = tolerance(file);
    let answer = &file["pixels"]["stored"];
    if !answer.is_null() {
        return values(stored, samples, answer, tolerance);
    }
    // Others may have converted colours already.
    let converted = match &frame.pixels {
        Pixels::Color(rgb) if image.module().photometric != Photometric::Rgb => {
            let (rows, columns, _) = rgb.dim();
            rgb.to_shape((rows, columns * 3)).ok().map(|rgb| Stored::U8(rgb.to_owned()))
        }
        _ => None,
    };
    kindest(alternatives, |answer| match values(stored, samples, answer, tolerance) {
        Verdict::Different(why) => converted
            .as_ref()
            .map(|rgb| values(rgb, 3, answer, tolerance))
            .filter(|verdict| !matches!(verdict, Verdict::Different(_)))
            .unwrap_or(Verdict::Different(why)),
        verdict => verdict,
    })
}

fn last(image: &Image, first: &Stored, file: &Value) -> Verdict {
    let answer = &file["pixels"]["last_frame"];
    if answer["sha256"].is_null() {
        return Verdict::Unanswered;
    }
    let last = match image.module().frames {
        1 => Ok(first.clone()),
        frames => image.samples(frames - 1),
    };
    match last {
        Err(why) => Verdict::Refused(why.to_string()),
        Ok(last) if answer["sha256"] == digest::sha256(&last).as_str() => Verdict::Equal,
        Ok(last) => extent(digest::extent(&last), answer, tolerance(file)),
    }
}

fn extent(Extent { min, max, mean }: Extent, answer: &Value, tolerance: f64) -> Verdict {
    let expected = ["min", "max", "mean"].map(|key| answer[key].as_f64().unwrap_or(f64::NAN));
    if [min, max, mean] == expected {
        return Verdict::Equal;
    }
    near(&[min, max, mean], &expected, tolerance)
}

fn modality(frame: &Frame, file: &Value) -> Verdict {
    let answer = &file["pixels"]["modality"];
    // The reference does not scale doses.
    let Some(seen) = digest::modality_extent(frame).filter(|_| frame.modality.raw() != "RTDOSE") else {
        return Verdict::Unanswered;
    };
    if answer["min"].is_null() {
        return Verdict::Unanswered;
    }
    // Sums in another order differ in their last digits, and the reference is rounded to fewer of them.
    let digits = 1e-6 * seen.max.abs().max(seen.min.abs());
    let slope = match frame.modality_lut {
        ModalityLut::Rescale { slope, .. } => slope.abs(),
        ModalityLut::Table(_) => 1.0,
    };
    extent(seen, answer, digits.max(tolerance(file) * slope))
}

fn rendered(image: &Image, frame: &Frame, file: &Value) -> Verdict {
    let answer = &file["pixels"]["render8"];
    let picture = digest::gray(frame, image.module().photometric == Photometric::Monochrome1);
    let Some(picture) = picture.filter(|_| !answer["sha256"].is_null()) else { return Verdict::Unanswered };
    let points: Vec<f64> = picture.grid8x8.iter().map(|&level| level.into()).collect();
    compare(&picture.sha256, &points, &[picture.mean], answer, 1.0)
}

fn colored(frame: &Frame, file: &Value) -> Verdict {
    let answer = &file["pixels"]["rgb8"];
    let Pixels::Color(rgb) = &frame.pixels else { return Verdict::Unanswered };
    if answer["sha256"].is_null() {
        return Verdict::Unanswered;
    }
    let picture = digest::color(rgb);
    let points: Vec<f64> = picture.grid8x8.iter().flatten().map(|&level| level.into()).collect();
    compare(&picture.sha256, &points, &picture.mean, answer, tolerance(file).max(1.0))
}

/// Compares all parts of one file.
fn judge(corpus: &Corpus, file: &Value, alternatives: &Value) -> [Verdict; 5] {
    let path = corpus.path(file["path"].as_str().unwrap());
    let opened = Image::open(&path).and_then(|image| {
        let frame = image.frame(0)?;
        let samples = match &frame.pixels {
            Pixels::Gray(stored) => stored.clone(),
            Pixels::Color(_) => image.samples(0)?,
        };
        Ok((image, frame, samples))
    });
    match opened {
        Err(why) => PARTS.map(|part| match part {
            "stored" => Verdict::Refused(why.to_string()),
            _ => Verdict::Unanswered,
        }),
        Ok((image, frame, samples)) => [
            stored(&image, &samples, &frame, file, alternatives),
            last(&image, &samples, file),
            modality(&frame, file),
            rendered(&image, &frame, file),
            colored(&frame, file),
        ],
    }
}

type Judged<'a> = (&'a Value, [Verdict; 5]);

/// All images, by as many threads as there are cores.
fn judge_all<'a>(corpus: &'a Corpus, alternatives: &BTreeMap<String, Value>) -> Vec<Judged<'a>> {
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

fn is_known(path: &str, part: &str) -> bool {
    KNOWN.iter().any(|(end, known, _)| path.ends_with(end) && *known == part)
}

/// One line for each part: how many are equal, near, different, refused, without answer; then the same for the
/// stored values of each transfer syntax.
fn table(judged: &[Judged<'_>]) -> String {
    let mut counts: BTreeMap<(usize, String), [usize; 6]> = BTreeMap::new();
    for (file, verdicts) in judged {
        for (at, (part, verdict)) in PARTS.iter().zip(verdicts).enumerate() {
            let column = match verdict {
                Verdict::Equal => 0,
                Verdict::Within => 1,
                Verdict::Different(_) if is_known(file["path"].as_str().unwrap(), part) => 2,
                Verdict::Different(_) => 3,
                Verdict::Refused(_) => 4,
                Verdict::Unanswered => 5,
            };
            counts.entry((at, (*part).to_owned())).or_default()[column] += 1;
            if at == 0 {
                let syntax = file["ts"].as_str().filter(|syntax| !syntax.is_empty()).unwrap_or("(none)");
                counts.entry((PARTS.len(), syntax.to_owned())).or_default()[column] += 1;
            }
        }
    }
    let head = format!("{} files with pixels", judged.len());
    let mut text = format!("{head:26}  equal within  known different refused no answer\n");
    for ((at, name), [equal, within, known, different, refused, unanswered]) in counts {
        let name = if at == PARTS.len() { format!("  stored {}", short(&name)) } else { name };
        let _ = writeln!(
            text,
            "{name:26} {equal:6} {within:6} {known:6} {different:9} {refused:7} {unanswered:9}"
        );
    }
    text
}

/// A transfer syntax without what all of them start with.
fn short(syntax: &str) -> String {
    syntax.strip_prefix("1.2.840.10008.1.2").map_or_else(|| syntax.to_owned(), |rest| format!("…1.2{rest}"))
}

#[test]
fn every_image_has_the_values_of_other_decoders() {
    let Some(corpus) = corpus("every_image_has_the_values_of_other_decoders") else { return };
    let alternatives = corpus.answers_by_path("alt_decode.jsonl");

    let judged = judge_all(corpus, &alternatives);

    println!("{}", table(&judged));
    let (mut wrong, mut answered, mut right) = (vec![], 0, 0);
    for (file, verdicts) in &judged {
        let path = file["path"].as_str().unwrap();
        let answers = alternatives.get(path).and_then(|answer| answer["tries"].as_array());
        let answers = answers.is_some_and(|tries| tries.iter().any(|answer| !answer["sha256"].is_null()));
        if file["pixels"]["stored"].is_null() && !answers {
            wrong.extend(judge_alone(path, &verdicts[0]));
            continue;
        }
        answered += 1;
        right += usize::from(matches!(verdicts[0], Verdict::Equal | Verdict::Within));
        for (part, verdict) in PARTS.iter().zip(verdicts) {
            if let Verdict::Different(why) | Verdict::Refused(why) = verdict
                && !is_known(path, part)
            {
                wrong.push(format!("{path} [{}] {part}: {why}", file["ts"].as_str().unwrap_or_default()));
            }
        }
    }
    println!("stored values: {right} right of {answered} that anybody else decodes");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// A file that nobody else decodes: refused with the reason we know of, or decoded for the reason we know of.
fn judge_alone(path: &str, stored: &Verdict) -> Option<String> {
    let find =
        |list: &[(&str, &'static str)]| list.iter().find(|(end, _)| path.ends_with(end)).map(|&(_, why)| why);
    let (seen, expected) = match stored {
        Verdict::Refused(why) => (why.as_str(), find(&REFUSED)),
        _ => ("decoded", find(&DECODED_ALONE)),
    };
    println!("nobody else decodes {path}: {seen}");
    let fine = expected.is_some_and(|expected| seen == "decoded" || seen.contains(expected));
    (!fine).then(|| format!("{path}, which nobody else decodes: {seen}"))
}
