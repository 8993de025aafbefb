//! A chest made of ellipses: skin, fat, muscle, lungs, heart and what lies below the diaphragm.
//!
//! Coordinates are LPS in mm with the origin in the middle of the chest; values are Hounsfield units.
//! Proportions follow an adult on the back with the arms up, seen on a CT with contrast medium.

use super::{
    noise::{clouds, ramp},
    skeleton, vessels,
    volume::{Grid, Paint, Volume, ellipse, ellipsoid, join},
};

/// HU of what is named, with contrast medium in the blood.
pub(super) const AIR: f32 = -1000.0;
pub(super) const FAT: f32 = -102.0;
pub(super) const MUSCLE: f32 = 58.0;
pub(super) const BLOOD: f32 = 195.0;

/// Chest wall between skin and pleura, mm: at the sides, and at front and back.
const WALL: [f32; 2] = [37.0, 28.0];

/// The outlines that are the same all over one axial level.
#[derive(Clone, Copy)]
pub(super) struct Level {
    pub(super) z: f32,
    /// Middle of the body, y.
    pub(super) middle: f32,
    /// Half axes of the skin, x and y.
    pub(super) skin: [f32; 2],
    /// Half axes of each pleural cavity; zero above the apices.
    pleura: [f32; 2],
    /// How far each pleural cavity's centre is moved sideways and backwards.
    apart: [f32; 2],
}

impl Level {
    /// The outlines at height `z`.
    pub(super) fn at(z: f32) -> Self {
        let neck = ramp(70.0, 180.0, z);
        let skin = [166.0 - 62.0 * neck - 7.0 * ramp(-60.0, -160.0, z), 113.0 - 30.0 * neck];
        let middle = 22.0 * neck;
        let up = ramp(30.0, 120.0, z);
        let apart = [50.0 * up, middle + 22.0 * up];
        let dome = 1.0 - ((z - 55.0).max(0.0) / 92.0).powi(2);
        let dome = dome.max(0.0).sqrt();
        let pleura = [
            ((skin[0] - WALL[0]) * (1.0 - up) + 46.0 * up) * dome,
            ((skin[1] - WALL[1]) * (1.0 - up) + 58.0 * up) * dome,
        ];
        Self { z, middle, skin, pleura, apart }
    }

    /// Depth below the skin, mm; negative outside the body.
    pub(super) fn depth(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (x / self.skin[0], (y - self.middle) / self.skin[1]);
        let (u, v) = (u * u, v * v);
        // Between an ellipse and a rounded box: the flat front and back of a chest.
        let size = (0.55 * (u + v) + 0.45 * (u * u + v * v).sqrt()).sqrt().max(1e-3);
        let radius = (x * x + (y - self.middle).powi(2)).sqrt();
        let groove =
            if y > 0.0 { 7.0 / (1.0 + (x / 16.0).powi(2)) } else { 3.0 / (1.0 + (x / 22.0).powi(2)) };
        radius / size - radius - groove
    }

    /// Distance to the nearer pleura, mm, negative inside.
    fn cavity(&self, x: f32, y: f32) -> f32 {
        if self.pleura[0] < 2.0 {
            return 50.0;
        }
        ellipse(x.abs(), y, [self.apart[0], self.apart[1]], self.pleura)
    }

    /// Distance to the organs between the lungs, mm, negative inside.
    fn mediastinum(&self, x: f32, y: f32) -> f32 {
        let z = self.z;
        let heart = ellipsoid([x, y, z], [14.0, -22.0, -62.0], [65.0, 47.0, 60.0]);
        let width = 33.0 - 5.0 * ramp(20.0, 100.0, z) - 8.0 * ramp(-40.0, -110.0, z);
        let great = ellipse(x, y, [1.0, -6.0], [width, 44.0]);
        let spine = ellipse(x, y, [0.0, skeleton::spine(z) + 12.0], [27.0, 27.0]);
        let aorta = ellipse(x, y, [24.0, 44.0], [16.5, 16.5]);
        let front = ellipse(x, y, [0.0, -85.0], [5.0, 50.0]);
        join(join(join(heart, great, 14.0), join(spine, aorta, 9.0), 12.0), front, 10.0)
    }
}

