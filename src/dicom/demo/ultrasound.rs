//! Pictures that are not planes in the patient: a colour ultrasound and an angiographic film.

use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};

use super::{
    DemoError, Detail,
    folder::Folder,
    names::QABBANI,
    noise::{Dice, clouds, grain, ramp},
    record::{Series, Study},
    tree::grow,
    volume::{Grid, Paint, Volume, ellipse},
};

const STUDY: Study =
    Study { patient: &QABBANI, key: "qabbani/heart", date: "20240311", description: "Heart (synthetic)" };

/// A sector scan with colour Doppler: RGB, stored plane after plane.
pub(super) fn doppler(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let (columns, rows) = (detail.of(320), detail.of(240));
    let series = Series {
        study: &STUDY,
        class: uids::ULTRASOUND_IMAGE_STORAGE,
        number: 1,
        modality: "US",
        description: "Four chambers, colour",
        body_part: "HEART",
    };
    let noise = grain(columns, rows, 40);
    let scale = 320.0 / columns as f32;
    let pixels = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
    let colours: Vec<[f32; 3]> =
        pixels.zip(noise).map(|((x, y), grain)| echo(x as f32 * scale, y as f32 * scale, grain)).collect();
    let planes: Vec<u8> =
        (0..3).flat_map(|c| colours.iter().map(move |rgb| (rgb[c].clamp(0.0, 1.0) * 255.0) as u8)).collect();
    let mut it = series.instance(1);
    it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\CARDIAC\\0011")
        .put(tags::PATIENT_ORIENTATION, "")
        .put(tags::LOSSY_IMAGE_COMPRESSION, "00")
        .put(tags::ULTRASOUND_COLOR_DATA_PRESENT, 1_u16)
        .gray(columns, rows, (8, 8), false)
        .put(tags::SAMPLES_PER_PIXEL, 3_u16)
        .put(tags::PHOTOMETRIC_INTERPRETATION, "RGB")
        .put(tags::PLANAR_CONFIGURATION, 1_u16)
        .bytes(planes);
    folder.dicom("qabbani/US000001", it)
}

/// The colour of one point of a 320 by 240 screen.
fn echo(x: f32, y: f32, grain: f32) -> [f32; 3] {
    // The grey and colour scales on the right.
    if (300.0..308.0).contains(&x) && (30.0..200.0).contains(&y) {
        let t = (115.0 - y) / 85.0;
        return if t > 0.0 { [t.sqrt(), t * t * 0.8, 0.05] } else { [0.05, t * t * 0.8, (-t).sqrt()] };
    }
    let (dx, dy) = (x - 150.0, y - 8.0);
    let (radius, angle) = (dx.hypot(dy), dx.atan2(dy));
    if !(9.0..222.0).contains(&radius) || angle.abs() > 0.70 {
        let tick = x > 292.0 && x < 297.0 && (y - 8.0).rem_euclid(44.0) < 1.5;
        return [if tick { 0.6 } else { 0.0 }; 3];
    }
    let wave = 2.5 * clouds([x, y, 0.0], 26.0, 42);
    let left = ellipse(x, y, [174.0, 92.0], [21.0, 46.0]) + wave;
    let right = ellipse(x, y, [122.0, 96.0], [15.0, 38.0]) + wave;
    let atrium = ellipse(x, y, [172.0, 172.0], [24.0, 25.0]) + wave;
    let other = ellipse(x, y, [120.0, 168.0], [22.0, 24.0]) + wave;
    let chamber = left.min(right).min(atrium).min(other);
    let heart = ellipse(x, y, [148.0, 122.0], [66.0, 92.0]) + wave;
    let valves = (y - 138.0 - 0.10 * (x - 148.0).abs()).abs() - 1.6;
    let sac = (heart.abs() - 2.0).max(0.0);
    // Speckle is a little longer across the beam the deeper it lies.
    let speckle = (0.55 + 0.5 * clouds([angle * 150.0, radius * 1.4, 3.0], 2.4, 43) + 0.16 * grain).max(0.0);
    let muscle = if heart < 0.0 { 0.46 } else { 0.30 + 0.12 * clouds([x, y, 9.0], 18.0, 44) };
    let wall = 0.42 * (1.0 - (chamber - 1.0).abs() / 3.5).max(0.0) + 0.40 * (1.0 - sac / 3.0).max(0.0);
    let leaflet = if valves < 0.0 && heart < -8.0 { 0.5 } else { 0.0 };
    let blood = ramp(1.5, -2.5, chamber);
    let mut level = (muscle * (1.0 - blood) + wall + leaflet * 0.8 + 0.03 * blood) * speckle * 1.5;
    level *= ramp(0.70, 0.64, angle.abs()) * (1.15 - radius / 420.0);
    // Flow through the left valve: red towards the probe, blue away, mixed where it is fast.
    let jet = ellipse(x, y, [173.0, 132.0], [11.0, 42.0]) + 2.0 * wave;
    if jet < 0.0 && blood + leaflet > 0.4 {
        let speed = (-jet / 11.0).min(1.0).sqrt() * (0.75 + 0.25 * clouds([x, y, 5.0], 7.0, 45));
        let alias = ramp(0.82, 0.9, speed) * ramp(158.0, 120.0, y);
        let red = [0.45 + 0.5 * speed, 0.65 * speed * speed, 0.05];
        let blue = [0.05, 0.5 * speed, 0.95];
        return std::array::from_fn(|i| red[i] + (blue[i] - red[i]) * alias);
    }
    let back = ellipse(x, y, [119.0, 140.0], [8.0, 24.0]) + 2.0 * wave;
    if back < 0.0 && blood + leaflet > 0.4 {
        let speed = (-back / 8.0).min(1.0).sqrt();
        return [0.05, 0.35 * speed, 0.4 + 0.5 * speed];
    }
    [level, level, level * 1.03]
}

