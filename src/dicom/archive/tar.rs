//! The headers of a tape archive (POSIX ustar and pax, GNU long names): 512 bytes before each file.

use super::{
    Held, Looked, MOST_MEMBERS,
    gzip::{Marked, Stream},
    names::Names,
};
use crate::dicom::Source;
use std::{collections::HashMap, io, ops::ControlFlow, sync::Arc};

const BLOCK: u64 = 512;
const CUT: &str = "is an archive that ends early; the copy may be incomplete";
/// Bytes of a long name, or of a pax header.
const MOST_NAME: u64 = 64 << 10;
/// MiB of a compressed file that are kept while it passes: its header must fit.
const HEAD: u64 = 8;

/// What one header says.
struct Header {
    name: Vec<u8>,
    size: u64,
    kind: u8,
}

impl Header {
    /// `None` if it is none: its checksum is wrong, or it is empty, as at the end.
    fn of(block: &[u8]) -> Option<Self> {
        let sum = octal(block.get(148..156)?)?;
        let blank = |(at, &byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u64::from(byte) };
        let real: u64 = block.get(..BLOCK as usize)?.iter().enumerate().map(blank).sum();
        if sum != real {
            return None;
        }
        let text =
            |from: usize, to: usize| block[from..to].split(|&byte| byte == 0).next().unwrap_or_default();
        let prefix = if &block[257..262] == b"ustar" && block[262] == 0 { text(345, 500) } else { b"" };
        let name =
            if prefix.is_empty() { text(0, 100).to_vec() } else { [prefix, b"/", text(0, 100)].concat() };
        Some(Self { name, size: octal(&block[124..136])?, kind: block[156] })
    }
}

/// Octal digits, or the binary number that GNU writes for large ones.
fn octal(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        let (high, low) = field.split_at(field.len() - 8);
        let is_small = high[0] == 0x80 && high[1..].iter().all(|&byte| byte == 0);
        return is_small.then(|| low.try_into().ok().map(u64::from_be_bytes)).flatten();
    }
    let digits: Vec<u8> = field.iter().copied().filter(|byte| !matches!(byte, 0 | b' ')).collect();
    u64::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok().or(digits.is_empty().then_some(0))
}

/// Bytes that come one after the other.
trait Tape {
    fn block(&mut self) -> io::Result<Option<Vec<u8>>> {
        let block = self.take(BLOCK)?;
        Ok((block.len() == BLOCK as usize).then_some(block))
    }
    /// The next bytes, or all that are left.
    fn take(&mut self, bytes: u64) -> io::Result<Vec<u8>>;
    /// Steps over bytes; false if they end before.
    fn skip(&mut self, bytes: u64) -> io::Result<bool>;
    /// Where it stands.
    fn at(&self) -> u64;
}

struct Plain {
    source: Arc<Source>,
    at: u64,
}

