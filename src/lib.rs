//! See DICOM studies in a terminal: the map of the house.
//!
//! ```text
//!             cli
//!              │
//!              ui ───────────────┐
//!              │                 │
//!             app ──────┐        │
//!              │        │        │
//!             work ─────┼─┐      │
//!        ┌─────┼────┬──┐ │ │      │
//!   export imaging dicom │└┼─graphics
//!        │     │     │ index config
//!        └──┬──┴─────┴──┘
//!         model
//! ```
//!
//! Every folder is a room with one job; a room may look only where this table says, and
//! `tests/rooms.rs` reads the table and checks.
//!
//! ```text
//! model    →                                          who, what, where: plain values
//! config   →                                          what the user wrote
//! graphics →                                          a picture becomes a terminal's bytes
//! imaging  → model                                    stored values become a picture
//! dicom    → model                                    files become values
//! export   → model                                    arrays and pictures become files
//! index    → model                                    what a scan found, until the next one
//! work     → model imaging dicom index graphics export      threads, caches, prefetch
//! app      → model imaging config work                state, and how every event changes it
//! ui       → model imaging graphics config work app   state becomes a screen; the event loop
//! cli      → model imaging graphics config dicom export index work app ui   arguments and one-shot commands
//! ```
//!
//! # What holds everywhere
//!
//! - [`model`] names no file format, thread, colour or key. [`dicom`] is the only room that names `dicom_*`
//!   crates. [`graphics`] writes nothing; [`ui`] owns the only pen.
//! - [`app`] opens no file, starts no thread and draws nothing: [`app::App::update`] takes an event and
//!   returns effects. Views take `&App`. There is no global state but the panic hook.
//! - Scanning and parsing never fail as a whole: trouble with a file is a [`model::Problem`], and no bytes
//!   of a file lead to a panic, a hang or an escape sequence on someone's terminal.
//! - Names in every cache hold everything that affects the pixels, so that nothing is ever invalidated.
//! - Patient identifiers never reach a log: [`model::Text`] does not tell them to `{:?}`.
//!
//! # As a library
//!
//! `examples/` shows the rooms at work without a screen: listing a folder, one slice as PNG, a histogram in
//! Hounsfield units.

pub mod app;
pub mod cli;
pub mod config;
pub mod dicom;
pub mod export;
pub mod graphics;
pub mod imaging;
pub mod index;
pub mod model;
pub mod ui;
pub mod work;
