//! The event loop without a terminal: what one turn costs, what comes late, and how it ends.

use crossbeam_channel::{Receiver, Sender, unbounded};
use ratatui::{
    Terminal,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
};
use std::{
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use topogram::{
    app::{App, Keymap},
    config::{Config, Link, Theme},
    dicom::{Decoder, Outcome},
    graphics::{Choice, Environment, Reply, Support, Window},
    model::{Form, Orientation, Record},
    ui::{Channels, Ending, Heard, Input, Loop, Pen, Probing, World},
    work::{Builder, Found, Loader},
};

/// After this long something that had to happen has not.
const BOUND: Duration = Duration::from_secs(20);

/// Everything written to the screen, and in how many writes; it answers questions as a terminal would.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>, Arc<AtomicUsize>, Weak<Sender<Heard>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        self.1.fetch_add(usize::from(!bytes.is_empty()), Ordering::Relaxed);
        if let Some(heard) = self.2.upgrade().filter(|_| bytes.ends_with(b"\x1b[c")) {
            let _ = heard.send(Heard::Input(Input::Reply(Reply::DeviceAttributes(vec![62]))));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn writes(&self) -> usize {
        self.1.load(Ordering::Relaxed)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// How often a piece of text was written from byte `from` on.
    fn count(&self, wanted: &str, from: usize) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()[from..]).matches(wanted).count()
    }
}

/// A terminal whose size the test sets, and a scan that finds what the test says.
struct Stage {
    window: Arc<Mutex<Window>>,
}

impl World for Stage {
    fn window(&self) -> Window {
        *self.window.lock().unwrap()
    }

    fn know(&self, _: &Support) {}

    fn export(&mut self, _: topogram::work::Order) {}
    fn run(&mut self, _: Option<Arc<topogram::work::Errand>>) {}

    fn say(&mut self, _: topogram::model::Opinion) {}
    fn measure(&mut self, _: topogram::model::Measurement) {}

    fn suspend(&self) -> io::Result<bool> {
        Ok(false)
    }

    fn resume(&self) -> io::Result<()> {
        Ok(())
    }

    fn keep(&mut self, _: &topogram::model::Library) {}

    fn scan(&mut self, _: Option<&Path>) -> Receiver<Found> {
        unbounded().1
    }

    fn fetch(&mut self, _: topogram::work::Wanted) {}

    fn pause_scan(&mut self, _: bool) {}

    fn stop_scan(&mut self) {}

    fn theme(&self, _: Option<bool>) -> Theme {
        Theme::load("reading-room", None).unwrap()
    }
}

/// A loop on a thread, and every way to talk to it.
struct Running {
    heard: Arc<Sender<Heard>>,
    found: Sender<Found>,
    paper: Paper,
    window: Arc<Mutex<Window>>,
    thread: JoinHandle<(Ending, usize)>,
}

fn window(columns: u16, rows: u16) -> Window {
    Window { columns, rows, width_px: columns * 10, height_px: rows * 20 }
}

/// Starts a loop over an empty library in a window of 80 by 24.
fn start() -> Running {
    let (heard_by, heard) = unbounded();
    let heard_by = Arc::new(heard_by);
    let (finds, found) = unbounded();
    let (answer, answers) = unbounded();
    let paper = Paper(Arc::default(), Arc::default(), Arc::downgrade(&heard_by));
    let size = Arc::new(Mutex::new(window(80, 24)));
    let (to_write, world) = (paper.clone(), Stage { window: Arc::clone(&size) });
    let thread = thread::spawn(move || {
        let environment = Environment { term: Some("xterm-kitty".into()), ..Environment::default() };
        let config = Config::default();
        let keymap = Keymap::new(&config.keys).unwrap();
        let mut app = App::new(&config, keymap, 64 << 20, false);
        let mut terminal = Terminal::new(Pen::new(to_write, 80, 24)).unwrap();
        let loader = Loader::start(1, 64 << 20, Decoder::here(), &answer);
        let builder = Builder::new(1, 64 << 20, Decoder::here(), answer);
        let probing = Probing::new(environment, Choice::Auto, Instant::now());
        let channels = Channels { heard, answers, found };
        Loop::new(channels, (loader, builder), probing, Link::Auto, world)
            .run(&mut app, &mut terminal)
            .unwrap()
    });
    Running { heard: heard_by, found: finds, paper, window: size, thread }
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < BOUND, "{what} never happened");
        thread::sleep(Duration::from_millis(2));
    }
}

impl Running {
    fn key(&self, code: KeyCode) {
        self.heard.send(Heard::Input(Input::Key(KeyEvent::new(code, KeyModifiers::NONE)))).unwrap();
    }

