//! The kitty graphics protocol: send once, place as often as wanted.
//!
//! The terminal keeps every picture under an id until it is deleted or the quota
//! (320 MB in kitty) is full, so a slice seen before costs about 100 bytes. A new
//! slice never reuses the id on screen: sending an id again deletes its placements
//! first, which shows as a blank frame. The order that does not flicker is
//! [`transmit`] under a fresh id, then [`place`] it and [`unplace`] the old one
//! inside one synchronized update.
//!
//! Source: <https://sw.kovidgoyal.net/kitty/graphics-protocol/>.

use base64::{Engine, engine::general_purpose::STANDARD};
use image::DynamicImage;

pub use super::placeholder::{Placeholder, PlaceholderColor, placeholder_cells};
use super::{
    file,
    protocol::{CellBox, SourceRect},
    tmux,
};

/// Most base64 characters in one escape sequence, by the protocol; a multiple of 4.
const CHUNK: usize = 4096;

/// Chunks in one tmux wrapping: 64 KiB, well below its default limit of 1 MiB.
const CHUNKS_PER_WRAP: usize = 16;

/// Who reads the bytes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrap {
    /// The terminal itself.
    #[default]
    Direct,
    /// tmux, which hands them on.
    Tmux,
}

impl Wrap {
    /// The bytes as they must be written.
    fn around(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Direct => bytes,
            Self::Tmux => tmux::wrap(&bytes),
        }
    }
}

/// Which answers the terminal shall give to a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replies {
    /// Only errors (`q=1`): `ENOENT` tells that the picture was evicted and must be sent again.
    Errors,
    /// None (`q=2`).
    Never,
}

/// Where a picture goes on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The id the picture was sent under; not 0.
    pub image: u32,
    /// Number of this placement of that picture; not 0. Placing the same number again moves it.
    pub number: u32,
    /// The cells to fill; the picture is stretched to them.
    pub area: CellBox,
    /// The part to show; all of it if `None`.
    pub source: Option<SourceRect>,
    /// Height in the stack; below 0 is under the text.
    pub z: i32,
    /// Which answers are wanted.
    pub replies: Replies,
}

/// Sends a picture under `id` without showing it.
///
/// The terminal gives no answer. Empty for a picture without pixels. All of the
/// bytes must be written before any other graphics command, except [`delete`] of
/// the same id, which drops a transmission that is no longer wanted.
pub fn transmit(id: u32, picture: &DynamicImage, wrap: Wrap) -> Vec<u8> {
    let Some(file) = file::png(picture) else { return Vec::new() };
    let payload = STANDARD.encode(file);
    let count = payload.len().div_ceil(CHUNK);
    let mut bytes = Vec::with_capacity(payload.len() + count * 16 + 64);
    let mut batch = Vec::new();
    for (index, chunk) in payload.as_bytes().chunks(CHUNK).enumerate() {
        let more = u8::from(index + 1 < count);
        let head = if index == 0 { format!("a=t,f=100,i={id},q=2,m={more}") } else { format!("m={more}") };
        command(&mut batch, &head, chunk);
        if (index + 1) % CHUNKS_PER_WRAP == 0 || more == 0 {
            bytes.append(&mut wrap.around(std::mem::take(&mut batch)));
        }
    }
    bytes
}

/// The pixels of a picture as [`transmit_shared`] wants them: red, green and blue, row by row.
pub fn pixels(picture: &DynamicImage) -> Vec<u8> {
    file::Pixels::of(picture).rgb().into_owned()
}

/// As [`transmit`] directly to a terminal on this machine: `name` is that of the POSIX shared memory that holds
/// the [`pixels`] of `size`, columns and rows. The terminal removes it. Empty for a
/// picture without pixels.
pub fn transmit_shared(id: u32, (width, height): (u32, u32), name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if width == 0 || height == 0 {
        return bytes;
    }
    let head = format!("a=t,t=s,f=24,s={width},v={height},i={id},q=2");
    command(&mut bytes, &head, STANDARD.encode(name).as_bytes());
    bytes
}

