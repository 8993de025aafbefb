//! Volumes, put together in the background from the frames of a stack.
//!
//! A frame that cannot be decoded leaves its slice empty and a sentence; only what concerns the whole, such
//! as memory, refuses it. Whoever is not interested any more drops the [`Assembly`].

use super::{Answer, Rehearsal, reader::Reader, rehearsal::Rehearser};
use crate::{
    dicom::{Archives, Decoder, tracer},
    imaging::{Volume, VolumeError},
    model::{Frame, FrameKey, Geometry, Library, Shapeless, Stack, Tracer},
};
use crossbeam_channel::Sender;
use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Which frames become a volume, and where they lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where the voxels will be.
    pub geometry: Geometry,
    /// The frame of each slice, and where its file is.
    pub frames: Vec<(FrameKey, Arc<Path>)>,
}

impl Plan {
    /// All frames of a stack.
    ///
    /// # Errors
    ///
    /// [`Shapeless`] if the stack is no volume.
    pub fn of(stack: &Stack, library: &Library) -> Result<Self, Shapeless> {
        let geometry = Geometry::of(stack, library)?;
        let path = |key: &FrameKey| (*key, Arc::<Path>::from(library.path(key.instance)));
        Ok(Self { geometry, frames: stack.frames.iter().map(path).collect() })
    }

    /// The first frame names the volume.
    pub fn name(&self) -> Option<FrameKey> {
        self.frames.first().map(|&(key, _)| key)
    }
}

/// A volume, and what is missing in it.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// The values.
    pub volume: Volume,
    /// Slices without values, zero-based, and why.
    pub missing: Vec<(usize, String)>,
    /// What a PET says of its tracer, with its earliest acquisition.
    pub tracer: Option<Tracer>,
}

/// Puts volumes together, one after the other.
#[derive(Debug)]
pub struct Builder {
    threads: usize,
    budget: usize,
    decoder: Decoder,
    answers: Sender<Answer>,
    running: Option<Assembly>,
    rehearsing: Option<Rehearser>,
}

impl Builder {
    /// A builder for volumes that take at most `budget` bytes together.
    pub fn new(threads: usize, budget: usize, decoder: Decoder, answers: Sender<Answer>) -> Self {
        Self { threads, budget, decoder, answers, running: None, rehearsing: None }
    }

    /// Starts with a volume in place of the one in the making; `held` bytes of the budget are taken.
    pub fn build(&mut self, plan: Plan, held: usize) {
        let budget = self.budget.saturating_sub(held);
        let assembly = Assembly::start(plan, self.threads, budget, self.decoder.clone(), &self.answers);
        self.running = Some(assembly);
    }

    /// Does the steps of the pipeline, in place of those that are being done; as [`Self::build`].
    pub fn rehearse(&mut self, rehearsal: Rehearsal, held: usize) {
        let (room, decoder) = (self.budget.saturating_sub(held), self.decoder.clone());
        let before = self.rehearsing.take();
        let answers = self.answers.clone();
        self.rehearsing = Some(Rehearser::start(rehearsal, before, self.threads, room, decoder, answers));
    }

    /// Nobody waits for what is in the making any more.
    pub fn abandon(&mut self) {
        self.running = None;
        self.rehearsing = None;
    }
}

/// What an assembly sends.
#[derive(Debug, Clone)]
pub enum Building {
    /// So many slices are in their place.
    Progress {
        /// The first frame of the stack.
        stack: FrameKey,
        /// Slices tried.
        done: usize,
        /// Slices there are.
        all: usize,
    },
    /// It is over, unless it was cancelled.
    Done {
        /// The first frame of the stack.
        stack: FrameKey,
        /// The volume, or a sentence why there is none.
        result: Result<Arc<Assembled>, String>,
    },
}

/// A volume in the making; dropping it stops the threads after the frames they are at.
#[derive(Debug)]
pub struct Assembly {
    stop: Arc<AtomicBool>,
}

