//! Whether the images of a series make a volume, and what is in the way.
//!
//! Only images that should lie somewhere are judged: those with a position, and those of modalities whose
//! images always have one. Localizers lie across the others on purpose.

use super::{Finding, Place, Rule, Weight};
use crate::model::{
    Apart, Form, InstanceId, Library, OrderBy, Series, SeriesId, SpacingSource, Stack, Tolerances,
    stack::is_localizer,
};
use std::{collections::BTreeSet, sync::Arc};

/// Everything odd about the geometry of one series.
pub(super) fn findings(library: &Library, id: SeriesId) -> Vec<Finding> {
    let stacks = library.stacks(id);
    let judged: Vec<(usize, &Stack)> =
        stacks.iter().enumerate().filter(|(_, stack)| should_lie_somewhere(stack)).collect();
    let mut found = vec![];
    for &(at, stack) in &judged {
        let mut say = |(rule, weight, what): (Rule, Weight, String)| {
            let place = Place::Stack(id, at);
            found.push(Finding { rule, weight, place, instances: instances([stack]), what });
        };
        spacing(stack, library.tolerances).into_iter().for_each(&mut say);
        if stack.leans {
            let what = format!("the stack leans by {:.1}° from the normal of its slices", stack.tilt);
            say((Rule::Tilt, Weight::Warning, what));
        }
    }
    let judged: Vec<&Stack> = judged.into_iter().map(|(_, stack)| stack).collect();
    let mut say = |rule, weight, instances: Vec<InstanceId>, what| {
        found.push(Finding { rule, weight, place: Place::Series(id), instances, what });
    };
    let (placed, unplaced): (Vec<&Stack>, Vec<&Stack>) =
        judged.iter().partition(|stack| stack.order == OrderBy::Position);
    if !unplaced.is_empty() && (!placed.is_empty() || unplaced.iter().any(|stack| stack.is_unplaced())) {
        let what = "images of the series do not say where they lie".to_owned();
        say(Rule::Position, Weight::Warning, instances(judged.iter().copied()), what);
    }
    for (weight, group, what) in repeats(library, &placed) {
        say(Rule::Repeat, weight, instances(group), what);
    }
    let orientations = parallel_groups(&placed);
    if orientations > 1 {
        let what = format!("the series has slices of {orientations} orientations");
        say(Rule::Orientation, Weight::Note, instances(placed.iter().copied()), what);
    }
    if let Some(what) = holes(library, library.series(id)) {
        say(Rule::Number, Weight::Note, library.series(id).instances.clone(), what);
    }
    let mosaics: Vec<&Stack> = stacks.iter().filter(|stack| is_mosaic(&stack.form)).collect();
    if !mosaics.is_empty() {
        let what = "the images are mosaics (Image Type (0008,0008) of Siemens): each shows the slices of a volume \
                    side by side, and lies where none of them does";
        say(Rule::Mosaic, Weight::Note, instances(mosaics), what.to_owned());
    }
    for (weight, what) in mixtures(library.series(id), library, &placed) {
        say(Rule::Mixed, weight, instances(placed.iter().copied()), what);
    }
    found
}

/// Modalities whose images always have positions (PS3.3 C.7.6.2 is mandatory there).
fn should_lie_somewhere(stack: &Stack) -> bool {
    let form = &stack.form;
    let sectional = matches!(form.modality.raw(), "CT" | "MR" | "PT") || form.orientation.is_some();
    // One file of many frames without positions is a cine, whatever its modality.
    let several = stack.frames.len() == 1 || stack.is_unplaced();
    !is_localizer(form) && (stack.order == OrderBy::Position || (sectional && several))
}

fn instances<'a>(stacks: impl IntoIterator<Item = &'a Stack>) -> Vec<InstanceId> {
    let all: BTreeSet<InstanceId> =
        stacks.into_iter().flat_map(|stack| stack.frames.iter().map(|key| key.instance)).collect();
    all.into_iter().collect()
}

/// Slices that are missing, and distances that are uneven beyond that.
fn spacing(stack: &Stack, tolerances: Tolerances) -> Vec<(Rule, Weight, String)> {
    let Some(step) = stack.step.filter(|&step| step > 0.0) else { return vec![] };
    let tolerance = tolerances.spacing(step);
    let (mut missing, mut first, mut worst) = (0.0, None, 0.0_f64);
    for (at, pair) in stack.depths.windows(2).enumerate() {
        let distance = pair[1] - pair[0];
        let steps = (distance / step).round();
        if (distance - step).abs() <= tolerance {
        } else if steps >= 2.0 && (distance - steps * step).abs() <= tolerances.gap_share * step {
            missing += steps - 1.0;
            first.get_or_insert((at, distance));
        } else {
            worst = worst.max((distance - step).abs());
        }
    }
    let mut found = vec![];
    if let Some((at, distance)) = first {
        let slices = if missing == 1.0 { "slice seems" } else { "slices seem" };
        let what = format!(
            "{missing} {slices} to be missing, the first after slice {} of {}: {distance:.2} mm instead of {step:.2}",
            at + 1,
            stack.depths.len()
        );
        found.push((Rule::Gap, Weight::Warning, what));
    }
    if worst > 0.0 {
        let weight = if worst <= tolerances.jitter_share * step { Weight::Note } else { Weight::Warning };
        let what = format!("slices are unevenly spaced: up to {worst:.3} mm off {step:.3}");
        found.push((Rule::Spacing, weight, what));
    }
    found
}

