//! What can be wished for, and what comes back.

use super::{
    Body, Building, Canvas, Exporting, Opened, Rehearsed, Rehearsing, Report, Scene, Sheet, Step, Whole,
    picture::Drawn,
};
use crate::{
    graphics::CellBox,
    imaging::{Colors, Histogram, Mark, Palette, Source, Turn},
    model::{Frame, FrameKey, InstanceId, Measurements, Review, Text, Tracer, Window},
};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::Arc,
};

/// Which contrast a picture is shown with.
#[derive(Debug, Clone, PartialEq)]
pub enum Voi {
    /// The file's own, counted from zero; a frame with fewer uses its last, one without any its values.
    File(usize),
    /// The same for every frame.
    Fixed(Window),
}

/// Everything but the frame that decides how a picture looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Contrast.
    pub voi: Voi,
    /// Black and white exchanged.
    pub invert: bool,
    /// How colours are shown.
    pub colors: Colors,
    /// Rotated or mirrored.
    pub turn: Turn,
    /// Interpolated when enlarged.
    pub smooth: bool,
    /// How levels are coloured; colours stay as they are.
    pub palette: Palette,
}

impl Look {
    /// Nothing but a contrast.
    pub fn plain(voi: Voi) -> Self {
        let (colors, palette) = (Colors::True, Palette::Gray);
        Self { voi, invert: false, colors, turn: Turn::default(), smooth: true, palette }
    }
}

/// How faithful a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Every pixel, every level.
    Whole,
    /// As coarse as it takes to need about so many bytes: for slices that fly past.
    Draft(u32),
}

/// A picture of one frame, for one place on one terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// Which frame.
    pub key: FrameKey,
    /// Where its file is.
    pub path: Arc<Path>,
    /// How it looks.
    pub look: Look,
    /// The terminal.
    pub canvas: Canvas,
    /// Where on the screen, and which part of the picture; `None` where the terminal scales by itself.
    pub place: Option<(CellBox, Source, (u32, u32))>,
    /// Where the terminal scales: the picture is interpolated this many times larger first, because a
    /// terminal makes blocks of a small one.
    pub enlarge: u32,
    /// How faithful it is.
    pub detail: Detail,
    /// Drawn over it, in pixels of its place; none where there is no place.
    pub marks: Vec<Mark>,
    /// What a step of the pipeline has made of it, in place of the frame itself.
    pub through: Option<Through>,
}

/// A slice of what a step of the pipeline has made of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Through {
    /// Of which stack, and by which steps.
    pub rehearsed: Arc<Rehearsed>,
    /// After which of them.
    pub step: Step,
    /// Which slice of its array.
    pub slice: usize,
}

impl Shot {
    /// A name for the picture in every cache: equal shots, and nearly surely only they, have equal names.
    pub fn name(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        // The path too: after another scan the same key is another file.
        (self.key, &self.path).hash(&mut hash);
        self.canvas.hash(&mut hash);
        (self.look.invert, self.look.colors, self.look.turn, self.look.smooth, self.look.palette)
            .hash(&mut hash);
        (self.enlarge, self.detail).hash(&mut hash);
        match &self.look.voi {
            Voi::File(number) => (0, number).hash(&mut hash),
            Voi::Fixed(window) => {
                (1, window.center.to_bits(), window.width.to_bits(), window.function).hash(&mut hash);
            }
        }
        if let Some((area, source, size)) = &self.place {
            (area.x, area.y, area.columns, area.rows, size).hash(&mut hash);
            [source.x, source.y, source.width, source.height].map(f64::to_bits).hash(&mut hash);
        }
        if !self.marks.is_empty() {
            format!("{:?}", self.marks).hash(&mut hash);
        }
        if let Some(through) = &self.through {
            (through.rehearsed.name, through.step, through.slice).hash(&mut hash);
        }
        hash.finish()
    }

    /// What the terminal calls the picture: ids below 2^24 leave room for those of other programs in it.
    pub fn id(&self) -> u32 {
        id(self.name())
    }
}

pub(super) fn id(name: u64) -> u32 {
    (name as u32) | 0x0100_0000
}

/// One thing to do, off the loop.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// Draw a picture.
    Shot(Shot),
    /// Draw planes of volumes.
    Scene(Scene),
    /// Draw many frames beside one another.
    Sheet(Sheet),
    /// Look at a few frames of a stack to choose its contrast.
    Survey {
        /// The first frame of the stack names it.
        stack: FrameKey,
        /// Which frames, and where their files are.
        frames: Vec<(FrameKey, Arc<Path>)>,
    },
    /// Hand over the values of a frame, to be read point by point.
    Values {
        /// Which frame.
        key: FrameKey,
        /// Where its file is.
        path: Arc<Path>,
    },
    /// Decode a frame that may be wanted soon; nothing comes back.
    Decode {
        /// Which frame.
        key: FrameKey,
        /// Where its file is.
        path: Arc<Path>,
    },
    /// Hand over the value of one pixel in many frames: over time.
    Curve {
        /// Which frames, and where their files are.
        frames: Vec<(FrameKey, Arc<Path>)>,
        /// Row and column.
        pixel: (usize, usize),
    },
    /// Hand over what the images of a PET say of its tracer.
    Tracer {
        /// The first frame of the stack names it.
        stack: FrameKey,
        /// Where all its files are.
        files: Vec<Arc<Path>>,
    },
    /// Count the values of a volume.
    Histogram {
        /// Which.
        body: Body,
        /// In so many bins.
        bins: usize,
    },
    /// List the tags of a file.
    List {
        /// Whose.
        instance: InstanceId,
        /// Where it is.
        path: Arc<Path>,
    },
    /// Put what a file says into words.
    Read {
        /// Whose.
        instance: InstanceId,
        /// Where it is.
        path: Arc<Path>,
    },
    /// Open one value, and decode it if it is text.
    Whole {
        /// Of which file.
        path: Arc<Path>,
        /// Where it stands.
        place: Vec<crate::model::Step>,
    },
    /// Read a block of a value.
    Bytes {
        /// Of which.
        value: Opened,
        /// Its first byte.
        from: u64,
    },
}

