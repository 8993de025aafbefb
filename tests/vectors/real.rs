//! Files of the corpus, where it is at hand: the folder named by `TOPOGRAM_CORPUS`, or `../shared/corpus`.

use super::{assert_near, cases};
use serde::Deserialize;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};
use topogram::{
    dicom::{self, DataSet, Found, Image, Object, Tag},
    imaging::{Survey, digest, read},
    model::{Pixels, Record},
};

#[derive(Deserialize)]
struct Real {
    id: String,
    path: String,
    frames: Option<u32>,
    shape: Option<(usize, usize)>,
    bits_allocated: Option<u16>,
    dtype: Option<String>,
    unit: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
    #[serde(default)]
    percentiles: Vec<(f64, f64)>,
    /// Frame, row and column.
    greatest_at: Option<(u32, usize, usize)>,
    /// Pixels of 1.
    set: Option<usize>,
    /// The first of them.
    first_set: Option<(usize, usize)>,
    spacing: Option<(f64, f64)>,
    /// Frame and position of its first pixel.
    #[serde(default)]
    positions: Vec<(u32, f64, f64, f64)>,
    /// Row, column, red, green, blue.
    #[serde(default)]
    rgb: Vec<(usize, usize, u8, u8, u8)>,
    #[serde(default)]
    samples: Vec<(usize, usize, f64, f64, f64)>,
    #[serde(default)]
    same: Vec<String>,
    #[serde(default)]
    attributes: Vec<Attribute>,
}

/// A value reached through the first item of each sequence.
#[derive(Deserialize)]
struct Attribute {
    at: Vec<String>,
    text: Option<String>,
    #[serde(default)]
    first: Vec<f64>,
    count: Option<usize>,
}

/// The files of the corpus, or a line on standard error that says it is missing.
fn files() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let files = std::env::var_os("TOPOGRAM_CORPUS").map_or_else(beside, PathBuf::from).join("files");
    if !files.is_dir() {
        // Not `eprintln!`, which the test harness swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no corpus in TOPOGRAM_CORPUS nor ../shared/corpus");
        return None;
    }
    Some(files)
}

#[test]
fn real_files_have_the_values_of_other_readers() {
    let Some(files) = files() else { return };
    for real in cases::<Real>("file") {
        let path = files.join(&real.path);
        let object = Object::open(&path).unwrap();
        real.attributes.iter().for_each(|attribute| attribute.check(&object.data_set, &real.id));
        // An object without pixels has attributes only.
        if let Ok(image) = Image::open(&path) {
            real.check_shape(&image);
            real.check_values(&image);
            let Found::Instance(record) = dicom::read(&path).unwrap() else { panic!("an image") };
            real.check_space(&image, &record);
            for other in &real.same {
                let other = Image::open(&files.join(other)).unwrap();
                assert_eq!(image.samples(0).unwrap(), other.samples(0).unwrap(), "{}", real.id);
            }
        }
    }
}

impl Attribute {
    fn check(&self, data_set: &DataSet, id: &str) {
        let tag = |text: &String| {
            let number = u32::from_str_radix(text, 16).unwrap();
            Tag((number >> 16) as u16, number as u16)
        };
        let (last, sequences) = self.at.split_last().unwrap();
        let holder = sequences.iter().fold(data_set, |holder, at| &holder.items(tag(at))[0]);
        let what = format!("{id} {last}");
        if let Some(text) = &self.text {
            assert_eq!(holder.ascii(tag(last)).as_ref(), Some(text), "{what}");
        }
        let numbers = holder.numbers(tag(last));
        self.first.iter().zip(&numbers).for_each(|(&expected, &got)| assert_near(got, expected, &what));
        assert!(self.count.is_none_or(|count| numbers.len() == count), "{what}: {} values", numbers.len());
    }
}

impl Real {
    fn check_shape(&self, image: &Image) {
        let (id, module, frame) = (&self.id, image.module(), image.frame(0).unwrap());
        assert!(self.frames.is_none_or(|frames| module.frames == frames), "{id}");
        assert!(self.bits_allocated.is_none_or(|bits| module.bits_allocated == bits), "{id}");
        assert!(self.shape.is_none_or(|shape| frame.shape() == shape), "{id}");
        assert!(self.unit.as_deref().is_none_or(|unit| frame.unit.raw() == unit), "{id}: {}", frame.unit);
        let dtype = digest::dtype(&image.samples(0).unwrap());
        assert!(self.dtype.as_deref().is_none_or(|expected| dtype == expected), "{id}: {dtype}");
    }

    fn check_values(&self, image: &Image) {
        let id = &self.id;
        let frames: Vec<_> = (0..image.module().frames).map(|number| image.frame(number).unwrap()).collect();
        let extents: Vec<_> = frames.iter().filter_map(digest::modality_extent).collect();
        if let Some(expected) = self.min {
            assert_near(extents[0].min, expected, id);
        }
        if let Some(expected) = self.mean {
            assert_near(extents[0].mean, expected, id);
        }
        if let Some(expected) = self.max {
            let most = extents.iter().map(|extent| extent.max).fold(f64::MIN, f64::max);
            assert_near(most, expected, id);
            if let Some((frame, row, column)) = self.greatest_at {
                assert_eq!(read(&frames[frame as usize], row, column).unwrap().value, Some(most), "{id}");
            }
        }
        let mut survey = Survey::new(1);
        survey.add(&frames[0]);
        for &(percent, expected) in &self.percentiles {
            assert_near(survey.percentile(percent).unwrap(), expected, &format!("{id} p{percent}"));
        }
        if let (Some(set), Some(first)) = (self.set, self.first_set) {
            let (rows, columns) = frames[0].shape();
            let places = (0..rows * columns).map(|at| (at / columns, at % columns));
            let is_set = |&(row, column): &(usize, usize)| {
                read(&frames[0], row, column).and_then(|reading| reading.stored) == Some(1.0)
            };
            let ones: Vec<_> = places.filter(is_set).collect();
            assert_eq!((ones.len(), ones[0]), (set, first), "{id}");
        }
        self.check_colors(image);
    }

    fn check_colors(&self, image: &Image) {
        let id = &self.id;
        let samples = image.samples(0).unwrap();
        for &(row, column, a, b, c) in &self.samples {
            let got = [0, 1, 2].map(|channel| samples.at(row, 3 * column + channel).unwrap());
            assert_eq!(got, [a, b, c], "{id}");
        }
        let frame = image.frame(0).unwrap();
        for &(row, column, r, g, b) in &self.rgb {
            assert!(matches!(frame.pixels, Pixels::Color(_)), "{id}");
            assert_eq!(read(&frame, row, column).unwrap().rgb, Some([r, g, b]), "{id}");
        }
    }

    fn check_space(&self, image: &Image, record: &Record) {
        let id = &self.id;
        if let Some((row, column)) = self.spacing {
            let spacing = image.frame(0).unwrap().spacing.unwrap();
            assert_near(spacing.row, row, id);
            assert_near(spacing.column, column, id);
        }
        for &(number, x, y, z) in &self.positions {
            let decoded = image.frame(number).unwrap().plane.unwrap().position;
            let scanned = record.places.get(number as usize).map(|place| place.position);
            for got in [decoded, scanned.or(record.position).unwrap()] {
                got.into_iter().zip([x, y, z]).for_each(|(got, expected)| assert_near(got, expected, id));
            }
        }
    }
}
