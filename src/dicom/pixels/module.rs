//! The Image Pixel module: what a frame looks like in memory (PS3.3 C.7.6.3, PS3.5 8).

use crate::dicom::{DataSet, Tag};

/// Photometric Interpretation (0028,0004).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Photometric {
    /// White is low.
    Monochrome1,
    /// Black is low.
    Monochrome2,
    /// Indices into a palette.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Luminance and full-range chrominance, each pixel.
    YbrFull,
    /// The same, chrominance shared by two pixels.
    YbrFull422,
    /// The same in the range of studio video, which left the standard with its 2017 edition.
    YbrPartial422,
    /// What JPEG 2000 transforms by itself: RGB once decoded.
    YbrCodec,
}

impl Photometric {
    /// True if two pixels are stored with one chrominance: `Y1 Y2 Cb Cr`.
    pub fn shares_chroma(self) -> bool {
        matches!(self, Self::YbrFull422 | Self::YbrPartial422)
    }
}

/// What the numbers in the pixel element are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Pixel Data (7FE0,0010).
    Integer,
    /// Float Pixel Data (7FE0,0008).
    Float,
    /// Double Float Pixel Data (7FE0,0009).
    Double,
}

/// Shape and encoding of the frames, checked: nothing in it can overflow or divide by zero.
#[derive(Debug, Clone, PartialEq)]
pub struct PixelModule {
    /// At least 1.
    pub rows: u32,
    /// At least 1.
    pub columns: u32,
    /// 1, 3 or 4.
    pub samples: u16,
    /// How samples make a picture.
    pub photometric: Photometric,
    /// All of one colour after all of another.
    pub planar: bool,
    /// 1, 8, 16, 32 or 64.
    pub bits_allocated: u16,
    /// `1..=bits_allocated`.
    pub bits_stored: u16,
    /// `bits_stored - 1..bits_allocated`.
    pub high_bit: u16,
    /// Two's complement.
    pub signed: bool,
    /// Integers or floats.
    pub kind: Kind,
    /// At least 1.
    pub frames: u32,
    /// What had to be assumed.
    pub notes: Vec<String>,
}

/// Bytes of one frame in memory, at most: larger ones are refused with a sentence.
const LARGEST_FRAME: u64 = 1 << 30;

/// Bytes of a compressed frame that need not be pixels: colour profiles, thumbnails, comments.
const HEADERS: u64 = 16 << 20;

impl PixelModule {
    /// Reads and checks the attributes.
    ///
    /// # Errors
    ///
    /// A sentence that says which attribute makes no sense.
    pub fn read(data_set: &DataSet, kind: Kind) -> Result<Self, String> {
        let number = |element| data_set.unsigned(Tag(0x0028, element));
        let rows = number(0x0010).filter(|&n| n > 0).ok_or("Rows (0028,0010) is missing or zero")?;
        let columns = number(0x0011).filter(|&n| n > 0).ok_or("Columns (0028,0011) is missing or zero")?;
        let mut notes = vec![];
        let samples = match number(0x0002) {
            Some(n @ (1 | 3 | 4)) => n as u16,
            None => 1,
            Some(n) => return Err(format!("Samples per Pixel (0028,0002) is {n}; 1, 3 and 4 can be shown")),
        };
        let bits_allocated = match (kind, number(0x0100)) {
            (Kind::Float, _) => 32,
            (Kind::Double, _) => 64,
            (Kind::Integer, Some(n @ (1 | 8 | 16 | 32 | 64))) => n as u16,
            (Kind::Integer, None) => return Err("Bits Allocated (0028,0100) is missing".to_owned()),
            (Kind::Integer, Some(n)) => {
                return Err(format!("Bits Allocated (0028,0100) is {n}; 1, 8, 16, 32 and 64 can be shown"));
            }
        };
        let bits_stored = match number(0x0101) {
            Some(n) if n >= 1 && n <= u32::from(bits_allocated) => n as u16,
            None => bits_allocated,
            Some(n) => {
                notes.push(format!("Bits Stored (0028,0101) is {n}; all {bits_allocated} bits are used"));
                bits_allocated
            }
        };
        let high_bit = match number(0x0102) {
            Some(n) if n >= u32::from(bits_stored) - 1 && n < u32::from(bits_allocated) => n as u16,
            _ => bits_stored - 1,
        };
        let frames = data_set.number(Tag(0x0028, 0x0008)).filter(|&n| n >= 1.0).map_or(1, |n| n as u32);
        let text = data_set.ascii(Tag(0x0028, 0x0004)).unwrap_or_default();
        let photometric = photometric(&text, samples, &mut notes);
        let module = Self {
            rows,
            columns,
            samples,
            photometric,
            planar: number(0x0006) == Some(1),
            bits_allocated,
            bits_stored,
            high_bit,
            signed: number(0x0103) == Some(1),
            kind,
            frames,
            notes,
        };
        if module.samples_in_frame() * u64::from(module.bytes_per_sample()) > LARGEST_FRAME {
            return Err(format!("a frame of {rows} x {columns} is larger than 1 GiB"));
        }
        Ok(module)
    }

    /// Pixels of a frame.
    pub fn pixels(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// Samples of a frame.
    pub fn samples_in_frame(&self) -> u64 {
        self.pixels() * u64::from(self.samples)
    }

    /// Bytes of a sample once unpacked; 1-bit samples take one.
    pub fn bytes_per_sample(&self) -> u16 {
        self.bits_allocated.div_ceil(8)
    }

    /// Bytes of a compressed frame that are read, at most: codecs expand noise, but never to the double, and
    /// have headers of their own. A frame of one fragment may claim all of a file that has many.
    pub(super) fn most_compressed(&self) -> u64 {
        2 * self.samples_in_frame() * u64::from(self.bytes_per_sample()) + HEADERS
    }

    /// Bits that a frame takes in native encoding.
    pub fn native_bits(&self) -> u64 {
        // Two pixels share their chrominance: Y1 Y2 Cb Cr.
        let samples = if self.photometric.shares_chroma() { 2 } else { u64::from(self.samples) };
        self.pixels() * samples * u64::from(self.bits_allocated)
    }
}

fn photometric(text: &str, samples: u16, notes: &mut Vec<String>) -> Photometric {
    match (text.trim().to_ascii_uppercase().as_str(), samples) {
        ("MONOCHROME1", 1) => Photometric::Monochrome1,
        ("MONOCHROME2", 1) => Photometric::Monochrome2,
        ("PALETTE COLOR", 1) => Photometric::Palette,
        ("RGB", 3) => Photometric::Rgb,
        ("YBR_FULL", 3) => Photometric::YbrFull,
        ("YBR_FULL_422", 3) => Photometric::YbrFull422,
        ("YBR_PARTIAL_422" | "YBR_PARTIAL_420", 3) => Photometric::YbrPartial422,
        ("YBR_RCT" | "YBR_ICT", 3) => Photometric::YbrCodec,
        (text, samples) => {
            let assumed = if samples == 1 { Photometric::Monochrome2 } else { Photometric::Rgb };
            let text = crate::model::shown(text).into_owned();
            notes.push(format!(
                "Photometric Interpretation {text:?} with {samples} samples is shown as {assumed:?}"
            ));
            assumed
        }
    }
}
