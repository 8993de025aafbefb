//! The CT study: scouts, a chest in soft-tissue kernel, and a thin series with a gap.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError, Detail,
    folder::Folder,
    names::THORA,
    noise::grain,
    projection::{Projection, View},
    record::{Attributes, Series, Study},
    thorax::{AIR, Level, thorax},
    volume::{Grid, Volume},
};

/// The examination of the first patient.
pub(super) const STUDY: Study = Study {
    patient: &THORA,
    key: "thora",
    date: "20240214",
    description: "CT chest with contrast (synthetic)",
};

/// What scanners store outside the reconstructed circle.
const PADDING: i16 = -2000;
/// Axial: rows to the left, columns to the back.
const AXIAL: [f32; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
/// The y of the middle of the field of view, mm.
const MIDDLE: f32 = 10.0;

/// Series 2: the whole chest.
///
/// Stored values are HU + 1024 in signed 16-bit words, with -2000 *stored* outside the circle: the
/// layout many scanners write. Instance numbers and file names are shuffled on purpose; only the
/// positions tell the order.
pub(super) fn chest(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let series = ct(2, "Thorax 5.0 B30f");
    let (side, slices) = (detail.of(320), 64);
    let spacing = 368.0 / side as f32;
    let volume = scanned([side, side, slices], [spacing, spacing, 5.0], -155.0);
    for k in 0..slices {
        let number = (k * 27 + 11) % slices + 1;
        let mut it = slice(&series, &volume, k, number);
        it.put(tags::CONVOLUTION_KERNEL, "B30f")
            .put(tags::RESCALE_INTERCEPT, "-1024")
            .put_as(tags::PIXEL_PADDING_VALUE, VR::SS, PADDING)
            .gray(side, side, (16, 16), true);
        let stored = hounsfield(&volume, k, 13.0);
        let radius = 368.0 / 2.0;
        let words: Vec<u16> = stored
            .into_iter()
            .map(|(hu, off)| if off > radius { PADDING } else { (hu.round().max(-1024.0) + 1024.0) as i16 })
            .map(|value| value as u16)
            .collect();
        it.words(&words);
        folder.dicom(&format!("phantom-thora/chest/I{:04}", (k * 45 + 7) % slices + 1), it)?;
    }
    Ok(())
}

/// Series 3: thin slices around the nodule; one is missing and one file ends early.
pub(super) fn gap(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let series = ct(3, "Nodule 1.5 B60f (one slice missing)");
    let (side, slices) = (detail.of(192), 21);
    let spacing = 192.0 / side as f32;
    // A small field of view around the right lung, as for a second reconstruction.
    let grid = Grid::centred([side, side, slices], [spacing, spacing, 1.5], [-70.0, 0.0], 45.0);
    let volume = thorax(grid);
    for k in (0..slices).filter(|&k| k != 12) {
        let mut it = slice(&series, &volume, k, k + 1);
        it.put(tags::CONVOLUTION_KERNEL, "B60f").put(tags::RESCALE_INTERCEPT, "-1024").gray(
            side,
            side,
            (16, 12),
            false,
        );
        let words: Vec<u16> = hounsfield(&volume, k, 26.0)
            .into_iter()
            .map(|(hu, _)| (hu.round() + 1024.0).clamp(0.0, 4095.0) as u16)
            .collect();
        it.words(&words);
        let name = format!("phantom-thora/nodule/thin-{:02}.dcm", k + 1);
        if k == 17 {
            folder.cut_short(&name, it, words.len() * 2 / 3)?;
        } else {
            folder.dicom(&name, it)?;
        }
    }
    Ok(())
}

/// Series 1: the frontal and the lateral topogram, after which this program is named.
pub(super) fn scouts(folder: &mut Folder, projection: &Projection) -> Result<(), DemoError> {
    let series = ct(1, "Topogram 0.6 T20f");
    for (number, view) in [(1, View::Frontal), (2, View::Lateral)] {
        let (columns, rows) = projection.size(view);
        let spacing = projection.spacing();
        let across = (columns as f32 - 1.0) / 2.0 * spacing;
        let top = projection.top();
        let (position, orientation) = match view {
            View::Frontal => ([-across, MIDDLE, top], [1.0, 0.0, 0.0, 0.0, 0.0, -1.0]),
            View::Lateral => ([0.0, MIDDLE - across, top], [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]),
        };
        let mut it = series.placed(number, position, orientation, spacing, 0.6);
        general(&mut it);
        it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\LOCALIZER")
            .put(tags::CONVOLUTION_KERNEL, "T20f")
            .put(tags::RESCALE_INTERCEPT, "-1024")
            .put(tags::WINDOW_CENTER, if view == View::Frontal { "50" } else { "170" })
            .put(tags::WINDOW_WIDTH, if view == View::Frontal { "520" } else { "620" })
            .gray(columns, rows, (16, 12), false);
        let noise = grain(columns, rows, 900 + number as u64);
        let words: Vec<u16> = projection
            .picture(view)
            .iter()
            .zip(noise)
            .map(|(value, noise)| (1074.0 - 250.0 + value * 480.0 + noise * 5.0).clamp(0.0, 4095.0) as u16)
            .collect();
        it.words(&words);
        folder.dicom(&format!("phantom-thora/scout/TOPO{number}"), it)?;
    }
    Ok(())
}

fn ct(number: usize, description: &'static str) -> Series<'static> {
    Series {
        study: &STUDY,
        class: uids::CT_IMAGE_STORAGE,
        number,
        modality: "CT",
        description,
        body_part: "CHEST",
    }
}

/// The chest in a field of view around its middle.
pub(super) fn scanned(size: [usize; 3], spacing: [f32; 3], low: f32) -> Volume {
    thorax(Grid::centred(size, spacing, [0.0, MIDDLE], low))
}

/// HU of the air and the table around the patient: a mattress on a hollow shell.
fn surroundings(x: f32, y: f32) -> f32 {
    let bend = (x / 165.0) * (x / 165.0);
    let layers = [
        (115.0 - bend * 26.0, 121.0 - bend * 26.0, -905.0),
        (121.0 - bend * 26.0, 124.2 - bend * 26.0, -130.0),
        (151.0 - bend * 44.0, 153.6 - bend * 44.0, -180.0),
    ];
    let side = (176.5 - x.abs()).clamp(0.0, 1.0);
    layers.iter().fold(AIR, |old, (top, bottom, value)| {
        let cover = (0.5 + (y - top).min(bottom - y)).clamp(0.0, 1.0) * side;
        old + (value - old) * cover
    })
}

/// HU with noise, and the distance from the middle of the image, mm, for every pixel of one slice.
pub(super) fn hounsfield(volume: &Volume, k: usize, noise: f32) -> Vec<(f32, f32)> {
    let grid = &volume.grid;
    let [columns, rows, _] = grid.size;
    let level = Level::at(grid.at(2, k));
    let middle =
        [grid.at(0, 0) + grid.at(0, columns - 1), grid.at(1, 0) + grid.at(1, rows - 1)].map(|s| s / 2.0);
    let grain = grain(columns, rows, 1000 + k as u64 + columns as u64);
    let pixels = volume.slice(k).iter().zip(grain).enumerate();
    pixels
        .map(|(at, (hu, grain))| {
            let (x, y) = (grid.at(0, at % columns), grid.at(1, at / columns));
            // Quanta are scarce where much tissue is in the way.
            let inside = level.depth(x, y);
            let hu = if inside < -1.0 && y > 60.0 { surroundings(x, y) } else { *hu };
            let depth = inside.max(0.0);
            let share = 0.35 + 0.65 * (depth / 105.0).min(1.0);
            let off = ((x - middle[0]).powi(2) + (y - middle[1]).powi(2)).sqrt();
            (hu + grain * noise * share, off)
        })
        .collect()
}

fn slice(series: &Series<'_>, volume: &Volume, k: usize, number: usize) -> Attributes {
    let grid = &volume.grid;
    let position = [grid.at(0, 0), grid.at(1, 0), grid.at(2, k)];
    let mut it = series.placed(number, position, AXIAL, grid.spacing[0], grid.spacing[2]);
    general(&mut it);
    it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL")
        .put(tags::WINDOW_CENTER, "40\\-600")
        .put(tags::WINDOW_WIDTH, "400\\1500")
        .put(tags::WINDOW_CENTER_WIDTH_EXPLANATION, "SOFT TISSUE\\LUNG")
        .put(tags::RECONSTRUCTION_DIAMETER, format!("{}", (grid.size[0] as f32 * grid.spacing[0]).round()));
    it
}

fn general(it: &mut Attributes) {
    it.put(tags::KVP, "120")
        .put(tags::X_RAY_TUBE_CURRENT, "180")
        .put(tags::EXPOSURE_TIME, "500")
        .put(tags::EXPOSURE, "90")
        .put(tags::GANTRY_DETECTOR_TILT, "0")
        .put(tags::TABLE_HEIGHT, "121")
        .put(tags::DATA_COLLECTION_DIAMETER, "500")
        .put(tags::PROTOCOL_NAME, "Synthetic chest")
        .put(tags::CONTRAST_BOLUS_AGENT, "Synthetic contrast medium")
        .put(tags::RESCALE_SLOPE, "1")
        .put(tags::RESCALE_TYPE, "HU");
}
