//! What an object says, as text from top to bottom.
//!
//! The cursor stays in the middle as long as there are lines on both sides, as in the table of tags.

use super::words;
use crate::{
    app::{App, Laid, Tone, TranscriptView},
    config::Theme,
    model::{Text, hits, shown},
};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Paragraph, Wrap},
};

/// Draws the transcript of one instance.
pub(super) fn draw(app: &App, view: &TranscriptView, theme: &Theme, screen: &mut Frame<'_>) {
    let area = app.main_area();
    let row = |y: u16| Rect { y: area.y + y, height: u16::from(y < area.height), ..area };
    draw_title(app, view, theme, row(0), screen);
    let transcript = match &view.content {
        None => return,
        Some(Err(why)) => {
            let why = app.mask.sentence(why);
            let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            let text = Paragraph::new(shown(&why).into_owned()).style(theme.error).wrap(Wrap { trim: true });
            return screen.render_widget(text, below.intersection(area));
        }
        Some(Ok(transcript)) => transcript,
    };
    let mut top = 1;
    if let Some((first, more)) = transcript.notes.split_first().filter(|_| area.height > 7) {
        let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
        let note = words::cut(&format!("! this file {}{more}", app.mask.sentence(first)), area.width.into());
        screen.render_widget(Line::styled(note, theme.warning), row(1));
        top = 2;
    }
    let height = usize::from(area.height.saturating_sub(top));
    let first = view.cursor.saturating_sub(height / 2).min(view.lines.len().saturating_sub(height));
    for (at, line) in view.lines.iter().enumerate().skip(first).take(height) {
        let place = row(top + (at - first) as u16);
        let is_selected = at == view.cursor;
        if is_selected {
            screen.render_widget(Block::new().style(theme.selection), place);
        }
        let query = if view.is_match(at) { &*view.query } else { "" };
        screen.render_widget(Line::from(spans(line, query, is_selected, theme)), place);
    }
}

fn draw_title(app: &App, view: &TranscriptView, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let kind = match &view.content {
        Some(Ok(transcript)) => transcript.title.to_string(),
        Some(Err(_)) => String::new(),
        None => "reading…".to_owned(),
    };
    let file = Text::from(app.mask.path(&app.library.path(view.instance())));
    let mut place = String::new();
    if view.instances.len() > 1 {
        place = format!("file {}/{} · ", view.at + 1, view.instances.len());
    }
    if !view.lines.is_empty() {
        place = format!("{place}line {}/{}", view.cursor + 1, view.lines.len());
    }
    let place = words::cut(place.trim_end_matches(" · "), usize::from(area.width) / 2);
    let wide = words::width(&place) as u16;
    let left = usize::from(area.width.saturating_sub(wide + 1));
    let kind = words::cut(&kind, left);
    let rest = left.saturating_sub(words::width(&kind) + 2);
    let title = vec![
        Span::styled(kind, theme.title),
        Span::styled(format!("  {}", words::cut(&file.shown(), rest)), theme.dim),
    ];
    screen.render_widget(Line::from(title), Rect { width: left as u16, ..area });
    let right = Rect { x: area.right().saturating_sub(wide), width: wide, ..area };
    screen.render_widget(Line::styled(place, theme.dim), right);
}

/// The parts of a line: indentation, label and text, with the letters of a search marked.
fn spans<'a>(line: &Laid, query: &str, is_selected: bool, theme: &Theme) -> Vec<Span<'a>> {
    let style = |style: Style| if is_selected { theme.selection } else { style };
    let text = match line.tone {
        Tone::Heading | Tone::Plain => theme.text,
        Tone::Link => theme.key,
        Tone::Curve => theme.good,
    };
    let label = if line.tone == Tone::Heading { theme.heading } else { theme.label };
    let mut spans = vec![Span::styled(" ".repeat(line.indent), style(theme.text))];
    for (part, plain) in [(&line.label, style(label)), (&line.text, style(text))] {
        let mut from = 0;
        for hit in hits(part, query) {
            spans.push(Span::styled(part[from..hit.start].to_owned(), plain));
            from = hit.end;
            let mark = if is_selected { plain.underlined() } else { theme.match_hit };
            spans.push(Span::styled(part[hit].to_owned(), mark));
        }
        spans.push(Span::styled(part[from..].to_owned(), plain));
    }
    spans
}
