//! Copies that do not tell who the patient is: the Basic Application Level Confidentiality Profile
//! (PS3.15 E), and what it says of a single attribute.
//!
//! A data set is taken apart attribute by attribute and written anew: what the profile lets pass is copied
//! byte by byte, and nothing else of the source reaches the copy. What the table does not name is judged by
//! its representation: names are emptied, dates, times and free text removed, UIDs replaced unless the
//! standard has registered them, and attributes that nobody knows are removed.

mod content;
mod date;
mod dummy;
mod identity;
mod key;
mod plan;
mod private;
mod profile;
mod report;
mod risk;
mod secret;
mod table;
#[cfg(test)]
pub(super) mod tests;
pub use key::Key;
pub use plan::{Confidential, Copy, Refusal};
pub use profile::{Dates, Profile};
pub use report::{Done, Report};
pub use risk::burned_in;
pub use secret::{hides_items, secret};
