//! What the user is doing to the picture, and what is worth preparing meanwhile.

use std::time::Duration;

/// Longer than a held key takes to repeat, and short for somebody who waits for the picture.
const REST: Duration = Duration::from_millis(110);

/// What has changed last, until nothing has for a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Motion {
    /// Nothing moves.
    #[default]
    Rest,
    /// The contrast or the view: every picture made for a neighbour now is made in vain.
    Look,
    /// The slice, once: it may be a jump, and nobody knows which way it goes on.
    Step,
    /// One slice after the other.
    Travel,
}

impl Motion {
    /// After one more change, of the slice alone or of anything else.
    pub(super) fn after(self, stepped: bool) -> Self {
        match self {
            _ if !stepped => Self::Look,
            Self::Step | Self::Travel => Self::Travel,
            Self::Rest | Self::Look => Self::Step,
        }
    }

    /// Neighbours to draw before they are asked for: what a held key needs next while it is held, and both
    /// directions at rest. More would be drawn again after the next change of the contrast.
    pub(super) fn pictures(self) -> usize {
        match self {
            Self::Rest => 3,
            Self::Look | Self::Step => 0,
            Self::Travel => 2,
        }
    }

    /// Neighbours beyond those whose frames are decoded, which serves every contrast and every view.
    pub(super) fn frames(self) -> usize {
        if self == Self::Rest { 12 } else { 0 }
    }

    /// How long nothing must change until it is rest; none if it is.
    pub(super) fn rest(self) -> Option<Duration> {
        (self != Self::Rest).then_some(REST)
    }
}