/// Shows a picture that was sent before; the cursor stays where it was.
///
/// Not for use inside tmux, which does not know where the outer cursor is: there,
/// see [`transmit_virtual`]. Empty if the box is.
pub fn place(placement: &Placement) -> Vec<u8> {
    let Placement { image, number, area, source, z, replies } = *placement;
    if area.columns == 0 || area.rows == 0 {
        return Vec::new();
    }
    let part = source.map_or_else(String::new, |SourceRect { x, y, width, height }| {
        format!(",x={x},y={y},w={},h={}", width.max(1), height.max(1))
    });
    let quiet = match replies {
        Replies::Errors => 1,
        Replies::Never => 2,
    };
    let (columns, rows) = (area.columns, area.rows);
    let head = format!("a=p,i={image},p={number},c={columns},r={rows}{part},z={z},C=1,q={quiet}");

    let mut bytes = format!("\x1b7{}", area.go_there()).into_bytes();
    command(&mut bytes, &head, b"");
    bytes.extend_from_slice(b"\x1b8");
    bytes
}

/// Takes one placement off the screen; the terminal keeps the picture.
pub fn unplace(image: u32, number: u32) -> Vec<u8> {
    single(&format!("a=d,d=i,i={image},p={number},q=2"), Wrap::Direct)
}

/// Takes all placements of a picture off the screen and forgets the picture.
pub fn delete(image: u32, wrap: Wrap) -> Vec<u8> {
    single(&format!("a=d,d=I,i={image},q=2"), wrap)
}

/// Forgets every picture that is on the screen: for the way out, panics and Ctrl-Z.
pub fn delete_all(wrap: Wrap) -> Vec<u8> {
    single("a=d,d=A,q=2", wrap)
}

/// Sends a picture and binds it to [`placeholder_cells`] of the same size.
///
/// The placement is a command of its own, after the last chunk, so nothing is shown
/// before the picture is complete. Columns and rows are cut at the 297 that
/// placeholders can count.
pub fn transmit_virtual(id: u32, picture: &DynamicImage, (columns, rows): (u16, u16), wrap: Wrap) -> Vec<u8> {
    let mut bytes = transmit(id, picture, wrap);
    if !bytes.is_empty() {
        bytes.append(&mut place_virtual(id, (columns, rows), wrap));
    }
    bytes
}

/// Binds a picture that was sent before to [`placeholder_cells`] of another size.
pub fn place_virtual(id: u32, (columns, rows): (u16, u16), wrap: Wrap) -> Vec<u8> {
    let most = super::placeholder::MOST_CELLS;
    let (columns, rows) = (columns.clamp(1, most), rows.clamp(1, most));
    single(&format!("a=p,U=1,i={id},c={columns},r={rows},q=2"), wrap)
}

/// A question that the terminal answers once it has read everything before it: DA1, or, through tmux, which
/// answers DA1 by itself, a status report (`CSI 5 n`).
pub fn fence(wrap: Wrap) -> Vec<u8> {
    match wrap {
        Wrap::Direct => b"\x1b[c".to_vec(),
        Wrap::Tmux => wrap.around(b"\x1b[5n".to_vec()),
    }
}

/// One command without a payload.
fn single(head: &str, wrap: Wrap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(head.len() + 8);
    command(&mut bytes, head, b"");
    wrap.around(bytes)
}

/// Appends one escape sequence.
fn command(bytes: &mut Vec<u8>, head: &str, payload: &[u8]) {
    bytes.extend_from_slice(b"\x1b_G");
    bytes.extend_from_slice(head.as_bytes());
    if !payload.is_empty() {
        bytes.push(b';');
        bytes.extend_from_slice(payload);
    }
    bytes.extend_from_slice(b"\x1b\\");
}

#[cfg(test)]
mod tests;
