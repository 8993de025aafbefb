//! Verdicts and notes on series and studies, and the way to the next one that has none.

use super::{Action, App, Effect, Node, Prompt, PromptKind, View};
use crate::model::{Opinion, Review, SeriesId};

impl App {
    /// Does what the keys of the review ask for; `None` if this action is none of them.
    pub(super) fn review(&mut self, action: Action) -> Option<Vec<Effect>> {
        if action == Action::NextUnreviewed {
            return Some(self.next_unreviewed());
        }
        let number = action.verdict();
        if number.is_none() && action != Action::Note {
            return None;
        }
        Some(match (self.subject(), number) {
            _ if !self.library.review.is_kept => self.say("To keep verdicts: topogram --review FILE"),
            (Err(why), _) => self.say(why),
            (Ok(subject), None) => {
                let note = self.opinion_on(&subject).map_or_else(String::new, |said| said.note.clone());
                self.prompt = Some(Prompt { kind: PromptKind::Note, before: note.clone(), text: note });
                vec![]
            }
            (Ok(subject), Some(0)) => vec![Effect::Say(subject)],
            (Ok(subject), Some(number)) => match self.verdicts.get(number - 1) {
                Some(verdict) => {
                    let note = self.opinion_on(&subject).map_or_else(String::new, |said| said.note.clone());
                    vec![Effect::Say(Opinion { verdict: verdict.clone(), note, ..subject })]
                }
                None => self.say("The configuration has fewer verdicts: review.verdicts."),
            },
        })
    }

    /// The note that was typed; the verdict stays.
    pub(super) fn note(&mut self, text: &str) -> Vec<Effect> {
        let Ok(subject) = self.subject() else { return vec![] };
        let verdict = self.opinion_on(&subject).map_or_else(String::new, |said| said.verdict.clone());
        vec![Effect::Say(Opinion { verdict, note: text.trim().to_owned(), ..subject })]
    }

    /// What a verdict would be about: the series that is looked at, or the study under the cursor.
    fn subject(&self) -> Result<Opinion, &'static str> {
        let of_series = |id: SeriesId| {
            let series = self.library.series(id);
            let study = self.library.study(series.study).uid.raw().to_owned();
            Opinion { study, series: series.uid.raw().to_owned(), ..Opinion::default() }
        };
        let subject = match (self.views.last(), self.browser.cursor()) {
            (Some(View::Viewer(viewer)), _) => of_series(viewer.series),
            (None, Some(Node::Series(id))) => of_series(id),
            (None, Some(Node::Study(id))) => {
                Opinion { study: self.library.study(id).uid.raw().to_owned(), ..Opinion::default() }
            }
            _ => return Err("Put the cursor on a series or a study."),
        };
        let named = !subject.study.is_empty()
            && (!subject.series.is_empty() || matches!(self.browser.cursor(), Some(Node::Study(_))));
        named.then_some(subject).ok_or("This has no UID by which a verdict could be kept.")
    }

    fn opinion_on(&self, subject: &Opinion) -> Option<&Opinion> {
        let review = &self.library.review;
        if subject.series.is_empty() {
            return review.of_study(&subject.study);
        }
        review.of(&subject.series, &subject.study).filter(|said| !said.series.is_empty())
    }

    /// The review file has been read.
    pub(super) fn hear(&mut self, result: Result<Review, String>) {
        match result {
            Ok(review) => self.library.review = review,
            Err(why) => self.notice = Some(why),
        }
        self.count_reviewed();
    }

    /// Counts once what every screen shows.
    pub(super) fn count_reviewed(&mut self) {
        let library = &self.library;
        self.reviewed = if library.review.is_kept {
            library.all_series().filter(|&(id, _)| library.opinion(id).is_some()).count()
        } else {
            0
        };
    }

    /// Goes to the next series without a verdict, from the top again after the last.
    fn next_unreviewed(&mut self) -> Vec<Effect> {
        let open = |id: &SeriesId| self.library.opinion(*id).is_none();
        let listed: Vec<SeriesId> = self
            .browser
            .rows
            .iter()
            .filter_map(|node| if let Node::Series(id) = node { Some(*id) } else { None })
            .collect();
        let here = match self.views.last() {
            Some(View::Viewer(viewer)) => Some(viewer.series),
            _ => self.browser.series(&self.library),
        };
        let at = listed.iter().position(|&id| Some(id) == here).map_or(0, |at| at + 1);
        let (before, after) = listed.split_at(at.min(listed.len()));
        let Some(next) = after.iter().chain(before).copied().find(open) else {
            return self.say("Every series that is listed has a verdict.");
        };
        let viewing = matches!(self.views.last(), Some(View::Viewer(_)));
        self.browser.point_at(&self.library, next);
        if viewing {
            self.views.pop();
            return self.open(next);
        }
        vec![]
    }
}
