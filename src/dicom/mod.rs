//! Files become model values: recognition, headers, attributes and pixels.
//!
//! Only this room names a `dicom_*` crate, and only for its dictionary and for writing; every byte that
//! comes from a file goes through [`walk`](self) first. Reading never fails as a whole: what cannot be
//! read is a [`Problem`](crate::model::Problem), what is odd is a warning beside the rest.

mod apart;
mod archive;
mod calibration;
mod charset;
pub mod codec;
mod compare;
mod confidential;
mod csa;
mod dataset;
pub mod demo;
mod dictionary;
mod difference;
mod directory;
mod dose;
mod error;
mod foreign;
mod header;
mod inflate;
mod listing;
mod manifest;
mod mosaic;
mod object;
mod pick;
mod pixels;
mod recognise;
mod scan;
mod source;
mod standard;
mod tag;
mod tracer;
mod traces;
mod transcript;
mod uid;
mod value;
mod vr;
mod walk;
mod writer;
pub use apart::{Decoder, serve};
pub use archive::{Archives, Member, exists, is_archive};
pub use calibration::{magnification, ultrasound_regions};
pub use charset::{Charset, Kind as TextKind};
pub use compare::same_bytes;
pub use confidential::{
    Confidential, Copy, Dates, Done, Key, Profile, Refusal, Report, burned_in, hides_items, secret,
};
use dataset::vr_of;
pub use dataset::{DataElement, DataSet, Object, Value};
pub use difference::{Difference, differences};
pub use directory::{Reference, references};
pub use error::ReadError;
pub use foreign::{Distances, Raw, Said, as_said};
pub use header::{Found, Reader, Seen, read, read_from};
pub use listing::{Content, Name, Number, Scope, list, listing, multiplicity, notes};
pub use manifest::{Listed, Manifest, manifest};
pub use mosaic::Mosaic;
pub use pick::{attribute, pick};
pub use pixels::{Image, Photometric, PixelModule};
pub use recognise::{Kind, Start};
pub use scan::{Entry, Outcome, examine, examine_next, walk, walk_telling};
pub use source::Source;
pub use standard::breaches;
pub use tag::Tag;
pub use tracer::tracer;
pub use traces::{Stated, Traces, traces};
pub use transcript::{Document, transcript};
pub use value::WholeValue;
pub use vr::Vr;
pub use walk::{Damage, Element, Encoding, PIXEL_DATA, Step, Walker};
