//! Plots under the picture: histograms with the window on them, the values along a line and over time.

mod grip;
mod whole;
pub(super) use grip::Grip;

use super::{App, Effect, Told, View, Viewer, VolumeView, short};
use crate::{
    imaging::{
        Cut, Histogram, Sampling,
        measure::{self, Region},
    },
    model::{Frame, FrameKey, Window, minus, norm},
    work::Job,
};
use ratatui::layout::Rect;
use std::{path::Path, sync::Arc};

/// What is plotted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// How often values occur in the slice, or in the plane that keys work on.
    Slice,
    /// In the region that is measured.
    Region,
    /// In all of the volume.
    Volume,
    /// The values along the line that is measured.
    Profile,
    /// The values at the point in one stack after the other.
    Time,
}

/// A plot, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows, or why there is nothing to show.
    pub title: String,
    /// Heights from 0 to 1, from left to right; gaps where there is no value.
    pub bars: Vec<Option<f64>>,
    /// What stands under the left and the right end.
    pub ends: [String; 2],
    /// The values at both edges, where a window can be seen on it.
    pub span: Option<(f64, f64)>,
    /// The bar of what is on screen.
    pub here: Option<usize>,
}

/// Bins of the histogram of a volume.
pub(super) const BINS: usize = 1024;

impl Chart {
    /// Nothing to plot, and why.
    fn empty(title: &str) -> Self {
        Self { title: title.to_owned(), bars: vec![], ends: Default::default(), span: None, here: None }
    }

    /// Pixels by value. Heights are logarithms: air and padding would leave nothing of the rest.
    pub(super) fn histogram(of: &str, told: &Told, histogram: Option<&Histogram>, columns: usize) -> Self {
        let Some(histogram) = histogram else { return Self::empty(&format!("histogram of {of}: no values")) };
        let bins = histogram.counts.len();
        let columns = columns.clamp(1, bins.max(1));
        let sums: Vec<u64> = (0..columns)
            .map(|at| histogram.counts[at * bins / columns..(at + 1) * bins / columns].iter().sum())
            .collect();
        let log = |count: u64| (count as f64).ln_1p();
        let peak = sums.iter().copied().max().unwrap_or(0);
        let bars = sums.into_iter().map(|sum| (sum > 0).then(|| log(sum) / log(peak))).collect();
        let count: u64 = histogram.counts.iter().sum();
        let digits = if (histogram.high - histogram.low) * told.times < 20.0 { 3 } else { told.digits };
        let told = Told { digits, ..told.clone() };
        Self {
            title: format!("histogram of {of}, logarithmic  n {count}"),
            bars,
            ends: [told.text(histogram.low), told.text(histogram.high)],
            span: Some((histogram.low, histogram.high)),
            here: None,
        }
    }

    /// Values in their order, from the smallest to the largest.
    fn series(title: &str, told: &Told, values: &[Option<f64>], ends: [String; 2]) -> Self {
        let known = values.iter().flatten();
        let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return Self::empty(&format!("{title}: no values"));
        }
        let extent = if high > low { high - low } else { 1.0 };
        let bars = values.iter().map(|value| value.map(|value| (value - low) / extent)).collect();
        let title = format!("{title}  {} to {}", short(low * told.times, told.digits), told.text(high));
        Self { title, bars, ends, span: None, here: None }
    }

    /// The bar that a column of so many shows.
    pub fn bar_at(&self, column: usize, columns: usize) -> Option<f64> {
        self.bars.get(column * self.bars.len() / columns.max(1)).copied().flatten()
    }

    /// The columns of the edges of a window, as parts of the whole; outside of 0 to 1 they are not seen.
    pub fn edges(&self, window: Window) -> Option<[f64; 2]> {
        let (low, high) = self.span?;
        Some([-0.5, 0.5].map(|side| (window.center + side * window.width - low) / (high - low)))
    }
}

