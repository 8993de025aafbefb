//! Steps through the elements of a data set: seeking, bounded, and without recursion (PS3.5 7).
//!
//! This is the only code that meets unknown bytes. It allocates nothing that a length in the file could
//! size, goes at most [`MAX_DEPTH`] sequences deep, and answers damage with a [`Damage`] value. Values
//! are not read here: an [`Element`] says where its value lies, and whoever wants it reads it.

mod element;
#[cfg(test)]
mod tests;
mod unknown;

use super::{Source, Tag, Vr};
use element::Head;
pub use element::{Element, Encoding};
use std::io;

/// Sequences inside sequences: real files stay below 10.
pub(super) const MAX_DEPTH: usize = 64;
/// Elements and items of one file.
const MAX_STEPS: u64 = 4_000_000;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);
/// Pixel Data.
pub const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Why the walk cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The file stops in the middle of an element.
    #[error("ends at byte {offset}, inside {tag}; the copy may be incomplete")]
    Ends {
        /// Where the bytes run out.
        offset: u64,
        /// The element that is cut.
        tag: Tag,
    },
    /// Bytes that cannot be an element.
    #[error("byte {offset} is not the start of an element; the file is damaged from there")]
    NotAnElement {
        /// Where.
        offset: u64,
    },
    /// Deeper than any real object.
    #[error("sequences are nested deeper than 64 at byte {offset}")]
    TooDeep {
        /// Where.
        offset: u64,
    },
    /// More elements than any real object.
    #[error("has more than {most} elements and items before byte {offset}; the rest is left out")]
    TooMany {
        /// How many are read.
        most: u64,
        /// Where.
        offset: u64,
    },
    /// The system refused.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// One step of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An attribute. The next step skips its value unless [`Walker::enter`] is called.
    Element(Element),
    /// An item of the sequence entered last begins.
    Item,
    /// That item ends.
    EndItem,
    /// That sequence ends.
    EndSequence,
    /// The data set ends.
    End,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    is_item: bool,
    end: Option<u64>,
    encoding: Encoding,
}

/// An iterative parser over one data set.
#[derive(Debug)]
pub struct Walker<'a> {
    source: &'a mut Source,
    at: u64,
    end: u64,
    encoding: Encoding,
    levels: Vec<Level>,
    pending: Option<Element>,
    steps: u64,
    past_pixels: bool,
}

impl<'a> Walker<'a> {
    /// Starts at `offset`, up to the end of the source.
    pub fn new(source: &'a mut Source, offset: u64, encoding: Encoding) -> Self {
        let end = source.len();
        Self {
            source,
            at: offset,
            end,
            encoding,
            levels: vec![],
            pending: None,
            steps: 0,
            past_pixels: false,
        }
    }

    /// The bytes the walk goes over.
    pub fn source(&mut self) -> &mut Source {
        self.source
    }

    /// Where the walk is.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Open sequences and items.
    pub fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Goes into the sequence just met instead of over it.
    ///
    /// # Errors
    ///
    /// [`Damage::TooDeep`].
    pub fn enter(&mut self, element: &Element) -> Result<(), Damage> {
        self.pending = None;
        // An unknown VR of undefined length is an implicit little endian sequence (PS3.5 6.2.2 note).
        let encoding = if element.vr == Some(Vr::UN) { Encoding::IMPLICIT } else { element.encoding };
        let end = element.length.map(|length| (element.value + u64::from(length)).min(self.end));
        self.at = element.value;
        self.push(Level { is_item: false, end, encoding })
    }

    /// Goes on to the first element from `until` on, over elements in ascending order after `last` of which
    /// nobody wants to know, and past it: a plain one at the top, explicit and little endian, whose header is
    /// in memory. [`Walker::enter`] still leads into it.
    ///
    /// `None` where anything else comes first; [`Walker::step`] makes sense of that.
    pub(super) fn skim(&mut self, last: Tag, until: Tag) -> Option<Element> {
        if !self.levels.is_empty() || self.encoding != Encoding::EXPLICIT {
            return None;
        }
        if let Some(element) = self.pending {
            let next = element.value + u64::from(element.length?);
            if next > self.end {
                return None;
            }
            (self.at, self.pending) = (next, None);
        }
        let number = |Tag(group, element)| u32::from(group) << 16 | u32::from(element);
        let (mut last, until) = (number(last), number(until));
        let mut window = self.source.at_hand(self.at, usize::MAX);
        while let Some(&[a, b, c, d, e, f, g, h, ref long @ ..]) = window.first_chunk::<12>() {
            let at = u32::from_le_bytes([c, d, a, b]);
            let vr = Vr::from_bytes([e, f])?;
            let (length, head) = if vr.is_long_header() {
                (u32::from_le_bytes(*long), 12)
            } else {
                (u32::from(u16::from_le_bytes([g, h])), 8)
            };
            let (start, value) = (self.at, self.at + head);
            let next = value + u64::from(length);
            if at <= last || length == u32::MAX || next > self.end || self.steps >= MAX_STEPS {
                return None;
            }
            self.steps += 1;
            self.at = next;
            if at >= until {
                let tag = Tag((at >> 16) as u16, at as u16);
                self.past_pixels |= tag >= PIXEL_DATA;
                let (vr, length, encoding) = (Some(vr), Some(length), self.encoding);
                return Some(Element { tag, vr, length, start, value, encoding });
            }
            last = at;
            window = window.get((next - start) as usize..)?;
        }
        None
    }

    fn push(&mut self, level: Level) -> Result<(), Damage> {
        if self.levels.len() >= 2 * MAX_DEPTH {
            return Err(Damage::TooDeep { offset: self.at });
        }
        self.levels.push(level);
        Ok(())
    }

