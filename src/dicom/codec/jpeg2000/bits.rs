//! Bits of packet headers, and the tag trees in them (ISO/IEC 15444-1 B.10.1, B.10.2).

/// The packet header goes on beyond the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended;

/// A reader of packet headers: after a byte of ones comes a byte of seven bits.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    byte: u8,
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at, byte: 0, left: 0 }
    }

    pub(super) fn bit(&mut self) -> Result<u32, Ended> {
        if self.left == 0 {
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            self.byte = *self.data.get(self.at).ok_or(Ended)?;
            self.at += 1;
        }
        self.left -= 1;
        Ok(u32::from(self.byte >> self.left & 1))
    }

    pub(super) fn take(&mut self, count: u32) -> Result<u32, Ended> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | self.bit()?;
        }
        Ok(value)
    }

    /// The number of coding passes (table B.4).
    pub(super) fn passes(&mut self) -> Result<u32, Ended> {
        for (base, bits) in [(1, 1), (2, 1), (3, 2), (6, 5)] {
            let value = self.take(bits)?;
            let most = (1 << bits) - 1;
            if value < most {
                return Ok(base + value);
            }
        }
        Ok(37 + self.take(7)?)
    }

    /// Where the header ends: at the next byte, but for a stuffed one.
    pub(super) fn end(self) -> usize {
        self.at + usize::from(self.byte == 0xFF)
    }
}

/// A tag tree over a grid of leaves.
#[derive(Debug, Clone, Default)]
pub(super) struct TagTree {
    /// Columns and first node of each level, leaves first.
    levels: Vec<(usize, usize)>,
    /// The least possible value of each node, and whether it is that.
    nodes: Vec<(u32, bool)>,
}

impl TagTree {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        let (mut columns, mut rows) = (columns, rows);
        let (mut levels, mut count) = (vec![], 0);
        while columns * rows > 0 {
            levels.push((columns, count));
            count += columns * rows;
            if columns * rows == 1 {
                break;
            }
            (columns, rows) = (columns.div_ceil(2), rows.div_ceil(2));
        }
        Self { levels, nodes: vec![(0, false); count] }
    }

    /// Reads on until the leaf is known, or known not to be less than `limit`; its value, if less.
    pub(super) fn below(
        &mut self,
        (x, y): (usize, usize),
        limit: u32,
        bits: &mut Bits<'_>,
    ) -> Result<Option<u32>, Ended> {
        let mut least = 0;
        let mut known = false;
        for (level, &(columns, first)) in self.levels.iter().enumerate().rev() {
            let node = &mut self.nodes[first + (y >> level) * columns + (x >> level)];
            node.0 = node.0.max(least);
            while !node.1 && node.0 < limit {
                if bits.bit()? == 1 {
                    node.1 = true;
                } else {
                    node.0 += 1;
                }
            }
            (least, known) = *node;
        }
        Ok((known && least < limit).then_some(least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_example_of_a_tag_tree_is_read() {
        // B.10.2: q3(0,0) = 1, q3(1,0) = 3, q3(2,0) = 2 of a 6 x 3 tree.
        let mut tree = TagTree::new(6, 3);
        let mut bits = Bits::new(&[0b0111_1001, 0b1010_1000], 0);

        assert_eq!(tree.below((0, 0), 9, &mut bits), Ok(Some(1)));
        assert_eq!(tree.below((1, 0), 9, &mut bits), Ok(Some(3)));
        assert_eq!(tree.below((2, 0), 9, &mut bits), Ok(Some(2)));
    }

    #[test]
    fn numbers_of_passes_have_five_ranges() {
        let passes = |bytes: &[u8]| Bits::new(bytes, 0).passes();

        assert_eq!(passes(&[0b0000_0000]), Ok(1));
        assert_eq!(passes(&[0b1000_0000]), Ok(2));
        assert_eq!(passes(&[0b1110_0000]), Ok(5));
        assert_eq!(passes(&[0b1111_0000, 0b1000_0000]), Ok(7));
        assert_eq!(passes(&[0b1111_1111, 0b0100_0000, 0]), Ok(37));
        assert_eq!(passes(&[]), Err(Ended));
    }
}
