//! Which side of the patient is at which edge of the picture, and how the plane is called.

use super::Turn;
use crate::model::{Frame, Orientation, Vector};

/// Direction cosines smaller than this are not worth a letter.
const NEGLIGIBLE: f64 = 0.1;

/// Planes further than this from their axis are called oblique, degrees.
const OBLIQUE: f64 = 5.0;

/// The letters at the edges of a picture, each empty if unknown: `R`, `LP`, `FLA`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EdgeLabels {
    /// At the top edge.
    pub top: String,
    /// At the right edge, as seen.
    pub right: String,
    /// At the bottom edge.
    pub bottom: String,
    /// At the left edge, as seen.
    pub left: String,
}

impl EdgeLabels {
    /// The letters of a frame as the user sees it: from its plane, or else from what the file says in
    /// letters; `None` if it says neither. They are never guessed from the patient's position.
    pub fn of(frame: &Frame, turn: Turn) -> Option<Self> {
        let labels = match (&frame.plane, &frame.patient_orientation) {
            (Some(plane), _) => Self::of_plane(&plane.orientation),
            (None, Some((row, column))) => Self::of_letters(row.raw(), column.raw()),
            (None, None) => return None,
        };
        (labels != Self::default()).then(|| labels.turned(turn))
    }

    /// The letters of an image that is not turned (PS3.3 C.7.6.2.1.1).
    pub fn of_plane(orientation: &Orientation) -> Self {
        let opposite = |v: Vector| v.map(|x| -x);
        Self {
            top: letters(opposite(orientation.column)),
            right: letters(orientation.row),
            bottom: letters(orientation.column),
            left: letters(opposite(orientation.row)),
        }
    }

    /// The letters of Patient Orientation (0020,0020): where rows and columns lead to.
    ///
    /// Only the letters of upright patients are understood (PS3.3 C.7.6.1.1.1); an edge whose value
    /// has others stays empty, because a wrong side is worse than none.
    pub fn of_letters(row: &str, column: &str) -> Self {
        let (row, column) = (known(row), known(column));
        Self { top: opposite(&column), right: row.clone(), bottom: column, left: opposite(&row) }
    }

    /// The letters after a turn of the picture.
    #[must_use]
    pub fn turned(self, turn: Turn) -> Self {
        let Self { top, right, bottom, left } = self;
        let (right, left) = if turn.is_mirrored() { (left, right) } else { (right, left) };
        let mut clockwise = [top, right, bottom, left];
        clockwise.rotate_right(usize::from(turn.quarter_turns()));
        let [top, right, bottom, left] = clockwise;
        Self { top, right, bottom, left }
    }
}

/// The letters of a direction, the strongest first.
fn letters(direction: Vector) -> String {
    const TOWARDS: [(char, char); 3] = [('L', 'R'), ('P', 'A'), ('H', 'F')];
    let mut parts: Vec<(f64, char)> = direction
        .into_iter()
        .zip(TOWARDS)
        .map(|(x, (positive, negative))| (x.abs(), if x > 0.0 { positive } else { negative }))
        .filter(|&(size, _)| size >= NEGLIGIBLE)
        .collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.into_iter().map(|(_, letter)| letter).collect()
}

/// The value, if it consists of letters we know and does not contradict itself.
fn known(value: &str) -> String {
    let value = value.trim().to_ascii_uppercase();
    // The palm of a hoof is `PA` in animals: no direction leads to the back and to the front.
    let contradicts = |c| opposite_letter(c).is_some_and(|other| value.contains(other));
    let fine = value.chars().all(|c| opposite_letter(c).is_some() && !contradicts(c));
    if fine && value.len() <= 3 { value } else { String::new() }
}

fn opposite(letters: &str) -> String {
    letters.chars().filter_map(opposite_letter).collect()
}

const fn opposite_letter(letter: char) -> Option<char> {
    Some(match letter {
        'L' => 'R',
        'R' => 'L',
        'P' => 'A',
        'A' => 'P',
        'H' => 'F',
        'F' => 'H',
        _ => return None,
    })
}

