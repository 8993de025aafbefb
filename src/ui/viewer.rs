//! The viewer: the picture, letters on its edges, text in its corners, a point that is read.

use super::{crosshair, hole, sheet, words};
use crate::{
    app::{self, App, Framing, Told, Viewer, layout},
    config::{CornerText, Theme},
    imaging::{self, Reading},
    model::{SpacingSource, Stack, Text, VoiLut, Window, shown},
};
use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    text::Line,
    widgets::{Block, Paragraph, Wrap},
};
use std::fmt::Write as _;

/// Draws the viewer around its picture.
pub(super) fn draw(app: &App, viewer: &Viewer, theme: &Theme, screen: &mut Frame<'_>) {
    if viewer.sheet.is_some() {
        return sheet::draw(app, viewer, theme, screen);
    }
    let area = layout::main_and_status(app.picture_screen()).0;
    screen.render_widget(Block::new().style(theme.image), area);
    let framing = viewer.framing(app.viewer_area(), app.canvas);
    match (&viewer.error, &viewer.shown) {
        (Some(why), _) => {
            failure("This slice cannot be shown.", &app.mask.sentence(why), theme, area, screen);
        }
        (None, Some(drawn)) => hole::draw_cells(drawn, screen.buffer_mut()),
        (None, None) => {
            let line = Line::styled("loading …", theme.overlay).alignment(Alignment::Center);
            screen.render_widget(
                line,
                Rect { y: area.y + area.height / 2, height: area.height.min(1), ..area },
            );
        }
    }
    if let (Some(framing), None) = (&framing, &viewer.error) {
        letters(viewer, framing, area, theme, screen);
        crosshair::draw(viewer, framing, app.canvas.under_text, theme, area, screen);
    }
    corners(app, viewer, framing.as_ref(), theme, area, screen);
}

pub(super) fn failure(what: &str, why: &str, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let inside = layout::middle(area, area.width.saturating_sub(8).min(70), area.height.min(6));
    let text = format!("{what}\n\n{}", crate::model::shown(why));
    let paragraph = Paragraph::new(text).style(theme.notice).alignment(Alignment::Center);
    screen.render_widget(paragraph.wrap(Wrap { trim: true }), inside);
}

/// One to three letters at each edge of the place for the picture, where they stay while one zooms.
fn letters(viewer: &Viewer, framing: &Framing, all: Rect, theme: &Theme, screen: &mut Frame<'_>) {
    let Some(labels) = viewer.shown.as_ref().and_then(|drawn| drawn.facts.letters.clone()) else { return };
    let labels = labels.turned(viewer.turn);
    if viewer.corners == CornerText::None {
        return;
    }
    let place = framing.area;
    let middle = (place.x + place.width / 2, place.y + place.height / 2);
    let mut put = |text: &str, x: Option<u16>, y: Option<u16>| {
        let (Some(x), Some(y)) = (x, y) else { return };
        let spot = Rect { x, y, width: words::width(text) as u16, height: 1 };
        if spot.intersection(all) == spot && spot.intersection(place).is_empty() {
            screen.render_widget(Line::styled(text.to_owned(), theme.letters), spot);
        }
    };
    let wide = |text: &str| words::width(text) as u16;
    let centered = |text: &str| middle.0.checked_sub(wide(text) / 2);
    put(&labels.top, centered(&labels.top), place.y.checked_sub(1));
    put(&labels.bottom, centered(&labels.bottom), Some(place.bottom()));
    put(&labels.left, place.x.checked_sub(wide(&labels.left) + 1), Some(middle.1));
    put(&labels.right, Some(place.right() + 1), Some(middle.1));
}

