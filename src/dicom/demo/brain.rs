//! A head with a folded brain, and what it looks like in three kinds of MR image.
//!
//! Coordinates are LPS in mm; the origin lies between the ears.

use super::{
    noise::{cloud, clouds, ramp},
    volume::{Grid, Point, Volume, ellipse, ellipsoid, join},
};

/// The signal of each tissue, in stored units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contrast {
    pub(super) fluid: f32,
    pub(super) gray: f32,
    pub(super) white: f32,
    pub(super) fat: f32,
    pub(super) muscle: f32,
    pub(super) marrow: f32,
    pub(super) bone: f32,
}

/// T1-weighted: fat and white matter are bright, fluid is dark.
pub(super) const T1: Contrast =
    Contrast { fluid: 85.0, gray: 305.0, white: 480.0, fat: 760.0, muscle: 255.0, marrow: 430.0, bone: 45.0 };
/// T2-weighted: fluid is bright.
pub(super) const T2: Contrast = Contrast {
    fluid: 930.0,
    gray: 450.0,
    white: 300.0,
    fat: 560.0,
    muscle: 150.0,
    marrow: 260.0,
    bone: 35.0,
};
/// Echo-planar, fat suppressed: the brain only.
pub(super) const EPI: Contrast =
    Contrast { fluid: 760.0, gray: 520.0, white: 400.0, fat: 60.0, muscle: 70.0, marrow: 30.0, bone: 15.0 };

/// The head on a grid, without noise.
pub(super) fn head(grid: Grid, contrast: Contrast) -> Volume {
    Volume::fill(grid, |z| {
        move |x, y| {
            let p = [x, y, z];
            // The coil sees the back of the head a little better.
            let coil = 1.0 + 0.0011 * (y * 0.8 - z * 0.4) + 0.06 * cloud(p.map(|v| v / 90.0), 60);
            signal(p, &contrast) * coil
        }
    })
}

fn outline([x, y, z]: Point) -> f32 {
    let p = [x, y, z];
    let skull = ellipsoid(p, [0.0, 6.0, 32.0], [78.0, 97.0, 77.0]);
    let face = ellipsoid(p, [0.0, -42.0, -42.0], [60.0, 50.0, 66.0]);
    let neck = ellipse(x, y, [0.0, 22.0 - 0.15 * (z + 60.0)], [57.0, 53.0]).max(z + 10.0);
    let nose = ellipsoid(p, [0.0, -93.0, -32.0], [13.0, 18.0, 17.0]);
    let bridge = ellipsoid(p, [0.0, -86.0, -12.0], [9.0, 12.0, 22.0]);
    let lips = ellipsoid(p, [0.0, -86.0, -66.0], [24.0, 13.0, 11.0]);
    let chin = ellipsoid(p, [0.0, -74.0, -93.0], [26.0, 20.0, 15.0]);
    let front = join(join(join(nose, bridge, 8.0), lips, 7.0), chin, 11.0);
    join(join(skull, face, 22.0), join(neck, front, 6.0), 12.0)
}

fn signal(p: Point, tone: &Contrast) -> f32 {
    let skin = outline(p);
    if skin > 1.0 {
        return 6.0;
    }
    let skull = cranium(p);
    let value = if skull < 0.0 { inside(p, skull, tone) } else { outside(p, skin, skull, tone) };
    value * ramp(1.0, -1.0, skin)
}

/// Distance to the inner wall of the skull, whose floor descends in steps towards the back.
fn cranium(p: Point) -> f32 {
    let floor = -10.0 - 11.0 * ramp(-26.0, -14.0, p[1]) - 17.0 * ramp(0.0, 14.0, p[1]);
    ellipsoid(p, [0.0, 6.0, 34.0], [69.5, 88.0, 68.0]).max(floor - p[2])
}

