//! The hole in the text where a picture is: what the terminal keeps, what it shows, what to send.
//!
//! Pictures lie beside the cells: the text of a frame is drawn around them. With Kitty they lie under the
//! text and are kept by the terminal, so that coming back to one costs two short commands; sixel and
//! iTerm2 draw over cells, which ratatui must then leave alone; half blocks are cells themselves.

mod cells;
mod placed;

use super::{pen, shelf::Shelf};
use crate::{
    graphics::{
        CellBox,
        kitty::{self, Placement, Replies, Wrap},
    },
    imaging::Source,
    work::{Canvas, Drawn, Load, Picture},
};
pub(super) use cells::draw_cells;
use cells::placeholders;
use placed::{Placed, parts};
use ratatui::{
    buffer::{Buffer, CellDiffOption},
    layout::Rect,
};
use std::collections::{HashMap, HashSet};

/// What may be kept in the terminal, bytes of uncompressed pixels: well below Kitty's quota of 320 MB.
const KEPT: usize = 160 << 20;

/// Kitty draws a picture at this height over the background of cells and under their letters, so that a
/// crosshair is seen over it.
const UNDER_TEXT: i32 = -1;

/// A picture, and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Want<'a> {
    /// The picture.
    pub drawn: &'a Drawn,
    /// The cells it covers, if the terminal scales it.
    pub cells: Rect,
    /// The part of it that is seen, if the terminal crops it.
    pub source: Source,
    /// The cells of which a picture that lies over the text shows its part, and no others; empty for all.
    pub panes: Vec<Rect>,
}

/// What a frame must write beside its text.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    /// Pictures to be stored: they draw nothing yet.
    pub(super) early: Vec<u8>,
    /// What draws, before the text.
    pub(super) before: Vec<u8>,
    /// Bytes that the terminal reads beside these, from shared memory.
    pub(super) shared: usize,
    /// A whole picture, no draft, of so many bytes is new.
    pub(super) begun: Option<usize>,
}

/// A picture on its way to be stored by Kitty.
#[derive(Debug)]
struct Upload {
    id: u32,
    /// Bytes of its command that were written.
    sent: usize,
}

/// What the terminal holds and shows.
#[derive(Debug, Default)]
pub(super) struct Hole {
    /// Kitty images by id: bytes, and when they were last shown.
    stored: HashMap<u32, (usize, u64)>,
    /// A new picture, if it is stored in several portions.
    upload: Option<Upload>,
    /// How much of a new picture may be sent with one frame.
    portion: usize,
    /// What is stored has changed since [`Self::news`].
    is_news: bool,
    clock: u64,
    placed: Option<Placed>,
    /// The placed picture may have moved with a screen that has another size.
    displaced: bool,
    /// Where pixels are laid down for a terminal on this machine.
    shelf: Shelf,
    /// The terminal has lost a picture, perhaps because it could not read it there.
    distrusts: bool,
    /// Where bytes were drawn last, and which picture.
    drawn: Option<(Rect, u64)>,
    /// Cells over the drawn picture that held text in the last frame.
    written: HashSet<(u16, u16)>,
}

impl Hole {
    /// Prepares a frame whose text is already in `buffer`; returns what must be written beside it.
    ///
    /// Of a picture that Kitty does not have, at most about `portion` bytes; [`Self::is_uploading`] then.
    pub(super) fn fill(
        &mut self,
        want: Option<&Want<'_>>,
        canvas: Canvas,
        portion: usize,
        buffer: &mut Buffer,
    ) -> Bytes {
        self.portion = portion;
        let mut bytes = Bytes::default();
        let direct =
            want.filter(|want| matches!(want.drawn.picture, Picture::Kitty { .. }) && !canvas.wrapped);
        self.place(direct, canvas, &mut bytes);
        match want.map(|want| (&want.drawn.picture, want)) {
            Some((Picture::Bytes { area, bytes: picture }, want)) => {
                let area = rect(*area).intersection(buffer.area);
                if self.draw_bytes(area, want.drawn.name, picture, canvas, buffer, &mut bytes) {
                    bytes.begun = want.drawn.is_whole().then_some(picture.len());
                }
            }
            Some((Picture::Kitty { id, load, size, .. }, want)) if canvas.wrapped => {
                self.uncover(buffer);
                if !self.keep(*id, bytes_of(*size), canvas, &mut bytes)
                    && let Load::Command(command) = load
                {
                    bytes.early.extend_from_slice(command);
                }
                placeholders(*id, want.cells, buffer);
            }
            _ => self.uncover(buffer),
        }
        bytes
    }

