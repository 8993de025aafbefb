//! A series as ordered stacks: frames that share one geometry, sorted by where they lie.
//!
//! The order is the projection of Image Position (Patient) on the normal of the image, never the file
//! name and never `z` alone (PS3.3 C.7.6.2.1.1). A series splits where one volume cannot hold it: other
//! size, other orientation, colour beside grey. When several images claim one place, the attribute that
//! tells them apart at *every* place becomes an axis: time, echo, b-value.

use super::{
    Axis, Form, FrameKey, Instance, InstanceId, Library, Orientation, SeriesId, Spacing, Vector, cross, dot,
    minus, norm,
};
use std::{cmp::Ordering, collections::HashSet, path::Path, sync::Arc};

/// What the frames of a stack are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderBy {
    /// Along the normal, from Image Position (Patient).
    Position,
    /// Instance Number, where there are no positions.
    InstanceNumber,
    /// File name with numbers compared as numbers: the last resort.
    FileName,
}

impl OrderBy {
    /// The word of the JSON contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::InstanceNumber => "instance-number",
            Self::FileName => "file-name",
        }
    }
}

/// Frames of one series that can be scrolled through as one.
#[derive(Debug, Clone)]
pub struct Stack {
    /// In display order: ascending along the normal, so from the feet to the head for axial images.
    pub frames: Vec<FrameKey>,
    /// Distance along the normal, mm, one per frame; empty unless sorted by position.
    pub depths: Vec<f64>,
    /// What the order rests on.
    pub order: OrderBy,
    /// What the frames share.
    pub form: Arc<Form>,
    /// Orientation of the first frame.
    pub orientation: Option<Orientation>,
    /// Median distance between neighbours along the normal, mm.
    pub step: Option<f64>,
    /// Every step equals the median within 0.01 mm or 1 %.
    pub uniform: bool,
    /// Angle between the stack's direction and the normal, degrees: gantry tilt or shear.
    pub tilt: f64,
    /// How this stack differs from its siblings, for people: `echo 2`, `time 3 of 10`.
    pub label: String,
}

impl Stack {
    /// Several files that do not say where they lie; the frames of one file have an order of their own.
    pub fn is_unplaced(&self) -> bool {
        let several =
            self.frames.first().map(|key| key.instance) != self.frames.last().map(|key| key.instance);
        several && self.order != OrderBy::Position
    }
}

/// Positions closer than this, mm, are the same place.
const SAME_PLACE: f64 = 1e-3;

struct Item<'a> {
    key: FrameKey,
    instance: &'a Instance,
    form: &'a Arc<Form>,
    plane: Option<(Vector, Orientation)>,
    folder: &'a Path,
}

impl Library {
    /// The stacks of a series, whole volumes before localizers.
    pub fn stacks(&self, series: SeriesId) -> Vec<Stack> {
        let mut groups: Vec<Vec<Item<'_>>> = vec![];
        for &id in &self.series(series).instances {
            for item in self.items(id) {
                // The group of the previous file fits nearly always.
                match groups.iter_mut().rev().find(|group| belong_together(&group[0], &item)) {
                    Some(group) => group.push(item),
                    None => groups.push(vec![item]),
                }
            }
        }
        let mut stacks: Vec<(bool, i64, Stack)> = groups
            .into_iter()
            .flat_map(|group| {
                let localizer = is_localizer(group[0].form);
                let number = group.iter().filter_map(|item| item.instance.number).min();
                let number = number.map_or(i64::MAX, i64::from);
                split(group).into_iter().map(move |stack| (localizer, number, stack))
            })
            .collect();
        // Stable: the stacks of one group stay in their own order.
        stacks.sort_by_key(|&(localizer, number, _)| (localizer, number));
        stacks.into_iter().map(|(_, _, stack)| stack).collect()
    }