impl Tape for Plain {
    fn take(&mut self, bytes: u64) -> io::Result<Vec<u8>> {
        let found = self.source.read(self.at, bytes as usize)?;
        self.at += found.len() as u64;
        Ok(found)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<bool> {
        self.at = self.at.saturating_add(bytes);
        Ok(self.at <= self.source.len())
    }

    fn at(&self) -> u64 {
        self.at
    }
}

impl Tape for Stream {
    fn take(&mut self, bytes: u64) -> io::Result<Vec<u8>> {
        let mut found = vec![0; bytes as usize];
        let got = self.read(&mut found)?;
        found.truncate(got);
        Ok(found)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<bool> {
        Self::skip(self, bytes)
    }

    fn at(&self) -> u64 {
        self.at
    }
}

/// Steps to the next file; `None` at the end.
///
/// # Errors
///
/// A sentence: it ends in the middle, or cannot be read.
fn next(tape: &mut dyn Tape) -> Result<Option<Header>, String> {
    let cannot = |error: io::Error| format!("cannot be read to its end: {error}");
    let (mut long, mut pax) = (None, HashMap::new());
    loop {
        let Some(block) = tape.block().map_err(cannot)? else { return Ok(None) };
        if block.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        let Some(mut header) = Header::of(&block) else {
            return Err(format!(
                "is damaged at byte {}: there should be a header of a file",
                tape.at() - BLOCK
            ));
        };
        if matches!(header.kind, b'L' | b'x' | b'g' | b'K') {
            let kept = tape.take(header.size.min(MOST_NAME)).map_err(cannot)?;
            tape.skip(padded(header.size) - kept.len() as u64).map_err(cannot)?;
            match header.kind {
                b'L' => long = Some(kept.split(|&byte| byte == 0).next().unwrap_or_default().to_vec()),
                b'x' => pax = attributes(&kept),
                _ => {}
            }
            continue;
        }
        if let Some(name) = pax.remove("path").or(long.take()) {
            header.name = name;
        }
        let size = pax.remove("size").and_then(|size| String::from_utf8_lossy(&size).parse().ok());
        header.size = size.unwrap_or(header.size);
        return Ok(Some(header));
    }
}

/// Up to the next whole block.
fn padded(size: u64) -> u64 {
    size.div_ceil(BLOCK).saturating_mul(BLOCK)
}

/// Lines of a pax header: `27 path=folder/file.dcm`.
fn attributes(bytes: &[u8]) -> HashMap<&'static str, Vec<u8>> {
    let mut found = HashMap::new();
    let mut rest = bytes;
    while let Some(space) = rest.iter().position(|&byte| byte == b' ') {
        let length = std::str::from_utf8(&rest[..space]).ok().and_then(|digits| digits.parse::<usize>().ok());
        let Some(line) =
            length.filter(|&length| length > space).and_then(|length| rest.get(space + 1..length))
        else {
            break;
        };
        for name in ["path", "size"] {
            if let Some(value) = line.strip_prefix(name.as_bytes()).and_then(|line| line.strip_prefix(b"=")) {
                found.insert(name, value.strip_suffix(b"\n").unwrap_or(value).to_vec());
            }
        }
        rest = &rest[length.unwrap_or(rest.len()).min(rest.len())..];
    }
    found
}

fn is_file(header: &Header) -> bool {
    matches!(header.kind, b'0' | 0 | b'7') && !header.name.ends_with(b"/")
}

/// Calls `meet` for every file of an archive that is not compressed.
pub(super) fn members(source: Source, meet: &mut dyn FnMut(&[u8], Held) -> ControlFlow<()>) -> Looked {
    let archive = Arc::new(source);
    let mut tape = Plain { source: Arc::clone(&archive), at: 0 };
    let mut first = true;
    loop {
        let header = match next(&mut tape) {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(ControlFlow::Continue(())),
            // Called like an archive, and none.
            Err(_) if first => return Ok(ControlFlow::Continue(())),
            Err(why) => return Err(why),
        };
        first = false;
        let stored = Held::Stored { archive: Arc::clone(&archive), from: tape.at, len: header.size };
        if is_file(&header) && meet(&header.name, stored).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if !tape.skip(padded(header.size)).unwrap_or(false) {
            return Err(CUT.to_owned());
        }
    }
}

/// Calls `meet` for every file of a compressed archive while it passes.
pub(super) fn passing(source: Source, meet: &mut dyn FnMut(&[u8], Held) -> ControlFlow<()>) -> Looked {
    let cannot = |error: io::Error| format!("cannot be read to its end: {error}");
    let Some(mut tape) = Stream::new(source, false).map_err(cannot)? else {
        return Ok(ControlFlow::Continue(()));
    };
    let mut first = true;
    loop {
        let header = match next(&mut tape) {
            Ok(Some(header)) => header,
            Ok(None) if tape.is_cut() => return Err(CUT.to_owned()),
            Ok(None) => return Ok(ControlFlow::Continue(())),
            Err(_) if first => return Ok(ControlFlow::Continue(())),
            Err(why) => return Err(why),
        };
        first = false;
        let mut left = padded(header.size);
        if is_file(&header) {
            let head = tape.take(header.size.min(HEAD << 20)).map_err(cannot)?;
            left -= head.len() as u64;
            if meet(&header.name, Held::Head(Arc::new(head), header.size)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if !tape.skip(left).map_err(cannot)? {
            return Err(CUT.to_owned());
        }
    }
}

/// Where the bytes of a file begin and how many they are, by its name.
pub(super) type Places = HashMap<String, (u64, u64)>;

/// Where every file of a compressed archive lies, and places to begin at; as far as it can be read.
pub(super) fn marked(source: Source) -> io::Result<(Places, Marked)> {
    let none = || super::invalid("is no compressed archive");
    let mut tape = Stream::new(source, true)?.ok_or_else(none)?;
    let (mut names, mut places) = (Names::default(), HashMap::new());
    while let Ok(Some(header)) = next(&mut tape) {
        if is_file(&header) && places.len() < MOST_MEMBERS {
            places.insert(names.unique(&header.name), (tape.at, header.size));
        }
        if !tape.skip(padded(header.size)).unwrap_or(false) {
            break;
        }
    }
    Ok((places, tape.into_marks()))
}
