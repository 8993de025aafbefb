//! What is on screen of all that workers make.

use super::{App, Viewer};

/// Two of these are equal if a worker's answer has brought nothing to see: pictures of neighbours come and
/// go without a frame of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    shown: Option<u64>,
    values: bool,
    surveyed: bool,
    listed: bool,
    failed: usize,
    heard: usize,
}

impl App {
    /// What workers have brought to the screen so far.
    pub fn seen(&self) -> Seen {
        let viewer = self.viewer();
        let shown = viewer.map_or(self.preview.as_ref(), |viewer| viewer.shown.as_ref());
        Seen {
            shown: shown.map(|drawn| drawn.name),
            values: viewer.and_then(Viewer::shown_values).is_some(),
            surveyed: viewer.is_some_and(|viewer| viewer.survey.is_some()),
            listed: self.tags().is_some_and(|view| view.arrived),
            failed: self.failed.len(),
            heard: self.heard,
        }
    }

    /// Where the viewer is: which stack and which slice.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        self.viewer().map(|viewer| (viewer.stack, viewer.slice))
    }
}
