//! What actions do over the tags of an instance, and how one comes there.

use super::{
    super::{Action, App, Effect, TagsView, View},
    Tags, UnderWay,
    search::Jump,
};
use crate::model::InstanceId;

impl App {
    /// Lists the tags of one of these instances.
    pub(in super::super) fn open_tags(&mut self, instances: Vec<InstanceId>, at: usize) {
        if instances.is_empty() {
            return;
        }
        let mut tags = Tags::new(self.library.path(instances[at]));
        tags.mask(self.mask);
        if let Some(marked) = self.marked.clone() {
            let is_here = |&instance: &InstanceId| self.library.path(instance) == marked.file;
            let elsewhere = !instances.iter().any(is_here);
            tags.compare(marked, elsewhere);
        }
        tags.number = (at, instances.len());
        let view = TagsView { instances, at, tags, arrived: false, errand: None };
        self.views.push(View::Tags(Box::new(view)));
    }

    pub(in super::super) fn act_on_tags(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let page = self.page();
        let Some(view) = self.tags_mut() else { return vec![] };
        if action == Action::Open
            && let Some(uid) = view.tags.reference().map(str::to_owned)
        {
            return self.follow(&uid);
        }
        match action {
            Action::NextInstance => self.turn_by(count.unwrap_or(1) as isize),
            Action::PreviousInstance => self.turn_by(-(count.unwrap_or(1) as isize)),
            Action::NextMatch => return self.next_match(true),
            Action::PreviousMatch => return self.next_match(false),
            Action::NextFound => return self.seek(true),
            Action::PreviousFound => return self.seek(false),
            Action::TagRows => {
                view.tags.act(action, page);
                self.ask_what_varies();
            }
            Action::WriteValue => return self.write_value(),
            Action::ShowValue => return self.open_value(true),
            Action::Open if view.tags.is_leaf() => return self.open_value(false),
            Action::MarkInstance => {
                view.errand.take_if(|under_way| !under_way.is_long());
                self.marked = view.tags.mark();
            }
            Action::Back if view.errand.as_ref().is_some_and(UnderWay::is_long) => {
                return self.end_errand();
            }
            Action::Back => return self.close(),
            Action::Read => {
                let (instances, at) = (view.instances.clone(), view.at);
                self.open_transcript(instances, at);
            }
            Action::CopyValue => {
                let Some(value) = view.tags.copied() else {
                    return self.say("There is nothing to copy here.");
                };
                self.notice = Some("Copied, if the terminal lets programs do that.".to_owned());
                return vec![Effect::Copy(value)];
            }
            Action::Last | Action::First if count.is_some() => view.tags.goto(count.unwrap_or(1)),
            Action::Down | Action::Up => {
                for _ in 0..count.unwrap_or(1).min(100_000) {
                    view.tags.act(action, page);
                }
            }
            _ => {
                view.tags.act(action, page);
            }
        }
        vec![]
    }

    fn turn_by(&mut self, by: isize) {
        let Some(view) = self.tags() else { return };
        self.turn_to(view.at.saturating_add_signed(by).min(view.instances.len() - 1));
    }

    /// Lists the instance of that number, if it is another.
    pub(super) fn turn_to(&mut self, at: usize) {
        let Some(view) = self.tags_mut().filter(|view| view.at != at) else { return };
        view.at = at;
        view.arrived = false;
        view.tags.number.0 = at;
        let instance = view.instances[at];
        let file = self.library.path(instance);
        if let Some(view) = self.tags_mut() {
            view.tags.turn_to(file);
            view.errand.take_if(|under_way| !under_way.is_of_varying());
        }
    }

    /// To the next or previous match in this instance; if it has none, in the others of the series.
    fn next_match(&mut self, forward: bool) -> Vec<Effect> {
        let Some(view) = self.tags_mut() else { return vec![] };
        let further = if forward { Action::NextFound } else { Action::PreviousFound };
        match view.tags.jump(forward) {
            Jump::Nowhere => return self.seek(forward),
            Jump::Round if view.instances.len() > 1 => {
                let end = if forward { "first" } else { "last" };
                let keys = self.keymap.keys_for(further);
                let key = keys.split(' ').next().unwrap_or_default();
                return self.say(&format!("Round to the {end} match; {key} goes on in other instances."));
            }
            Jump::On | Jump::Round => {}
        }
        vec![]
    }
}
