//! Threads that hear the terminal and the system, and the last resort when nobody listens.
//!
//! The loop is told in order what happened; it decides. Only if it does not leave within
//! two seconds after it had to, because it is stuck in a write or elsewhere, the process is
//! ended from here.

use std::{io, sync::Arc, thread, time::Duration};

use crossbeam_channel::Sender;
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
};

use super::{
    input::{Input, Parser},
    session::{Guard, Session},
    terminal::Read,
};
use crate::graphics::Environment;

/// How long the loop has to leave after [`Heard::Gone`] or [`Heard::Ended`].
const TO_LEAVE: Duration = Duration::from_secs(2);

/// How long the last resort tries to write to a terminal that may not read any more.
const TO_GIVE_BACK: Duration = Duration::from_millis(200);

/// Something from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A key, the mouse, a paste or an answer.
    Input(Input),
    /// The window has another size: ask [`Session::window`].
    Resized,
    /// Somebody asks us to stop for a while: call [`Session::suspend`].
    Stop,
    /// Somebody else stopped and continued us: call [`Session::resume`] and draw everything.
    Continued,
    /// A signal asks us to end: leave with [`exit_code`] of it.
    Ended(i32),
    /// The terminal is gone: leave with [`GONE`]. Nothing is heard after this.
    Gone,
}

/// Exit code when the terminal went away, as a shell would report SIGHUP.
pub const GONE: i32 = 129;

/// Exit code after a signal, as a shell reports it.
pub fn exit_code(signal: i32) -> i32 {
    128 + signal
}

/// How long a started escape sequence may pause before it is taken for the Esc key.
pub fn silence(environment: &Environment) -> Duration {
    Duration::from_millis(if environment.is_remote() { 80 } else { 30 })
}

/// Starts to listen. The channel should not be bounded: a full one delays the hang-up too.
///
/// Threads end when the terminal or the receiver is gone; nobody needs to join them.
///
/// # Errors
///
/// If a thread or a signal handler cannot be installed.
pub fn listen<T>(session: &Session, sender: Sender<T>, silence: Duration) -> io::Result<()>
where
    T: From<Heard> + Send + 'static,
{
    // Handlers are in place before anybody can have a reason to signal.
    let signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let guard = Arc::clone(session.guard());
    let to_loop = sender.clone();
    thread::Builder::new()
        .name("topogram-signals".into())
        .spawn(move || hear_signals(signals, &guard, &to_loop))?;
    let guard = Arc::clone(session.guard());
    thread::Builder::new()
        .name("topogram-input".into())
        .spawn(move || hear_terminal(&guard, &sender, silence))?;
    Ok(())
}

/// Passes on what the terminal sends, until it is gone or nobody is interested.
fn hear_terminal<T: From<Heard>>(guard: &Arc<Guard>, sender: &Sender<T>, silence: Duration) {
    let mut parser = Parser::default();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let patience = parser.is_waiting().then_some(silence);
        let inputs = match guard.terminal.read(&mut bytes, patience) {
            Read::Bytes(count) => parser.push(bytes.get(..count).unwrap_or_default()),
            Read::Silence => parser.flush(),
            Read::Gone => {
                end_soon(guard, GONE);
                // Nobody there to hear it: the process is about to end anyway.
                let _ = sender.send(Heard::Gone.into());
                return;
            }
        };
        for input in inputs {
            if sender.send(Heard::Input(input).into()).is_err() {
                return;
            }
        }
    }
}

/// Passes on signals.
fn hear_signals<T: From<Heard>>(mut signals: Signals, guard: &Arc<Guard>, sender: &Sender<T>) {
    for signal in signals.forever() {
        let heard = match signal {
            SIGWINCH => Heard::Resized,
            SIGTSTP => Heard::Stop,
            SIGCONT if guard.wakes() => continue,
            SIGCONT => Heard::Continued,
            _ => {
                end_soon(guard, exit_code(signal));
                Heard::Ended(signal)
            }
        };
        if sender.send(heard.into()).is_err() {
            return;
        }
    }
}

/// Ends the process in two seconds, should it still be there.
fn end_soon(guard: &Arc<Guard>, code: i32) {
    let guard = Arc::clone(guard);
    let last_resort = move || {
        thread::sleep(TO_LEAVE);
        let writer = Arc::clone(&guard);
        // On a thread of its own: the write blocks if the terminal has stopped reading.
        if let Ok(giving_back) = thread::Builder::new().spawn(move || writer.give_back()) {
            let parts = 20;
            for _ in 0..parts {
                if giving_back.is_finished() {
                    break;
                }
                thread::sleep(TO_GIVE_BACK / parts);
            }
        }
        guard.set_original();
        std::process::exit(code);
    };
    // Without threads to spare, the loop must find its way out alone.
    let _ = thread::Builder::new().name("topogram-last-resort".into()).spawn(last_resort);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_terminal_and_a_hang_up_signal_end_with_the_same_code() {
        assert_eq!(GONE, exit_code(SIGHUP));
    }

    #[test]
    fn over_ssh_a_sequence_may_pause_longer() {
        let remote = Environment { ssh_tty: Some("/dev/pts/3".into()), ..Environment::default() };

        assert!(silence(&remote) >= 2 * silence(&Environment::default()));
    }
}
