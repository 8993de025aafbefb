//! The program in a pseudoterminal, as a person meets it: started, resized, left, killed and hung up on.

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::{
    fs,
    io::{Read as _, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// After this long something that had to happen has not.
const BOUND: Duration = Duration::from_secs(30);

/// Whether the terminal answers questions.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// It says what it is, as every terminal does.
    Answers,
    /// It says nothing at all.
    Mute,
}

/// What the terminal has received, and what it looks like.
struct Received {
    raw: Vec<u8>,
    screen: vt100::Parser,
}

/// The program and the terminal it runs in.
struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
    child: Box<dyn Child + Send + Sync>,
    received: Arc<Mutex<Received>>,
    discipline: Option<String>,
    /// Our reading thread is to let go of the terminal.
    over: Arc<AtomicBool>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// Starts the explorer over a folder in a terminal of 80 by 24.
fn start(folder: &Path, manner: Manner) -> Session {
    start_as("xterm-256color", folder, manner)
}

/// The same in a terminal that TERM calls so.
fn start_as(term: &str, folder: &Path, manner: Manner) -> Session {
    let pair = native_pty_system().openpty(size(80, 24)).unwrap();
    let discipline = discipline(pair.master.as_ref());
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_topogram"));
    command.arg(folder);
    command.cwd(folder);
    command.env_clear();
    for (name, value) in [
        ("HOME", "/nonexistent"),
        ("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR")),
        ("TERM", term),
        ("LANG", "C.UTF-8"),
    ] {
        command.env(name, value);
    }
    let child = pair.slave.spawn_command(command).unwrap();
    // Only the program holds the terminal now: it must notice when we let go.
    drop(pair.slave);
    let received = Arc::new(Mutex::new(Received { raw: vec![], screen: vt100::Parser::new(24, 80, 0) }));
    let keys = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (to, answers) = (Arc::clone(&received), Arc::clone(&keys));
    let over = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&over);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        let mut asked = false;
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            let mut to = to.lock().unwrap();
            to.raw.extend_from_slice(&bytes[..count]);
            to.screen.process(&bytes[..count]);
            if manner == Manner::Answers && !asked && contains(&to.raw, b"\x1b[c") {
                asked = true;
                if let Some(keys) = answers.lock().unwrap().as_mut() {
                    let _ = keys.write_all(b"\x1b[?62;c");
                }
            }
        }
    });
    Session { master: Some(pair.master), keys, child, received, discipline, over }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The line discipline, in the words of `stty`.
fn discipline(master: &dyn MasterPty) -> Option<String> {
    master.get_termios().map(|termios| {
        format!(
            "{:?} {:?} {:?} {:?}",
            termios.input_flags, termios.output_flags, termios.control_flags, termios.local_flags
        )
    })
}

