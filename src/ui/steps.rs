//! The steps of the pipeline as a table, the slice that one of them has made, and the command that does the same.

use super::{hole, viewer, words};
use crate::{
    app::{self, App, StepsView, steps::Progress},
    config::Theme,
    imaging::steps::Interpolation,
    work::{Made, Recipe, Step, said_millimetres},
};
use ratatui::{
    Frame,
    layout::{Alignment, Rect},
    style::Style,
    text::Line,
    widgets::{Block, Paragraph, Wrap},
};
use std::cmp::Ordering;

/// Columns of the table with their widths, the most important first; all but the first are right-aligned.
const COLUMNS: [(&str, usize); 8] = [
    ("step", 21),
    ("shape z·y·x", 11),
    ("mean", 7),
    ("least", 7),
    ("most", 6),
    ("SD", 6),
    ("mm z·y·x", 14),
    ("unit", 5),
];

/// Draws the table, the picture and the command; the histogram is drawn as every plot is.
pub(super) fn draw(app: &App, view: &StepsView, theme: &Theme, screen: &mut Frame<'_>) {
    let places = app.steps_places();
    table(view, theme, places.table, screen);
    let below = places.picture.union(places.chart);
    let band = Rect { x: places.table.x, width: places.table.width, ..below };
    screen.render_widget(Block::new().style(theme.image), band);
    match (&view.progress, &view.images.error, &view.images.shown) {
        (Progress::Refused(why), ..) | (_, Some(why), _) => {
            viewer::failure("This step cannot be shown.", &app.mask.sentence(why), theme, band, screen);
        }
        (Progress::Coming(done, all), ..) => {
            let line = match done.cmp(all) {
                Ordering::Less => format!("reading slice {} of {all} …", done + 1),
                _ => "computing …".to_owned(),
            };
            let spot = Rect { y: band.y + band.height / 2, height: band.height.min(1), ..band };
            screen.render_widget(Line::styled(line, theme.overlay).alignment(Alignment::Center), spot);
        }
        (Progress::Here(_), None, Some(drawn)) => hole::draw_cells(drawn, screen.buffer_mut()),
        (Progress::Here(_), None, None) => {}
    }
    let command = Paragraph::new(app.steps_command()).style(theme.dim).wrap(Wrap { trim: true });
    let inside =
        Rect { x: places.command.x + 1, width: places.command.width.saturating_sub(2), ..places.command };
    screen.render_widget(command, inside.intersection(places.command));
}

/// One row for each step, and a line that says more of the one under the cursor.
fn table(view: &StepsView, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let mut put = |row: u16, text: &str, style: Style| {
        let spot = Rect { y: area.y + row, height: 1, ..area };
        let text = words::left(&format!(" {text}"), usize::from(area.width));
        screen.render_widget(Line::styled(text, style), spot.intersection(area));
    };
    let columns = fitting(usize::from(area.width.saturating_sub(2)));
    put(0, &line(&columns, |column| COLUMNS[column].0.to_owned()), theme.heading);
    for (row, step) in Step::ALL.into_iter().enumerate() {
        let made = view.rehearsed().and_then(|rehearsed| rehearsed.made(step));
        let text = line(&columns, |column| cell(view, step, made, column));
        let style = match (row == view.at, step.is_in(&view.recipe)) {
            (true, _) => theme.selection,
            (false, true) => theme.text,
            (false, false) => theme.dim,
        };
        put(row as u16 + 1, &text, style);
    }
    let foot = Step::ALL.len() as u16 + 1;
    match part(view) {
        Some(warning) => put(foot, &format!("{warning} · {}", about(view)), theme.notice),
        None => put(foot, &about(view), theme.dim),
    }
}

/// The columns that there is room for, in their order on the screen.
fn fitting(width: usize) -> Vec<usize> {
    let mut used = 0;
    let mut columns: Vec<usize> = (0..COLUMNS.len())
        .take_while(|&column| {
            used += COLUMNS[column].1 + usize::from(column > 0);
            used <= width || column == 0
        })
        .collect();
    // Extents before values: shape, mm, unit, least, mean, greatest, SD.
    columns.sort_by_key(|&column| [0, 1, 5, 4, 6, 7, 2, 3][column]);
    columns
}

fn line(columns: &[usize], cell: impl Fn(usize) -> String) -> String {
    let aligned = |&column: &usize| match column {
        0 => words::left(&cell(0), COLUMNS[0].1),
        column => words::right(&cell(column), COLUMNS[column].1),
    };
    columns.iter().map(aligned).collect::<Vec<_>>().join(" ")
}

