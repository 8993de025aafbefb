//! Measuring in the slice on screen, from marked pixels to the crosshair.

use super::Viewer;
use crate::{
    app::{Framing, Measured, measuring::lines},
    imaging::{
        Mark,
        measure::{Place, Region, Scale},
    },
    work::Canvas,
};

impl Viewer {
    /// Marks the point that is read; without one, that is the middle.
    pub(in crate::app) fn mark(&mut self) {
        let point = place(self.read_or_middle());
        self.measuring.mark(point);
    }

    /// Draws the next shape from the mark to the point that is read.
    pub(in crate::app) fn next_shape(&mut self) {
        let point = place(self.read_or_middle());
        self.measuring.next_shape(point);
    }

    /// The point that is read, from now on.
    pub(in crate::app) fn read_or_middle(&mut self) -> (usize, usize) {
        let form = &self.stack().form;
        let middle = (form.rows as usize / 2, form.columns as usize / 2);
        *self.crosshair.get_or_insert(middle)
    }

    /// The mouse is pressed on a pixel.
    pub(in crate::app) fn press(&mut self, pixel: (usize, usize)) {
        if let Some(before) = self.crosshair.replace(pixel) {
            self.measuring.press(place(before));
        }
    }

    /// The mouse is dragged from one pixel to another; `begins` if it was only pressed until now.
    pub(in crate::app) fn drag(&mut self, from: (usize, usize), to: (usize, usize), begins: bool) {
        if begins {
            self.measuring.drag_from(place(from));
        }
        self.crosshair = Some(to);
    }

    /// The marked pixels and the one that is read; empty if nothing is measured.
    pub(in crate::app) fn corners(&self) -> Vec<Place> {
        match self.crosshair.filter(|_| !self.measuring.is_empty()) {
            Some(pixel) => self.measuring.corners(place(pixel)),
            None => vec![],
        }
    }

    /// The region that is measured, if it is one.
    pub(in crate::app) fn region(&self) -> Option<Region> {
        let shape = self.measuring.shape?;
        Some(shape.region(&self.corners()))
    }

    /// What is measured in the slice on screen, once its values are at hand.
    pub fn measured(&self) -> Option<Measured> {
        let corners = self.corners();
        if corners.is_empty() {
            return None;
        }
        let frame = self.shown_values()?;
        let scale = Scale::over(frame, &corners);
        let unit = scale.unit;
        let Some(shape) = self.measuring.shape else {
            let lengths = corners.windows(2).map(|two| scale.distance(two[0], two[1])).collect();
            let angle = match corners[..] {
                [arm, vertex, other] => scale.angle(arm, vertex, other),
                _ => None,
            };
            return Some(Measured::Lines { lengths, angle, unit });
        };
        let [down, across] = shape.sides(&corners);
        Some(Measured::Region {
            shape,
            sides: [down * scale.row, across * scale.column],
            statistics: shape
                .region(&corners)
                .statistics(frame, &scale)
                .map(|found| found.times(self.told(frame.unit.raw()).times)),
            unit,
        })
    }

    /// Where a place in the frame is in the picture that is drawn.
    pub(in crate::app) fn drawn(&self, place: Place, framing: &Framing) -> (f64, f64) {
        let form = &self.stack().form;
        framing.drawn(self.turn.point(place, (form.rows as usize, form.columns as usize)))
    }

    /// The lines of what is measured, in pixels of the picture in its place.
    pub(in crate::app) fn measure_marks(&self, framing: &Framing, canvas: Canvas) -> Vec<Mark> {
        let corners = self.corners();
        let line = match self.measuring.shape {
            Some(shape) if !corners.is_empty() => shape.outline(&corners),
            _ => corners.clone(),
        };
        let drawn = |place: &Place| self.drawn(*place, framing);
        let line: Vec<(f64, f64)> = line.iter().map(drawn).collect();
        let coarse = canvas.is_coarse();
        let (cell, _) = canvas.cell_pixels();
        let arm = (cell / 2.0).max(1.0);
        let crosses = corners
            .iter()
            .map(drawn)
            .flat_map(|(x, y)| [[(x - arm, y), (x + arm, y)], [(x, y - arm), (x, y + arm)]]);
        let crosses = crosses.flat_map(|cross| lines(&cross, coarse));
        lines(&line, coarse).into_iter().chain(crosses).collect()
    }
}

fn place((row, column): (usize, usize)) -> Place {
    [row as f64, column as f64]
}