impl Job {
    /// As [`Shot::name`].
    pub fn name(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        match self {
            Self::Shot(shot) => return shot.name(),
            Self::Scene(scene) => return scene.name(),
            Self::Sheet(sheet) => return sheet.name(),
            Self::Survey { frames, .. } => (2, frames).hash(&mut hash),
            Self::List { instance, path } => (3, instance, path).hash(&mut hash),
            Self::Values { key, path } => (4, key, path).hash(&mut hash),
            Self::Decode { key, path } => (5, key, path).hash(&mut hash),
            Self::Read { instance, path } => (6, instance, path).hash(&mut hash),
            Self::Curve { frames, pixel } => (7, frames, pixel).hash(&mut hash),
            Self::Whole { path, place } => (10, path, place).hash(&mut hash),
            Self::Bytes { value, from } => (11, format!("{value:?}"), from).hash(&mut hash),
            Self::Histogram { body, bins } => (8, format!("{body:?}"), bins).hash(&mut hash),
            Self::Tracer { files, .. } => (9, files).hash(&mut hash),
        }
        hash.finish()
    }
}

/// What a survey of a stack found.
#[derive(Debug, Clone, PartialEq)]
pub struct Surveyed {
    /// The file's own ways to show the middle frame, by their explanations; empty if it has none.
    pub own: Vec<Text>,
    /// A window by the rules for the modality.
    pub auto: Window,
    /// A window from the 1st to the 99th percentile.
    pub stretch: Window,
    /// Smallest and largest value seen.
    pub range: Option<(f64, f64)>,
}

/// What comes back from a worker.
#[derive(Debug)]
pub enum Answer {
    /// A picture, or the line to show in its place.
    Shot {
        /// [`Job::name`] of what was asked.
        name: u64,
        /// Which frame.
        key: FrameKey,
        /// The picture.
        result: Result<Arc<Drawn>, String>,
    },
    /// The contrast of a stack.
    Survey {
        /// As asked.
        stack: FrameKey,
        /// Nothing if no frame could be decoded.
        result: Option<Surveyed>,
    },
    /// The values of a frame.
    Values {
        /// As asked.
        key: FrameKey,
        /// Nothing if it cannot be decoded any more.
        result: Option<Arc<Frame>>,
    },
    /// The values of one pixel in many frames.
    Curve {
        /// [`Job::name`] of what was asked.
        name: u64,
        /// Nothing where there is none: padding, a file that cannot be read.
        values: Vec<Option<f64>>,
    },
    /// What a PET says of its tracer, with its earliest acquisition.
    Tracer {
        /// As asked.
        stack: FrameKey,
        /// Nothing if no file can be read.
        result: Option<Box<Tracer>>,
    },
    /// How often the values of a volume occur.
    Histogram {
        /// [`Job::name`] of what was asked.
        name: u64,
        /// Nothing if there are no values.
        result: Option<Histogram>,
    },
    /// What the review file says now.
    Review {
        /// Why it cannot be read or written, in a sentence.
        result: Result<Review, String>,
    },
    /// What the file of measurements says now.
    Measurements {
        /// Why it cannot be read or written, in a sentence.
        result: Result<Measurements, String>,
    },
    /// The tags of a file.
    List {
        /// As asked.
        instance: InstanceId,
        /// The listing, or why there is none.
        result: Result<Arc<crate::model::Listing>, String>,
    },
    /// What a file says.
    Read {
        /// As asked.
        instance: InstanceId,
        /// The transcript, or why there is none.
        result: Result<Arc<crate::model::Transcript>, String>,
    },
    /// What is heard of an errand through a series.
    Errand {
        /// Of which.
        ticket: u64,
        /// What.
        report: Report,
    },
    /// A value as a whole.
    Whole {
        /// Of which file.
        path: Arc<Path>,
        /// Where it stands.
        place: Vec<crate::model::Step>,
        /// The value, or why it is not there.
        result: Result<Whole, String>,
    },
    /// A block of a value.
    Bytes {
        /// Of which.
        value: Opened,
        /// Its first byte.
        from: u64,
        /// The bytes, or why there are none.
        result: Result<Arc<[u8]>, String>,
    },
    /// How far a volume is.
    Volume(Building),
    /// How far what is being written is.
    Export(Exporting),
    /// How far the steps of the pipeline are.
    Rehearsal(Rehearsing),
}

impl Answer {
    /// Whether it is about one frame or stack, which may be a neighbour of what is shown.
    pub fn is_of_one_frame(&self) -> bool {
        matches!(self, Self::Shot { .. } | Self::Survey { .. } | Self::Values { .. })
    }
}

impl From<Building> for Answer {
    fn from(building: Building) -> Self {
        Self::Volume(building)
    }
}
