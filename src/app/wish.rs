//! What is wanted from the workers now: what is on screen first, then what is likely next.

use super::{App, Effect, Node, View, Viewer, VolumeView, framing, layout, motion::Motion, volume::hurried};
use crate::{
    imaging::{Colors, Palette, Turn, Viewport},
    model::{FrameKey, SeriesId, Stack},
    work::{Detail, Job, Look, Scene, Shot, Voi, order},
};
use std::{path::Path, sync::Arc};

impl App {
    /// States the wish anew if it has changed.
    pub(super) fn wish(&mut self) -> Option<Effect> {
        let jobs = self.wishes();
        let names: Vec<u64> = jobs.iter().map(Job::name).collect();
        if names == self.wished {
            return None;
        }
        self.wished = names;
        Some(Effect::Wish(jobs))
    }

    /// The values of the slice on screen, if they are needed and the workers must decode them again to hand them over.
    fn values_wish(&self, viewer: &Viewer) -> Option<Job> {
        let shown = viewer.shown.as_ref().filter(|_| viewer.needs_values())?;
        let path = Arc::<Path>::from(self.library.path(shown.key.instance));
        viewer.shown_values().is_none().then_some(Job::Values { key: shown.key, path })
    }

    fn wishes(&self) -> Vec<Job> {
        match self.views.last() {
            Some(View::Viewer(_)) => self.viewer_wishes(),
            Some(View::Volume(view)) => self.volume_wishes(view),
            Some(View::Tags(view)) if !view.arrived => {
                let instance = view.instances[view.at];
                vec![Job::List { instance, path: Arc::<Path>::from(self.library.path(instance)) }]
            }
            Some(View::Transcript(view)) if view.content.is_none() => {
                let instance = view.instance();
                vec![Job::Read { instance, path: Arc::<Path>::from(self.library.path(instance)) }]
            }
            Some(View::Steps(_)) => {
                let shot = self.steps_shot().filter(|shot| self.draws && self.is_missing(shot.name()));
                shot.map(Job::Shot).into_iter().collect()
            }
            Some(View::Value(view)) => self.value_wishes(view),
            Some(View::Tags(_) | View::Transcript(_)) => vec![],
            None => self
                .preview_shot()
                .into_iter()
                .filter(|shot| self.is_missing(shot.name()))
                .map(Job::Shot)
                .collect(),
        }
    }

    pub(super) fn is_missing(&self, name: u64) -> bool {
        // What is on screen is there, even if the cache has no room for it.
        let shown = self.images().and_then(|viewer| viewer.shown.as_ref()).or(self.preview.as_ref());
        shown.is_none_or(|drawn| drawn.name != name)
            && !self.pictures.contains(name)
            && !self.failed.contains_key(&name)
    }

    /// Neighbours worth drawing: those that fit into half the cache, lest they push one another out.
    fn prefetch(&self) -> usize {
        let size =
            self.viewer().and_then(|viewer| viewer.shown.as_ref()).map_or(0, |drawn| drawn.picture.bytes());
        self.motion.pictures().min(self.pictures.budget() / 2 / size.max(1))
    }

    fn viewer_wishes(&self) -> Vec<Job> {
        let Some(viewer) = self.viewer().filter(|_| self.draws) else { return vec![] };
        if viewer.survey.is_none() {
            let stack = viewer.stack();
            return vec![self.survey(stack, viewer.slice)];
        }
        if let Some(jobs) = self.sheet_wish() {
            let values = self.values_wish(viewer).into_iter();
            return values.chain(jobs).chain(self.curve_wish()).chain(self.tracer_wish()).collect();
        }
        let now = self.viewer_shot(viewer.slice);
        let frames = &viewer.stack().frames;
        let mut next = order(viewer.slice, frames.len(), viewer.forward, usize::MAX);
        let near = next.by_ref().take(self.prefetch()).filter_map(|slice| self.viewer_shot(slice));
        let shots = now.into_iter().chain(near).filter(|shot| self.is_missing(shot.name())).map(Job::Shot);
        let values = self.values_wish(viewer).into_iter();
        let mut jobs: Vec<Job> =
            values.chain(shots).chain(self.curve_wish()).chain(self.tracer_wish()).collect();
        jobs.extend(next.take(self.motion.frames()).map(|slice| {
            let key = frames[slice];
            Job::Decode { key, path: Arc::from(self.library.path(key.instance)) }
        }));
        jobs
    }

    /// The planes on screen, once the contrast is known.
    fn volume_wishes(&self, view: &VolumeView) -> Vec<Job> {
        let others = view.beside.as_ref().map(|beside| &beside.images);
        for images in std::iter::once(&view.images).chain(others) {
            if images.survey.is_none() {
                return vec![self.survey(images.stack(), images.slice)];
            }
        }
        let scene = self.scene().filter(|scene| self.draws && self.is_missing(scene.name()));
        scene.into_iter().map(Job::Scene).chain(self.histogram_wish()).chain(self.curve_wish()).collect()
    }

    /// The planes on screen: a draft while they fly past on a slow link, unless the terminal has them.
    pub(super) fn scene(&self) -> Option<Scene> {
        let mut whole = self.whole_scene()?;
        if self.motion != Motion::Rest {
            whole.panes = whole.panes.into_iter().map(hurried).collect();
        }
        match self.draft.filter(|_| self.motion != Motion::Rest) {
            Some(bytes) if !self.kept.contains(&whole.id()) => {
                Some(Scene { detail: Detail::Draft(bytes), ..whole })
            }
            _ => Some(whole),
        }
    }