/// Scalp, skull, face and neck.
fn outside(p: Point, skin: f32, skull: f32, tone: &Contrast) -> f32 {
    let [x, y, z] = p;
    let vault = z > -12.0 - 0.25 * (y + 20.0).max(0.0) + 0.12 * (y + 20.0).min(0.0);
    if skin > -2.0 {
        return tone.muscle * 1.1;
    }
    if vault {
        let sinus = ellipsoid(p, [0.0, -85.0, 18.0], [20.0, 7.0, 11.0]);
        if sinus < 0.0 {
            return 8.0;
        }
        let plate = if skull < 1.8 || (4.6..6.2).contains(&skull) { tone.bone } else { tone.marrow };
        if skull < 6.2 {
            return plate;
        }
    } else if skull < 3.0 {
        return tone.bone;
    }
    if let Some(value) = face(p, tone) {
        return value;
    }
    if let Some(value) = neck(p, tone) {
        return value;
    }
    if skin > -5.5 - 2.0 * clouds(p, 30.0, 61) {
        return tone.fat;
    }
    let sheets = clouds([x, y * 0.8, z * 0.6], 13.0, 62);
    tone.muscle + (tone.fat - tone.muscle) * ramp(0.25, 0.5, sheets.abs()) * 0.8
}

fn face(p: Point, tone: &Contrast) -> Option<f32> {
    let [x, y, z] = p;
    let side = [x.abs(), y, z];
    let eye = ellipsoid(side, [32.0, -70.0, -4.0], [12.2, 12.2, 12.2]);
    if eye < 0.0 {
        let lens = ellipsoid(side, [32.0, -79.5, -4.0], [4.6, 2.2, 4.6]);
        return Some(if lens < 0.0 { tone.gray } else { tone.fluid * 1.05 });
    }
    if ellipsoid(side, [27.0, -56.0, -5.0], [19.0, 30.0, 16.0]) < 0.0 && y > -80.0 {
        let nerve = ellipse(x.abs(), z, [32.0 - 0.32 * (y + 58.0), -4.0], [2.4, 2.4]);
        let rectus = (ellipse(x.abs(), z, [30.0, -4.0], [12.0, 11.0]) + 0.8).abs() - 1.3;
        return Some(if nerve < 0.0 {
            tone.white * 0.8
        } else if rectus < 0.0 && eye > 2.0 {
            tone.muscle
        } else {
            tone.fat
        });
    }
    // Nose, sinuses and throat are air; the conchae stand in it.
    let nasal = ellipsoid(p, [0.0, -60.0, -33.0], [15.0, 36.0, 20.0]);
    if nasal < 0.0 {
        let wall = x.abs() < 1.2 || clouds([x * 1.6, y * 0.35, z], 9.0, 63) > 0.05;
        return Some(if wall { tone.muscle * 1.3 } else { 8.0 });
    }
    let maxillary = ellipsoid(side, [30.0, -58.0, -36.0], [13.0, 17.0, 15.0]);
    let sphenoid = ellipsoid(p, [0.0, -30.0, -19.0], [13.0, 13.0, 9.0]);
    let throat = ellipse(x, y, [0.0, -17.0 - 0.10 * (z + 70.0)], [11.0, 6.5]).max(z + 30.0);
    if maxillary < 0.0 || sphenoid < 0.0 || throat < 0.0 {
        return Some(8.0);
    }
    let palate = ellipsoid(p, [0.0, -62.0, -51.0], [24.0, 26.0, 2.6]);
    if palate < 0.0 {
        return Some(tone.bone * 1.4);
    }
    let teeth =
        (ellipse(x, y, [0.0, -52.0], [25.0, 32.0]).abs() - 3.0).max((z + 65.0).abs() - 9.0).max(y + 40.0);
    if teeth < 0.0 {
        return Some(tone.bone * 0.8);
    }
    let tongue = ellipsoid(p, [0.0, -46.0, -72.0], [23.0, 30.0, 20.0]);
    if tongue < 0.0 {
        let fibres = clouds([x, y * 0.9 + z * 0.5, (y - z) * 0.25], 6.0, 64);
        return Some(tone.muscle * (1.15 + 0.22 * fibres));
    }
    let jaw = ellipsoid(p, [0.0, -68.0, -92.0], [20.0, 8.0, 12.0]);
    if jaw < 0.0 {
        return Some(if jaw > -2.0 { tone.bone } else { tone.marrow });
    }
    None
}

