//! A transcript as lines of a width: long text is wrapped between words, curves are drawn.

use crate::{
    imaging::curve,
    model::{Curve, EntryKind, Mask, Transcript, shown},
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns by which what belongs to a line is indented.
const INDENT: usize = 2;
/// Rows of one curve.
const ROWS: usize = 4;
/// Columns beyond which a curve gets no wider.
const WIDEST: usize = 160;
/// Points per second across: a beat of the heart is then some thirty wide, and its peaks stand apart.
const POINTS_PER_SECOND: f64 = 40.0;
/// Strips that one curve is cut into; a longer one is drawn closer together.
const MOST_STRIPS: usize = 6;

/// What a part of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What follows belongs to it.
    Heading,
    /// Text.
    Plain,
    /// It leads to another object.
    Link,
    /// A curve, or its scale.
    Curve,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Which entry it belongs to.
    pub entry: usize,
    /// Columns before it.
    pub indent: usize,
    /// What it is about, with what sets it off from the text; empty on lines that go on.
    pub label: String,
    /// What is said, harmless.
    pub text: String,
    /// What it is.
    pub tone: Tone,
}

/// Lays a transcript out in `width` columns; there is always room for a few letters.
pub fn lay(transcript: &Transcript, width: usize, mask: Mask) -> Vec<Laid> {
    let mut lines = vec![];
    for (entry, said) in transcript.entries.iter().enumerate() {
        let indent = (usize::from(said.depth) * INDENT).min(width / 3);
        let text = said.shown(mask);
        let tone = match said.kind {
            EntryKind::Heading => Tone::Heading,
            EntryKind::Line => Tone::Plain,
            EntryKind::Reference { .. } => Tone::Link,
            EntryKind::Curve(_) => Tone::Curve,
        };
        let label = said.label.to_string();
        let label = match (label.is_empty(), text.is_empty(), tone) {
            (true, ..) => String::new(),
            (_, true, _) => label,
            (_, _, Tone::Heading) => format!("{label}  "),
            _ => format!("{label}: "),
        };
        let room = width.saturating_sub(indent).max(8);
        let mut parts = wrapped(&label, &text, room).into_iter();
        let first = parts.next().unwrap_or_default();
        lines.push(Laid { entry, indent, label, text: first, tone });
        let hang = (indent + INDENT).min(width / 2);
        lines.extend(parts.map(|text| Laid { entry, indent: hang, label: String::new(), text, tone }));
        if let EntryKind::Curve(curve) = &said.kind {
            let drawn = strips(curve, room.min(WIDEST));
            lines.extend(drawn.into_iter().map(|text| Laid {
                entry,
                indent,
                label: String::new(),
                text,
                tone: Tone::Curve,
            }));
        }
    }
    lines
}

/// The lines of a text after a label: the first has what the label leaves of `room` columns, the others two
/// less than `room`.
fn wrapped(label: &str, text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut rest = text;
    let mut left = room.saturating_sub(label.width());
    // Beside a long label there is no room for text.
    if left < 8 && !text.is_empty() {
        lines.push(String::new());
        left = room - INDENT;
    }
    while !rest.is_empty() {
        let (end, next) = line_end(rest, left.max(1));
        lines.push(rest[..end].to_owned());
        rest = &rest[next..];
        left = room - INDENT;
    }
    lines
}

/// Bytes of the first line, and where the next one begins: after the last space that fits, else where it must.
fn line_end(text: &str, width: usize) -> (usize, usize) {
    let mut used = 0;
    let mut space = None;
    for (at, c) in text.char_indices() {
        if c == ' ' {
            space = Some(at);
        }
        used += c.width().unwrap_or(0);
        // A first character that is too wide stands all the same: there must be progress.
        if used > width && at > 0 {
            return match space {
                Some(space) if space > 0 => (space, space + 1),
                _ => (at, at),
            };
        }
    }
    (text.len(), text.len())
}

