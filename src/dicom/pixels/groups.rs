//! Functional groups: attributes of multi-frame objects, frame by frame (PS3.3 C.7.6.16).

use crate::dicom::{DataSet, Tag};

/// Looks an attribute up for one frame: in its own group, then in the shared one, then at the top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Groups<'a> {
    top: &'a DataSet,
    shared: Option<&'a DataSet>,
    own: Option<&'a DataSet>,
}

impl<'a> Groups<'a> {
    /// The groups of one frame.
    pub(super) fn of(top: &'a DataSet, frame: u32) -> Self {
        let shared = top.items(Tag(0x5200, 0x9229)).first();
        let own = top.items(Tag(0x5200, 0x9230)).get(frame as usize);
        Self { top, shared, own }
    }

    /// The data set that holds the attributes of a macro: the item of its sequence, or the top level.
    pub(super) fn in_macro(&self, sequence: Tag) -> &'a DataSet {
        [self.own, self.shared]
            .into_iter()
            .flatten()
            .find_map(|g| g.items(sequence).first())
            .unwrap_or(self.top)
    }

    /// The data set that holds a sequence which may have several items: that of the frame, the shared one, or
    /// the top level.
    pub(super) fn holding(&self, sequence: Tag) -> &'a DataSet {
        let holds = |group: &&DataSet| !group.items(sequence).is_empty();
        [self.own, self.shared].into_iter().flatten().find(holds).unwrap_or(self.top)
    }

    /// The top level.
    pub(super) fn top(&self) -> &'a DataSet {
        self.top
    }
}
