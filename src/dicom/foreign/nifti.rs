//! `NIfTI-1`, `NIfTI-2` and the older Analyze: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`.
//!
//! Where voxels lie is said in RAS: x to the right, y to the front. The sform counts before the qform, as for
//! nibabel and dcm2niix; a file without either has distances alone.

use super::{
    Beside, Read, Volume,
    layout::{Axis, Layout, Sample, axes},
    place::{self, Affine, Place},
};
use crate::dicom::Source;

/// The older header, and the newer.
const FIRST: usize = 348;
const SECOND: usize = 540;

/// The header's numbers, whichever of the two ways they are written.
struct Head {
    bytes: Vec<u8>,
    big: bool,
    second: bool,
}

impl Head {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = self.bytes.get(at..at + N).and_then(|part| part.try_into().ok()).unwrap_or([0; N]);
        if self.big {
            bytes.reverse();
        }
        bytes
    }

    fn short(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    /// A number that is 32 bits wide in the first version and 64 in the second.
    fn float(&self, first: usize, second: usize) -> f64 {
        if self.second {
            f64::from_le_bytes(self.array(second))
        } else {
            f32::from_le_bytes(self.array(first)).into()
        }
    }

    fn floats<const N: usize>(&self, first: usize, second: usize) -> [f64; N] {
        std::array::from_fn(|n| self.float(first + 4 * n, second + 8 * n))
    }

    /// Sizes of axes, the first of them their number.
    fn dim(&self) -> [i64; 8] {
        std::array::from_fn(|n| {
            if self.second {
                i64::from_le_bytes(self.array(16 + 8 * n))
            } else {
                self.short(40 + 2 * n).into()
            }
        })
    }

    /// A transform's code, 16 bits wide in the first version and 32 in the second.
    fn code(&self, first: usize, second: usize) -> i32 {
        if self.second { i32::from_le_bytes(self.array(second)) } else { self.short(first).into() }
    }
}

/// True if a header of either version stands at the beginning, in either byte order.
pub(super) fn is_one(head: &[u8]) -> bool {
    order(head).is_some_and(|(_, second)| {
        let magic = if second { head.get(4..7) } else { head.get(344..347) };
        matches!(magic, Some(b"n+1" | b"ni1" | b"n+2" | b"ni2"))
    })
}

/// Byte order and version, by the size of the header, which is its first number.
fn order(head: &[u8]) -> Option<(bool, bool)> {
    let first = *head.first_chunk::<4>()?;
    [false, true].into_iter().find_map(|big| {
        let size = if big { u32::from_be_bytes(first) } else { u32::from_le_bytes(first) };
        match size as usize {
            FIRST => Some((big, false)),
            SECOND => Some((big, true)),
            _ => None,
        }
    })
}

/// Reads a header, and finds the values in the same file or beside it.
pub(super) fn read(source: Source, beside: &Beside<'_>) -> Read {
    let bytes = source.read(0, SECOND).map_err(|error| format!("cannot be read: {error}"))?;
    let (big, second) = order(&bytes).ok_or("does not begin as a NIfTI file does")?;
    let head = Head { bytes, big, second };
    let magic = if second { head.bytes.get(4..7) } else { head.bytes.get(344..347) };
    let (format, single) = match magic {
        Some(b"n+1") => ("NIfTI-1", true),
        Some(b"ni1") => ("NIfTI-1", false),
        Some(b"n+2") => ("NIfTI-2", true),
        Some(b"ni2") => ("NIfTI-2", false),
        _ if !second => ("Analyze 7.5", false),
        _ => return Err("does not begin as a NIfTI file does".to_owned()),
    };
    let mut notes = vec![];
    let begin = head.float(108, 0).max(0.0) as u64;
    let begin = if second { i64::from_le_bytes(head.array(168)).max(0) as u64 } else { begin };
    let (source, offset) = if single {
        (source, begin.max(if second { SECOND as u64 + 4 } else { FIRST as u64 + 4 }))
    } else {
        (beside.twin("img")?, begin)
    };
    let layout = layout(&head, offset)?;
    let rescale = match (head.float(112, 176), head.float(116, 184)) {
        // No scaling is meant (nifti1.h), and colours have none.
        (slope, _) if slope == 0.0 || !slope.is_finite() || layout.channels.count > 1 => (1.0, 0.0),
        (slope, intercept) => (slope, if intercept.is_finite() { intercept } else { 0.0 }),
    };
    let place = if format == "Analyze 7.5" {
        place::assumed(head.floats(80, 112).map(f64::abs), &mut notes)
    } else {
        placed(&head, layout.counts(), &mut notes)
    };
    let text = |from: usize, to: usize| {
        let bytes = head.bytes.get(from..to).unwrap_or_default();
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
    };
    let comment = if second { text(240, 320) } else { text(148, 228) };
    Ok(Volume { format, source, layout, place, rescale, notes, comment })
}

