//! The life of a decoding process: a frame comes in, its samples go out, until the pipe is closed.

use super::{
    cage,
    message::{self, Reply, Request},
};
use crate::dicom::codec;
use std::io::{self, Read, Write};

/// No stream is longer than the largest frame by much; more is no request of ours.
const MOST_STREAM: usize = 2 << 30;

/// Decodes what arrives at `input` until it ends; first gives up the right to do anything else.
///
/// This is for the main thread of a process that has nothing else to do: the limits stay.
///
/// # Errors
///
/// What the pipes say, or that something else than requests arrives.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    cage::lock();
    while let Some(request) = message::receive::<Request>(&mut input)? {
        if request.bytes > MOST_STREAM {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a stream too long to be a frame"));
        }
        cage::allow(&request.layout);
        let mut stream = vec![0; request.bytes];
        input.read_exact(&mut stream)?;
        match codec::decode(&request.syntax, &stream, &request.layout) {
            Ok(codec::Decoded { bytes, samples, color, bits, notes }) => {
                let header = Reply::Decoded { samples, color, bits, notes, bytes: bytes.len() };
                message::send(&mut output, &header, &bytes)?;
            }
            Err(error) => message::send(&mut output, &Reply::Refused(error.to_string()), &[])?,
        }
    }
    Ok(())
}
