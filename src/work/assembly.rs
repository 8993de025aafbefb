//! Volumes, put together in the background from the frames of a stack.
//!
//! A frame that cannot be decoded leaves its slice empty and a sentence; only what concerns the whole, such
//! as memory, refuses it. Whoever is not interested any more drops the [`Assembly`].

use super::{Answer, reader::Reader};
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
}

impl Builder {
    /// A builder for volumes that take at most `budget` bytes together.
    pub fn new(threads: usize, budget: usize, decoder: Decoder, answers: Sender<Answer>) -> Self {
        Self { threads, budget, decoder, answers, running: None }
    }

    /// Starts with a volume in place of the one in the making; `held` bytes of the budget are taken.
    pub fn build(&mut self, plan: Plan, held: usize) {
        let budget = self.budget.saturating_sub(held);
        let assembly = Assembly::start(plan, self.threads, budget, self.decoder.clone(), &self.answers);
        self.running = Some(assembly);
    }

    /// Nobody waits for the volume in the making any more.
    pub fn abandon(&mut self) {
        self.running = None;
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
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let site = Mutex::new(Site::default());
    let lock = || site.lock().unwrap_or_else(PoisonError::into_inner);
    let archives = Archives::default();
    let work = || {
        let mut reader = Reader::new(decoder, &archives);
        while !stop.load(Ordering::Relaxed) {
            let slice = next.fetch_add(1, Ordering::Relaxed);
            let Some((key, path)) = plan.frames.get(slice) else { return };
            let read = reader.frame(path, key.frame).map(|frame| {
                let image = reader.image().filter(|_| frame.modality.raw() == "PT");
                let tracer = image.map(|image| tracer(image.data_set()));
                (frame, tracer)
            });
            lock().put(plan, slice, read, budget);
            if lock().refusal.is_some() {
                return;
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let Site { volume, mut missing, refusal, tracer } =
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

/// What the threads build together.
#[derive(Default)]
struct Site {
    volume: Option<Volume>,
    missing: Vec<(usize, String)>,
    refusal: Option<VolumeError>,
    tracer: Option<Tracer>,
}

impl Site {
    fn put(&mut self, plan: &Plan, slice: usize, frame: Result<Read, String>, budget: usize) {
        let (frame, tracer) = match frame {
            Ok(read) => read,
            Err(why) => return self.missing.push((slice, why)),
        };
        self.tracer = match (self.tracer.take(), tracer) {
            (Some(known), Some(other)) => Some(known.merge(&other)),
            (known, other) => known.or(other),
        };
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
    }
}
