//! Some files of one folder in one piece: what they share is written once, and a checksum seals it all.
//!
//! ```text
//! seal (16 bytes) | heads: count, (length, record)* | lines: (length, name, identity, head + 1 or 0, own)*
//! ```

use super::{
    Identity, Kept,
    coded::{Coded, coded, read_bytes, write_bytes},
};
use crate::model::{FramePlace, Record, Sighting, Vector};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Bytes of a chunk before another is begun.
pub(super) const LARGE: usize = 1 << 20;
/// A file that says more than this is read again each time.
const LARGEST_LINE: usize = 8 << 20;

/// What a file does not share with its neighbours.
struct Own {
    bytes: u64,
    sop_instance: Box<str>,
    number: Option<i32>,
    frames: u32,
    position: Option<Vector>,
    location: Option<f32>,
    time: Option<f32>,
    places: Vec<FramePlace>,
    warnings: Vec<String>,
}

coded! {
    Own { bytes, sop_instance, number, frames, position, location, time, places, warnings }
}

/// What was learnt of one file, as bytes; made where the file was read.
#[derive(Debug)]
pub(super) struct Line {
    /// Name and identity.
    who: Vec<u8>,
    /// What it shares; nothing if it is not DICOM.
    head: Option<Vec<u8>>,
    own: Vec<u8>,
}

impl Line {
    /// `None` if it would be too long.
    pub(super) fn new(name: &[u8], identity: &Identity, file: Option<&Sighting>) -> Option<Self> {
        let mut who = vec![];
        write_bytes(name, &mut who);
        identity.write(&mut who);
        let (mut head, mut own) = (None, vec![]);
        if let Some(file) = file {
            // What is not shared is left out of what is.
            let shared = Record {
                path: PathBuf::new(),
                bytes: 0,
                sop_instance: String::new(),
                number: None,
                frames: 0,
                position: None,
                location: None,
                time: None,
                places: vec![],
                warnings: vec![],
                ..(*file.like).clone()
            };

            let apart = Own {
                bytes: file.bytes,
                sop_instance: file.sop_instance.clone(),
                number: file.number,
                frames: file.frames,
                position: file.position,
                location: file.location,
                time: file.time,
                places: file.places.clone(),
                warnings: file.warnings.clone(),
            };
            apart.write(&mut own);
            let mut bytes = vec![];
            shared.write(&mut bytes);
            head = Some(bytes);
        }
        let length = who.len() + own.len() + head.as_ref().map_or(0, Vec::len);
        (length <= LARGEST_LINE).then_some(Self { who, head, own })
    }

    /// Takes a line out of a chunk that is written anew.
    pub(super) fn copied(chunk: &Chunk, at: u32) -> Option<Self> {
        let line = chunk.line(at)?;
        let who = chunk.bytes.get(line.who)?.to_owned();
        let head = match line.head {
            Some(head) => {
                let mut shared = vec![];
                chunk.heads.get(head)?.write(&mut shared);
                Some(shared)
            }
            None => None,
        };
        Some(Self { who, head, own: chunk.bytes.get(line.own)?.to_owned() })
    }
}

/// A chunk while it grows.
#[derive(Debug, Default)]
pub(super) struct Growing {
    heads: HashMap<Vec<u8>, u64>,
    head_bytes: Vec<u8>,
    lines: Vec<u8>,
    pub(super) count: u64,
}

impl Growing {
    pub(super) fn add(&mut self, line: Line) {
        let Line { who, head, own } = line;
        let number = head.map_or(0, |head| {
            let next = self.heads.len() as u64 + 1;
            if let Some(&known) = self.heads.get(&head) {
                return known;
            }
            write_bytes(&head, &mut self.head_bytes);
            self.heads.insert(head, next);
            next
        });
        let mut rest = who;
        number.write(&mut rest);
        rest.extend(own);
        write_bytes(&rest, &mut self.lines);
        self.count += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.head_bytes.len() + self.lines.len()
    }

    /// The finished chunk, good for this folder of this root alone.
    pub(super) fn sealed(&self, root: &Path, folder: &[u8]) -> Vec<u8> {
        let mut bytes = vec![];
        (self.heads.len() as u64).write(&mut bytes);
        bytes.extend(&self.head_bytes);
        bytes.extend(&self.lines);
        sealed(root, folder, &bytes)
    }
}

/// Checksum first, over the place as well: a piece that is found elsewhere is worth nothing.
pub(super) fn sealed(root: &Path, place: &[u8], bytes: &[u8]) -> Vec<u8> {
    [&seal(root, place, bytes)[..], bytes].concat()
}