/// Height of the diaphragm above a point of the ground plan, mm.
fn diaphragm(x: f32, y: f32) -> f32 {
    let dome = |top: f32, cx: f32| top - 62.0 * (((x - cx) / 76.0).powi(2) + ((y + 6.0) / 92.0).powi(2));
    let (right, left) = (dome(-70.0, -72.0), dome(-84.0, 74.0));
    -join(-right, -left, 20.0)
}

/// Distance to the surface of the lungs at one level, mm, negative inside.
pub(super) fn lung(level: &Level, x: f32, y: f32) -> f32 {
    let walls = level.cavity(x, y);
    if walls > 3.0 {
        return walls;
    }
    let floor = (diaphragm(x, y) - level.z) * 0.7;
    walls.max(-level.mediastinum(x, y)).max(floor)
}

/// The whole chest on a grid, in HU, with everything but the table and the noise.
pub(super) fn thorax(grid: Grid) -> Volume {
    let soft = grid.spacing[0].max(0.8);
    let mut chest = Volume::fill(grid, |z| {
        let level = Level::at(z);
        move |x, y| tissue(&level, x, y, soft)
    });
    organs(&mut chest);
    vessels::heart_and_vessels(&mut chest);
    skeleton::bones(&mut chest);
    vessels::lungs(&mut chest);
    chest
}

fn share(depth: f32, soft: f32) -> f32 {
    (0.5 + depth / soft).clamp(0.0, 1.0)
}

