//! What lies on top of the browser.

use super::{StepsView, Tags, TranscriptView, UnderWay, ValueView, Viewer, VolumeView};
use crate::model::InstanceId;

/// A view on top of the browser.
#[derive(Debug)]
pub enum View {
    /// A stack.
    Viewer(Box<Viewer>),
    /// Planes of a volume.
    Volume(Box<VolumeView>),
    /// The steps of the pipeline.
    Steps(Box<StepsView>),
    /// The tags of one instance after the other.
    Tags(Box<TagsView>),
    /// What one instance after the other says.
    Transcript(Box<TranscriptView>),
    /// One value as a whole.
    Value(Box<ValueView>),
}

/// The tags of the instances of a series.
#[derive(Debug)]
pub struct TagsView {
    /// In display order.
    pub instances: Vec<InstanceId>,
    /// Which of them.
    pub at: usize,
    /// What is listed; that of the last instance until the next one has come.
    pub tags: Tags,
    /// The listing on screen is that of `instances[at]`.
    pub arrived: bool,
    /// What the other instances are asked.
    pub errand: Option<UnderWay>,
}
