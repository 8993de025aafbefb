//! What could not be read, and what is odd about the rest: one line a file.

use super::{panel, words};
use crate::{
    app::{App, Finding, layout},
    config::Theme,
};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph, Wrap},
};
use std::path::Path;

/// Draws the list with the cursor on row `cursor`.
pub(super) fn draw(app: &App, findings: &[Finding], cursor: usize, theme: &Theme, screen: &mut Frame<'_>) {
    let main = app.main_area();
    let area = layout::middle(main, main.width.saturating_sub(4), main.height.saturating_sub(2));
    let unread = findings.iter().filter(|finding| finding.unread).count();
    let odd = words::count(findings.len() - unread, "warning");
    let title = format!(" {}, {odd} ", words::count(unread, "problem"));
    let inside = panel::draw(area, title, " q closes · j k move ", theme, screen);
    if findings.is_empty() {
        let line = "Every DICOM file was read, and nothing about them is odd.";
        return screen.render_widget(Line::styled(line, theme.good), inside);
    }
    let strip = if inside.height > 8 { 4 } else { 0 };
    let list = Rect { height: inside.height - strip, ..inside };
    let first = layout::first_row(cursor, findings.len(), list.height.into(), cursor);
    for (i, problem) in findings.iter().enumerate().skip(first).take(list.height.into()) {
        let row = Rect { y: list.y + (i - first) as u16, height: 1, ..list };
        let style = if i == cursor { theme.selection } else { theme.text };
        let name = problem.path.file_name().unwrap_or(problem.path.as_os_str());
        let name = app.mask.path(Path::new(name));
        let wide = usize::from(list.width);
        let name = words::left(&name, wide / 3);
        let what = words::cut(&app.mask.sentence(&problem.what), wide.saturating_sub(wide / 3 + 2));
        screen.render_widget(Block::new().style(style), row);
        let dim = match (i == cursor, problem.unread) {
            (true, _) => style,
            (false, true) => theme.error,
            (false, false) => theme.warning,
        };
        screen.render_widget(
            Line::from(vec![Span::styled(format!("{name}  "), style), Span::styled(what, dim)]),
            row,
        );
    }
    if let Some(problem) = findings.get(cursor).filter(|_| strip > 0) {
        let (path, what) = (app.mask.path(&problem.path), app.mask.sentence(&problem.what));
        let text = format!("{}\n{}", crate::model::shown(&path), crate::model::shown(&what));
        let below = Rect { y: list.bottom(), height: strip, ..inside };
        let block = Block::new().borders(Borders::TOP).border_style(theme.border);
        screen.render_widget(
            Paragraph::new(text).wrap(Wrap { trim: false }).style(theme.dim).block(block),
            below,
        );
    }
}
