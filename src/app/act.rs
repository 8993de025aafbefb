//! What every action does, view by view.

use super::{
    Action, App, Contrast, Effect, Figure, Overlay, View,
    volume::{Arrangement, Material, Solid},
};
use crate::{
    config::{CornerText, ListView},
    imaging::{Palette, View as Side, Viewport},
    model::{Mask, Window},
};

/// Shares by which a key changes the window.
const WIDEN: f64 = 1.1;
const RAISE: f64 = 0.05;
const ZOOM: f64 = 1.25;

fn next_palette(now: Palette) -> Palette {
    let at = Palette::ALL.iter().position(|&palette| palette == now).unwrap_or(0);
    Palette::ALL[(at + 1) % Palette::ALL.len()]
}

impl App {
    pub(super) fn act(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        if action == Action::MaskIdentifiers {
            return self.turn_mask();
        }
        if !self.overlays.is_empty() {
            return self.act_on_overlay(action, count);
        }
        if let Some(effects) = self.review(action) {
            return effects;
        }
        if let Some(effects) = self.write(action) {
            return effects;
        }
        match action {
            Action::Quit => vec![Effect::Quit],
            Action::Redraw => vec![Effect::Redraw],
            Action::Suspend => vec![Effect::Suspend],
            Action::Close => self.close(),
            Action::Help => self.lay_over(Overlay::Help { context: self.context(), scroll: 0 }),
            Action::Problems => self.lay_over(Overlay::Problems { findings: self.findings(), cursor: 0 }),
            Action::Search => {
                self.begin_prompt();
                vec![]
            }
            _ => match self.views.last() {
                Some(View::Viewer(_)) => self.act_on_viewer(action, count),
                Some(View::Volume(_)) => self.act_on_volume(action, count),
                Some(View::Steps(_)) => self.act_on_steps(action, count),
                Some(View::Tags(_)) => self.act_on_tags(action, count),
                Some(View::Transcript(_)) => self.act_on_transcript(action, count),
                Some(View::Value(_)) => self.act_on_value(action, count),
                None => self.act_on_browser(action, count),
            },
        }
    }

    /// Hides or shows identifiers, in every view and whatever lies over it.
    fn turn_mask(&mut self) -> Vec<Effect> {
        let mask = Mask::new(!self.mask.is_on());
        self.mask = mask;
        for view in &mut self.views {
            if let View::Tags(view) = view {
                view.tags.mask(mask);
            }
        }
        let state = if mask.is_on() { "hidden" } else { "shown" };
        self.say(&format!("Names and identifiers are {state}."))
    }

    fn lay_over(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlays.push(overlay);
        vec![]
    }

    pub(super) fn say(&mut self, what: &str) -> Vec<Effect> {
        self.notice = Some(what.to_owned());
        vec![]
    }

