//! A series as ordered stacks: frames that share one geometry, sorted by where they lie.
//!
//! The order is the projection of Image Position (Patient) on the normal of the image, never the file
//! name and never `z` alone (PS3.3 C.7.6.2.1.1). A series splits where one volume cannot hold it: other
//! size, other orientation, colour beside grey. When several images claim one place, the attribute that
//! tells them apart at *every* place becomes an axis: time, echo, b-value.

use super::{
    Axis, Form, FrameKey, Instance, InstanceId, Library, Orientation, SeriesId, Spacing, Tolerances, Vector,
    cross, dot, minus, natural, norm,
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

/// What tells a stack from others that lie at the same places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Apart {
    /// There are no others.
    Alone,
    /// An attribute that means something: time, echo, b-value.
    Attribute,
    /// Instance Number, which only counts.
    Number,
    /// Nothing at every place: there are copies, or images without a difference the file tells.
    Nothing,
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
    /// Every step equals the median, within [`Tolerances::spacing`].
    pub uniform: bool,
    /// Angle between the stack's direction and the normal, degrees: gantry tilt or shear.
    pub tilt: f64,
    /// That is more than [`Tolerances::tilt_degrees`].
    pub leans: bool,
    /// How this stack differs from its siblings, for people: `echo 2`, `time 3 of 10`.
    pub label: String,
    /// What tells it from its siblings.
    pub apart: Apart,
    /// The same for stacks that lie at the same places, and for no others of the series.
    pub group: usize,
}

impl Stack {
    /// Images to plan others by: the third value of Image Type (0008,0008) says so.
    pub fn is_localizer(&self) -> bool {
        is_localizer(&self.form)
    }

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
    /// [`FramePlace::point`], where that counts something.
    point: Option<u32>,
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
            .enumerate()
            .flat_map(|(at, group)| {
                let localizer = is_localizer(group[0].form);
                let number = group.iter().filter_map(|item| item.instance.number).min();
                let number = number.map_or(i64::MAX, i64::from);
                split(group, self.tolerances)
                    .into_iter()
                    .map(move |stack| (localizer, number, Stack { group: at, ..stack }))
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
            let key = FrameKey { instance: id, frame };
            let plane = self.plane(key).map(|plane| (plane.position, plane.orientation));
            let place = instance.places().get(frame as usize);
            let point = place.filter(|_| !instance.form.axis.dimension.is_empty()).map(|place| place.point);
            Item { key, instance, form: &instance.form, plane, point, folder }
        })
    }
}

pub(super) fn is_localizer(form: &Form) -> bool {
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
fn split(mut group: Vec<Item<'_>>, tolerances: Tolerances) -> Vec<Stack> {
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
        let items: Vec<_> = places.into_iter().flatten().collect();
        return vec![placed(&items, normal, String::new(), tolerances)];
    }
    let axis = fourth_dimension(&places);
    let apart = match axis {
        None => Apart::Nothing,
        Some((NUMBER, _)) => Apart::Number,
        Some(_) => Apart::Attribute,
    };
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
        Some((DIMENSION, _)) => format!("{} {} of {most}", items[0].form.axis.dimension, n + 1),
        Some((name, key)) => {
            let mut values = items.iter().filter_map(key);
            let first = values.next();
            let same = values.all(|value| Some(value) == first);
            let name = first.and_then(component_name).filter(|_| name == COMPONENT).unwrap_or(name);
            let value = first.filter(|_| same && name_is_counted(name));
            let value = value.map_or_else(String::new, |value| format!(" {value}"));
            format!("{name}{value} ({} of {most})", n + 1)
        }
        None if n == 0 => String::new(),
        None => format!("copy {}", n + 1),
    };
    let labelled = stacks.into_iter().enumerate().map(|(n, items)| {
        let label = label(n, &items);
        Stack { apart, ..placed(&items, normal, label, tolerances) }
    });
    labelled.collect()
}

/// The last resort among the attributes that tell images apart.
const NUMBER: &str = "repeat";
/// The dimension indices of a multi-frame object, which has a name of its own for them.
const DIMENSION: &str = "dimension";
/// Parts of complex numbers.
const COMPONENT: &str = "component";
const COMPONENTS: [&str; 4] = ["magnitude", "phase", "real", "imaginary"];

fn component_name(value: f64) -> Option<&'static str> {
    COMPONENTS.get(value as usize).copied()
}

/// False for what is told by its name alone.
fn name_is_counted(name: &str) -> bool {
    !COMPONENTS.contains(&name)
}

/// Which part of complex numbers an image shows: Image Type (0008,0008) has a letter for it in MR.
fn component(form: &Form) -> Option<f64> {
    let place = |value: &str| match value {
        "M" | "MAGNITUDE" => Some(0.0),
        "P" | "PHASE" | "PHASE MAP" => Some(1.0),
        "R" | "REAL" => Some(2.0),
        "I" | "IMAGINARY" => Some(3.0),
        _ => None,
    };
    form.image_type.raw().split('\\').skip(2).find_map(place)
}

type AxisKey = fn(&Item<'_>) -> Option<f64>;

/// The attribute that takes as many distinct values as there are images, at every place.
///
/// The values need not be the same everywhere: the slices of one time point are acquired one by one.
fn fourth_dimension(places: &[Vec<Item<'_>>]) -> Option<(&'static str, AxisKey)> {
    fn axis<'a>(item: &'a Item<'_>) -> &'a Axis {
        &item.form.axis
    }
    let candidates: [(&str, AxisKey); 11] = [
        (DIMENSION, |item| item.point.map(f64::from)),
        ("time point", |item| axis(item).temporal_position.map(f64::from)),
        ("trigger time", |item| axis(item).trigger_time),
        ("b-value", |item| axis(item).b_value),
        ("echo time", |item| axis(item).echo_time),
        ("echo", |item| axis(item).echo_number.map(f64::from)),
        ("frame time", |item| axis(item).reference_time),
        (COMPONENT, |item| component(item.form)),
        ("acquisition", |item| axis(item).acquisition.map(f64::from)),
        ("time", |item| item.instance.time.map(f64::from)),
        (NUMBER, |item| item.instance.number.map(f64::from)),
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
        .then_with(|| natural(&a.instance.file().to_string_lossy(), &b.instance.file().to_string_lossy()))
        .then_with(|| a.folder.cmp(b.folder))
}

fn placed(items: &[Item<'_>], normal: Vector, label: String, tolerances: Tolerances) -> Stack {
    let positions: Vec<Vector> = items.iter().filter_map(|item| item.plane.map(|(p, _)| p)).collect();
    let depths: Vec<f64> = positions.iter().map(|&p| dot(p, normal)).collect();
    let mut steps: Vec<f64> = depths.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_by(f64::total_cmp);
    let step = (!steps.is_empty()).then(|| median(&steps));
    let uniform = step.is_none_or(|step| {
        let tolerance = tolerances.spacing(step);
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
        // Sorted along the normal, so that it cannot run against it.
        leans: tilt > tolerances.tilt_degrees,
        label,
        apart: Apart::Alone,
        group: 0,
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
        leans: false,
        label: String::new(),
        apart: Apart::Alone,
        group: 0,
    }
}

#[cfg(test)]
mod tests;
