//! Patients, studies, series, instances and frames, as plain values.
//!
//! Nothing here opens a file or knows a screen exists. If you can say it to a
//! radiographer without the word "terminal", it lives in this room.

mod frame;
mod instance;
mod library;
mod lut;
mod plane;
mod record;
mod series;
mod stack;
mod text;
pub use frame::{Frame, FrameKey, InstanceId, Pixels, Stored};
pub use instance::{Axis, Form, FramePlace, Instance};
pub use library::{Counts, Library};
pub use lut::{Lut, ModalityLut, VoiFunction, VoiLut, Window};
pub use plane::{Orientation, Plane, Spacing, SpacingSource, Vector, cross, dot, minus, norm};
pub use record::{Problem, Record};
pub use series::{Patient, PatientId, Series, SeriesFacts, SeriesId, Study, StudyId};
pub use stack::{OrderBy, Stack, natural};
pub use text::{Text, shown};
