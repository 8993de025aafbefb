//! What reviewers have said of series and studies: a list that only grows, the last word counts.

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

/// The last word on every series and study.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// By series UID, or study UID for a whole study.
    said: HashMap<String, Opinion>,
    /// There is a file, so opinions can be given.
    pub is_kept: bool,
}

impl Review {
    /// The last words of a list: in the order of their times, those of one time in the order of the list.
    pub fn of_all(mut opinions: Vec<Opinion>) -> Self {
        opinions.sort_by(|a, b| a.when.cmp(&b.when));
        let mut review = Self { said: HashMap::new(), is_kept: true };
        for opinion in opinions {
            review.say(opinion);
        }
        review
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

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(when: &str, series: &str, verdict: &str) -> Opinion {
        let [when, series, verdict] = [when, series, verdict].map(str::to_owned);
        Opinion { when, series, verdict, study: "1.2".to_owned(), ..Opinion::default() }
    }

    #[test]
    fn the_last_word_counts_whatever_the_order_of_the_list() {
        let review = Review::of_all(vec![
            opinion("2026-02-01T00:00:00Z", "1.2.3", "bad"),
            opinion("2026-01-01T00:00:00Z", "1.2.3", "good"),
        ]);
        assert_eq!(review.of("1.2.3", "1.2").map(|said| said.verdict.as_str()), Some("bad"));
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
}