/// A curve as strips, one below the other, each with the steps at its ends.
fn strips(drawn: &Curve, columns: usize) -> Vec<String> {
    let count = drawn.samples.len();
    let Some(range) = drawn.range().filter(|_| drawn.step > 0.0) else { return vec![] };
    let fitting = match drawn.step_unit {
        "s" => (columns as f64 * 2.0 / POINTS_PER_SECOND / drawn.step) as usize,
        _ => count,
    };
    let per_strip = fitting.clamp(count.div_ceil(MOST_STRIPS).max(1), count.max(1));
    let mut lines = vec![];
    for (strip, samples) in drawn.samples.chunks(per_strip).enumerate() {
        // The last one is as short as it is, or time would run slower in it.
        let wide = (samples.len() * columns).div_ceil(per_strip).clamp(1, columns);
        lines.extend(curve(samples, range, wide, ROWS));
        let at = |sample: usize| {
            let value = format!("{:.2}", sample as f64 * drawn.step);
            format!("{} {}", value.trim_end_matches('0').trim_end_matches('.'), drawn.step_unit)
        };
        let (begin, end) = (at(strip * per_strip), at(strip * per_strip + samples.len()));
        let gap = wide.saturating_sub(begin.trim_end().width() + end.trim_end().width()).max(1);
        lines.push(format!("{}{}{}", begin.trim_end(), " ".repeat(gap), end.trim_end()));
    }
    lines.iter().map(|line| shown(line.trim_end()).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, Secret};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn entry(depth: u16, label: &str, value: &str, kind: EntryKind) -> Entry {
        Entry { depth, label: label.into(), value: value.into(), secret: None, kind }
    }

    fn of(entries: Vec<Entry>) -> Transcript {
        Transcript { entries, ..Transcript::default() }
    }

    fn lines(transcript: &Transcript, width: usize) -> Vec<String> {
        lay(transcript, width, Mask::default())
            .iter()
            .map(|line| format!("{}{}{}", " ".repeat(line.indent), line.label, line.text))
            .collect()
    }

    #[test]
    fn long_text_is_wrapped_between_words_and_hangs_below_its_label() {
        let report = of(vec![
            entry(0, "Findings", "", EntryKind::Heading),
            entry(1, "Lung", "a nodule of eight millimetres in the left upper lobe", EntryKind::Line),
        ]);
        assert_eq!(
            lines(&report, 30),
            ["Findings", "  Lung: a nodule of eight", "    millimetres in the left", "    upper lobe"]
        );
    }

    #[test]
    fn a_word_that_is_too_long_is_cut_where_it_must() {
        assert_eq!(
            lines(&of(vec![entry(0, "", "aaaaaaaaaaaabb", EntryKind::Line)]), 12),
            ["aaaaaaaaaaaa", "  bb"]
        );
        let wide = of(vec![entry(0, "", "山田太郎山田太郎", EntryKind::Line)]);
        assert_eq!(lines(&wide, 9), ["山田太郎", "  山田太", "  郎"]);
    }

    #[test]
    fn a_masked_value_is_hidden_before_it_is_laid_out() {
        let mut name = entry(0, "Person", "Doe^Jane", EntryKind::Line);
        name.secret = Some(Secret::Hidden);
        let laid = lay(&of(vec![name]), 40, Mask::new(true));
        assert_eq!(laid[0].text, crate::model::MASK);
    }

    #[test]
    fn ten_seconds_become_strips_with_their_times() {
        let curve = Curve { samples: vec![0.5; 1000], unit: "mV".into(), step: 0.01, step_unit: "s" };
        let drawn = lines(&of(vec![entry(0, "I", "", EntryKind::Curve(Arc::new(curve)))]), 80);
        assert_eq!(drawn.len(), 1 + 3 * (ROWS + 1));
        assert!(drawn[ROWS + 1].starts_with("0 s") && drawn[ROWS + 1].ends_with("4 s"), "{drawn:?}");
        assert!(drawn.last().is_some_and(|line| line.starts_with("8 s") && line.ends_with("10 s")));
    }

    proptest! {
        #[test]
        fn every_word_is_there_and_every_line_fits(text in "[a-z山 ]{0,200}", depth in 0u16..100, width in 0usize..60) {
            let laid = lay(&of(vec![entry(depth, "x", &text, EntryKind::Line)]), width, Mask::default());
            let together: String = laid.iter().map(|line| line.text.replace(' ', "")).collect();
            prop_assert_eq!(together, text.replace(' ', ""));
            let wide = |line: &Laid| line.label.width() + line.text.width();
            prop_assert!(laid.iter().all(|line| wide(line) <= width.max(12)), "{:?}", laid);
        }
    }
}