    /// The next step.
    ///
    /// # Errors
    ///
    /// [`Damage`] where the bytes make no sense; what came before stays valid.
    pub fn step(&mut self) -> Result<Step, Damage> {
        if let Some(element) = self.pending.take() {
            self.skip(&element)?;
        }
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(Damage::TooMany { most: MAX_STEPS, offset: self.at });
            }
            if let Some(level) = self.levels.last()
                && level.end.is_some_and(|end| self.at >= end)
            {
                let step = if level.is_item { Step::EndItem } else { Step::EndSequence };
                self.levels.pop();
                return Ok(step);
            }
            if self.at >= self.end {
                return match self.levels.pop() {
                    // Sequences left open at the very end are closed: nothing was lost.
                    Some(level) => Ok(if level.is_item { Step::EndItem } else { Step::EndSequence }),
                    None => Ok(Step::End),
                };
            }
            let step = match self.levels.last().copied() {
                Some(level) if !level.is_item => self.in_sequence(level)?,
                level => self.in_item(level)?,
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Between items.
    fn in_sequence(&mut self, level: Level) -> Result<Option<Step>, Damage> {
        let (tag, length) = self.delimiter(level.encoding)?;
        match tag {
            ITEM => {
                self.at += 8;
                let end = (length != u32::MAX).then(|| (self.at + u64::from(length)).min(self.end));
                self.push(Level { is_item: true, end, encoding: level.encoding })?;
                Ok(Some(Step::Item))
            }
            SEQUENCE_END => {
                self.at += 8;
                self.levels.pop();
                Ok(Some(Step::EndSequence))
            }
            // A second item delimiter: some writers close items of defined length too.
            ITEM_END => {
                self.at += 8;
                Ok(None)
            }
            // The sequence delimiter is missing; what follows belongs to the level above.
            _ if level.end.is_none() => {
                self.levels.pop();
                Ok(Some(Step::EndSequence))
            }
            _ => Err(Damage::NotAnElement { offset: self.at }),
        }
    }

    /// Inside an item, or at the top.
    fn in_item(&mut self, level: Option<Level>) -> Result<Option<Step>, Damage> {
        let encoding = level.map_or(self.encoding, |level| level.encoding);
        let head = Head::read(self.source, self.at)?;
        if level.is_none() && head.bytes[..8] == [0; 8] {
            // Files are filled up to a block of a disk or tape. Before the pixels zeros are what a copy that was
            // given up has not fetched.
            let missing = Damage::Ends { offset: self.at, tag: Tag(0, 0) };
            return if self.past_pixels { Ok(Some(Step::End)) } else { Err(missing) };
        }
        let element = head.element(self.at, self.end, encoding)?;
        self.past_pixels |= level.is_none() && element.tag >= PIXEL_DATA;
        match (element.tag, level) {
            (ITEM_END, Some(_)) => {
                self.at += 8;
                self.levels.pop();
                Ok(Some(Step::EndItem))
            }
            // The item delimiter is missing; the sequence level takes this one.
            (SEQUENCE_END | ITEM, Some(_)) => {
                self.levels.pop();
                Ok(Some(Step::EndItem))
            }
            // Stray delimiters between elements do no harm.
            (ITEM_END | SEQUENCE_END, None) => {
                self.at += 8;
                Ok(None)
            }
            (ITEM, None) => Err(Damage::NotAnElement { offset: self.at }),
            // Zeros after the last element are padding: tapes, and copies made before their bytes came.
            (Tag(0, 0), None) if element.length == Some(0) => {
                self.at = self.end;
                Ok(Some(Step::End))
            }
            _ => {
                self.pending = Some(element);
                Ok(Some(Step::Element(element)))
            }
        }
    }

    #[expect(clippy::many_single_char_names, reason = "bytes in the order of the file")]
    fn delimiter(&mut self, encoding: Encoding) -> Result<(Tag, u32), Damage> {
        let at = self.at;
        let bytes = self.source.peek(at, 8)?;
        let &[a, b, c, d, e, f, g, h] = bytes else {
            return Err(Damage::Ends { offset: at + bytes.len() as u64, tag: ITEM });
        };
        Ok((Tag(encoding.u16([a, b]), encoding.u16([c, d])), encoding.u32([e, f, g, h])))
    }

    /// Moves past a value.
    fn skip(&mut self, element: &Element) -> Result<(), Damage> {
        if let Some(length) = element.length {
            let next = element.value + u64::from(length);
            if next > self.end {
                self.at = self.end;
                return Err(Damage::Ends { offset: self.end, tag: element.tag });
            }
            self.at = next;
            return Ok(());
        }
        let floor = self.levels.len();
        self.enter(element)?;
        if element.tag == PIXEL_DATA || matches!(element.vr, Some(Vr::OB | Vr::OW)) {
            return self.skip_fragments(element.tag);
        }
        while self.levels.len() > floor {
            if let Step::Element(inner) = self.step()?
                && inner.length.is_none()
            {
                self.enter(&inner)?;
            }
        }
        Ok(())
    }

    /// Encapsulated pixel data: items without elements in them (PS3.5 A.4).
    fn skip_fragments(&mut self, tag: Tag) -> Result<(), Damage> {
        self.levels.pop();
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(Damage::TooMany { most: MAX_STEPS, offset: self.at });
            }
            let (delimiter, length) = self.delimiter(self.encoding)?;
            self.at += 8;
            match delimiter {
                ITEM if length != u32::MAX => self.at += u64::from(length),
                SEQUENCE_END => return Ok(()),
                _ => return Err(Damage::NotAnElement { offset: self.at - 8 }),
            }
            if self.at > self.end {
                return Err(Damage::Ends { offset: self.end, tag });
            }
        }
    }
}
