//! Another series that lies in the same space: beside this one, over it, or in place of it at the same point.

use super::{Arrangement, Material, Together, VolumeView, scout::stands_alone, together::OPACITY};
use crate::{
    app::{App, Effect, View, Viewer},
    imaging::{Palette, View as Side},
    model::{Geometry, SeriesId, Vector},
    work::Plan,
};

/// The other series.
#[derive(Debug)]
pub struct Beside {
    /// Its stack and contrast.
    pub images: Viewer,
    /// Where its voxels are.
    pub geometry: Geometry,
    /// Its voxels.
    pub material: Material,
    /// It is seen in its own slices, and not on the plane of the first one.
    pub own: bool,
    /// The slice of its own to which one scrolled since the point was moved.
    pub scrolled: Option<usize>,
    /// How much one sees of it over the first one, percent.
    pub opacity: u8,
    /// Width of the window around 0 in which the difference is seen.
    pub width: f64,
}

impl App {
    /// The plane that the slices of the stack on screen are next to.
    pub(in crate::app) fn nearest_side(&self) -> Side {
        let orientation = self.viewer().and_then(|viewer| viewer.stack().orientation);
        orientation.map_or(Side::Axial, |orientation| super::turn::nearest_side(orientation.normal()))
    }

    /// Shows the next series of the same space beside this one; after the last of them none.
    pub(in crate::app) fn lay_beside(&mut self) -> Vec<Effect> {
        let Some(view) = self.volume() else { return vec![] };
        let own = view.images.series;
        let after = view.beside.as_ref().map_or(own, |beside| beside.images.series);
        let next = self.related(own, after, 1).filter(|next| next.0 != own);
        let Some((series, stack, plan)) = next else {
            let Some(view) = self.volume_mut() else { return vec![] };
            let had = view.beside.take().is_some();
            (view.together, view.second, view.linked) = (Together::Apart, false, false);
            return if had || self.refuses_unchecked() { vec![] } else { self.say(NONE) };
        };
        let Some(mut images) = Viewer::open(&self.library, series, &self.settings) else { return vec![] };
        images.stack = stack;
        if self.library.series(series).facts.modality.raw() == "PT" {
            images.palette = Palette::HotIron;
        }
        let material = Material::Coming(0, plan.frames.len());
        let Some(view) = self.volume_mut() else { return vec![] };
        let opacity = view.beside.as_ref().map_or(OPACITY, |before| before.opacity);
        if view.is_difference() {
            view.together = Together::Over;
        }
        let own = stands_alone(images.stack(), &plan.geometry, &view.geometry);
        let beside =
            Beside { images, geometry: plan.geometry, material, own, scrolled: None, opacity, width: 1.0 };
        view.beside = Some(Box::new(beside));
        if !matches!(view.arrangement, Arrangement::One | Arrangement::Three) {
            view.arrangement = Arrangement::One;
        }
        self.fetch_next()
    }

    /// The same point in the next series of the same space.
    pub(in crate::app) fn same_point(&mut self) -> Vec<Effect> {
        let Some(images) = self.images() else { return vec![] };
        let own = images.series;
        let point = match self.volume() {
            Some(view) => Some(view.point),
            None => {
                Geometry::of(images.stack(), &self.library).ok().map(|geometry| read_point(images, &geometry))
            }
        };
        let Some((point, (series, stack, plan))) = point.zip(self.related(own, own, 2)) else {
            return if self.refuses_unchecked() { vec![] } else { self.say(NONE) };
        };
        let Some(mut viewer) = Viewer::open(&self.library, series, &self.settings) else { return vec![] };
        viewer.stack = stack;
        let [slice, row, column] = plan.geometry.index(point).map(|at| at.round().max(0.0) as usize);
        viewer.go_to(slice);
        let [_, rows, columns] = plan.geometry.shape;
        viewer.crosshair = (row < rows && column < columns).then_some((row, column));
        self.notice =
            Some(format!("The same point in {}.", self.mask.words(self.library.label(series).raw())));
        let Some(View::Volume(old)) = self.views.pop() else {
            self.views.push(View::Viewer(Box::new(viewer)));
            return vec![];
        };
        let mut new = VolumeView::new(viewer, plan.geometry, old.active, old.arrangement);
        new.set_point(point);
        (new.crosshair, new.zoom, new.center) = (old.crosshair, old.zoom, old.center);
        (new.projection, new.thickness, new.outside) = (old.projection, old.thickness, old.outside);
        new.set_upright(old.upright);
        self.views.push(View::Volume(Box::new(new)));
        self.fetch_next()
    }

    /// The next series after `after`, in the order of the library and around its end, that has a stack of `fewest`
    /// slices or more in the space of `own`; a volume rather than a localizer, if it has both.
    pub(in crate::app) fn related(
        &self,
        own: SeriesId,
        after: SeriesId,
        fewest: usize,
    ) -> Option<(SeriesId, usize, Plan)> {
        let space = self.space_of(own)?;
        let all: Vec<SeriesId> = self.library.all_series().map(|(id, _)| id).collect();
        let at = all.iter().position(|&id| id == after)?;
        let around = all[at + 1..].iter().chain(&all[..at]).copied();
        around.take_while(|&id| id != own || after == own).find_map(|id| {
            if self.space_of(id).as_ref() != Some(&space) {
                return None;
            }
            let stacks = self.library.stacks(id);
            let plan = |(at, stack)| Plan::of(stack, &self.library).ok().map(|plan| (id, at, plan));
            stacks.iter().enumerate().filter_map(plan).find(|(.., plan)| plan.frames.len() >= fewest)
        })
    }

    /// The frame of reference of a series; `None` if it does not say.
    fn space_of(&self, series: SeriesId) -> Option<crate::model::Text> {
        let &instance = self.library.series(series).instances.first()?;
        let space = self.library.instance(instance).form.frame_of_reference.clone();
        (!space.is_empty()).then_some(space)
    }
}

/// What is said if there is no such series.
pub(in crate::app) const NONE: &str = "No other series lies in the same frame of reference.";

/// The point under the crosshair of a stack, or the pixel in the middle of its slice.
pub(super) fn read_point(images: &Viewer, geometry: &Geometry) -> Vector {
    let [_, rows, columns] = geometry.shape;
    let (row, column) = images.crosshair.unwrap_or((rows / 2, columns / 2));
    geometry.locate([images.slice as f64, row as f64, column as f64])
}
