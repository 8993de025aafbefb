//! The explorer from beginning to end: take the terminal, scan, show, give the terminal back.

use super::{
    Pen, Probing, Session, listen,
    run::{Ending, Loop},
    session::environment,
    shelf::Shelf,
    silence,
    world::{Channels, World},
};
use crate::{
    app::{App, Keymap},
    config::{Config, Graphics, Mouse, Theme, Watch},
    graphics::{Choice, Protocol, Support, Window, blocks::Shape},
    model::{Library, Measurement, Opinion},
    work::{
        Builder, Decoder, Errand, Exporter, Found, Keep, Loader, Measurer, Order, Recall, Reviewer, Runner,
        Scanner, Wanted, Watching, memory,
    },
};
use crossbeam_channel::{Receiver, Sender};
use ratatui::Terminal;
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// Opens the explorer over some paths; returns the code the process is to end with.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] without a terminal; others if it refuses to be written or changed.
pub fn explore(
    paths: Vec<PathBuf>,
    config: &Config,
    keymap: Keymap,
    themes: Option<&Path>,
    decoder: Decoder,
    keep: Keep,
) -> io::Result<i32> {
    let mut environment = environment();
    // Until the end: the terminal may answer late.
    let _shelf = Shelf::offering(&mut environment);
    let mouse = match config.mouse {
        Mouse::On => true,
        Mouse::Off => false,
        Mouse::Auto => !environment.is_remote(),
    };
    let session = Session::enter(&environment, mouse)?;
    let asked = Instant::now();
    let (to_loop, heard) = crossbeam_channel::unbounded();
    listen(&session, to_loop, silence(&environment))?;
    let window = session.window();
    let output = session.output();
    let open_first = matches!(&paths[..], [only] if only.is_file());
    let (answer, answers) = crossbeam_channel::unbounded();
    let name = if config.review.reviewer.is_empty() { user() } else { config.review.reviewer.clone() };
    let measurer = (!config.measurements.file.is_empty())
        .then(|| Measurer::start(PathBuf::from(&config.measurements.file), name.clone(), answer.clone()));
    let reviewer = (!config.review.file.is_empty())
        .then(|| Reviewer::start(PathBuf::from(&config.review.file), name, answer.clone()));
    let folder = PathBuf::from(&config.export.folder);
    let exporter = Exporter::start(folder, paths.clone(), decoder.clone(), answer.clone());
    let recall = Arc::new(Recall::new(keep, &paths));
    let runner = Runner::start(answer.clone());
    let mut outside = Outside {
        session,
        paths,
        scanner: None,
        found: None,
        recall,
        config,
        themes,
        reviewer,
        measurer,
        exporter,
        runner,
    };
    let found = outside.scan(None);
    let budget = usize::try_from(config.memory.bytes_of(memory())).unwrap_or(usize::MAX);
    // A quarter for pictures, one for single frames, and half for volumes.
    let loader = Loader::start(Loader::threads(), budget / 4, decoder.clone(), &answer);
    let builder = Builder::new(Loader::threads() + 1, budget / 2, decoder, answer);
    let probing = Probing::new(environment, choice(config.graphics).unwrap_or(Choice::Auto), asked);
    let mut app = App::new(config, keymap, budget / 4, open_first);
    let mut pen = Pen::new(output, window.columns, window.rows);
    // The first frame has the colours that the variables promise; pictures wait for the terminal's word.
    pen.set_support(&probing.guess(window));
    let mut terminal = Terminal::new(pen)?;
    let channels = Channels { heard, answers, found };
    let mut running = Loop::new(channels, (loader, builder), probing, config.link, outside);
    let ending = running.run(&mut app, &mut terminal);
    // The terminal is given back before anything is said.
    drop(running);
    match ending?.0 {
        Ending::Quit => Ok(0),
        Ending::Code(code) => Ok(code),
    }
}

