//! What passes between the program and a decoding process: a small JSON header, then bytes.
//!
//! Each side treats the other as a stranger: a header has a maximum length, and bytes are read only if
//! their number is the one expected.

use crate::dicom::codec::{Color, Layout};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Notes and errors are sentences; headers are far shorter than this.
const MOST_HEADER: usize = 64 << 10;

/// One frame to decode; its stream follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Transfer Syntax UID.
    pub syntax: String,
    /// What the data set says.
    pub layout: Layout,
    /// Length of the stream.
    pub bytes: usize,
}

/// What became of it; if it was decoded, its samples follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// See [`crate::dicom::codec::Decoded`].
    Decoded { samples: u16, color: Color, bits: u16, notes: Vec<String>, bytes: usize },
    /// The sentence of a [`crate::dicom::codec::CodecError`].
    Refused(String),
}

/// Writes a header and the bytes that belong to it.
///
/// # Errors
///
/// What the pipe says.
pub(super) fn send(to: &mut impl Write, header: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let mut start = Vec::with_capacity(4 + header.len());
    start.extend((header.len() as u32).to_le_bytes());
    start.extend(header);
    to.write_all(&start)?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a header; `None` if the other side has closed the pipe in good order.
///
/// # Errors
///
/// What the pipe says, or [`io::ErrorKind::InvalidData`].
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    if from.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MOST_HEADER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a header too long to be one of ours"));
    }
    let mut header = vec![0; length];
    from.read_exact(&mut header)?;
    Ok(Some(serde_json::from_slice(&header)?))
}
