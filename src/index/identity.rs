//! When a file is still the file it was.

use super::coded::{Coded, coded};
use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What changes when a file is replaced or rewritten: the change time does even if size and modification
/// time are put back, as nobody can set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: i64,
    modified_nanos: i64,
    changed: i64,
    changed_nanos: i64,
}

coded! {
    Identity { device, inode, size, modified, modified_nanos, changed, changed_nanos }
}

/// Within this time before a scan a file may be written twice and keep its times: those of some file systems
/// go by seconds.
const UNSETTLED: Duration = Duration::from_secs(3);

impl Identity {
    /// That of a file as the system describes it.
    pub fn of(status: &Metadata) -> Self {
        Self {
            device: status.dev(),
            inode: status.ino(),
            size: status.size(),
            modified: status.mtime(),
            modified_nanos: status.mtime_nsec(),
            changed: status.ctime(),
            changed_nanos: status.ctime_nsec(),
        }
    }

    /// The file was left alone for long enough before `now` to be known by its times.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let limit = now.checked_sub(UNSETTLED).and_then(|limit| limit.duration_since(UNIX_EPOCH).ok());
        limit.is_some_and(|limit| i64::try_from(limit.as_secs()).is_ok_and(|limit| self.changed < limit))
    }
}