/// Corner text: patient top left, study top right, picture bottom left, slice bottom right.
fn corners(
    app: &App,
    viewer: &Viewer,
    framing: Option<&Framing>,
    theme: &Theme,
    area: Rect,
    screen: &mut Frame<'_>,
) {
    if viewer.corners == CornerText::None || area.width < 20 || area.height < 6 {
        return;
    }
    let full = viewer.corners == CornerText::Full;
    let (top_left, top_right) =
        if full { (patient_lines(app, viewer), study_lines(app, viewer)) } else { (vec![], vec![]) };
    let mut bottom_left = notices(app, viewer, framing);
    let notices = bottom_left.len();
    if full {
        bottom_left.extend(geometry_lines(viewer));
    }
    bottom_left.extend(app.kept_lines());
    bottom_left.extend(window_lines(viewer, framing.map(Framing::magnification)));
    let bottom_right = slice_lines(app, viewer, full);
    let room = usize::from(area.height);
    let mut write = |lines: Vec<String>, top: bool, left: bool, warned: usize| {
        let count = lines.len().min(room / 2);
        // What is nearest to the edge is what matters most.
        let first = if top { 0 } else { lines.len() - count };
        for (i, line) in lines.iter().skip(first).take(count).enumerate() {
            let y = if top { area.y + i as u16 } else { area.bottom() - (count - i) as u16 };
            let beside =
                framing.map(|framing| framing.area).filter(|place| y >= place.y && y < place.bottom());
            let width = match beside {
                Some(place) if left => place.x.saturating_sub(area.x + 2),
                Some(place) => area.right().saturating_sub(place.right() + 2),
                None => (area.width / 2).saturating_sub(3),
            };
            // Half a word in a narrow strip says less than nothing.
            if width < 16 && words::width(line) > usize::from(width) {
                continue;
            }
            let text = words::cut(line, usize::from(width));
            let wide = words::width(&text) as u16;
            let x = if left { area.x + 1 } else { area.right().saturating_sub(wide + 1) };
            let style = if first + i < warned { theme.notice } else { theme.overlay };
            let spot = Rect { x, y, width: wide, height: 1 }.intersection(area);
            screen.render_widget(Line::styled(text, style), spot);
        }
    };
    write(top_left, true, true, 0);
    write(top_right, true, false, 0);
    write(bottom_left, false, true, notices);
    write(bottom_right, false, false, 0);
}

fn filled(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
}

pub(super) fn patient_lines(app: &App, viewer: &Viewer) -> Vec<String> {
    let study = app.library.study(app.library.series(viewer.series).study);
    let patient = app.library.patient(study.patient);
    filled([
        app.mask.person(&patient.name()),
        app.mask.id(&patient.id),
        [app.mask.birth(&patient.birth_date, &study.date), patient.sex.to_string()]
            .join(" ")
            .trim()
            .to_owned(),
    ])
}

pub(super) fn study_lines(app: &App, viewer: &Viewer) -> Vec<String> {
    let series = app.library.series(viewer.series);
    let study = app.library.study(series.study);
    let facts = &series.facts;
    let number = if facts.number.is_empty() { String::new() } else { format!("#{} ", facts.number) };
    let time = if app.mask.is_on() { String::new() } else { app::iso_time(study.time.raw()) };
    filled([
        app.mask.id(&facts.institution),
        app.mask.words(study.description.raw()),
        [app.mask.day(&app.library, series.study, &study.date), time].join(" ").trim().to_owned(),
        format!("{}  {number}{}", facts.modality, app.mask.words(app.library.label(viewer.series).raw())),
        app.mask.words(facts.kernel.raw()),
        app.library.opinion(viewer.series).map_or_else(String::new, |said| {
            format!("{} {}", shown(&said.verdict), app.mask.words(&said.note)).trim().to_owned()
        }),
    ])
}