/// What the settings say of pictures; `None` if there are to be none.
pub fn choice(graphics: Graphics) -> Option<Choice> {
    Some(match graphics {
        Graphics::Auto => Choice::Auto,
        Graphics::Kitty => Choice::Only(Protocol::Kitty),
        Graphics::Iterm2 => Choice::Only(Protocol::Iterm2),
        Graphics::Sixel => Choice::Only(Protocol::Sixel),
        Graphics::Blocks | Graphics::Half => Choice::Only(Protocol::Blocks(Shape::Halves)),
        Graphics::Quadrants => Choice::Only(Protocol::Blocks(Shape::Quadrants)),
        Graphics::Octants => Choice::Only(Protocol::Blocks(Shape::Octants)),
        Graphics::Ascii => Choice::Only(Protocol::Blocks(Shape::Ascii)),
        Graphics::None => return None,
    })
}

fn watching(watch: Watch) -> Watching {
    match watch {
        Watch::Auto => Watching::Auto,
        Watch::Poll => Watching::Poll,
        Watch::Off => Watching::Off,
    }
}

fn theme(config: &Config, themes: Option<&Path>, light: Option<bool>) -> Theme {
    let background = light.map(|light| if light { (255, 255, 255) } else { (0, 0, 0) });
    // The settings were checked before the start; a theme file broken since then must not end the session.
    config
        .load_theme(themes, background)
        .unwrap_or_else(|_| Theme::load("reading-room", None).expect("a unit test reads every theme we ship"))
}

/// Who is at the keys, as far as the system tells.
fn user() -> String {
    ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// The real world.
struct Outside<'a> {
    session: Session,
    paths: Vec<PathBuf>,
    scanner: Option<Scanner>,
    found: Option<Sender<Found>>,
    recall: Arc<Recall>,
    config: &'a Config,
    themes: Option<&'a Path>,
    reviewer: Option<Reviewer>,
    measurer: Option<Measurer>,
    exporter: Exporter,
    runner: Runner,
}

impl World for Outside<'_> {
    fn window(&self) -> Window {
        self.session.window()
    }

    fn know(&self, support: &Support) {
        self.session.set_support(support);
    }

    fn suspend(&self) -> io::Result<bool> {
        self.session.suspend()
    }

    fn resume(&self) -> io::Result<()> {
        self.session.resume()
    }

    fn scan(&mut self, only: Option<&Path>) -> Receiver<Found> {
        // A bounded channel: a scan must not run away from the screen and fill the memory.
        let (sender, found) = crossbeam_channel::bounded(32);
        let roots = only.map_or_else(|| self.paths.clone(), |folder| vec![folder.to_owned()]);
        self.found = Some(sender.clone());
        // The scan before is over.
        self.scanner = None;
        // Only a scan of everything can tell what is gone.
        if only.is_none() {
            self.recall.begin();
        }
        let (recall, watching) = (Some(&self.recall), watching(self.config.watch));
        self.scanner = Some(Scanner::start_live(roots, Scanner::threads(), recall, watching, sender));
        found
    }

    fn fetch(&mut self, wanted: Wanted) {
        if let Some(found) = &self.found {
            self.recall.fetch(wanted, found.clone());
        }
    }

    fn keep(&mut self, library: &Library) {
        self.recall.done(library);
    }

    fn say(&mut self, opinion: Opinion) {
        if let Some(reviewer) = &self.reviewer {
            reviewer.say(opinion);
        }
    }

    fn measure(&mut self, measurement: Measurement) {
        if let Some(measurer) = &self.measurer {
            measurer.say(measurement);
        }
    }

    fn export(&mut self, order: Order) {
        self.exporter.write(order);
    }

    fn run(&mut self, errand: Option<Arc<Errand>>) {
        self.runner.run(errand);
    }

    fn pause_scan(&mut self, paused: bool) {
        if let Some(scanner) = &self.scanner {
            scanner.pause(paused);
        }
    }

    fn stop_scan(&mut self) {
        self.scanner = None;
    }

    fn theme(&self, light: Option<bool>) -> Theme {
        theme(self.config, self.themes, light)
    }
}