/// Coronary arteries filling with contrast medium: 30 frames, 15 a second.
pub(super) fn film(folder: &mut Folder, detail: Detail) -> Result<(), DemoError> {
    let (side, frames) = (detail.of(128), 30);
    let series = Series {
        study: &STUDY,
        class: uids::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE,
        number: 2,
        modality: "XA",
        description: "Left coronary, 15 frames/s",
        body_part: "HEART",
    };
    let mut bytes = Vec::with_capacity(side * side * frames);
    for frame in 0..frames {
        bytes.extend(angiogram(side, frame));
    }
    let mut it = series.instance(1);
    it.put(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\SINGLE PLANE")
        .put(tags::PATIENT_ORIENTATION, "")
        .put(tags::PIXEL_INTENSITY_RELATIONSHIP, "DISP")
        .put(tags::RADIATION_SETTING, "GR")
        .put(tags::KVP, "80")
        .put(tags::X_RAY_TUBE_CURRENT, "500")
        .put(tags::EXPOSURE_TIME, "6")
        .put(tags::EXPOSURE, "3")
        .put(tags::POSITIONER_MOTION, "STATIC")
        .put(tags::POSITIONER_PRIMARY_ANGLE, "-30")
        .put(tags::POSITIONER_SECONDARY_ANGLE, "20")
        .put(tags::LOSSY_IMAGE_COMPRESSION, "00")
        .decimals(tags::IMAGER_PIXEL_SPACING, &[150.0 / side as f32; 2])
        .integer(tags::NUMBER_OF_FRAMES, frames)
        .put(tags::FRAME_TIME, "66.7")
        .integer(tags::CINE_RATE, 15)
        .put_as(
            tags::FRAME_INCREMENT_POINTER,
            VR::AT,
            PrimitiveValue::Tags([tags::FRAME_TIME].as_slice().into()),
        )
        .put(tags::WINDOW_CENTER, "128")
        .put(tags::WINDOW_WIDTH, "256")
        .gray(side, side, (8, 8), false)
        .bytes(bytes);
    folder.dicom("qabbani/XA000001", it)
}

/// One frame: the vessels move with the heart, and the contrast medium has come so far.
fn angiogram(side: usize, frame: usize) -> Vec<u8> {
    let mut dice = Dice::new(50);
    let beat = (frame as f32 / 14.0 * std::f32::consts::TAU).sin();
    let squeeze = 1.0 - 0.07 * beat;
    let mut leaves: Vec<[f32; 3]> = (0..26)
        .map(|_| {
            let (angle, far) = (dice.between(-1.3, 1.5), dice.between(0.55, 1.0));
            [
                (-42.0 + 88.0 * far * angle.cos()) * squeeze,
                (-18.0 + 62.0 * far * angle.sin()) * squeeze + 4.0 * beat,
                0.0,
            ]
        })
        .collect();
    let root = [-46.0, -34.0 + 2.0 * beat, 0.0];
    let spacing = 150.0 / side as f32;
    let grid = Grid::centred([side, side, 1], [spacing; 3], [0.0, 0.0], 0.0);
    let mut depth = Volume::fill(grid, |_| move |_, _| 0.0);
    let front = frame as f32 * 9.0 - 10.0;
    for twig in grow(root, &mut leaves, 0.75) {
        let far = (twig.from[0] - root[0]).hypot(twig.from[1] - root[1]);
        let filled = ramp(0.0, 18.0, front - far) * ramp(235.0, 170.0, front - far * 0.3);
        depth.rod(twig.from, twig.to, twig.radii, Paint::Brighter(filled));
    }
    let catheter = [[-75.0, -20.0, 0.0], [-70.0, -52.0, 0.0], [-58.0, -50.0, 0.0], root];
    depth.hose(&catheter, 1.1, Paint::Brighter(0.45));
    let noise = grain(side, side, 800 + frame as u64);
    let pixels = depth.values.iter().zip(noise).enumerate().map(|(at, (vessel, grain))| {
        let (x, y) = (grid.at(0, at % side), grid.at(1, at / side));
        let heart = ellipse(x, y, [0.0, 8.0], [66.0 * squeeze, 52.0 * squeeze]);
        let lung = 178.0 - 42.0 * ramp(6.0, -26.0, heart) + 9.0 * clouds([x, y, 0.0], 28.0, 51);
        let rib = (y * 0.9 + x * x * 0.004 + x * 0.22).rem_euclid(31.0) < 8.0;
        let spine = 26.0 * ramp(14.0, 9.0, (x - 52.0).abs());
        let light = lung - spine - if rib { 9.0 } else { 0.0 };
        (light * (1.0 - 0.62 * vessel) + grain * 4.5).clamp(0.0, 255.0) as u8
    });
    pixels.collect()
}
