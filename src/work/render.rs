//! One job from beginning to end: file, frame, picture, bytes.

use super::{
    BLOCK, ByteCache, Look, Whole,
    compose::compose,
    job::{Answer, Job, Shot, Surveyed, Through, Voi},
    picture::{Drawn, Facts},
    sending::encode,
};
use crate::{
    dicom::{self, Archives, Decoder, Image},
    imaging::{self, Colors, Histogram, Palette, Survey},
    model::{Frame, FrameKey, VoiLut},
};
use image::DynamicImage;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Opened multi-frame files kept: parsing their headers again for each frame would cost more than the frame.
const OPEN_FILES: usize = 8;

/// Frames that must fit into the cache for any to be decoded ahead.
const ROOM: u64 = 32;

/// What the workers share.
#[derive(Debug)]
pub(super) struct Studio {
    frames: Mutex<ByteCache<u64, Frame>>,
    files: Mutex<HashMap<Arc<Path>, Arc<Image>>>,
    decoder: Decoder,
    archives: Archives,
}

impl Studio {
    /// A studio that keeps at most `budget` bytes of decoded frames.
    pub(super) fn new(budget: usize, decoder: Decoder) -> Self {
        let archives = Archives::default();
        Self { frames: Mutex::new(ByteCache::new(budget)), files: Mutex::default(), decoder, archives }
    }

    /// Lets go of everything that was read: files may have changed.
    pub(super) fn forget(&self) {
        self.lock_frames().clear();
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Does one job; there is no answer if nobody waits for it.
    pub(super) fn work(&self, job: Job) -> Option<Answer> {
        Some(match job {
            Job::Shot(shot) => {
                let result = self.draw(&shot).map(Arc::new);
                Answer::Shot { name: shot.name(), key: shot.key, result }
            }
            Job::Scene(scene) => {
                Answer::Shot { name: scene.name(), key: scene.key, result: compose(&scene).map(Arc::new) }
            }
            Job::Sheet(sheet) => {
                let result = self.lay_out(&sheet).map(Arc::new);
                Answer::Shot { name: sheet.name(), key: sheet.key, result }
            }
            Job::Survey { stack, frames } => Answer::Survey { stack, result: self.survey(&frames) },
            Job::Values { key, path } => Answer::Values { key, result: self.frame(key, &path).ok() },
            Job::Curve { ref frames, pixel: (row, column) } => {
                let read = |(key, path): &(FrameKey, Arc<Path>)| {
                    let reading = imaging::read(&*self.frame(*key, path).ok()?, row, column)?;
                    reading.value.filter(|value| value.is_finite() && !reading.padding)
                };
                Answer::Curve { name: job.name(), values: frames.iter().map(read).collect() }
            }
            Job::Tracer { stack, files } => {
                let tracers = files.iter().filter_map(|path| self.archives.object(path).ok());
                let tracers = tracers.map(|object| dicom::tracer(&object.data_set));
                Answer::Tracer {
                    stack,
                    result: tracers.reduce(|known, other| known.merge(&other)).map(Box::new),
                }
            }
            Job::Histogram { ref body, bins } => {
                let result = Histogram::of_volume(&body.assembled.volume, bins);
                Answer::Histogram { name: job.name(), result }
            }
            Job::List { instance, path } => {
                let listing = self
                    .archives
                    .object(&path)
                    .map(|object| Arc::new(dicom::listing(&object).judged(dicom::breaches(&object))));
                let result = listing.map_err(|error| error.to_string());
                Answer::List { instance, result }
            }
            Job::Read { instance, path } => {
                let read = self.archives.object(&path).map(|object| Arc::new(dicom::transcript(&object)));
                Answer::Read { instance, result: read.map_err(|error| error.to_string()) }
            }
            Job::Whole { path, place } => {
                let result = Whole::open(&self.archives, &path, &place);
                Answer::Whole { path, place, result }
            }
            Job::Bytes { value, from } => {
                let read = value.read(from, BLOCK as usize);
                let result = read.map(Into::into).map_err(|why| format!("cannot be read: {why}"));
                Answer::Bytes { value, from, result }
            }
            Job::Decode { key, path } => {
                self.decode_ahead(key, &path);
                return None;
            }
        })
    }

    /// Decodes a frame if a handful like it fit beside what is in use: otherwise they would push one another
    /// out before anybody sees them. Trouble is told when the frame is wanted.
    fn decode_ahead(&self, key: FrameKey, path: &Arc<Path>) {
        let name = name(key, path);
        let budget = {
            let frames = self.lock_frames();
            if frames.contains(name) {
                return;
            }
            frames.budget()
        };
        let Ok(image) = self.image(path) else { return };
        let module = image.module();
        let bytes = module.samples_in_frame().saturating_mul(module.bytes_per_sample().into());
        if bytes.saturating_mul(ROOM) > budget as u64 {
            return;
        }
        if let Ok(frame) = image.frame(key.frame) {
            let bytes = frame.bytes();
            self.lock_frames().put(name, Arc::new(frame), bytes);
        }
    }

    pub(super) fn frame(&self, key: FrameKey, path: &Arc<Path>) -> Result<Arc<Frame>, String> {
        let name = name(key, path);
        if let Some(frame) = self.lock_frames().get(name) {
            return Ok(frame);
        }
        let image = self.image(path)?;
        let frame = Arc::new(image.frame(key.frame).map_err(|error| error.to_string())?);
        self.lock_frames().put(name, Arc::clone(&frame), frame.bytes());
        Ok(frame)
    }

    fn image(&self, path: &Arc<Path>) -> Result<Arc<Image>, String> {
        let lock = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(image) = lock().get(path) {
            return Ok(Arc::clone(image));
        }
        let image = self.archives.image(path, &self.decoder);
        let image = Arc::new(image.map_err(|error| error.to_string())?);
        if image.module().frames > 1 {
            let mut files = lock();
            if files.len() >= OPEN_FILES {
                files.clear();
            }
            files.insert(Arc::clone(path), Arc::clone(&image));
        }
        Ok(image)
    }

    fn lock_frames(&self) -> std::sync::MutexGuard<'_, ByteCache<u64, Frame>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn survey(&self, frames: &[(FrameKey, Arc<Path>)]) -> Option<Surveyed> {
        let frames: Vec<Arc<Frame>> =
            frames.iter().filter_map(|(key, path)| self.frame(*key, path).ok()).collect();
        let middle = frames.first()?;
        let own = middle.voi.iter().filter(|voi| voi.is_usable()).map(|voi| match voi {
            VoiLut::Window { explanation, .. } | VoiLut::Table { explanation, .. } => explanation.clone(),
        });
        let own = own.collect();
        let mut survey = Survey::new(frames.len());
        for frame in &frames {
            // Colours have no window until they are shown as grey levels.
            survey.add(&Colors::Grey.of(frame));
        }
        Some(Surveyed {
            own,
            auto: survey.window(),
            stretch: survey.stretch(1.0, 99.0),
            range: survey.range(),
        })
    }