fn neck(p: Point, tone: &Contrast) -> Option<f32> {
    let [x, y, z] = p;
    // The clivus, then the vertebrae of the neck with their discs, and the cord behind them.
    let slope = (y + 14.0 + (z + 16.0) * 0.62).abs() - 6.0;
    if slope < 0.0 && z < -12.0 && z > -44.0 && x.abs() < 15.0 {
        return Some(if slope > -1.5 { tone.bone } else { tone.marrow });
    }
    if z > -30.0 {
        return None;
    }
    let spine = 8.0 - 0.06 * (z + 50.0);
    let canal = ellipse(x, y, [0.0, spine + 20.0], [11.0, 8.5]);
    if canal < 0.0 {
        let cord = ellipse(x, y, [0.0, spine + 19.0], [6.5, 4.8]);
        return Some(tone.fluid + (tone.white * 0.92 - tone.fluid) * ramp(0.8, -0.8, cord));
    }
    let body = ellipse(x, y, [0.0, spine], [10.5, 8.5]);
    if body < 0.0 && z < -46.0 {
        let storey = ((z + 46.0) / 17.5).rem_euclid(1.0);
        let rim = body > -1.2 || !(0.07..0.72).contains(&storey);
        let disc = !(0.02..0.78).contains(&storey) && body < -0.8;
        return Some(if disc {
            tone.muscle * 0.85
        } else if rim {
            tone.bone * 1.6
        } else {
            tone.marrow
        });
    }
    let spinous = ((z + 50.0 + (y - spine) * 0.35) / 17.5).rem_euclid(1.0);
    let process =
        (x.abs() - 4.0).max(spine + 28.0 - y).max(y - spine - 52.0).max((spinous - 0.4).abs() * 17.5 - 4.0);
    (process < 0.0).then_some(if process > -1.2 { tone.bone * 1.5 } else { tone.marrow })
}

/// What lies within the skull.
fn inside(p: Point, skull: f32, tone: &Contrast) -> f32 {
    let [x, y, z] = p;
    let side = [x.abs(), y, z];
    let floor = -18.0 + ramp(-16.0, -28.0, y) * 10.5 + ramp(4.0, 50.0, y) * 19.0;
    let cerebrum = ellipsoid(p, [0.0, 5.0, 36.0], [66.5, 84.5, 63.5]).max((floor - z) * 0.9);
    if let Some(value) = deep(side, tone) {
        return value;
    }
    if cerebrum < 0.0 {
        // The falx parts the hemispheres down to the corpus callosum.
        return folded(p, -cerebrum.max(-2.4 - x.abs()), tone);
    }
    let cerebellum = ellipsoid(side, [20.0, 48.0, -13.0], [34.0, 29.0, 25.0]).min(ellipsoid(
        p,
        [0.0, 48.0, -11.0],
        [16.0, 27.0, 23.0],
    ));
    if cerebellum < 0.0 {
        return foliate(p, -cerebellum, tone);
    }
    let stem = join(
        ellipsoid(p, [0.0, 13.0, -14.0], [16.0, 13.0, 15.0]),
        ellipse(x, y, [0.0, 20.0 - 0.28 * (z + 20.0)], [8.5, 7.5]).max(z - 12.0),
        7.0,
    );
    if stem < 1.0 {
        return tone.fluid + (tone.white * 0.93 - tone.fluid) * ramp(0.9, -0.9, stem);
    }
    if skull > -1.0 { tone.bone * 1.2 } else { tone.fluid }
}

