//! Patients, studies, series, instances and frames, as plain values.
//!
//! Nothing here opens a file or knows a screen exists. If you can say it to a
//! radiographer without the word "terminal", it lives in this room.

mod age;
mod calibration;
mod finding;
mod frame;
mod geometry;
mod harmless;
mod instance;
mod library;
mod listing;
mod lut;
mod mask;
mod measurement;
mod moment;
mod natural;
mod number;
mod person;
mod plane;
mod query;
mod record;
mod review;
mod series;
mod stack;
mod text;
mod tolerance;
mod tracer;
mod uid;
mod variation;
pub use age::{age, age_at};
pub use calibration::{Calibration, RealWorld, RealWorldMap, UltrasoundRegion};
pub use finding::{Finding, Place, Rule, Weight};
pub use frame::{Frame, FrameKey, InstanceId, Pixels, Stored};
pub use geometry::{Affine, Geometry, Index, Shapeless};
pub use harmless::harmless;
pub use instance::{Axis, Form, FramePlace, Instance};
pub use library::{Counts, Library, Sketch};
pub use listing::{Listing, Row, RowKind, Step, TagNumber, counted_path, spoken_path};
pub use lut::{Lut, ModalityLut, VoiFunction, VoiLut, Window};
pub use mask::{MASK, Mask, Secret};
pub use measurement::{Measurement, MeasurementKind, Measurements, RegionValues};
pub use moment::{Date, Moment, Time};
pub use natural::{natural, natural_bytes};
pub use number::{decimal, integer};
pub use person::PersonName;
pub use plane::{Orientation, Plane, Spacing, SpacingSource, Vector, cross, dot, minus, norm};
pub use query::{FIELDS, Query, ValueKind};
pub use record::{Problem, Record, Sighting};
pub use review::{Opinion, Review};
pub use series::{Patient, PatientId, Series, SeriesFacts, SeriesId, Study, StudyId};
pub use stack::{Apart, OrderBy, Stack};
pub use text::{Text, shown};
pub use tolerance::Tolerances;
pub use tracer::{Tracer, seconds, seconds_of_day};
pub use uid::{is_uid, is_wild, uid_label, uid_name};
pub use variation::{Variation, extremes};
