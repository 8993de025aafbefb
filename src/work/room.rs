//! How much memory one stack may take while it is prepared as a whole, and how much it would.
//!
//! Caches have a budget and throw things away; an array that is to be written has to be there in one piece. So
//! it is told before anything is decoded that it is too large, by the numbers alone.

use super::Recipe;
use std::{hint::black_box, num::NonZeroUsize};

/// No stack takes more, however much there is.
const MOST: u64 = 16 << 30;
/// Bytes of a value that is half-way, in double precision.
const HALF_WAY: u64 = 8;
/// Bytes of a value.
const VALUE: u64 = 4;
/// Bytes for each voxel while lungs or a body are looked for: the mask, its copies and its runs.
const MASKS: u64 = 4;

/// The machine's memory, bytes; a careful guess where the system does not tell.
pub fn memory() -> u64 {
    let info = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    total.map_or(4 << 30, |kilobytes| kilobytes * 1024)
}

/// Bytes that each of so many stacks may take at a time: half of the machine's memory among them, and never more
/// than 16 GiB.
pub fn room(stacks: NonZeroUsize) -> u64 {
    (memory() / 2 / stacks.get() as u64).min(MOST)
}

/// Bytes that are held at most at a time: of a stack of `from` slices, rows and columns that becomes one of `to`,
/// if it does, with so many threads. Too many to count are `u64::MAX`.
pub(super) fn needed(
    from: [usize; 3],
    to: Option<[usize; 3]>,
    recipe: &Recipe,
    threads: NonZeroUsize,
) -> u64 {
    let product = |factors: &[u64]| factors.iter().fold(1, |all: u64, &factor| all.saturating_mul(factor));
    let [depth, height, width] = from.map(|count| count as u64);
    let [slices, rows, columns] = to.unwrap_or(from).map(|count| count as u64);
    let loaded = product(&[depth, height, width, VALUE]);
    let new = product(&[slices, rows, columns, VALUE]);
    let resampled = to.map_or(0, |_| {
        let flat = product(&[depth, rows, columns, HALF_WAY]);
        // What each thread has in hand: lines before, as splines and after; and where the new voxels lie.
        let hands = (threads.get() as u64).min(depth.max(rows));
        let lines = depth.max(height).saturating_mul(2).saturating_add(slices.max(rows));
        let lines = product(&[hands, lines, columns.max(width), HALF_WAY]);
        let places = slices.saturating_add(rows).saturating_add(columns).saturating_mul(2 * HALF_WAY);
        loaded.max(new).saturating_add(flat).saturating_add(lines).saturating_add(places)
    });
    let masked = match (recipe.lungs, recipe.crop) {
        (None, None) => new,
        _ => new.saturating_add(new / VALUE * MASKS),
    };
    loaded.max(resampled).max(masked)
}

/// Nothing if so many bytes may be taken and are there, and else why not.
pub(super) fn admit(bytes: u64, room: u64) -> Result<(), String> {
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    if bytes > room {
        let (bytes, room) = (gigabytes(bytes), gigabytes(room));
        return Err(format!(
            "would take {bytes:.1} GB of memory, and a stack may take {room:.1} GB here, half of the machine's \
             memory divided by --jobs"
        ));
    }
    // Arrays of zeros end the program where there is no room for them; a vector can be asked.
    let mut asked: Vec<u8> = vec![];
    match usize::try_from(bytes).map(|bytes| black_box(&mut asked).try_reserve_exact(bytes)) {
        Ok(Ok(())) => Ok(()),
        _ => Err(format!("would take {:.1} GB of memory, which the system does not give", gigabytes(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: NonZeroUsize = NonZeroUsize::MIN;

    #[test]
    fn a_stack_takes_what_is_held_of_it_at_once() {
        let chest = [200, 4000, 4000];
        assert_eq!(needed(chest, None, &Recipe::PLAIN, ONE), 200 * 4000 * 4000 * 4);
        assert_eq!(needed(chest, None, &Recipe { lungs: Some(true), ..Recipe::PLAIN }, ONE), 25_600_000_000);
        // Twice as many values along each axis: the old ones go when the last axis is begun.
        let (old, new) = ([100, 50, 50], [200, 100, 100]);
        let bytes = needed(old, Some(new), &Recipe::PLAIN, ONE);
        let held = 100 * 100 * 100 * 8 + 200 * 100 * 100 * 4;
        assert!((held..held + held / 4).contains(&bytes), "{bytes}");
    }

    #[test]
    fn sizes_that_nobody_can_count_are_too_large_and_nothing_worse() {
        let absurd = [usize::MAX, usize::MAX, 16];
        assert_eq!(needed(absurd, Some(absurd), &Recipe::CLASSIC, ONE), u64::MAX);
        assert!(admit(u64::MAX, room(ONE)).is_err());
    }

    #[test]
    fn what_may_not_be_taken_is_told_from_what_is_not_there() {
        assert_eq!(admit(1 << 20, 1 << 20), Ok(()));
        let why = admit(27_100_000_000, 8_000_000_000).unwrap_err();
        assert!(why.contains("27.1 GB") && why.contains("8.0 GB") && why.contains("--jobs"), "{why}");
        let why = admit(1 << 60, u64::MAX).unwrap_err();
        assert!(why.contains("the system does not give"), "{why}");
    }

    #[test]
    fn several_stacks_at_once_share_the_memory() {
        let (one, many) = (room(ONE), room(NonZeroUsize::new(64).unwrap()));
        assert!(one <= MOST && one <= memory() / 2 && many < one && many > 0);
    }
}
