//! The program's end of a decoding process: starting it, asking it, burying it.

use super::{
    cage,
    message::{self, Reply, Request},
};
use crate::dicom::codec::{CodecError, Decoded, Layout};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
};
use std::{
    ffi::OsString,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::process::{CommandExt as _, ExitStatusExt as _},
    },
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// A decoding process that waits for a frame.
#[derive(Debug)]
pub(super) struct Link {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Link {
    /// Starts a process.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        let (program, arguments) = command.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a codec says before it dies would land on somebody's picture.
            .stderr(Stdio::null())
            // Ctrl-C and Ctrl-Z in the terminal are for the program; the end of the pipe tells a worker.
            .process_group(0)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        no_waiting(to.as_fd())?;
        no_waiting(from.as_fd())?;
        Ok(Self { child, to, from })
    }

    /// Has one frame decoded; `bytes` is the size it must have.
    ///
    /// # Errors
    ///
    /// The outer one if the process is of no more use, whatever the reason.
    pub(super) fn ask(
        &mut self,
        syntax: &str,
        stream: &[u8],
        layout: &Layout,
        bytes: usize,
    ) -> io::Result<Result<Decoded, CodecError>> {
        let until = Instant::now() + Duration::from_secs(cage::deadline(layout));
        let request = Request { syntax: syntax.to_owned(), layout: *layout, bytes: stream.len() };
        message::send(&mut Timed { pipe: &mut self.to, until }, &request, stream)?;
        let mut from = Timed { pipe: &mut self.from, until };
        let reply = message::receive::<Reply>(&mut from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        match reply {
            Reply::Refused(why) => Ok(Err(CodecError::Apart(why))),
            Reply::Decoded { samples, color, bits, notes, bytes: length }
                if length == bytes && samples == layout.samples =>
            {
                let mut bytes = vec![0; length];
                from.read_exact(&mut bytes)?;
                Ok(Ok(Decoded { bytes, samples, color, bits, notes }))
            }
            Reply::Decoded { .. } => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Ends the process and says in a sentence why that had to be.
    pub(super) fn post_mortem(mut self, trouble: &io::Error) -> String {
        // A pipe that broke belongs to a process that is ending by itself, and its status tells why.
        if !matches!(trouble.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof) {
            let _ = self.child.kill();
        }
        let signal = self.child.wait().ok().and_then(|status| status.signal());
        let why = match (trouble.kind(), signal) {
            (io::ErrorKind::TimedOut, _) => "did not answer in time",
            (_, Some(signal)) if signal == rustix::process::Signal::XCPU.as_raw() => "took too long",
            (_, Some(signal)) if signal == rustix::process::Signal::ABORT.as_raw() => {
                "wanted too much memory"
            }
            _ => "ended at once",
        };
        format!("the decoder {why}; the file is damaged, or made to do harm")
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn no_waiting(pipe: BorrowedFd<'_>) -> io::Result<()> {
    Ok(fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?)
}

/// A pipe that is waited for until a moment, and no longer.
struct Timed<'a, P> {
    pipe: &'a mut P,
    until: Instant,
}

impl<P: AsFd> Timed<'_, P> {
    fn wait(&self, flags: PollFlags) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        match poll(&mut [PollFd::new(self.pipe, flags)], Some(&left)) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl<P: Read + AsFd> Read for Timed<'_, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.pipe.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(PollFlags::IN)?,
                other => return other,
            }
        }
    }
}

impl<P: Write + AsFd> Write for Timed<'_, P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.pipe.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(PollFlags::OUT)?,
                other => return other,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