    /// Closes the view on top; the browser is the last one.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        if self.volume().is_some() {
            return self.close_volume();
        }
        match self.views.pop() {
            None => vec![Effect::Quit],
            Some(View::Viewer(viewer)) => {
                self.browser.point_at(&self.library, viewer.series);
                let waits = matches!(viewer.whole, Some(Material::Coming(..)));
                if waits { vec![Effect::Abandon] } else { vec![] }
            }
            Some(View::Steps(_)) => vec![Effect::Abandon],
            Some(View::Volume(_) | View::Tags(_) | View::Transcript(_) | View::Value(_)) => vec![],
        }
    }

    fn act_on_browser(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let page = self.page() as isize;
        let steps = count.unwrap_or(1) as isize;
        let browser = &mut self.browser;
        match action {
            Action::Down => browser.step(steps),
            Action::Up => browser.step(-steps),
            Action::PageDown => browser.step(page),
            Action::PageUp => browser.step(-page),
            Action::HalfPageDown => browser.step(page / 2),
            Action::HalfPageUp => browser.step(-page / 2),
            Action::First => browser.place(count.unwrap_or(1).saturating_sub(1)),
            Action::Last => browser.place(count.map_or(usize::MAX, |n| n.saturating_sub(1))),
            Action::Left => browser.fold_or_out(&self.library),
            Action::Right if browser.unfold_or_in(&self.library) => return self.open_under_cursor(),
            Action::Open => return self.open_under_cursor(),
            Action::Tags => return self.tags_under_cursor(),
            Action::Read => {
                if let Some(series) = browser.series(&self.library) {
                    self.open_transcript(self.instances_of(series), 0);
                }
            }
            Action::ToggleFold => browser.toggle_fold(&self.library),
            Action::ExpandAll => browser.fold_all(&self.library, false),
            Action::CollapseAll => browser.fold_all(&self.library, true),
            Action::ToggleView => {
                browser.view = match browser.view {
                    ListView::Tree => ListView::Series,
                    ListView::Series => ListView::Tree,
                };
                match browser.series(&self.library) {
                    Some(series) => browser.point_at(&self.library, series),
                    None => browser.refresh(&self.library),
                }
            }
            Action::SortNext => browser.sort_by_next(&self.library, 1),
            Action::SortPrevious => browser.sort_by_next(&self.library, -1),
            Action::SortReverse => browser.reverse(&self.library),
            Action::TogglePreview => browser.preview = !browser.preview,
            Action::Rescan => return self.rescan(None),
            Action::ScanFolder => return self.scan_folder(),
            Action::PauseScan => return self.pause_scan(),
            Action::StopScan => return self.stop_scan(),
            Action::Back => {
                browser.filter.clear();
                browser.refresh(&self.library);
            }
            _ => {}
        }
        vec![]
    }

    fn act_on_viewer(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let area = self.viewer_area();
        let canvas = self.canvas;
        let Some(viewer) = self.viewer_mut() else { return vec![] };
        if viewer.leaves_sheet(action) {
            return vec![];
        }
        if viewer.crosshair.is_some() && self.move_crosshair(action, count.unwrap_or(1)) {
            return vec![];
        }
        let Some(viewer) = self.viewer_mut() else { return vec![] };
        let slices = viewer.stack().frames.len();
        let share = |parts: usize| (slices / parts).max(1) as isize;
        let steps = count.unwrap_or(1) as isize;
        let fit = viewer.fit(area, canvas);
        match action {
            Action::Down => viewer.step(steps),
            Action::Up => viewer.step(-steps),
            Action::SkipForward => viewer.step(10 * steps),
            Action::SkipBack => viewer.step(-10 * steps),
            Action::PageDown => viewer.step(share(4)),
            Action::PageUp => viewer.step(-share(4)),
            Action::HalfPageDown => viewer.step(share(10)),
            Action::HalfPageUp => viewer.step(-share(10)),
            Action::First => viewer.go_to(count.unwrap_or(1).saturating_sub(1)),
            Action::Last => viewer.go_to(count.map_or(usize::MAX, |n| n.saturating_sub(1))),
            Action::Middle => viewer.go_to(slices / 2),
            Action::Left => return self.change_series(-1),
            Action::Right => return self.change_series(1),
            Action::NextStack | Action::NextFrame => return self.change_stack(1),
            Action::PreviousStack | Action::PreviousFrame => return self.change_stack(-1),
            Action::ZoomIn => viewer.viewport = fit.zoomed(viewer.viewport, ZOOM, None),
            Action::ZoomOut => viewer.viewport = fit.zoomed(viewer.viewport, 1.0 / ZOOM, None),
            Action::Fit => viewer.viewport = Viewport::default(),
            Action::ActualSize => viewer.viewport = fit.one_to_one(viewer.viewport),
            Action::PanLeft | Action::PanRight | Action::PanUp | Action::PanDown => {
                let (width, height) = canvas.pixels(area.width, area.height);
                let (x, y) = (f64::from(width) / 8.0, f64::from(height) / 8.0);
                let by = match action {
                    Action::PanLeft => (x, 0.0),
                    Action::PanRight => (-x, 0.0),
                    Action::PanUp => (0.0, y),
                    _ => (0.0, -y),
                };
                viewer.viewport = fit.panned(viewer.viewport, by);
            }
            Action::FlipHorizontal => viewer.turn = viewer.turn.flipped_horizontally(),
            Action::FlipVertical => viewer.turn = viewer.turn.flipped_vertically(),
            Action::RotateRight => viewer.turn = viewer.turn.rotated_right(),
            Action::RotateLeft => viewer.turn = viewer.turn.rotated_left(),
            Action::ResetView => viewer.reset(),
            Action::Crosshair => {
                let form = &viewer.stack().form;
                let middle = (form.rows as usize / 2, form.columns as usize / 2);
                viewer.crosshair = if viewer.crosshair.is_some() { None } else { Some(middle) };
                viewer.measuring.clear();
            }
            Action::Back => {
                let had = viewer.measuring.clear() || viewer.crosshair.take().is_some();
                if !had && !std::mem::take(&mut viewer.cine.running) {
                    return self.close();
                }
            }
            Action::MarkPoint => viewer.mark(),
            Action::Region => viewer.next_shape(),
            Action::Axial => return self.open_volume(Side::Axial, Arrangement::One),
            Action::Coronal => return self.open_volume(Side::Coronal, Arrangement::One),
            Action::Sagittal => return self.open_volume(Side::Sagittal, Arrangement::One),
            Action::Orthogonal => return self.open_volume(Side::Axial, Arrangement::Three),
            Action::Turntable => return self.open_volume(Side::Coronal, Arrangement::Turned(Solid::Largest)),
            Action::Surface => return self.open_volume(Side::Coronal, Arrangement::Turned(Solid::Bone)),
            Action::Layout => return self.lay_out(),
            Action::Beside => return self.open_beside(),
            Action::SamePoint => return self.same_point(),
            Action::Steps => return self.open_steps(),
            _ => return self.act_on_image(action, count),
        }
        vec![]
    }

    /// What works the same over slices and over planes of a volume.
    pub(super) fn act_on_image(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let Some(viewer) = self.toned_mut() else { return vec![] };
        let steps = count.unwrap_or(1) as isize;
        match action {
            Action::Open => return self.keep_measured(),
            Action::ForgetMeasure => return self.forget_measured(),
            Action::Histogram => return self.next_histogram(),
            Action::Uptake => return self.next_uptake(),
            Action::Profile => return self.plot(Figure::Profile),
            Action::TimeCurve => return self.plot(Figure::Time),
            Action::Tags => {
                let (instance, series) = (viewer.key().instance, viewer.series);
                let instances = self.instances_of(series);
                let at = instances.iter().position(|&id| id == instance).unwrap_or(0);
                self.open_tags(instances, at);
            }
            Action::Read => {
                let (instance, series) = (viewer.key().instance, viewer.series);
                let instances = self.instances_of(series);
                let at = instances.iter().position(|&id| id == instance).unwrap_or(0);
                self.open_transcript(instances, at);
            }
            Action::AutoWindow => {
                viewer.contrast =
                    if viewer.contrast == Contrast::Auto { Contrast::Stretch } else { Contrast::Auto };
            }
            Action::NextWindow | Action::PreviousWindow => {
                if !viewer.cycle_own(if action == Action::NextWindow { 1 } else { -1 }) {
                    return self.say("The file has no window of its own; 0 chooses one.");
                }
            }
            Action::Narrower => viewer.adjust(WIDEN.powi(-(steps as i32)), 0.0),
            Action::Wider => viewer.adjust(WIDEN.powi(steps as i32), 0.0),
            Action::LowerCenter => viewer.adjust(1.0, -RAISE * steps as f64),
            Action::RaiseCenter => viewer.adjust(1.0, RAISE * steps as f64),
            Action::Invert => viewer.invert = !viewer.invert,
            Action::Threshold => viewer.turn_threshold(),
            Action::Grey => viewer.colors = viewer.colors.other(),
            Action::Palette => viewer.palette = next_palette(viewer.palette),
            Action::Cine => {
                viewer.cine.running = !viewer.cine.running && viewer.stack().frames.len() > 1;
            }
            Action::CineFaster => viewer.cine.fps = (viewer.cine.fps * 1.25).min(60.0),
            Action::CineSlower => viewer.cine.fps = (viewer.cine.fps / 1.25).max(0.5),
            Action::CornerText => {
                viewer.corners = match viewer.corners {
                    CornerText::None => CornerText::Minimal,
                    CornerText::Minimal => CornerText::Full,
                    CornerText::Full => CornerText::None,
                };
            }
            Action::Smooth => viewer.smooth = !viewer.smooth,
            _ => return self.preset(action),
        }
        vec![]
    }

    fn preset(&mut self, action: Action) -> Vec<Effect> {
        let Some(preset) = action.preset().and_then(|digit| self.presets.get(&digit)).cloned() else {
            return vec![];
        };
        if let Some(viewer) = self.toned_mut() {
            viewer.contrast = Contrast::Fixed(Window::linear(preset.center, preset.width), Some(preset.name));
        }
        vec![]
    }

    /// With the crosshair on, the motion keys move it, by pixels of the screen's own picture.
    fn move_crosshair(&mut self, action: Action, count: usize) -> bool {
        let Some(viewer) = self.viewer_mut() else { return false };
        let form = &viewer.stack().form;
        let shape = (form.rows as usize, form.columns as usize);
        let Some(pixel) = viewer.crosshair.filter(|&(r, c)| r < shape.0 && c < shape.1) else { return false };
        let one = count.min(100_000) as isize;
        let far = 10 * one;
        let (down, across) = match action {
            Action::Down => (one, 0),
            Action::Up => (-one, 0),
            Action::Left => (0, -one),
            Action::Right => (0, one),
            Action::SkipForward => (far, 0),
            Action::SkipBack => (-far, 0),
            _ => return false,
        };
        let turned = viewer.turn.place(pixel, shape);
        let (rows, columns) = viewer.turn.shape(shape);
        let moved = (
            turned.0.saturating_add_signed(down).min(rows - 1),
            turned.1.saturating_add_signed(across).min(columns - 1),
        );
        viewer.crosshair = Some(viewer.turn.origin(moved, shape));
        true
    }

    fn change_stack(&mut self, by: isize) -> Vec<Effect> {
        let Some(viewer) = self.viewer_mut() else { return vec![] };
        if viewer.change_stack(by) {
            return vec![];
        }
        let what = if viewer.stacks.len() == 1 { "This series is one stack." } else { "No further stack." };
        self.say(what)
    }
}
