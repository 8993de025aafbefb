//! One stack on the screen: which slice, which contrast, which part.

mod measure;

use super::{Figure, Measuring, volume::Material};
use crate::{
    config::{CornerText, Uptake, ViewerSettings},
    imaging::{Colors, Histogram, Palette, Turn, Viewport, measure::Place},
    model::{Frame, FrameKey, InstanceId, Library, SeriesId, Stack, Tracer, VoiLut, Window},
    work::{Drawn, Look, Surveyed, Voi},
};
use std::sync::Arc;

/// The contrast the user has chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Contrast {
    /// The file's own, counted from zero.
    File(usize),
    /// Computed for the modality.
    Auto,
    /// From the 1st to the 99th percentile.
    Stretch,
    /// Set by keys, mouse or preset; with the preset's name.
    Fixed(Window, Option<String>),
    /// Only what is above the centre of this window is white, and nothing is grey.
    Threshold(Window),
}

/// A running film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cine {
    /// Frames a second.
    pub fps: f64,
    /// It is running.
    pub running: bool,
}

/// State of the viewer.
#[derive(Debug)]
pub struct Viewer {
    /// Which series.
    pub series: SeriesId,
    /// Its stacks; never empty.
    pub stacks: Vec<Stack>,
    /// Which of them.
    pub stack: usize,
    /// Which slice of it, from zero.
    pub slice: usize,
    /// Direction of the last move, for prefetching.
    pub forward: bool,
    /// The contrast.
    pub contrast: Contrast,
    /// What a survey of the stack found; `None` until it has come back.
    pub survey: Option<Option<Surveyed>>,
    /// Black and white exchanged.
    pub invert: bool,
    /// How colours are shown.
    pub colors: Colors,
    /// How levels are coloured.
    pub palette: Palette,
    /// Rotated or mirrored.
    pub turn: Turn,
    /// Zoom and pan.
    pub viewport: Viewport,
    /// Interpolate when enlarged.
    pub smooth: bool,
    /// The point that is read, in pixels of the frame: row and column.
    pub crosshair: Option<(usize, usize)>,
    /// So many slices across and down, where many are seen at once.
    pub sheet: Option<(u16, u16)>,
    /// What is plotted under the picture.
    pub figure: Option<Figure>,
    /// All voxels of the stack, where they are read for a plot over slices.
    pub whole: Option<Material>,
    /// The histogram of all voxels, by the name of the job; `None` in it if there are no values.
    pub histogram: Option<(u64, Option<Histogram>)>,
    /// What is measured from marked pixels to that point.
    pub measuring: Measuring<Place>,
    /// The values that are read at that point, and whose they are: only while they are needed.
    pub values: Option<(FrameKey, Arc<Frame>)>,
    /// What the files say of the tracer of a PET, once they have been asked.
    pub tracer: Option<Box<Tracer>>,
    /// What the values of a PET are told as.
    pub uptake: Uptake,
    /// What the corners say.
    pub corners: CornerText,
    /// The film.
    pub cine: Cine,
    /// The newest picture of this stack that has come back.
    pub shown: Option<Arc<Drawn>>,
    /// Why the slice that is wanted cannot be shown.
    pub error: Option<String>,
}

impl Viewer {
    /// Opens a series in the middle of its first stack; `None` if it has no image.
    pub fn open(library: &Library, series: SeriesId, settings: &ViewerSettings) -> Option<Self> {
        let stacks = library.stacks(series);
        let first = stacks.first()?;
        Some(Self {
            series,
            slice: first.frames.len() / 2,
            stacks,
            stack: 0,
            forward: true,
            contrast: Contrast::Auto,
            survey: None,
            invert: false,
            colors: Colors::True,
            palette: Palette::Gray,
            turn: Turn::default(),
            viewport: Viewport::default(),
            smooth: settings.smooth,
            crosshair: None,
            sheet: None,
            figure: None,
            whole: None,
            histogram: None,
            measuring: Measuring::default(),
            values: None,
            tracer: None,
            uptake: settings.uptake,
            corners: settings.corner_text,
            cine: Cine { fps: settings.cine_fps, running: false },
            shown: None,
            error: None,
        })
    }

    /// The stack on screen.
    pub fn stack(&self) -> &Stack {
        &self.stacks[self.stack]
    }