    fn reply(&self, reply: Reply) {
        self.heard.send(Heard::Input(Input::Reply(reply))).unwrap();
    }

    /// What a terminal with Kitty graphics answers to the question.
    fn answer_as_kitty(&self) {
        self.reply(Reply::Kitty { id: 31, message: "OK".into() });
        self.reply(Reply::DeviceAttributes(vec![62]));
    }

    /// Waits until nothing has been written for a while.
    fn settle(&self) -> usize {
        let start = Instant::now();
        let (mut length, mut since) = (self.paper.len(), Instant::now());
        while since.elapsed() < Duration::from_millis(300) {
            assert!(start.elapsed() < BOUND, "the screen never comes to rest");
            thread::sleep(Duration::from_millis(5));
            let now = self.paper.len();
            if now != length {
                (length, since) = (now, Instant::now());
            }
        }
        length
    }

    fn wait_for_text(&self, text: &str) {
        wait_for(text, || self.paper.text().contains(text));
    }

    /// Quits with a key; how many screens were drawn.
    fn quit(self) -> usize {
        self.key(KeyCode::Char('Q'));
        let (ending, screens) = self.thread.join().unwrap();
        assert_eq!(ending, Ending::Quit);
        screens
    }
}

/// Slices of one series, one Instance Number each.
fn slices(count: i32) -> Found {
    let form = Form {
        has_pixels: true,
        rows: 4,
        columns: 4,
        orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
        ..Form::default()
    };
    let slice = |number: i32| Record {
        path: format!("/no/such/folder/{number}.dcm").into(),
        patient_id: "P1".into(),
        patient_name: "Rows^Many".into(),
        study_uid: "1".into(),
        series_uid: format!("1.{number}").as_str().into(),
        sop_instance: format!("1.2.{number}"),
        number: Some(number),
        frames: 1,
        position: Some([0.0, 0.0, f64::from(number)]),
        form: form.clone(),
        ..Record::default()
    };
    let files = (1..=count)
        .map(slice)
        .map(|record| (record.path.clone(), Outcome::Instance(Box::new(record.into()))));
    Found::Files(files.collect())
}

