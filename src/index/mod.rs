//! What a scan has found, kept on disk until the next one: a cache, and nothing but a cache.
//!
//! One `SQLite` database for each root that was scanned. It holds, for each file, its identity (device, inode,
//! size, times) and what was read from it, and an outline of the whole library. An answer is only given for a
//! file whose identity is the same, out of a piece whose checksum is right; everything else is as if it were
//! not there. So a database that is damaged, outdated or half written can cost time, and never the truth.
//!
//! No file of the user's is opened here, and nothing is written outside the folder that is passed in.

mod chunk;
mod coded;
mod database;
mod identity;
mod memory;
mod outline;
mod shelf;
mod writer;
pub use identity::Identity;
pub use memory::{Index, Kept};
pub use shelf::{Entry, Shelf, Trouble};
