//! The browser: a tree or a table on the left, a slice of the series under the cursor on the right.

use super::{hole, words};
use crate::{
    app::{App, Node, Summary, layout},
    config::{Column, ListView, Theme},
    model::{SeriesId, shown},
};
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph},
};

/// Draws the browser.
pub(super) fn draw(app: &App, theme: &Theme, screen: &mut Frame<'_>) {
    let parts = layout::browser(screen.area(), app.browser.preview);
    match app.browser.view {
        ListView::Tree => tree(app, theme, parts.heading, parts.list, screen),
        ListView::Series => table(app, theme, parts.heading, parts.list, screen),
    }
    if app.browser.rows.is_empty() {
        empty(app, theme, parts.list, screen);
    }
    if !parts.preview.is_empty() {
        preview(app, theme, parts.preview, parts.picture, screen);
    }
}

/// What to say while there is nothing to list.
fn empty(app: &App, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let lines: Vec<Line<'_>> = if app.scanning {
        vec![Line::styled("Looking for DICOM files …", theme.dim)]
    } else if app.browser.filter.is_empty() {
        let files = words::count(app.library.counts.files as usize, "file");
        vec![
            Line::styled(format!("No DICOM images here ({files} looked at)."), theme.text),
            Line::styled("", theme.text),
            Line::styled("Quit with q and name another folder: topogram PATH", theme.dim),
            Line::styled("Without data at hand, try: topogram demo", theme.dim),
        ]
    } else {
        vec![
            Line::styled(format!("Nothing matches {:?}.", app.browser.filter), theme.text),
            Line::styled("Esc shows everything again.", theme.dim),
        ]
    };
    let area =
        Rect { x: area.x.saturating_add(2).min(area.right()), width: area.width.saturating_sub(2), ..area };
    let area = Rect {
        y: area.y.saturating_add(1).min(area.bottom()),
        height: area.height.saturating_sub(1),
        ..area
    };
    screen.render_widget(Paragraph::new(lines), area);
}

/// The rows in sight, with their index.
fn in_sight(app: &App, height: u16) -> impl Iterator<Item = (usize, Node)> + '_ {
    let rows = &app.browser.rows;
    let first = layout::first_row(app.browser.row(), rows.len(), usize::from(height), app.browser.row());
    rows.iter().copied().enumerate().skip(first).take(usize::from(height))
}

fn tree(app: &App, theme: &Theme, heading: Rect, list: Rect, screen: &mut Frame<'_>) {
    let title = "Patients › studies › series";
    screen.render_widget(
        Line::styled(words::left(&format!(" {title}"), heading.width.into()), theme.heading),
        heading,
    );
    let widths = Widths::of(app, list);
    for (i, (row, node)) in in_sight(app, list.height).enumerate() {
        let area = Rect { y: list.y + i as u16, height: 1, ..list };
        let selected = row == app.browser.row();
        let style = if selected { theme.selection } else { theme.text };
        screen.render_widget(Block::new().style(style), area);
        let spans = match node {
            Node::Patient(_) | Node::Study(_) => branch(app, node, theme, selected, area.width),
            Node::Series(id) => series_line(app, id, theme, selected, &widths),
        };
        screen.render_widget(Line::from(spans), area);
    }
}

/// The selected row has one colour; others have a colour for each part.
fn paint(selected: bool, theme: &Theme, style: Style) -> Style {
    if selected { theme.selection } else { style }
}

fn branch(app: &App, node: Node, theme: &Theme, selected: bool, width: u16) -> Vec<Span<'static>> {
    let mark = if app.browser.is_folded(node) { "▸" } else { "▾" };
    let library = &app.library;
    let (indent, main, rest) = match node {
        Node::Patient(id) => {
            let patient = library.patient(id);
            let name = app.mask.person(&patient.name());
            let id = app.mask.id(&patient.id);
            let name = if name.is_empty() {
                if id.is_empty() { "(no ID)".to_owned() } else { id.clone() }
            } else {
                name
            };
            let aliases = if patient.names.len() > 1 { " ≠" } else { "" };
            let first = patient.studies.first().map(|&id| library.study(id).date.clone());
            let born = app.mask.birth(&patient.birth_date, &first.unwrap_or_default());
            let born = if app.mask.is_on() || born.is_empty() { born } else { format!("born {born}") };
            let studies = words::count(patient.studies.len(), "study");
            // Downloads such as the Data Science Bowl's have one hash for both.
            let id = if id == name { String::new() } else { id };
            let parts = [id, patient.sex.to_string(), born, studies];
            (" ", format!("{name}{aliases}"), joined(&parts))
        }
        Node::Study(id) => {
            let study = library.study(id);
            let date = app.mask.day(library, id, &study.date);
            let description = app.mask.words(study.description.raw());
            let title = match (date.is_empty(), description.is_empty()) {
                (false, false) => format!("{date}  {description}"),
                (false, true) => date,
                (true, false) => description,
                (true, true) => "(no date)".to_owned(),
            };
            let parts = [app.mask.id(&study.accession), words::count(study.series.len(), "series")];
            ("   ", title, joined(&parts))
        }
        Node::Series(_) => ("", String::new(), String::new()),
    };
    let room = usize::from(width).saturating_sub(indent.len() + 3);
    let main = words::cut(&main, room);
    let left = room.saturating_sub(words::width(&main) + 2);
    let style = if matches!(node, Node::Patient(_)) { theme.title } else { theme.text };
    vec![
        Span::styled(indent, paint(selected, theme, theme.text)),
        Span::styled(format!("{mark} "), paint(selected, theme, theme.dim)),
        Span::styled(main, paint(selected, theme, style)),
        Span::styled(format!("  {}", words::cut(&rest, left)), paint(selected, theme, theme.dim)),
    ]
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ")
}

