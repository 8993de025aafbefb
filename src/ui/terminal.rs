//! The terminal as the kernel knows it: two file descriptors and a line discipline.
//!
//! Nothing here knows an escape sequence. Input is read without buffers of our own and
//! always behind a `poll`, because a terminal that vanished must be noticed, not waited for.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::Arc,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, retry_on_intr},
    process, termios,
    termios::{OptionalActions, QueueSelector, Termios},
};

use crate::graphics::Window;

/// What [`Terminal::read`] came back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// So many bytes.
    Bytes(usize),
    /// Nothing, for as long as we were willing to wait.
    Silence,
    /// The terminal is gone and will not come back.
    Gone,
}

/// Where keys come from and where frames go.
#[derive(Debug)]
pub(super) struct Terminal {
    input: OwnedFd,
    output: Arc<OwnedFd>,
}

impl Terminal {
    /// Standard input and output where they are terminals, `/dev/tty` where they are not.
    ///
    /// `None` without a terminal, and for a job in the background, which would be stopped
    /// as soon as it touched one.
    pub(super) fn open() -> io::Result<Option<Self>> {
        let (stdin, stdout) = (io::stdin(), io::stdout());
        let mut tty = None;
        // Opened only if needed: poll does not work on /dev/tty under macOS.
        let mut or_tty = |fd: BorrowedFd<'_>, is_terminal: bool| -> io::Result<Option<OwnedFd>> {
            if is_terminal {
                return fd.try_clone_to_owned().map(Some);
            }
            if tty.is_none() {
                tty = OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
            }
            tty.as_ref().map(|tty| tty.as_fd().try_clone_to_owned()).transpose()
        };
        let input = or_tty(stdin.as_fd(), stdin.is_terminal())?;
        let output = or_tty(stdout.as_fd(), stdout.is_terminal())?;
        let (Some(input), Some(output)) = (input, output) else { return Ok(None) };
        // A terminal that is not our controlling one knows no foreground and is ours to use.
        let background = termios::tcgetpgrp(&input).is_ok_and(|group| group != process::getpgrp());
        Ok((!background).then(|| Self { input, output: Arc::new(output) }))
    }

    /// The line discipline as it is now.
    pub(super) fn discipline(&self) -> io::Result<Termios> {
        Ok(retry_on_intr(|| termios::tcgetattr(&self.input))?)
    }

    /// Changes the line discipline at once; waiting for pending output could take for ever.
    ///
    /// A job in the background is stopped here until it is brought to the foreground.
    pub(super) fn set_discipline(&self, discipline: &Termios) -> io::Result<()> {
        Ok(retry_on_intr(|| termios::tcsetattr(&self.input, OptionalActions::Now, discipline))?)
    }

    /// Drops what was typed or answered and not yet read.
    pub(super) fn discard_input(&self) {
        // If it fails there is nothing left to discard.
        let _ = termios::tcflush(&self.input, QueueSelector::IFlush);
    }

    /// The size of the window; 80×24 if the system does not know it.
    pub(super) fn window(&self) -> Window {
        let size = termios::tcgetwinsize(&*self.output);
        size.map_or(window(0, 0, 0, 0), |size| {
            window(size.ws_col, size.ws_row, size.ws_xpixel, size.ws_ypixel)
        })
    }

    /// A pen's way to the screen; clones write to the same place.
    pub(super) fn output(&self) -> Output {
        Output(Arc::clone(&self.output))
    }

    /// Waits for bytes and reads as many as there are; without a `patience`, for ever.
    pub(super) fn read(&self, bytes: &mut [u8], patience: Option<Duration>) -> Read {
        let mut fds = [PollFd::new(&self.input, PollFlags::IN)];
        match poll(&mut fds, patience.map(timespec).as_ref()) {
            Ok(0) | Err(Errno::INTR | Errno::AGAIN) => return Read::Silence,
            Ok(_) => {}
            Err(_) => return Read::Gone,
        }
        // Bytes that came before the hang-up are still read: the last key may be `q`.
        if !fds[0].revents().contains(PollFlags::IN) {
            return Read::Gone;
        }
        match rustix::io::read(&self.input, bytes) {
            Ok(0) => Read::Gone,
            Ok(count) => Read::Bytes(count),
            Err(Errno::INTR | Errno::AGAIN) => Read::Silence,
            // EIO: hung up, or left behind in the background by a shell that ended.
            Err(_) => Read::Gone,
        }
    }
}

/// Unbuffered writing to the terminal, in as few system calls as it allows.
#[derive(Clone, Debug)]
pub struct Output(Arc<OwnedFd>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&*self.0, bytes) {
                // Somebody who shares the terminal made it non-blocking; ssh and node do.
                Err(Errno::AGAIN) => {
                    let mut fds = [PollFd::new(&self.0, PollFlags::OUT)];
                    retry_on_intr(|| poll(&mut fds, None))?;
                }
                Err(Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Most columns and rows that are believed, which bounds the memory of a screen.
pub(super) const MOST_CELLS: (u16, u16) = (1000, 500);

/// Makes sense of what the system tells about a window.
fn window(columns: u16, rows: u16, width_px: u16, height_px: u16) -> Window {
    if columns == 0 || rows == 0 {
        return Window { columns: 80, rows: 24, width_px: 0, height_px: 0 };
    }
    if columns > MOST_CELLS.0 || rows > MOST_CELLS.1 {
        // The pixels would belong to more cells than are used.
        let (columns, rows) = (columns.min(MOST_CELLS.0), rows.min(MOST_CELLS.1));
        return Window { columns, rows, width_px: 0, height_px: 0 };
    }
    Window { columns, rows, width_px, height_px }
}

/// A duration for `poll`.
fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_no_size_is_eighty_by_twenty_four() {
        assert_eq!(window(0, 0, 0, 0), Window { columns: 80, rows: 24, width_px: 0, height_px: 0 });
        assert_eq!(window(0, 50, 9, 9).columns, 80);
    }

    #[test]
    fn a_window_of_absurd_size_is_cut_and_its_pixels_are_not_believed() {
        let cut = window(65_535, 40, 800, 600);

        assert_eq!(cut, Window { columns: 1000, rows: 40, width_px: 0, height_px: 0 });
        assert_eq!(window(120, 36, 1200, 720).width_px, 1200);
    }
}
