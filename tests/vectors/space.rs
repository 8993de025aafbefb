//! Where pixels lie in the patient, and on the screen.

use super::{assert_near, cases, file::Made};
use serde::Deserialize;
use topogram::{
    imaging::{EdgeLabels, Fit, Viewport, plane_class, read},
    model::{Library, Orientation, SeriesId},
};

#[derive(Deserialize)]
struct Place {
    id: String,
    position: Vec<f64>,
    orientation: Vec<f64>,
    spacing: Vec<f64>,
    row: usize,
    column: usize,
    located: Vec<f64>,
}

#[test]
fn pixels_are_located_in_the_patient() {
    for Place { id, position, orientation, spacing, row, column, located } in cases("place") {
        let (rows, columns) = (row + 1, column + 1);
        let file = Made::gray(columns as u16, 8)
            .words((0x0028, 0x0010), &[rows as u16])
            .decimals((0x0020, 0x0032), &position)
            .decimals((0x0020, 0x0037), &orientation)
            .decimals((0x0028, 0x0030), &spacing);

        let frame = file.image(&vec![0; rows * columns]).frame(0).unwrap();

        let got = read(&frame, row, column).unwrap().position.unwrap();
        got.iter().zip(located).for_each(|(&got, expected)| assert_near(got, expected, &id));
    }
}

#[derive(Deserialize)]
struct Oriented {
    id: String,
    cosines: [f64; 6],
    normal: Option<[f64; 3]>,
    edges: Option<[String; 4]>,
    plane: Option<String>,
    cosine: Option<f64>,
}

#[test]
fn planes_have_their_letters_and_their_name() {
    for Oriented { id, cosines: [a, b, c, d, e, f], normal, edges, plane, cosine } in cases("orientation") {
        let orientation = Orientation { row: [a, b, c], column: [d, e, f] };
        let found = orientation.normal();
        if let Some(normal) = normal {
            assert_eq!(found, normal, "{id}");
        }
        if let Some(cosine) = cosine {
            assert_near(found.into_iter().fold(0.0, |most, x| x.abs().max(most)), cosine, &id);
        }
        if let Some(plane) = plane {
            assert_eq!(plane_class(&orientation), plane, "{id}");
        }
        if let Some(edges) = edges {
            let EdgeLabels { top, right, bottom, left } = EdgeLabels::of_plane(&orientation);
            assert_eq!([left, right, top, bottom], edges, "{id}");
        }
    }
}

#[derive(Deserialize)]
struct Stacked {
    id: String,
    orientation: Vec<f64>,
    positions: Vec<Vec<f64>>,
    spacing: Option<(f64, f64)>,
    step: f64,
    tilt: f64,
    uniform: bool,
    #[serde(default)]
    copies: usize,
    gap: Option<(usize, usize)>,
    shift: Option<f64>,
    volume: Option<f64>,
}

#[test]
fn slices_are_stacked_along_their_normal() {
    for case in cases::<Stacked>("stack") {
        let id = &case.id;
        let mut library = Library::default();
        // Backwards, so that the order of the files is not that of the slices.
        for (number, position) in case.positions.iter().enumerate().rev() {
            let file = Made::gray(1, 8)
                .text((0x0008, 0x0018), "UI", &format!("1.2.3.{}", number + 1))
                .decimals((0x0020, 0x0032), position)
                .decimals((0x0020, 0x0037), &case.orientation)
                .put((0x7FE0, 0x0010), "OW", &[0]);
            library.insert(file.record());
        }

        let stacks = library.stacks(SeriesId(0));

        let stack = &stacks[0];
        assert_eq!((stacks.len(), stack.uniform), (1 + case.copies, case.uniform), "{id}");
        assert_eq!(stack.frames.len() + case.copies, case.positions.len(), "{id}");
        assert!(stack.depths.is_sorted(), "{id}");
        let step = stack.step.unwrap();
        assert_near(step, case.step, id);
        assert_near(stack.tilt, case.tilt, id);
        if let Some((after, missing)) = case.gap {
            let gaps: Vec<f64> = stack.depths.windows(2).map(|pair| (pair[1] - pair[0]) / step).collect();
            let wide: Vec<usize> = (0..gaps.len()).filter(|&at| gaps[at] > 1.5).collect();
            assert_eq!((wide, gaps[after].round() as usize), (vec![after], missing + 1), "{id}");
        }
        if let Some(shift) = case.shift {
            assert_near(step * stack.tilt.to_radians().tan(), shift, id);
        }
        if let (Some(volume), Some((row, column))) = (case.volume, case.spacing) {
            assert_near(step * row * column, volume, id);
        }
    }
}

#[derive(Deserialize)]
struct Fitted {
    id: String,
    rows: usize,
    columns: usize,
    spacing: Option<Vec<f64>>,
    aspect: Option<(u16, u16)>,
    screen: (u32, u32),
    covered: (u32, u32),
}

#[test]
fn pictures_keep_their_shape_on_the_screen() {
    for Fitted { id, rows, columns, spacing, aspect, screen, covered } in cases("fit") {
        let file = Made::gray(columns as u16, 8).words((0x0028, 0x0010), &[rows as u16]);
        let file = match (spacing, aspect) {
            (Some(spacing), _) => file.decimals((0x0028, 0x0030), &spacing),
            (None, Some((down, across))) => file.text((0x0028, 0x0034), "IS", &format!("{down}\\{across}")),
            (None, None) => file,
        };
        let frame = file.image(&vec![0; rows * columns]).frame(0).unwrap();

        let fit = Fit::new(frame.shape(), frame.spacing.unwrap().aspect(), screen);

        let shown = fit.shown(Viewport::default());
        assert_eq!((shown.width, shown.height), covered, "{id}");
    }
}
