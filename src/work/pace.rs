//! How many readers a scan has: more where every file keeps its reader waiting.
//!
//! From the cache of the system a file takes some microseconds, and more readers than cores only get into
//! one another's way. Over a network each open is a round trip, and a disk that is asked for many things
//! finds a shorter way through them; there, readers spend their time waiting, and more of them wait at once.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// A file that takes this long was waited for.
const SLOW: Duration = Duration::from_millis(1);
/// So many of them, one after the other, were not waited for by chance.
const IN_A_ROW: u32 = 4;
/// Readers at most: servers and disks answer no faster to more.
const MOST: usize = 16;

/// Large enough to make channels cheap, whose threads yield and sleep at each end; small enough for rows to appear
/// as they are found.
const BATCH: usize = 256;
const SLOW_BATCH: usize = 8;

/// The number of readers of one scan.
#[derive(Debug)]
pub(super) struct Pace {
    first: usize,
    readers: AtomicUsize,
}

impl Pace {
    /// Begins with so many.
    pub(super) fn new(readers: usize) -> Self {
        let first = readers.clamp(1, MOST);
        Self { first, readers: AtomicUsize::new(first) }
    }

    /// How many there are.
    pub(super) fn readers(&self) -> usize {
        self.readers.load(Ordering::Relaxed)
    }

    /// How many files a reader takes at a time: those that are slow are handed on sooner.
    pub(super) fn batch(&self) -> usize {
        if self.readers() > self.first { SLOW_BATCH } else { BATCH }
    }

    /// Tells how long a reader took for a file; true if there is to be one reader more, who is counted.
    ///
    /// `slow` counts the slow files of this reader in a row. A busy machine keeps a file waiting now and
    /// then, a slow disk or network keeps all of them.
    pub(super) fn wants_more(&self, slow: &mut u32, took: Duration) -> bool {
        *slow = if took >= SLOW { *slow + 1 } else { 0 };
        if *slow < IN_A_ROW {
            return false;
        }
        *slow = 0;
        let more = |readers| (readers < MOST).then_some(readers + 1);
        self.readers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_files_add_readers_up_to_a_bound_and_quick_ones_none() {
        let (pace, mut slow) = (Pace::new(2), 0);
        let (long, short) = (Duration::from_millis(3), Duration::from_micros(20));
        let mostly_long = [long, long, long, short].repeat(50);
        assert!(!mostly_long.into_iter().any(|took| pace.wants_more(&mut slow, took)));
        assert_eq!(pace.batch(), BATCH);

        let added = (0..100).filter(|_| pace.wants_more(&mut slow, long)).count();

        assert_eq!((added, pace.readers()), (MOST - 2, MOST));
        assert_eq!(pace.batch(), SLOW_BATCH);
    }
}