    fn draw(&self, shot: &Shot) -> Result<Drawn, String> {
        let frame = match &shot.through {
            None => self.frame(shot.key, &shot.path)?,
            Some(Through { rehearsed, step, slice }) => {
                let of_file = step.is_of_files().then(|| self.frame(shot.key, &shot.path)).transpose()?;
                let frame = rehearsed.frame(*step, *slice, of_file.as_deref());
                Arc::new(frame.ok_or("this step has no such slice")?)
            }
        };
        let (facts, voi, picture) = expose(&frame, &shot.look);
        let mut picture = encode(shot, picture);
        picture.shrink();
        let frame = Arc::downgrade(&frame);
        Ok(Drawn { name: shot.name(), key: shot.key, facts, frame, voi, detail: shot.detail, picture })
    }
}

/// A frame as it is to look, and what is known of it.
pub(super) fn expose(frame: &Frame, look: &Look) -> (Facts, VoiLut, DynamicImage) {
    let shown = look.colors.of(frame);
    let voi = contrast(&shown, &look.voi);
    let picture = colored(imaging::render(&shown, &voi, look.invert), look.palette);
    (Facts::of(&shown), voi, look.turn.apply(picture))
}

/// Names a frame in the cache: by its file, as instances are numbered anew with every scan.
fn name(key: FrameKey, path: &Path) -> u64 {
    let mut hash = DefaultHasher::new();
    (path, key.frame).hash(&mut hash);
    hash.finish()
}

/// The contrast asked for, on this frame.
pub(super) fn contrast(frame: &Frame, voi: &Voi) -> VoiLut {
    match voi {
        Voi::Fixed(window) => VoiLut::from(*window),
        Voi::File(number) => {
            let own: Vec<&VoiLut> = frame.voi.iter().filter(|voi| voi.is_usable()).collect();
            own.get(*number).or(own.last()).map_or_else(
                || {
                    let mut survey = Survey::new(1);
                    survey.add(frame);
                    VoiLut::from(survey.window())
                },
                |voi| (*voi).clone(),
            )
        }
    }
}

/// Levels in the colours of a palette.
pub(super) fn colored(picture: DynamicImage, palette: Palette) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(gray) if palette != Palette::Gray => palette.paint(&gray).into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FrameKey, InstanceId};

    #[test]
    fn after_another_scan_the_same_key_is_another_file() {
        let key = FrameKey { instance: InstanceId(7), frame: 0 };
        let [before, after] = ["before", "after"].map(|path| Arc::<Path>::from(Path::new(path)));
        assert_ne!(name(key, &before), name(key, &after));
        let job = |path: &Arc<Path>| super::super::Job::Values { key, path: Arc::clone(path) };
        assert_ne!(job(&before).name(), job(&after).name());
        let renumbered = FrameKey { instance: InstanceId(8), ..key };
        assert_eq!(
            name(key, &before),
            name(renumbered, &before),
            "a file that is still there is not read again"
        );
    }
}
