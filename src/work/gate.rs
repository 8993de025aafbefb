//! A gate that the threads of a scan pass: open, shut for a while, or shut for good.

use std::sync::{
    Condvar, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Open,
    Paused,
    Shut,
}

/// Opened and shut by one, passed by many.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    /// The state is not `Open`; asked without a lock.
    closed: AtomicBool,
}

impl Gate {
    /// True if whoever comes need not even slow down.
    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }

    /// True if it will never open again.
    pub(super) fn is_shut(&self) -> bool {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) == State::Shut
    }

    /// Waits while the gate is paused; false if it is shut for good.
    pub(super) fn pass(&self) -> bool {
        if self.is_open() {
            return true;
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let paused = |state: &mut State| *state == State::Paused;
        let state = self.changed.wait_while(state, paused).unwrap_or_else(PoisonError::into_inner);
        *state != State::Shut
    }

    /// Pauses or opens it, unless it is shut.
    pub(super) fn set(&self, paused: bool) {
        self.turn(if paused { State::Paused } else { State::Open });
    }

    /// Shuts it for good; those who wait may go home.
    pub(super) fn shut(&self) {
        self.turn(State::Shut);
    }

    fn turn(&self, to: State) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state != State::Shut {
            *state = to;
            self.closed.store(to != State::Open, Ordering::Relaxed);
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shut_gate_stays_shut_and_lets_nobody_wait() {
        let gate = Gate::default();
        assert!(gate.pass());
        gate.set(true);
        gate.shut();
        gate.set(false);

        assert!(!gate.is_open() && !gate.pass());
    }

    #[test]
    fn who_waits_at_a_paused_gate_goes_on_when_it_opens() {
        let gate = Gate::default();
        gate.set(true);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gate.pass());
            gate.set(false);
            assert!(waiting.join().unwrap());
        });
    }
}
