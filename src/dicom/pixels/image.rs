//! An image file, opened once, giving frame after frame.

use super::{
    Photometric, PixelModule,
    color::{self, Palette, Space},
    description,
    frames::FrameIndex,
    groups::Groups,
    module::Kind,
    real_world, unpack,
};
use crate::{
    dicom::{
        DataSet, Decoder, Element, Object, ReadError, Tag,
        codec::{self, Layout},
    },
    model::{Frame, Pixels, RealWorld, Stored},
};
use ndarray::Array2;
use std::path::{Path, PathBuf};

/// An opened image: its attributes are in memory, its pixels are in the file.
#[derive(Debug)]
pub struct Image {
    path: PathBuf,
    object: Object,
    module: PixelModule,
    pixels: Element,
    index: FrameIndex,
    transfer_syntax: String,
    decoder: Decoder,
}

/// Elements with pixels.
const PIXELS: [(Tag, Kind); 3] = [
    (Tag(0x7FE0, 0x0010), Kind::Integer),
    (Tag(0x7FE0, 0x0008), Kind::Float),
    (Tag(0x7FE0, 0x0009), Kind::Double),
];

/// Transfer syntaxes of uncompressed pixels; none at all is one of them.
const NATIVE: [&str; 6] = [
    "",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
    GE_PRIVATE,
];
/// Implicit little endian, but for the pixels, which are big endian; of GE's older workstations.
const GE_PRIVATE: &str = "1.2.840.113619.5.2";

