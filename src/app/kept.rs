//! Measurements that are kept: written down, drawn again whenever their slice or plane is seen, taken back.

use super::{App, Effect, Framing, Measured, PanePlace, Shape, View, Viewer, measuring::lines};
use crate::{
    imaging::{
        Mark,
        measure::{Place, Statistics},
        number_size,
    },
    model::{FrameKey, Measurement, MeasurementKind, RegionValues, SeriesId, Vector},
    work::Canvas,
};

impl App {
    /// Keeps what is measured, and begins anew.
    pub(super) fn keep_measured(&mut self) -> Vec<Effect> {
        let Some(measured) = self.measured() else { return self.say("Nothing is measured; m or w begins.") };
        let Some((series, instance, frame)) = self.measured_place() else { return self.say(NAMELESS) };
        let found = self.library.series(series);
        let unit = self.images().map_or_else(String::new, |viewer| viewer.told_here().unit);
        let one = Measurement {
            when: String::new(),
            reader: String::new(),
            removed: false,
            study: self.library.study(found.study).uid.raw().to_owned(),
            series: found.uid.raw().to_owned(),
            instance,
            frame,
            kind: measured.kind(),
            points: self.measured_points(),
            lengths: measured.lengths(),
            unit: measured.unit().as_str().to_owned(),
            angle: measured.angle(),
            values: measured.statistics().map(|found| values(found, unit)),
        };
        match self.views.last_mut() {
            Some(View::Viewer(viewer)) => _ = viewer.measuring.clear(),
            Some(View::Volume(view)) => _ = view.measuring.clear(),
            _ => {}
        }
        if !self.measurements.is_kept {
            self.notice =
                Some("Kept until you leave; topogram --measurements FILE writes it down.".to_owned());
        }
        self.measurements.say(one.clone());
        vec![Effect::Measure(one)]
    }

    /// Takes back the last measurement that is kept where one looks.
    pub(super) fn forget_measured(&mut self) -> Vec<Effect> {
        let Some((series, instance, frame)) = self.measured_place() else { return self.say(NAMELESS) };
        let series = self.library.series(series).uid.raw();
        let last = match &*instance {
            "" => self.measurements.in_volume(series).last(),
            _ => self.measurements.in_frame(series, &instance, frame).last(),
        };
        let Some(last) = last else { return self.say("No measurement is kept here.") };
        let gone = Measurement { removed: true, ..last.clone() };
        self.measurements.say(gone.clone());
        vec![Effect::Measure(gone)]
    }

    fn measured(&self) -> Option<Measured> {
        match self.views.last()? {
            View::Viewer(viewer) => viewer.measured(),
            View::Volume(view) => view.measured(),
            View::Steps(_) | View::Tags(_) | View::Transcript(_) | View::Value(_) => None,
        }
    }

    /// The series, the SOP instance (empty over a volume) and its frame; `None` if a UID is missing.
    fn measured_place(&self) -> Option<(SeriesId, String, u32)> {
        let viewer = self.images()?;
        let place = match self.viewer() {
            Some(viewer) => {
                let FrameKey { instance, frame } = viewer.key();
                (viewer.series, self.library.instance(instance).sop_instance().to_owned(), frame)
            }
            None => (viewer.series, String::new(), 0),
        };
        let named =
            !self.library.series(place.0).uid.is_empty() && (self.volume().is_some() || !place.1.is_empty());
        named.then_some(place)
    }

    /// The points of what is measured, those of [`Measurement::points`].
    fn measured_points(&self) -> Vec<Vec<f64>> {
        if let Some(view) = self.volume() {
            return view.kept_points().into_iter().map(Vec::from).collect();
        }
        let Some(viewer) = self.viewer() else { return vec![] };
        kept_points(viewer.measuring.shape, &viewer.corners()).into_iter().map(Vec::from).collect()
    }

    /// What is kept of the slice or the planes on screen, in short lines for people; the numbers are those beside
    /// the figures.
    pub fn kept_lines(&self) -> Vec<String> {
        if let Some(viewer) = self.viewer() {
            return self.kept_in(viewer, viewer.key()).enumerate().map(line).collect();
        }
        let mut seen: Vec<(usize, &Measurement)> = vec![];
        for one in self.panes().iter().flat_map(|pane| self.kept_of_pane(pane)) {
            if !seen.iter().any(|(at, _)| *at == one.0) {
                seen.push((one.0, one.1));
            }
        }
        seen.sort_by_key(|(at, _)| *at);
        seen.into_iter().map(line).collect()
    }

