//! A sheet of slices: the number of each above it, and the text beside all of them.

use super::{hole, viewer as slices, words};
use crate::{
    app::{App, Viewer, layout},
    config::{CornerText, Theme},
};
use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    text::Line,
    widgets::Block,
};

/// Draws a sheet and all that is written about it.
pub(super) fn draw(app: &App, viewer: &Viewer, theme: &Theme, screen: &mut Frame<'_>) {
    let all = layout::main_and_status(app.picture_screen()).0;
    screen.render_widget(Block::new().style(theme.image), all);
    match (&viewer.error, &viewer.shown) {
        (Some(why), _) => {
            let what = "These slices cannot be shown.";
            return slices::failure(what, &app.mask.sentence(why), theme, all, screen);
        }
        (None, Some(drawn)) => hole::draw_cells(drawn, screen.buffer_mut()),
        (None, None) => {
            let line = Line::styled("loading …", theme.overlay).alignment(Alignment::Center);
            let spot = Rect { y: all.y + all.height / 2, height: all.height.min(1), ..all };
            screen.render_widget(line, spot);
        }
    }
    for tile in app.tiles() {
        let number = (tile.slice + 1).to_string();
        let wide = words::width(&number) as u16;
        let spot = Rect { x: tile.framing.area.x, y: tile.area.y, width: wide, height: 1 };
        let style = if tile.slice == viewer.slice { theme.crosshair } else { theme.overlay };
        // Never over a picture.
        if spot.intersection(tile.area) == spot && spot.intersection(tile.framing.cells).is_empty() {
            screen.render_widget(Line::styled(number, style), spot);
        }
    }
    text(app, viewer, theme, screen);
}

/// Who and what this is above, how it is shown below.
fn text(app: &App, viewer: &Viewer, theme: &Theme, screen: &mut Frame<'_>) {
    let bare = viewer.corners == CornerText::None;
    let area = layout::volume(app.picture_screen(), false, bare).text;
    let mut above = vec![];
    if viewer.corners == CornerText::Full {
        above.extend(slices::patient_lines(app, viewer));
        above.extend(slices::study_lines(app, viewer));
    }
    let mut below = slices::window_lines(viewer, None);
    below.push(format!("{}/{}", viewer.slice + 1, viewer.stack().frames.len()));
    let room = usize::from(area.height);
    let below = &below[below.len().saturating_sub(room)..];
    let first = area.height - below.len() as u16;
    let above = above.iter().take(usize::from(first).saturating_sub(1)).enumerate();
    let lines = above.map(|(row, line)| (row as u16, line));
    for (row, line) in lines.chain(below.iter().enumerate().map(|(row, line)| (first + row as u16, line))) {
        let line = words::cut(line, usize::from(area.width.saturating_sub(2)));
        let spot = Rect { x: area.x + 1, y: area.y + row, width: words::width(&line) as u16, height: 1 };
        screen.render_widget(Line::styled(line, theme.overlay), spot.intersection(area));
    }
}
