//! Which plane is where on the screen, and which point of the patient is under a cell.

use super::{Arrangement, Together, VolumeView};
use crate::{
    app::{App, layout, sheet},
    config::CornerText,
    imaging::{Cut, View as Side},
    model::{Geometry, Orientation, Vector, dot, minus, norm},
    work::Canvas,
};
use ratatui::layout::{Position, Rect};

/// Samples of a pane: the pixels of a half-block screen are far coarser than voxels, and are averages of them.
const SAMPLES: f64 = 1_500_000.0;

/// The nearest to an edge that the crosshair comes while one has zoomed in, as a part of the pane.
const MARGIN: f64 = 0.06;

/// A plane in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PanePlace {
    /// Which plane.
    pub side: Side,
    /// A point that lies in it.
    pub point: Vector,
    /// It is of the other series.
    pub second: bool,
    /// That one is seen in its own slices.
    pub own: bool,
    /// All its cells, those for letters around the picture too.
    pub area: Rect,
    /// The cells of the picture.
    pub picture: Rect,
    /// Width and height of the picture in pixels that are drawn.
    pub size: (u32, u32),
    /// Where it lies; its pixels are square, and may be finer than those that are drawn.
    pub cut: Cut,
}

impl PanePlace {
    /// A point as seen in the pane, in drawn pixels.
    pub(in crate::app) fn pixel_of(&self, point: Vector) -> (f64, f64) {
        let (row, column, _) = self.cut.find(point);
        let (across, down) = self.fineness();
        ((column + 0.5) / across - 0.5, (row + 0.5) / down - 0.5)
    }

    /// The point of the plane in the middle of a cell.
    pub(super) fn point_at(&self, column: u16, row: u16) -> Vector {
        let part = |at: u16, start: u16, length: u16| {
            (f64::from(at) - f64::from(start) + 0.5) / f64::from(length.max(1))
        };
        let (x, y) = (
            part(column, self.picture.x, self.picture.width),
            part(row, self.picture.y, self.picture.height),
        );
        self.cut.locate(y * self.cut.rows as f64 - 0.5, x * self.cut.columns as f64 - 0.5)
    }

    /// Samples of the cut for one drawn pixel, across and down.
    pub fn fineness(&self) -> (f64, f64) {
        let (width, height) = self.size;
        (self.cut.columns as f64 / f64::from(width.max(1)), self.cut.rows as f64 / f64::from(height.max(1)))
    }

    /// mm of one drawn pixel, down.
    pub(super) fn mm_down(&self) -> f64 {
        self.cut.pixel * self.fineness().1
    }

    /// The cells that hold the picture and the ruler left of it.
    pub fn with_ruler(&self) -> Rect {
        let left = self.picture.x.saturating_sub(1).max(self.area.x);
        Rect { x: left, width: self.picture.right() - left, ..self.picture }
    }
}

impl App {
    /// Every plane of the volume and its place.
    pub fn panes(&self) -> Vec<PanePlace> {
        let Some(view) = self.volume() else { return vec![] };
        let three = view.arrangement == Arrangement::Three && !view.is_beside();
        let areas =
            layout::volume(self.picture_screen(), three, view.images.corners == CornerText::None).panes;
        let areas = match view.grid() {
            Some((across, down)) => layout::grid(areas[0], across, down),
            None => areas,
        };
        view.place(&view.wanted(areas.len()), &areas, self.canvas)
    }

    /// The pane under a cell.
    pub(super) fn pane_at(&self, column: u16, row: u16) -> Option<PanePlace> {
        self.panes().into_iter().find(|pane| pane.picture.contains(Position::new(column, row)))
    }
}

/// What a pane is to show.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    side: Side,
    axes: Orientation,
    point: Vector,
    second: bool,
    own: bool,
}

impl VolumeView {
    /// Another series stands beside this one.
    pub fn is_beside(&self) -> bool {
        self.beside.is_some() && self.together == Together::Apart
    }

    /// Many slices are seen at once.
    pub fn is_sheet(&self) -> bool {
        matches!(self.arrangement, Arrangement::Sheet(_) | Arrangement::Whole) && !self.is_beside()
    }

    /// Panes across and down, if they are all alike.
    fn grid(&self) -> Option<(u16, u16)> {
        match self.arrangement {
            _ if self.is_beside() => Some((2, 1)),
            Arrangement::Sheet(count) => Some((count.into(), count.into())),
            Arrangement::Whole => Some(sheet::WHOLE),
            _ => None,
        }
    }

