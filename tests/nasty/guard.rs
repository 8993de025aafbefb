//! Runs the real program under limits and measures it: `wait4` tells the peak of its memory, which the
//! standard library does not.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// The address space a command may take.
const ADDRESS_SPACE: u64 = 1 << 30;
/// The memory it may really use, MiB.
pub(super) const MEMORY: u64 = 256;
/// How long one file, or the scan of the tree, may take, seconds; far longer without optimisation.
pub(super) const QUICK: f64 = if cfg!(debug_assertions) { 16.0 } else { 2.0 };
/// After so many seconds it hangs.
const HANGS: u64 = 60;
/// `nobody`, to whom permissions mean something.
pub(super) const NOBODY: u32 = 65534;

/// How a command ended.
pub(super) struct Ended {
    status: Option<i64>,
    signal: Option<i64>,
    /// MiB.
    pub(super) peak: u64,
    pub(super) seconds: f64,
    controls: u64,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

impl Ended {
    /// Exit status, or -1 after a signal.
    pub(super) fn status(&self) -> i64 {
        self.status.unwrap_or(-1)
    }

    /// What no command may do, whatever its files are.
    pub(super) fn faults(&self, seconds: f64) -> Vec<String> {
        let mut faults = vec![];
        let said = String::from_utf8_lossy(&self.stderr);
        let first = said.lines().next().unwrap_or_default();
        if let Some(signal) = self.signal {
            faults.push(format!("ended by signal {signal} after {:.1} s: {first}", self.seconds));
        } else if !matches!(self.status, Some(0..=2)) || said.contains("panicked") {
            faults.push(format!("exit status {:?}: {first}", self.status));
        }
        if self.status == Some(2) && said.trim().is_empty() {
            faults.push("failed without a word".to_owned());
        }
        if self.peak >= MEMORY {
            faults.push(format!("took {} MiB", self.peak));
        }
        if self.seconds >= seconds {
            faults.push(format!("took {:.1} s", self.seconds));
        }
        if self.controls > 0 {
            faults.push(format!("wrote {} control characters", self.controls));
        }
        faults
    }
}

/// The process that runs them.
pub(super) struct Guard {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    user: Option<u32>,
}

impl Guard {
    /// Starts it; nothing if there is no Python.
    pub(super) fn start(user: Option<u32>) -> Option<Self> {
        let mut process = Command::new("python3")
            .args(["-c", include_str!("guard.py")])
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take()?);
        Some(Self { process, orders, answers, user })
    }

    /// Runs a program to its end.
    pub(super) fn run(&mut self, program: &str, args: &[&OsStr]) -> Ended {
        let argv: Vec<String> =
            [OsStr::new(program)].iter().chain(args).map(|arg| STANDARD.encode(arg.as_bytes())).collect();
        let order = json!({
            "argv": argv, "seconds": HANGS, "address_space": ADDRESS_SPACE, "user": self.user,
        });
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).expect("the guard answers every order");
        let bytes = |name: &str| STANDARD.decode(answer[name].as_str().unwrap()).unwrap();
        Ended {
            status: answer["status"].as_i64(),
            signal: answer["signal"].as_i64(),
            peak: answer["peak_kib"].as_u64().unwrap() / 1024,
            seconds: answer["seconds"].as_f64().unwrap(),
            controls: answer["controls"].as_u64().unwrap(),
            stdout: bytes("stdout"),
            stderr: bytes("stderr"),
        }
    }

    /// Runs topogram.
    pub(super) fn topogram(&mut self, args: &[&str], path: &Path) -> Ended {
        let mut all: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        all.extend([OsStr::new("--"), path.as_os_str()]);
        self.run(env!("CARGO_BIN_EXE_topogram"), &all)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // At the end of its input it ends.
        drop(self.orders.take());
        let _ = self.process.wait();
    }
}
