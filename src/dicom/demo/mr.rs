//! The MR series: a sagittal head, axial slices in RLE, and a small dynamic series.

use dicom_core::{
    DataElement, VR,
    value::{PixelFragmentSequence, Value},
};
use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError, Detail,
    brain::{Contrast, EPI, T1, T2, head},
    folder::Folder,
    names::{WANG, YAMADA},
    noise::{Dice, grain},
    record::{Attributes, Series, Study},
    rle,
    volume::Grid,
};

const HEAD: Study =
    Study { patient: &YAMADA, key: "yamada", date: "20240301", description: "MR head (synthetic)" };
const DYNAMIC: Study =
    Study { patient: &WANG, key: "wang", date: "20240305", description: "MR dynamic (synthetic)" };
const AXIAL: [f32; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

fn series(study: &'static Study, number: usize, description: &'static str) -> Series<'static> {
    Series { study, class: uids::MR_IMAGE_STORAGE, number, modality: "MR", description, body_part: "HEAD" }
}

/// Sagittal T1: 40 slices of unsigned words, without any window in the files.
pub(super) fn sagittal(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let (side, slices) = (detail.of(192), 40);
    let spacing = 230.0 / side as f32;
    let low = -110.0;
    let volume = head(Grid::centred([slices, side, side], [3.6, spacing, spacing], [0.0, 0.0], low), T1);
    let grid = volume.grid;
    let series = series(&HEAD, 1, "t1 sag");
    for i in 0..slices {
        let values: Vec<f32> = (0..side)
            .rev()
            .flat_map(|k| (0..side).map(move |j| (k, j)))
            .map(|(k, j)| volume.slice(k)[j * slices + i])
            .collect();
        let position = [grid.at(0, i), grid.at(1, 0), grid.at(2, side - 1)];
        let mut it = series.placed(i + 1, position, [0.0, 1.0, 0.0, 0.0, 0.0, -1.0], spacing, 3.6);
        physics(&mut it, ("SE", "650", "14"));
        it.decimals(tags::SPACING_BETWEEN_SLICES, &[3.6])
            .gray(side, side, (16, 12), false)
            .words(&magnitude(&values, side, 12.0, 500 + i as u64));
        folder.dicom(&format!("yamada/t1/MR.{:03}.dcm", i + 1), it)?;
    }
    Ok(())
}

/// Axial T2: five slices, RLE Lossless.
pub(super) fn axial(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let side = detail.of(160);
    let series = series(&HEAD, 2, "t2 tra, RLE");
    let grid =
        Grid::centred([side, side, 5], [230.0 / side as f32, 230.0 / side as f32, 12.0], [0.0, 4.0], 8.0);
    let volume = head(grid, T2);
    for k in 0..5 {
        let mut it =
            series.placed(k + 1, [grid.at(0, 0), grid.at(1, 0), grid.at(2, k)], AXIAL, grid.spacing[0], 5.0);
        physics(&mut it, ("SE", "4200", "98"));
        it.decimals(tags::SPACING_BETWEEN_SLICES, &[12.0])
            .put(tags::WINDOW_CENTER, "480")
            .put(tags::WINDOW_WIDTH, "960")
            .gray(side, side, (16, 12), false);
        let words = magnitude(volume.slice(k), side, 14.0, 600 + k as u64);
        let fragment = rle::frame(&words, side);
        let pixels = PixelFragmentSequence::new(Vec::<u32>::new(), vec![fragment]);
        it.0.put(DataElement::new(tags::PIXEL_DATA, VR::OB, Value::PixelSequence(pixels)));
        folder.dicom_as(&format!("yamada/t2-rle/MR.{:03}.dcm", k + 1), it, uids::RLE_LOSSLESS)?;
    }
    Ok(())
}

/// Six positions at four times: the same places again and again, told apart by Temporal Position.
pub(super) fn dynamic(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let (side, positions, times) = (detail.of(64), 6, 4);
    let series = series(&DYNAMIC, 1, "ep2d 6 positions x 4 times");
    let spacing = 230.0 / side as f32;
    let grid = Grid::centred([side, side, positions], [spacing, spacing, 9.0], [0.0, 4.0], 14.0);
    let volume = head(grid, Contrast { gray: EPI.gray, ..EPI });
    for time in 0..times {
        for k in 0..positions {
            let number = time * positions + k + 1;
            let position = [grid.at(0, 0), grid.at(1, 0), grid.at(2, k)];
            let micros = time * 2_000_000 + k * 300_000;
            let mut it = series.placed(number, position, AXIAL, spacing, 8.0);
            physics(&mut it, ("EP", "2000", "30"));
            it.decimals(tags::SPACING_BETWEEN_SLICES, &[9.0])
                .integer(tags::TEMPORAL_POSITION_IDENTIFIER, time + 1)
                .integer(tags::NUMBER_OF_TEMPORAL_POSITIONS, times)
                .put(tags::TEMPORAL_RESOLUTION, "2000")
                .put(
                    tags::ACQUISITION_TIME,
                    format!("0901{:02}.{:06}", micros / 1_000_000, micros % 1_000_000),
                )
                .gray(side, side, (16, 12), false);
            let active = [0.0, 1.0, 0.6, 0.1][time];
            let lit: Vec<f32> = volume
                .slice(k)
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    // A patch of the left visual cortex answers to a light.
                    let (x, y) = (grid.at(0, at % side) - 14.0, grid.at(1, at / side) - 68.0);
                    value * (1.0 + 0.35 * active / (1.0 + (x * x + y * y) / 130.0))
                })
                .collect();
            it.words(&magnitude(&lit, side, 16.0, 700 + number as u64));
            folder.dicom(&format!("wang/ep2d/{number:05}"), it)?;
        }
    }
    Ok(())
}

/// Magnitudes with Rician noise: in air the noise never averages out.
fn magnitude(values: &[f32], columns: usize, noise: f32, seed: u64) -> Vec<u16> {
    let mut dice = Dice::new(seed);
    let real = grain(columns, values.len() / columns, seed);
    let noisy =
        values.iter().zip(real).map(|(value, real)| (value + real * noise).hypot(dice.normal() * noise));
    noisy.map(|value| value.clamp(0.0, 4095.0) as u16).collect()
}

/// Sequence, repetition time and echo time, ms.
fn physics(it: &mut Attributes, (sequence, repetition, echo): (&str, &str, &str)) {
    it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\M\\ND")
        .put(tags::SCANNING_SEQUENCE, sequence)
        .put(tags::SEQUENCE_VARIANT, "NONE")
        .put(tags::SCAN_OPTIONS, "")
        .put(tags::MR_ACQUISITION_TYPE, "2D")
        .put(tags::REPETITION_TIME, repetition)
        .put(tags::ECHO_TIME, echo)
        .put(tags::ECHO_TRAIN_LENGTH, "1")
        .put(tags::MAGNETIC_FIELD_STRENGTH, "1.5")
        .put(tags::FLIP_ANGLE, "90")
        .put(tags::PROTOCOL_NAME, "Synthetic head");
}
