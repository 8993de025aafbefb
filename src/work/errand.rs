//! Errands through the files of a series, on a thread of their own: for what no single file can tell.
//!
//! One at a time: another takes the place of the one under way, which is given up before its next file.

use super::{job::Answer, reader::STUMBLED};
use crate::{
    dicom::{self, Archives},
    model::{Columns, Listing, Mask, Step, Terms, Varying},
};
use crossbeam_channel::{Sender, unbounded};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// What is to be found out.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// The first of the files that holds something, as far as it may be seen.
    Find {
        /// What.
        terms: Terms,
        /// What may be seen.
        mask: Mask,
        /// Its first place in the file, or its last.
        forward: bool,
    },
    /// What varies among the files.
    Vary,
    /// What the first file and the second say differently, long values to their last byte.
    Compare,
}

/// A question, and whom to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Errand {
    /// Tells it from all others; never 0.
    pub ticket: u64,
    /// What is to be found out.
    pub question: Question,
    /// Files in the order in which they are asked, each with its number in the series.
    pub files: Vec<(usize, Arc<Path>)>,
}

/// What is heard of an errand.
#[derive(Debug)]
pub enum Report {
    /// So many files have been asked.
    Going(usize),
    /// It is over.
    Found {
        /// The number of the file, and the place in it; nothing if it is nowhere.
        at: Option<(usize, Vec<Step>)>,
        /// Files that could not be read.
        unread: usize,
    },
    /// It is over.
    Varies(Arc<Varying>),
    /// The places of what differs; nothing of files that cannot be read.
    Differs(HashSet<Vec<Step>>),
}

/// The thread; what it is doing is given up when this is dropped.
#[derive(Debug)]
pub struct Runner {
    errands: Sender<Arc<Errand>>,
    /// The ticket of the errand that somebody waits for.
    newest: Arc<AtomicU64>,
}

impl Runner {
    /// A thread that waits for errands.
    pub fn start<T: From<Answer> + Send + 'static>(answers: Sender<T>) -> Self {
        let (errands, received) = unbounded::<Arc<Errand>>();
        let newest = Arc::new(AtomicU64::new(0));
        let wanted = Arc::clone(&newest);
        let work = move || {
            for errand in received {
                let tell = |report| {
                    // Whoever gave it up may have gone: the next errand finds out.
                    let _ = answers.send(Answer::Errand { ticket: errand.ticket, report }.into());
                };
                let stopped = || wanted.load(Ordering::Relaxed) != errand.ticket;
                if let Some(report) = (Way { errand: &errand, tell: &tell, stopped: &stopped }).go() {
                    tell(report);
                }
            }
        };
        // Without a thread nothing is found, and nothing says that it was.
        let _ = thread::Builder::new().name("topogram-errand".to_owned()).spawn(work);
        Self { errands, newest }
    }

    /// Runs an errand in place of the one under way, or none.
    pub fn run(&self, errand: Option<Arc<Errand>>) {
        self.newest.store(errand.as_ref().map_or(0, |errand| errand.ticket), Ordering::Relaxed);
        if let Some(errand) = errand {
            let _ = self.errands.send(errand);
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.run(None);
    }
}

/// An errand under way.
struct Way<'a> {
    errand: &'a Errand,
    tell: &'a dyn Fn(Report),
    stopped: &'a dyn Fn() -> bool,
}

