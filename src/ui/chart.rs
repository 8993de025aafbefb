//! The plot under the picture, in letters that are eighths of a cell high: no picture is redrawn for it.

use super::words;
use crate::{
    app::{App, Chart, Viewer},
    config::Theme,
};
use ratatui::{Frame, layout::Rect, style::Modifier, text::Line, widgets::Block};

/// Letters from an eighth to the whole of a cell.
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws the plot, if there is one.
pub(super) fn draw(app: &App, theme: &Theme, screen: &mut Frame<'_>) {
    let area = app.chart_area();
    let Some(chart) = app.chart(usize::from(area.width)).filter(|_| area.height >= 3) else { return };
    screen.render_widget(Block::new().style(theme.image), area);
    let line = |y: u16| Rect { y, height: 1, ..area };
    let title = words::cut(&chart.title, usize::from(area.width.saturating_sub(1)));
    screen.render_widget(Line::styled(format!(" {title}"), theme.overlay), line(area.y));
    let bars = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let foot = line(bars.bottom());
    let [left, right] = &chart.ends;
    screen.render_widget(Line::styled(format!(" {left}"), theme.overlay), foot);
    screen.render_widget(Line::styled(format!("{right} "), theme.overlay).right_aligned(), foot);
    draw_bars(app, &chart, theme, bars, screen);
}

/// One bar for each column; those outside of the window are dim, and its edges are lines.
fn draw_bars(app: &App, chart: &Chart, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let columns = usize::from(area.width);
    let window = app.toned().and_then(Viewer::window);
    let edges = window.and_then(|window| chart.edges(window));
    let part = |column: usize| (column as f64 + 0.5) / columns as f64;
    let edge = |at: f64| (0.0..1.0).contains(&at).then_some((at * columns as f64) as usize);
    let lines = edges.map(|[low, high]| [edge(low), edge(high)]).unwrap_or_default();
    let here = chart.here.map(|bar| bar * columns / chart.bars.len().max(1));
    for column in 0..columns {
        let bar = chart.bar_at(column, columns);
        let inside = edges.is_none_or(|[low, high]| (low..=high).contains(&part(column)));
        let style = if inside { theme.overlay } else { theme.overlay.add_modifier(Modifier::DIM) };
        let is_edge = lines.contains(&Some(column)) || here == Some(column);
        // A value that is there is seen, however small it is.
        let eighths = bar.map_or(0, |bar| ((bar * f64::from(area.height) * 8.0).round() as u16).max(1));
        for row in 0..area.height {
            let full = eighths.saturating_sub(8 * (area.height - 1 - row)).min(8);
            let at = (area.x + column as u16, area.y + row);
            let Some(cell) = screen.buffer_mut().cell_mut(at) else { continue };
            match full {
                0 if is_edge => cell.set_symbol("│").set_style(theme.crosshair),
                0 => continue,
                full if is_edge => cell.set_symbol(EIGHTHS[usize::from(full) - 1]).set_style(theme.crosshair),
                full => cell.set_symbol(EIGHTHS[usize::from(full) - 1]).set_style(style),
            };
        }
    }
}
