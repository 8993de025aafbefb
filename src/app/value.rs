//! One value as a whole: text in lines, bytes as a dump, read as far as they are looked at.

mod act;
mod dump;
mod text;
pub use dump::Dump;
pub use text::{Paragraphs, Span};

use super::Action;
use crate::{
    model::{InstanceId, Mask, Row, Step},
    work::{BLOCK, Whole},
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// A value, and which part of it is on the screen.
#[derive(Debug)]
pub struct ValueView {
    /// Whose.
    pub instance: InstanceId,
    /// Where it stands.
    pub place: Vec<Step>,
    /// Its row in the table.
    pub row: Row,
    /// The value, once it has come, or why it has not.
    pub whole: Option<Result<Whole, String>>,
    /// Shown as bytes, not as text.
    pub as_bytes: bool,
    /// What is read of it.
    pub text: Paragraphs,
    /// What is searched for.
    pub query: String,
    /// Blocks of bytes that have come, by their numbers, or why they have not.
    pub(super) blocks: BTreeMap<u64, Result<Arc<[u8]>, String>>,
    /// The first line on the screen.
    top: u64,
    /// The match that the search has led to.
    found: Option<usize>,
    /// The first line when typing began.
    origin: Option<u64>,
    /// Columns and lines for the value, and what may be seen.
    fits: (usize, usize, Mask),
}

impl ValueView {
    pub(super) fn new(instance: InstanceId, place: Vec<Step>, row: Row, as_bytes: bool) -> Self {
        Self {
            instance,
            place,
            row,
            whole: None,
            as_bytes,
            text: Paragraphs::default(),
            query: String::new(),
            blocks: BTreeMap::new(),
            top: 0,
            found: None,
            origin: None,
            fits: (0, 0, Mask::default()),
        }
    }

    /// The value, if it is there.
    pub fn open(&self) -> Option<&Whole> {
        self.whole.as_ref()?.as_ref().ok()
    }

    /// True if the mask hides what it says.
    pub fn is_hidden(&self) -> bool {
        self.fits.2.is_on() && self.row.secret.is_some()
    }

    /// How the bytes stand in lines; `None` while text is shown.
    pub fn dump(&self) -> Option<Dump> {
        let whole = self.open().filter(|_| self.as_bytes && !self.is_hidden())?;
        let value = &whole.value;
        let end = value.offset().saturating_add(value.len());
        Some(Dump::new(self.fits.0, end, value.step(), value.columns()))
    }

    /// Lines of the whole.
    pub fn lines(&self) -> u64 {
        match (self.dump(), self.open()) {
            (Some(dump), Some(whole)) => whole.value.len().div_ceil(dump.bytes as u64),
            _ => self.text.lines().len() as u64,
        }
    }

    /// The first line on the screen, from 0.
    pub fn top(&self) -> u64 {
        self.top
    }

    /// The lines on the screen.
    pub fn in_sight(&self) -> Range<u64> {
        self.top..self.lines().min(self.top + self.fits.1 as u64)
    }

    /// Bytes of a line of the dump, as far as they have come.
    ///
    /// # Errors
    ///
    /// Why they cannot be read, in a sentence.
    pub fn bytes(&self, line: u64) -> Result<&[u8], &str> {
        let Some(dump) = self.dump() else { return Ok(&[]) };
        let from = line * dump.bytes as u64;
        // A line never lies in two blocks: both are powers of two.
        match self.blocks.get(&(from / BLOCK)) {
            None => Ok(&[]),
            Some(Err(why)) => Err(why),
            Some(Ok(block)) => {
                let rest = block.get((from % BLOCK) as usize..).unwrap_or_default();
                Ok(&rest[..rest.len().min(dump.bytes)])
            }
        }
    }

    /// Number of the match that the search has led to, from 0, and of all.
    pub fn found(&self) -> Option<(usize, usize)> {
        self.found.map(|at| (at, self.text.matches().len()))
    }

    /// The blocks that are to be seen, the next one too, and have not come.
    pub(super) fn wanted(&self) -> Vec<u64> {
        let Some(blocks) = self.blocks_in_sight() else { return vec![] };
        let last = self.open().map_or(0, |whole| whole.value.len().saturating_sub(1) / BLOCK);
        (blocks.start..(blocks.end + 1).min(last + 1))
            .filter(|block| !self.blocks.contains_key(block))
            .collect()
    }

    fn blocks_in_sight(&self) -> Option<Range<u64>> {
        let bytes = self.dump()?.bytes as u64;
        let lines = self.in_sight();
        (!lines.is_empty()).then(|| lines.start * bytes / BLOCK..(lines.end * bytes).div_ceil(BLOCK))
    }

    pub(super) fn receive(&mut self, result: Result<Whole, String>) {
        if let Ok(whole) = &result {
            self.as_bytes |= whole.texts.is_none();
        }
        self.whole = Some(result);
        self.text = Paragraphs::default();
        let (columns, lines, mask) = std::mem::take(&mut self.fits);
        self.fit(columns, lines, mask);
    }

    /// Takes a block of bytes, and lets go of those far from what is seen.
    pub(super) fn receive_block(&mut self, block: u64, result: Result<Arc<[u8]>, String>) {
        self.blocks.insert(block, result);
        if let Some(seen) = self.blocks_in_sight() {
            self.blocks.retain(|&block, _| block + 2 >= seen.start && block < seen.end + 2);
        }
    }

    /// Lays the value out for a place of so many columns and lines; the first line shows what it did.
    pub(super) fn fit(&mut self, columns: usize, lines: usize, mask: Mask) {
        if self.fits == (columns, lines, mask) {
            return;
        }
        let byte = self.dump().map(|dump| self.top * dump.bytes as u64);
        let place = self.text.place(self.top as usize);
        let masked_anew = self.text.is_empty() || self.fits.2 != mask;
        self.fits = (columns, lines, mask);
        if masked_anew {
            self.text = Paragraphs::of(&self.said());
            self.text.search(&self.query);
            self.found = None;
        }
        self.text.wrap(columns);
        self.top = match (byte, self.dump()) {
            (Some(byte), Some(dump)) => byte / dump.bytes as u64,
            _ => self.text.line_of(place) as u64,
        };
        self.scroll_to(self.top);
    }

    /// What it says, as far as it may be seen.
    fn said(&self) -> Vec<String> {
        let texts = self.open().and_then(|whole| whole.texts.as_ref()).map(|(texts, _)| texts);
        match (self.row.secret.filter(|_| self.is_hidden()), texts) {
            (Some(secret), Some(texts)) => vec![self.fits.2.secret(secret, &texts.join("\\"))],
            (Some(_), None) => vec![crate::model::MASK.to_owned()],
            (None, texts) => texts.cloned().unwrap_or_default(),
        }
    }

    fn scroll_to(&mut self, line: u64) {
        self.top = line.min(self.lines().saturating_sub(self.fits.1 as u64));
    }

    /// Shows text as bytes, or bytes as text; false if there is no text.
    fn turn(&mut self) -> bool {
        let has_text = self.open().is_some_and(|whole| whole.texts.is_some());
        if has_text && !self.is_hidden() {
            self.as_bytes = !self.as_bytes;
            self.top = 0;
        }
        has_text
    }

    /// Searches while the query is typed, from where typing began.
    pub(super) fn search(&mut self, query: &str) {
        let origin = *self.origin.get_or_insert(self.top);
        query.clone_into(&mut self.query);
        self.text.search(query);
        self.found = self.text.match_from(origin as usize);
        self.show_found(origin);
    }

    fn show_found(&mut self, otherwise: u64) {
        let line = self.found.map_or(otherwise, |at| self.text.line_of_match(at) as u64);
        if self.found.is_none() || !self.in_sight().contains(&line) {
            self.scroll_to(line);
        }
    }

    fn next_match(&mut self, forward: bool) {
        let count = self.text.matches().len();
        let next = |at: usize| if forward { (at + 1) % count } else { (at + count - 1) % count };
        self.found = match self.found {
            _ if count == 0 => None,
            Some(at) => Some(next(at)),
            None => self.text.match_from(self.top as usize),
        };
        self.show_found(self.top);
    }

    /// Applies an action; true if it meant something here.
    pub(super) fn act(&mut self, action: Action, count: Option<usize>) -> bool {
        self.origin = None;
        let steps = count.unwrap_or(1) as u64;
        let page = self.fits.1.saturating_sub(1).max(1) as u64;
        let half = (self.fits.1 / 2).max(1) as u64;
        // A number means a byte of a dump, and a line of text.
        let line = |view: &Self| {
            let number = count.map(|number| number as u64);
            match view.dump() {
                Some(dump) => number.map(|byte| byte / dump.bytes as u64),
                None => number.map(|line| line.saturating_sub(1)),
            }
        };
        let top = match action {
            Action::Down => self.top.saturating_add(steps),
            Action::Up => self.top.saturating_sub(steps),
            Action::PageDown => self.top + page,
            Action::PageUp => self.top.saturating_sub(page),
            Action::HalfPageDown => self.top + half,
            Action::HalfPageUp => self.top.saturating_sub(half),
            Action::First => line(self).unwrap_or(0),
            Action::Last => line(self).unwrap_or(u64::MAX),
            Action::NextMatch | Action::PreviousMatch => {
                self.next_match(action == Action::NextMatch);
                return true;
            }
            _ => return false,
        };
        self.scroll_to(top);
        true
    }
}
