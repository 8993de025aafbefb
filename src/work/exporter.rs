//! Stacks written on a thread of their own, while the explorer goes on.

use super::{
    Look, Recipe,
    export::{Export, ExportError, Form, Slices, Target, ValueTask, write_prepared},
    job::Answer,
    room::room,
};
use crate::{
    dicom::{Archives, Decoder},
    export::{Folder, FolderError, Values},
    model::Mask,
};
use crossbeam_channel::{Sender, unbounded};
use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// What shall be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Stacks of slices.
    Stacks(Stacks),
    /// One value.
    Value(ValueTask),
}

/// Stacks that shall be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacks {
    /// In which form.
    pub form: Form,
    /// Of which stacks.
    pub targets: Vec<Target>,
    /// How pictures look, if not as the files say.
    pub look: Option<Look>,
    /// What is done to the stacks first; then they are arrays as those of `topogram pipeline`.
    pub recipe: Option<Recipe>,
}

/// How far an order is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exporting {
    /// So many slices or bytes of all are done.
    Going(u64, u64),
    /// It is over.
    Done {
        /// What was written.
        files: Vec<PathBuf>,
        /// Why some of it was not: the first reason, and how many stacks have one.
        trouble: Option<(String, usize)>,
    },
}

/// The thread; what it is doing is given up when this is dropped.
#[derive(Debug)]
pub struct Exporter {
    orders: Sender<Order>,
    stop: Arc<AtomicBool>,
}

impl Exporter {
    /// A thread that writes into `folder`, which must not lie inside one of the `sources`.
    pub fn start<T: From<Answer> + Send + 'static>(
        folder: PathBuf,
        sources: Vec<PathBuf>,
        decoder: Decoder,
        answers: Sender<T>,
    ) -> Self {
        let (orders, received) = unbounded::<Order>();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            for order in received {
                let tell = |exporting| answers.send(Answer::Export(exporting).into()).is_ok();
                let done = carry_out(&order, &folder, &sources, &decoder, &|done, all| {
                    tell(Exporting::Going(done, all)) && !stopped.load(Ordering::Relaxed)
                });
                if !tell(done) {
                    return;
                }
            }
        };
        // Without a thread nothing is written, and nothing says that it was.
        let _ = thread::Builder::new().name("topogram-export".to_owned()).spawn(work);
        Self { orders, stop }
    }

    /// Writes it after what was ordered before.
    pub fn write(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn carry_out(
    order: &Order,
    folder: &Path,
    sources: &[PathBuf],
    decoder: &Decoder,
    tell: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Exporting {
    let folder = match Folder::create(folder, sources, false) {
        Ok(folder) => folder,
        Err(why) => return Exporting::Done { files: vec![], trouble: Some((why.to_string(), 1)) },
    };
    let order = match order {
        Order::Stacks(order) => order,
        Order::Value(task) => return write_value(task, &folder, tell),
    };
    let all: usize = order.targets.iter().map(|target| target.slices.len()).sum();
    let done = AtomicUsize::new(0);
    let step = || {
        let now = done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred words are enough to see it move.
        now * 100 / all == (now - 1) * 100 / all || tell(now.min(all) as u64, all as u64)
    };
    let archives = Archives::default();
    // The other cores are for looking at slices meanwhile.
    let threads = NonZeroUsize::new(super::Loader::threads()).unwrap_or(NonZeroUsize::MIN);
    let (mut files, mut trouble) = (vec![], None);
    for target in &order.targets {
        let slices = Slices { list: &target.slices, decoder, archives: &archives, threads };
        let look = order.look.clone();
        let export = Export { form: order.form, target, slices, values: Values::Modality, look };
        let written = match &order.recipe {
            Some(recipe) => write_prepared(target, slices, recipe, room(NonZeroUsize::MIN), &folder, &step)
                .map(|entry| vec![folder.path().join(entry.file())]),
            None => export.write(&folder, &step),
        };
        match written {
            Ok(written) => files.extend(written),
            Err(why) => {
                let told = || target.told(Mask::new(target.owner.is_none()), &sentence(&why));
                let (_, count) = trouble.get_or_insert_with(|| (told(), 0));
                *count += 1;
                if matches!(why, ExportError::Stopped) {
                    break;
                }
            }
        }
    }
    Exporting::Done { files, trouble }
}

fn write_value(task: &ValueTask, folder: &Folder, tell: &(dyn Fn(u64, u64) -> bool + Sync)) -> Exporting {
    match task.write(folder, &Archives::default(), tell) {
        Ok((file, missing)) => Exporting::Done { files: vec![file], trouble: missing.map(|why| (why, 1)) },
        Err(why) => Exporting::Done { files: vec![], trouble: Some((sentence(&why), 1)) },
    }
}

/// The reason, without what only a command line can do.
fn sentence(why: &ExportError) -> String {
    match why {
        ExportError::Folder(FolderError::Exists { path }) => format!("{} is there already.", path.display()),
        why => why.to_string(),
    }
}