impl App {
    /// Where the plot is; empty without one.
    pub fn chart_area(&self) -> Rect {
        if self.steps().is_some() {
            return self.steps_places().chart;
        }
        let main = self.main_area();
        let wanted = self.images().is_some_and(|viewer| viewer.figure.is_some());
        let rows = if wanted && main.height >= 12 { (main.height / 4).clamp(5, 12) } else { 0 };
        Rect { y: main.bottom() - rows, height: rows, ..main }
    }

    /// The screen without the rows of the plot: what pictures are laid out on.
    pub fn picture_screen(&self) -> Rect {
        Rect { height: self.screen.height - self.chart_area().height, ..self.screen }
    }

    /// What is plotted in so many columns, if anything is.
    pub fn chart(&self, columns: usize) -> Option<Chart> {
        if let Some(view) = self.steps() {
            return view.chart(columns);
        }
        let figure = self.images()?.figure?;
        let told = &self.images()?.told_here();
        Some(match (figure, self.views.last()?) {
            (Figure::Time, _) => self.time_chart(told),
            (Figure::Volume, View::Viewer(viewer)) => viewer.whole_chart(told, columns, self.mask),
            (_, View::Viewer(viewer)) => viewer.chart(figure, told, columns),
            (_, View::Volume(view)) => view.chart(figure, told, columns),
            _ => return None,
        })
    }

    /// The values at the point over time, once they are there.
    fn time_chart(&self, told: &Told) -> Chart {
        let Some((frames, here)) = self.points_in_time() else {
            return Chart::empty("values over time: nothing else lies at this place in the series");
        };
        let Some((_, values)) = &self.curve else { return Chart::empty("values over time …") };
        let title = format!("values over {} points in time", frames.len());
        let ends = ["1".to_owned(), frames.len().to_string()];
        Chart { here: Some(here), ..Chart::series(&title, told, values, ends) }
    }

    /// The frames that lie where the point is, in the order of their stacks, and which one is on screen.
    fn points_in_time(&self) -> Option<(Vec<FrameKey>, usize)> {
        let viewer = self.images()?;
        let stack = viewer.stack();
        let slice = match self.volume() {
            Some(view) => view.geometry.index(view.point)[0].round().max(0.0) as usize,
            None => viewer.slice,
        };
        let (first, last) = (stack.depths.first(), stack.depths.last());
        if viewer.stacks.len() == 1 && first == last && stack.frames.len() > 1 {
            // A film of one place.
            return Some((stack.frames.clone(), slice));
        }
        let alike = viewer
            .stacks
            .iter()
            .enumerate()
            .filter(|(_, other)| other.group == stack.group && other.frames.len() == stack.frames.len());
        let (numbers, frames): (Vec<usize>, Vec<FrameKey>) =
            alike.filter_map(|(at, other)| Some((at, *other.frames.get(slice)?))).unzip();
        let here = numbers.iter().position(|&at| at == viewer.stack)?;
        (frames.len() > 1).then_some((frames, here))
    }

    /// Asks for the values over time, if they are plotted and not there.
    pub(super) fn curve_wish(&self) -> Option<Job> {
        let viewer = self.images().filter(|viewer| viewer.figure == Some(Figure::Time))?;
        let pixel = match self.volume() {
            Some(view) => {
                let [_, row, column] = view.geometry.index(view.point).map(|at| at.round().max(0.0) as usize);
                (row, column)
            }
            None => viewer.crosshair?,
        };
        let (frames, _) = self.points_in_time()?;
        let path = |key: FrameKey| (key, Arc::<Path>::from(self.library.path(key.instance)));
        let job = Job::Curve { frames: frames.into_iter().map(path).collect(), pixel };
        self.curve.as_ref().is_none_or(|(name, _)| *name != job.name()).then_some(job)
    }

