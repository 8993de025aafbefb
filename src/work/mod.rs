//! Everything that takes longer than a frame: scanning, decoding, rendering, encoding.
//!
//! The loop never waits for this room. It states the whole wish list after every change; what is no
//! longer on it is not begun, and what is finished is kept. A mistake in here costs one answer.

mod assembly;
mod cache;
mod canvas;
mod compose;
mod draft;
mod errand;
mod export;
mod exporter;
mod gate;
mod gather;
mod job;
mod ledger;
mod loader;
mod measurer;
mod pace;
mod picture;
mod pipeline;
mod prefetch;
mod promise;
mod reader;
mod recall;
mod recipe;
mod rehearsal;
mod render;
mod reviewer;
mod room;
mod scanner;
mod scene;
mod sending;
mod sheet;
mod standard;
mod value;
mod watch;
pub use crate::dicom::Decoder;
pub use crate::dicom::Outcome;
pub use crate::graphics::CellBox;
pub use assembly::{Assembled, Assembly, Builder, Building, NoVolume, Plan, assemble};
pub use cache::ByteCache;
pub use canvas::Canvas;
pub use errand::{Errand, Question, Report, Runner};
pub use export::{
    ArrayFormat, ArrayTask, Export, ExportError, Form, PictureFormat, PreparedEntry, Selection, Slice,
    Slices, Target, ValueTask, Written, targets, targets_of, write_array, write_prepared,
};
pub use exporter::{Exporter, Exporting, Order, Stacks};
pub use gather::{Gathered, gather};
pub use job::{Answer, Detail, Job, Look, Shot, Surveyed, Through, Voi};
pub use loader::Loader;
pub use measurer::{MEASUREMENT_COLUMNS, Measurer, measurement_cells, read as read_measurements};
pub use picture::{Drawn, Facts, Load, Picture};
pub use pipeline::{Prepared, Raw, prepare};
pub use prefetch::order;
pub use promise::{Broken, Lists, promises};
pub use recall::{Keep, Recall, Wanted};
pub use recipe::{Recipe, bounds, millimetres, said_millimetres};
pub use rehearsal::{Made, Rehearsal, Rehearsed, Rehearsing, Step, rehearse};
pub use reviewer::{Reviewer, read as read_review};
pub use room::{memory, room};
pub use scanner::{Found, Scanner, findings, store, store_at};
pub use scene::{Body, How, Over, Pane, Scene, Show};
pub use sheet::{Sheet, Tile};
pub use standard::standard;
pub use value::{BLOCK, Opened, Whole};
pub use watch::{News, Watching, amend};