fn wait_for(what: &str, within: Duration, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < within, "{what} did not happen within {within:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

impl Session {
    fn press(&self, keys: &str) {
        let mut writer = self.keys.lock().unwrap();
        writer.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn screen(&self) -> String {
        self.received.lock().unwrap().screen.screen().contents()
    }

    fn wait_for_text(&self, text: &str) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(start.elapsed() < BOUND, "{text:?} never came:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn written(&self) -> usize {
        self.received.lock().unwrap().raw.len()
    }

    /// Waits until nothing has been written for a second.
    fn settle(&self) {
        let start = Instant::now();
        let (mut written, mut since) = (self.written(), Instant::now());
        while since.elapsed() < Duration::from_secs(1) {
            assert!(start.elapsed() < BOUND, "the screen never comes to rest");
            thread::sleep(Duration::from_millis(10));
            if self.written() != written {
                (written, since) = (self.written(), Instant::now());
            }
        }
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.received.lock().unwrap().screen.screen_mut().set_size(rows, columns);
        self.master.as_ref().unwrap().resize(size(columns, rows)).unwrap();
    }

    fn end(&mut self, within: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < within, "still there after {within:?}:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes the terminal, as a window or a lost connection does.
    fn hang_up(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // What the program draws for a key wakes our reading thread.
        self.press("?");
        *self.keys.lock().unwrap() = None;
        self.master = None;
    }

    /// The terminal is as it was before the program came.
    fn assert_given_back(&self) {
        wait_for("leaving the other screen", BOUND, || {
            contains(&self.received.lock().unwrap().raw, b"\x1b[?1049l")
        });
        let received = self.received.lock().unwrap();
        let screen = received.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(discipline(self.master.as_ref().unwrap().as_ref()), self.discipline);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An explicit little endian element.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
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

/// A slice of 8 by 8 pixels; the demo would take seconds to paint.
fn slice(number: usize, name: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(2, 0x10, "UI", b"1.2.840.10008.1.2.1"));
    bytes.extend(element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.2"));
    bytes.extend(element(8, 0x18, "UI", format!("1.2.3.{number}").as_bytes()));
    bytes.extend(element(8, 0x60, "CS", b"CT"));
    bytes.extend(element(8, 0x103E, "LO", b"Eight slices"));
    bytes.extend(element(0x10, 0x10, "PN", name));
    bytes.extend(element(0x10, 0x20, "LO", b"ID-1"));
    bytes.extend(element(0x20, 0x0D, "UI", b"1.2"));
    bytes.extend(element(0x20, 0x0E, "UI", b"1.2.3"));
    bytes.extend(element(0x20, 0x13, "IS", number.to_string().as_bytes()));
    bytes.extend(element(0x20, 0x32, "DS", format!("0\\0\\{number}").as_bytes()));
    bytes.extend(element(0x20, 0x37, "DS", b"1\\0\\0\\0\\1\\0"));
    bytes.extend(element(0x28, 2, "US", &[1, 0]));
    bytes.extend(element(0x28, 4, "CS", b"MONOCHROME2"));
    for (number, value) in [(0x10, 8_u8), (0x11, 8), (0x100, 16), (0x101, 16), (0x102, 15), (0x103, 0)] {
        bytes.extend(element(0x28, number, "US", &[value, 0]));
    }
    let pixels: Vec<u8> = (0..64_u8).flat_map(|value| [value, 0]).collect();
    bytes.extend(element(0x7FE0, 0x10, "OW", &pixels));
    bytes
}

/// A folder with one series of eight slices.
fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=8 {
        fs::write(folder.path().join(format!("{number}.dcm")), slice(number, b"Lovelace^Ada")).unwrap();
    }
    folder
}

fn signal(session: &Session, name: &str) {
    let id = session.child.process_id().unwrap();
    assert!(Command::new("kill").args([format!("-{name}"), id.to_string()]).status().unwrap().success());
}

#[test]
fn a_session_from_the_tree_to_a_slice_and_back_to_the_shell() {
    let folder = study();
    let mut session = start(folder.path(), Manner::Answers);
    session.wait_for_text("Eight slices");
    assert!(session.screen().contains("Patients › studies › series"));
    assert!(session.received.lock().unwrap().screen.screen().alternate_screen());

    session.press("G\r");
    session.wait_for_text("5/8");
    session.press("jj");
    session.wait_for_text("7/8");
    session.resize(100, 30);
    session.settle();
    assert!(session.screen().contains("7/8"), "{}", session.screen());

    session.press("q");
    session.wait_for_text("Patients › studies › series");
    session.press("q");
    let status = session.end(BOUND);
    assert_eq!(status.exit_code(), 0);
    session.assert_given_back();
}

#[test]
fn a_request_to_end_gives_the_terminal_back() {
    let folder = study();
    let mut session = start(folder.path(), Manner::Answers);
    session.wait_for_text("Eight slices");

    signal(&session, "TERM");

    assert_eq!(session.end(BOUND).exit_code(), 143);
    session.assert_given_back();
}

#[test]
fn a_hang_up_ends_the_program_within_two_seconds() {
    let folder = study();
    let mut session = start(folder.path(), Manner::Answers);
    session.wait_for_text("Eight slices");

    session.settle();

    session.hang_up();

    // Two seconds, and one for a busy machine.
    session.end(Duration::from_secs(3));
}

#[test]
fn a_mute_terminal_shows_the_list_before_patience_ends() {
    let folder = study();
    let begun = Instant::now();
    let session = start(folder.path(), Manner::Mute);
    session.wait_for_text("Eight slices");
    // The question is given a second, and the list must not wait for it; a busy machine may be slow.
    let took = begun.elapsed();
    session.press("G\r");
    session.wait_for_text("5/8");

    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn an_idle_screen_costs_no_byte() {
    let folder = study();
    let session = start(folder.path(), Manner::Answers);
    session.wait_for_text("Eight slices");
    session.settle();
    let before = session.written();

    thread::sleep(Duration::from_secs(1));

    assert_eq!(session.written(), before);
}

#[test]
fn nothing_a_file_says_steers_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let evil = b"Mallory\x1b]0;owned\x07\x1b[2J\xc2\x9b31mX";
    let path: PathBuf = folder.path().join("a\u{1b}]0;owned\u{7}b\u{9b}31m.dcm");
    fs::write(&path, slice(1, evil)).unwrap();
    fs::write(path.with_extension("cut"), &slice(2, evil)[..150]).unwrap();
    let mut session = start(folder.path(), Manner::Answers);
    session.wait_for_text("Mallory");
    for keys in ["G\r", "q", "d", "q", "!", "q", "\t", "/Mall\r"] {
        session.press(keys);
        session.settle();
    }
    session.press("Q");
    session.end(BOUND);

    let received = session.received.lock().unwrap();
    assert!(!contains(&received.raw, b"\x1b]0;"), "the title was set");
    assert!(!received.raw.contains(&0x07), "a bell");
    assert!(!contains(&received.raw, &[0xc2, 0x9b]), "a C1 control character");
    assert!(!contains(&received.raw, b"\x1b[31m"), "a colour from a file");
}

#[test]
fn the_terminal_behind_tmux_is_asked_before_the_screen_is_switched() {
    let folder = tempfile::tempdir().unwrap();
    let session = start_as("tmux-256color", folder.path(), Manner::Answers);
    session.wait_for_text("q");

    let raw = session.received.lock().unwrap().raw.clone();
    let at = |wanted: &[u8]| raw.windows(wanted.len()).position(|window| window == wanted).unwrap();

    // tmux drops what it is to hand on for a moment after the switch.
    assert!(at(b"\x1bPtmux;") < at(b"\x1b[?1049h"));
    assert_eq!(raw.windows(7).filter(|window| window == b"\x1bPtmux;").count(), 1);
    session.press("Q");
}