fn blend(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

fn tissue(level: &Level, x: f32, y: f32, soft: f32) -> f32 {
    let depth = level.depth(x, y);
    if depth < -soft {
        return AIR;
    }
    let inside = if depth > 18.0 { lung(level, x, y) } else { 9.0 };
    let mut value = if inside < -soft { 0.0 } else { solid(level, x, y, depth) };
    if inside < soft {
        value = blend(value, parenchyma(x, y, level.z, inside), share(-inside, soft));
    }
    blend(AIR, value, share(depth, soft))
}

/// Skin, fat, muscle, and behind the ribs the mediastinum or the abdomen.
fn solid(level: &Level, x: f32, y: f32, depth: f32) -> f32 {
    let p = [x, y, level.z];
    let front = ((level.middle - y) / level.skin[1]).clamp(-1.0, 1.0);
    let fat = 10.0 + 5.0 * front.max(0.0) + 3.0 * clouds(p, 45.0, 11);
    if depth < 2.0 {
        return 25.0;
    }
    let layer = blend(FAT, MUSCLE, share(depth - fat, 1.5));
    if depth < fat + 2.0 {
        return layer + 6.0 * clouds(p, 9.0, 12);
    }
    let walls = level.cavity(x, y);
    if walls > 2.5 {
        // Uneven sheets of fat lie between the muscles.
        let sheet = clouds([x * 0.55, y, level.z * 0.6], 17.0, 13) + 0.22 * (depth - fat) / 10.0 - 0.2;
        let streak = (1.0 - sheet.abs() / 0.085).max(0.0) * ramp(2.0, 5.0, depth - fat);
        return blend(MUSCLE + 6.0 * clouds(p, 7.0, 14), -75.0, streak.sqrt() * 0.8);
    }
    // Extrapleural fat lines the cavity; below the domes are muscle and the organs painted later.
    let floor = diaphragm(x, y) - level.z;
    let inner = if floor > -1.0 && floor < 4.0 && level.mediastinum(x, y) > 0.0 { 50.0 } else { FAT };
    blend(inner + 5.0 * clouds(p, 11.0, 15), MUSCLE, share(walls, 2.0))
}

/// Lung tissue: airier in front, with texture, and the fissures between the lobes.
fn parenchyma(x: f32, y: f32, z: f32, inside: f32) -> f32 {
    let texture = clouds([x, y, z], 4.5, 21) * 22.0 + clouds([x, y, z], 26.0, 22) * 16.0;
    let gravity = -868.0 + 0.32 * (y + 80.0);
    let oblique = z - 8.0 - 1.15 * (y - 30.0) * if x < 0.0 { 0.85 } else { 1.0 } - 0.0012 * x * x;
    let horizontal = z - 4.0 + 0.05 * y;
    let near = |distance: f32| (1.0 - distance.abs() / 2.6).max(0.0);
    let minor = if x < 0.0 && oblique > 0.0 && y < 10.0 { near(horizontal) * 0.5 } else { 0.0 };
    // The film of vessels and pleura near the wall stays dark, so the rim is crisp.
    let fissure = near(oblique * 0.8).max(minor) * ramp(0.0, 3.0, -inside);
    gravity + texture + 105.0 * fissure
}

/// Liver, spleen, stomach, gullet and the nodule in the right upper lobe.
fn organs(chest: &mut Volume) {
    let abdomen = |volume: &mut Volume, centre: [f32; 3], radii: [f32; 3], paint: Paint| {
        let low = std::array::from_fn(|i| centre[i] - radii[i] - 2.0);
        let high = std::array::from_fn(|i| centre[i] + radii[i] + 2.0);
        volume.paint(low, high, paint, |p| {
            let own = ellipsoid(p, centre, radii);
            if own > 3.0 {
                return own;
            }
            let level = Level::at(p[2]);
            let roof = p[2] - (diaphragm(p[0], p[1]) - 3.0);
            let heart = -ellipsoid(p, [14.0, -22.0, -62.0], [67.0, 49.0, 62.0]);
            let rough = 2.0 * clouds(p, 22.0, 31);
            own.max(roof).max(level.cavity(p[0], p[1]) + 3.0).max(heart) + rough
        });
    };
    abdomen(chest, [-62.0, 0.0, -165.0], [86.0, 88.0, 110.0], Paint::Solid(112.0));
    abdomen(chest, [10.0, -52.0, -150.0], [62.0, 34.0, 40.0], Paint::Solid(112.0));
    abdomen(chest, [100.0, 44.0, -138.0], [27.0, 44.0, 42.0], Paint::Solid(124.0));
    let stomach = [68.0, -22.0, -132.0];
    abdomen(chest, stomach, [42.0, 46.0, 40.0], Paint::Solid(62.0));
    chest.paint([20.0, -75.0, -180.0], [115.0, 30.0, -88.0], Paint::Solid(14.0), |p| {
        let roof = p[2] - (diaphragm(p[0], p[1]) - 7.0);
        ellipsoid(p, stomach, [38.0, 42.0, 36.0]).max(roof).max(Level::at(p[2]).cavity(p[0], p[1]) + 8.0)
    });
    // The patient lies on the back, so the stomach's gas rises to the front.
    chest.paint([20.0, -75.0, -180.0], [115.0, -34.0, -88.0], Paint::Solid(-960.0), |p| {
        let roof = p[2] - (diaphragm(p[0], p[1]) - 7.0);
        let wall = ellipsoid(p, stomach, [38.0, 42.0, 36.0]).max(Level::at(p[2]).cavity(p[0], p[1]) + 8.0);
        wall.max(roof).max(p[1] + 36.0)
    });
    for [x, y, z, x2, y2, z2, r] in [
        [-20.0, 35.0, -105.0, -75.0, 5.0, -125.0, 4.5_f32],
        [-20.0, 33.0, -105.0, -50.0, -40.0, -120.0, 4.0],
        [-60.0, 20.0, -145.0, -110.0, 20.0, -135.0, 3.0],
        [-50.0, 10.0, -150.0, -95.0, -30.0, -138.0, 3.0],
        [-20.0, 20.0, -150.0, -55.0, 12.0, -148.0, 6.0],
    ] {
        chest.rod([x, y, z], [x2, y2, z2], (r, r * 0.5), Paint::Solid(150.0));
    }
    nodule(chest, [-84.0, -2.0, 60.0]);
}

/// A spiculated nodule, 15 mm wide.
fn nodule(chest: &mut Volume, centre: [f32; 3]) {
    chest.ball(centre, [7.6, 6.8, 7.2], Paint::Solid(38.0));
    for (dx, dy, dz) in
        [(15.0, 4.0, 2.0), (-13.0, 7.0, -3.0), (4.0, -15.0, 3.0), (-9.0, -11.0, 2.0), (7.0, 14.0, -2.0)]
    {
        let tip = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
        chest.rod(centre, tip, (1.9, 0.3), Paint::Brighter(-60.0));
    }
}
