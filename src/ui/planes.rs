//! Planes of a volume: letters around each picture, what it is and how long its ruler is, and the text beside.

use super::{hole, viewer, words};
use crate::{
    app::{
        self, App, Measured, VolumeView, layout,
        volume::{Arrangement, Material, PanePlace, Solid, Together, ruler_length},
    },
    config::{CornerText, Theme},
    imaging::{EdgeLabels, Projection, plane_class},
    model::{Vector, dot},
};
use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    style::Style,
    text::Line,
    widgets::Block,
};
use std::fmt::Write as _;

/// Draws the planes and all that is written about them.
pub(super) fn draw(app: &App, view: &VolumeView, theme: &Theme, screen: &mut Frame<'_>) {
    let area = layout::main_and_status(app.picture_screen()).0;
    screen.render_widget(Block::new().style(theme.image), area);
    let what = "This volume cannot be shown.";
    let panes = app.panes();
    match (&view.material, &view.images.error, view.drawn()) {
        (Material::Refused(why), ..) | (_, Some(why), _) => {
            return viewer::failure(what, &app.mask.sentence(why), theme, area, screen);
        }
        (Material::Coming(done, all), ..) => {
            let line = format!("reading slice {} of {all} …", (done + 1).min(*all));
            let line = Line::styled(line, theme.overlay).alignment(Alignment::Center);
            let place = panes.first().map_or(area, |pane| pane.area);
            let spot = Rect { y: place.y + place.height / 2, height: place.height.min(1), ..place };
            screen.render_widget(line, spot);
        }
        (Material::Here(_), None, Some(drawn)) => hole::draw_cells(drawn, screen.buffer_mut()),
        (Material::Here(_), None, None) => {
            let line = Line::styled("…", theme.overlay).alignment(Alignment::Center);
            let spot = Rect { y: area.y + area.height / 2, height: area.height.min(1), ..area };
            screen.render_widget(line, spot);
        }
    }
    for pane in panes.iter().filter(|_| view.body().is_some()) {
        label(app, view, pane, theme, screen);
    }
    text(app, view, &panes, theme, screen);
}

/// The name of a plane, its letters and the length of its ruler, in the cells around its picture.
fn label(app: &App, view: &VolumeView, pane: &PanePlace, theme: &Theme, screen: &mut Frame<'_>) {
    let (area, picture) = (pane.area, pane.picture);
    if area == picture {
        return;
    }
    let mut put = |text: &str, x: u16, y: u16, style: Style| {
        let spot = Rect { x, y, width: words::width(text) as u16, height: 1 };
        // Never over the picture, and never half a word.
        if spot.intersection(area) == spot && spot.intersection(picture).is_empty() {
            screen.render_widget(Line::styled(text.to_owned(), style), spot);
        }
    };
    let wide = |text: &str| words::width(text) as u16;
    let labels = EdgeLabels::of_plane(&pane.cut.orientation);
    let (middle, across) = (picture.x + picture.width / 2, picture.y + picture.height / 2);
    let (above, below) = (picture.y.saturating_sub(1), picture.bottom());
    put(&labels.top, middle.saturating_sub(wide(&labels.top) / 2), above, theme.letters);
    put(&labels.bottom, middle.saturating_sub(wide(&labels.bottom) / 2), below, theme.letters);
    put(
        &labels.left,
        (picture.x.saturating_sub(1)).saturating_sub(wide(&labels.left)),
        across,
        theme.letters,
    );
    put(&labels.right, picture.right() + 1, across, theme.letters);

    let title = title(app, view, pane);
    let active = match view.arrangement {
        _ if view.is_sheet() => holds(pane, view.point),
        _ if view.is_beside() => pane.second == view.second,
        _ => pane.side == view.active,
    };
    let style = if active { theme.crosshair } else { theme.overlay };
    let room = usize::from(middle.saturating_sub(area.x + wide(&labels.top)));
    put(&words::cut(&title, room), area.x + 1, above, style);
    if let Some(length) = ruler_length(pane) {
        let text = if length < 10.0 {
            format!("{length} mm")
        } else {
            format!("{} cm", app::short(length / 10.0, 1))
        };
        put(&text, area.x + 1, below, theme.overlay);
    }
}

