//! The view of what an object says, for those that are no pictures and what pictures say besides.

mod act;
mod lay;
pub use lay::{Laid, Tone, lay};

use super::Action;
use crate::model::{EntryKind, InstanceId, Mask, Text, Transcript, hits};
use std::sync::Arc;

/// The transcripts of the instances of a series, one after the other.
#[derive(Debug)]
pub struct TranscriptView {
    /// In display order.
    pub instances: Vec<InstanceId>,
    /// Which of them.
    pub at: usize,
    /// What is said; `None` until it has come.
    pub content: Option<Result<Arc<Transcript>, String>>,
    /// Its lines, for the width and the mask they were laid out for.
    pub lines: Vec<Laid>,
    /// The line of the cursor.
    pub cursor: usize,
    /// What is searched for.
    pub query: String,
    /// The line where typing began.
    origin: Option<usize>,
    laid_for: (usize, Mask),
}

impl TranscriptView {
    pub(super) fn new(instances: Vec<InstanceId>, at: usize) -> Self {
        Self {
            instances,
            at,
            content: None,
            lines: vec![],
            cursor: 0,
            query: String::new(),
            origin: None,
            laid_for: (0, Mask::default()),
        }
    }

    /// The instance that is shown.
    pub fn instance(&self) -> InstanceId {
        self.instances[self.at]
    }

    pub(super) fn receive(&mut self, result: Result<Arc<Transcript>, String>) {
        self.content = Some(result);
        self.cursor = 0;
        self.lines.clear();
        self.laid_for.0 = 0;
    }

    /// Lays the lines out anew if width or mask have changed; the cursor stays with its entry.
    pub(super) fn fit(&mut self, width: usize, mask: Mask) {
        let Some(Ok(transcript)) = &self.content else { return };
        if self.laid_for == (width, mask) {
            return;
        }
        let entry = self.lines.get(self.cursor).map_or(0, |line| line.entry);
        self.laid_for = (width, mask);
        self.lines = lay(transcript, width, mask);
        self.cursor = self.lines.partition_point(|line| line.entry < entry);
    }

    /// The object that the line of the cursor leads to.
    pub fn link(&self) -> Option<&Text> {
        let Some(Ok(transcript)) = &self.content else { return None };
        match &transcript.entries.get(self.lines.get(self.cursor)?.entry)?.kind {
            EntryKind::Reference { instance } => Some(instance),
            _ => None,
        }
    }

    /// The value of the entry under the cursor, as far as it may be seen.
    pub(super) fn copied(&self, mask: Mask) -> Option<String> {
        let Some(Ok(transcript)) = &self.content else { return None };
        let entry = transcript.entries.get(self.lines.get(self.cursor)?.entry)?;
        Some(entry.shown(mask)).filter(|value| !value.is_empty())
    }

    /// Searches while the query is typed, from where typing began.
    pub(super) fn search(&mut self, query: &str) {
        let origin = *self.origin.get_or_insert(self.cursor);
        query.clone_into(&mut self.query);
        self.cursor = if query.is_empty() { origin } else { self.next(origin, true).unwrap_or(origin) };
    }

    /// Applies an action; true if it meant something here.
    pub(super) fn act(&mut self, action: Action, count: Option<usize>, page: usize) -> bool {
        self.origin = None;
        let last = self.lines.len().saturating_sub(1);
        let steps = count.unwrap_or(1);
        let half = (page / 2).max(1);
        self.cursor = match action {
            Action::Down => self.cursor.saturating_add(steps),
            Action::Up => self.cursor.saturating_sub(steps),
            Action::PageDown => self.cursor + page,
            Action::PageUp => self.cursor.saturating_sub(page),
            Action::HalfPageDown => self.cursor + half,
            Action::HalfPageUp => self.cursor.saturating_sub(half),
            Action::First => count.unwrap_or(1).saturating_sub(1),
            Action::Last => count.map_or(last, |number| number.saturating_sub(1)),
            Action::NextMatch => self.next(self.cursor + 1, true).unwrap_or(self.cursor),
            Action::PreviousMatch => {
                self.next((self.cursor + last) % (last + 1), false).unwrap_or(self.cursor)
            }
            _ => return false,
        }
        .min(last);
        true
    }

    /// The first line from `from` on, round the end, where the query stands.
    fn next(&self, from: usize, forward: bool) -> Option<usize> {
        let count = self.lines.len();
        let step = |by: usize| if forward { from + by } else { from + count - by };
        (0..count).map(|by| step(by) % count).find(|&at| self.is_match(at))
    }

    /// True if the query stands in a line.
    pub fn is_match(&self, at: usize) -> bool {
        let holds = |text: &str| !hits(text, &self.query).is_empty();
        self.lines.get(at).is_some_and(|line| holds(&line.label) || holds(&line.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Entry;

    fn view(values: &[&str]) -> TranscriptView {
        let entries = values.iter().map(|&value| Entry {
            depth: 0,
            label: "".into(),
            value: value.into(),
            secret: None,
            kind: EntryKind::Line,
        });
        let transcript = Transcript { entries: entries.collect(), ..Transcript::default() };
        let mut view = TranscriptView::new(vec![InstanceId(0)], 0);
        view.receive(Ok(Arc::new(transcript)));
        view.fit(20, Mask::default());
        view
    }

    #[test]
    fn motions_stop_at_the_ends() {
        let mut view = view(&["a", "b", "c"]);
        view.act(Action::Up, None, 10);
        assert_eq!(view.cursor, 0);
        view.act(Action::PageDown, None, 10);
        assert_eq!(view.cursor, 2);
        view.act(Action::First, Some(2), 10);
        assert_eq!(view.cursor, 1);
    }

    #[test]
    fn a_search_goes_round_and_gives_up_to_where_it_began() {
        let mut view = view(&["one", "two", "three", "two"]);
        view.search("two");
        assert_eq!(view.cursor, 1);
        view.act(Action::NextMatch, None, 10);
        view.act(Action::NextMatch, None, 10);
        assert_eq!(view.cursor, 1);
        view.act(Action::PreviousMatch, None, 10);
        assert_eq!(view.cursor, 3);
        view.search("x");
        assert_eq!(view.cursor, 3);
    }

    #[test]
    fn another_width_keeps_the_entry_under_the_cursor() {
        let mut view = view(&["a long text that takes several lines", "b"]);
        view.act(Action::Last, None, 10);
        view.fit(200, Mask::default());
        assert_eq!((view.cursor, view.lines.len()), (1, 2));
    }

    #[test]
    fn an_empty_one_takes_every_action_in_its_stride() {
        let mut view = view(&[]);
        for &action in Action::ALL {
            view.act(action, None, 0);
        }
        view.search("x");
        assert!(view.link().is_none() && view.copied(Mask::default()).is_none());
    }
}
