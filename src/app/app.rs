//! The whole state, and the one function that changes it.

use super::{
    Base, Browser, Chord, Context, Effect, Event, Grip, Keymap, Node, Overlay, Prompt, PromptKind, Scan,
    View, check::Check, layout, motion::Motion, tolerances,
};
use crate::{
    config::{Config, Graphics, Preset, ViewerSettings},
    model::{Library, Mask, Measurements, SeriesId},
    work::{Body, ByteCache, Canvas, Drawn, Found, Surveyed, amend, store_at},
};
use ratatui::layout::Rect;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

/// A number typed over an image: the presets it also means are undone once it is a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Typed {
    pub number: usize,
    pub digits: u32,
    pub before: super::Contrast,
}

/// What the mouse holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Drag {
    Window { column: u16, row: u16, moved: bool },
    Pan { column: u16, row: u16 },
    Measure { column: u16, row: u16, moved: bool },
    Grip(Grip),
    Point,
}

/// Everything the program knows.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own; no two exclude one another")]
pub struct App {
    /// What has been found.
    pub library: Library,
    /// The scan is still running.
    pub scanning: bool,
    /// How the user has bent it.
    pub scan: Scan,
    /// What it has found so far, while the library is what the last one found.
    pub(super) check: Option<Check>,
    /// The list at the bottom of everything.
    pub browser: Browser,
    /// What is on top of it, the topmost last.
    pub views: Vec<View>,
    /// What lies over the view.
    pub overlays: Vec<Overlay>,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// One line for the user, until the next key.
    pub notice: Option<String>,
    /// Whether identifiers are hidden.
    pub mask: Mask,
    /// The screen, in cells.
    pub screen: Rect,
    /// How pictures are drawn.
    pub canvas: Canvas,
    /// Windows on the digits.
    pub presets: BTreeMap<u8, Preset>,
    /// Which key asks for what.
    pub keymap: Keymap,
    /// Keys pressed that may become a longer one.
    pub pending: Vec<Chord>,
    /// A number typed before a motion.
    pub count: Option<usize>,
    /// The picture beside the list.
    pub preview: Option<Arc<Drawn>>,
    pub(super) typed: Option<Typed>,
    pub(super) drag: Option<Drag>,
    pub(super) settings: ViewerSettings,
    pub(super) pictures: ByteCache<u64, Drawn>,
    pub(super) failed: HashMap<u64, String>,
    /// Volumes that are kept, so that coming back to one costs nothing.
    pub(super) volumes: Vec<Body>,
    /// What was measured and is kept.
    pub measurements: Measurements,
    /// Values over time, by the name of the job.
    pub(super) curve: Option<(u64, Vec<Option<f64>>)>,
    /// What PETs say of their tracers, by the first frames of their stacks.
    pub(super) tracers: HashMap<crate::model::FrameKey, Option<Box<crate::model::Tracer>>>,
    pub(super) surveys: HashMap<crate::model::FrameKey, Option<Surveyed>>,
    pub(super) wished: Vec<u64>,
    /// What a picture may cost while slices fly past; `None` on a fast link.
    pub(super) draft: Option<u32>,
    /// What the user is doing to the picture.
    pub(super) motion: Motion,
    /// Pictures that the terminal keeps, by their ids.
    pub(super) kept: HashSet<u32>,
    /// Pictures are wanted at all.
    pub(super) draws: bool,
    /// What can be said of a series.
    pub verdicts: Vec<String>,
    /// Series of which something was said.
    pub reviewed: usize,
    /// What changes are told against in every list of tags.
    pub(super) marked: Option<Base>,
    /// Tickets of errands given out so far.
    pub(super) errands: u64,
    /// The ticket of the errand under way; 0 if there is none.
    pub(super) under_way: u64,
    open_first: bool,
    pub(super) stale: bool,
}

