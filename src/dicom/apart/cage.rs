//! What a decoding process may not do: open, write, connect, and take more memory or time than a frame needs.

use crate::dicom::codec::Layout;
use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};

/// Memory for the program itself and for what does not grow with the image, in bytes.
const BASE: u64 = 256 << 20;
/// Memory for each sample of the frame, in bytes: JPEG XL holds up to 24 planes of 32 bits.
const PER_SAMPLE: u64 = 128;
/// Processor time for any frame, in seconds.
const PATIENCE: u64 = 2;
/// Samples decoded in a second by a machine twenty times slower than those we measured on.
const PACE: u64 = 300_000;

/// Gives up everything that decoding does not need, for good.
///
/// Nothing here can fail loudly: a kernel without Landlock still has the limits.
pub(super) fn lock() {
    // First: it needs a descriptor for a moment.
    #[cfg(target_os = "linux")]
    close_file_system();
    // Pipes are open already; with three descriptors at most nothing else ever will be.
    limit(Resource::Nofile, 3);
    limit(Resource::Fsize, 0);
    limit(Resource::Core, 0);
}

/// Allows the memory and the processor time that a frame of this size can need.
pub(super) fn allow(layout: &Layout) {
    let samples = samples(layout);
    limit(Resource::As, samples.saturating_mul(PER_SAMPLE).saturating_add(BASE));
    // Counted from the start of the process, which may have decoded frames before.
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    limit(Resource::Cpu, used + PATIENCE + samples / PACE);
}

/// Seconds after which a process that has not answered is given up; far above its processor time, because
/// the machine may be busy.
pub(super) fn deadline(layout: &Layout) -> u64 {
    30 + 4 * (samples(layout) / PACE)
}

fn samples(layout: &Layout) -> u64 {
    u64::from(layout.rows).saturating_mul(layout.columns.into()).saturating_mul(layout.samples.into())
}

/// Sets the limit that counts and leaves the one up to which it may be raised again.
fn limit(resource: Resource, most: u64) {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(most, |maximum| most.min(maximum)));
    // A limit that the system does not know is one less, and no reason to show no picture.
    let _ = setrlimit(resource, Rlimit { current, maximum });
}

/// No file can be opened, made or removed, and no connection made, by Landlock (Linux 5.13 and later).
#[cfg(target_os = "linux")]
fn close_file_system() {
    use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, Scope};
    let closed = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V6))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V6)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    // An older kernel: the limit on descriptors remains.
    drop(closed);
}
