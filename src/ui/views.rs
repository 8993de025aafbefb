//! The whole screen from the state: the view on top, what lies over it, and the line at the foot.

use super::{browser, help, problems, status, tags, viewer};
use crate::{
    app::{App, Overlay, View, layout},
    config::Theme,
    work::{Drawn, Picture},
};
use ratatui::{Frame, layout::Rect, widgets::Block};

/// Draws everything but pictures that are not made of cells.
pub fn draw(app: &App, theme: &Theme, screen: &mut Frame<'_>) {
    let area = screen.area();
    if area.is_empty() {
        return;
    }
    screen.render_widget(Block::new().style(theme.text), area);
    let (_, foot) = layout::main_and_status(area);
    match app.views.last() {
        Some(View::Viewer(viewer)) => viewer::draw(app, viewer, theme, screen),
        Some(View::Tags(view)) => tags::draw(&view.tags, theme, layout::main_and_status(area).0, screen),
        None => browser::draw(app, theme, screen),
    }
    match app.overlays.last() {
        Some(Overlay::Help { context, scroll }) => help::draw(app, *context, *scroll, theme, screen),
        Some(Overlay::Problems { findings, cursor }) => problems::draw(app, findings, *cursor, theme, screen),
        None => {}
    }
    status::draw(app, theme, foot, screen);
}

/// Draws a picture that is made of cells; others are the hole's.
pub(super) fn cells(drawn: &Drawn, screen: &mut Frame<'_>) {
    if let Picture::Cells { area, grid } = &drawn.picture {
        super::hole::draw_cells(*area, grid, screen.buffer_mut());
    }
}

/// A box in the middle of the screen, as large as asked for if there is room.
pub(super) fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
