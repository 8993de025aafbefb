//! `topogram measurements`: what was measured in the series under some paths.

use super::{Exit, Settings, list, list::Format, out::Out};
use crate::{
    export::csv,
    model::{Library, Mask, Measurement, Text},
    work::{MEASUREMENT_COLUMNS, measurement_cells, read_measurements, store},
};
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Entry {
    time: String,
    reader: String,
    study_uid: String,
    series_uid: String,
    description: String,
    /// Nothing for a plane of a volume.
    instance_uid: Option<String>,
    /// From one.
    frame: Option<u64>,
    kind: &'static str,
    /// Row and column, or x, y and z in mm.
    points: Vec<Vec<f64>>,
    lengths: Vec<f64>,
    unit: String,
    angle: Option<f64>,
    values: Option<Values>,
}

#[derive(Serialize)]
struct Values {
    n: usize,
    mean: f64,
    sd: f64,
    min: f64,
    max: f64,
    area: f64,
    unit: String,
}

/// Prints the measurements.
///
/// # Errors
///
/// No file is named or it cannot be read, or what writing to the output says.
pub(super) fn measurements(
    paths: Vec<PathBuf>,
    format: Format,
    settings: &Settings,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let file = Path::new(&settings.config.measurements.file);
    if file.as_os_str().is_empty() {
        bail!("name the file that measurements are kept in: topogram measurements --measurements FILE");
    }
    if file.symlink_metadata().is_err() {
        bail!("{}: there is no file of measurements of that name yet", file.display());
    }
    let kept = read_measurements(file).map_err(|why| anyhow!(why))?;
    let mut library = Library::default();
    list::scan(paths, |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let mut found = vec![];
    for (id, series) in library.all_series() {
        let label = list::words(&library.label(id), out.mask);
        found.extend(
            kept.list
                .iter()
                .filter(|one| one.series == series.uid.raw())
                .map(|one| (label.clone(), masked(one, out.mask))),
        );
    }
    match format {
        Format::Json => {
            let entries: Vec<Entry> = found.into_iter().map(|(label, one)| entry(label, one)).collect();
            out.json(&entries)?;
        }
        Format::Csv => {
            out.raw(csv::line(&MEASUREMENT_COLUMNS.map(str::to_owned)).as_bytes())?;
            for (_, one) in &found {
                out.raw(csv::line(&measurement_cells(one)).as_bytes())?;
            }
        }
        Format::Table => {
            let rows: Vec<[String; 5]> = found.iter().map(row).collect();
            out.table(&["series", "kind", "size", "mean ± sd", "reader"], &rows)?;
        }
    }
    Ok(if library.problems.is_empty() { Exit::Ok } else { Exit::SomeProblems })
}

/// With nothing in it that identifies somebody, if that is asked for.
fn masked(one: &Measurement, mask: Mask) -> Measurement {
    Measurement {
        study: mask.uid(&one.study),
        series: mask.uid(&one.series),
        instance: mask.uid(&one.instance),
        reader: list::exact(&Text::from(one.reader.as_str()), mask),
        ..one.clone()
    }
}

fn entry(description: String, one: Measurement) -> Entry {
    let in_slice = !one.instance.is_empty();
    Entry {
        time: one.when,
        reader: one.reader,
        study_uid: one.study,
        series_uid: one.series,
        description,
        frame: in_slice.then(|| u64::from(one.frame) + 1),
        instance_uid: in_slice.then_some(one.instance),
        kind: one.kind.as_str(),
        points: one.points,
        lengths: one.lengths,
        unit: one.unit,
        angle: one.angle,
        values: one.values.map(|found| Values {
            n: found.count,
            mean: found.mean,
            sd: found.deviation,
            min: found.min,
            max: found.max,
            area: found.area,
            unit: found.unit,
        }),
    }
}

fn row((label, one): &(String, Measurement)) -> [String; 5] {
    let lengths: Vec<String> = one.lengths.iter().map(|length| format!("{length:.1}")).collect();
    let angle = one.angle.map_or_else(String::new, |angle| format!("  {angle:.1}°"));
    let values = one.values.as_ref();
    let mean = values
        .map(|found| format!("{:.1} ± {:.1} {}", found.mean, found.deviation, found.unit).trim().to_owned());
    [
        label.clone(),
        one.kind.as_str().to_owned(),
        format!("{} {}{angle}", lengths.join(" x "), one.unit),
        mean.unwrap_or_default(),
        one.reader.clone(),
    ]
}
