//! Deflated data sets (PS3.5 A.5), inflated into memory as far as a budget goes.
//!
//! A megabyte of such a file may stand for a gigabyte of zeros. Input is read and output grows in small
//! steps, so that a bomb costs the budget and no more.

use super::Source;
use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};
use std::io;

/// What came of it.
#[derive(Debug)]
pub(super) struct Inflated {
    /// The bytes; those before a damaged place are kept.
    pub(super) source: Source,
    /// The budget was too small for all of them.
    pub(super) is_cut: bool,
}

/// Bytes read at once.
const INPUT: usize = 64 << 10;
/// Bytes by which the output grows.
const OUTPUT: usize = 256 << 10;

/// Inflates from `offset` on, at most `budget` bytes.
///
/// # Errors
///
/// What the system says while reading the file.
pub(super) fn inflated(packed: &Source, offset: u64, budget: usize) -> io::Result<Inflated> {
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let (mut at, mut bytes, mut filled) = (offset, vec![], 0);
    let mut input = packed.read(at, INPUT)?;
    let mut rest = &input[..];
    let is_cut = loop {
        if rest.is_empty() {
            at += input.len() as u64;
            input = packed.read(at, INPUT)?;
            rest = &input;
        }
        if filled == bytes.len() {
            if filled >= budget {
                break true;
            }
            bytes.resize((filled + OUTPUT).min(budget), 0);
        }
        let step = inflate(&mut state, rest, &mut bytes[filled..], MZFlush::None);
        rest = &rest[step.bytes_consumed..];
        filled += step.bytes_written;
        let idle = step.bytes_consumed == 0 && step.bytes_written == 0;
        match step.status {
            Ok(MZStatus::Ok) if !idle => {}
            // Nothing more can come of an input that has ended; room for output there is always.
            Err(MZError::Buf) if !idle && !rest.is_empty() => {}
            // The end, or bytes that are no stream: the walk over what there is will say so.
            _ => break false,
        }
    };
    bytes.truncate(filled);
    bytes.shrink_to_fit();
    Ok(Inflated { source: Source::memory(bytes), is_cut })
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec;
    use proptest::prelude::*;

    fn inflate(packed: &[u8], budget: usize) -> (Vec<u8>, bool) {
        let found = inflated(&Source::memory(packed.to_vec()), 0, budget).unwrap();
        (found.source.read(0, usize::MAX).unwrap(), found.is_cut)
    }

    #[test]
    fn a_bomb_costs_the_budget_and_says_so() {
        let bomb = compress_to_vec(&vec![0; 4 << 20], 9);

        assert_eq!(inflate(&bomb, 1 << 20), (vec![0; 1 << 20], true));
        assert_eq!(inflate(&bomb, 5 << 20), (vec![0; 4 << 20], false));
    }

    #[test]
    fn the_bytes_before_a_cut_are_kept() {
        let plain: Vec<u8> =
            (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let packed = compress_to_vec(&plain, 6);
        let (half, is_cut) = inflate(&packed[..packed.len() / 2], usize::MAX);

        assert!(half.len() > plain.len() / 3 && plain.starts_with(&half) && !is_cut);
    }

    proptest! {
        #[test]
        fn what_was_deflated_comes_back(plain in prop::collection::vec(any::<u8>(), 0..100_000)) {
            prop_assert_eq!(inflate(&compress_to_vec(&plain, 6), usize::MAX), (plain, false));
        }

        #[test]
        fn any_bytes_come_to_an_end(packed in prop::collection::vec(any::<u8>(), 0..2000)) {
            inflate(&packed, 1 << 20);
        }
    }
}