/// What a careful reader must not overlook.
fn notices(app: &App, viewer: &Viewer, framing: Option<&Framing>) -> Vec<String> {
    let stack = viewer.stack();
    let mut lines = vec![];
    if let Some(drawn) = &viewer.shown {
        lines.extend(drawn.facts.notes.iter().map(|note| format!("⚠ {}", app.mask.sentence(note))));
    }
    if !stack.uniform {
        lines.push(match gap_after(stack, viewer.slice) {
            Some((missing, distance)) => format!("⚠ gap {distance} mm: {missing} missing"),
            None => gaps(stack),
        });
    }
    if stack.leans {
        lines.push(format!("⚠ tilted by {}°", app::short(stack.tilt, 1)));
    }
    if stack.is_unplaced() {
        lines.push("⚠ no positions".to_owned());
    }
    let uncertain = stack.form.spacing.is_some_and(|spacing| spacing.source == SpacingSource::Detector);
    if uncertain && framing.is_some() {
        lines.push("⚠ detector mm".to_owned());
    }
    lines
}

/// Where slices are missing in a stack, if that is what makes it uneven.
fn gaps(stack: &Stack) -> String {
    let after: Vec<usize> =
        (0..stack.depths.len()).filter(|&slice| gap_after(stack, slice).is_some()).collect();
    match after.as_slice() {
        [] => "⚠ uneven spacing".to_owned(),
        [slice] => format!("⚠ gap after {}", slice + 1),
        [first, ..] => format!("⚠ {} gaps, first after {}", after.len(), first + 1),
    }
}

/// Slices missing after one of a stack, and the distance to the next.
fn gap_after(stack: &Stack, slice: usize) -> Option<(usize, String)> {
    let (here, next) = (stack.depths.get(slice)?, stack.depths.get(slice + 1)?);
    let (distance, step) = (next - here, stack.step?);
    if step <= 0.0 || distance <= 1.5 * step {
        return None;
    }
    Some(((distance / step).round() as usize - 1, app::short(distance, 2)))
}

fn geometry_lines(viewer: &Viewer) -> Vec<String> {
    let stack = viewer.stack();
    let form = &stack.form;
    let spacing = form.spacing.map_or_else(String::new, |spacing| match spacing.source {
        SpacingSource::AspectOnly => String::new(),
        _ if (spacing.row - spacing.column).abs() < 5e-4 => format!("{} mm", app::short(spacing.row, 3)),
        _ => format!("{} x {} mm", app::short(spacing.row, 3), app::short(spacing.column, 3)),
    });
    let syntax = crate::model::uid_label(form.transfer_syntax.raw()).unwrap_or("").to_owned();
    filled([format!("{} x {}", form.columns, form.rows), spacing, syntax])
}

/// A value as it is told, and as the file has it; or why it is told so.
pub(super) fn value_text(viewer: &Viewer, value: f64, unit: &Text) -> String {
    let told = viewer.told(unit.raw());
    let plain = format!("{} {unit}", app::short(value, 3)).trim_end().to_owned();
    if told != Told::plain(unit.raw()) {
        return format!("{}  {plain}", told.text(value));
    }
    match viewer.no_uptake() {
        Some(why) => format!("{plain}  {}", shown(&why.to_string())),
        None => plain,
    }
}

/// A window in numbers.
pub(super) fn window_text(window: Window, told: &Told) -> String {
    let (center, width) = (window.center * told.times, window.width * told.times);
    let (digits, unit) = (if width < 20.0 { 2 } else { 0 }, shown(&told.unit));
    let text = if window.is_step() {
        format!("> {} {unit}", app::short(center, 2))
    } else {
        format!("C {} W {} {unit}", app::short(center, digits), app::short(width, digits))
    };
    text.trim_end().to_owned()
}

