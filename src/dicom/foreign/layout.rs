//! Where the samples of an array lie in a file, and how a frame of them is read.

use crate::dicom::Source;
use std::io;

/// What one sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl Sample {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    pub(super) fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }
}

/// One direction of an array: how many there are, and bytes from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) count: u64,
    pub(super) stride: i64,
}

impl Axis {
    /// An axis that is not there.
    pub(super) const ONE: Self = Self { count: 1, stride: 0 };

    fn reach(self) -> i64 {
        self.stride * (self.count as i64 - 1)
    }
}

/// Axes without gaps, the first of `sizes` running fastest in steps of `item` bytes.
///
/// # Errors
///
/// A sentence, if one of them is empty or their product is more than any file has.
pub(super) fn axes(item: u64, sizes: &[u64]) -> Result<Vec<Axis>, String> {
    let mut stride = item;
    let mut axes = vec![];
    for &count in sizes {
        if count == 0 {
            return Err("has an axis of length 0".to_owned());
        }
        axes.push(Axis { count, stride: stride as i64 });
        stride = stride.checked_mul(count).filter(|&bytes| bytes < MOST_BYTES).ok_or_else(|| {
            format!("states {sizes:?} samples along its axes, which are more than any file has")
        })?;
    }
    Ok(axes)
}

/// No file is longer, and sums of a few such numbers do not overflow.
const MOST_BYTES: u64 = 1 << 50;
/// DICOM counts rows and columns in 16 bits.
const LONGEST: u64 = 0xFFFF;
/// Slices of one file.
pub(super) const MOST_FRAMES: u64 = 100_000;
/// Bytes that are read for one frame.
const LARGEST_FRAME: u64 = 1 << 30;

/// Everything about where samples lie. Indices grow as they are shown: columns to the right, rows down.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) sample: Sample,
    /// The most significant byte comes first.
    pub(super) big: bool,
    /// Of the sample with all indices 0.
    pub(super) offset: u64,
    /// Three for colours, else one.
    pub(super) channels: Axis,
    pub(super) columns: Axis,
    pub(super) rows: Axis,
    pub(super) slices: Axis,
    /// Other axes, the first of them fastest: time, directions.
    pub(super) others: Vec<Axis>,
}

impl Layout {
    /// Columns, rows and slices are the first three of `axes`, and the rest are others; missing ones are one.
    pub(super) fn new(sample: Sample, big: bool, offset: u64, axes: &[Axis]) -> Self {
        let axis = |at: usize| axes.get(at).copied().unwrap_or(Axis::ONE);
        let others = axes.iter().skip(3).copied().filter(|axis| axis.count > 1).collect();
        Self {
            sample,
            big,
            offset,
            channels: Axis::ONE,
            columns: axis(0),
            rows: axis(1),
            slices: axis(2),
            others,
        }
    }

    /// Columns, rows, slices.
    pub(super) fn counts(&self) -> [u64; 3] {
        [self.columns, self.rows, self.slices].map(|axis| axis.count)
    }

    /// Volumes: all combinations of the other axes.
    pub(super) fn volumes(&self) -> u64 {
        self.others.iter().map(|axis| axis.count).fold(1, u64::saturating_mul)
    }

    /// Slices of all volumes, those of the first volume first.
    pub(super) fn frames(&self) -> u64 {
        self.volumes().saturating_mul(self.slices.count)
    }

    /// Bytes of a frame as it is read.
    pub(super) fn frame_bytes(&self) -> u64 {
        self.rows.count * self.columns.count * self.channels.count * self.sample.bytes()
    }

