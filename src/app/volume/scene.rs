//! What the workers are asked to draw: every pane, the crosshair over it, the ruler beside it.

use super::{Arrangement, PanePlace, Solid, VolumeView};
use crate::{
    app::{App, Viewer, measuring::lines},
    imaging::Mark,
    model::{Vector, cross, dot},
    work::{Body, Canvas, CellBox, Detail, Over, Pane, Scene, Show},
};
use ratatui::layout::Rect;

/// Lengths of rulers, mm.
const LENGTHS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// The longest ruler, as a part of the pane.
const LONGEST: f64 = 0.45;

/// A line of the crosshair is open around its point for so many cells, so that it can be seen.
const OPEN: f64 = 1.2;

impl App {
    /// The cells of all panes together.
    pub fn scene_place(&self) -> Option<Rect> {
        self.panes().iter().map(PanePlace::with_ruler).reduce(Rect::union)
    }

    /// The picture of the volume on screen as it is wanted whole; `None` until there is a volume.
    pub(in crate::app) fn whole_scene(&self) -> Option<Scene> {
        let view = self.volume()?;
        let body = view.body()?;
        let panes = self.panes();
        let place = panes.iter().map(PanePlace::with_ruler).reduce(Rect::union)?;
        let corner = |cells: Rect| self.canvas.pixels(cells.x - place.x, cells.y - place.y);
        let pane = |place: &PanePlace| {
            let own = view.pane(body, &view.images, place, corner(place.picture));
            let other = view.beside.as_ref().and_then(|beside| {
                let body = beside.material.body()?;
                Some(view.pane(body, &beside.images, place, corner(place.picture)))
            });
            let mut marks = self.crosshair_over(view, place);
            marks.extend(view.scout_over(place, self.canvas));
            marks.extend(lines_over(view, place, self.canvas));
            marks.extend(self.kept_in_pane(place));
            match other {
                Some(other) if place.second => Some(Pane { marks, ..other }),
                None if place.second => None,
                other => {
                    let over = other.filter(|_| !view.is_beside()).zip(view.beside.as_ref());
                    let over = over.map(|(pane, beside)| Over {
                        pane: Box::new(pane),
                        how: beside.how(view.together, view.times()),
                    });
                    let voi = view.difference_window().filter(|_| over.is_some()).unwrap_or(own.voi);
                    Some(Pane { voi, over, marks, ..own })
                }
            }
        };
        Some(Scene {
            key: body.key,
            canvas: self.canvas,
            place: CellBox { x: place.x, y: place.y, columns: place.width, rows: place.height },
            panes: panes.iter().filter_map(pane).collect(),
            marks: panes.iter().flat_map(|pane| self.ruler(pane, corner(pane.picture))).collect(),
            detail: Detail::Whole,
        })
    }

    /// The lines in which the other planes cut this one.
    fn crosshair_over(&self, view: &VolumeView, pane: &PanePlace) -> Vec<Mark> {
        let own = pane.cut.orientation;
        let others: Vec<Vector> = match view.arrangement {
            Arrangement::Three if !view.is_beside() => super::SIDES
                .into_iter()
                .filter(|&side| side != pane.side)
                .map(|side| view.axes_of(side).normal())
                .collect(),
            // Lines of slices tell where one is in the other; two kinds of lines would tell less.
            _ if pane.own => return vec![],
            Arrangement::One | Arrangement::Three
                if view.crosshair || view.is_beside() && view.own_slices().is_none() =>
            {
                vec![own.row, own.column]
            }
            _ => return vec![],
        };
        let point = pane.pixel_of(view.point);
        let (width, _) = self.canvas.cell_pixels();
        let (open, far) = (OPEN * width.max(1.5), f64::from(pane.size.0) + f64::from(pane.size.1));
        let (across, down) = pane.fineness();
        let coarse = self.canvas.is_coarse();
        let mut marks = vec![];
        for normal in others {
            let along = cross(normal, own.normal());
            let (dx, dy) = (dot(along, own.row) / across, dot(along, own.column) / down);
            let length = dx.hypot(dy);
            if length < 1e-6 {
                continue;
            }
            let at = |distance: f64| (point.0 + dx / length * distance, point.1 + dy / length * distance);
            for (from, to) in [(at(open), at(far)), (at(-open), at(-far))] {
                marks.push(if coarse { Mark::Dotted(from, to) } else { Mark::Dashed(from, to) });
            }
        }
        marks
    }

    /// A line of [`ruler_length`] mm in the column left of a pane, from its foot.
    fn ruler(&self, pane: &PanePlace, (left, top): (u32, u32)) -> Vec<Mark> {
        let Some(length) = ruler_length(pane).filter(|_| pane.picture.x >= pane.area.x + 4) else {
            return vec![];
        };
        let (cell, _) = self.canvas.cell_pixels();
        let x = (f64::from(left) - (cell / 2.0).max(1.0)).round();
        let foot = f64::from(top + pane.size.1) - 1.0;
        let head = foot - length / pane.mm_down();
        let tick = (cell / 4.0).floor();
        let mut marks = vec![Mark::Solid((x, foot), (x, head))];
        for end in [foot, head] {
            marks.push(Mark::Solid((x - tick, end), (x + tick, end)));
        }
        marks
    }
}

/// The lines between marked points and the point, as they are seen in a pane.
fn lines_over(view: &VolumeView, pane: &PanePlace, canvas: Canvas) -> Vec<Mark> {
    if pane.own || view.measuring.shape.is_some() && pane.side != view.active {
        return vec![];
    }
    let points = view.measured_lines().into_iter();
    let pixels: Vec<(f64, f64)> = points.map(|point| pane.pixel_of(point)).collect();
    lines(&pixels, canvas.is_coarse())
}

/// The length of the ruler beside a pane, mm.
pub fn ruler_length(pane: &PanePlace) -> Option<f64> {
    let most = f64::from(pane.size.1) * pane.mm_down() * LONGEST;
    LENGTHS.into_iter().rev().find(|&length| length <= most)
}

impl VolumeView {
    /// One of its panes, without marks.
    fn pane(&self, body: &Body, images: &Viewer, place: &PanePlace, at: (u32, u32)) -> Pane {
        let look = images.look();
        let show = match (self.arrangement, self.surface_threshold()) {
            _ if place.own => Show::Plane(None),
            (Arrangement::Turned(Solid::Largest), _) => Show::Largest,
            (Arrangement::Turned(_), Some(threshold)) => Show::Surface(threshold as f32),
            _ => Show::Plane(self.slab()),
        };
        Pane {
            body: body.clone(),
            cut: place.cut,
            show,
            fine: true,
            smooth: look.smooth,
            voi: look.voi,
            invert: look.invert,
            palette: look.palette,
            over: None,
            at,
            size: place.size,
            marks: vec![],
        }
    }
}

/// A pane that is seen while it turns: coarse, and quickly there.
pub(in crate::app) fn hurried(mut pane: Pane) -> Pane {
    if !matches!(pane.show, Show::Plane(_)) {
        let cut = &mut pane.cut;
        (cut.rows, cut.columns, cut.pixel) = (cut.rows.div_ceil(2), cut.columns.div_ceil(2), cut.pixel * 2.0);
        pane.fine = false;
        if let Some(Over { pane: other, .. }) = &mut pane.over {
            **other = hurried((**other).clone());
        }
    }
    pane
}