    fn items(&self, id: InstanceId) -> impl Iterator<Item = Item<'_>> {
        let instance = self.instance(id);
        let folder = self.folder(id);
        (0..if instance.form.has_pixels { instance.frames } else { 0 }).map(move |frame| {
            let place = instance.places.as_ref().and_then(|places| places.get(frame as usize));
            let plane = match (place, instance.position, instance.form.orientation) {
                (Some(place), ..) => Some((place.position, place.orientation)),
                // Without functional groups a position is that of the only frame.
                (None, Some(position), Some(orientation)) if instance.frames == 1 => {
                    Some((position, orientation))
                }
                _ => None,
            };
            let key = FrameKey { instance: id, frame };
            Item { key, instance, form: &instance.form, plane, folder }
        })
    }
}

fn is_localizer(form: &Form) -> bool {
    form.image_type.raw().split('\\').nth(2).is_some_and(|kind| kind.eq_ignore_ascii_case("LOCALIZER"))
}

/// The keys on which a series always splits.
fn belong_together(a: &Item<'_>, b: &Item<'_>) -> bool {
    // A multi-frame object is a stack of its own, but its frames stay together.
    if a.instance.frames != 1 || b.instance.frames != 1 {
        let same_orientation = match (a.plane, b.plane) {
            (Some((_, p)), Some((_, q))) => p.is_parallel(&q),
            (p, q) => p.is_none() == q.is_none(),
        };
        return a.key.instance == b.key.instance && same_orientation;
    }
    let (p, q) = (a.form, b.form);
    if Arc::ptr_eq(p, q) && a.plane.is_some() == b.plane.is_some() {
        return true;
    }
    p.sop_class == q.sop_class
        && (p.rows, p.columns, p.samples > 1) == (q.rows, q.columns, q.samples > 1)
        && p.frame_of_reference == q.frame_of_reference
        && is_localizer(p) == is_localizer(q)
        && same_spacing(p.spacing, q.spacing)
        && match (a.plane, b.plane) {
            (Some((_, p)), Some((_, q))) => p.is_parallel(&q),
            (p, q) => p.is_none() == q.is_none(),
        }
}

fn same_spacing(a: Option<Spacing>, b: Option<Spacing>) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-3 * x.abs().max(y.abs());
    match (a, b) {
        (Some(a), Some(b)) => near(a.row, b.row) && near(a.column, b.column),
        (a, b) => a.is_none() == b.is_none(),
    }
}

/// Sorts one group, and splits it where several images claim one place.
fn split(mut group: Vec<Item<'_>>) -> Vec<Stack> {
    let Some((_, orientation)) = group[0].plane else { return vec![unplaced(group)] };
    let normal = orientation.normal();
    let depth = |item: &Item<'_>| item.plane.map_or(0.0, |(position, _)| dot(position, normal));
    group.sort_by(|a, b| by_place(depth(a), depth(b)).then_with(|| tie(a, b)));
    let mut places: Vec<Vec<Item<'_>>> = vec![];
    for item in group {
        match places.last_mut() {
            Some(place) if depth(&item) - depth(&place[0]) < SAME_PLACE => place.push(item),
            _ => places.push(vec![item]),
        }
    }
    let most = places.iter().map(Vec::len).max().unwrap_or(1);
    if most == 1 {
        return vec![placed(&places.into_iter().flatten().collect::<Vec<_>>(), normal, String::new())];
    }
    let axis = fourth_dimension(&places);
    if let Some((_, key)) = axis {
        for place in &mut places {
            place.sort_by(|a, b| key(a).unwrap_or(0.0).total_cmp(&key(b).unwrap_or(0.0)));
        }
    }
    // The n-th image at each place goes into the n-th stack; what nothing tells apart is a copy, and
    // stays visible without doubling the slices.
    let mut stacks: Vec<Vec<Item<'_>>> = (0..most).map(|_| vec![]).collect();
    for place in places {
        for (n, item) in place.into_iter().enumerate() {
            stacks[n].push(item);
        }
    }
    let label = |n: usize, items: &[Item<'_>]| match axis {
        Some((name, key)) => {
            let mut values = items.iter().filter_map(key);
            let first = values.next();
            let same = values.all(|value| Some(value) == first);
            let value = first.filter(|_| same).map_or_else(String::new, |value| format!(" {value}"));
            format!("{name}{value} ({} of {most})", n + 1)
        }
        None if n == 0 => String::new(),
        None => format!("copy {}", n + 1),
    };
    let labelled = stacks.into_iter().enumerate().map(|(n, items)| {
        let label = label(n, &items);
        placed(&items, normal, label)
    });
    labelled.collect()
}