/// What a plane is called, and where it is.
fn title(app: &App, view: &VolumeView, pane: &PanePlace) -> String {
    match view.arrangement {
        _ if view.is_sheet() => format!("{}", view.slice_of(pane.point) + 1),
        Arrangement::Turned(Solid::Largest) => "MIP of all".to_owned(),
        Arrangement::Turned(_) => {
            let threshold = view.surface_threshold().unwrap_or_default();
            format!("surface at {}", view.images.told_here().text(threshold))
        }
        _ => {
            let series = match &view.beside {
                Some(beside) if pane.second => {
                    format!("{} ", app.mask.words(app.library.label(beside.images.series).raw()))
                }
                _ => String::new(),
            };
            let plane = plane_class(&pane.cut.orientation);
            format!("{series}{plane} {}", depth(&pane.cut.normal(), pane.point))
        }
    }
}

/// True if the point is in this plane, and not only in the one beside it.
fn holds(pane: &PanePlace, point: Vector) -> bool {
    let (.., before) = pane.cut.find(point);
    before.abs() < 1e-3
}

/// Where a plane is along its normal: towards which side of the patient, and how far.
fn depth(normal: &Vector, point: Vector) -> String {
    const SIDES: [[&str; 2]; 3] = [["L", "R"], ["P", "A"], ["H", "F"]];
    let axis = (0..3).max_by(|&a, &b| normal[a].abs().total_cmp(&normal[b].abs())).unwrap_or(0);
    if normal[axis].abs() > 0.999 {
        let [positive, negative] = SIDES[axis];
        let side = if point[axis] < 0.0 { negative } else { positive };
        return format!("{side} {:.1} mm", point[axis].abs());
    }
    format!("at {:.1} mm", dot(*normal, point))
}

/// Who and what this is above, how it is shown below.
fn text(app: &App, view: &VolumeView, panes: &[PanePlace], theme: &Theme, screen: &mut Frame<'_>) {
    let three = view.arrangement == Arrangement::Three && !view.is_beside();
    let area = layout::volume(app.picture_screen(), three, view.images.corners == CornerText::None).text;
    if area.width < 12 || view.images.corners == CornerText::None {
        return;
    }
    let mut above = vec![];
    if view.images.corners == CornerText::Full {
        above.extend(viewer::patient_lines(app, &view.images));
        above.extend(viewer::study_lines(app, &view.images));
    }
    let warnings = warnings(view);
    let mut below: Vec<(String, Style)> = warnings.into_iter().map(|line| (line, theme.notice)).collect();
    below.extend(shown_lines(app, view, panes).into_iter().map(|line| (line, theme.overlay)));
    let room = usize::from(area.height);
    let last = below.len().saturating_sub(room);
    let below = &below[last..];
    let mut put = |row: u16, line: &str, style: Style| {
        let line = words::cut(line, usize::from(area.width.saturating_sub(2)));
        let spot = Rect { x: area.x + 1, y: area.y + row, width: words::width(&line) as u16, height: 1 };
        screen.render_widget(Line::styled(line, style), spot.intersection(area));
    };
    for (row, line) in above.iter().take(room.saturating_sub(below.len() + 1)).enumerate() {
        put(row as u16, line, theme.overlay);
    }
    let first = area.height - below.len() as u16;
    for (row, (line, style)) in below.iter().enumerate() {
        put(first + row as u16, line, *style);
    }
}

/// What a careful reader must not overlook.
fn warnings(view: &VolumeView) -> Vec<String> {
    let mut lines = vec![];
    let stack = view.images.stack();
    if let Some(body) = view.body().filter(|body| !body.assembled.missing.is_empty()) {
        lines.push(format!("⚠ {} slices empty", body.assembled.missing.len()));
    }
    if !view.geometry.is_even() {
        lines.push("⚠ uneven spacing: resampled".to_owned());
    }
    if stack.tilt > 0.1 {
        lines.push(format!("⚠ tilted by {}°: resampled", app::short(stack.tilt, 1)));
    }
    lines
}

