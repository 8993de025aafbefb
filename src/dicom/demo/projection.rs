//! Projections of the chest: sums along rays, for the scouts and for a radiograph.

use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError, Detail,
    folder::Folder,
    names::QABBANI,
    noise::{grain, ramp},
    record::{Series, Study},
    thorax::thorax,
    volume::Grid,
};

/// Which way the rays go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Front to back: columns run to the patient's left.
    Frontal,
    /// Right to left: columns run to the back.
    Lateral,
}

/// Water-equivalent thickness of the chest, in units of 250 mm, seen in two directions.
///
/// Rows run from head to feet; pixels are square.
pub(super) struct Projection {
    grid: Grid,
    frontal: Vec<f32>,
    lateral: Vec<f32>,
    lateral_columns: usize,
}

impl Projection {
    /// Paints a chest that is fine in x and z, coarse in y, and adds it up.
    pub(super) fn new(detail: Detail) -> Self {
        let (across, high, deep) = (detail.of(252), detail.of(224), detail.of(48));
        let fine = 320.0 / high as f32;
        let thick = 256.0 / deep as f32;
        let grid = Grid::centred([across, deep, high], [fine, thick, fine], [0.0, 10.0], -160.0);
        let chest = thorax(grid);
        let water = |hu: f32| (hu + 1000.0).max(0.0) / 1000.0 / 250.0;
        let mut frontal = Vec::with_capacity(across * high);
        let lateral_columns = (deep as f32 * thick / fine) as usize;
        let mut lateral = Vec::with_capacity(lateral_columns * high);
        for k in (0..high).rev() {
            let slice = chest.slice(k);
            let mut line = vec![0.0; across];
            let mut side = Vec::with_capacity(deep);
            for row in slice.chunks_exact(across) {
                line.iter_mut().zip(row).for_each(|(sum, hu)| *sum += water(*hu) * thick);
                side.push(row.iter().map(|hu| water(*hu) * fine).sum::<f32>());
            }
            frontal.extend(line);
            lateral.extend((0..lateral_columns).map(|i| between(&side, i as f32 * fine / thick)));
        }
        Self { grid, frontal, lateral, lateral_columns }
    }

    /// Columns and rows.
    pub(super) fn size(&self, view: View) -> (usize, usize) {
        let columns = if view == View::Frontal { self.grid.size[0] } else { self.lateral_columns };
        (columns, self.grid.size[2])
    }

    /// Distance of pixel centres, mm.
    pub(super) fn spacing(&self) -> f32 {
        self.grid.spacing[2]
    }

    /// The z of the first row, mm.
    pub(super) fn top(&self) -> f32 {
        self.grid.at(2, self.grid.size[2] - 1)
    }

    /// The sums, row by row.
    pub(super) fn picture(&self, view: View) -> &[f32] {
        if view == View::Frontal { &self.frontal } else { &self.lateral }
    }
}

/// The value at a fractional index; the ends continue.
fn between(values: &[f32], at: f32) -> f32 {
    let last = values.len() - 1;
    let low = (at.max(0.0) as usize).min(last);
    let (a, b) = (values[low], values[(low + 1).min(last)]);
    a + (b - a) * (at - low as f32).clamp(0.0, 1.0)
}

