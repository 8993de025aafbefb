//! The terminal taken over, and given back as it was, whatever happens in between.
//!
//! Given back means: the line discipline, the screen, the cursor, the mouse, pasting and
//! the pictures the terminal keeps for us. That happens once, by whoever comes first:
//! the end of the session, a panic of the thread that opened it, or the last resort of
//! `listen` when that thread hangs.

use std::{
    io::{self, Write},
    panic,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::{
    process::{self, Signal},
    termios::Termios,
};

use super::terminal::{Output, Terminal};
use crate::graphics::{
    END_SYNCHRONIZED, Environment, Multiplexer, Protocol, Support, TMUX_CLIENT, Window,
    kitty::{self, Wrap},
    probe,
};

/// How long the end of a session waits for answers to a question that is still open.
const LAST_ANSWERS: Duration = Duration::from_millis(250);

/// How long tmux may take to tell which terminal it draws on; it needs some 5 ms.
const TMUX_PATIENCE: Duration = Duration::from_millis(300);

/// The variables of this process that tell something about the terminal, and what tmux tells.
pub fn environment() -> Environment {
    let environment = Environment::from_lookup(|name| std::env::var(name).ok());
    let in_tmux = environment.has_tmux() && environment.multiplexer() == Some(Multiplexer::Tmux);
    Environment { tmux_client: in_tmux.then(tmux_client).flatten(), ..environment }
}

/// What tmux says of the terminal it draws on; `None` if it says nothing in time.
fn tmux_client() -> Option<String> {
    let (answer, answered) = crossbeam_channel::bounded(1);
    let ask = move || {
        let tmux = Command::new("tmux")
            .args(["display-message", "-p", TMUX_CLIENT])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        // Nobody waits any more if it took too long.
        let _ = answer.send(tmux);
    };
    // On a thread of its own: a server that hangs must not keep us from starting.
    thread::Builder::new().name("topogram-tmux".into()).spawn(ask).ok()?;
    let output = answered.recv_timeout(TMUX_PATIENCE).ok()?.ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    // The blank before the name stays: it tells that there are no features.
    output.status.success().then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal in our hands; dropping it gives it back.
#[derive(Debug)]
pub struct Session {
    guard: Arc<Guard>,
}

impl Session {
    /// Takes the terminal over and asks what it can do; see [`Probing`](super::Probing) for the answers.
    ///
    /// Call it once, from the thread that runs the loop: a panic of that thread gives the
    /// terminal back before it is reported. Panics of other threads stay silent while the
    /// session lasts, because whoever started those threads shows what went wrong.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] without a terminal in the foreground; others if the
    /// terminal refuses to be written or changed.
    pub fn enter(environment: &Environment, mouse: bool) -> io::Result<Self> {
        let terminal = Terminal::open()?.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::Unsupported,
                "there is no terminal to draw on and to read keys from",
            )
        })?;
        let original = terminal.discipline()?;
        let question = probe::question(environment);
        let guard = Arc::new(Guard {
            terminal,
            original,
            mouse,
            asking: AtomicBool::new(!question.is_empty()),
            will_wake: AtomicBool::new(false),
            held: Mutex::new(Held { inside: false, pictures: None }),
        });
        report_panics_after(&guard);
        // From here on a failure drops the session, which gives back what was taken.
        let session = Self { guard };
        session.guard.take(&probe::question_through(environment), &question)?;
        Ok(session)
    }

    /// Where frames are written.
    pub fn output(&self) -> Output {
        self.guard.terminal.output()
    }

    /// The size of the window, at least one cell and at most 1000×500.
    pub fn window(&self) -> Window {
        self.guard.terminal.window()
    }

    /// Notes the verdict, so that pictures the terminal keeps are forgotten on the way out.
    pub fn set_support(&self, support: &Support) {
        let wrap = if support.passthrough { Wrap::Tmux } else { Wrap::Direct };
        self.guard.held().pictures = (support.protocol == Protocol::Kitty).then_some(wrap);
        self.guard.asking.store(false, Ordering::Relaxed);
    }

    /// Gives the terminal back, stops until the shell continues us, and takes it again.
    ///
    /// Returns true if that happened: then nothing is left on the screen, the terminal has
    /// forgotten every picture, and the window may have another size. False if nobody could
    /// continue us, as in a window that runs nothing else.
    ///
    /// # Errors
    ///
    /// If the terminal is gone, or refuses to be changed.
    pub fn suspend(&self) -> io::Result<bool> {
        if !could_be_continued() {
            return Ok(false);
        }
        self.guard.give_back();
        self.guard.will_wake.store(true, Ordering::SeqCst);
        // The whole group, as the terminal does for Ctrl-Z: a script that called us must stop too.
        if let Err(error) = process::kill_current_process_group(Signal::STOP) {
            self.guard.will_wake.store(false, Ordering::SeqCst);
            self.guard.take(b"", b"")?;
            return Err(error.into());
        }
        self.guard.take(b"", b"")?;
        Ok(true)
    }

    /// Takes the terminal again after somebody else stopped and continued us.
    ///
    /// Draw everything anew afterwards, as after [`Self::suspend`].
    ///
    /// # Errors
    ///
    /// If the terminal is gone, or refuses to be changed.
    pub fn resume(&self) -> io::Result<()> {
        self.guard.take(b"", b"")
    }

    /// What the listening threads share with us.
    pub(super) fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Whoever leaves at once would find the answers typed into the shell. The thread
        // that listens swallows them as long as we live.
        if self.guard.asking.load(Ordering::Relaxed) && !thread::panicking() {
            thread::sleep(LAST_ANSWERS);
        }
        self.guard.give_back();
    }
}