    /// What so many panes show.
    fn wanted(&self, count: usize) -> Vec<Wanted> {
        let one = |side: Side| Wanted {
            side,
            axes: self.axes_of(side),
            point: self.point,
            second: false,
            own: false,
        };
        let active = one(self.active);
        if let Some(beside) = self.own_slices() {
            let (axes, point) = (beside.geometry.orientation, self.own_point(beside));
            return vec![active, Wanted { axes, point, second: true, own: true, ..active }];
        }
        if self.is_beside() {
            return vec![active, Wanted { second: true, ..active }];
        }
        match self.arrangement {
            Arrangement::Three if count == 3 => super::SIDES.map(one).to_vec(),
            Arrangement::One | Arrangement::Three => vec![active],
            Arrangement::Turned(_) => {
                vec![Wanted { axes: self.outside, point: self.geometry.center(), ..active }]
            }
            Arrangement::Sheet(_) | Arrangement::Whole => {
                let normal = active.axes.normal();
                let slices = self.sheet(count);
                let here = self.slice().0 as f64;
                slices
                    .map(|slice| Wanted { point: self.moved(normal, slice as f64 - here), ..active })
                    .collect()
            }
        }
    }

    /// The slices of a sheet of so many: a page of neighbours, or slices from all of the volume.
    fn sheet(&self, panes: usize) -> impl Iterator<Item = usize> {
        sheet::slices(self.slice(), panes, self.arrangement == Arrangement::Whole)
    }

    /// The voxels that a pane shows, and what is in its middle.
    fn shown_by(&self, wanted: Wanted) -> (&Geometry, Vector) {
        match self.own_slices().filter(|_| wanted.own) {
            Some(beside) => (&beside.geometry, beside.geometry.center()),
            None => (&self.geometry, self.center),
        }
    }

    /// Cuts for panes: all of one scale, so that sizes can be compared; but a localizer is larger than the slices
    /// it was made for, and has its own.
    fn place(&self, wanted: &[Wanted], areas: &[Rect], canvas: Canvas) -> Vec<PanePlace> {
        let aspect = canvas.pixel_aspect();
        let rooms: Vec<(Wanted, Rect, Rect, (u32, u32))> = wanted
            .iter()
            .zip(areas)
            .map(|(&wanted, &area)| {
                let inside = if self.is_sheet() { layout::under_number } else { layout::inside_letters };
                let picture = inside(area);
                (wanted, area, picture, canvas.pixels(picture.width, picture.height))
            })
            .filter(|(.., (width, height))| *width > 0 && *height > 0)
            .collect();
        let need = |&(wanted, _, _, (width, height)): &(Wanted, Rect, Rect, (u32, u32))| {
            let down = (f64::from(height) * aspect).max(1.0);
            if matches!(self.arrangement, Arrangement::Turned(_)) {
                // So far that nothing is cut off, whichever way it is turned.
                return norm(self.geometry.extent()) / down.min(f64::from(width));
            }
            let (geometry, _) = self.shown_by(wanted);
            Cut::fitting(geometry, wanted.axes, wanted.point, (down as usize, width as usize)).pixel
        };
        let scale = |own: bool| {
            rooms.iter().filter(|room| room.0.own == own).map(need).fold(0.0, f64::max) / self.zoom
        };
        let scales = [scale(false), scale(true)];
        rooms
            .into_iter()
            .map(|(wanted, area, picture, size)| PanePlace {
                side: wanted.side,
                point: wanted.point,
                second: wanted.second,
                own: wanted.own,
                area,
                picture,
                size,
                cut: self.cut(wanted, size, scales[usize::from(wanted.own)], aspect),
            })
            .collect()
    }

    /// The cut of a pane whose drawn pixels are `scale` mm wide, and `aspect` times as high.
    fn cut(&self, wanted: Wanted, (width, height): (u32, u32), scale: f64, aspect: f64) -> Cut {
        let Wanted { axes, point, .. } = wanted;
        let drawn = f64::from(width) * f64::from(height) * aspect;
        let most = (SAMPLES / drawn.max(1.0)).sqrt().max(1.0);
        let (geometry, mut center) = self.shown_by(wanted);
        let fine = (scale / geometry.finest()).ceil().clamp(1.0, most).floor();
        let count = |length: f64| (length * fine).round().max(1.0) as usize;
        let size = (count(f64::from(height) * aspect), count(f64::from(width)));
        if self.zoom > 1.0 {
            let lengths = [f64::from(width) * scale, f64::from(height) * aspect * scale];
            for (direction, length) in [axes.row, axes.column].into_iter().zip(lengths) {
                let off = dot(minus(point, center), direction);
                let most = length * (0.5 - MARGIN);
                center = ahead(center, direction, off - off.clamp(-most, most));
            }
        }
        Cut::around(center, axes, scale / fine, size).through(point)
    }
}

/// `from + distance * direction`.
pub(super) fn ahead(from: Vector, direction: Vector, distance: f64) -> Vector {
    std::array::from_fn(|axis| from[axis] + direction[axis] * distance)
}