/// What was sealed, if nothing of it has changed.
pub(super) fn unsealed<'a>(root: &Path, place: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (found, rest) = bytes.split_first_chunk::<16>()?;
    (*found == seal(root, place, rest)).then_some(rest)
}

fn seal(root: &Path, place: &[u8], bytes: &[u8]) -> [u8; 16] {
    let root = root.as_os_str().as_encoded_bytes();
    let mut hash = Sha256::new();
    for part in [root, place] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(bytes);
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

/// Heads by their bytes: where series lie mixed in one folder, all of its chunks have the same.
#[derive(Debug, Default)]
pub(super) struct Heads(HashMap<Box<[u8]>, Arc<Record>>);

impl Heads {
    fn get(&mut self, bytes: &[u8]) -> Option<Arc<Record>> {
        if let Some(known) = self.0.get(bytes) {
            return Some(Arc::clone(known));
        }
        let head = Arc::new(Record::read(&mut &bytes[..])?);
        self.0.insert(bytes.into(), Arc::clone(&head));
        Some(head)
    }
}

/// A chunk that was read back and is whole.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    pub(super) heads: Vec<Arc<Record>>,
    /// Where each line begins, its length left out.
    pub(super) lines: Vec<u32>,
}

/// The parts of one line, as places in the chunk.
struct Parts {
    who: std::ops::Range<usize>,
    head: Option<usize>,
    own: std::ops::Range<usize>,
}

impl Chunk {
    /// `None` if it is damaged, or another folder's. Heads are shared by all chunks that are opened with `known`.
    pub(super) fn open(root: &Path, folder: &[u8], sealed: Vec<u8>, known: &mut Heads) -> Option<Self> {
        let bytes = sealed;
        let mut rest = unsealed(root, folder, &bytes)?;
        let count = u64::read(&mut rest)?;
        let heads: Option<Vec<Arc<Record>>> = (0..count).map(|_| known.get(read_bytes(&mut rest)?)).collect();
        let (heads, mut lines) = (heads?, vec![]);
        while !rest.is_empty() {
            let line = read_bytes(&mut rest)?;
            lines.push(u32::try_from(bytes.len() - rest.len() - line.len()).ok()?);
        }
        Some(Self { bytes, heads, lines })
    }

    /// The name of a file.
    pub(super) fn name(&self, at: u32) -> &[u8] {
        let name = self.bytes.get(at as usize..).and_then(|mut rest| read_bytes(&mut rest));
        name.unwrap_or_default()
    }

    /// Which head the file on this line shares; `None` if it is not DICOM.
    pub(super) fn head(&self, at: u32) -> Option<usize> {
        let mut rest = self.bytes.get(at as usize..)?;
        read_bytes(&mut rest)?;
        Identity::read(&mut rest)?;
        usize::try_from(u64::read(&mut rest)?).ok()?.checked_sub(1)
    }

    fn line(&self, at: u32) -> Option<Parts> {
        let end = self.lines.binary_search(&at).ok()? + 1;
        // The next line begins after its own length.
        let all = self.bytes.get(at as usize..)?;
        let mut rest = all;
        read_bytes(&mut rest)?;
        Identity::read(&mut rest)?;
        let who = at as usize..self.bytes.len() - rest.len();
        let head = u64::read(&mut rest)?;
        let start = self.bytes.len() - rest.len();
        let mut tail = rest;
        if head > 0 {
            Own::read(&mut tail)?;
        }
        let stop = self.bytes.len() - tail.len();
        let limit = self.lines.get(end).map_or(self.bytes.len(), |&next| next as usize);
        (stop <= limit).then_some(Parts {
            who,
            head: usize::try_from(head).ok()?.checked_sub(1),
            own: start..stop,
        })
    }

    /// What is known of the file on this line, if it is still the same.
    pub(super) fn recall(&self, at: u32, identity: &Identity, path: &Path) -> Option<Kept> {
        let mut rest = self.bytes.get(at as usize..)?;
        read_bytes(&mut rest)?;
        if Identity::read(&mut rest)? != *identity {
            return None;
        }
        let Some(head) = usize::try_from(u64::read(&mut rest)?).ok()?.checked_sub(1) else {
            return Some(Kept::Other);
        };
        let own = Own::read(&mut rest)?;
        let file = Sighting {
            path: path.to_owned(),
            bytes: own.bytes,
            sop_instance: own.sop_instance,
            number: own.number,
            frames: own.frames,
            position: own.position,
            location: own.location,
            time: own.time,
            places: own.places,
            warnings: own.warnings,
            like: Arc::clone(self.heads.get(head)?),
        };
        Some(Kept::Instance(Box::new(file)))
    }
}
