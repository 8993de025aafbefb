//! Where things are on the screen: known to the state, which must ask for pictures of the right size and
//! find what was clicked, and to the views, which draw there.

use ratatui::layout::{Margin, Rect};

/// The status line, and all that is above it.
pub fn main_and_status(screen: Rect) -> (Rect, Rect) {
    // Asked for several times a key: ratatui's solver of layouts would take as long as all the rest.
    above_and_below(screen, screen.height.saturating_sub(1))
}

/// The first `rows` of an area, and the others.
fn above_and_below(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (Rect { height: rows, ..area }, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

/// The browser: its list with one line of headings, and the preview if there is room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrowserLayout {
    /// Headings and progress.
    pub heading: Rect,
    /// Rows.
    pub list: Rect,
    /// The preview with its frame; empty if there is none.
    pub preview: Rect,
    /// The picture inside the preview.
    pub picture: Rect,
}

/// Narrower screens have no room for a preview.
const PREVIEW_FROM: u16 = 90;

/// Lays the browser out.
pub fn browser(screen: Rect, preview: bool) -> BrowserLayout {
    let (main, _) = main_and_status(screen);
    let wide = preview && main.width >= PREVIEW_FROM && main.height >= 12;
    let width = if wide { (main.width / 3).min(48) } else { 0 };
    let left = Rect { width: main.width - width, ..main };
    let right = Rect { x: left.right(), width, ..main };
    let (heading, list) = above_and_below(left, 1);
    // Below the picture a few lines say what it is.
    let tall = right.height.saturating_sub(9).min(width / 2 + 1);
    let picture = Rect {
        x: right.x.saturating_add(2).min(right.right()),
        y: right.y.saturating_add(1).min(right.bottom()),
        width: right.width.saturating_sub(3),
        height: tall,
    };
    BrowserLayout { heading, list, preview: right, picture: if wide { picture } else { Rect::default() } }
}

/// The viewer: everything above the status line, and the place for the picture in it.
///
/// Nothing is written over a picture: with Kitty it could not be seen, and it would hide what one looks
/// for. So with text around it the picture leaves a margin for the orientation letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewerLayout {
    /// Everything above the status line.
    pub all: Rect,
    /// Where the picture may be.
    pub picture: Rect,
}

/// Lays the viewer out; `bare` leaves no margin.
pub fn viewer(screen: Rect, bare: bool) -> ViewerLayout {
    let all = main_and_status(screen).0;
    let (x, y) = if bare || all.width < 24 || all.height < 8 { (0, 0) } else { (4, 1) };
    ViewerLayout { all, picture: all.inner(Margin::new(x, y)) }
}

/// The steps of the pipeline: a table above, a picture and a histogram under it, a command at the foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepsLayout {
    /// Headings, a row for each step, and a line about the one under the cursor.
    pub table: Rect,
    /// Where the picture may be; empty if there is no room.
    pub picture: Rect,
    /// Where the histogram is.
    pub chart: Rect,
    /// The command line.
    pub command: Rect,
}

/// Rows of the table.
const STEPS: u16 = 9;

/// Lays the steps out; the command line has so many letters.
pub fn steps(screen: Rect, letters: usize) -> StepsLayout {
    let main = main_and_status(screen).0;
    let (table, rest) = above_and_below(main, STEPS);
    // Broken between words, lines are an eighth shorter than they might be.
    let lines = (letters + letters / 8) / usize::from(main.width.max(1)) + 1;
    let most = if rest.height < 8 { 2 } else { rest.height / 3 };
    let (rest, command) = above_and_below(rest, rest.height.saturating_sub((lines as u16).min(most)));
    let (none, width) = (Rect { height: 0, ..rest }, (rest.height * 5 / 2).min(rest.width / 2));
    if rest.height < 4 || rest.width < 24 {
        return StepsLayout { table, picture: none, chart: none, command };
    }
    let picture = Rect { x: rest.x + 1, width, ..rest };
    let chart = Rect { x: picture.right() + 2, width: rest.width - width - 4, ..rest };
    StepsLayout { table, picture, chart, command }
}

/// The place of one value under its title, and under a note if it has one: the note and the value.
pub fn value(main: Rect, has_note: bool) -> (Rect, Rect) {
    let (_, below) = above_and_below(main, u16::from(main.height > 1));
    above_and_below(below, u16::from(has_note && below.height > 3))
}

/// The planes of a volume, and the text beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeLayout {
    /// Where each plane is, with the letters around it.
    pub panes: Vec<Rect>,
    /// Where the text is; empty if there is no room for any.
    pub text: Rect,
}