/// A chest radiograph: MONOCHROME1, 12 bits, spacing known at the detector only.
pub(super) fn radiograph(
    folder: &mut Folder,
    projection: &Projection,
    detail: Detail,
) -> Result<(), DemoError> {
    let study = Study {
        patient: &QABBANI,
        key: "qabbani",
        date: "20240310",
        description: "Chest and heart (synthetic)",
    };
    let series = Series {
        study: &study,
        class: uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
        number: 1,
        modality: "CR",
        description: "Chest PA",
        body_part: "CHEST",
    };
    let (columns, rows) = (detail.of(512), detail.of(480));
    let picture = developed(&enlarged(projection, columns, rows), columns, rows);
    let noise = grain(columns, rows, 77);
    let mut words: Vec<u16> = picture
        .iter()
        .zip(noise)
        // White is low: what absorbs much is stored as little.
        .map(|(tone, noise)| ((1.0 - tone) * 3800.0 + 150.0 + noise * 22.0).clamp(0.0, 4095.0) as u16)
        .collect();
    mark(&mut words, columns, rows / 14);
    let mut it = series.instance(1);
    it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY")
        .put(tags::VIEW_POSITION, "PA")
        .put(tags::PATIENT_ORIENTATION, "L\\F")
        .put(tags::KVP, "125")
        .decimals(tags::IMAGER_PIXEL_SPACING, &[338.0 / columns as f32; 2])
        .put(tags::ACQUISITION_DATE, study.date)
        .put(tags::ACQUISITION_TIME, "090500")
        .put(tags::WINDOW_CENTER, "2048")
        .put(tags::WINDOW_WIDTH, "3900")
        .gray(columns, rows, (16, 12), false)
        .put(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1")
        .words(&words);
    folder.dicom("qabbani/CR000001", it)
}

/// The frontal view at the size of the detector, 338 mm wide.
fn enlarged(projection: &Projection, columns: usize, rows: usize) -> Vec<f32> {
    let (across, down) = projection.size(View::Frontal);
    let scale = 338.0 / columns as f32 / projection.spacing();
    let (left, top) =
        ((across as f32 - columns as f32 * scale) / 2.0, (down as f32 - rows as f32 * scale) / 2.0);
    let lines: Vec<&[f32]> = projection.picture(View::Frontal).chunks_exact(across).collect();
    let mut picture = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        let y = (top + row as f32 * scale).clamp(0.0, down as f32 - 1.001);
        let (a, b) = (lines[y as usize], lines[(y as usize + 1).min(down - 1)]);
        for column in 0..columns {
            let x = left + column as f32 * scale;
            let (a, b) = (between(a, x), between(b, x));
            picture.push(a + (b - a) * y.fract());
        }
    }
    picture
}

/// Tones from 0 (black) to 1 (white): fine structure is raised over the broad shadow, as readers expect.
fn developed(thickness: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    let wide = blurred(thickness, columns, rows, columns / 18);
    let near = blurred(thickness, columns, rows, columns / 130);
    let tones = thickness.iter().zip(wide).zip(near).map(|((&value, wide), near)| {
        let lifted = 0.62 * wide + 1.35 * (near - wide) + 1.8 * (value - near) + 0.38 * near;
        let tone = ramp(0.02, 1.02, lifted);
        // Film: the steep part lies in the lungs.
        0.25 * lifted.clamp(0.0, 1.0) + 0.75 * tone
    });
    tones.map(|tone| tone.clamp(0.0, 1.0)).collect()
}

/// Means over squares of `2 * radius + 1` pixels; the edges continue.
fn blurred(picture: &[f32], columns: usize, rows: usize, radius: usize) -> Vec<f32> {
    let count = (2 * radius + 1) as f32;
    let pass = |source: &[f32], length: usize, stride: usize, lines: usize, step: usize| {
        let mut out = vec![0.0; source.len()];
        for line in 0..lines {
            let at = |i: isize| source[line * step + (i.clamp(0, length as isize - 1) as usize) * stride];
            let mut sum: f32 = (-(radius as isize)..=radius as isize).map(at).sum();
            for i in 0..length {
                out[line * step + i * stride] = sum / count;
                sum += at((i + radius + 1) as isize) - at(i as isize - radius as isize);
            }
        }
        out
    };
    let across = pass(picture, columns, 1, rows, columns);
    pass(&across, rows, columns, columns, 1)
}

/// A lead letter on the patient's right side, `size` pixels high.
fn mark(words: &mut [u16], columns: usize, size: usize) {
    const R: [u8; 7] = [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001];
    let (left, top) = (size / 2, size / 2);
    for y in 0..size {
        for x in 0..size * 5 / 7 {
            let bits = R[(y * 7 / size).min(6)];
            if bits >> (4 - (x * 7 / size).min(4)) & 1 == 1 {
                words[(top + y) * columns + left + x] = 60;
            }
        }
    }
}