type AxisKey = fn(&Item<'_>) -> Option<f64>;

/// The attribute that takes as many distinct values as there are images, at every place.
///
/// The values need not be the same everywhere: the slices of one time point are acquired one by one.
fn fourth_dimension(places: &[Vec<Item<'_>>]) -> Option<(&'static str, AxisKey)> {
    fn axis<'a>(item: &'a Item<'_>) -> &'a Axis {
        &item.form.axis
    }
    let candidates: [(&str, AxisKey); 9] = [
        ("time point", |item| axis(item).temporal_position.map(f64::from)),
        ("trigger time", |item| axis(item).trigger_time),
        ("b-value", |item| axis(item).b_value),
        ("echo time", |item| axis(item).echo_time),
        ("echo", |item| axis(item).echo_number.map(f64::from)),
        ("frame time", |item| axis(item).reference_time),
        ("acquisition", |item| axis(item).acquisition.map(f64::from)),
        ("time", |item| item.instance.time.map(f64::from)),
        ("repeat", |item| item.instance.number.map(f64::from)),
    ];
    let count = places.first()?.len();
    candidates.into_iter().find(|(_, key)| {
        places.iter().all(|place| {
            let mut values: Vec<f64> = place.iter().filter_map(key).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            place.len() == count && values.len() == count
        })
    })
}

fn by_place(a: f64, b: f64) -> Ordering {
    ((a / SAME_PLACE).round()).total_cmp(&(b / SAME_PLACE).round())
}

fn tie(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    let number = |item: &Item<'_>| item.instance.number.unwrap_or(i32::MAX);
    number(a)
        .cmp(&number(b))
        .then_with(|| a.key.frame.cmp(&b.key.frame))
        .then_with(|| natural(&a.instance.file.to_string_lossy(), &b.instance.file.to_string_lossy()))
        .then_with(|| a.folder.cmp(b.folder))
}

fn placed(items: &[Item<'_>], normal: Vector, label: String) -> Stack {
    let positions: Vec<Vector> = items.iter().filter_map(|item| item.plane.map(|(p, _)| p)).collect();
    let depths: Vec<f64> = positions.iter().map(|&p| dot(p, normal)).collect();
    let mut steps: Vec<f64> = depths.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f64::total_cmp);
    let step = (!steps.is_empty()).then(|| median(&steps));
    let uniform = step.is_none_or(|step| {
        let tolerance = (0.01 * step).max(0.01);
        steps.iter().all(|s| (s - step).abs() <= tolerance)
    });
    let tilt = match (positions.first(), positions.last()) {
        (Some(&first), Some(&last)) if positions.len() > 1 => angle(minus(last, first), normal),
        _ => 0.0,
    };
    Stack {
        frames: items.iter().map(|item| item.key).collect(),
        depths,
        order: OrderBy::Position,
        form: Arc::clone(items[0].form),
        orientation: items[0].plane.map(|(_, orientation)| orientation),
        step,
        uniform,
        tilt,
        label,
    }
}

/// Angle between two directions, degrees; exact near zero, where `acos` is not.
fn angle(a: Vector, b: Vector) -> f64 {
    norm(cross(a, b)).atan2(dot(a, b)).to_degrees()
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

/// Frames that do not say where they are: by Instance Number, else by name.
fn unplaced(mut items: Vec<Item<'_>>) -> Stack {
    let numbers: HashSet<Option<i32>> = items.iter().map(|item| item.instance.number).collect();
    let instances = items.iter().filter(|item| item.key.frame == 0).count();
    let numbered = numbers.len() > 1 || instances <= 1;
    let order = if numbered { OrderBy::InstanceNumber } else { OrderBy::FileName };
    items.sort_by(tie);
    let locations: Option<Vec<f64>> =
        items.iter().map(|item| item.instance.location.map(f64::from)).collect();
    let step = items[0].form.slice_spacing.or_else(|| {
        let locations = locations?;
        let mut steps: Vec<f64> = locations.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        steps.sort_by(f64::total_cmp);
        (!steps.is_empty()).then(|| median(&steps)).filter(|&step| step > SAME_PLACE)
    });
    Stack {
        frames: items.iter().map(|item| item.key).collect(),
        depths: vec![],
        order,
        form: Arc::clone(items[0].form),
        orientation: None,
        step: step.filter(|_| items.len() > 1),
        uniform: true,
        tilt: 0.0,
        label: String::new(),
    }
}

/// Compares names as people do: `slice2` before `slice10`.
#[expect(clippy::many_single_char_names, reason = "two of each, side by side")]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(&x), Some(&y)) = (a.first(), b.first()) else { return a.len().cmp(&b.len()) };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, n) = (digits(a), digits(b));
            let (left, right) = (trim_zeros(&a[..m]), trim_zeros(&b[..n]));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[m..], &b[n..]);
        } else if x == y {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return x.cmp(&y);
        }
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn trim_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros.min(digits.len() - 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Record, Text};
    use proptest::prelude::*;

    const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    const SAGITTAL: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];

    fn slice(name: &str, number: i32, position: Vector, orientation: &[f64; 6]) -> Record {
        let form = Form {
            has_pixels: true,
            rows: 4,
            columns: 4,
            orientation: Orientation::from_values(orientation),
            ..Form::default()
        };
        Record {
            path: format!("/d/{name}").into(),
            series_uid: "1".into(),
            study_uid: "1".into(),
            patient_id: "1".into(),
            sop_instance: name.to_owned(),
            number: Some(number),
            frames: 1,
            position: Some(position),
            form,
            ..Record::default()
        }
    }

    fn stacks(records: impl IntoIterator<Item = Record>) -> (Library, Vec<Stack>) {
        let mut library = Library::default();
        for record in records {
            library.insert(record);
        }
        let stacks = library.stacks(SeriesId(0));
        (library, stacks)
    }

    fn names(library: &Library, stack: &Stack) -> Vec<String> {
        stack.frames.iter().map(|key| library.instance(key.instance).sop_instance.to_string()).collect()
    }

    #[test]
    fn slices_are_ordered_by_position_not_by_name_or_number() {
        let (library, stacks) = stacks([
            slice("a", 1, [0.0, 0.0, 10.0], &AXIAL),
            slice("b", 2, [0.0, 0.0, -5.0], &AXIAL),
            slice("c", 3, [0.0, 0.0, 2.5], &AXIAL),
        ]);
        assert_eq!(names(&library, &stacks[0]), ["b", "c", "a"]);
    }

    #[test]
    fn sagittal_slices_are_ordered_along_their_own_normal() {
        let (library, stacks) = stacks([
            slice("right", 1, [-30.0, 0.0, 0.0], &SAGITTAL),
            slice("left", 2, [30.0, 0.0, 0.0], &SAGITTAL),
        ]);
        assert_eq!(names(&library, &stacks[0]), ["left", "right"]);
        assert_eq!(stacks[0].step, Some(60.0));
    }

    #[test]
    fn a_gap_is_not_uniform_and_the_step_is_the_median() {
        let depths = [0.0, 2.5, 5.0, 10.0, 12.5];
        let (_, stacks) = stacks(depths.map(|z| slice(&format!("{z}"), 1, [0.0, 0.0, z], &AXIAL)));
        assert_eq!((stacks.len(), stacks[0].step, stacks[0].uniform), (1, Some(2.5), false));
    }

    #[test]
    fn a_tilted_gantry_is_measured_from_the_positions() {
        let (sin, cos) = 15f64.to_radians().sin_cos();
        let orientation = [1.0, 0.0, 0.0, 0.0, cos, -sin];
        let (_, stacks) = stacks(
            (0..5).map(|k| slice(&k.to_string(), k, [0.0, 0.0, 2.58819 * f64::from(k)], &orientation)),
        );
        assert!((stacks[0].tilt - 15.0).abs() < 1e-6, "{}", stacks[0].tilt);
        assert!((stacks[0].step.unwrap() - 2.5).abs() < 1e-5);
    }

    #[test]
    fn a_localizer_inside_a_series_is_a_stack_of_its_own_and_comes_last() {
        let mut scout = slice("scout", 0, [0.0, 0.0, 0.0], &SAGITTAL);
        scout.form.image_type = Text::from("ORIGINAL\\PRIMARY\\LOCALIZER");
        let (library, stacks) =
            stacks([scout, slice("a", 1, [0.0; 3], &AXIAL), slice("b", 2, [0.0, 0.0, 1.0], &AXIAL)]);
        assert_eq!(stacks.len(), 2);
        assert_eq!(names(&library, &stacks[1]), ["scout"]);
    }

    #[test]
    fn time_points_at_the_same_places_become_stacks_of_their_own() {
        let records = (0..3).flat_map(|t| {
            (0..4).map(move |k| {
                let mut record = slice(&format!("t{t}k{k}"), t * 4 + k, [0.0, 0.0, f64::from(k)], &AXIAL);
                record.form.axis.temporal_position = Some(t + 1);
                record
            })
        });
        let (library, stacks) = stacks(records);
        assert_eq!(stacks.len(), 3);
        assert_eq!(names(&library, &stacks[1]), ["t1k0", "t1k1", "t1k2", "t1k3"]);
        assert_eq!(stacks[1].label, "time point 2 (2 of 3)");
    }

    #[test]
    fn different_acquisitions_at_distinct_places_stay_one_stack() {
        let (_, stacks) = stacks((0..4).map(|k| {
            let mut record = slice(&k.to_string(), k, [0.0, 0.0, f64::from(k)], &AXIAL);
            record.form.axis.acquisition = Some(k % 2);
            record
        }));
        assert_eq!(stacks.len(), 1);
    }

    #[test]
    fn copies_that_nothing_tells_apart_go_to_a_second_stack() {
        let twice =
            (0..2).flat_map(|_| (0..3).map(|k| slice(&k.to_string(), k, [0.0, 0.0, f64::from(k)], &AXIAL)));
        let (_, stacks) = stacks(twice);
        let lengths: Vec<usize> = stacks.iter().map(|stack| stack.frames.len()).collect();
        assert_eq!(lengths, [3, 3]);
        assert_eq!(stacks[1].label, "copy 2");
    }

    #[test]
    fn without_positions_instance_numbers_decide() {
        let mut records = [10, 9, 8].map(|n| slice(&format!("f{n}"), n, [0.0; 3], &AXIAL));
        for record in &mut records {
            record.position = None;
        }
        let (library, stacks) = stacks(records);
        assert_eq!(stacks[0].order, OrderBy::InstanceNumber);
        assert_eq!(names(&library, &stacks[0]), ["f8", "f9", "f10"]);
    }

    #[test]
    fn without_numbers_file_names_are_read_as_people_do() {
        let mut records = ["s10", "s9", "s1"].map(|n| slice(n, 0, [0.0; 3], &AXIAL));
        for record in &mut records {
            record.position = None;
            record.number = None;
        }
        let (library, stacks) = stacks(records);
        assert_eq!(stacks[0].order, OrderBy::FileName);
        assert_eq!(names(&library, &stacks[0]), ["s1", "s9", "s10"]);
    }

    #[test]
    fn one_multi_frame_file_without_places_keeps_its_frame_order() {
        let mut cine = slice("cine", 1, [0.0; 3], &AXIAL);
        cine.frames = 5;
        let (_, stacks) = stacks([cine]);
        let order: Vec<u32> = stacks[0].frames.iter().map(|key| key.frame).collect();
        assert_eq!(order, [0, 1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn every_frame_lands_in_exactly_one_stack(depths in prop::collection::vec(0i32..6, 1..40)) {
            let count = depths.len();
            let (_, stacks) = stacks(depths.into_iter().enumerate().map(|(i, z)| {
                slice(&format!("f{i}"), i as i32 % 7, [0.0, 0.0, f64::from(z)], &AXIAL)
            }));
            let mut keys: Vec<FrameKey> = stacks.iter().flat_map(|stack| stack.frames.clone()).collect();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), count);
        }

        #[test]
        fn natural_order_is_antisymmetric(a in "[a-c0-9]{0,6}", b in "[a-c0-9]{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        }
    }
}