/// Widths of the parts of a series line, the same for all rows in sight.
struct Widths {
    text: usize,
    images: usize,
    facts: usize,
    badges: usize,
}

impl Widths {
    fn of(app: &App, list: Rect) -> Self {
        let summaries = in_sight(app, list.height).filter_map(|(_, node)| match node {
            Node::Series(id) => Some((id, app.browser.summary(id)?)),
            _ => None,
        });
        let (mut images, mut facts, mut badges) = (4, 0, 0);
        for (id, summary) in summaries {
            images = images.max(words::width(&summary.images));
            facts = facts.max(words::width(&facts_of(summary, usize::MAX)));
            badges = badges.max(words::width(&self::badges(app, id, summary)));
        }
        // Indent, number, modality, and the spaces between the parts.
        let room = usize::from(list.width).saturating_sub(6 + 5 + 4 + images + 6);
        let badges = badges.min(room / 4);
        let facts = facts.min(room.saturating_sub(badges) / 2);
        Self { text: room.saturating_sub(badges + facts), images, facts, badges }
    }
}

/// Matrix, thickness and kernel, as many of them as fit whole.
fn facts_of(summary: &Summary, width: usize) -> String {
    let mut facts = [summary.matrix.clone(), mm(&summary.thickness), summary.kernel.clone()].to_vec();
    while facts.len() > 1 && words::width(&joined(&facts)) > width {
        facts.pop();
    }
    joined(&facts)
}

fn series_line(
    app: &App,
    id: SeriesId,
    theme: &Theme,
    selected: bool,
    widths: &Widths,
) -> Vec<Span<'static>> {
    let series = app.library.series(id);
    let blank = Summary::default();
    let summary = app.browser.summary(id).unwrap_or(&blank);
    let number = words::right(&series.facts.number.to_string(), 4);
    let modality = words::left(&series.facts.modality.to_string(), 3);
    let text = words::left(&summary.description, widths.text);
    let images = words::right(&summary.images, widths.images);
    let facts = words::left(&facts_of(summary, widths.facts), widths.facts);
    let badges = words::cut(&badges(app, id, summary), widths.badges);
    vec![
        Span::styled("      ", paint(selected, theme, theme.text)),
        Span::styled(format!("{number} "), paint(selected, theme, theme.dim)),
        Span::styled(format!("{modality} "), paint(selected, theme, theme.label)),
        Span::styled(format!("{text}  "), paint(selected, theme, theme.text)),
        Span::styled(format!("{images}  "), paint(selected, theme, theme.text)),
        Span::styled(format!("{facts}  "), paint(selected, theme, theme.dim)),
        Span::styled(badges, paint(selected, theme, theme.warning)),
    ]
}

/// What was said of a series, and what is odd about it.
fn badges(app: &App, id: SeriesId, summary: &Summary) -> String {
    let said = app
        .library
        .opinion(id)
        .map(|said| if said.verdict.is_empty() { "✎".to_owned() } else { shown(&said.verdict).into_owned() });
    said.iter().chain(&summary.badges).map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn mm(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text} mm") }
}

/// Heading, least width, share of what is left over, and whether numbers align on the right.
fn shape(column: Column) -> (&'static str, usize, usize, bool) {
    match column {
        Column::Patient => ("Patient", 12, 2, false),
        Column::Study => ("Study", 10, 2, false),
        Column::Date => ("Date", 16, 0, false),
        Column::Number => ("#", 5, 0, true),
        Column::Modality => ("Mod", 4, 0, false),
        Column::Description => ("Description", 14, 4, false),
        Column::Images => ("Images", 7, 0, true),
        Column::Matrix => ("Matrix", 12, 0, false),
        Column::Spacing => ("Spacing", 7, 0, true),
        Column::Thickness => ("Thk/Δz", 9, 0, true),
        Column::Kernel => ("Kernel|Seq", 10, 1, false),
        Column::Encoding => ("Encoding", 12, 0, false),
        Column::Size => ("Size", 7, 0, true),
        Column::Problems => ("!", 10, 1, false),
    }
}