fn cell(view: &StepsView, step: Step, made: Option<&Made>, column: usize) -> String {
    if column == 0 {
        return format!("{} {}", if step.is_in(&view.recipe) { '●' } else { '○' }, name(&view.recipe, step));
    }
    let Some(made) = made else {
        let coming = matches!(view.progress, Progress::Coming(..)) && step.is_in(&view.recipe);
        return if coming { "…".to_owned() } else { String::new() };
    };
    let seen = &made.seen;
    // Values of a network's input are told by their third digit, those of a scanner by their first.
    let digits = |value: f64| match seen.max - seen.min {
        extent if extent < 20.0 => 3,
        _ => usize::from(value.abs() < 1000.0),
    };
    let number =
        |value: Option<f64>| value.map_or_else(String::new, |value| app::short(value, digits(value)));
    let some = seen.count > 0;
    match column {
        1 => made.shape.map(|size| size.to_string()).join("·"),
        2 => number(seen.mean()),
        3 => number(some.then_some(seen.min)),
        4 => number(some.then_some(seen.max)),
        5 => number(seen.deviation()),
        6 => made.spacing.map_or_else(String::new, |mm| mm.map(|mm| app::short(mm, 2)).join("·")),
        _ => crate::model::shown(&made.unit).into_owned(),
    }
}

/// What a step is called, with its value.
fn name(recipe: &Recipe, step: Step) -> String {
    let how = match (recipe.tutorial, recipe.interpolation) {
        (false, Interpolation::Linear) => "linear",
        _ => "cubic",
    };
    match step {
        Step::Stored => "stored values".to_owned(),
        Step::Units if recipe.tutorial => "units, in 16 bits".to_owned(),
        Step::Units => "units".to_owned(),
        Step::Resample => recipe
            .resample
            .map_or_else(|| "resample".to_owned(), |mm| format!("resample {} {how}", said_millimetres(mm))),
        Step::Lungs => match recipe.lungs {
            None => "lungs".to_owned(),
            Some(true) => "lungs, filled".to_owned(),
            Some(false) => "lungs, air only".to_owned(),
        },
        Step::Crop => {
            recipe.crop.map_or_else(|| "crop".to_owned(), |voxels| format!("crop, {voxels} around"))
        }
        Step::Normalise => recipe
            .normalise
            .map_or_else(|| "normalise".to_owned(), |(low, high)| format!("normalise {low},{high}")),
        Step::ZeroCentre => {
            recipe.zero_centre.map_or_else(|| "zero-centre".to_owned(), |mean| format!("zero-centre {mean}"))
        }
    }
}

/// That only a part of the stack was taken, if so.
fn part(view: &StepsView) -> Option<String> {
    let rehearsed = view.rehearsed()?;
    let all = view.target.slices.len();
    let part = &rehearsed.part;
    (part.len() < all).then(|| {
        let (first, last) = (part.start + 1, part.end);
        format!("⚠ only slices {first} to {last} of {all} fit into --memory")
    })
}

/// What the step does, and which slice of it is seen how.
fn about(view: &StepsView) -> String {
    let what = match view.step() {
        step if !step.is_in(&view.recipe) => "left out: seen is what it would begin with",
        Step::Stored => "as in the files",
        Step::Units if view.recipe.tutorial => "stored -2000 as 0; products cut towards zero",
        Step::Units => "each slice by its own rescale; padding becomes air",
        Step::Resample if view.recipe.tutorial => "cubic splines, corners aligned, whole numbers",
        Step::Resample => "voxel centres from the first to the last",
        Step::Lungs => "air below -320 HU, not around the patient, largest part",
        Step::Crop => "box around the lungs, or else the body",
        Step::Normalise => "the bounds become 0 and 1, the rest is cut off",
        Step::ZeroCentre => "the mean is subtracted",
    };
    let mut parts = vec![];
    if let Some((slice, count)) = view.slice() {
        parts.push(format!("{}/{count}", slice + 1));
    }
    if let Some((voxels, Some(ml))) =
        view.rehearsed().and_then(|rehearsed| rehearsed.lung_volume()).filter(|_| view.step() == Step::Lungs)
    {
        parts.push(format!("{} voxels, {} ml", words::grouped(voxels), app::short(ml, 1)));
    }
    parts.extend(viewer::window_lines(&view.images, None));
    parts.push(what.to_owned());
    parts.join(" · ")
}
