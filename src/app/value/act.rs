//! What actions do over a value, and how one comes there.

use super::{
    super::{Action, App, Effect, View, layout},
    ValueView,
};
use crate::{
    model::RowKind,
    work::{BLOCK, Job},
};
use std::{path::Path, sync::Arc};

impl App {
    /// Shows the whole value under the cursor of the tags, as bytes if that is asked for.
    pub(in super::super) fn open_value(&mut self, as_bytes: bool) -> Vec<Effect> {
        let Some(view) = self.tags() else { return vec![] };
        let instance = view.instances[view.at];
        let Some((at, row)) = view.tags.selected().filter(|_| view.arrived) else { return vec![] };
        if row.kind != RowKind::Leaf {
            return self.say("A sequence has no value of its own; its items stand below it.");
        }
        let Some(place) = view.tags.place_of(at) else {
            return self.say("This instance has no such attribute.");
        };
        if as_bytes && row.secret.is_some() && self.mask.is_on() {
            return self.say("The value may identify somebody and is hidden.");
        }
        let view = ValueView::new(instance, place, row.clone(), as_bytes);
        self.views.push(View::Value(Box::new(view)));
        vec![]
    }

    /// Lays the value on top out for the screen as it is.
    pub(in super::super) fn fit_value(&mut self) {
        let mask = self.mask;
        let area = layout::main_and_status(self.screen).0;
        if let Some(view) = self.value_mut() {
            let lines = layout::value(area, view.notes().is_some()).1.height;
            view.fit(area.width.into(), lines.into(), mask);
        }
    }

    /// What is wanted of the value on top.
    pub(in super::super) fn value_wishes(&self, view: &ValueView) -> Vec<Job> {
        match &view.whole {
            None => {
                let path = Arc::<Path>::from(self.library.path(view.instance));
                vec![Job::Whole { path, place: view.place.clone() }]
            }
            Some(Err(_)) => vec![],
            Some(Ok(whole)) => {
                let job = |block: u64| Job::Bytes { value: whole.value.clone(), from: block * BLOCK };
                view.wanted().into_iter().map(job).collect()
            }
        }
    }

    pub(in super::super) fn act_on_value(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let Some(view) = self.value_mut() else { return vec![] };
        match action {
            Action::Back => return self.close(),
            Action::WriteValue => return self.write_value(),
            Action::ShowValue if view.is_hidden() => {
                return self.say("The value may identify somebody and is hidden.");
            }
            Action::ShowValue if !view.turn() => return self.say("These bytes are no text."),
            Action::CopyValue => {
                let text = view.copied();
                let Some(text) = text.filter(|text| !text.is_empty()) else {
                    return self.say("Only text can be copied; Y writes bytes to a file.");
                };
                self.notice = Some("Copied, if the terminal lets programs do that.".to_owned());
                return vec![Effect::Copy(text)];
            }
            Action::NextMatch | Action::PreviousMatch if view.query.is_empty() || view.dump().is_some() => {
                return self.say("Only text is searched.");
            }
            _ => {
                view.act(action, count);
            }
        }
        vec![]
    }
}

impl ValueView {
    /// What is odd about the value or where it lies, in a sentence.
    pub fn notes(&self) -> Option<String> {
        let whole = self.open()?;
        let value = &whole.value;
        let mut notes = value.notes().to_vec();
        if value.missing() > 0 {
            let all = value.len() + value.missing();
            notes.push(format!("the file ends within the value: {} of {all} bytes are there", value.len()));
        }
        if let Some((_, false)) = whole.texts {
            notes.push("only the beginning is decoded; b shows all bytes".to_owned());
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// Its text for a clipboard, as far as it may be seen.
    fn copied(&self) -> Option<String> {
        self.open().filter(|whole| whole.texts.is_some())?;
        Some(self.said().join("\\"))
    }
}
