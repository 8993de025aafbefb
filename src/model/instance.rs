//! One file's object, stored small: a library of a million of them fits in memory.

use super::{Orientation, Sighting, Spacing, Text, Vector};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, sync::Arc};

/// What many instances of a series have in common; kept once and shared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    /// SOP Class UID (0008,0016).
    pub sop_class: Text,
    /// Modality (0008,0060).
    pub modality: Text,
    /// Transfer Syntax UID (0002,0010), or what the bytes turned out to be.
    pub transfer_syntax: Text,
    /// There is an element with pixels, whole or not.
    pub has_pixels: bool,
    /// Rows (0028,0010).
    pub rows: u32,
    /// Columns (0028,0011).
    pub columns: u32,
    /// Samples per Pixel (0028,0002).
    pub samples: u16,
    /// Photometric Interpretation (0028,0004).
    pub photometric: Text,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// Image Orientation (Patient) (0020,0037), of the first frame.
    pub orientation: Option<Orientation>,
    /// Distance between pixel centres.
    pub spacing: Option<Spacing>,
    /// Slice Thickness (0018,0050), mm.
    pub thickness: Option<f64>,
    /// Spacing Between Slices (0018,0088), mm.
    pub slice_spacing: Option<f64>,
    /// Image Type (0008,0008), values joined by `\`.
    pub image_type: Text,
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference: Text,
    /// Gantry/Detector Tilt (0018,1120), degrees, as stated; geometry does not rely on it.
    pub stated_tilt: Option<f64>,
    /// What can tell apart two images at one place.
    pub axis: Axis,
}

/// The attributes that may be a fourth dimension, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// Temporal Position Identifier (0020,0100).
    pub temporal_position: Option<i32>,
    /// Trigger Time (0018,1060), ms.
    pub trigger_time: Option<f64>,
    /// Diffusion b-value (0018,9087), s/mm².
    pub b_value: Option<f64>,
    /// Echo Time (0018,0081), ms.
    pub echo_time: Option<f64>,
    /// Echo Number (0018,0086).
    pub echo_number: Option<i32>,
    /// Frame Reference Time (0054,1300), ms.
    pub reference_time: Option<f64>,
    /// Acquisition Number (0020,0012).
    pub acquisition: Option<i32>,
    /// What [`FramePlace::point`] counts, for people; empty if it counts nothing.
    pub dimension: Text,
}

/// Where one frame of a multi-frame object lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FramePlace {
    /// Image Position (Patient), mm LPS.
    pub position: Vector,
    /// Its own orientation.
    pub orientation: Orientation,
    /// Which one it is of those at one place, by the dimension indices that are not about places
    /// (PS3.3 C.7.6.17), from 0; 0 throughout if there are none.
    pub point: u32,
}

/// One SOP instance in one file.
#[derive(Debug, Clone)]
pub struct Instance {
    /// SOP Instance UID and file name in one piece: a pointer and a block of memory less for each of a million.
    names: Box<[u8]>,
    uid_length: u32,
    /// Index into the library's folders.
    pub folder: u32,
    /// Size on disk.
    pub bytes: u64,
    /// Instance Number (0020,0013).
    pub number: Option<i32>,
    /// Number of Frames (0028,0008), at least 1 for an image, 0 for an object without pixels.
    pub frames: u32,
    /// Image Position (Patient) (0020,0032) of the first frame, mm LPS.
    pub position: Option<Vector>,
    /// Slice Location (0020,1041), mm; only a last resort for sorting.
    pub location: Option<f32>,
    /// Content, acquisition or series time, seconds after midnight.
    pub time: Option<f32>,
    /// What it shares with its neighbours.
    pub form: Arc<Form>,
    /// What few instances have.
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Clone)]
struct Rare {
    places: Vec<FramePlace>,
    warnings: Vec<String>,
}

impl Instance {
    /// Takes over what belongs to the file alone; where it is and what it shares is known by now.
    pub(super) fn new(file: Sighting, folder: u32, form: Arc<Form>) -> Self {
        let name = file.path.file_name().unwrap_or_default().as_bytes();
        // No identifier is longer; one that would be is none.
        let uid = if file.sop_instance.len() > LONGEST_UID { "" } else { &*file.sop_instance };
        let (mut places, mut warnings) = (file.places, file.warnings);
        let is_rare = !places.is_empty() || !warnings.is_empty();
        places.shrink_to_fit();
        warnings.shrink_to_fit();
        Self {
            names: [uid.as_bytes(), name].concat().into_boxed_slice(),
            uid_length: uid.len() as u32,
            folder,
            bytes: file.bytes,
            number: file.number,
            frames: file.frames,
            position: file.position,
            location: file.location,
            time: file.time,
            form,
            rare: is_rare.then(|| Box::new(Rare { places, warnings })),
        }
    }

    /// SOP Instance UID (0008,0018); empty if missing.
    pub fn sop_instance(&self) -> &str {
        std::str::from_utf8(&self.names[..self.uid_length as usize]).unwrap_or_default()
    }

    /// File name inside the folder.
    pub fn file(&self) -> &OsStr {
        OsStr::from_bytes(&self.names[self.uid_length as usize..])
    }

    /// One per frame when functional groups place frames one by one, else none.
    pub fn places(&self) -> &[FramePlace] {
        self.rare.as_ref().map_or(&[], |rare| &rare.places)
    }

    /// What is odd about the file, in sentences.
    pub fn warnings(&self) -> &[String] {
        self.rare.as_ref().map_or(&[], |rare| &rare.warnings)
    }
}

/// Bytes of an identifier; values of a scan are shorter.
const LONGEST_UID: usize = 1 << 16;
