//! The whole screen from the state: the view on top, what lies over it, and the line at the foot.

use super::{browser, chart, help, planes, problems, status, steps, tags, transcript, value, viewer};
use crate::{
    app::{App, Overlay, View, layout},
    config::Theme,
};
use ratatui::{Frame, widgets::Block};

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
        Some(View::Volume(view)) => planes::draw(app, view, theme, screen),
        Some(View::Steps(view)) => steps::draw(app, view, theme, screen),
        Some(View::Tags(view)) => tags::draw(&view.tags, theme, layout::main_and_status(area).0, screen),
        Some(View::Value(view)) => value::draw(app, view, theme, screen),
        Some(View::Transcript(view)) => transcript::draw(app, view, theme, screen),
        None => browser::draw(app, theme, screen),
    }
    chart::draw(app, theme, screen);
    match app.overlays.last() {
        Some(Overlay::Help { context, scroll }) => help::draw(app, *context, *scroll, theme, screen),
        Some(Overlay::Problems { findings, cursor }) => problems::draw(app, findings, *cursor, theme, screen),
        None => {}
    }
    status::draw(app, theme, foot, screen);
}