/// Ventricles, corpus callosum and the nuclei; `x` is the distance from the middle.
fn deep(p: Point, tone: &Contrast) -> Option<f32> {
    let [x, y, z] = p;
    // An arch in the middle plane: flat above, curled in front and at the back.
    let roof = 50.0 - ((y - 4.0) / 40.0).powi(2) * 13.0;
    let horn = ellipsoid(p, [9.0 + 0.004 * (y + 5.0).powi(2), 0.0, roof - 10.0], [6.5, 37.0, 7.5]);
    let trigone = ellipsoid(p, [24.0, 36.0, 26.0], [7.0, 17.0, 9.0]);
    let temporal = ellipsoid(p, [33.0, 12.0, -1.0], [3.5, 20.0, 4.0]);
    let third = ellipsoid(p, [0.0, 5.0, 20.0], [2.3, 13.0, 10.0]);
    let fourth = ellipsoid(p, [0.0, 28.0, -12.0], [7.0, 5.5, 11.0]);
    let aqueduct = ellipse(x, y, [0.0, 21.0], [1.3, 1.3]).max((z - 4.0).abs() - 9.0);
    let fluid = horn.min(trigone).min(temporal).min(third).min(fourth).min(aqueduct);
    if fluid < 0.6 {
        let around = if fluid > 0.0 { 0.45 } else { 0.0 };
        return Some(tone.fluid + (tone.white - tone.fluid) * around);
    }
    let above = z - roof + 1.0;
    let trunk = (above - 1.0).abs() - 3.2 - 1.5 * ramp(20.0, 42.0, (y - 4.0).abs());
    let curl = (((y + 34.0).powi(2) + (z - 32.0).powi(2)).sqrt() - 7.0).abs() - 3.4;
    let splenium = ellipse(y, z, [40.0, 36.0], [8.0, 6.5]);
    let callosum = trunk.max((y - 4.0).abs() - 40.0).min(curl.max(y + 31.0)).min(splenium);
    if callosum < 0.0 && x < 14.0 {
        return Some(tone.white * 1.06);
    }
    let thalamus = ellipsoid(p, [11.5, 10.0, 23.0], [9.0, 15.0, 9.5]);
    let putamen = ellipsoid(p, [25.0, -4.0, 23.0], [6.0, 18.0, 12.0]);
    let caudate = ellipsoid(p, [15.0, -18.0, 36.0], [4.5, 15.0, 9.0]);
    let nuclei = thalamus.min(putamen).min(caudate);
    let pituitary = ellipsoid(p, [0.0, -17.0, -9.0], [6.0, 5.0, 4.0]);
    if nuclei.min(pituitary) < 0.0 {
        return Some(tone.gray + (tone.white - tone.gray) * if thalamus < 0.0 { 0.42 } else { 0.12 });
    }
    // Midbrain and its tectum reach up between the hemispheres.
    let midbrain = ellipsoid(p, [0.0, 14.0, 4.0], [14.0, 10.0, 11.0]);
    (midbrain < 0.0).then_some(tone.white * 0.9)
}

/// Cortex: folds of noise whose zero surfaces are the sulci.
fn folded(p: Point, depth: f32, tone: &Contrast) -> f32 {
    if depth > 30.0 {
        return tone.white + 8.0 * clouds(p, 10.0, 71);
    }
    let bend: Point = std::array::from_fn(|i| p[i] + 5.0 * cloud(p.map(|v| v / 25.0), 72 + i as u32));
    let field = clouds(bend, 15.5, 80);
    let reach = 18.0 + 8.0 * clouds(p, 35.0, 81);
    let sulcus = field.abs() * 15.0;
    let below = (depth - reach).max(0.0);
    let fluid = depth.min((sulcus * sulcus + below * below).sqrt());
    let value = tone.gray + (tone.white - tone.gray) * ramp(3.0, 4.9, fluid);
    tone.fluid + (value - tone.fluid) * ramp(0.1, 1.5, fluid)
}

/// Cerebellum: thin leaves around a tree of white matter.
fn foliate(p: Point, depth: f32, tone: &Contrast) -> f32 {
    let [x, y, z] = p;
    let (dy, dz) = (y - 34.0, z + 12.0);
    let turn = dz.atan2(dy);
    let leaf =
        ((turn * 9.0 + 1.2 * clouds([x, y, z], 16.0, 90)).sin() * 0.5 + 0.5) * ramp(2.0, 12.0, depth + 3.0);
    let stem = ramp(0.62, 0.85, leaf) * ramp(1.5, 4.0, depth);
    let core = ramp(9.0, 13.0, depth);
    let gap = ramp(0.16, 0.04, leaf) * ramp(14.0, 6.0, depth);
    let value = tone.gray + (tone.white - tone.gray) * stem.max(core);
    let value = value + (tone.fluid - value) * gap * 0.8;
    tone.fluid + (value - tone.fluid) * ramp(0.0, 1.2, depth)
}