fn layout(head: &Head, offset: u64) -> Result<Layout, String> {
    let dim = head.dim();
    let count = usize::try_from(dim[0]).ok().filter(|count| (1..=7).contains(count));
    let count = count.ok_or_else(|| format!("states {} axes; 1 to 7 can be", dim[0]))?;
    let sizes: Vec<u64> = dim[1..=count].iter().map(|&size| u64::try_from(size).unwrap_or(0)).collect();
    let code = head.short(if head.second { 12 } else { 70 });
    // Red, green and blue, and an opacity that is not shown.
    let channels: u64 = match code {
        128 => 3,
        2304 => 4,
        _ => 1,
    };
    let sample = match code {
        2 | 128 | 2304 => Sample::U8,
        256 => Sample::I8,
        4 => Sample::I16,
        512 => Sample::U16,
        8 => Sample::I32,
        768 => Sample::U32,
        1024 => Sample::I64,
        1280 => Sample::U64,
        16 => Sample::F32,
        64 => Sample::F64,
        32 | 1792 | 2048 => return Err("holds complex numbers, which cannot be shown".to_owned()),
        1536 => return Err("holds numbers of 128 bits, which cannot be shown".to_owned()),
        1 => return Err("holds single bits, which cannot be shown".to_owned()),
        other => return Err(format!("holds values of an unknown kind ({other})")),
    };
    let mut layout = Layout::new(sample, head.big, offset, &axes(channels * sample.bytes(), &sizes)?);
    layout.channels = Axis { count: channels.min(3), stride: 1 };
    Ok(layout)
}

fn placed(head: &Head, size: [u64; 3], notes: &mut Vec<String>) -> Place {
    let units = if head.second { head.array::<4>(500)[0] } else { head.array::<1>(123)[0] };
    let unit = match units & 7 {
        1 => 1000.0,
        3 => 1e-3,
        _ => 1.0,
    };
    let (qform, sform) = (head.code(252, 344), head.code(254, 348));
    let pixdim: [f64; 8] = head.floats(76, 104);
    let (ras, code): (Affine, _) = if sform > 0 {
        let row = |n: usize| head.floats::<4>(280 + 16 * n, 400 + 32 * n);
        ([row(0), row(1), row(2)], sform)
    } else if qform > 0 {
        (rotated(head, &pixdim), qform)
    } else {
        notes.push(
            "has no axes of a patient, neither sform nor qform: those of nearly all such files are taken"
                .to_owned(),
        );
        let mut affine = [[0.0; 4]; 3];
        for axis in 0..3 {
            // The middle is at zero and x runs against RAS, as for nibabel.
            let step = pixdim[axis + 1].abs() * if axis == 0 { -1.0 } else { 1.0 };
            affine[axis][axis] = step;
            affine[axis][3] = -step * (size[axis] - 1) as f64 / 2.0;
        }
        (affine, 0)
    };
    let ras = ras.map(|row| row.map(|x| x * unit));
    let space = match code {
        1 => "scanner",
        2 => "aligned",
        3 => "Talairach",
        4 => "MNI 152",
        5 => "template",
        _ => "assumed",
    };
    Place::At { affine: place::lps(ras, [-1.0, -1.0, 1.0]), space: space.to_owned() }
}

/// The qform: a rotation as three parts of a unit quaternion, steps, and a handedness (nifti1.h, method 2).
fn rotated(head: &Head, pixdim: &[f64; 8]) -> Affine {
    let [b, c, d] = head.floats::<3>(256, 352);
    let offsets = head.floats::<3>(268, 376);
    let a = (1.0 - (b * b + c * c + d * d)).max(0.0).sqrt();
    // Rounded parts may be a little longer than a unit, and then are half a turn.
    let length = (a * a + b * b + c * c + d * d).sqrt();
    let [a, b, c, d] = [a, b, c, d].map(|part| part / length);
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
    ];
    let handed = if pixdim[0] < 0.0 { -1.0 } else { 1.0 };
    let steps = [pixdim[1], pixdim[2], pixdim[3] * handed];
    std::array::from_fn(|row| {
        let along = |axis: usize| rotation[row][axis] * steps[axis];
        [along(0), along(1), along(2), offsets[row]]
    })
}
