//! A pseudoterminal that answers as a chosen terminal, and what keys cost in it.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    fmt, fs,
    io::{Read as _, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

/// The window, in cells and in pixels.
const SIZE: PtySize = PtySize { rows: 36, cols: 120, pixel_width: 1200, pixel_height: 720 };
/// After this long something that had to happen has not.
const BOUND: Duration = Duration::from_mins(1);
/// So long nothing happens before a measured key, and after the last one: longer than what the program
/// does after a moment of rest.
const REST: Duration = Duration::from_millis(300);

/// A key that may cost more than this brings a picture, which must come; half of it is waited for.
const LEAST_PICTURE: usize = 1000;

/// What a terminal answers to which question.
pub(crate) type Answers = &'static [(&'static [u8], &'static [u8])];

const CELL: (&[u8], &[u8]) = (b"\x1b[16t", b"\x1b[6;20;10t");
pub(crate) const KITTY: Answers = &[(b"a=q", b"\x1b_Gi=31;OK\x1b\\"), CELL, (b"\x1b[c", b"\x1b[?62;c")];
pub(crate) const SIXEL: Answers = &[CELL, (b"\x1b[c", b"\x1b[?62;4c")];
const ITERM2: Answers = &[(b"\x1b[>q", b"\x1bP>|iTerm2 3.5.10\x1b\\"), CELL, (b"\x1b[c", b"\x1b[?62;4c")];
const BLOCKS: Answers = &[CELL, (b"\x1b[c", b"\x1b[?62;c")];

/// A key and what it may cost: bytes, and milliseconds of the processor in a release build.
type Step = (&'static str, &'static str, usize, f64);

/// Terminals, what they answer, and what keys may cost in them, on the chest of the demo.
const TABLE: [(&str, Answers, [Step; 7]); 4] = [
    ("kitty", KITTY, steps([95_000, 92_000, 250, 66_000, 120_000, 250, 250])),
    ("sixel", SIXEL, steps([155_000, 157_000, 149_000, 96_000, 107_000, 131_000, 126_000])),
    ("iterm2", ITERM2, steps([36_000, 31_000, 29_500, 23_500, 43_000, 164_000, 158_000])),
    ("blocks", BLOCKS, steps([26_000, 17_500, 16_500, 13_000, 18_200, 22_200, 22_200])),
];

const fn steps(bytes: [usize; 7]) -> [Step; 7] {
    [
        ("open", "\r", bytes[0], 6.0),
        ("next slice, prefetched", "j", bytes[1], 2.0),
        ("the slice before, seen", "k", bytes[2], 2.0),
        ("last slice, cold", "G", bytes[3], 6.0),
        ("another window", "2", bytes[4], 4.0),
        ("zoom", "+", bytes[5], 4.0),
        ("pan", "\x1bl", bytes[6], 4.0),
    ]
}

/// What one key has cost.
pub(crate) struct Row {
    terminal: &'static str,
    what: &'static str,
    bytes: usize,
    most_bytes: usize,
    /// Of all threads, until the screen was still; `None` where the system does not tell.
    cpu: Option<Duration>,
    /// The same until nothing was left to prepare.
    cpu_to_rest: Option<Duration>,
    most_ms: f64,
    /// From the key to the last byte of the frame.
    latency: Duration,
}

impl Row {
    /// It sent more than it may.
    pub(crate) fn is_heavy(&self) -> bool {
        self.bytes > self.most_bytes
    }

    /// It took longer than it may; in a release build on an idle machine, that is.
    pub(crate) fn is_slow(&self) -> bool {
        self.cpu.is_some_and(|cpu| cpu.as_secs_f64() * 1e3 > self.most_ms)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { terminal, what, bytes, most_bytes, most_ms, .. } = self;
        let ms = |time: Option<Duration>| {
            time.map_or("?".to_owned(), |time| format!("{:.2}", time.as_secs_f64() * 1e3))
        };
        let (cpu, all) = (ms(self.cpu), ms(self.cpu_to_rest));
        write!(
            f,
            "{terminal:<8} {what:<24} {bytes:>7} B of {most_bytes:>7}  {cpu:>6} ms of {most_ms:<4} {all:>7} ms to rest \
             {:>7.2} ms to the last byte",
            self.latency.as_secs_f64() * 1e3
        )
    }
}

/// Writes the computed patients into a folder and returns their largest CT.
pub(crate) fn demo(folder: &Path) -> PathBuf {
    let folder = folder.join("demo");
    let program = env!("CARGO_BIN_EXE_topogram");
    assert!(Command::new(program).arg("demo").arg(&folder).output().unwrap().status.success());
    folder.join("phantom-thora/chest")
}

/// Presses every key of the table in every terminal, on the stack in `folder`; hands out what each cost.
pub(crate) fn measure(folder: &Path, mut each: impl FnMut(Row)) {
    for (terminal, answers, steps) in TABLE {
        // On a busy machine the link may seem slow, and drafts would be counted as well.
        let profile = Profile { answers, arguments: &["--link", "fast"], ..Profile::LOCAL };
        let session = Session::start(&profile, folder);
        session.wait_until("the list is there", || session.bytes() > 1000);
        session.rest();
        for (what, keys, most_bytes, most_ms) in steps {
            let (bytes, cpu) = (session.bytes(), session.cpu());
            let pressed = session.press(keys);
            if most_bytes > LEAST_PICTURE {
                session.wait_until(what, || session.bytes() - bytes > LEAST_PICTURE);
            }
            session.still(Duration::from_millis(if cfg!(debug_assertions) { 300 } else { 20 }));
            let latency = session.last().saturating_duration_since(pressed);
            let spent = |now: Option<Duration>| now.zip(cpu).map(|(now, then)| now.saturating_sub(then));
            let (bytes, cpu) = (session.bytes() - bytes, spent(session.cpu()));
            session.rest();
            let cpu_to_rest = spent(session.cpu());
            each(Row { terminal, what, bytes, most_bytes, cpu, cpu_to_rest, most_ms, latency });
        }
        assert_eq!(session.sends_pictures(), terminal != "blocks", "{terminal}");
        let (bytes, cpu) = (session.bytes(), session.cpu());
        thread::sleep(Duration::from_secs(1));
        let bytes = session.bytes() - bytes;
        let cpu = session.cpu().zip(cpu).map(|(now, then)| now.saturating_sub(then));
        let latency = Duration::ZERO;
        let what = "idle, a second";
        each(Row { terminal, what, bytes, most_bytes: 0, cpu, cpu_to_rest: cpu, most_ms: 0.5, latency });
    }
}

/// A terminal, and the way to it.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) answers: Answers,
    /// Variables beside those that every terminal has.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// Of the program.
    pub(crate) arguments: &'static [&'static str],
    pub(crate) link: Option<Link>,
}

