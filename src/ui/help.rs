//! The keys of a view, straight from the table that also dispatches them.

use super::{panel, words};
use crate::{
    app::{App, Context, Group, layout},
    config::Theme,
};
use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::Paragraph,
};

/// Draws the keys that apply in `context`, from line `scroll` on.
pub(super) fn draw(app: &App, context: Context, scroll: usize, theme: &Theme, screen: &mut Frame<'_>) {
    let lines = lines(app, context, theme);
    let area = layout::middle(app.main_area(), 92, lines.len() as u16 + 2);
    let title = format!(" Keys {} ", context.name());
    let inside = panel::draw(area, title, " q closes · j k scroll ", theme, screen);
    let last = lines.len().saturating_sub(usize::from(inside.height));
    let shown: Vec<Line<'_>> = lines.into_iter().skip(scroll.min(last)).collect();
    screen.render_widget(Paragraph::new(shown), inside);
}

fn lines(app: &App, context: Context, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![];
    let keys = app.keymap.keys_in(context);
    let of = |group: Group| keys.iter().filter(move |(action, _)| action.group() == group);
    // Whoever asks here wants the keys that are new here; those that hold everywhere come last.
    let mut groups: Vec<Group> =
        Group::ALL.iter().copied().filter(|&group| of(group).next().is_some()).collect();
    groups.sort_by_key(|&group| group == Group::General);
    for group in groups {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(format!(" {}", group.title()), theme.heading));
        for (action, keys) in of(group) {
            let help = match action.preset().and_then(|digit| app.presets.get(&digit)) {
                Some(preset) => {
                    format!("{}: centre {}, width {}.", preset.name, preset.center, preset.width)
                }
                None => action.help().to_owned(),
            };
            lines.push(Line::from(vec![
                Span::styled(format!("   {} ", words::left(keys, 18)), theme.key),
                Span::styled(help, theme.text),
            ]));
        }
        if group == Group::Moving && context == Context::Viewer {
            lines.push(Line::from(vec![
                Span::styled(format!("   {} ", words::left("42 G", 18)), theme.key),
                Span::styled("Go to slice 42.", theme.text),
            ]));
        }
    }
    if context == Context::Viewer {
        lines.push(Line::default());
        lines.push(Line::styled(
            " Mouse: wheel slices, Ctrl-wheel zooms, left drag windows, middle drag pans, a click reads a pixel.",
            theme.dim,
        ));
    }
    if context == Context::Steps {
        lines.push(Line::default());
        let what = " j k go from step to step, l h and the wheel from slice to slice; W n writes what the steps make.";
        lines.push(Line::styled(what, theme.dim));
    }
    if context == Context::Volume {
        lines.push(Line::default());
        lines.push(Line::styled(
            " Mouse: wheel slices, Ctrl-wheel zooms, left moves the point, middle pans, right windows.",
            theme.dim,
        ));
    }
    lines
}
