//! What a multi-frame object says its frames are ordered by (PS3.3 C.7.6.17), beside where they lie.

use super::groups::Group;
use crate::dicom::{DataSet, Tag};
use std::collections::BTreeSet;

/// Dimension Index Pointer.
const POINTER: Tag = Tag(0x0020, 0x9165);

/// The dimensions that are not about places: how many come before each, and what they are called.
///
/// A file that has lost its list of dimensions has the first two for stacks and positions by custom, and
/// may tell what the others are about.
fn kept(dimensions: &[DataSet], frames: &[Group]) -> Vec<(usize, &'static str)> {
    if dimensions.is_empty() {
        let count = frames.iter().map(|frame| frame.indices.len()).max().unwrap_or(0);
        return (2..count).map(|at| (at, if at == 2 { guessed(frames) } else { "dimension" })).collect();
    }
    let pointer = |item: &DataSet| match item.numbers(POINTER)[..] {
        [group, element] => Some(Tag(group as u16, element as u16)),
        _ => None,
    };
    dimensions.iter().enumerate().filter_map(|(at, item)| Some((at, called(pointer(item)?)?))).collect()
}

/// What differs between the frames.
fn guessed(frames: &[Group]) -> &'static str {
    let differs = |value: fn(&Group) -> &Vec<u8>| frames.iter().map(value).collect::<BTreeSet<_>>().len() > 1;
    match () {
        () if differs(|group| &group.time) => "time point",
        () if differs(|group| &group.b_value) => "b-value",
        () => "dimension",
    }
}

/// `None` for stacks, positions in them, and others that geometry tells better.
fn called(tag: Tag) -> Option<&'static str> {
    Some(match tag {
        Tag(0x0020, 0x9056 | 0x9057 | 0x9113 | 0x0032 | 0x0037 | 0x1041 | 0x9116) => return None,
        Tag(0x0020, 0x9128) => "time point",
        Tag(0x0020, 0x9153 | 0x9152) => "cardiac phase",
        Tag(0x0018, 0x9074) | Tag(0x0008, 0x002A) => "time",
        Tag(0x0018, 0x9087) => "b-value",
        Tag(0x0018, 0x9075 | 0x9076 | 0x9089) => "direction",
        Tag(0x0018, 0x9082 | 0x0081) => "echo",
        Tag(0x0008, 0x9208 | 0x9007) => "component",
        Tag(0x0062, 0x000B) => "segment",
        _ => "dimension",
    })
}

/// Their names, joined; empty if there are none.
pub(super) fn name(dimensions: &[DataSet], frames: &[Group]) -> String {
    let names: Vec<&str> = kept(dimensions, frames).into_iter().map(|(_, name)| name).collect();
    names.join(" and ")
}

/// Which of the combinations of indices each frame has, in their order, from 0; none if there are none.
pub(super) fn points(dimensions: &[DataSet], frames: &[Group]) -> Vec<u32> {
    let kept = kept(dimensions, frames);
    if kept.is_empty() {
        return vec![];
    }
    let indices = |frame: &Group| {
        kept.iter().map(|&(at, _)| frame.indices.get(at).copied().unwrap_or(0)).collect::<Vec<u32>>()
    };
    let of_frames: Vec<Vec<u32>> = frames.iter().map(indices).collect();
    let known: Vec<&Vec<u32>> = of_frames.iter().collect::<BTreeSet<_>>().into_iter().collect();
    of_frames.iter().map(|point| known.binary_search(&point).map_or(0, |at| at as u32)).collect()
}