/// Lays planes out: one with the text beside it, or three as they are seen from three sides, the coronal one
/// under the axial one and the sagittal one beside that, and the text in the corner that is left.
///
/// Without room for three there is one; `bare` leaves the text of a single one away.
pub fn volume(screen: Rect, three: bool, bare: bool) -> VolumeLayout {
    let all = main_and_status(screen).0;
    if three && all.width >= 24 && all.height >= 10 {
        let quarters = grid(all, 2, 2);
        return VolumeLayout { panes: vec![quarters[0], quarters[2], quarters[3]], text: quarters[1] };
    }
    let width = if bare || all.width < 60 { 0 } else { VOLUME_TEXT };
    let pane = Rect { width: all.width - width, ..all };
    let text = Rect { x: pane.right(), width, ..all };
    VolumeLayout { panes: vec![pane], text }
}

/// An area divided into so many parts that are equal or differ by a cell, row by row.
pub fn grid(area: Rect, across: u16, down: u16) -> Vec<Rect> {
    // Widened: the edge of the last part may be 1000 x 6 cells of a large window.
    let edge = |start: u16, length: u16, part: u16, parts: u16| {
        start + (u32::from(length) * u32::from(part) / u32::from(parts.max(1))) as u16
    };
    let part = |row: u16, column: u16| {
        let (x, y) = (edge(area.x, area.width, column, across), edge(area.y, area.height, row, down));
        let right = edge(area.x, area.width, column + 1, across);
        let bottom = edge(area.y, area.height, row + 1, down);
        Rect { x, y, width: right - x, height: bottom - y }
    };
    (0..down).flat_map(|row| (0..across).map(move |column| part(row, column))).collect()
}

/// Columns of text beside one plane.
const VOLUME_TEXT: u16 = 30;

/// The part of a pane that its picture may cover: left of it letters and a ruler, right of it letters, and a
/// line above and below.
pub fn inside_letters(pane: Rect) -> Rect {
    if pane.width < 14 || pane.height < 5 {
        return pane;
    }
    Rect { x: pane.x + 4, y: pane.y + 1, width: pane.width - 8, height: pane.height - 2 }
}

/// The same for one of many: two columns left of it, and a line above.
pub fn under_number(pane: Rect) -> Rect {
    if pane.width < 8 || pane.height < 4 {
        return pane;
    }
    Rect { x: pane.x + 2, y: pane.y + 1, width: pane.width - 2, height: pane.height - 1 }
}

/// Columns of corner text that zooming does not take away.
const TEXT_COLUMNS: u16 = 24;
/// Rows of it, above and below a picture wider than its place.
const TEXT_ROWS: u16 = 5;

/// What remains of a place for a picture when the text beside it stays where it is however far one zooms:
/// `fitted` is the picture as a whole, and keeps its size.
///
/// So a zoom changes the picture alone, and nothing that one has to read goes away.
pub fn beside_text(main: Rect, place: Rect, fitted: Rect) -> Rect {
    let keep = |gap: u16, most: u16, margin: u16| gap.min(most).saturating_sub(margin);
    let x = keep(fitted.x.saturating_sub(main.x), TEXT_COLUMNS, place.x.saturating_sub(main.x));
    let y = keep(fitted.y.saturating_sub(main.y), TEXT_ROWS, place.y.saturating_sub(main.y));
    place.inner(Margin::new(x, y))
}

/// A box in the middle of an area, as large as asked for if there is room.
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// The first row that is shown so that the cursor is seen with a margin around it.
///
/// Depends on nothing but its arguments: the list scrolls by half pages around the cursor only when it
/// must.
pub fn first_row(cursor: usize, count: usize, height: usize, previous: usize) -> usize {
    let margin = (height / 5).min(4);
    let last = count.saturating_sub(height);
    let lowest = cursor.saturating_sub(height.saturating_sub(1 + margin));
    let highest = cursor.saturating_sub(margin);
    previous.clamp(lowest.min(highest), highest).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cursor_is_always_on_screen(cursor in 0usize..500, more in 1usize..500, height in 1usize..80, previous in 0usize..900) {
            let first = first_row(cursor, cursor + more, height, previous);
            prop_assert!(first <= cursor && cursor < first + height, "{first}");
        }

        #[test]
        fn text_beside_a_picture_takes_nothing_from_it(
            width in 30u16..300, height in 10u16..120, across in 1u16..300, down in 1u16..120,
        ) {
            let screen = Rect::new(0, 0, width, height);
            let ViewerLayout { all, picture } = viewer(screen, false);
            let fitted = middle(picture, across, down);
            let place = beside_text(all, picture, fitted);
            prop_assert_eq!(place.intersection(fitted), fitted);
            prop_assert_eq!(place.intersection(picture), place);
        }

        #[test]
        fn every_part_lies_inside_the_screen(width in 0u16..300, height in 0u16..120, preview: bool) {
            let screen = Rect::new(0, 0, width, height);
            let parts = browser(screen, preview);
            for part in [parts.heading, parts.list, parts.preview, parts.picture, viewer(screen, preview).picture] {
                prop_assert_eq!(part.intersection(screen), part);
            }
        }
    }
}