impl Profile {
    /// A terminal of many colours on this machine that answers nothing.
    pub(crate) const LOCAL: Self = Self {
        answers: &[],
        variables: &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
        arguments: &[],
        link: None,
    };
}

/// A slow connection: it takes what it is given into a buffer, as a kernel and ssh do.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    /// Bytes a second.
    pub(crate) rate: f64,
    pub(crate) round_trip: Duration,
}

/// What begins a picture in each of the protocols.
const PICTURES: [&[u8]; 3] = [b"\x1b_Ga=t", b"\x1bP0;1;0q", b"\x1b]1337;File"];

/// Pieces of 4 kB that a link buffers.
const BUFFERED: usize = 64;

/// What has been received, and when the last of it was.
struct Received {
    bytes: Vec<u8>,
    last: Instant,
}

/// The program in its terminal.
pub(crate) struct Session {
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    child: Box<dyn Child + Send + Sync>,
    received: Arc<Mutex<Received>>,
    _master: Box<dyn MasterPty + Send>,
}

impl Session {
    pub(crate) fn start(profile: &Profile, folder: &Path) -> Self {
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_topogram"));
        command.args(profile.arguments);
        command.arg(folder);
        command.cwd(folder);
        command.env_clear();
        let cache = ("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        for (name, value) in
            [("HOME", "/nonexistent"), cache, ("LANG", "C.UTF-8")].iter().chain(profile.variables)
        {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let received = Arc::new(Mutex::new(Received { bytes: vec![], last: Instant::now() }));
        let keys = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (from, pieces) = mpsc::sync_channel::<Vec<u8>>(BUFFERED);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if from.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let (to, back, answers, link) =
            (Arc::clone(&received), Arc::clone(&keys), profile.answers, profile.link);
        thread::spawn(move || {
            let mut tail: Vec<u8> = vec![];
            let mut free = Instant::now();
            for piece in pieces {
                if let Some(link) = link {
                    free = free.max(Instant::now()) + Duration::from_secs_f64(piece.len() as f64 / link.rate);
                    thread::sleep(free.saturating_duration_since(Instant::now()));
                }
                tail.extend_from_slice(&piece);
                {
                    let mut to = to.lock().unwrap();
                    to.bytes.extend(piece);
                    to.last = Instant::now();
                }
                let answer = answer(&mut tail, answers);
                if answer.is_empty() {
                    continue;
                }
                let send = {
                    let back = Arc::clone(&back);
                    move || back.lock().unwrap().write_all(&answer)
                };
                match link {
                    // Both ways at once: what the terminal is told is told it here without delay.
                    Some(link) => {
                        thread::spawn(move || {
                            thread::sleep(link.round_trip);
                            send()
                        });
                    }
                    None if send().is_err() => return,
                    None => {}
                }
            }
        });
        Self { keys, child, received, _master: pair.master }
    }

    /// Presses keys, and tells when.
    pub(crate) fn press(&self, keys: &str) -> Instant {
        let now = Instant::now();
        self.received.lock().unwrap().last = now;
        self.keys.lock().unwrap().write_all(keys.as_bytes()).unwrap();
        now
    }

    /// Everything received since `from`.
    pub(crate) fn since(&self, from: usize) -> Vec<u8> {
        self.received.lock().unwrap().bytes[from..].to_vec()
    }

    /// The program draws pictures by one of the protocols.
    pub(crate) fn sends_pictures(&self) -> bool {
        let all = self.since(0);
        PICTURES.into_iter().any(|begins| find(&all, begins).is_some())
    }

    /// When something was received last.
    pub(crate) fn last(&self) -> Instant {
        self.received.lock().unwrap().last
    }

    pub(crate) fn process(&self) -> Option<u32> {
        self.child.process_id()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.received.lock().unwrap().bytes.len()
    }

    pub(crate) fn wait_until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < BOUND, "{what}: not within {BOUND:?}, after {} bytes", self.bytes());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until nothing has been written for so long.
    pub(crate) fn still(&self, quiet: Duration) {
        self.wait_until("the screen is still", || self.received.lock().unwrap().last.elapsed() >= quiet);
    }

    /// Waits until nothing is written and nothing computed any more.
    pub(crate) fn rest(&self) {
        self.still(REST);
        let (mut cpu, mut since) = (self.cpu(), Instant::now());
        self.wait_until("everything is prepared", || {
            let now = self.cpu();
            if now != cpu {
                (cpu, since) = (now, Instant::now());
            }
            since.elapsed() >= REST
        });
    }

    /// Time that all threads have spent on a processor, where Linux tells.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process()?)).ok()?;
        let times = tasks.flatten().filter_map(|task| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(times.sum())).filter(|time| !time.is_zero())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes the questions off what was received and answers them in their order.
fn answer(received: &mut Vec<u8>, answers: Answers) -> Vec<u8> {
    let mut said = vec![];
    let mut from = 0;
    while let Some((at, (question, answer))) = answers
        .iter()
        .filter_map(|pair| Some((from + find(&received[from..], pair.0)?, *pair)))
        .min_by_key(|&(at, _)| at)
    {
        said.extend_from_slice(answer);
        from = at + question.len();
    }
    // A question may come in two pieces.
    let longest = answers.iter().map(|(question, _)| question.len()).max().unwrap_or(1);
    received.drain(..from.max(received.len().saturating_sub(longest - 1)));
    said
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