impl Way<'_> {
    /// The answer; nothing if it was given up.
    fn go(&self) -> Option<Report> {
        match &self.errand.question {
            Question::Find { terms, mask, forward } => self.find(terms, *mask, *forward),
            Question::Vary => self.vary(),
            Question::Compare => Some(self.compare()),
        }
    }

    fn find(&self, terms: &Terms, mask: Mask, forward: bool) -> Option<Report> {
        let (mut at, mut unread) = (None, 0);
        self.each(|number, listed| {
            let Ok(listing) = listed else {
                unread += 1;
                return true;
            };
            let rows = terms.rows(&listing, mask);
            let row = if forward { rows.first() } else { rows.last() };
            at = row.map(|&row| (number, listing.path(row as usize)));
            at.is_none()
        })?;
        Some(Report::Found { at, unread })
    }

    fn vary(&self) -> Option<Report> {
        let (mut columns, mut unread) = (Columns::default(), 0);
        self.each(|_, listed| {
            let Ok(listing) = listed else {
                unread += 1;
                return true;
            };
            // What may be seen of it is decided when it is shown.
            columns.add(&listing, Mask::default())
        })?;
        Some(Report::Varies(Arc::new(Varying::of(columns, unread))))
    }

    fn compare(&self) -> Report {
        let archives = Archives::default();
        let compare = || {
            let open = |at: usize| archives.object(&self.errand.files.get(at)?.1).ok();
            let (one, other) = open(0).zip(open(1))?;
            let paths = dicom::differences(&one, &other, false).into_iter().map(|difference| difference.path);
            Some(paths.collect())
        };
        let found = catch_unwind(AssertUnwindSafe(compare)).ok().flatten();
        Report::Differs(found.unwrap_or_default())
    }

    /// Lists the files one after the other, as long as `next` says so; nothing if the errand was given up.
    fn each(&self, mut next: impl FnMut(usize, Result<Listing, String>) -> bool) -> Option<()> {
        let archives = Archives::default();
        let files = &self.errand.files;
        for (done, (number, path)) in files.iter().enumerate() {
            if (self.stopped)() {
                return None;
            }
            // A hundred words are enough to see it move.
            if done > 0 && done * 100 / files.len() != (done - 1) * 100 / files.len() {
                (self.tell)(Report::Going(done));
            }
            let list = || archives.object(path).map(|object| dicom::listing(&object));
            // A panic is a mistake of ours; it costs this file and nothing else.
            let listed = catch_unwind(AssertUnwindSafe(list)).map_err(|_| STUMBLED.to_owned());
            if !next(*number, listed.and_then(|listed| listed.map_err(|why| why.to_string()))) {
                return Some(());
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TagNumber;
    use crossbeam_channel::Receiver;
    use std::time::Duration;

    /// Files of one attribute each, Series Description (0008,103E), and one that is not there.
    fn files(folder: &Path, descriptions: &[&str]) -> Vec<(usize, Arc<Path>)> {
        let write = |(number, text): (usize, &&str)| {
            let element = |tag: [u16; 2], vr: &str, value: &str| {
                let head = tag.map(u16::to_le_bytes).concat();
                [&head, vr.as_bytes(), &(value.len() as u16).to_le_bytes(), value.as_bytes()].concat()
            };
            let meta = element([2, 0x10], "UI", "1.2.840.10008.1.2.1\0");
            let bytes = [vec![0; 128], b"DICM".to_vec(), meta, element([8, 0x103e], "LO", text)].concat();
            let path = folder.join(number.to_string());
            std::fs::write(&path, bytes).unwrap();
            (number, path.into())
        };
        let gone = (descriptions.len(), folder.join("gone").into());
        descriptions.iter().enumerate().map(write).chain([gone]).collect()
    }

    fn find(query: &str, forward: bool) -> Question {
        Question::Find { terms: Terms::new(query), mask: Mask::default(), forward }
    }

    /// The last report of an errand.
    fn end(answers: &Receiver<Answer>, ticket: u64) -> Report {
        loop {
            match answers.recv_timeout(Duration::from_mins(1)).unwrap() {
                Answer::Errand { report: Report::Going(_), .. } => {}
                Answer::Errand { ticket: told, report } if told == ticket => return report,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_next_file_that_holds_it_is_found_and_files_that_cannot_be_read_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), &["head", "neck", "chest", "neck"]);
        files.rotate_right(1);
        let (answer, answers) = unbounded::<Answer>();
        let runner = Runner::start(answer);
        for (ticket, query, found) in [(1, "neck", Some(1)), (2, "vr:lo CHEST", Some(2)), (3, "knee", None)] {
            runner.run(Some(Arc::new(Errand { ticket, question: find(query, true), files: files.clone() })));
            let Report::Found { at, unread } = end(&answers, ticket) else { panic!("it was asked where") };
            let place = vec![Step::Tag(TagNumber(8, 0x103e))];
            assert_eq!((at, unread), (found.map(|number| (number, place)), 1));
        }
    }

    #[test]
    fn what_varies_is_told_of_all_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path(), &["head", "neck", "knee"]);
        let errand = Errand { ticket: 1, question: Question::Vary, files };
        let way = Way { errand: &errand, tell: &|_| {}, stopped: &|| false };
        let Some(Report::Varies(varying)) = way.go() else { panic!("it was asked what varies") };
        assert_eq!((varying.listing.rows().len(), varying.unread), (1, 1));
        assert_eq!(varying.words(0, Mask::default()), "all different: head  neck  knee");
    }

    #[test]
    fn two_files_are_compared_and_one_that_is_gone_differs_in_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let all = files(folder.path(), &["head", "neck"]);
        for (files, count) in [(&all[..2], 1), (&all[1..], 0), (&[][..], 0)] {
            let errand = Errand { ticket: 1, question: Question::Compare, files: files.to_vec() };
            let way = Way { errand: &errand, tell: &|_| {}, stopped: &|| false };
            let Some(Report::Differs(places)) = way.go() else { panic!("it was asked what differs") };
            assert_eq!(places.len(), count);
        }
    }

    #[test]
    fn an_errand_that_nobody_waits_for_ends_without_a_word() {
        let (answer, answers) = unbounded::<Answer>();
        let errand =
            Errand { ticket: 7, question: find("x", true), files: vec![(0, Arc::from(Path::new("x")))] };
        let tell = |report| answer.send(Answer::Errand { ticket: 7, report }).unwrap();
        let way = Way { errand: &errand, tell: &tell, stopped: &|| true };
        assert!(way.go().is_none() && answers.is_empty());
    }
}