    /// Three frames tell the contrast of a stack: the one on screen and one in each half.
    fn survey(&self, stack: &Stack, slice: usize) -> Job {
        let count = stack.frames.len();
        let mut slices = vec![slice, count / 4, count * 3 / 4];
        slices.dedup();
        let frames = slices.into_iter().filter_map(|slice| stack.frames.get(slice)).map(|&key| {
            let path: Arc<Path> = Arc::from(self.library.path(key.instance));
            (key, path)
        });
        Job::Survey { stack: stack.frames[0], frames: frames.collect() }
    }

    /// The picture of a slice as the viewer wants it: a draft while slices fly past on a slow link, unless
    /// the terminal has the whole one already.
    pub(super) fn viewer_shot(&self, slice: usize) -> Option<Shot> {
        let whole = self.whole_shot(slice)?;
        match self.draft.filter(|_| self.motion != Motion::Rest) {
            Some(bytes) if !self.kept.contains(&whole.id()) => {
                Some(Shot { detail: Detail::Draft(bytes), ..whole })
            }
            _ => Some(whole),
        }
    }

    fn whole_shot(&self, slice: usize) -> Option<Shot> {
        let viewer = self.viewer()?;
        let framing = viewer.framing(self.viewer_area(), self.canvas)?;
        let key = *viewer.stack().frames.get(slice)?;
        let mut marks = self.kept_marks(viewer, key, &framing);
        if slice == viewer.slice {
            marks.extend(viewer.measure_marks(&framing, self.canvas));
        }
        Some(framing::shot(&self.library, key, &viewer.look(), &framing, self.canvas, viewer.viewport, marks))
    }

    /// What names the whole picture of the slice that is wanted.
    pub(super) fn whole_name(&self) -> Option<u64> {
        if self.volume().is_some() {
            return self.whole_scene().map(|scene| scene.name());
        }
        if self.steps().is_some() {
            return self.steps_shot().map(|shot| shot.name());
        }
        if let Some(name) = self.whole_sheet_name() {
            return Some(name);
        }
        self.whole_shot(self.viewer()?.slice).map(|shot| shot.name())
    }

    /// The middle slice of the series under the cursor of the browser.
    pub(super) fn preview_shot(&self) -> Option<Shot> {
        let area = layout::browser(self.screen, self.browser.preview && self.draws).picture;
        let Some(Node::Series(series)) = self.browser.cursor() else { return None };
        let key = self.middle_frame(series)?;
        let form = &self.library.instance(key.instance).form;
        let framing = framing::Framing::new(form, Turn::default(), Viewport::default(), area, self.canvas)?;
        let look = Look {
            voi: Voi::File(0),
            invert: false,
            colors: Colors::True,
            turn: Turn::default(),
            smooth: true,
            palette: Palette::Gray,
        };
        // Always made to measure: a preview of a mammogram must not cost a mammogram.
        let cells = framing.cells;
        let place = crate::work::CellBox { x: cells.x, y: cells.y, columns: cells.width, rows: cells.height };
        let path: Arc<Path> = Arc::from(self.library.path(key.instance));
        Some(Shot {
            key,
            path,
            look,
            canvas: self.canvas,
            place: Some((place, framing.source, framing.size)),
            enlarge: 1,
            detail: Detail::Whole,
            marks: vec![],
            through: None,
        })
    }

    /// Why the preview cannot be shown.
    pub fn preview_error(&self) -> Option<&str> {
        self.failed.get(&self.preview_shot()?.name()).map(String::as_str)
    }

    fn middle_frame(&self, series: SeriesId) -> Option<FrameKey> {
        let summary = self.browser.summary(series).filter(|_| !self.is_outline())?;
        summary.middle
    }

    /// Takes finished pictures and surveys to where they are shown.
    pub(super) fn pick_up(&mut self) {
        self.know_tracers();
        if let Some(stack) =
            self.images().filter(|viewer| viewer.survey.is_none()).map(|viewer| viewer.stack().frames[0])
            && let Some(found) = self.surveys.get(&stack).cloned()
            && let Some(viewer) = self.images_mut()
        {
            viewer.surveyed(found);
        }
        if let Some(View::Volume(view)) = self.views.last_mut()
            && let Some(beside) = view.beside.as_mut().filter(|beside| beside.images.survey.is_none())
            && let Some(found) = self.surveys.get(&beside.images.stack().frames[0])
        {
            beside.images.surveyed(found.clone());
        }
        if !self.draws {
            if let Some(viewer) = self.images_mut() {
                viewer.error = Some("Pictures are switched off: graphics is \"none\".".to_owned());
            }
            return;
        }
        let sheet = self.sheet().map(|sheet| sheet.name());
        let alone = || Some(self.viewer_shot(self.viewer()?.slice)?.name());
        let shot = sheet.or_else(alone);
        let step = || self.steps_shot().map(|shot| shot.name());
        if let Some(name) = shot.or_else(|| self.scene().map(|scene| scene.name())).or_else(step) {
            let drawn = self.pictures.get(name);
            let error = self.failed.get(&name).cloned();
            if let Some(view) = self.volume_mut().filter(|_| drawn.is_some()) {
                view.pictured = Some(view.arrangement);
            }
            if let Some(viewer) = self.images_mut() {
                if drawn.is_some() {
                    viewer.shown = drawn;
                }
                viewer.error = error;
            }
        }
        if let Some(viewer) = self.viewer_mut() {
            viewer.hold_values();
        }
        if self.views.is_empty() {
            match self.preview_shot() {
                // The last preview stays until the next one is there: a blank in between would flicker.
                Some(shot) => match self.pictures.get(shot.name()) {
                    Some(drawn) => self.preview = Some(drawn),
                    None if self.failed.contains_key(&shot.name()) => self.preview = None,
                    None => {}
                },
                None => self.preview = None,
            }
        }
    }
}
