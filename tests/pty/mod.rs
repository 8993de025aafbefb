//! A pseudoterminal that answers as a chosen terminal, and what keys cost in it.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    fmt, fs,
    io::{Read as _, Write},
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
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
type Answers = &'static [(&'static [u8], &'static [u8])];

const CELL: (&[u8], &[u8]) = (b"\x1b[16t", b"\x1b[6;20;10t");
const KITTY: Answers = &[(b"a=q", b"\x1b_Gi=31;OK\x1b\\"), CELL, (b"\x1b[c", b"\x1b[?62;c")];
const SIXEL: Answers = &[CELL, (b"\x1b[c", b"\x1b[?62;4c")];
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
            "{terminal:<8} {what:<24} {bytes:>7} B of {most_bytes:>7}  {cpu:>6} ms of {most_ms:<4} {all:>7} ms to rest"
        )
    }
}

/// Writes the demo and presses every key of the table in every terminal; hands out what each cost.
pub(crate) fn measure(mut each: impl FnMut(Row)) {
    let demo = tempfile::tempdir().unwrap();
    let folder = demo.path().join("demo");
    let program = env!("CARGO_BIN_EXE_topogram");
    assert!(Command::new(program).arg("demo").arg(&folder).output().unwrap().status.success());
    for (terminal, answers, steps) in TABLE {
        let session = Session::start(&folder.join("phantom-thora/chest"), answers);
        session.wait_until("the list is there", || session.bytes() > 1000);
        session.rest();
        for (what, keys, most_bytes, most_ms) in steps {
            let (bytes, cpu) = (session.bytes(), session.cpu());
            session.press(keys);
            if most_bytes > LEAST_PICTURE {
                session.wait_until(what, || session.bytes() - bytes > most_bytes / 2);
            }
            session.still(Duration::from_millis(if cfg!(debug_assertions) { 300 } else { 20 }));
            let spent = |now: Option<Duration>| now.zip(cpu).map(|(now, then)| now.saturating_sub(then));
            let (bytes, cpu) = (session.bytes() - bytes, spent(session.cpu()));
            session.rest();
            let cpu_to_rest = spent(session.cpu());
            each(Row { terminal, what, bytes, most_bytes, cpu, cpu_to_rest, most_ms });
        }
        let (bytes, cpu) = (session.bytes(), session.cpu());
        thread::sleep(Duration::from_secs(1));
        let bytes = session.bytes() - bytes;
        let cpu = session.cpu().zip(cpu).map(|(now, then)| now.saturating_sub(then));
        each(Row { terminal, what: "idle", bytes, most_bytes: 0, cpu, cpu_to_rest: cpu, most_ms: 0.5 });
    }
}

/// What has been received, and when the last of it was.
struct Received {
    bytes: usize,
    last: Instant,
}

/// The program in its terminal.
struct Session {
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    child: Box<dyn Child + Send + Sync>,
    received: Arc<Mutex<Received>>,
    _master: Box<dyn MasterPty + Send>,
}

impl Session {
    fn start(folder: &Path, answers: Answers) -> Self {
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_topogram"));
        // On a busy machine the link may seem slow, and drafts would be counted as well.
        command.args(["--link", "fast"]);
        command.arg(folder);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in [
            ("HOME", "/nonexistent"),
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
        ] {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let received = Arc::new(Mutex::new(Received { bytes: 0, last: Instant::now() }));
        let keys = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, back) = (Arc::clone(&received), Arc::clone(&keys));
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            let mut tail: Vec<u8> = vec![];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                {
                    let mut to = to.lock().unwrap();
                    to.bytes += count;
                    to.last = Instant::now();
                }
                tail.extend_from_slice(&buffer[..count]);
                let answer = answer(&mut tail, answers);
                if !answer.is_empty() && back.lock().unwrap().write_all(&answer).is_err() {
                    return;
                }
            }
        });
        Self { keys, child, received, _master: pair.master }
    }

    fn press(&self, keys: &str) {
        self.keys.lock().unwrap().write_all(keys.as_bytes()).unwrap();
        self.received.lock().unwrap().last = Instant::now();
    }

    fn bytes(&self) -> usize {
        self.received.lock().unwrap().bytes
    }

    fn wait_until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < BOUND, "{what}: not within {BOUND:?}, after {} bytes", self.bytes());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until nothing has been written for so long.
    fn still(&self, quiet: Duration) {
        self.wait_until("the screen is still", || self.received.lock().unwrap().last.elapsed() >= quiet);
    }

    /// Waits until nothing is written and nothing computed any more.
    fn rest(&self) {
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
    fn cpu(&self) -> Option<Duration> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.process_id()?)).ok()?;
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