impl App {
    /// An empty program over settings that have been checked. `pictures` is what may be kept of finished
    /// pictures, bytes; `open_first` opens the first series as soon as it is there.
    pub fn new(config: &Config, keymap: Keymap, pictures: usize, open_first: bool) -> Self {
        Self {
            library: Library::judging_by(tolerances(&config.check)),
            scanning: true,
            scan: Scan::default(),
            check: None,
            browser: Browser::new(&config.browser),
            views: vec![],
            overlays: vec![],
            prompt: None,
            notice: None,
            mask: Mask::new(config.mask_identifiers),
            screen: Rect::new(0, 0, 80, 24),
            canvas: Canvas::UNKNOWN,
            presets: config.presets.clone(),
            keymap,
            pending: vec![],
            count: None,
            preview: None,
            typed: None,
            drag: None,
            settings: config.viewer.clone(),
            pictures: ByteCache::new(pictures),
            failed: HashMap::new(),
            volumes: vec![],
            measurements: Measurements::default(),
            curve: None,
            tracers: HashMap::new(),
            surveys: HashMap::new(),
            wished: vec![],
            draft: None,
            motion: Motion::Rest,
            kept: HashSet::new(),
            draws: config.graphics != Graphics::None,
            verdicts: config.review.verdicts.clone(),
            reviewed: 0,
            marked: None,
            errands: 0,
            under_way: 0,
            open_first,
            stale: true,
        }
    }

    /// Applies one event; the only way state changes.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        let before = (self.place(), self.whole_name());
        let contrast = self.linked_contrast();
        let moves = matches!(event, Event::Key(_) | Event::Mouse(_) | Event::Tick);
        let mut effects = match event {
            Event::Key(key) => self.key(key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(columns, rows) => self.resize(columns, rows),
            Event::Canvas(canvas, note) => self.know(canvas, note),
            Event::Link(draft) => {
                self.draft = draft;
                vec![]
            }
            Event::Kept(kept) => {
                self.kept = kept;
                vec![]
            }
            Event::Rest => {
                self.motion = Motion::Rest;
                vec![]
            }
            Event::Answer(answer) => self.receive(answer),
            Event::Found(found) => self.found(found),
            Event::Pause => {
                self.end_number();
                vec![]
            }
            Event::Tick => self.tick_on(),
        };
        if moves && self.whole_name() != before.1 {
            self.motion = self.motion.after(self.place() != before.0);
        }
        self.share_if_changed(contrast.as_ref());
        effects.extend(self.end_check());
        let stale =
            self.stale && (!self.scanning || self.scan.paused || self.browser.is_outgrown(&self.library));
        if stale && self.views.is_empty() {
            self.stale = false;
            self.browser.refresh(&self.library);
        }
        if self.views.is_empty() {
            let height = usize::from(self.screen.height);
            self.browser.summarise(&self.library, height, self.mask, self.scanning);
        }
        self.pick_up();
        self.fit_transcript();
        effects.extend(self.fetch_whole());
        self.fit_value();
        effects.extend(self.errand());
        effects.extend(self.wish());
        effects
    }

    /// Which keys apply.
    pub fn context(&self) -> Context {
        match (self.overlays.is_empty(), self.views.last()) {
            (false, _) => Context::Everywhere,
            (true, Some(View::Viewer(_))) => Context::Viewer,
            (true, Some(View::Volume(_))) => Context::Volume,
            (true, Some(View::Steps(_))) => Context::Steps,
            (true, Some(View::Tags(_))) => Context::Tags,
            (true, Some(View::Transcript(_))) => Context::Transcript,
            (true, Some(View::Value(_))) => Context::Value,
            (true, None) => Context::Browser,
        }
    }

    /// The rows of a page in the view on top.
    pub(super) fn page(&self) -> usize {
        usize::from(self.screen.height.saturating_sub(4)).max(1)
    }

    /// Everything above the status line.
    pub fn main_area(&self) -> Rect {
        layout::main_and_status(self.screen).0
    }

