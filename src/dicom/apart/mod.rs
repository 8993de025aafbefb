//! Decoding where a crash cannot reach the program: in processes of our own that may do nothing else.
//!
//! Our own codecs count every byte before they take it, and work in the thread that asks. JPEG XL, and the
//! rarer features of JPEG 2000, are other people's code: whatever a file makes of it, an endless loop, a greedy
//! allocation or a stack overflow ends a process that holds one frame and can open no file, and the caller gets
//! a sentence.

mod cage;
mod link;
mod message;
mod serve;
#[cfg(test)]
mod tests;

use super::codec::{self, CodecError, Decoded, Layout};
use link::Link;
pub use serve::serve;
use std::{
    ffi::OsString,
    sync::{Arc, Mutex, PoisonError},
};

/// Who decodes compressed frames; a clone shares the processes of the original.
#[derive(Debug, Clone, Default)]
pub struct Decoder(Option<Arc<Workers>>);

impl Decoder {
    /// Everything is decoded in the thread that asks. Panics of foreign codecs are caught; greed is not.
    pub fn here() -> Self {
        Self(None)
    }

    /// Foreign codecs run in processes started with this command line, which must end up in [`serve`].
    ///
    /// A process is started when a frame first needs one and ends with the last clone of this decoder.
    pub fn apart(command: Vec<OsString>) -> Self {
        Self(Some(Arc::new(Workers { command, idle: Mutex::default() })))
    }

    /// Decodes one frame from its fragments, as [`codec::decode`] does.
    ///
    /// # Errors
    ///
    /// Those of [`codec::decode`]; [`CodecError::Apart`] from or about another process.
    pub fn decode(
        &self,
        transfer_syntax: &str,
        stream: &[u8],
        layout: &Layout,
    ) -> Result<Decoded, CodecError> {
        match &self.0 {
            Some(workers) => (!codec::may_take_long(transfer_syntax, layout))
                .then(|| codec::decode_here(transfer_syntax, stream, layout))
                .flatten()
                .unwrap_or_else(|| workers.decode(transfer_syntax, stream, layout)),
            None => codec::decode(transfer_syntax, stream, layout),
        }
    }
}

/// Processes that wait for a frame; there are as many as threads ever asked at once.
#[derive(Debug)]
struct Workers {
    command: Vec<OsString>,
    idle: Mutex<Vec<Link>>,
}

impl Workers {
    fn decode(&self, transfer_syntax: &str, stream: &[u8], layout: &Layout) -> Result<Decoded, CodecError> {
        // Refused here, an impossible frame costs nothing.
        let bytes = layout.frame_bytes()?;
        let idle = self.lock().pop();
        let Some(mut link) = idle.or_else(|| Link::start(&self.command).ok()) else {
            // Where no process can be had, a careful decoder is better than no picture.
            return codec::decode(transfer_syntax, stream, layout);
        };
        let answer = link.ask(transfer_syntax, stream, layout, bytes);
        match answer {
            Ok(result) => {
                self.lock().push(link);
                result
            }
            Err(trouble) => Err(CodecError::Apart(link.post_mortem(&trouble))),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Link>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
