//! What is asked of the other instances of a series, and what is done with the answer.
//!
//! The errand belongs to the view on top: once that is gone, or turned to something else, nobody waits for it.

use super::{
    super::{App, Effect},
    Rows,
};
use crate::work::{Errand, Question, Report};
use std::{path::Path, sync::Arc};

/// An errand that somebody waits for.
#[derive(Debug)]
pub struct UnderWay {
    errand: Arc<Errand>,
    /// Files asked so far.
    done: usize,
}

impl UnderWay {
    /// True if it looks for the next instance with a match.
    pub(in super::super) fn is_search(&self) -> bool {
        matches!(self.errand.question, Question::Find { .. })
    }

    /// True if it goes through the series, which may take a while.
    pub(super) fn is_long(&self) -> bool {
        self.is_search() || self.is_of_varying()
    }

    pub(super) fn is_of_varying(&self) -> bool {
        matches!(self.errand.question, Question::Vary)
    }

    /// For the line at the foot.
    pub fn words(&self) -> String {
        let doing = match self.errand.question {
            Question::Find { .. } => "searching",
            Question::Vary => "reading",
            Question::Compare => return "comparing".to_owned(),
        };
        format!("{doing} {} of {}", self.done, self.errand.files.len())
    }
}

impl App {
    /// Looks for the search in the instances after this one, or before it, round the end.
    pub(in super::super) fn seek(&mut self, forward: bool) -> Vec<Effect> {
        let mask = self.mask;
        let Some(view) = self.tags() else { return vec![] };
        if view.tags.terms().is_empty() {
            return self.say("There is nothing to search for; / begins a search.");
        }
        let count = view.instances.len();
        if count < 2 {
            return self.say("Not found; the series has no other instance.");
        }
        let question = Question::Find { terms: view.tags.terms().clone(), mask, forward };
        let at = view.at;
        let others = 1..count;
        let files = if forward {
            others.map(|by| (at + by) % count).collect()
        } else {
            others.rev().map(|by| (at + by) % count).collect()
        };
        self.send(question, files);
        vec![]
    }

    /// Asks all instances if it is to be listed what varies among them, unless that is known.
    pub(super) fn ask_what_varies(&mut self) {
        let Some(view) = self.tags_mut() else { return };
        view.errand.take_if(|under_way| !under_way.is_search());
        if view.tags.rows() != Rows::Varying {
            return;
        }
        if view.tags.varying().is_none() {
            let all = 0..view.instances.len();
            self.send(Question::Vary, all.collect());
        }
    }

    /// Nobody waits for the errand any more.
    pub(super) fn end_errand(&mut self) -> Vec<Effect> {
        let Some(view) = self.tags_mut() else { return vec![] };
        let what = match view.errand.take() {
            Some(under_way) if under_way.is_of_varying() => {
                view.tags.choose(Rows::All);
                "The series was not read to its end."
            }
            _ => "The search has ended early.",
        };
        self.say(what)
    }

    /// Asks these files of the series, by their numbers.
    fn send(&mut self, question: Question, numbers: Vec<usize>) {
        let Some(view) = self.tags() else { return };
        let path = |number: usize| (number, Arc::<Path>::from(self.library.path(view.instances[number])));
        let files = numbers.into_iter().map(path).collect();
        self.send_to(question, files);
    }

    fn send_to(&mut self, question: Question, files: Vec<(usize, Arc<Path>)>) {
        self.errands += 1;
        let errand = Arc::new(Errand { ticket: self.errands, question, files });
        if let Some(view) = self.tags_mut() {
            view.errand = Some(UnderWay { errand, done: 0 });
        }
    }

    /// Compares two files to the last byte of their long values, if that is not done and nothing else is.
    fn compare_to_the_end(&mut self) {
        let idle = self.tags().filter(|view| view.errand.is_none());
        let Some(files) = idle.and_then(|view| view.tags.uncompared()) else { return };
        let files = files.into_iter().map(|path| (0, Arc::<Path>::from(path)));
        self.send_to(Question::Compare, files.collect());
    }

    /// States the errand anew if it has changed.
    pub(in super::super) fn errand(&mut self) -> Option<Effect> {
        self.compare_to_the_end();
        let errand = self.tags().and_then(|view| view.errand.as_ref()).map(|under_way| &under_way.errand);
        let ticket = errand.map_or(0, |errand| errand.ticket);
        if ticket == self.under_way {
            return None;
        }
        let errand = errand.cloned();
        self.under_way = ticket;
        Some(Effect::Errand(errand))
    }

    /// Something is heard of an errand.
    pub(in super::super) fn hear_errand(&mut self, ticket: u64, report: Report) {
        let Some(view) = self.tags_mut() else { return };
        let Some(under_way) = view.errand.as_mut().filter(|known| known.errand.ticket == ticket) else {
            return;
        };
        match report {
            Report::Going(done) => under_way.done = done,
            Report::Found { at, unread } => {
                view.errand = None;
                self.found_elsewhere(at, unread);
            }
            Report::Differs(places) => {
                view.errand = None;
                view.tags.receive_differing(places);
            }
            Report::Varies(varying) => {
                view.errand = None;
                let said = [
                    (varying.unread > 0).then(|| unread_files(varying.unread)),
                    varying.is_cut.then(|| format!("Only the first {} instances fit.", varying.instances())),
                ];
                view.tags.receive_varying(varying);
                let said: Vec<String> = said.into_iter().flatten().collect();
                if !said.is_empty() {
                    self.notice = Some(said.join(" "));
                }
            }
        }
    }

    fn found_elsewhere(&mut self, at: Option<(usize, Vec<crate::model::Step>)>, unread: usize) {
        let Some(view) = self.tags_mut() else { return };
        let unread = if unread == 0 { String::new() } else { format!(" {}", unread_files(unread)) };
        let Some((number, place)) = at else {
            let here = if view.tags.matches().is_empty() { "Not found" } else { "Not found elsewhere" };
            let all = view.instances.len();
            self.notice = Some(format!("{here} in the {all} instances of the series.{unread}"));
            return;
        };
        view.tags.land(place);
        self.turn_to(number);
        let all = self.tags().map_or(0, |view| view.instances.len());
        self.notice = Some(format!("Found in instance {} of {all}.{unread}", number + 1));
    }
}

fn unread_files(count: usize) -> String {
    match count {
        1 => "One file could not be read.".to_owned(),
        _ => format!("{count} files could not be read."),
    }
}
