//! Whether two files hold the same bytes.

use super::Archives;
use std::path::Path;

/// Bytes read from each at once.
const PIECE: usize = 64 << 10;

/// Compares two files byte by byte, taking what it reads of each from `budget`.
///
/// `None` if the budget is too small or one of them cannot be read.
pub fn same_bytes(a: &Path, b: &Path, archives: &Archives, budget: &mut u64) -> Option<bool> {
    let (a, b) = (archives.open(a).ok()?, archives.open(b).ok()?);
    if a.len() != b.len() {
        return Some(false);
    }
    let mut at = 0;
    while at < a.len() {
        *budget = budget.checked_sub(PIECE as u64)?;
        let (ours, theirs) = (a.read(at, PIECE).ok()?, b.read(at, PIECE).ok()?);
        if ours != theirs {
            return Some(false);
        }
        at += PIECE as u64;
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_compared_to_their_last_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let mut bytes = vec![7; 100_000];
        let (a, b) = (file("a", &bytes), file("b", &bytes));
        bytes[99_999] = 8;
        let (c, d) = (file("c", &bytes), file("d", &bytes[1..]));

        let compare = |one: &Path, other: &Path, mut budget: u64| {
            same_bytes(one, other, &Archives::default(), &mut budget)
        };
        assert_eq!(compare(&a, &b, 1 << 20), Some(true));
        assert_eq!(compare(&a, &c, 1 << 20), Some(false));
        assert_eq!(compare(&a, &d, 0), Some(false));
        assert_eq!(compare(&a, &b, 100_000), None);
        assert_eq!(compare(&a, Path::new("no/such/file"), 1 << 20), None);
    }
}
