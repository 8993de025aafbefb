//! Which file systems tell only of what this machine does: others may change the same files.

use rustix::fs::statfs;
use std::path::Path;

/// As Linux numbers them (statfs(2)); also those that programs serve (FUSE), whose far end is unknown.
const SHARED: [u32; 18] = [
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB2
    0x6573_5546, // FUSE
    0x0102_1997, // 9P
    0x5346_414F, // AFS
    0x6B41_4653, // kAFS
    0x7375_7245, // Coda
    0x00C3_6400, // Ceph
    0x0BD0_0BD0, // Lustre
    0x4750_4653, // GPFS
    0x7461_636F, // OCFS2
    0x0116_1970, // GFS2
    0x786F_4256, // VirtualBox
    0x1983_0326, // BeeGFS
    0x0000_564C, // NCP
    0xAAD7_AAEA, // PanFS
];

/// True if a folder may change without this machine being told.
pub(super) fn is_shared(folder: &Path) -> bool {
    // The numbers are of 32 bits, whatever the field is.
    statfs(folder).is_ok_and(|status| SHARED.contains(&(status.f_type as u32)))
}
