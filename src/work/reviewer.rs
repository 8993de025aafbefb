//! The file that reviewers write into, as a [`Ledger`].

use super::{
    job::Answer,
    ledger::{Ledger, cells, now},
};
use crate::{
    export::csv,
    model::{Opinion, Review},
};
use crossbeam_channel::{Sender, unbounded};
use std::{
    path::{Path, PathBuf},
    thread,
};

const LEDGER: Ledger =
    Ledger { name: "review", headings: &["time", "reviewer", "study_uid", "series_uid", "verdict", "note"] };

/// A thread that keeps a review file; it ends when this is dropped.
#[derive(Debug)]
pub struct Reviewer(Sender<Opinion>);

impl Reviewer {
    /// Reads `file`, if it is there, and writes every opinion into it; `name` is who gives them.
    pub fn start<T: From<Answer> + Send + 'static>(file: PathBuf, name: String, answers: Sender<T>) -> Self {
        let (to_file, opinions) = unbounded::<Opinion>();
        let work = move || {
            let tell = |result| answers.send(Answer::Review { result }.into()).is_ok();
            if !tell(read(&file)) {
                return;
            }
            for mut opinion in opinions {
                opinion.when = now();
                opinion.reviewer.clone_from(&name);
                if !tell(append(&file, &opinion)) {
                    return;
                }
            }
        };
        // Without a thread nothing is kept, and nothing says that it was.
        let _ = thread::Builder::new().name("topogram-review".to_owned()).spawn(work);
        Self(to_file)
    }

    /// Writes an opinion; what the file says then comes as an answer.
    pub fn say(&self, opinion: Opinion) {
        let _ = self.0.send(opinion);
    }
}

/// What a review file says; nothing yet if it is not there.
///
/// # Errors
///
/// A sentence.
pub fn read(path: &Path) -> Result<Review, String> {
    Ok(Review::of_all(opinions(&LEDGER.read(path)?)))
}

fn append(path: &Path, opinion: &Opinion) -> Result<Review, String> {
    Ok(Review::of_all(opinions(&LEDGER.append(path, &line(opinion))?)))
}

/// What the lines say; those that are none of ours are left alone.
fn opinions(text: &str) -> Vec<Opinion> {
    let of = |[when, reviewer, study, series, verdict, note]: [String; 6]| {
        let opinion = Opinion { when, reviewer, study, series, verdict, note };
        (!opinion.study.is_empty()).then_some(opinion)
    };
    cells(text).into_iter().filter_map(of).collect()
}

fn line(opinion: &Opinion) -> String {
    let Opinion { when, reviewer, study, series, verdict, note } = opinion;
    csv::line(&[when, reviewer, study, series, verdict, note].map(Clone::clone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(series: &str, verdict: &str) -> Opinion {
        let [series, verdict] = [series, verdict].map(str::to_owned);
        Opinion { when: now(), series, verdict, study: "1.2".to_owned(), ..Opinion::default() }
    }

    #[test]
    fn several_reviewers_write_into_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.csv");
        thread::scope(|scope| {
            for reviewer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    for series in 0..25 {
                        append(path, &opinion(&format!("1.2.{reviewer}.{series}"), "good")).unwrap();
                    }
                });
            }
        });
        let review = read(&path).unwrap();
        let heard = |reviewer, series| review.of(&format!("1.2.{reviewer}.{series}"), "").is_some();
        assert!((0..4).all(|reviewer| (0..25).all(|series| heard(reviewer, series))));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 101);
    }

    #[test]
    fn a_line_that_was_left_open_is_closed_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.csv");
        std::fs::write(&path, line(&opinion("1.2.3", "bad")).trim_end()).unwrap();
        let review = append(&path, &opinion("1.2.4", "good")).unwrap();
        assert!(review.of("1.2.3", "").is_some() && review.of("1.2.4", "").is_some());
    }

    #[test]
    fn a_file_of_something_else_is_never_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.dcm");
        let image = [&[0; 128][..], b"DICM\x02\0\0\0UL\x04\0"].concat();
        for foreign in [&image[..], b"a,b,c\n1,2,3\n", b"id,cancer\n", b"\n"] {
            std::fs::write(&path, foreign).unwrap();
            let why = append(&path, &opinion("1.2", "good")).unwrap_err();
            assert!(why.contains("is no review file"), "{why}");
            assert!(read(&path).is_err());
            assert_eq!(std::fs::read(&path).unwrap(), foreign);
        }
        std::fs::write(&path, b"").unwrap();
        assert!(append(&path, &opinion("1.2", "good")).is_ok());
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let why = append(Path::new("/nowhere/at/all.csv"), &opinion("1", "good")).unwrap_err();
        assert!(why.contains("not kept") && why.contains("/nowhere/at/all.csv"), "{why}");
    }

    #[test]
    fn lines_of_others_are_left_alone() {
        let text = format!("\u{feff}time,reviewer\r\npatient,7\r\n\r\n{}", line(&opinion("1.2.3", "good")));
        assert_eq!(opinions(&text).len(), 1);
    }

    #[test]
    fn an_opinion_is_read_as_it_was_written() {
        let said = Opinion {
            reviewer: "=me()".to_owned(),
            note: "\"motion\", left\nlower lobe".to_owned(),
            ..opinion("1.2.3", "bad, but usable")
        };
        assert_eq!(opinions(&line(&said)), [said]);
    }
}
