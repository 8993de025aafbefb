//! The box in which a list lies over a view.

use crate::config::Theme;
use ratatui::{
    Frame,
    layout::Rect,
    text::Line,
    widgets::{Block, Borders, Clear},
};

/// Draws an empty box with a title and a line at its foot; returns the room inside.
pub(super) fn draw(
    area: Rect,
    title: String,
    foot: &'static str,
    theme: &Theme,
    screen: &mut Frame<'_>,
) -> Rect {
    let block = Block::new()
        .borders(Borders::ALL)
        .border_style(theme.border_active)
        .title(Line::styled(title, theme.title))
        .title_bottom(Line::styled(foot, theme.dim))
        .style(theme.text);
    let inside = block.inner(area);
    screen.render_widget(Clear, area);
    screen.render_widget(block, area);
    inside
}