/// What a radiographer calls the plane: `AX`, `COR`, `SAG`, or `AX oblique 23°`.
pub fn plane_class(orientation: &Orientation) -> String {
    let [x, y, z] = orientation.normal().map(f64::abs);
    let (name, cosine) = if z >= x && z >= y {
        ("AX", z)
    } else if y >= x {
        ("COR", y)
    } else {
        ("SAG", x)
    };
    let angle = cosine.clamp(0.0, 1.0).acos().to_degrees();
    if angle > OBLIQUE { format!("{name} oblique {angle:.0}°") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::sample::frames;
    use super::*;
    use crate::model::{Plane, Text};

    fn orientation(values: [f64; 6]) -> Orientation {
        Orientation { row: [values[0], values[1], values[2]], column: [values[3], values[4], values[5]] }
    }

    /// Left, right, top, bottom and the plane of six cosines.
    fn described(values: [f64; 6]) -> [String; 5] {
        let orientation = orientation(values);
        let EdgeLabels { top, right, bottom, left } = EdgeLabels::of_plane(&orientation);
        [left, right, top, bottom, plane_class(&orientation)]
    }

    #[test]
    fn the_three_planes_are_labelled_as_radiologists_expect() {
        assert_eq!(described([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), ["R", "L", "A", "P", "AX"]);
        assert_eq!(described([1.0, 0.0, 0.0, 0.0, 0.0, -1.0]), ["R", "L", "H", "F", "COR"]);
        assert_eq!(described([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]), ["A", "P", "H", "F", "SAG"]);
        assert_eq!(described([-1.0, 0.0, 0.0, 0.0, -1.0, 0.0]), ["L", "R", "P", "A", "AX"]);
    }

    #[test]
    fn oblique_edges_have_several_letters_the_strongest_first() {
        assert_eq!(
            described([0.939_693, 0.342_02, 0.0, -0.342_02, 0.939_693, 0.0]),
            ["RA", "LP", "AL", "PR", "AX"]
        );
        assert_eq!(
            described([0.9, 0.3, 0.316_228, -0.3, 0.05, 0.952_628]),
            ["RFA", "LHP", "FL", "HR", "COR oblique 18°"]
        );
    }

    #[test]
    fn letters_follow_every_turn() {
        let axial = EdgeLabels::of_plane(&orientation([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
        let seen = |turn| {
            let EdgeLabels { top, right, bottom, left } = axial.clone().turned(turn);
            [top, right, bottom, left].concat()
        };
        let turn = Turn::default();
        assert_eq!(seen(turn), "ALPR");
        assert_eq!(seen(turn.rotated_right()), "RALP");
        assert_eq!(seen(turn.flipped_horizontally()), "ARPL");
        assert_eq!(seen(turn.flipped_vertically()), "PLAR");
        assert_eq!(seen(turn.rotated_right().flipped_horizontally()), "RPLA");
    }

    #[test]
    fn without_a_plane_the_file_s_own_letters_are_used() {
        let mut frame = frames::row(&[0]);
        assert_eq!(EdgeLabels::of(&frame, Turn::default()), None);

        frame.patient_orientation = Some((Text::from("P"), Text::from("FR ")));

        let labels = EdgeLabels::of(&frame, Turn::default()).unwrap();
        assert_eq!([labels.left, labels.right, labels.top, labels.bottom], ["A", "P", "HL", "FR"]);
    }

    #[test]
    fn a_plane_is_trusted_over_letters() {
        let mut frame = frames::row(&[0]);
        frame.patient_orientation = Some((Text::from("P"), Text::from("F")));
        frame.plane =
            Some(Plane { position: [0.0; 3], orientation: orientation([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]) });
        assert_eq!(EdgeLabels::of(&frame, Turn::default()).unwrap().right, "L");
    }

    #[test]
    fn letters_we_do_not_know_are_not_turned_into_sides() {
        for (row, column) in [("CR", "LE"), ("PA", "\x1b[2J"), ("", "")] {
            assert_eq!(EdgeLabels::of_letters(row, column), EdgeLabels::default());
        }
    }
}