    /// Kitty, directly: store what is new, put it in place, and only then take the old one away.
    fn place(&mut self, want: Option<&Want<'_>>, canvas: Canvas, bytes: &mut Bytes) {
        let wanted = want.and_then(|want| match &want.drawn.picture {
            Picture::Kitty { id, load, size, .. } => Some((want, *id, load, *size)),
            _ => None,
        });
        // A picture that is wanted no more is dropped half-way.
        let other = |upload: &mut Upload| wanted.is_none_or(|(_, id, ..)| id != upload.id);
        if let Some(old) = self.upload.take_if(other) {
            bytes.early.extend(kitty::delete(old.id, canvas.wrap()));
        }
        let Some((want, id, load, size)) = wanted else {
            if let Some(old) = self.placed.take() {
                bytes.before.extend(old.unplace());
            }
            return;
        };
        let number = self.placed.as_ref().map_or(1, |old| 3 - old.number);
        let new = Placed { id, number, parts: parts(want, size) };
        let known = self.stored.contains_key(&id);
        if known
            && !self.displaced
            && self.placed.as_ref().is_some_and(|old| old.id == id && old.parts == new.parts)
        {
            self.keep(id, bytes_of(size), canvas, bytes);
            return;
        }
        if !known && self.upload.is_none() {
            bytes.begun = want.drawn.is_whole().then_some(load.bytes());
        }
        if !known && !self.send(id, load, bytes) {
            // The draft of a picture stays until it is there; anything else would be in the way.
            if let Some(old) = self.placed.take_if(|old| {
                !old.parts.iter().map(|(cells, _)| cells).eq(new.parts.iter().map(|(cells, _)| cells))
            }) {
                bytes.before.extend(old.unplace());
            }
            return;
        }
        self.keep(id, bytes_of(size), canvas, bytes);
        let (replies, z) = (Replies::Errors, if canvas.under_text { UNDER_TEXT } else { 0 });
        for (number, &(cells, source)) in new.numbered() {
            let area = cell_box(cells);
            bytes.before.extend(kitty::place(&Placement { image: id, number, area, source, z, replies }));
        }
        self.displaced = false;
        if let Some(old) = self.placed.replace(new) {
            bytes.before.extend(old.unplace());
        }
    }

    /// Sends the next portion of a picture to be stored; true if that was the last.
    fn send(&mut self, id: u32, load: &Load, bytes: &mut Bytes) -> bool {
        let command = match load {
            Load::Command(command) => command,
            Load::Pixels(picture) => {
                let name = (!self.distrusts).then(|| self.shelf.put(&kitty::pixels(picture)));
                bytes.early.extend(match name {
                    Some(Ok(name)) => {
                        bytes.shared += load.bytes();
                        kitty::transmit_shared(id, (picture.width(), picture.height()), &name)
                    }
                    _ => kitty::transmit(id, picture, Wrap::Direct),
                });
                return true;
            }
        };
        let sent = self.upload.take().map_or(0, |upload| upload.sent);
        let rest = command.get(sent..).unwrap_or_default();
        let portion = whole_sequences(rest, self.portion);
        bytes.early.extend_from_slice(&rest[..portion]);
        if portion < rest.len() {
            self.upload = Some(Upload { id, sent: sent + portion });
        }
        portion == rest.len()
    }

    /// A picture is on its way, and the next frame takes it further.
    pub(super) fn is_uploading(&self) -> bool {
        self.upload.is_some()
    }

    /// The pictures that are stored, by their ids, if that has changed since this was asked last.
    pub(super) fn news(&mut self) -> Option<HashSet<u32>> {
        std::mem::take(&mut self.is_news).then(|| self.stored.keys().copied().collect())
    }

    /// Marks an image as shown now; true if the terminal has it already. Makes room for it otherwise.
    fn keep(&mut self, id: u32, size: usize, canvas: Canvas, bytes: &mut Bytes) -> bool {
        self.clock += 1;
        if let Some(known) = self.stored.get_mut(&id) {
            known.1 = self.clock;
            return true;
        }
        let shown = self.placed.as_ref().map(|placed| placed.id);
        while self.stored.values().map(|(size, _)| size).sum::<usize>() + size > KEPT {
            let oldest =
                self.stored.iter().filter(|(id, _)| Some(**id) != shown).min_by_key(|(_, kept)| kept.1);
            let Some(oldest) = oldest.map(|(&id, _)| id) else { break };
            self.stored.remove(&oldest);
            self.is_news = true;
            bytes.before.extend(kitty::delete(oldest, canvas.wrap()));
        }
        self.stored.insert(id, (size, self.clock));
        self.is_news = true;
        false
    }

