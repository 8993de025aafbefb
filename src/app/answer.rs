//! Where the answers of workers go.

use super::{App, Effect, ValueView};
use crate::work::{Answer, BLOCK};

impl App {
    pub(super) fn receive(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Shot { name, result: Ok(drawn), .. } => {
                let bytes = drawn.bytes();
                self.pictures.put(name, drawn, bytes);
            }
            Answer::Shot { name, result: Err(why), .. } => {
                self.failed.insert(name, why);
            }
            Answer::Tracer { stack, result } => {
                self.tracers.insert(stack, result);
            }
            Answer::Survey { stack, result } => {
                self.surveys.insert(stack, result);
            }
            Answer::Values { key, result } => {
                // Those of a slice that was left are let go: the workers keep them as long as there is room.
                if let Some(viewer) = self.viewer_mut().filter(|viewer| viewer.needs_values()) {
                    viewer.values = result.map(|frame| (key, frame));
                }
            }
            Answer::Curve { name, values } => self.curve = Some((name, values)),
            Answer::Histogram { name, result } => {
                if let Some(viewer) = self.images_mut() {
                    viewer.histogram = Some((name, result));
                }
            }
            Answer::Measurements { result: Ok(measurements) } => self.measurements = measurements,
            Answer::Measurements { result: Err(why) } => self.notice = Some(why),
            Answer::Review { result } => self.hear(result),
            Answer::Export(exporting) => self.hear_export(exporting),
            Answer::Volume(building) => return self.hear_volume(building),
            Answer::Rehearsal(rehearsing) => self.hear_rehearsal(rehearsing),
            Answer::Whole { path, place, result } => {
                let here = self.value().map(|view| self.library.path(view.instance));
                if let Some(view) = self.value_mut().filter(|view| view.place == place)
                    && here.as_deref() == Some(&*path)
                {
                    view.receive(result);
                }
            }
            Answer::Bytes { value, from, result } => {
                let is_asked = |view: &&mut ValueView| view.open().is_some_and(|whole| whole.value == value);
                if let Some(view) = self.value_mut().filter(is_asked) {
                    view.receive_block(from / BLOCK, result);
                }
            }
            Answer::Errand { ticket, report } => self.hear_errand(ticket, report),
            Answer::Read { instance, result } => {
                if let Some(view) = self.transcript_mut().filter(|view| view.instance() == instance) {
                    view.receive(result);
                }
            }
            Answer::List { instance, result } => {
                if let Some(view) = self.tags_mut().filter(|view| view.instances[view.at] == instance) {
                    view.arrived = true;
                    view.tags.receive(result);
                }
            }
        }
        vec![]
    }
}