/// The columns that fit, with their widths; the last ones go first, but never description and problems.
fn fitting(columns: &[Column], width: usize) -> Vec<(Column, usize)> {
    let mut kept: Vec<Column> = columns.to_vec();
    let least = |columns: &[Column]| columns.iter().map(|&column| shape(column).1 + 1).sum::<usize>();
    while kept.len() > 1 && least(&kept) > width {
        let expendable =
            |column: &Column| !matches!(column, Column::Description | Column::Problems | Column::Images);
        match kept.iter().rposition(expendable) {
            Some(at) => kept.remove(at),
            None => kept.remove(kept.len() - 1),
        };
    }
    let spare = width.saturating_sub(least(&kept));
    let shares: usize = kept.iter().map(|&column| shape(column).2).sum();
    kept.iter()
        .map(|&column| {
            let (_, least, share, _) = shape(column);
            (column, least + (spare * share).checked_div(shares).unwrap_or(0))
        })
        .collect()
}

fn table(app: &App, theme: &Theme, heading: Rect, list: Rect, screen: &mut Frame<'_>) {
    let columns = fitting(&app.browser.columns, usize::from(list.width.saturating_sub(1)));
    let sort = app.browser.sort;
    let titles = columns.iter().map(|&(column, width)| {
        let (title, .., numeric) = shape(column);
        let title = match (column == sort.column, sort.descending) {
            (true, false) => format!("{title}↑"),
            (true, true) => format!("{title}↓"),
            _ => title.to_owned(),
        };
        if numeric { words::right(&title, width) } else { words::left(&title, width) }
    });
    let line = format!(" {}", titles.collect::<Vec<_>>().join(" "));
    screen.render_widget(Line::styled(words::left(&line, heading.width.into()), theme.heading), heading);
    let blank = Summary::default();
    for (i, (row, node)) in in_sight(app, list.height).enumerate() {
        let Node::Series(id) = node else { continue };
        let area = Rect { y: list.y + i as u16, height: 1, ..list };
        let selected = row == app.browser.row();
        let style = if selected { theme.selection } else { theme.text };
        let series = app.library.series(id);
        let summary = app.browser.summary(id).unwrap_or(&blank);
        let mut spans = vec![Span::styled(" ", style)];
        for &(column, width) in &columns {
            let text = match column {
                Column::Problems => badges(app, id, summary),
                _ => summary.cell(column, series),
            };
            let text = if shape(column).3 { words::right(&text, width) } else { words::left(&text, width) };
            let paint_as = match column {
                Column::Problems => theme.warning,
                Column::Modality => theme.label,
                Column::Description | Column::Images | Column::Patient => theme.text,
                _ => theme.dim,
            };
            spans.push(Span::styled(format!("{text} "), paint(selected, theme, paint_as)));
        }
        screen.render_widget(Block::new().style(style), area);
        screen.render_widget(Line::from(spans), area);
    }
}

fn preview(app: &App, theme: &Theme, area: Rect, picture: Rect, screen: &mut Frame<'_>) {
    screen.render_widget(
        Block::new().borders(Borders::LEFT).border_style(theme.border).style(theme.text),
        area,
    );
    let text = Rect {
        x: picture.x,
        y: (picture.bottom() + 1).min(area.bottom()),
        width: picture.width,
        height: area.bottom().saturating_sub(picture.bottom() + 1),
    };
    let Some(Node::Series(id)) = app.browser.cursor() else {
        let hint = "Enter folds and unfolds.";
        return screen.render_widget(Line::styled(words::cut(hint, text.width.into()), theme.dim), picture);
    };
    if let Some(drawn) = &app.preview {
        hole::draw_cells(drawn, screen.buffer_mut());
    } else if let Some(why) = app.preview_error() {
        let lines =
            Paragraph::new(crate::model::shown(&app.mask.sentence(why)).into_owned()).style(theme.warning);
        screen.render_widget(lines.wrap(ratatui::widgets::Wrap { trim: true }), picture);
    }
    let series = app.library.series(id);
    let Some(summary) = app.browser.summary(id) else { return };
    let facts = &series.facts;
    let rows = [
        ("", summary.description.clone()),
        ("", joined(&[app.mask.words(facts.body_part.raw()), app.mask.words(facts.protocol.raw())])),
        ("matrix", summary.matrix.clone()),
        ("spacing", mm(&summary.spacing)),
        ("thick/Δz", mm(&summary.thickness)),
        ("encoding", joined(&[summary.encoding.clone(), summary.size.clone()])),
        ("device", facts.manufacturer.to_string()),
        ("look at", summary.badges.join(" ")),
    ];
    let lines = rows.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| {
        let label = if label.is_empty() { String::new() } else { words::left(label, 9) };
        let room = usize::from(text.width).saturating_sub(words::width(&label));
        let style = if label.starts_with("look") { theme.warning } else { theme.text };
        Line::from(vec![Span::styled(label, theme.dim), Span::styled(words::cut(&value, room), style)])
    });
    screen.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), text);
}