    fn kept_in<'a>(&'a self, viewer: &Viewer, key: FrameKey) -> impl Iterator<Item = &'a Measurement> {
        let series = self.library.series(viewer.series).uid.raw();
        let instance = self.library.instance(key.instance).sop_instance();
        let all = self.measurements.list.iter();
        all.filter(move |one| one.series == series && one.frame == key.frame && one.instance == instance)
            .filter(|one| !one.instance.is_empty())
    }

    /// Lines of what is kept of a frame, and their numbers.
    pub(super) fn kept_marks(&self, viewer: &Viewer, key: FrameKey, framing: &Framing) -> Vec<Mark> {
        let drawn = |(at, one): (usize, &Measurement)| {
            let flat = one.outline().into_iter().filter_map(|point| Place::try_from(point).ok());
            let pixels: Vec<(f64, f64)> = flat.map(|place| viewer.drawn(place, framing)).collect();
            numbered(&pixels, at + 1, framing.size, self.canvas)
        };
        self.kept_in(viewer, key).enumerate().flat_map(drawn).collect()
    }

    /// The same of what is kept in the plane of a pane.
    pub(super) fn kept_in_pane(&self, pane: &PanePlace) -> Vec<Mark> {
        let drawn = |(at, _, points): (usize, &Measurement, Vec<Vector>)| {
            let pixels: Vec<(f64, f64)> = points.into_iter().map(|point| pane.pixel_of(point)).collect();
            numbered(&pixels, at + 1, pane.size, self.canvas)
        };
        self.kept_of_pane(pane).into_iter().flat_map(drawn).collect()
    }

    /// What is kept in the plane of a pane, by its number from zero, and its line.
    fn kept_of_pane(&self, pane: &PanePlace) -> Vec<(usize, &Measurement, Vec<Vector>)> {
        let Some(view) = self.volume().filter(|_| !pane.second) else { return vec![] };
        let series = self.library.series(view.images.series).uid.raw();
        let near = view.geometry.finest() / 2.0;
        let within = |(at, one): (usize, &'_ Measurement)| {
            let line = one.outline().into_iter();
            let points: Vec<Vector> = line.filter_map(|point| Vector::try_from(point).ok()).collect();
            points.iter().all(|&point| pane.cut.find(point).2.abs() <= near).then_some((at, points))
        };
        let all = self.measurements.in_volume(series).enumerate();
        all.filter_map(|(at, one)| within((at, one)).map(|(at, points)| (at, one, points))).collect()
    }
}

/// A line in a picture of that size, and its number right of it.
fn numbered(pixels: &[(f64, f64)], number: usize, (width, height): (u32, u32), canvas: Canvas) -> Vec<Mark> {
    let mut marks = lines(pixels, canvas.is_coarse());
    let rightmost = pixels.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0));
    let seen = |at: f64, length: u32| at >= 0.0 && at < f64::from(length);
    if let Some((x, y)) = rightmost.filter(|_| pixels.iter().any(|&(x, y)| seen(x, width) && seen(y, height)))
    {
        // About as high as a letter, where pixels are smaller than letters.
        let times = (canvas.cell_pixels().1 / 8.0).floor().max(1.0) as u32;
        let (wide, high) = number_size(number);
        let inside = |at: f64, length: u32, own: u32| at.clamp(0.0, f64::from(length.saturating_sub(own)));
        let (wide, high) = (wide * times, high * times);
        let corner = (inside(x + 2.0, width, wide), inside(y - f64::from(high) / 2.0, height, high));
        marks.push(Mark::Number(corner, number, times));
    }
    marks
}

/// The points to be kept of a line, or of a shape with these corners.
pub(super) fn kept_points(shape: Option<Shape>, corners: &[Place]) -> Vec<Place> {
    match shape {
        Some(Shape::Ellipse | Shape::Rectangle) => {
            let mut around = Shape::Rectangle.outline(corners);
            around.pop();
            around
        }
        Some(Shape::Polygon) | None => corners.to_vec(),
    }
}

fn values(found: &Statistics, unit: String) -> RegionValues {
    let &Statistics { count, mean, deviation, min, max, area, .. } = found;
    RegionValues { count, mean, deviation, min, max, area, unit }
}

/// A measurement in a few words, after its number.
fn line((at, one): (usize, &Measurement)) -> String {
    let at = at + 1;
    let number = |value: f64| super::short(value, 1);
    let lengths: Vec<String> = one.lengths.iter().map(|&length| number(length)).collect();
    let unit = crate::model::shown(&one.unit);
    let what = match (one.kind, one.angle) {
        (MeasurementKind::Length, _) => format!("{} {unit}", lengths.join(" ")),
        (MeasurementKind::Angle, angle) => format!("{}°", number(angle.unwrap_or_default())),
        (kind, _) => format!("{} {} {unit}", kind.as_str(), lengths.join(" x ")),
    };
    match &one.values {
        Some(values) => {
            let digits = super::measuring::digits(values.min, values.max);
            let number = |value| super::short(value, digits);
            format!("{at}: {what} {}±{}", number(values.mean), number(values.deviation))
        }
        None => format!("{at}: {what}"),
    }
}

const NAMELESS: &str = "This has no UID by which a measurement could be kept.";
