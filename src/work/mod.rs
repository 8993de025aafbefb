//! Everything that takes longer than a frame: threads, tickets, caches, prefetch.

mod scanner;
pub use scanner::{Found, Scanner, store};