/// One image that can be decoded: 2×2 pixels in a folder of its own.
fn image(folder: &Path) -> Found {
    fn element(group: u16, element: u16, vr: &str, value: &[u8]) -> Vec<u8> {
        let mut bytes = [group.to_le_bytes(), element.to_le_bytes()].concat();
        bytes.extend(vr.as_bytes());
        if vr == "OW" {
            bytes.extend([0, 0]);
            bytes.extend((value.len() as u32).to_le_bytes());
        } else {
            bytes.extend((value.len() as u16).to_le_bytes());
        }
        bytes.extend(value);
        bytes
    }
    let short = |number, value: u16| element(0x0028, number, "US", &value.to_le_bytes());
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0"));
    bytes.extend(element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.7\0"));
    bytes.extend(element(8, 0x18, "UI", b"1.2.3\0"));
    bytes.extend(element(0x10, 0x10, "PN", b"Image^One "));
    bytes.extend(element(0x20, 0x0D, "UI", b"1.2\0"));
    bytes.extend(element(0x20, 0x0E, "UI", b"1.2.4\0"));
    bytes.extend(short(0x02, 1));
    bytes.extend(element(0x28, 4, "CS", b"MONOCHROME2 "));
    for (number, value) in [(0x10, 2), (0x11, 2), (0x100, 16), (0x101, 16), (0x102, 15), (0x103, 0)] {
        bytes.extend(short(number, value));
    }
    bytes.extend(element(0x7FE0, 0x10, "OW", &[0, 0, 1, 0, 2, 0, 3, 0]));
    let path = folder.join("one.dcm");
    std::fs::write(&path, bytes).unwrap();
    let outcome = topogram::dicom::examine(&path);
    assert!(matches!(outcome, Outcome::Instance(_)), "{outcome:?}");
    Found::Files(vec![(path, outcome)])
}

#[test]
fn a_burst_of_keys_costs_one_redraw() {
    let running = start();
    running.answer_as_kitty();
    running.found.send(slices(30)).unwrap();
    running.found.send(Found::Done).unwrap();
    running.wait_for_text("Many");
    running.settle();
    let before = running.paper.writes();

    // As long as we hold the paper, the loop is stuck in the write of its first key.
    let held = running.paper.0.lock().unwrap();
    running.key(KeyCode::Down);
    wait_for("taking the first key", || running.heard.is_empty());
    thread::sleep(Duration::from_millis(50));
    for _ in 0..10 {
        running.key(KeyCode::Down);
    }
    drop(held);
    running.settle();

    assert_eq!(running.paper.writes() - before, 2, "one screen for the first key, one for the other ten");
    running.quit();
}

#[test]
fn keys_that_wait_at_the_start_are_drawn_together() {
    let running = start();
    for _ in 0..10 {
        running.key(KeyCode::Char('?'));
    }
    running.settle();
    assert!(running.quit() <= 5, "ten keys are not ten screens");
}

#[test]
fn what_the_scan_finds_late_is_drawn() {
    let running = start();
    running.wait_for_text("Looking for DICOM files");
    running.settle();

    running.found.send(slices(1)).unwrap();
    running.wait_for_text("Many");
    running.found.send(Found::Done).unwrap();

    running.settle();
    running.quit();
}

#[test]
fn a_terminal_that_is_gone_ends_the_loop_with_the_code_of_a_hang_up() {
    let running = start();
    running.heard.send(Heard::Gone).unwrap();

    assert_eq!(running.thread.join().unwrap().0, Ending::Code(129));
}

#[test]
fn a_signal_ends_the_loop_with_its_code_and_a_lost_listener_like_a_hang_up() {
    let running = start();
    running.heard.send(Heard::Ended(15)).unwrap();
    assert_eq!(running.thread.join().unwrap().0, Ending::Code(143));

    let running = start();
    drop(running.heard);
    assert_eq!(running.thread.join().unwrap().0, Ending::Code(129));
}

#[test]
fn an_idle_loop_writes_nothing() {
    let running = start();
    running.answer_as_kitty();
    running.found.send(slices(3)).unwrap();
    running.found.send(Found::Done).unwrap();
    running.wait_for_text("Many");
    let before = running.settle();

    // The only thing to wait for is time itself.
    thread::sleep(Duration::from_secs(1));

    assert_eq!(running.paper.len(), before);
    running.quit();
}

#[test]
fn a_storm_of_sizes_ends_at_the_last_one() {
    let running = start();
    running.answer_as_kitty();
    running.found.send(Found::Done).unwrap();
    running.settle();
    for columns in (20..200).step_by(7).chain([100]) {
        *running.window.lock().unwrap() = window(columns, 30);
        running.heard.send(Heard::Resized).unwrap();
    }
    let from = running.paper.len();
    running.settle();
    *running.window.lock().unwrap() = window(90, 31);
    running.heard.send(Heard::Resized).unwrap();
    running.wait_for_text("\x1b[31;1H");
    running.settle();

    assert!(running.paper.count("\x1b[32;", from) == 0, "nothing is written below the window");
    let screens = running.quit();
    assert!(screens < 40, "{screens} screens");
}

#[test]
fn a_viewer_opens_with_its_picture_and_without_an_empty_screen_before() {
    let folder = tempfile::tempdir().unwrap();
    let running = start();
    running.answer_as_kitty();
    running.found.send(image(folder.path())).unwrap();
    running.found.send(Found::Done).unwrap();
    running.wait_for_text("One");
    running.key(KeyCode::Char('E'));
    running.key(KeyCode::Char('G'));
    let from = running.settle();

    running.key(KeyCode::Enter);
    wait_for("the picture", || running.paper.count("a=p", from) > 0);
    running.settle();

    assert_eq!(running.paper.count("loading", from), 0);
    running.quit();
}

#[test]
fn a_picture_the_terminal_has_thrown_away_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let running = start();
    running.answer_as_kitty();
    running.found.send(image(folder.path())).unwrap();
    running.found.send(Found::Done).unwrap();
    running.wait_for_text("One");
    running.settle();
    running.key(KeyCode::Char('E'));
    running.key(KeyCode::Char('G'));
    running.key(KeyCode::Enter);
    running.wait_for_text("a=p");
    let sent = running.settle();
    let text = running.paper.text();
    let placed = text.rfind("a=p").unwrap();
    let command = &text[text[..placed].rfind("\x1b_G").unwrap()..];
    let id =
        command.split([',', ';', '\x1b']).find_map(|key| key.trim_start_matches("_G").strip_prefix("i="));
    let id: u32 = id.unwrap().parse().unwrap();

    running.reply(Reply::Kitty { id, message: "ENOENT:Put command refers to non-existent image".into() });

    wait_for("the picture is sent again", || running.paper.count(&format!("i={id},"), sent) >= 2);
    assert!(running.paper.count("a=p", sent) >= 1, "and put in its place");
    running.settle();
    running.quit();
}