impl Assembly {
    /// Starts to read the frames of a plan with so many threads; the volume may take `budget` bytes.
    pub fn start<T: From<Building> + Send + 'static>(
        plan: Plan,
        threads: usize,
        budget: usize,
        decoder: Decoder,
        answers: &Sender<T>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, answers) = (Arc::clone(&stop), answers.clone());
        let work = move || {
            let Some(stack) = plan.name() else { return };
            let all = plan.frames.len();
            let progress = |done: usize| {
                // A hundred steps are as many as anybody sees.
                if done * 100 / all != (done - 1) * 100 / all {
                    let _ = answers.send(Building::Progress { stack, done, all }.into());
                }
            };
            let result = assemble(&plan, threads, budget, &decoder, &stopped, progress);
            if let Some(result) = result.transpose() {
                let result = result.map(Arc::new).map_err(|why| why.to_string());
                let _ = answers.send(Building::Done { stack, result }.into());
            }
        };
        // Without a thread there is no volume, and the slices still work.
        let _ = thread::Builder::new().name("topogram-volume".to_owned()).spawn(work);
        Self { stop }
    }
}

impl Drop for Assembly {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Why there is no volume at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoVolume {
    /// Too large, or of colours.
    #[error(transparent)]
    Refused(#[from] VolumeError),
    /// No frame could be decoded; why the first one could not.
    #[error("there is no volume, because none of its slices can be read: {0}")]
    Empty(String),
}

/// Reads the frames of a plan with so many threads, telling how many were tried; `None` once `stop` is set.
///
/// # Errors
///
/// [`NoVolume`], if it is too large, of colours, or if nothing of it can be read.
pub fn assemble(
    plan: &Plan,
    threads: usize,
    budget: usize,
    decoder: &Decoder,
    stop: &AtomicBool,
    progress: impl Fn(usize) + Sync,
) -> Result<Option<Assembled>, NoVolume> {
    let (done, archives) = (AtomicUsize::new(0), Archives::default());
    let tried = || progress(done.fetch_add(1, Ordering::Relaxed) + 1);
    let crew = Crew { plan, threads, decoder, archives: &archives, stop };
    let mut site = Site::default();
    // The first frame that can be read says what the volume is like.
    let mut reader = Reader::new(decoder, &archives);
    let mut first = 0;
    while first < plan.frames.len() && site.is_empty() && !stop.load(Ordering::Relaxed) {
        site.put(plan, first, crew.read(&mut reader, first), budget);
        tried();
        first += 1;
    }
    drop(reader);
    let left = crew.fill(&mut site, first, tried);
    let site = Mutex::new(site);
    let lock = || site.lock().unwrap_or_else(PoisonError::into_inner);
    crew.each(left, |reader, slice| {
        let read = crew.read(reader, slice);
        if lock().put(plan, slice, read, budget) {
            tried();
        }
    });
    let Site { volume, mut missing, refusal, tracer, .. } =
        site.into_inner().unwrap_or_else(PoisonError::into_inner);
    if stop.load(Ordering::Relaxed) {
        return Ok(None);
    }
    if let Some(refusal) = refusal {
        return Err(refusal.into());
    }
    missing.sort();
    let Some(volume) = volume.filter(|_| missing.len() < plan.frames.len()) else {
        let why = missing.into_iter().next().map_or_else(|| "it has no slices".to_owned(), |(_, why)| why);
        return Err(NoVolume::Empty(why));
    };
    Ok(Some(Assembled { volume, missing, tracer }))
}

/// A frame, and what a PET says of its tracer.
type Read = (Frame, Option<Tracer>);

/// Threads that read the frames of a plan.
struct Crew<'a> {
    plan: &'a Plan,
    threads: usize,
    decoder: &'a Decoder,
    archives: &'a Archives,
    stop: &'a AtomicBool,
}

impl<'a> Crew<'a> {
    /// Does something with every job, unless it is stopped.
    fn each<T: Send>(&self, jobs: Vec<T>, work: impl Fn(&mut Reader<'a>, T) + Sync) {
        let threads = self.threads.clamp(1, jobs.len().max(1));
        let jobs = Mutex::new(jobs.into_iter());
        let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            let mut reader = Reader::new(self.decoder, self.archives);
            while !self.stop.load(Ordering::Relaxed)
                && let Some(job) = next()
            {
                work(&mut reader, job);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
    }

    fn read(&self, reader: &mut Reader<'_>, slice: usize) -> Result<Read, String> {
        let (key, path) = &self.plan.frames[slice];
        let frame = reader.frame(path, key.frame)?;
        let image = reader.image().filter(|_| frame.modality.raw() == "PT");
        Ok((frame, image.map(|image| tracer(image.data_set()))))
    }

    /// Puts slices into their places, from the `first` on; the result are those that do not just fit there.
    fn fill(&self, site: &mut Site, first: usize, tried: impl Fn() + Sync) -> Vec<usize> {
        let all = first..self.plan.frames.len();
        let Some(volume) = &mut site.volume else { return vec![] };
        let slots: Vec<_> = volume.slots().into_iter().skip(first).collect();
        if slots.is_empty() {
            return all.collect();
        }
        let read = Mutex::new(vec![]);
        let is_pet = site.tracer.is_some();
        self.each(slots, |reader, slot| {
            let slice = slot.slice;
            let (key, path) = &self.plan.frames[slice];
            let filled = reader.fill(path, key.frame, slot);
            let tracer = reader.image().filter(|_| is_pet).map(|image| tracer(image.data_set()));
            if !matches!(filled, Ok(None)) {
                tried();
            }
            read.lock().unwrap_or_else(PoisonError::into_inner).push((slice, filled, tracer));
        });
        let mut read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        read.sort_by_key(|&(slice, ..)| slice);
        let mut left = vec![];
        for (slice, filled, tracer) in read {
            match filled {
                Ok(Some(filled)) if volume.settle(&filled) => {
                    site.tracer = merged(site.tracer.take(), tracer);
                }
                Ok(_) => left.push(slice),
                Err(why) => site.missing.push((slice, why)),
            }
        }
        left
    }
}

fn merged(known: Option<Tracer>, other: Option<Tracer>) -> Option<Tracer> {
    match (known, other) {
        (Some(known), Some(other)) => Some(known.merge(&other)),
        (known, other) => known.or(other),
    }
}

/// What the threads build together.
#[derive(Default)]
struct Site {
    volume: Option<Volume>,
    missing: Vec<(usize, String)>,
    refusal: Option<VolumeError>,
    tracer: Option<Tracer>,
}

impl Site {
    /// Nothing is known of the volume yet.
    fn is_empty(&self) -> bool {
        self.volume.is_none() && self.refusal.is_none()
    }

    /// Puts a frame into its place, or notes why there is none; false once the volume is refused.
    fn put(&mut self, plan: &Plan, slice: usize, frame: Result<Read, String>, budget: usize) -> bool {
        if self.refusal.is_some() {
            return false;
        }
        let (frame, tracer) = match frame {
            Ok(read) => read,
            Err(why) => {
                self.missing.push((slice, why));
                return true;
            }
        };
        self.tracer = merged(self.tracer.take(), tracer);
        let volume = match self.volume.take() {
            Some(volume) => Ok(volume),
            None => Volume::new(plan.geometry.clone(), &frame, budget),
        };
        match volume.and_then(|mut volume| {
            let put = volume.set_slice(slice, &frame);
            self.volume = Some(volume);
            put
        }) {
            // One frame of another size is one slice less.
            Err(why @ VolumeError::Shape { .. }) => self.missing.push((slice, why.to_string())),
            Err(why) => self.refusal = Some(why),
            Ok(()) => {}
        }
        self.refusal.is_none()
    }
}