    /// Whether all this can be shown.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(super) fn check(&self) -> Result<(), String> {
        let (columns, rows, frames) = (self.columns.count, self.rows.count, self.frames());
        if self.offset >= MOST_BYTES {
            return Err(format!("has its first value at byte {}, beyond any file", self.offset));
        }
        if columns > LONGEST || rows > LONGEST {
            return Err(format!("has slices of {columns} x {rows}; {LONGEST} along each side can be shown"));
        }
        if frames > MOST_FRAMES {
            return Err(format!("has {frames} slices; {MOST_FRAMES} can be shown"));
        }
        if self.frame_bytes() > LARGEST_FRAME || self.span().1 > LARGEST_FRAME {
            return Err("has slices for each of which more than 1 GiB would have to be read".to_owned());
        }
        Ok(())
    }

    /// How many frames, from the first, are whole in a file of `len` bytes.
    pub(super) fn present(&self, len: u64) -> u64 {
        let (low, span) = self.span();
        let ends = |&frame: &u64| (self.start(frame) + low).checked_add_unsigned(span);
        let whole = |frame: &u64| ends(frame).is_some_and(|end| end >= 0 && end.cast_unsigned() <= len);
        (0..self.frames()).take_while(whole).count() as u64
    }

    /// Bytes of a file that holds all of it, if nothing follows.
    pub(super) fn end(&self) -> u64 {
        let (low, span) = self.span();
        let last = self.others.iter().fold(self.slices.reach(), |sum, axis| sum + axis.reach());
        self.offset.saturating_add_signed(low + last).saturating_add(span)
    }

    /// Turns columns round: the last comes first.
    pub(super) fn mirror_columns(&mut self) {
        self.offset = self.offset.saturating_add_signed(self.columns.reach());
        self.columns.stride = -self.columns.stride;
    }

    /// Turns rows round: the last comes first.
    pub(super) fn mirror_rows(&mut self) {
        self.offset = self.offset.saturating_add_signed(self.rows.reach());
        self.rows.stride = -self.rows.stride;
    }

    /// Where the first sample of a frame is.
    fn start(&self, frame: u64) -> i64 {
        let (slice, mut rest) = (frame % self.slices.count, frame / self.slices.count);
        let mut at = self.offset as i64 + slice as i64 * self.slices.stride;
        for axis in &self.others {
            at += (rest % axis.count) as i64 * axis.stride;
            rest /= axis.count;
        }
        at
    }

    /// The lowest byte of a frame relative to its first sample, and bytes from there to its end.
    fn span(&self) -> (i64, u64) {
        let reaches = [self.rows, self.columns, self.channels].map(Axis::reach);
        let low: i64 = reaches.iter().map(|&reach| reach.min(0)).sum();
        let high: i64 = reaches.iter().map(|&reach| reach.max(0)).sum();
        (low, (high - low) as u64 + self.sample.bytes())
    }

    /// The samples of a frame: row by row, colours side by side, little endian. What the file has no bytes
    /// for is zero.
    ///
    /// # Errors
    ///
    /// What the system says while reading.
    pub(super) fn frame(&self, source: &Source, frame: u64) -> io::Result<Vec<u8>> {
        let (low, span) = self.span();
        let from = u64::try_from(self.start(frame) + low).map_err(io::Error::other)?;
        let mut bytes = source.read(from, span as usize)?;
        bytes.resize(span as usize, 0);
        let item = self.sample.bytes() as usize;
        let mut samples = self.gathered(bytes, (-low) as usize, item);
        if self.big && item > 1 {
            samples.chunks_exact_mut(item).for_each(<[u8]>::reverse);
        }
        Ok(samples)
    }

    /// Samples in the order of the screen, of those of the file; the first is at `first`.
    fn gathered(&self, bytes: Vec<u8>, first: usize, item: usize) -> Vec<u8> {
        let pixel = item as u64 * self.channels.count;
        let beside = |axis: Axis, bytes: u64| axis.count == 1 || axis.stride == bytes as i64;
        let rows_are_whole = beside(self.channels, item as u64) && beside(self.columns, pixel);
        let row = pixel * self.columns.count;
        if rows_are_whole && beside(self.rows, row) {
            return bytes;
        }
        let place = |steps: [(u64, Axis); 3]| {
            let off: i64 = steps.iter().map(|&(step, axis)| step as i64 * axis.stride).sum();
            (first as i64 + off) as usize
        };
        let mut samples = Vec::with_capacity(self.frame_bytes() as usize);
        for y in 0..self.rows.count {
            if rows_are_whole {
                let at = place([(y, self.rows), (0, self.columns), (0, self.channels)]);
                samples.extend_from_slice(&bytes[at..at + row as usize]);
                continue;
            }
            for x in 0..self.columns.count {
                for channel in 0..self.channels.count {
                    let at = place([(y, self.rows), (x, self.columns), (channel, self.channels)]);
                    samples.extend_from_slice(&bytes[at..at + item]);
                }
            }
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_order_of_axes_and_any_mirroring_gives_every_sample_once(
            sizes in prop::array::uniform5(1_u64..5), order in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
            mirrored: [bool; 2], big: bool,
        ) {
            // Axes in the file, fastest first, and which of them each stands for.
            let in_file: Vec<u64> = order.iter().map(|&at| sizes[at]).collect();
            let found = axes(2, &in_file).unwrap();
            let of = |which: usize| found[order.iter().position(|&at| at == which).unwrap()];
            let mut layout = Layout::new(Sample::U16, big, 6, &[of(0), of(1), of(2), of(3)]);
            layout.channels = of(4);
            let count: u64 = sizes.iter().product();
            // Every sample is its own number in the file.
            let bytes = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
            let file: Vec<u8> = [0; 6].into_iter().chain((0..count as u16).flat_map(bytes)).collect();
            if mirrored[0] { layout.mirror_columns(); }
            if mirrored[1] { layout.mirror_rows(); }
            layout.check().unwrap();
            prop_assert_eq!(layout.present(file.len() as u64), layout.frames());
            prop_assert_eq!(layout.end(), file.len() as u64);
            prop_assert!(layout.present(file.len() as u64 - 1) < layout.frames());
            let source = Source::memory(file);
            for frame in 0..layout.frames() {
                let read = layout.frame(&source, frame).unwrap();
                let mut read = read.as_chunks::<2>().0.iter().map(|&word| u64::from(u16::from_le_bytes(word)));
                for y in 0..sizes[1] {
                    for x in 0..sizes[0] {
                        for channel in 0..sizes[4] {
                            let x = if mirrored[0] { sizes[0] - 1 - x } else { x };
                            let y = if mirrored[1] { sizes[1] - 1 - y } else { y };
                            let index = [x, y, frame % sizes[2], frame / sizes[2], channel];
                            let meant: u64 =
                                (0..5).map(|which| index[which] * of(which).stride as u64 / 2).sum();
                            prop_assert_eq!(read.next(), Some(meant));
                        }
                    }
                }
                prop_assert_eq!(read.next(), None);
            }
        }
    }

    #[test]
    fn sizes_beyond_any_file_are_refused_before_anything_is_multiplied() {
        assert!(axes(8, &[u64::MAX, 2]).is_err());
        assert!(axes(1, &[1 << 30, 1 << 30]).is_err());
        assert!(axes(1, &[4, 0]).is_err());
        let wide = Layout::new(Sample::U8, false, 0, &axes(1, &[70_000, 2]).unwrap());
        assert!(wide.check().unwrap_err().contains("70000 x 2"));
    }
}