/// What it takes to give the terminal back, from any thread.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) terminal: Terminal,
    original: Termios,
    mouse: bool,
    /// True while answers to the question may come.
    asking: AtomicBool,
    /// True if the next SIGCONT is the end of our own [`Session::suspend`].
    will_wake: AtomicBool,
    held: Mutex<Held>,
}

/// What is to be given back.
#[derive(Debug)]
struct Held {
    /// True while the terminal is ours.
    inside: bool,
    /// How to make it forget its pictures, if it keeps any.
    pictures: Option<Wrap>,
}

impl Guard {
    /// Makes the terminal ours: raw, another screen, no cursor. One question goes out before the screen is
    /// another, one after.
    fn take(&self, first: &[u8], question: &[u8]) -> io::Result<()> {
        self.held().inside = true;
        let mut raw = self.original.clone();
        raw.make_raw();
        self.terminal.set_discipline(&raw)?;
        let mut bytes = [first, b"\x1b[?1049h\x1b[?25l\x1b[?2004h"].concat();
        if self.mouse {
            bytes.extend_from_slice(b"\x1b[?1002h\x1b[?1006h");
        }
        bytes.extend_from_slice(question);
        // Also clears away a question that was printed instead of read.
        bytes.extend_from_slice(b"\x1b[0m\x1b[H\x1b[2J");
        self.terminal.output().write_all(&bytes)
    }

    /// Gives the terminal back, unless that has been done.
    pub(super) fn give_back(&self) {
        let mut held = self.held();
        if !held.inside {
            return;
        }
        held.inside = false;
        let farewell = farewell(held.pictures, self.mouse);
        // Unlocked first: writing may block, and the last resort must still get through.
        drop(held);
        // A terminal that is gone needs nothing of this.
        let _ = self.terminal.output().write_all(&farewell);
        if self.mouse {
            // Movements on the way here would be typed into the shell.
            self.terminal.discard_input();
        }
        self.set_original();
    }

    /// Sets the line discipline as it was, and nothing else: that never blocks.
    pub(super) fn set_original(&self) {
        let _ = self.terminal.set_discipline(&self.original);
    }

    /// True if a SIGCONT came from our own suspending; asks once.
    pub(super) fn wakes(&self) -> bool {
        self.will_wake.swap(false, Ordering::SeqCst)
    }

    /// True while the terminal is ours.
    fn is_inside(&self) -> bool {
        self.held().inside
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that undoes [`Guard::take`] and what a frame may have left half done.
fn farewell(pictures: Option<Wrap>, mouse: bool) -> Vec<u8> {
    // The end of a string first: a frame may have been cut in the middle of a picture.
    let mut bytes = b"\x1b\\".to_vec();
    bytes.extend_from_slice(END_SYNCHRONIZED);
    if let Some(wrap) = pictures {
        bytes.append(&mut kitty::delete_all(wrap));
    }
    if mouse {
        bytes.extend_from_slice(b"\x1b[?1006l\x1b[?1002l");
    }
    bytes.extend_from_slice(b"\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l");
    bytes
}

/// Lets the usual report of a panic wait until the terminal can show it.
fn report_panics_after(guard: &Arc<Guard>) {
    let guard = Arc::clone(guard);
    let owner = thread::current().id();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == owner {
            guard.give_back();
        } else if guard.is_inside() {
            return;
        }
        report(info);
    }));
}

/// True if a shell waits to continue us once we have stopped.
///
/// The group of the session's first process has nobody outside who could: the kernel calls
/// it orphaned, and does not let the terminal stop it either.
fn could_be_continued() -> bool {
    let (Ok(session), Some(parent)) = (process::getsid(None), process::getppid()) else { return false };
    process::getpgrp() != session && process::getsid(Some(parent)) == Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farewell_undoes_everything_and_leaves_the_screen_last() {
        let bytes = farewell(Some(Wrap::Direct), true);

        let text = String::from_utf8(bytes).expect("only ASCII is written");
        assert_eq!(
            text,
            "\x1b\\\x1b[?2026l\x1b_Ga=d,d=A,q=2\x1b\\\x1b[?1006l\x1b[?1002l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l"
        );
    }

    #[test]
    fn pictures_are_forgotten_only_by_terminals_that_keep_them_and_through_tmux_if_need_be() {
        assert!(!farewell(None, false).windows(2).any(|two| two == b"\x1b_"));
        assert!(farewell(Some(Wrap::Tmux), false).windows(7).any(|part| part == b"\x1bPtmux;"));
    }
}