    /// The frame that is wanted.
    pub fn key(&self) -> FrameKey {
        self.stack().frames[self.slice]
    }

    /// The values of the slice on screen, if they are at hand.
    pub fn shown_values(&self) -> Option<&Frame> {
        let shown = self.shown.as_ref()?;
        self.values.as_ref().filter(|(key, _)| *key == shown.key).map(|(_, frame)| &**frame)
    }

    /// Holds the values of the slice on screen, if they are needed, and no others, while the workers still have them.
    pub(super) fn hold_values(&mut self) {
        let shown = self.shown.as_ref().filter(|_| self.needs_values());
        let Some(shown) = shown else {
            self.values = None;
            return;
        };
        if self.values.as_ref().is_none_or(|(key, _)| *key != shown.key) {
            self.values = shown.frame.upgrade().map(|frame| (shown.key, frame));
        }
    }

    /// Goes to a slice, or to the last one.
    pub fn go_to(&mut self, slice: usize) {
        let slice = slice.min(self.stack().frames.len() - 1);
        if slice != self.slice {
            self.leave_slice();
        }
        self.forward = slice >= self.slice;
        self.slice = slice;
        self.error = None;
    }

    /// A length from one slice to another is none; a region is looked at in the next one too.
    fn leave_slice(&mut self) {
        if self.measuring.shape.is_none() {
            self.measuring.clear();
        }
    }

    /// Goes to the first slice of an instance, in whichever stack it is.
    pub(super) fn go_to_instance(&mut self, instance: InstanceId) {
        let place = self.stacks.iter().enumerate().find_map(|(stack, frames)| {
            Some((stack, frames.frames.iter().position(|key| key.instance == instance)?))
        });
        if let Some((stack, slice)) = place {
            self.change_stack(stack as isize - self.stack as isize);
            self.go_to(slice);
        }
    }

    /// Moves by slices, not past either end.
    pub fn step(&mut self, by: isize) {
        self.go_to(self.slice.saturating_add_signed(by));
    }

    /// Moves a film on by one; from the last slice to the first.
    pub fn advance(&mut self) {
        let count = self.stack().frames.len();
        self.go_to((self.slice + 1) % count);
        self.forward = true;
    }

    /// Goes to another stack, at the same relative place. False if there is none in that direction.
    pub fn change_stack(&mut self, by: isize) -> bool {
        let Some(stack) = self.stack.checked_add_signed(by).filter(|&stack| stack < self.stacks.len()) else {
            return false;
        };
        let (slice, count) = (self.slice, self.stack().frames.len());
        let alike = self.stacks[stack].frames.len() == count;
        self.leave_slice();
        self.stack = stack;
        let new = self.stack().frames.len();
        self.slice = if alike { slice } else { slice * new / count.max(1) };
        self.survey = None;
        (self.tracer, self.whole) = (None, None);
        self.error = None;
        self.crosshair = self.crosshair.filter(|_| alike);
        if !alike {
            self.measuring.clear();
            self.viewport = Viewport::default();
            self.shown = None;
        }
        true
    }

    /// What the survey found is the contrast to begin with: the file's own window, else an automatic one.
    pub fn surveyed(&mut self, result: Option<Surveyed>) {
        let own = result.as_ref().map_or(0, |survey| survey.own.len());
        match self.contrast {
            Contrast::Auto if self.survey.is_none() && self.shown.is_none() && own > 0 => {
                self.contrast = Contrast::File(0);
            }
            Contrast::File(_) if own == 0 => self.contrast = Contrast::Auto,
            _ => {}
        }
        self.survey = Some(result);
    }

    /// How pictures are to look now.
    pub fn look(&self) -> Look {
        let voi = match self.contrast {
            Contrast::Threshold(window) => Voi::Fixed(window.step()),
            _ => self.voi(),
        };
        Look {
            voi,
            invert: self.invert,
            colors: self.colors,
            turn: self.turn,
            smooth: self.smooth,
            palette: self.palette,
        }
    }

