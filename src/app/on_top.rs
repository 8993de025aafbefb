//! The view on top, by its kind.

use super::{App, TagsView, TranscriptView, ValueView, View, Viewer, VolumeView};

impl App {
    /// The viewer, if it is on top.
    pub fn viewer(&self) -> Option<&Viewer> {
        match self.views.last() {
            Some(View::Viewer(viewer)) => Some(viewer),
            _ => None,
        }
    }

    /// The stack on screen, by slices or as a volume.
    pub fn images(&self) -> Option<&Viewer> {
        match self.views.last() {
            Some(View::Viewer(viewer)) => Some(viewer),
            Some(View::Volume(view)) => Some(&view.images),
            Some(View::Steps(view)) => Some(&view.images),
            _ => None,
        }
    }

    pub(super) fn images_mut(&mut self) -> Option<&mut Viewer> {
        match self.views.last_mut() {
            Some(View::Viewer(viewer)) => Some(viewer),
            Some(View::Volume(view)) => Some(&mut view.images),
            Some(View::Steps(view)) => Some(&mut view.images),
            _ => None,
        }
    }

    /// The stack whose contrast the keys change.
    pub fn toned(&self) -> Option<&Viewer> {
        match self.views.last() {
            Some(View::Viewer(viewer)) => Some(viewer),
            Some(View::Volume(view)) => Some(match &view.beside {
                Some(beside) if view.second => &beside.images,
                _ => &view.images,
            }),
            Some(View::Steps(view)) => Some(&view.images),
            _ => None,
        }
    }

    pub(super) fn toned_mut(&mut self) -> Option<&mut Viewer> {
        match self.views.last_mut() {
            Some(View::Viewer(viewer)) => Some(viewer),
            Some(View::Volume(view)) => {
                let VolumeView { beside, images, second, .. } = &mut **view;
                Some(beside.as_mut().filter(|_| *second).map_or(images, |beside| &mut beside.images))
            }
            Some(View::Steps(view)) => Some(&mut view.images),
            _ => None,
        }
    }

    pub(super) fn viewer_mut(&mut self) -> Option<&mut Viewer> {
        match self.views.last_mut() {
            Some(View::Viewer(viewer)) => Some(viewer),
            _ => None,
        }
    }

    /// The view of a volume, if it is on top.
    pub fn volume(&self) -> Option<&VolumeView> {
        match self.views.last() {
            Some(View::Volume(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn volume_mut(&mut self) -> Option<&mut VolumeView> {
        match self.views.last_mut() {
            Some(View::Volume(view)) => Some(view),
            _ => None,
        }
    }

    /// The tags, if they are on top.
    pub fn tags(&self) -> Option<&TagsView> {
        match self.views.last() {
            Some(View::Tags(tags)) => Some(tags),
            _ => None,
        }
    }

    /// The value, if it is on top.
    pub fn value(&self) -> Option<&ValueView> {
        match self.views.last() {
            Some(View::Value(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn value_mut(&mut self) -> Option<&mut ValueView> {
        match self.views.last_mut() {
            Some(View::Value(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn transcript_mut(&mut self) -> Option<&mut TranscriptView> {
        match self.views.last_mut() {
            Some(View::Transcript(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn tags_mut(&mut self) -> Option<&mut TagsView> {
        match self.views.last_mut() {
            Some(View::Tags(tags)) => Some(tags),
            _ => None,
        }
    }
}
