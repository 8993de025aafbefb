//! The file that reviewers write into: read at the start, appended to line by line, shared without harm.
//!
//! A word is one line at the end of the file, written in one go under a lock, so that several people can
//! review at once; whoever writes reads what the others have said meanwhile.

use super::job::Answer;
use crate::model::{Opinion, Review};
use crossbeam_channel::{Sender, unbounded};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

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
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Review::parse("").0),
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
    Ok(Review::parse(&String::from_utf8_lossy(&bytes)).0)
}

fn append(path: &Path, opinion: &Opinion) -> Result<Review, String> {
    let write = || -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        // Advisory, for another of us; where locks do not work a short line at the end is written whole too.
        let _ = file.lock();
        let mut text = String::new();
        let length = file.seek(SeekFrom::End(0))?;
        if length == 0 {
            text.push_str(&Review::heading());
        } else {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            // Somebody's editor has left the last line open.
            text.push_str(if last == *b"\n" { "" } else { "\r\n" });
        }
        text.push_str(&opinion.line());
        file.write_all(text.as_bytes())?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    };
    contents(path, write().map_err(|why| refuse(path, &why))?)
}

fn refuse(path: &Path, why: &io::Error) -> String {
    format!("the review was not kept: {}: {why}", path.display())
}

/// UTC now, to the second.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    utc(seconds)
}

/// Seconds since 1970 as a date and a time, by the calendar that civil life has had all along.
fn utc(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years are counted from the first of March, so that leap days come last.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z", year + 400 * era)
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
        std::fs::write(&path, opinion("1.2.3", "bad").line().trim_end()).unwrap();
        let review = append(&path, &opinion("1.2.4", "good")).unwrap();
        assert!(review.of("1.2.3", "").is_some() && review.of("1.2.4", "").is_some());
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let why = append(Path::new("/nowhere/at/all.csv"), &opinion("1", "good")).unwrap_err();
        assert!(why.contains("not kept") && why.contains("/nowhere/at/all.csv"), "{why}");
    }
}