/// Groups of stacks that lie at the same places without a reason; copies of one object have one.
fn repeats<'a>(library: &Library, placed: &[&'a Stack]) -> Vec<(Weight, Vec<&'a Stack>, String)> {
    let groups: BTreeSet<usize> = placed.iter().map(|stack| stack.group).collect();
    let mut found = vec![];
    for group in groups {
        let members: Vec<&Stack> = placed.iter().copied().filter(|stack| stack.group == group).collect();
        let (weight, what) = match members[0].apart {
            Apart::Alone | Apart::Attribute => continue,
            Apart::Number => (Weight::Note, "nothing but Instance Number tells them apart"),
            Apart::Nothing => (Weight::Warning, "nothing tells them apart"),
        };
        let places = members.iter().map(|stack| stack.frames.len()).max().unwrap_or(0);
        let frames = members.iter().flat_map(|stack| &stack.frames);
        let images: BTreeSet<(&str, u32)> =
            frames.map(|key| (library.instance(key.instance).sop_instance(), key.frame)).collect();
        if images.len() > places {
            found.push((
                weight,
                members,
                format!("{} slices lie at {places} places, and {what}", images.len()),
            ));
        }
    }
    found
}

fn is_mosaic(form: &Form) -> bool {
    form.image_type.raw().split('\\').any(|value| value == "MOSAIC")
}

/// Instance Numbers that nobody has, between the first and the last: files may have been lost.
fn holes(library: &Library, series: &Series) -> Option<String> {
    /// A number from another count, such as a time, leaves more.
    const MOST: i64 = 10_000;
    let numbers: BTreeSet<i64> =
        series.instances.iter().filter_map(|&id| library.instance(id).number).map(i64::from).collect();
    let (first, last) = (*numbers.first()?, *numbers.last()?);
    let missing = last - first + 1 - numbers.len() as i64;
    // Where more are missing than there, they do not count images one by one.
    let counts = (1..MOST).contains(&missing) && missing <= numbers.len() as i64;
    counts.then(|| {
        format!(
            "Instance Numbers run from {first} to {last}, and {missing} of them {} not there",
            if missing == 1 { "is" } else { "are" }
        )
    })
}

/// How many orientations there are.
fn parallel_groups(placed: &[&Stack]) -> usize {
    let mut kinds = vec![];
    for orientation in placed.iter().filter_map(|stack| stack.orientation) {
        if !kinds.iter().any(|kind| orientation.is_parallel(kind)) {
            kinds.push(orientation);
        }
    }
    kinds.len()
}

/// What should be the same throughout a series, and is not.
fn mixtures(series: &Series, library: &Library, placed: &[&Stack]) -> Vec<(Weight, String)> {
    let mut found = vec![];
    let mut say = |weight, what: &str, kinds: Option<String>| {
        found.extend(kinds.map(|kinds| (weight, format!("{what} varies in the series: {kinds}"))));
    };
    let sizes = placed.iter().map(|stack| (stack.form.columns, stack.form.rows));
    say(Weight::Warning, "the size", several(sizes, |(columns, rows)| format!("{columns} x {rows}")));
    let spacings = placed.iter().filter_map(|stack| stack.form.spacing);
    let spacings = spacings.filter(|spacing| spacing.source != SpacingSource::AspectOnly);
    // Micrometres: stacks are split at a thousandth of the spacing.
    let spacings = spacings.map(|s| ((s.row * 1000.0).round() as u64, (s.column * 1000.0).round() as u64));
    let mm = |(row, column): (u64, u64)| format!("{} x {} mm", row as f64 / 1000.0, column as f64 / 1000.0);
    say(Weight::Warning, "the distance of pixels", several(spacings, mm));
    if placed.is_empty() {
        return found;
    }
    let forms = || {
        let forms = series.instances.iter().map(|&id| &library.instance(id).form);
        forms.filter(|form: &&Arc<Form>| form.has_pixels && !is_localizer(form))
    };
    say(Weight::Note, "Bits Stored", several(forms().map(|form| form.bits_stored), |bits| bits.to_string()));
    let modalities = forms().map(|form| form.modality.clone());
    say(Weight::Warning, "Modality", several(modalities, |modality| modality.to_string()));
    found
}

/// The kinds, told one after another, if there is more than one; the first few of many.
fn several<T: Ord>(values: impl Iterator<Item = T>, told: impl Fn(T) -> String) -> Option<String> {
    /// As many as a person reads.
    const TOLD: usize = 4;
    let kinds: BTreeSet<T> = values.collect();
    let count = kinds.len();
    let mut words: Vec<String> = kinds.into_iter().take(TOLD).map(told).collect();
    if count > TOLD {
        words.push(format!("{} more", count - TOLD));
    }
    (count > 1).then(|| words.join(", "))
}