pub(super) fn window_lines(viewer: &Viewer, zoom: Option<f64>) -> Vec<String> {
    let Some(drawn) = &viewer.shown else { return vec![] };
    let name = viewer.contrast_name();
    let window = match &drawn.voi {
        VoiLut::Window { window, .. } => window_text(*window, &viewer.told_here()),
        VoiLut::Table { .. } => format!("table {}", drawn.facts.unit),
    };
    let first = if drawn.facts.gray { format!("{window} {name}") } else { "colour".to_owned() };
    let zoom = zoom.map_or_else(String::new, |zoom| format!("{:.0} %", zoom * 100.0));
    let mut second = vec![zoom];
    if viewer.invert {
        second.push("inverted".to_owned());
    }
    if viewer.colors == imaging::Colors::Grey {
        second.push("grey".to_owned());
    }
    if viewer.turn != imaging::Turn::default() {
        second.push("turned".to_owned());
    }
    if viewer.palette != imaging::Palette::Gray {
        second.push(viewer.palette.to_string());
    }
    if !viewer.smooth {
        second.push("pixels".to_owned());
    }
    filled([second.join("  "), first.trim().to_owned()])
}

fn slice_lines(app: &App, viewer: &Viewer, full: bool) -> Vec<String> {
    let stack = viewer.stack();
    let mut lines = vec![];
    if full {
        if let Some(orientation) = &stack.orientation {
            lines.push(imaging::plane_class(orientation));
        }
        if let Some(thickness) = stack.form.thickness {
            let step = stack.step.map_or_else(String::new, |step| format!("  Δz {}", app::short(step, 2)));
            lines.push(format!("thick {} mm{step}", app::short(thickness, 2)));
        }
        if let Some(depth) = stack.depths.get(viewer.slice) {
            lines.push(format!("at {} mm", app::short(*depth, 1)));
        }
        if let Some(number) = app.library.instance(viewer.key().instance).number {
            lines.push(format!("image number {number}"));
        }
    }
    if viewer.stacks.len() > 1 {
        let label = if stack.label.is_empty() { String::new() } else { format!("  {}", stack.label) };
        lines.push(format!("stack {}/{}{label}", viewer.stack + 1, viewer.stacks.len()));
    }
    if viewer.cine.running {
        lines.push(format!("▶ {} frames/s", app::short(viewer.cine.fps, 1)));
    }
    lines.push(format!("{}/{}", viewer.slice + 1, stack.frames.len()));
    lines
}

/// What the pixel under the crosshair says, for the status line.
pub(super) fn reading(viewer: &Viewer) -> Option<String> {
    let (row, column) = viewer.crosshair?;
    let frame = viewer.shown_values()?;
    let Reading { stored, value, padding, rgb, position, .. } = imaging::read(frame, row, column)?;
    let measured = viewer.measured().map(|measured| measured.lines().join("  ") + " · ");
    let mut text = format!("{}column {column} row {row}  ", measured.unwrap_or_default());
    // Writing to a String cannot fail.
    if let Some([r, g, b]) = rgb {
        let _ = write!(text, "rgb {r} {g} {b}");
    }
    if let (Some(stored), Some(value)) = (stored, value) {
        let value = if padding { "padding".to_owned() } else { value_text(viewer, value, &frame.unit) };
        let _ = write!(text, "{value}  stored {}", app::short(stored, 3));
    }
    if let Some([x, y, z]) = position {
        let _ = write!(text, "  ({x:.1}, {y:.1}, {z:.1}) mm");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        graphics::{CellSize, Protocol, blocks::Shape},
        imaging::{Turn, Viewport},
        model::Form,
        work::Canvas,
    };

    #[test]
    fn characters_magnify_as_much_as_pixels_in_the_same_place() {
        let form = Form { rows: 256, columns: 256, ..Form::default() };
        let times = |protocol| {
            let canvas = Canvas { protocol, cell: CellSize::new(10, 20), ..Canvas::UNKNOWN };
            let area = Rect::new(0, 0, 51, 26);
            Framing::new(&form, Turn::default(), Viewport::default(), area, canvas).unwrap().magnification()
        };

        let sharp = times(Protocol::Sixel);
        assert!((1.9..2.1).contains(&sharp), "{sharp}");
        for shape in Shape::ALL {
            let coarse = times(Protocol::Blocks(shape));
            assert!((coarse - sharp).abs() < 0.1, "{shape:?}: {coarse}");
        }
    }
}
