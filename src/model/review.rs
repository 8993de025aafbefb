//! What reviewers have said of series and studies: a list that only grows, the last word counts.
//!
//! As text it is CSV (RFC 4180) that a spreadsheet opens: one line for each word said, so that two people can
//! write into one file, and two files can be joined by writing them one after the other.

use std::collections::HashMap;

/// One word of one reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opinion {
    /// UTC, as `2026-11-24T10:30:00Z`.
    pub when: String,
    /// Who says so.
    pub reviewer: String,
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID; empty if the whole study is meant.
    pub series: String,
    /// One of the reviewer's own list: `good`; empty takes back what was said.
    pub verdict: String,
    /// In their own words.
    pub note: String,
}

/// The columns, in their order.
const HEADINGS: &str = "time,reviewer,study_uid,series_uid,verdict,note";

/// The last word on every series and study.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// By series UID, or study UID for a whole study.
    said: HashMap<String, Opinion>,
    /// There is a file, so opinions can be given.
    pub is_kept: bool,
}

impl Review {
    /// Reads a file; lines that are none of ours are counted and otherwise left alone.
    ///
    /// Words are taken in the order of their times, those of one time in the order of the lines.
    pub fn parse(text: &str) -> (Self, usize) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut opinions = vec![];
        let mut strange = 0;
        for cells in rows(text) {
            match Opinion::of(&cells) {
                Some(opinion) => opinions.push(opinion),
                None if cells.join(",") == HEADINGS || cells.iter().all(String::is_empty) => {}
                None => strange += 1,
            }
        }
        opinions.sort_by(|a, b| a.when.cmp(&b.when));
        let mut review = Self { said: HashMap::new(), is_kept: true };
        for opinion in opinions {
            review.say(opinion);
        }
        (review, strange)
    }

    /// The line with the names of the columns.
    pub fn heading() -> String {
        format!("{HEADINGS}\r\n")
    }

    /// Takes in one more word.
    pub fn say(&mut self, opinion: Opinion) {
        let uid = if opinion.series.is_empty() { &opinion.study } else { &opinion.series };
        if uid.is_empty() {
            return;
        }
        if opinion.verdict.is_empty() && opinion.note.is_empty() {
            self.said.remove(uid);
        } else {
            self.said.insert(uid.clone(), opinion);
        }
    }

    /// What was said of a series: of itself, else of its study.
    pub fn of(&self, series: &str, study: &str) -> Option<&Opinion> {
        self.said.get(series).filter(|_| !series.is_empty()).or_else(|| self.of_study(study))
    }

    /// What was said of a study as a whole.
    pub fn of_study(&self, study: &str) -> Option<&Opinion> {
        self.said.get(study).filter(|opinion| opinion.series.is_empty())
    }
}

impl Opinion {
    fn of(cells: &[String]) -> Option<Self> {
        let [when, reviewer, study, series, verdict, note] = cells else { return None };
        // An apostrophe that keeps spreadsheets from computing is no part of the text.
        let plain = |text: &str| {
            let rest = text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA));
            rest.unwrap_or(text).to_owned()
        };
        let is_time = when.starts_with(|digit: char| digit.is_ascii_digit());
        (is_time && !study.is_empty()).then(|| Self {
            when: when.clone(),
            reviewer: plain(reviewer),
            study: study.clone(),
            series: series.clone(),
            verdict: plain(verdict),
            note: plain(note),
        })
    }

    /// Its line.
    pub fn line(&self) -> String {
        let cells = [&self.when, &self.reviewer, &self.study, &self.series, &self.verdict, &self.note];
        cells.map(|cell| quoted(cell)).join(",") + "\r\n"
    }
}

/// What a spreadsheet would compute.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// The cells of every row, quotes taken off; what is no CSV gives some cells or other.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut inside) = (vec![], vec![], String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if inside && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if inside || cell.is_empty() => inside = !inside,
            ',' if !inside => row.push(std::mem::take(&mut cell)),
            '\n' if !inside => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !inside => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opinion(when: &str, series: &str, verdict: &str) -> Opinion {
        let [when, series, verdict] = [when, series, verdict].map(str::to_owned);
        Opinion { when, series, verdict, study: "1.2".to_owned(), ..Opinion::default() }
    }

    #[test]
    fn the_last_word_counts_whatever_the_order_of_the_lines() {
        let text = [
            Review::heading(),
            opinion("2026-02-01T00:00:00Z", "1.2.3", "bad").line(),
            opinion("2026-01-01T00:00:00Z", "1.2.3", "good").line(),
        ];
        let (review, strange) = Review::parse(&text.concat());
        assert_eq!((review.of("1.2.3", "1.2").map(|said| said.verdict.as_str()), strange), (Some("bad"), 0));
    }

    #[test]
    fn a_word_on_a_study_holds_for_its_series_until_one_is_said_of_them() {
        let mut review = Review::default();
        review.say(opinion("2026-01-01T00:00:00Z", "", "unsure"));
        assert_eq!(review.of("1.2.3", "1.2").map(|said| said.verdict.as_str()), Some("unsure"));
        review.say(opinion("2026-01-01T00:00:01Z", "1.2.3", "good"));
        assert_eq!(review.of("1.2.3", "1.2").map(|said| said.verdict.as_str()), Some("good"));
        assert_eq!(review.of("1.2.4", "1.2").map(|said| said.verdict.as_str()), Some("unsure"));
        review.say(opinion("2026-01-01T00:00:02Z", "1.2.3", ""));
        assert_eq!(review.of("1.2.3", "1.2").map(|said| said.verdict.as_str()), Some("unsure"), "taken back");
    }

    #[test]
    fn lines_of_others_are_counted_and_left_alone() {
        let text =
            format!("{}patient,7\r\n\r\n{}", Review::heading(), opinion("2026", "1.2.3", "good").line());
        let (review, strange) = Review::parse(&text);
        assert_eq!((review.of("1.2.3", "").is_some(), strange), (true, 1));
    }

    proptest! {
        #[test]
        fn every_opinion_is_read_as_it_was_written(reviewer: String, verdict: String, note: String) {
            let said = Opinion {
                when: "2026-11-24T10:30:00Z".to_owned(), reviewer, verdict: format!("v{verdict}"), note,
                study: "1.2".to_owned(), series: "1.2.3".to_owned(),
            };
            let written = said.line();
            // One leading apostrophe before a sign of a formula is ours.
            prop_assume!(![&said.reviewer, &said.note].iter().any(|text| text.starts_with('\'')));
            let (review, strange) = Review::parse(&written);
            prop_assert_eq!(strange, 0);
            let read = review.of("1.2.3", "1.2").unwrap();
            // Carriage returns inside quotes are kept, outside they cannot be.
            prop_assert_eq!(read, &said);
        }
    }
}
