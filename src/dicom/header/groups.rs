//! What a scan wants of functional groups (PS3.3 C.7.6.16): where frames lie and how large pixels are.
//!
//! Twenty thousand frames have a group each, with a dozen attributes nobody scans for. They are stepped
//! over like everything else, and no tree is built of them.

use crate::{
    dicom::{Damage, Element, Step, Tag, Walker, recognise},
    model::{Orientation, Vector, decimal},
};

const PLANE_POSITION: Tag = Tag(0x0020, 0x9113);
const PLANE_ORIENTATION: Tag = Tag(0x0020, 0x9116);
const PIXEL_MEASURES: Tag = Tag(0x0028, 0x9110);
const FRAME_CONTENT: Tag = Tag(0x0020, 0x9111);
const DIFFUSION: Tag = Tag(0x0018, 0x9117);
const MACROS: [Tag; 5] = [PLANE_POSITION, PLANE_ORIENTATION, PIXEL_MEASURES, FRAME_CONTENT, DIFFUSION];
/// Longer values are not a few numbers.
const LONGEST: u32 = 1024;

/// One item of (5200,9229) or (5200,9230).
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) position: Option<Vector>,
    pub(super) orientation: Option<Orientation>,
    pub(super) measures: Option<Box<Measures>>,
    /// Dimension Index Values (0020,9157).
    pub(super) indices: Vec<u32>,
    /// Temporal Position Index (0020,9128), as it is written.
    pub(super) time: Vec<u8>,
    /// Diffusion b-value (0018,9087), as it is written.
    pub(super) b_value: Vec<u8>,
}

/// Pixel Measures (0028,9110).
#[derive(Debug, Default)]
pub(super) struct Measures {
    pub(super) spacing: Vec<f64>,
    pub(super) thickness: Option<f64>,
    pub(super) slice_spacing: Option<f64>,
}

/// Reads the groups of a sequence that the walker has just met.
///
/// # Errors
///
/// [`Damage`] where the bytes make no sense.
pub(super) fn read(walker: &mut Walker<'_>, sequence: &Element) -> Result<Vec<Group>, Damage> {
    let floor = walker.depth();
    walker.enter(sequence)?;
    let mut groups: Vec<Group> = vec![];
    // The macro met last inside a group, and which of its items the walk is in.
    let (mut of, mut item) = (None, 0);
    while walker.depth() > floor {
        // Two levels for every sequence: itself and its item.
        match (walker.step()?, walker.depth() - floor) {
            (Step::Item, 2) => groups.push(Group::default()),
            (Step::Item, 4) => item += 1,
            (Step::Element(element), 2) if MACROS.contains(&element.tag) => {
                (of, item) = (Some(element.tag), 0);
                walker.enter(&element)?;
            }
            // Only the first item of each counts: they have one.
            (Step::Element(element), 4) if item == 1 => {
                let is_first = groups.len() == 1;
                let Some(group) = groups.last_mut() else { continue };
                match (of, element.tag) {
                    (Some(PLANE_POSITION), Tag(0x0020, 0x0032)) => {
                        group.position = numbers(walker, &element)?.try_into().ok();
                    }
                    (Some(PLANE_ORIENTATION), Tag(0x0020, 0x0037)) => {
                        group.orientation = Orientation::from_values(&numbers(walker, &element)?);
                    }
                    (Some(FRAME_CONTENT), Tag(0x0020, 0x9157)) => {
                        let words = bytes(walker, &element)?.as_chunks::<4>().0;
                        group.indices = words.iter().map(|&word| element.encoding.u32(word)).collect();
                    }
                    (Some(FRAME_CONTENT), Tag(0x0020, 0x9128)) => {
                        group.time = bytes(walker, &element)?.to_vec();
                    }
                    (Some(DIFFUSION), Tag(0x0018, 0x9087)) => {
                        group.b_value = bytes(walker, &element)?.to_vec();
                    }
                    // Those of the first frame stand for all.
                    (Some(PIXEL_MEASURES), tag) if is_first => {
                        let values = numbers(walker, &element)?;
                        let measures = group.measures.get_or_insert_default();
                        match tag {
                            Tag(0x0028, 0x0030) => measures.spacing = values,
                            Tag(0x0018, 0x0050) => measures.thickness = values.first().copied(),
                            Tag(0x0018, 0x0088) => measures.slice_spacing = values.first().copied(),
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Ok(groups)
}

/// The numbers of a decimal string.
fn numbers(walker: &mut Walker<'_>, element: &Element) -> Result<Vec<f64>, Damage> {
    Ok(recognise::code(bytes(walker, element)?).split('\\').filter_map(decimal).collect())
}

/// A short value; nothing of a long one.
fn bytes<'a>(walker: &'a mut Walker<'_>, element: &Element) -> Result<&'a [u8], Damage> {
    let length = element.length.filter(|&length| length <= LONGEST).unwrap_or(0);
    Ok(walker.source().peek(element.value, length as usize)?)
}