    fn resize(&mut self, columns: u16, rows: u16) -> Vec<Effect> {
        self.screen = Rect::new(0, 0, columns, rows);
        self.preview = None;
        vec![]
    }

    fn know(&mut self, canvas: Canvas, note: Option<String>) -> Vec<Effect> {
        if self.canvas != canvas {
            self.canvas = canvas;
            self.preview = None;
            for view in &mut self.views {
                match view {
                    View::Viewer(viewer) => viewer.shown = None,
                    View::Volume(view) => view.images.shown = None,
                    View::Steps(view) => view.images.shown = None,
                    View::Tags(_) | View::Transcript(_) | View::Value(_) => {}
                }
            }
        }
        if note.is_some() {
            self.notice = note;
        }
        vec![]
    }

    fn found(&mut self, found: Found) -> Vec<Effect> {
        // What is checked is only seen when all of it has been.
        self.stale |= !(self.is_checking() && matches!(found, Found::Files(_) | Found::News(_)));
        match found {
            Found::Known(library) => self.begin_check(*library),
            Found::Unkept(why) => self.notice = Some(why),
            Found::Fetched(series, files) => return self.fetched(series, files),
            Found::Files(files) => {
                let library = self.filed();
                for (path, outcome) in files {
                    store_at(library, &path, outcome);
                }
            }
            Found::News(news) => {
                // What was decoded of a file that is another now is wrong.
                if amend(self.filed(), news) {
                    return vec![Effect::Forget];
                }
            }
            Found::Missed => return self.check_again(),
            Found::Done => {
                self.scanning = false;
                let mut effects = self.scanned();
                self.count_reviewed();
                if self.open_first && self.views.is_empty() {
                    self.open_first = false;
                    let first = self.library.all_series().next().map(|(series, _)| series);
                    if let Some(series) = first {
                        self.browser.point_at(&self.library, series);
                        effects.extend(self.open(series));
                        self.notice = None;
                    }
                }
                return effects;
            }
        }
        vec![]
    }

    fn tick_on(&mut self) -> Vec<Effect> {
        if self.volume().is_some() {
            self.tick_volume();
        } else if let Some(viewer) = self.viewer_mut().filter(|viewer| viewer.cine.running) {
            // A film waits for the frame it has asked for: it slows down rather than skip.
            if viewer.error.is_some() || viewer.shown.as_ref().is_some_and(|drawn| drawn.key == viewer.key())
            {
                viewer.advance();
            }
        }
        vec![]
    }

    /// Throws everything away for a new scan, of everything or of one folder.
    pub(super) fn rescan(&mut self, only: Option<PathBuf>) -> Vec<Effect> {
        let review = std::mem::take(&mut self.library.review);
        let tolerances = self.library.tolerances;
        self.library = Library::reviewed(review);
        self.library.tolerances = tolerances;
        self.check = None;
        self.scanning = true;
        self.scan = Scan { only: only.clone(), ..Scan::default() };
        self.stale = true;
        self.views.clear();
        self.browser.forget();
        self.preview = None;
        self.failed.clear();
        self.surveys.clear();
        self.tracers.clear();
        self.pictures.clear();
        self.volumes.clear();
        vec![Effect::Abandon, Effect::Rescan(only)]
    }

    pub(super) fn begin_prompt(&mut self) {
        let (kind, text) = match self.context() {
            Context::Browser => (PromptKind::Filter, self.browser.filter.clone()),
            Context::Tags | Context::Transcript | Context::Value => (PromptKind::Search, String::new()),
            _ => return,
        };
        self.prompt = Some(Prompt { kind, before: text.clone(), text });
    }

    /// What the status line says of the place under the cursor in the browser.
    pub fn node_series(&self) -> Option<SeriesId> {
        match self.browser.cursor() {
            Some(Node::Series(id)) => Some(id),
            _ => self.browser.series(&self.library),
        }
    }
}
