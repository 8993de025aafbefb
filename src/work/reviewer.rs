//! The file that reviewers write into: read at the start, appended to line by line, shared without harm.
//!
//! It is CSV that a spreadsheet opens. A word is one line at the end of the file, written in one go under a
//! lock, so that several people can review at once, and two files are joined by writing them one after the
//! other; whoever writes reads what the others have said meanwhile.

use super::job::Answer;
use crate::{
    export::csv,
    model::{Date, Opinion, Review},
};
use crossbeam_channel::{Sender, unbounded};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

/// The columns, in their order.
const HEADINGS: [&str; 6] = ["time", "reviewer", "study_uid", "series_uid", "verdict", "note"];
/// Longer files are none of ours.
const LONGEST: u64 = 64 << 20;

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
    match File::open(path) {
        Ok(file) => contents(path, file),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Review::of_all(vec![])),
        Err(why) => Err(refuse(path, &why)),
    }
}

fn contents(path: &Path, file: File) -> Result<Review, String> {
    let status = file.metadata().map_err(|why| refuse(path, &why))?;
    if !status.is_file() || status.len() > LONGEST {
        return Err(format!("{}: is no review file", path.display()));
    }
    let mut bytes = vec![];
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|why| refuse(path, &why))?;
    Ok(Review::of_all(opinions(&String::from_utf8_lossy(&bytes))))
}

fn append(path: &Path, opinion: &Opinion) -> Result<Review, String> {
    let write = || -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        // Advisory, for another of us; where locks do not work a short line at the end is written whole too.
        let _ = file.lock();
        let mut text = String::new();
        let length = file.seek(SeekFrom::End(0))?;
        if length == 0 {
            text.push_str(&csv::line(&HEADINGS.map(str::to_owned)));
        } else {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            // Somebody's editor has left the last line open.
            text.push_str(if last == *b"\n" { "" } else { "\r\n" });
        }
        text.push_str(&line(opinion));
        file.write_all(text.as_bytes())?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    };
    contents(path, write().map_err(|why| refuse(path, &why))?)
}

/// What the lines say; those that are none of ours are left alone.
fn opinions(text: &str) -> Vec<Opinion> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let of = |cells: Vec<String>| {
        let cells: [String; 6] = cells.try_into().ok()?;
        let is_time = cells[0].starts_with(|digit: char| digit.is_ascii_digit());
        let [when, reviewer, study, series, verdict, note] = cells.map(|cell| csv::plain(&cell).to_owned());
        let opinion = Opinion { when, reviewer, study, series, verdict, note };
        (is_time && !opinion.study.is_empty()).then_some(opinion)
    };
    csv::rows(text).into_iter().filter_map(of).collect()
}

fn line(opinion: &Opinion) -> String {
    let Opinion { when, reviewer, study, series, verdict, note } = opinion;
    csv::line(&[when, reviewer, study, series, verdict, note].map(Clone::clone))
}

fn refuse(path: &Path, why: &io::Error) -> String {
    format!("the review was not kept: {}: {why}", path.display())
}

/// UTC now, to the second.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    utc(seconds)
}

/// Seconds since 1970 as a date and a time.
fn utc(seconds: u64) -> String {
    /// [`Date::day_number`] of the first of January 1970.
    const EPOCH: i64 = 719_468;
    let (days, second) = ((seconds / 86_400) as i64, seconds % 86_400);
    let date = Date::from_day_number(EPOCH + days).map(|date| date.to_string()).unwrap_or_default();
    format!("{date}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(series: &str, verdict: &str) -> Opinion {
        let [series, verdict] = [series, verdict].map(str::to_owned);
        Opinion { when: now(), series, verdict, study: "1.2".to_owned(), ..Opinion::default() }
    }

    #[test]
    fn the_calendar_is_right() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(utc(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(utc(1_795_516_200), "2026-11-24T10:30:00Z");
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
