//! Places of single slices in a volume, to be filled by several threads at a time and without a copy.

use super::{
    Volume,
    store::{Meant, Voxels},
};
use crate::model::{Frame, Pixels};

/// The place of one slice, two bytes for each voxel.
#[derive(Debug)]
pub struct Slot<'a> {
    /// Counted from zero along the normal.
    pub slice: usize,
    shape: (usize, usize),
    codes: &'a mut [i16],
}

/// A slice that is in its place, and what is to be known of it.
#[derive(Debug)]
pub struct Filled {
    slice: usize,
    meant: Meant,
}

impl Slot<'_> {
    /// Where stored words of two bytes can be put, row by row.
    pub fn words(&mut self) -> &mut [i16] {
        self.codes
    }

    /// Takes the words that have been put there for those of a frame of this description; nothing if they
    /// cannot stay.
    pub fn filled(self, frame: &Frame, signed: bool) -> Option<Filled> {
        Some(Filled { slice: self.slice, meant: Meant::of(self.codes, signed, frame)? })
    }

    /// Copies a frame; nothing if it does not fit.
    pub fn put(self, frame: &Frame) -> Option<Filled> {
        let Pixels::Gray(stored) = &frame.pixels else { return None };
        if stored.shape() != self.shape {
            self.clear();
            return None;
        }
        Some(Filled { slice: self.slice, meant: Meant::by(self.codes, stored, frame)? })
    }

    /// Leaves the slice empty.
    pub fn clear(self) {
        self.codes.fill(0);
    }
}

impl Volume {
    /// The places of all slices, if two bytes are enough for what is known so far.
    pub fn slots(&mut self) -> Vec<Slot<'_>> {
        self.bricks.take();
        let [_, rows, columns] = self.geometry.shape;
        let Voxels::Short(array, _) = &mut self.voxels else { return vec![] };
        let codes = array.as_slice_mut().unwrap_or_default();
        let planes = codes.chunks_exact_mut((rows * columns).max(1)).enumerate();
        planes.map(|(slice, codes)| Slot { slice, shape: (rows, columns), codes }).collect()
    }

    /// Takes note of a slice that is in its place. False if its values and those of others need more than two
    /// bytes: then it is to be set again with [`Volume::set_slice`].
    pub fn settle(&mut self, filled: &Filled) -> bool {
        let settled = self.voxels.settle(&filled.meant);
        if settled {
            self.rescale[filled.slice] = filled.meant.rescale;
        }
        settled
    }
}
