//! The line at the foot: what is typed, what was said, what can be pressed, how the scan goes.

use super::{planes, viewer, words};
use crate::{
    app::{Action, App, Context, PromptKind, View, steps::Progress, volume::Material},
    config::Theme,
};
use ratatui::{
    Frame,
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
    widgets::Block,
};
use std::fmt::Write as _;

/// Draws the line.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    screen.render_widget(Block::new().style(theme.status), area);
    let right = progress(app);
    let right_width = words::width(&right).min(usize::from(area.width) * 2 / 3);
    let room = usize::from(area.width).saturating_sub(right_width + 1);
    screen.render_widget(Line::from(left(app, theme, room)), area);
    if right_width > 0 {
        let spot = Rect { x: area.right() - right_width as u16, width: right_width as u16, ..area };
        let style = if app.scanning { theme.progress } else { theme.status };
        screen.render_widget(Line::styled(words::cut(&right, right_width), style), spot);
    }
}

fn left(app: &App, theme: &Theme, room: usize) -> Vec<Span<'static>> {
    if let Some(prompt) = &app.prompt {
        let name = match prompt.kind {
            PromptKind::Filter => " filter: ",
            PromptKind::Search => " search: ",
            PromptKind::Note => " note: ",
            PromptKind::Step => " value: ",
        };
        let hint = match prompt.kind {
            PromptKind::Filter if prompt.text.is_empty() => "words, or modality:ct date:2019",
            _ => "",
        };
        // The end of a long text is where one types.
        let typed = crate::model::shown(&prompt.text).into_owned();
        let space = room.saturating_sub(name.len() + 1);
        let skip = words::width(&typed).saturating_sub(space);
        let tail: String = typed.chars().skip(skip).collect();
        return vec![
            Span::styled(name, theme.status.add_modifier(Modifier::BOLD)),
            Span::styled(tail, theme.status),
            Span::styled(" ", theme.status.add_modifier(Modifier::REVERSED)),
            Span::styled(format!(" {hint}"), theme.status.add_modifier(Modifier::DIM)),
        ];
    }
    if !app.pending.is_empty() {
        let pressed: Vec<String> = app.pending.iter().map(ToString::to_string).collect();
        let mut text = format!(" {} …", pressed.join(" "));
        let next: Vec<_> = app.keymap.continuations(app.context(), &app.pending).into_iter().collect();
        // What all of them begin with says nothing: "write-".
        let start = next.first().and_then(|(_, action)| action.name().split_once('-')).map(|(verb, _)| verb);
        let short = |name: &'static str| start.and_then(|verb| name.strip_prefix(verb)?.strip_prefix('-'));
        let all = next.len() > 1 && next.iter().all(|(_, action)| short(action.name()).is_some());
        for (key, action) in next {
            let name = match action.verdict() {
                // What it says is the user's own word, and there may be fewer than keys.
                Some(number @ 1..) => match app.verdicts.get(number - 1) {
                    Some(verdict) => verdict,
                    None => continue,
                },
                _ => short(action.name()).filter(|_| all).unwrap_or(action.name()),
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "   {key} {name}");
        }
        return vec![Span::styled(words::cut(&text, room), theme.status)];
    }
    if let Some(notice) = &app.notice {
        return vec![Span::styled(words::cut(&format!(" {notice}"), room), theme.status)];
    }
    if let Some(count) = app.count {
        return vec![Span::styled(format!(" {count}"), theme.status)];
    }
    if let Some(text) = app.viewer().and_then(viewer::reading).or(app.volume().and_then(planes::reading)) {
        return vec![Span::styled(words::cut(&format!(" {text}"), room), theme.status)];
    }
    hints(app, theme, room)
}

