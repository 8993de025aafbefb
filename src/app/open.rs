//! How a series is opened: in the viewer, in place of another, or as tags.

use super::{App, Effect, Node, View, Viewer, check::Opening};
use crate::model::{InstanceId, SeriesId};

impl App {
    pub(super) fn open_under_cursor(&mut self) -> Vec<Effect> {
        match self.browser.cursor() {
            Some(Node::Series(id)) => return self.open(id),
            Some(_) => self.browser.toggle_fold(&self.library),
            None => {}
        }
        vec![]
    }

    pub(super) fn tags_under_cursor(&mut self) -> Vec<Effect> {
        self.browser.series(&self.library).map_or_else(Vec::new, |series| self.open_tags_of(series))
    }

    /// Lists the tags of the first instance of a series.
    pub(super) fn open_tags_of(&mut self, series: SeriesId) -> Vec<Effect> {
        if let Some(effects) = self.fetch_first(series, Opening::Tags) {
            return effects;
        }
        self.open_tags(self.instances_of(series), 0);
        vec![]
    }

    /// The instances of a series in display order, those without an image last.
    pub(super) fn instances_of(&self, series: SeriesId) -> Vec<InstanceId> {
        let stacks = self.library.stacks(series);
        let mut seen = std::collections::HashSet::new();
        stacks
            .iter()
            .flat_map(|stack| stack.frames.iter().map(|key| key.instance))
            .chain(self.library.series(series).instances.iter().copied())
            .filter(|&id| seen.insert(id))
            .collect()
    }

    /// Opens a series in the viewer, or what it says if there is nothing to see.
    pub(super) fn open(&mut self, series: SeriesId) -> Vec<Effect> {
        if let Some(effects) = self.fetch_first(series, Opening::Slices) {
            return effects;
        }
        if let Some(viewer) = Viewer::open(&self.library, series, &self.settings) {
            self.views.push(View::Viewer(Box::new(viewer)));
        } else {
            self.open_transcript(self.instances_of(series), 0);
        }
        vec![]
    }

    /// The next series with images, in the order of the browser.
    pub(super) fn change_series(&mut self, by: isize) -> Vec<Effect> {
        let Some(now) = self.viewer().map(|viewer| viewer.series) else { return vec![] };
        let listed = |node: &Node| if let Node::Series(id) = node { Some(*id) } else { None };
        let mut order: Vec<SeriesId> = self.browser.rows.iter().filter_map(listed).collect();
        if !order.contains(&now) {
            order = self.library.all_series().map(|(id, _)| id).collect();
        }
        let Some(at) = order.iter().position(|&id| id == now) else { return vec![] };
        let mut next = at as isize + by;
        while let Some(&id) = usize::try_from(next).ok().and_then(|next| order.get(next)) {
            if !self.library.stacks(id).is_empty() {
                return self.open_instead(id);
            }
            next += by;
        }
        self.say(if by > 0 { "This is the last series." } else { "This is the first series." })
    }

    /// Opens a series in place of the one in the viewer.
    pub(super) fn open_instead(&mut self, series: SeriesId) -> Vec<Effect> {
        if let Some(effects) = self.fetch_first(series, Opening::Slices) {
            return effects;
        }
        if let Some(mut viewer) = Viewer::open(&self.library, series, &self.settings) {
            if let Some(old) = self.viewer() {
                viewer.corners = old.corners;
                viewer.smooth = old.smooth;
            }
            self.views.pop();
            self.views.push(View::Viewer(Box::new(viewer)));
        }
        vec![]
    }
}
