//! Headers of many files, one after the other: what a file shares with the last one is read once.
//!
//! The files of a series say the same of patient, study, series and form, byte for byte. Comparing bytes
//! costs a tenth of making texts and numbers of them, so that is tried first: with the whole header at once
//! where it is written as the last one was, else value by value. It only succeeds for files with which nothing
//! is odd; for all others the answer is that of [`read`](super::read).

use super::{
    DICOMDIR_CLASS, Found, encapsulated, judge, outline,
    pattern::Pattern,
    picked::{Picked, Slot},
    read_from, seconds,
};
use crate::{
    dicom::{ReadError, Source, Start, object},
    model::{Record, Sighting, Time, is_wild},
};
use std::{cell::OnceCell, path::Path, sync::Arc};

/// What a file turned out to be.
#[derive(Debug)]
pub enum Seen {
    /// An object for the library.
    Instance(Box<Sighting>),
    /// A DICOMDIR: an index of other files.
    Directory,
}

/// Reads headers and keeps what the next file may share with them.
#[derive(Default)]
pub struct Reader {
    window: Vec<u8>,
    picked: Picked,
    last: Option<Last>,
}

/// The last file with which nothing was odd.
struct Last {
    picked: Picked,
    start: Start,
    like: Arc<Record>,
    /// Learnt from the first file that is like it.
    pattern: OnceCell<Option<Pattern>>,
}

impl Last {
    /// The attributes that a file may have for itself while all else is like this one.
    fn own(&self) -> &'static [Slot] {
        // Without a Series Time those of the image stand for it.
        if self.picked.bytes(Slot::SeriesTime).is_empty() { &OWN[..4] } else { &OWN }
    }

    /// A file says the same, but for its own attributes.
    fn is_like(&self, picked: &Picked, start: &Start) -> bool {
        start.encoding == self.start.encoding
            && start.transfer_syntax == self.start.transfer_syntax
            && start.notes.is_empty()
            && picked.is_plain()
            && picked.is_like(&self.picked, self.own())
    }
}

impl Reader {
    /// Reads the header of one file that a walk has met.
    ///
    /// # Errors
    ///
    /// Those of [`read`](super::read).
    pub fn read(&mut self, path: &Path) -> Result<Seen, ReadError> {
        let mut source = Source::begin(path, std::mem::take(&mut self.window))
            .map_err(|error| ReadError::io(path, error))?;
        if let Some(sighting) = self.foretold(path, &mut source) {
            self.window = source.into_window();
            return Ok(Seen::Instance(Box::new(sighting)));
        }
        let start = object::start(path, &mut source);
        let seen = match start {
            Ok(start) if start.deflated || start.media_class == DICOMDIR_CLASS => {
                return Ok(match read_from(path, source)? {
                    Found::Directory => Seen::Directory,
                    Found::Instance(record) => Seen::Instance(Box::new((*record).into())),
                });
            }
            Ok(start) => self.data_set(path, &mut source, start),
            Err(error) => Err(error),
        };
        self.window = source.into_window();
        seen
    }

    fn foretold(&mut self, path: &Path, source: &mut Source) -> Option<Sighting> {
        let last = self.last.as_ref()?;
        let pattern = last.pattern.get()?.as_ref()?;
        self.picked.clear();
        pattern.foretells(source, &mut self.picked)?;
        sibling(path, source, &self.picked, last)
    }

    fn data_set(&mut self, path: &Path, source: &mut Source, start: Start) -> Result<Seen, ReadError> {
        self.picked.clear();
        let damage = self.picked.fill(source, &start).err();
        if damage.is_none()
            && let Some(last) = &self.last
            && last.is_like(&self.picked, &start)
            && let Some(sighting) = sibling(path, source, &self.picked, last)
        {
            last.pattern.get_or_init(|| Pattern::of(source, &start, last.own()));
            return Ok(Seen::Instance(Box::new(sighting)));
        }
        if self.picked.is_directory {
            return Ok(Seen::Directory);
        }
        let is_whole = damage.is_none();
        let record = judge(path, source, &start, &self.picked, damage, outline(source))?;
        let is_plain = is_whole && record.warnings.is_empty() && self.picked.is_plain();
        let sighting = Sighting::from(record);
        if is_plain {
            let picked = std::mem::take(&mut self.picked);
            let last = Last { picked, start, like: Arc::clone(&sighting.like), pattern: OnceCell::new() };
            // The buffers of the one before serve the next.
            if let Some(before) = self.last.replace(last) {
                self.picked = before.picked;
            }
        }
        Ok(Seen::Instance(Box::new(sighting)))
    }
}

/// What a file may have for itself while all else is like the last one.
const OWN: [Slot; 6] = [
    Slot::SopInstance,
    Slot::InstanceNumber,
    Slot::Position,
    Slot::Location,
    Slot::AcquisitionTime,
    Slot::ContentTime,
];

/// The file as one more like the last; `None` if anything may be odd about it. Of `picked` only the
/// [own](Last::own) attributes and the pixels count.
fn sibling(path: &Path, source: &Source, picked: &Picked, last: &Last) -> Option<Sighting> {
    let uid = picked.ascii(Slot::SopInstance);
    if uid.is_empty() || is_wild(&uid) || picked.bytes(Slot::SopInstance).starts_with(b" ") {
        return None;
    }
    let (position, location) = (picked.position(), picked.number(Slot::Location));
    let odd = |slot, is_read: bool| !picked.is_decimal(slot) || is_read == picked.bytes(slot).is_empty();
    if odd(Slot::Position, position.is_some()) || odd(Slot::Location, location.is_some()) {
        return None;
    }
    if let Some(pixels) = &picked.pixels {
        let left = source.len().saturating_sub(pixels.value);
        match pixels.length {
            Some(length) if u64::from(length) > left => return None,
            Some(_) => {}
            None => {
                let mut odd = vec![];
                encapsulated::odd(&last.picked, pixels, &last.like, &last.start, source, &mut odd);
                if !odd.is_empty() || u64::from(last.like.frames) > left / 8 {
                    return None;
                }
            }
        }
    }
    let of = |slot| if last.own().contains(&slot) { picked } else { &last.picked };
    let time = [Slot::ContentTime, Slot::AcquisitionTime, Slot::SeriesTime]
        .into_iter()
        .map(|slot| of(slot).ascii(slot))
        .find(|text| !text.is_empty());
    Some(Sighting {
        path: path.to_owned(),
        bytes: source.len(),
        sop_instance: uid.into(),
        number: picked.integer(Slot::InstanceNumber),
        frames: last.like.frames,
        position,
        location: location.map(|value| value as f32),
        time: time.and_then(|time| Time::parse(&time)).map(|time| seconds(time) as f32),
        places: vec![],
        warnings: vec![],
        like: Arc::clone(&last.like),
    })
}
