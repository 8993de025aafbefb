//! What actions do over a transcript, and how one comes there.

use super::{
    super::{Action, App, Effect, View},
    TranscriptView,
};
use crate::model::InstanceId;

impl App {
    /// Shows what one of these instances says.
    pub(in super::super) fn open_transcript(&mut self, instances: Vec<InstanceId>, at: usize) {
        if instances.is_empty() || self.refuses_unchecked() {
            return;
        }
        self.views.push(View::Transcript(Box::new(TranscriptView::new(instances, at))));
    }

    /// Lays the transcript on top out for the screen as it is.
    pub(in super::super) fn fit_transcript(&mut self) {
        let (width, mask) = (usize::from(self.screen.width), self.mask);
        if let Some(view) = self.transcript_mut() {
            view.fit(width, mask);
        }
    }

    pub(in super::super) fn act_on_transcript(
        &mut self,
        action: Action,
        count: Option<usize>,
    ) -> Vec<Effect> {
        let (page, mask) = (self.page(), self.mask);
        let Some(view) = self.transcript_mut() else { return vec![] };
        let by = match action {
            Action::NextInstance => count.unwrap_or(1) as isize,
            Action::PreviousInstance => -(count.unwrap_or(1) as isize),
            Action::Back => return self.close(),
            Action::Tags => {
                let (instances, at) = (view.instances.clone(), view.at);
                self.open_tags(instances, at);
                return vec![];
            }
            Action::Open | Action::Right => {
                let Some(instance) = view.link().map(|link| link.raw().to_owned()) else { return vec![] };
                return self.follow(&instance);
            }
            Action::CopyValue => {
                let Some(value) = view.copied(mask) else {
                    return self.say("There is nothing to copy here.");
                };
                self.notice = Some("Copied, if the terminal lets programs do that.".to_owned());
                return vec![Effect::Copy(value)];
            }
            _ => {
                view.act(action, count, page);
                return vec![];
            }
        };
        let at = view.at.saturating_add_signed(by).min(view.instances.len() - 1);
        if at != view.at {
            view.at = at;
            view.content = None;
        }
        vec![]
    }

    /// Opens the object of this SOP Instance UID: its picture, or what it says.
    pub(in super::super) fn follow(&mut self, uid: &str) -> Vec<Effect> {
        let Some((series, instance)) = self.library.find(uid) else {
            return self.say("That object is not among what was found here.");
        };
        if self.library.instance(instance).form.has_pixels {
            let effects = self.open(series);
            if let Some(viewer) = self.viewer_mut() {
                viewer.go_to_instance(instance);
            }
            return effects;
        }
        let instances = self.instances_of(series);
        let at = instances.iter().position(|&id| id == instance).unwrap_or(0);
        self.open_transcript(instances, at);
        vec![]
    }
}