/// How it is shown.
fn shown_lines(app: &App, view: &VolumeView, panes: &[PanePlace]) -> Vec<String> {
    let mut lines = vec![];
    let [slices, rows, columns] = view.geometry.shape;
    let spacing = view.geometry.spacing;
    lines.push(format!("{columns} x {rows} x {slices} voxels"));
    lines.push(format!(
        "{} x {} x {} mm",
        app::short(spacing.column, 2),
        app::short(spacing.row, 2),
        app::short(view.geometry.slice_distance(), 2)
    ));
    let axes = if view.upright { "axes of the patient" } else { "axes of the stack" };
    lines.push(axes.to_owned());
    // What is turned is the whole volume.
    let turned = matches!(view.arrangement, Arrangement::Turned(_));
    if let Some(slab) = view.slab().filter(|_| !turned) {
        let name = match slab.projection {
            Projection::Largest => "MIP",
            Projection::Smallest => "MinIP",
            Projection::Mean => "mean",
        };
        lines.push(format!("{name} of {} mm", app::short(slab.thickness, 1)));
    }
    // How large a millimetre is drawn says nothing; how large a voxel is, does.
    let zoom = panes.first().map(|pane| {
        let (across, _) = pane.fineness();
        spacing.column / (pane.cut.pixel * across)
    });
    if view.images.stacks.len() > 1 {
        let stack = view.images.stack();
        let (at, all) = (view.images.stack + 1, view.images.stacks.len());
        lines.push(format!("stack {at}/{all} {}", stack.label).trim_end().to_owned());
    }
    if let Some(beside) = &view.beside {
        let palette = beside.images.palette;
        let how = match view.together {
            Together::Apart => format!("beside it {palette}"),
            Together::Over => format!("over it {} % {palette}", beside.opacity),
            Together::Difference => "less the other series".to_owned(),
        };
        let state = match &beside.material {
            Material::Coming(done, all) => format!(" {} %", done * 100 / all.max(&1)),
            Material::Here(_) => String::new(),
            Material::Refused(why) => format!(": {}", crate::model::shown(&app.mask.sentence(why))),
        };
        lines.push(how + &state);
        let told = view.other_window().zip(view.other_told());
        if let Some((window, told)) = told.filter(|_| !view.is_difference()) {
            lines.push(format!("its {}", viewer::window_text(window, &told)));
        }
        if view.linked {
            lines.push("one window".to_owned());
        }
    }
    lines.extend(app.kept_lines());
    lines.extend(view.measured().iter().flat_map(Measured::lines));
    let mut window = viewer::window_lines(&view.images, zoom);
    if view.is_difference() {
        // That of the first series does not show here.
        window.pop();
        let shown = view.images.shown.as_ref().and_then(|drawn| drawn.voi.window());
        // It is around what is told, and not around what is in the file.
        let told = app::Told { times: 1.0, ..view.images.told_here() };
        window.extend(shown.map(|window| format!("{} difference", viewer::window_text(window, &told))));
    }
    lines.extend(window);
    if view.images.cine.running {
        lines.push(format!("▶ {} frames/s", app::short(view.images.cine.fps, 1)));
    }
    let (slice, count) = view.slice();
    lines.push(format!("{}/{count}", slice + 1));
    lines
}

/// What the voxel at the crossing says, for the status line.
pub(super) fn reading(view: &VolumeView) -> Option<String> {
    let ([slice, row, column], value) = view.value()?;
    let unit = view.body()?.assembled.volume.unit();
    let mut text = match value {
        Some(value) => viewer::value_text(&view.images, value, unit),
        None => "no value".to_owned(),
    };
    if let Some((other, beside)) =
        view.other().zip(view.beside.as_ref()).filter(|_| view.own_slices().is_none())
    {
        let volume = &other.assembled.volume;
        let value = volume.sample(view.point, true);
        let value = value.map(|value| viewer::value_text(&beside.images, value, volume.unit()));
        // Writing to a String cannot fail.
        let _ = match (view.difference_at_point(), value) {
            (Some(difference), _) => write!(text, "  difference {}", app::short(difference, 3)),
            (None, Some(value)) => write!(text, "  other {value}"),
            (None, None) => write!(text, "  other: no value"),
        };
    }
    let [x, y, z] = view.point;
    let _ = write!(text, "  column {column} row {row} slice {}  ({x:.1}, {y:.1}, {z:.1}) mm", slice + 1);
    Some(text)
}