    /// The contrast, threshold aside.
    fn voi(&self) -> Voi {
        let found = self.survey.as_ref().and_then(Option::as_ref);
        match (&self.contrast, found) {
            (Contrast::File(number), _) => Voi::File(*number),
            (Contrast::Fixed(window, _) | Contrast::Threshold(window), _) => Voi::Fixed(*window),
            (Contrast::Auto, Some(survey)) => Voi::Fixed(survey.auto),
            (Contrast::Stretch, Some(survey)) => Voi::Fixed(survey.stretch),
            (Contrast::Auto | Contrast::Stretch, None) => Voi::File(0),
        }
    }

    /// The window that is in force, if there is one: a table has none.
    pub fn window(&self) -> Option<Window> {
        match self.voi() {
            Voi::Fixed(window) => Some(window),
            Voi::File(_) => self.shown.as_ref().and_then(|drawn| drawn.voi.window()),
        }
    }

    /// The window in force, or the automatic one where a table is.
    fn base(&self) -> Option<Window> {
        self.window().or_else(|| Some(self.survey.as_ref().and_then(Option::as_ref)?.auto))
    }

    /// Begins or ends to show a threshold: at the centre of the window in force, by whose keys it moves.
    pub(super) fn turn_threshold(&mut self) {
        self.contrast = match (&self.contrast, self.base()) {
            (Contrast::Threshold(window), _) => Contrast::Fixed(*window, None),
            (_, Some(window)) => Contrast::Threshold(window),
            (_, None) => return,
        };
    }

    /// Takes a window that the user has set; a threshold stays one.
    pub(super) fn set_window(&mut self, window: Window) {
        self.contrast = match self.contrast {
            Contrast::Threshold(_) => Contrast::Threshold(window),
            _ => Contrast::Fixed(window, None),
        };
    }

    /// Changes the window in force by factors and shares of its width.
    pub fn adjust(&mut self, widen: f64, raise: f64) {
        let Some(window) = self.base() else { return };
        let width = (window.width * widen).clamp(1e-6, 1e9);
        // Whole numbers stay whole where they are large enough to step in.
        let round = |value: f64| if width >= 20.0 { value.round() } else { value };
        let center = round(window.center + raise * window.width);
        let width = round(width).max(if width >= 20.0 { 1.0 } else { 1e-6 });
        self.set_window(Window { center, width, ..window });
    }

    /// The file's next or previous own window; the first one if another contrast is in force.
    pub fn cycle_own(&mut self, by: isize) -> bool {
        let found = self.survey.as_ref().and_then(Option::as_ref);
        let count = found.map_or(0, |survey| survey.own.len());
        if count == 0 {
            return false;
        }
        self.contrast = match self.contrast {
            Contrast::File(number) => {
                Contrast::File((number as isize + by).rem_euclid(count as isize) as usize)
            }
            _ => Contrast::File(0),
        };
        true
    }

    /// What the contrast is called: `Lung`, `auto`, `file 1/2 (brain)`.
    pub fn contrast_name(&self) -> String {
        let found = self.survey.as_ref().and_then(Option::as_ref);
        match &self.contrast {
            Contrast::Auto => "auto".to_owned(),
            Contrast::Stretch => "1-99 %".to_owned(),
            Contrast::Threshold(_) => "threshold".to_owned(),
            Contrast::Fixed(_, Some(name)) => name.clone(),
            Contrast::Fixed(_, None) => String::new(),
            Contrast::File(number) => {
                let own = found.map_or(&[][..], |survey| &survey.own);
                let table = matches!(self.shown.as_ref().map(|drawn| &drawn.voi), Some(VoiLut::Table { .. }));
                let mut name = if own.len() > 1 {
                    format!("file {}/{}", number + 1, own.len())
                } else {
                    "file".to_owned()
                };
                if table {
                    name.push_str(" table");
                }
                match own.get(*number).filter(|text| !text.is_empty()) {
                    Some(explanation) => format!("{name} {explanation}"),
                    None => name,
                }
            }
        }
    }

    /// Everything that was changed in the look goes back to how it began.
    pub fn reset(&mut self) {
        let own = self.survey.as_ref().and_then(Option::as_ref).map_or(0, |survey| survey.own.len());
        self.contrast = if own > 0 { Contrast::File(0) } else { Contrast::Auto };
        self.invert = false;
        self.colors = Colors::True;
        self.palette = Palette::Gray;
        self.turn = Turn::default();
        self.viewport = Viewport::default();
    }
}