    /// The next histogram, after the last one none.
    pub(super) fn next_histogram(&mut self) -> Vec<Effect> {
        let Some(viewer) = self.images_mut() else { return vec![] };
        viewer.figure = match viewer.figure {
            Some(Figure::Slice) => Some(Figure::Region),
            Some(Figure::Region) => Some(Figure::Volume),
            Some(Figure::Volume) => None,
            _ => Some(Figure::Slice),
        };
        self.leave_whole()
    }

    /// Plots this, or nothing if it is plotted already.
    pub(super) fn plot(&mut self, figure: Figure) -> Vec<Effect> {
        let in_volume = self.volume().is_some();
        let Some(viewer) = self.images_mut() else { return vec![] };
        viewer.figure = if viewer.figure == Some(figure) { None } else { Some(figure) };
        if figure == Figure::Time && viewer.figure.is_some() && !in_volume {
            viewer.read_or_middle();
        }
        self.leave_whole()
    }
}

impl Viewer {
    fn chart(&self, figure: Figure, told: &Told, columns: usize) -> Chart {
        let Some(frame) = self.shown_values() else { return Chart::empty("…") };
        match (figure, self.region()) {
            (Figure::Region, Some(region)) => of_region(&region, frame, told, columns),
            (Figure::Region, None) => Chart::empty(NO_REGION),
            (Figure::Profile, _) => match self.corners()[..] {
                [.., from, to] => {
                    let scale = measure::Scale::over(frame, &[from, to]);
                    let values = measure::profile(frame, from, to, columns.max(2));
                    along(scale.distance(from, to), scale.unit.as_str(), told, &values)
                }
                _ => Chart::empty(NO_LINE),
            },
            _ => Chart::histogram("the slice", told, Histogram::of(frame, columns.max(1)).as_ref(), columns),
        }
    }

    /// The values are wanted, not only their picture.
    pub(super) fn needs_values(&self) -> bool {
        self.crosshair.is_some() || self.figure.is_some()
    }
}

impl VolumeView {
    fn chart(&self, figure: Figure, told: &Told, columns: usize) -> Chart {
        let Some(body) = self.body() else { return Chart::empty("…") };
        let volume = &body.assembled.volume;
        match figure {
            Figure::Region => match self.measuring.shape.and_then(|shape| self.sampled(shape)) {
                Some((frame, region, _)) => of_region(&region, &frame, told, columns),
                None => Chart::empty(NO_REGION),
            },
            Figure::Profile => match self.measuring.corners(self.point)[..] {
                [.., from, to] => {
                    let last = columns.max(2) - 1;
                    let length = norm(minus(to, from));
                    let at = |step: usize| {
                        let part = step as f64 / last as f64;
                        std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * part)
                    };
                    let values: Vec<Option<f64>> =
                        (0..=last).map(|step| volume.sample(at(step), self.images.smooth)).collect();
                    along(length, "mm", told, &values)
                }
                _ => Chart::empty(NO_LINE),
            },
            Figure::Volume => whole::of_volume(self.images.histogram.as_ref(), told, columns),
            _ => {
                let axes = self.axes_of(self.active);
                let cut = Cut::covering(&self.geometry, axes, self.point);
                let frame = volume.frame(&cut, &Sampling { smooth: false, slab: self.slab(), threads: 1 });
                let histogram = Histogram::of(&frame, columns.max(1));
                Chart::histogram("the plane", told, histogram.as_ref(), columns)
            }
        }
    }
}

fn of_region(region: &Region, frame: &Frame, told: &Told, columns: usize) -> Chart {
    Chart::histogram("the region", told, region.histogram(frame, columns.max(1)).as_ref(), columns)
}

fn along(length: f64, unit: &str, of_values: &Told, values: &[Option<f64>]) -> Chart {
    let ends = ["0".to_owned(), format!("{} {unit}", short(length, 1))];
    Chart::series("values along the line", of_values, values, ends)
}

const NO_REGION: &str = "histogram of the region: w draws one";
const NO_LINE: &str = "values along the line: m begins one";
