//! What is on screen of all that workers make.

use super::{App, Viewer};

/// Two of these are equal if an answer about one frame, or the clock, has brought nothing to see: pictures of
/// neighbours come and go without a frame of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    shown: Option<u64>,
    values: bool,
    surveyed: bool,
    failed: usize,
    said: Option<String>,
}

impl App {
    /// What workers have brought to the screen so far.
    pub fn seen(&self) -> Seen {
        let viewer = self.viewer();
        let images = self.images();
        let shown = images.map_or(self.preview.as_ref(), |viewer| viewer.shown.as_ref());
        Seen {
            shown: shown.map(|drawn| drawn.name),
            values: viewer.and_then(Viewer::shown_values).is_some(),
            surveyed: images.is_some_and(|viewer| viewer.survey.is_some()),
            failed: self.failed.len(),
            said: self.notice.clone(),
        }
    }

    /// Where the viewer is, which stack and which slice, or where the planes of a volume cross.
    pub(super) fn place(&self) -> Option<(usize, usize, [u64; 3])> {
        if let Some(view) = self.steps() {
            return Some((view.at, view.slice()?.0, [0; 3]));
        }
        let point = self.volume().map_or([0; 3], |view| view.point.map(f64::to_bits));
        self.images().map(|viewer| (viewer.stack, viewer.slice, point))
    }
}
