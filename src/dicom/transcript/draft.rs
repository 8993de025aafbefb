//! A transcript in the making; however a file is made, it stays of a bounded size.

use super::page::Page;
use crate::model::{Curve, Entry, EntryKind, Secret, Text, Transcript, uid_label};
use std::sync::Arc;

/// Lines of one transcript: a long report has a thousand.
const MOST_ENTRIES: usize = 50_000;
/// Bytes of all its text.
const MOST_BYTES: usize = 8 << 20;
/// Bytes of one paragraph, which is laid out in one go.
const LONGEST: usize = 64 << 10;
/// Levels that are indented: content nests 64 deep at most.
const DEEPEST: u16 = 64;

#[derive(Default)]
pub(super) struct Draft {
    pub(super) depth: u16,
    entries: Vec<Entry>,
    notes: Vec<String>,
    bytes: usize,
    is_full: bool,
}

impl Draft {
    pub(super) fn finish(self, title: &str, mut notes: Vec<String>) -> Transcript {
        notes.extend(self.notes);
        if self.is_full {
            notes.push("says more than is shown here; its tags have it all".to_owned());
        }
        Transcript { title: title.into(), entries: self.entries, notes }
    }

    /// Something odd, in words that are safe to show; begins with a verb.
    pub(super) fn note(&mut self, what: String) {
        self.notes.push(what);
    }

    pub(super) fn heading(&mut self, label: &str, value: &str, secret: Option<Secret>) {
        self.push(label, value, secret, EntryKind::Heading);
    }

    pub(super) fn line(&mut self, label: &str, value: &str, secret: Option<Secret>) {
        if !value.is_empty() {
            self.push(label, value, secret, EntryKind::Line);
        }
    }

    /// Text with lines of its own, each of which becomes one; empty ones only between others.
    pub(super) fn text(&mut self, label: &str, text: &str, secret: Option<Secret>) {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        let mut lines = text.split('\n').map(str::trim_end);
        let Some(first) = lines.next().filter(|_| !text.is_empty()) else { return };
        self.push(label, first, secret, EntryKind::Line);
        self.within(|draft| {
            for line in lines {
                if draft.is_full {
                    return;
                }
                draft.push("", &line.replace('\r', ""), secret, EntryKind::Line);
            }
        });
    }

    /// The value of an attribute, if it has one.
    pub(super) fn field(&mut self, page: &Page<'_>, label: &str, keyword: &str) {
        if let Some(value) = page.text(keyword) {
            self.line(label, &value, page.secret(keyword));
        }
    }

    /// The same with a unit after it.
    pub(super) fn measure(&mut self, page: &Page<'_>, label: &str, keyword: &str, unit: &str) {
        if let Some(value) = page.text(keyword) {
            self.line(label, &format!("{value} {unit}"), page.secret(keyword));
        }
    }

    /// What codes mean, if there are any.
    pub(super) fn code(&mut self, page: &Page<'_>, label: &str, keyword: &str) {
        if let Some(meaning) = page.code(keyword) {
            self.line(label, &meaning, None);
        }
    }

    /// What an item with a Referenced SOP Instance UID refers to.
    pub(super) fn reference(&mut self, label: &str, item: &Page<'_>) {
        let instance = item.word("ReferencedSOPInstanceUID");
        if instance.is_empty() {
            return;
        }
        let class = item.word("ReferencedSOPClassUID");
        let mut value = uid_label(&class).unwrap_or(&class).to_owned();
        for (what, keyword) in [("frame", "ReferencedFrameNumber"), ("segment", "ReferencedSegmentNumber")] {
            if let Some(numbers) = item.text(keyword) {
                value = format!("{value}, {what} {}", numbers.replace('\\', ", "));
            }
        }
        self.push(label, &value, None, EntryKind::Reference { instance: instance.as_str().into() });
    }

    pub(super) fn curve(&mut self, label: &str, value: &str, curve: Curve) {
        self.bytes = self.bytes.saturating_add(label.len());
        self.push(label, value, None, EntryKind::Curve(Arc::new(curve)));
    }

    /// Writes what belongs to the last line, one level deeper.
    pub(super) fn within(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    fn push(&mut self, label: &str, value: &str, secret: Option<Secret>, kind: EntryKind) {
        self.bytes += label.len() + value.len();
        if self.entries.len() >= MOST_ENTRIES || self.bytes > MOST_BYTES {
            self.is_full = true;
            return;
        }
        let value = if value.len() > LONGEST {
            let end = value.floor_char_boundary(LONGEST);
            Text::from(format!("{}… ({} bytes)", &value[..end], value.len()))
        } else {
            value.into()
        };
        let depth = self.depth.min(DEEPEST);
        self.entries.push(Entry { depth, label: label.into(), value, secret, kind });
    }
}