/// The keys a newcomer needs first, as many as fit.
fn hints(app: &App, theme: &Theme, room: usize) -> Vec<Span<'static>> {
    let is_ct = |viewer: &crate::app::Viewer| app.library.series(viewer.series).facts.modality.raw() == "CT";
    let wanted: &[(Action, &str)] = match (app.context(), app.views.last()) {
        (Context::Everywhere, _) => &[(Action::Close, "close"), (Action::Down, "down"), (Action::Up, "up")],
        (_, Some(View::Viewer(_))) => &[
            (Action::Help, "keys"),
            (Action::Down, "slice"),
            (Action::Right, "series"),
            (Action::Orthogonal, "planes"),
            (Action::Preset2, "lung"),
            (Action::AutoWindow, "auto"),
            (Action::Wider, "window"),
            (Action::ZoomIn, "zoom"),
            (Action::Crosshair, "value"),
            (Action::Tags, "tags"),
            (Action::Close, "back"),
        ],
        (_, Some(View::Volume(_))) => &[
            (Action::Help, "keys"),
            (Action::Down, "slice"),
            (Action::NextPane, "plane"),
            (Action::Orthogonal, "three"),
            (Action::Slab, "slab"),
            (Action::Crosshair, "move point"),
            (Action::ZoomIn, "zoom"),
            (Action::Close, "back"),
        ],
        (_, Some(View::Steps(_))) => &[
            (Action::Help, "keys"),
            (Action::Down, "step"),
            (Action::Right, "slice"),
            (Action::ToggleStep, "on/off"),
            (Action::Open, "value"),
            (Action::AsTutorial, "tutorial"),
            (Action::CopyValue, "copy"),
            (Action::WriteArray, "write"),
            (Action::Wider, "window"),
            (Action::Close, "back"),
        ],
        (_, Some(View::Tags(_))) => &[
            (Action::Help, "keys"),
            (Action::Search, "search"),
            (Action::NextInstance, "next file"),
            (Action::TagRows, "which rows"),
            (Action::ShowValue, "bytes"),
            (Action::ToggleFold, "fold"),
            (Action::Close, "back"),
        ],
        (_, Some(View::Value(_))) => &[
            (Action::Help, "keys"),
            (Action::ShowValue, "text/bytes"),
            (Action::Search, "search"),
            (Action::CopyValue, "copy"),
            (Action::WriteValue, "to a file"),
            (Action::Close, "back"),
        ],
        (_, Some(View::Transcript(_))) => &[
            (Action::Help, "keys"),
            (Action::Search, "search"),
            (Action::Open, "follow"),
            (Action::NextInstance, "next file"),
            (Action::Tags, "tags"),
            (Action::Close, "back"),
        ],
        (_, None) => &[
            (Action::Help, "keys"),
            (Action::Open, "open"),
            (Action::Tags, "tags"),
            (Action::Search, "filter"),
            (Action::ToggleView, "tree/table"),
            (Action::Problems, "problems"),
            (Action::Close, "quit"),
        ],
    };
    // The line has a ground of its own, on which the colour of keys elsewhere may not be readable.
    let key_style = theme.status.add_modifier(Modifier::BOLD);
    let mut spans = vec![Span::styled(" ", theme.status)];
    let mut used = 1;
    // A lung window is for Hounsfield units, and one slice has no other planes.
    let fits = |&(action, _): &(Action, &str)| match (action, app.viewer()) {
        (Action::Preset2, viewer) => viewer.is_some_and(is_ct),
        (Action::Orthogonal, Some(viewer)) => viewer.stack().frames.len() > 1,
        (Action::ShowValue | Action::Search | Action::CopyValue, None) => {
            app.value().and_then(|view| view.open()).is_none_or(|whole| whole.texts.is_some())
        }
        _ => true,
    };
    for &(action, what) in wanted.iter().filter(|hint| fits(hint)) {
        let keys = app.keymap.keys_for(action);
        let Some(key) = keys.split_whitespace().next() else { continue };
        let wide = words::width(key) + words::width(what) + 3;
        if used + wide > room {
            break;
        }
        used += wide;
        spans.push(Span::styled(key.to_owned(), key_style));
        spans.push(Span::styled(format!(" {what}  "), theme.status));
    }
    spans
}

fn progress(app: &App) -> String {
    let counts = app.library.counts;
    let mut parts = vec![];
    if app.mask.is_on() {
        parts.push("masked".to_owned());
    }
    if let Some(Material::Coming(done, all)) = app.volume().map(|view| &view.material) {
        parts.push(format!("volume {} %", done * 100 / all.max(&1)));
    }
    if let Some(Progress::Coming(done, all)) = app.steps().map(|view| &view.progress) {
        parts.push(format!("steps {} %", done * 100 / all.max(&1)));
    }
    if let Some(errand) = app.tags().and_then(|view| view.errand.as_ref()) {
        parts.push(errand.words());
    }
    if let Some(folder) = app.scan.only.as_ref().filter(|_| app.views.is_empty()) {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        parts.push(format!("only {}", crate::model::shown(&name)));
    }
    if app.scanning {
        let state = match (app.scan.paused, app.is_checking()) {
            (true, _) => "paused after",
            (_, true) => "checking",
            _ => "scanning",
        };
        parts.push(format!("{state} {} files", words::grouped(app.files_seen())));
        parts.push(format!("{} DICOM", words::grouped(counts.dicom)));
    } else if app.views.is_empty() {
        parts.push(words::count(app.library.series_count(), "series"));
        parts.push(words::count(counts.dicom as usize, "file"));
        if app.scan.stopped {
            parts.push("scan ended early".to_owned());
        }
        if counts.ignored > 0 {
            parts.push(format!("{} other", words::grouped(counts.ignored)));
        }
    }
    if app.library.review.is_kept && !app.scanning {
        let all = app.library.series_count();
        parts.push(format!(
            "{} of {} reviewed",
            words::grouped(app.reviewed as u64),
            words::grouped(all as u64)
        ));
    }
    if !app.browser.filter.is_empty() && app.views.is_empty() && app.prompt.is_none() {
        parts.push(format!("filter {:?}", app.browser.filter));
    }
    if counts.warned > 0 && app.views.is_empty() {
        parts.push(format!("⚠ {}", words::grouped(counts.warned)));
    }
    if counts.problems > 0 {
        parts.push(format!("! {}", words::count(counts.problems as usize, "problem")));
    }
    if parts.is_empty() { String::new() } else { format!(" {} ", parts.join(" · ")) }
}