impl Image {
    /// Opens a file and finds its frames, to be decoded in the thread that asks for them.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the file cannot be read, holds no pixels, or describes them in a way that makes
    /// no sense; the sentence names the attribute.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::open_with(path, &Decoder::here())
    }

    /// Opens a file whose compressed frames are left to `decoder`.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn open_with(path: &Path, decoder: &Decoder) -> Result<Self, ReadError> {
        Self::new(path, Object::open(path)?, decoder)
    }

    /// Finds the frames of an object; `path` is what errors call its file.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn new(path: &Path, mut object: Object, decoder: &Decoder) -> Result<Self, ReadError> {
        let refuse = |why: String| ReadError::Pixels { path: path.to_owned(), why };
        let found = PIXELS.iter().find_map(|&(tag, kind)| Some((object.data_set.get(tag)?.header, kind)));
        let Some((pixels, kind)) = found else {
            let why = match &object.damage {
                Some(damage) => format!("the file {damage}, before any pixel data"),
                None => "this object has no pixel data; its tags can still be read".to_owned(),
            };
            return Err(refuse(why));
        };
        let syntax = &object.start.transfer_syntax;
        if !syntax.is_empty() && !syntax.starts_with("1.2.840.10008.1.2") && syntax != GE_PRIVATE {
            let syntax = crate::model::shown(syntax).into_owned();
            return Err(refuse(format!(
                "nobody knows how pixels are written in the transfer syntax {syntax}; the tags can still be read"
            )));
        }
        let mut module = PixelModule::read(&object.data_set, kind).map_err(refuse)?;
        let index = FrameIndex::build(&mut object.source, &object.data_set, &pixels, module.frames)
            .map_err(|error| ReadError::io(path, error))?;
        if let FrameIndex::Native { present, .. } = index {
            relabel_422(&mut module, present);
            if codec::is_supported(&object.start.transfer_syntax) {
                // Some writers forget to compress; shorter pixels are compressed, and forgot their fragments.
                let expected = module.native_bits().div_ceil(8).saturating_mul(u64::from(module.frames));
                if present < expected {
                    return Err(refuse("pixel data should be in fragments, and is not".to_owned()));
                }
            }
        }
        if object.start.deflated || object.start.foreign {
            module.notes.extend(object.start.notes.iter().cloned());
        }
        let transfer_syntax = object.start.transfer_syntax.clone();
        if matches!(index, FrameIndex::Native { .. }) && !NATIVE.contains(&&*transfer_syntax) {
            let stated = crate::model::shown(&transfer_syntax).into_owned();
            module.notes.push(format!("transfer syntax {stated}, but the pixels are uncompressed"));
        }
        Ok(Self {
            path: path.to_owned(),
            object,
            module,
            pixels,
            index,
            transfer_syntax,
            decoder: decoder.clone(),
        })
    }

    /// What the frames look like.
    pub fn module(&self) -> &PixelModule {
        &self.module
    }

    /// The attributes of the file.
    pub fn data_set(&self) -> &DataSet {
        &self.object.data_set
    }

    /// What the stored values of a frame are in the real world, if the file says so; there may be several.
    pub fn real_world(&self, number: u32) -> Vec<RealWorld> {
        real_world::mappings(&Groups::of(&self.object.data_set, number))
    }

    /// Transfer Syntax UID (0002,0010), as it is believed to be.
    pub fn transfer_syntax(&self) -> &str {
        &self.transfer_syntax
    }

    /// Decodes one frame, counted from zero.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the frame does not exist or its bytes cannot be decoded.
    pub fn frame(&self, number: u32) -> Result<Frame, ReadError> {
        let mut notes = self.module.notes.clone();
        let (bytes, module, space) = self.decode(number, &mut notes)?;
        let pixels = match (module.photometric, module.samples) {
            (Photometric::Palette, 1) => {
                let palette =
                    Palette::read(&self.object.data_set, module.signed).map_err(|why| self.refuse(why))?;
                Pixels::Color(palette.apply(&unpack::gray(&bytes, &module), &module))
            }
            (_, 1) => Pixels::Gray(unpack::gray(&bytes, &module)),
            _ => Pixels::Color(color::rgb(&bytes, &module, space)),
        };
        Ok(description::frame(self.data_set(), &self.module, number, pixels, notes))
    }

    /// Reads the stored values of an uncompressed frame of two bytes each to where they are wanted, row by row.
    ///
    /// The frame that comes with them has one pixel and says everything else; whether the values are signed
    /// is in [`Self::module`]. `None` if the frame is not of that kind, has another size or is incomplete; what
    /// [`Self::frame`] makes of it is another question, and the words have any values then.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the file cannot be read.
    pub fn words(&self, number: u32, words: &mut [i16]) -> Result<Option<Frame>, ReadError> {
        let module = &self.module;
        let size = u64::from(module.rows) * u64::from(module.columns);
        let FrameIndex::Native { offset, present } = self.index else { return Ok(None) };
        let plain = module.kind == Kind::Integer && module.bits_allocated == 16 && module.samples == 1;
        let gray = plain && module.photometric != Photometric::Palette && self.swapped_bytes() == 1;
        let from = (size * 2).saturating_mul(number.into());
        if !gray || words.len() as u64 != size || from.saturating_add(size * 2) > present {
            return Ok(None);
        }
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(words);
        let read = self.object.source.fill(offset + from, bytes);
        if read.map_err(|error| ReadError::io(&self.path, error))? < bytes.len() {
            return Ok(None);
        }
        unpack::words(words, module);
        let one = Array2::zeros((1, 1));
        let pixels = if module.signed { Stored::I16(one) } else { Stored::U16(one.mapv(i16::cast_unsigned)) };
        let pixels = Pixels::Gray(pixels);
        Ok(Some(description::frame(self.data_set(), module, number, pixels, module.notes.clone())))
    }

    /// The samples of one frame, counted from zero, before any palette or change of colour space: shape
    /// `(rows, columns * samples)`, the samples of a pixel side by side.
    ///
    /// # Errors
    ///
    /// Those of [`Self::frame`].
    pub fn samples(&self, number: u32) -> Result<Stored, ReadError> {
        let (bytes, module, _) = self.decode(number, &mut vec![])?;
        let columns = module.columns.saturating_mul(module.samples.into());
        Ok(unpack::gray(&bytes, &PixelModule { columns, samples: 1, ..module }))
    }

    /// Little endian, interleaved samples of a frame, what they are, and what their colours mean.
    fn decode(
        &self,
        number: u32,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<u8>, PixelModule, Space), ReadError> {
        match &self.index {
            FrameIndex::Native { offset, present } => self.native(*offset, *present, number, notes),
            FrameIndex::Encapsulated { frames, notes: found } => {
                notes.extend(found.iter().cloned());
                let fragments = frames.get(number as usize).ok_or_else(|| {
                    self.refuse(format!(
                        "frame {} of {} is not there",
                        u64::from(number) + 1,
                        self.module.frames
                    ))
                })?;
                self.encapsulated(fragments, notes)
            }
        }
    }

    fn refuse(&self, why: String) -> ReadError {
        ReadError::Pixels { path: self.path.clone(), why }
    }

    /// Little endian, interleaved samples of an uncompressed frame.
    fn native(
        &self,
        offset: u64,
        present: u64,
        number: u32,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<u8>, PixelModule, Space), ReadError> {
        let module = self.module.clone();
        let bits = module.native_bits();
        let first_bit = bits * u64::from(number);
        let (from, to) = (first_bit / 8, (first_bit + bits).div_ceil(8));
        if from >= present {
            return Err(self.refuse(format!(
                "the file ends before frame {} of {}",
                u64::from(number) + 1,
                module.frames
            )));
        }
        // Bytes that were swapped in pairs come in pairs, even if the frame has only one of the last two.
        let word = self.swapped_bytes() as u64;
        let (start, end) = (from - from % word, to.next_multiple_of(word).min(present));
        let length = usize::try_from(end - start).unwrap_or(0);
        let mut bytes = self
            .object
            .source
            .read(offset + start, length)
            .map_err(|error| ReadError::io(&self.path, error))?;
        if word > 1 {
            bytes.chunks_exact_mut(word as usize).for_each(<[u8]>::reverse);
        }
        bytes.drain(..bytes.len().min((from - start) as usize));
        bytes.truncate(usize::try_from(to - from).unwrap_or(usize::MAX));
        if (bytes.len() as u64) < to - from {
            let row_bits = (bits / u64::from(module.rows)).max(1);
            let whole = bytes.len() as u64 * 8 / row_bits;
            let missing = u64::from(module.rows).saturating_sub(whole);
            if whole == 0 {
                return Err(self.refuse("the pixel data ends inside the first row of this frame".to_owned()));
            }
            notes.push(format!("the file ends early; {missing} of {} rows are missing", module.rows));
        }
        if module.bits_allocated == 1 {
            let skip = (first_bit % 8) as usize;
            bytes = unpack::bits(&bytes, skip, module.samples_in_frame() as usize);
        } else if module.photometric.shares_chroma() {
            bytes = color::expand_422(&bytes);
        } else if module.planar && module.samples > 1 {
            bytes = color::interleave(&bytes, &module);
        }
        let space = Space::of(module.photometric);
        Ok((bytes, module, space))
    }

    /// How many bytes stand in reverse order in the file; 1 if it is little endian.
    fn swapped_bytes(&self) -> usize {
        match self.module.bits_allocated {
            _ if !self.pixels.encoding.big && self.transfer_syntax != GE_PRIVATE => 1,
            // 8-bit samples written as OW are swapped in pairs (PS3.5 A.3, annex D).
            1 | 8 if self.pixels.vr == Some(crate::dicom::Vr::OW) => 2,
            1 | 8 => 1,
            bits => usize::from(bits / 8),
        }
    }

    /// Samples of a compressed frame.
    fn encapsulated(
        &self,
        fragments: &[(u64, u32)],
        notes: &mut Vec<String>,
    ) -> Result<(Vec<u8>, PixelModule, Space), ReadError> {
        let mut stream = vec![];
        let mut left = usize::try_from(self.module.most_compressed()).unwrap_or(usize::MAX);
        for &(offset, length) in fragments {
            if length as usize > left {
                notes.push("the compressed frame is too long; only its beginning is decoded".to_owned());
            }
            let bytes = self.object.source.read(offset, left.min(length as usize));
            stream.extend(bytes.map_err(|error| ReadError::io(&self.path, error))?);
            left = left.saturating_sub(length as usize);
        }
        let mut module = self.module.clone();
        let layout = Layout {
            rows: module.rows,
            columns: module.columns,
            samples: module.samples,
            bits_allocated: module.bits_allocated,
            bits_stored: module.bits_stored,
            signed: module.signed,
            planar: module.planar,
        };
        let syntax = &self.transfer_syntax;
        if !codec::is_supported(syntax) {
            let name = crate::model::uid_name(syntax).unwrap_or("an unknown transfer syntax");
            let uid = crate::model::shown(syntax).into_owned();
            return Err(self.refuse(format!(
                "pixel data is {name} ({uid}), which topogram cannot decode; its tags can still be read"
            )));
        }
        let decoded =
            self.decoder.decode(syntax, &stream, &layout).map_err(|error| self.refuse(error.to_string()))?;
        notes.extend(decoded.notes);
        module.samples = decoded.samples;
        let space = match decoded.color {
            codec::Color::Ybr => Space::Ybr,
            codec::Color::Rgb | codec::Color::Gray => Space::Rgb,
            codec::Color::AsTagged => Space::of(module.photometric),
        };
        Ok((decoded.bytes, module, space))
    }
}

/// Files labelled 4:2:2 whose length says that no chrominance is missing.
fn relabel_422(module: &mut PixelModule, present: u64) {
    if module.photometric == Photometric::YbrFull422 {
        let whole = module.samples_in_frame() * u64::from(module.frames);
        if present >= whole {
            module.photometric = Photometric::YbrFull;
        }
    }
}