    /// The terminal has thrown an image away: it is sent again with the next frame. True if it is on screen.
    pub(super) fn lost(&mut self, id: u32) -> bool {
        self.stored.remove(&id);
        self.is_news = true;
        self.distrusts = true;
        let shown = self.placed.as_ref().is_some_and(|placed| placed.id == id);
        if shown {
            self.placed = None;
        }
        shown
    }

    /// The text of the screen was cleared: what was drawn is gone, placed pictures are somewhere.
    pub(super) fn cleared(&mut self) {
        self.displaced = true;
        self.drawn = None;
        self.written.clear();
    }

    /// The screen was taken back from another program: nothing is there any more.
    pub(super) fn forget(&mut self) {
        let (shelf, distrusts) = (std::mem::take(&mut self.shelf), self.distrusts);
        *self = Self { is_news: true, shelf, distrusts, ..Self::default() };
    }

    /// Sixel and iTerm2: draw again if the picture changed or text was taken off it; tells if so.
    fn draw_bytes(
        &mut self,
        area: Rect,
        name: u64,
        picture: &[u8],
        canvas: Canvas,
        buffer: &mut Buffer,
        bytes: &mut Bytes,
    ) -> bool {
        let mut text = HashSet::new();
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if buffer.cell((x, y)).is_some_and(|cell| cell.symbol() != " ") {
                    text.insert((x, y));
                }
            }
        }
        let fresh = self.drawn != Some((area, name)) || self.written.difference(&text).next().is_some();
        if fresh {
            // What was written there stays in the terminal's cells and shows where the picture does not reach
            // the edge of a cell. Where nothing was drawn before, that may be any text. Cells that it covers
            // are left alone: they would be seen empty until the picture has arrived.
            let stale = |at: &(u16, u16)| {
                !text.contains(at)
                    && may_show_through(*at, area, canvas)
                    && self.covers(*at).is_none_or(|written| written)
            };
            let cells = area.positions().map(|at| (at.x, at.y)).filter(stale);
            let cells = cells.filter_map(|(x, y)| Some((x, y, buffer.cell((x, y))?)));
            pen::write_cells(cells, canvas.colors, &mut bytes.before);
            bytes.before.extend_from_slice(picture);
        }
        if self.drawn.is_some_and(|(old, _)| old != area) {
            self.uncover(buffer);
        }
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                let Some(cell) = buffer.cell_mut((x, y)) else { continue };
                let is_text = text.contains(&(x, y));
                cell.set_diff_option(match (is_text, fresh) {
                    (false, _) => CellDiffOption::Skip,
                    (true, true) => CellDiffOption::AlwaysUpdate,
                    (true, false) => CellDiffOption::None,
                });
            }
        }
        self.drawn = Some((area, name));
        self.written = text;
        fresh
    }

    /// Whether a cell under the drawn picture holds text; `None` if the picture does not cover it.
    fn covers(&self, (x, y): (u16, u16)) -> Option<bool> {
        let (area, _) = self.drawn?;
        area.contains((x, y).into()).then(|| self.written.contains(&(x, y)))
    }

    /// Has the cells drawn anew that bytes were drawn over.
    fn uncover(&mut self, buffer: &mut Buffer) {
        let Some((area, _)) = self.drawn.take() else { return };
        let area = area.intersection(buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                }
            }
        }
        self.written.clear();
    }
}

/// What ends an escape sequence of Kitty.
const END: &[u8] = b"\x1b\\";

/// The length of as many whole escape sequences as fit into `most` bytes, and of one at least.
fn whole_sequences(command: &[u8], most: usize) -> usize {
    if command.len() <= most {
        return command.len();
    }
    let ends = |range: &[u8]| range.windows(END.len()).rposition(|two| two == END).map(|at| at + END.len());
    ends(&command[..most]).unwrap_or_else(|| {
        command.windows(END.len()).position(|two| two == END).map_or(command.len(), |at| at + END.len())
    })
}

/// Whether text in a cell can be seen although a picture was drawn over it: a cell need not be whole pixels,
/// and of a guessed size the picture may be smaller than its place.
fn may_show_through((x, y): (u16, u16), area: Rect, canvas: Canvas) -> bool {
    x + 1 == area.right() || y + 1 == area.bottom() || canvas.cell_is_guess
}

fn rect(area: CellBox) -> Rect {
    Rect { x: area.x, y: area.y, width: area.columns, height: area.rows }
}

fn cell_box(area: Rect) -> CellBox {
    CellBox { x: area.x, y: area.y, columns: area.width, rows: area.height }
}

fn bytes_of((width, height): (u32, u32)) -> usize {
    width as usize * height as usize * 4
}

#[cfg(test)]
mod tests;
