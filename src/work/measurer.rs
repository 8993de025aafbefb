//! The file that measurements are kept in, as a [`Ledger`].

use super::{
    job::Answer,
    ledger::{Ledger, cells, now},
};
use crate::{
    export::csv,
    model::{Measurement, MeasurementKind, Measurements, RegionValues},
};
use crossbeam_channel::{Sender, unbounded};
use std::{
    path::{Path, PathBuf},
    thread,
};

/// Columns of a line.
const COLUMNS: usize = 19;

const LEDGER: Ledger = Ledger { name: "measurement", headings: &MEASUREMENT_COLUMNS };

/// What stands in a line, in this order.
pub const MEASUREMENT_COLUMNS: [&str; COLUMNS] = [
    "time",
    "reader",
    "state",
    "study_uid",
    "series_uid",
    "instance_uid",
    "frame",
    "kind",
    "points",
    "lengths",
    "unit",
    "angle",
    "n",
    "mean",
    "sd",
    "min",
    "max",
    "area",
    "value_unit",
];

/// The states of a line.
const KEPT: &str = "kept";
const REMOVED: &str = "removed";

/// A thread that keeps a file of measurements; it ends when this is dropped.
#[derive(Debug)]
pub struct Measurer(Sender<Measurement>);

impl Measurer {
    /// Reads `file`, if it is there, and writes every measurement into it; `name` is who measures.
    pub fn start<T: From<Answer> + Send + 'static>(file: PathBuf, name: String, answers: Sender<T>) -> Self {
        let (to_file, measured) = unbounded::<Measurement>();
        let work = move || {
            let tell = |result| answers.send(Answer::Measurements { result }.into()).is_ok();
            if !tell(read(&file)) {
                return;
            }
            for mut one in measured {
                one.when = now();
                one.reader.clone_from(&name);
                let text = LEDGER.append(&file, &csv::line(&measurement_cells(&one)));
                if !tell(text.map(|text| of(&text))) {
                    return;
                }
            }
        };
        // Without a thread nothing is kept, and nothing says that it was.
        let _ = thread::Builder::new().name("topogram-measure".to_owned()).spawn(work);
        Self(to_file)
    }

    /// Writes a measurement; what the file says then comes as an answer.
    pub fn say(&self, measurement: Measurement) {
        let _ = self.0.send(measurement);
    }
}

/// What a file of measurements says; nothing yet if it is not there.
///
/// # Errors
///
/// A sentence.
pub fn read(path: &Path) -> Result<Measurements, String> {
    Ok(of(&LEDGER.read(path)?))
}

fn of(text: &str) -> Measurements {
    Measurements::of_all(cells(text).into_iter().filter_map(parse).collect())
}

/// A measurement as it stands in a line.
pub fn measurement_cells(one: &Measurement) -> Vec<String> {
    let numbers = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    let points: Vec<String> = one.points.iter().map(|point| numbers(point)).collect();
    let of_values = |get: fn(&RegionValues) -> String| one.values.as_ref().map(get).unwrap_or_default();
    vec![
        one.when.clone(),
        one.reader.clone(),
        if one.removed { REMOVED } else { KEPT }.to_owned(),
        one.study.clone(),
        one.series.clone(),
        one.instance.clone(),
        // As people count them; planes of a volume have no frame.
        if one.instance.is_empty() { String::new() } else { (u64::from(one.frame) + 1).to_string() },
        one.kind.as_str().to_owned(),
        points.join("; "),
        numbers(&one.lengths),
        one.unit.clone(),
        one.angle.map_or_else(String::new, |angle| angle.to_string()),
        of_values(|values| values.count.to_string()),
        of_values(|values| values.mean.to_string()),
        of_values(|values| values.deviation.to_string()),
        of_values(|values| values.min.to_string()),
        of_values(|values| values.max.to_string()),
        of_values(|values| values.area.to_string()),
        of_values(|values| values.unit.clone()),
    ]
}

/// Of somebody's file: more points than a person sets are none of ours.
const MOST_POINTS: usize = 10_000;

fn parse(cells: [String; COLUMNS]) -> Option<Measurement> {
    let [when, reader, state, study, series, instance, frame, kind, points, lengths, unit, angle, rest @ ..] =
        cells;
    let [count, mean, deviation, min, max, area, value_unit] = rest;
    let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    let numbers = |text: &str| text.split_whitespace().map(number).collect::<Option<Vec<f64>>>();
    let points: Vec<Vec<f64>> = points.split(';').take(MOST_POINTS).map(numbers).collect::<Option<_>>()?;
    let dimensions = if instance.is_empty() { 3 } else { 2 };
    let values = || {
        Some(RegionValues {
            count: count.parse().ok()?,
            mean: number(&mean)?,
            deviation: number(&deviation)?,
            min: number(&min)?,
            max: number(&max)?,
            area: number(&area)?,
            unit: value_unit.clone(),
        })
    };
    let is_right = !series.is_empty() && points.iter().all(|point| point.len() == dimensions);
    is_right.then_some(())?;
    Some(Measurement {
        removed: state == REMOVED,
        frame: if instance.is_empty() { 0 } else { frame.parse::<u32>().ok()?.checked_sub(1)? },
        kind: MeasurementKind::ALL.into_iter().find(|one| one.as_str() == kind)?,
        lengths: numbers(&lengths)?,
        angle: number(&angle),
        values: values(),
        when,
        reader,
        study,
        series,
        instance,
        points,
        unit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(instance: &str, points: Vec<Vec<f64>>) -> Measurement {
        Measurement {
            when: now(),
            reader: "=me()".to_owned(),
            removed: false,
            study: "1.2".to_owned(),
            series: "1.2.3".to_owned(),
            instance: instance.to_owned(),
            frame: 0,
            kind: MeasurementKind::Rectangle,
            points,
            lengths: vec![2.5, -0.1],
            unit: "mm at detector".to_owned(),
            angle: None,
            values: Some(RegionValues {
                count: 6,
                mean: 1.0 / 3.0,
                unit: "HU".to_owned(),
                ..Default::default()
            }),
        }
    }

    #[test]
    fn a_measurement_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measured.csv");
        assert_eq!(read(&path).unwrap().list, []);
        let kept = [
            rectangle("1.2.3.4", vec![vec![0.0, 1.5], vec![3.0, -4.0]]),
            rectangle("", vec![vec![0.1, -2.0, 1e-7]]),
        ];
        for one in &kept {
            LEDGER.append(&path, &csv::line(&measurement_cells(one))).unwrap();
        }
        assert_eq!(read(&path).unwrap().list, kept);

        let gone = Measurement { removed: true, ..kept[0].clone() };
        LEDGER.append(&path, &csv::line(&measurement_cells(&gone))).unwrap();
        assert_eq!(read(&path).unwrap().list, kept[1..]);
    }

    #[test]
    fn lines_of_others_and_points_that_make_no_sense_are_left_alone() {
        let right = csv::line(&measurement_cells(&rectangle("1.2.3.4", vec![vec![0.0, 1.0]])));
        let flat = csv::line(&measurement_cells(&rectangle("1.2.3.4", vec![vec![0.0]])));
        let text = format!("a,b\r\n{flat}{}{right}", right.replace("0 1", "NaN inf"));
        assert_eq!(of(&text).list.len(), 1);
    }
}
