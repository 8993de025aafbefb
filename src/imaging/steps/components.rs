//! Connected parts of a mask, found by runs along its rows: voxels touch if they share a corner.

use ndarray::{Array3, ArrayView3};
use std::ops::Range;

/// Voxels of one row that follow one another and are set.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// Row number over all slices.
    row: u32,
    first: u32,
    /// One past the last.
    end: u32,
}

/// The parts of a mask.
#[derive(Debug)]
pub(super) struct Components {
    shape: (usize, usize, usize),
    runs: Vec<Run>,
    /// For each run an earlier one of the same part, or itself.
    parents: Vec<u32>,
}

impl Components {
    /// Finds the parts of all voxels for which `set` holds, by 26 neighbours (8 in a single slice).
    pub(super) fn of<T: Copy>(array: &ArrayView3<'_, T>, set: impl Fn(T) -> bool) -> Self {
        let shape = array.dim();
        let mut found = Self { shape, runs: vec![], parents: vec![] };
        let mut rows: Vec<Range<usize>> = Vec::with_capacity(shape.0 * shape.1);
        for (number, row) in array.rows().into_iter().enumerate() {
            let begin = found.runs.len();
            let mut first = None;
            for (column, &value) in row.iter().enumerate() {
                match (set(value), first) {
                    (true, None) => first = Some(column),
                    (false, Some(start)) => {
                        found.push(number, start, column);
                        first = None;
                    }
                    _ => {}
                }
            }
            if let Some(start) = first {
                found.push(number, start, shape.2);
            }
            rows.push(begin..found.runs.len());
            found.join(&rows);
        }
        found
    }

    fn push(&mut self, row: usize, first: usize, end: usize) {
        self.parents.push(self.runs.len() as u32);
        self.runs.push(Run { row: row as u32, first: first as u32, end: end as u32 });
    }

    /// Joins the runs of the last row with those of the rows before it that touch it.
    fn join(&mut self, rows: &[Range<usize>]) {
        let here = rows.len() - 1;
        let height = self.shape.1;
        let (slice, row) = (here / height, here % height);
        let mut neighbours = vec![];
        if row > 0 {
            neighbours.push(here - 1);
        }
        if slice > 0 {
            let above = here - height;
            neighbours.extend((row > 0).then(|| above - 1));
            neighbours.push(above);
            neighbours.extend((row + 1 < height).then_some(above + 1));
        }
        for neighbour in neighbours {
            let (mut a, mut b) = (rows[here].start, rows[neighbour].start);
            while a < rows[here].end && b < rows[neighbour].end {
                let (p, q) = (self.runs[a], self.runs[b]);
                // Corners count, so runs touch if they overlap once one of them is a voxel longer.
                if p.first <= q.end && q.first <= p.end {
                    self.unite(a, b);
                }
                if p.end < q.end { a += 1 } else { b += 1 }
            }
        }
    }

    fn root(&mut self, mut run: usize) -> usize {
        while self.parents[run] as usize != run {
            let above = self.parents[self.parents[run] as usize];
            self.parents[run] = above;
            run = above as usize;
        }
        run
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The earliest run names the part, as labels are counted in the order of the array.
        let (first, later) = (a.min(b), a.max(b));
        self.parents[later] = first as u32;
    }

    /// The part that the first voxel belongs to, if it is set.
    pub(super) fn at_origin(&mut self) -> Option<usize> {
        let first = self.runs.first()?;
        (first.row == 0 && first.first == 0).then_some(0)
    }

    /// The part with most voxels; of equal ones the first.
    pub(super) fn largest(&mut self) -> Option<usize> {
        let mut sizes = vec![0_u64; self.runs.len()];
        for at in 0..self.runs.len() {
            let (root, run) = (self.root(at), self.runs[at]);
            sizes[root] += u64::from(run.end - run.first);
        }
        (0..sizes.len()).rev().max_by_key(|&at| sizes[at])
    }

    /// Calls `paint` with the voxels of every run of one part, counted in the order of the array.
    pub(super) fn each_of(&mut self, part: usize, mut paint: impl FnMut(Range<usize>)) {
        let part = self.root(part);
        for at in 0..self.runs.len() {
            if self.root(at) == part {
                let Run { row, first, end } = self.runs[at];
                let start = row as usize * self.shape.2;
                paint(start + first as usize..start + end as usize);
            }
        }
    }

    /// One part as a mask of its own.
    pub(super) fn mask_of(&mut self, part: Option<usize>) -> Array3<u8> {
        let mut mask = Array3::zeros(self.shape);
        if let (Some(part), Some(voxels)) = (part, mask.as_slice_mut()) {
            self.each_of(part, |run| voxels[run].fill(1));
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The part of a voxel, by walking from neighbour to neighbour.
    fn flood(mask: &Array3<u8>, start: (usize, usize, usize)) -> Array3<u8> {
        let (slices, rows, columns) = mask.dim();
        let mut seen = Array3::zeros(mask.dim());
        let mut open = vec![start];
        while let Some((slice, row, column)) = open.pop() {
            if std::mem::replace(&mut seen[(slice, row, column)], 1) == 1 {
                continue;
            }
            let around = |at: usize, count: usize| at.saturating_sub(1)..(at + 2).min(count);
            for k in around(slice, slices) {
                for j in around(row, rows) {
                    for i in around(column, columns) {
                        if mask[(k, j, i)] == 1 && seen[(k, j, i)] == 0 {
                            open.push((k, j, i));
                        }
                    }
                }
            }
        }
        seen
    }

    proptest! {
        #[test]
        fn the_largest_part_is_that_of_a_flood(bits in prop::collection::vec(0_u8..2, 4 * 5 * 6)) {
            let mask = Array3::from_shape_vec((4, 5, 6), bits).unwrap();
            let mut best = Array3::zeros(mask.dim());
            for (place, &set) in mask.indexed_iter() {
                let part = if set == 1 { flood(&mask, place) } else { continue };
                if part.iter().map(|&x| usize::from(x)).sum::<usize>()
                    > best.iter().map(|&x: &u8| usize::from(x)).sum() {
                    best = part;
                }
            }
            let mut components = Components::of(&mask.view(), |value| value == 1);
            let largest = components.largest();
            prop_assert_eq!(components.mask_of(largest), best);
            if let Some(origin) = components.at_origin() {
                prop_assert_eq!(components.mask_of(Some(origin)), flood(&mask, (0, 0, 0)));
            }
        }
    }
}
