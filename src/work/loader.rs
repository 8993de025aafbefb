//! Worker threads, newest wish first.
//!
//! The list is replaced, never appended to: each change of the screen states the whole wish again, what
//! is on screen first and its neighbours after it. So there is no backlog to cancel, only the one job
//! per thread in flight.

use super::{
    job::{Answer, Job},
    reader::STUMBLED,
    render::Studio,
};
use crate::dicom::Decoder;
use crossbeam_channel::Sender;
use std::{
    collections::{HashSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

/// A handle on the worker threads; they end when it is dropped.
#[derive(Debug)]
pub struct Loader {
    wishes: Arc<Wishes>,
    /// What they share, if they are ours.
    studio: Option<Arc<Studio>>,
}

#[derive(Debug, Default)]
struct Wishes {
    list: Mutex<List>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct List {
    waiting: VecDeque<Job>,
    in_flight: HashSet<u64>,
    closed: bool,
}

impl Loader {
    /// Starts `threads` workers that keep at most `budget` bytes of decoded frames between them.
    pub fn start<T: From<Answer> + Send + 'static>(
        threads: usize,
        budget: usize,
        decoder: Decoder,
        answers: &Sender<T>,
    ) -> Self {
        let studio = Arc::new(Studio::new(budget, decoder));
        let shared = Arc::clone(&studio);
        let mut loader = Self::with(threads, answers, move |job| shared.work(job));
        loader.studio = Some(studio);
        loader
    }

    /// Starts workers that call `work`.
    pub fn with<T, W>(threads: usize, answers: &Sender<T>, work: W) -> Self
    where
        T: From<Answer> + Send + 'static,
        W: Fn(Job) -> Option<Answer> + Clone + Send + 'static,
    {
        let wishes = Arc::new(Wishes::default());
        for number in 1..=threads.max(1) {
            let (wishes, answers, work) = (Arc::clone(&wishes), answers.clone(), work.clone());
            let name = format!("topogram-load-{number}");
            // Without a thread pictures stay away, and the lists still work.
            let _ = thread::Builder::new().name(name).spawn(move || run(&wishes, &answers, &work));
        }
        Self { wishes, studio: None }
    }

    /// Workers that suit this machine: one core is left for the loop.
    pub fn threads() -> usize {
        thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1)).clamp(1, 4)
    }

    /// States the whole wish, most urgent first, in place of all earlier wishes.
    pub fn wish(&self, jobs: Vec<Job>) {
        let mut list = self.wishes.lock();
        list.waiting = jobs.into();
        self.wishes.changed.notify_all();
    }

    /// Lets go of all that was decoded: files are looked at anew.
    pub fn forget(&self) {
        if let Some(studio) = &self.studio {
            studio.forget();
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.wishes.lock().closed = true;
        self.wishes.changed.notify_all();
    }
}

impl Wishes {
    fn lock(&self) -> std::sync::MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks for the next job that no other worker is doing; `None` once the loader is gone.
    fn next(&self) -> Option<Job> {
        let mut list = self.lock();
        loop {
            if list.closed {
                return None;
            }
            while let Some(job) = list.waiting.pop_front() {
                if list.in_flight.insert(job.name()) {
                    return Some(job);
                }
            }
            list = self.changed.wait(list).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn run<T: From<Answer>>(wishes: &Wishes, answers: &Sender<T>, work: &impl Fn(Job) -> Option<Answer>) {
    while let Some(job) = wishes.next() {
        let name = job.name();
        let answer = catch_unwind(AssertUnwindSafe(|| work(job.clone()))).unwrap_or_else(|_| stumbled(&job));
        wishes.lock().in_flight.remove(&name);
        if answer.is_some_and(|answer| answers.send(answer.into()).is_err()) {
            return;
        }
    }
}

/// A panic is a mistake of ours; it costs this answer and nothing else.
fn stumbled(job: &Job) -> Option<Answer> {
    let what = STUMBLED.to_owned();
    Some(match job {
        Job::Decode { .. } => return None,
        Job::Shot(shot) => Answer::Shot { name: shot.name(), key: shot.key, result: Err(what) },
        Job::Scene(scene) => Answer::Shot { name: scene.name(), key: scene.key, result: Err(what) },
        Job::Sheet(sheet) => Answer::Shot { name: sheet.name(), key: sheet.key, result: Err(what) },
        Job::Survey { stack, .. } => Answer::Survey { stack: *stack, result: None },
        Job::Values { key, .. } => Answer::Values { key: *key, result: None },
        Job::Curve { .. } => Answer::Curve { name: job.name(), values: vec![] },
        Job::Tracer { stack, .. } => Answer::Tracer { stack: *stack, result: None },
        Job::Histogram { .. } => Answer::Histogram { name: job.name(), result: None },
        Job::List { instance, .. } => Answer::List { instance: *instance, result: Err(what) },
        Job::Whole { path, place } => {
            Answer::Whole { path: Arc::clone(path), place: place.clone(), result: Err(what) }
        }
        Job::Bytes { value, from } => Answer::Bytes { value: value.clone(), from: *from, result: Err(what) },
        Job::Read { instance, .. } => Answer::Read { instance: *instance, result: Err(what) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InstanceId;
    use std::{path::Path, time::Duration};

    fn list(number: u32) -> Job {
        Job::List { instance: InstanceId(number), path: Arc::from(Path::new("x")) }
    }

    fn empty(job: &Job) -> Answer {
        let &Job::List { instance, .. } = job else { panic!("only lists are asked for") };
        Answer::List { instance, result: Err("nothing".into()) }
    }

    #[test]
    fn holding_a_key_down_does_the_last_job_and_skips_most_of_the_way() {
        let (sender, answers) = crossbeam_channel::unbounded::<Answer>();
        let loader = Loader::with(1, &sender, |job| {
            thread::sleep(Duration::from_millis(2));
            Some(empty(&job))
        });
        for number in 0..500 {
            loader.wish(vec![list(number)]);
        }
        drop(sender);
        let seen: Vec<Answer> =
            std::iter::from_fn(|| answers.recv_timeout(Duration::from_millis(300)).ok()).collect();
        assert!(matches!(seen.last(), Some(Answer::List { instance: InstanceId(499), .. })));
        assert!(seen.len() < 50, "{} jobs for one hold of a key", seen.len());
    }

    #[test]
    fn a_panicking_job_is_an_answer_and_the_worker_lives_on() {
        let (sender, answers) = crossbeam_channel::unbounded::<Answer>();
        let loader = Loader::with(1, &sender, |job| {
            assert!(job != list(0), "the worker stumbles on this one");
            Some(empty(&job))
        });
        loader.wish(vec![list(0), list(1)]);
        let first = answers.recv_timeout(Duration::from_secs(5)).unwrap();
        let second = answers.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(matches!(first, Answer::List { result: Err(why), .. } if why.contains("stumble")));
        assert!(matches!(second, Answer::List { instance: InstanceId(1), .. }));
    }
}
