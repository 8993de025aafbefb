//! The bones of the chest: spine, ribs, breastbone, collar bones and shoulder blades.

use super::{
    noise::clouds,
    thorax::Level,
    volume::{Paint, Volume, ellipse},
};

const CORTEX: f32 = 1050.0;
const MARROW: f32 = 210.0;
const CARTILAGE: f32 = 105.0;
/// Height of a vertebra with its disc, mm.
const STOREY: f32 = 25.0;

/// The y of the middle of the vertebral bodies at a height: the kyphosis of the chest.
pub(super) fn spine(z: f32) -> f32 {
    60.0 - 8.0 * (z / 160.0) * (z / 160.0)
}

/// Paints every bone.
pub(super) fn bones(chest: &mut Volume) {
    vertebrae(chest);
    for side in [-1.0, 1.0] {
        for rib in 0..12 {
            self::rib(chest, side, rib);
        }
        shoulder(chest, side);
    }
    breastbone(chest);
}

fn vertebrae(chest: &mut Volume) {
    let reach = ([-20.0, 30.0, -1e3], [20.0, 115.0, 1e3]);
    let disc = |z: f32| (z / STOREY).rem_euclid(1.0) < 0.2;
    // Bodies are waisted, and their cortex is thicker at the end plates.
    let body = |p: [f32; 3]| {
        let part = (p[2] / STOREY).rem_euclid(1.0);
        let waist = if part < 0.2 { 0.0 } else { 2.2 * (1.0 - ((part - 0.6) / 0.4).powi(2)) };
        let dent = 5.0 - (p[1] - spine(p[2]) - 9.0).max(0.0) * 0.4;
        ellipse(p[0], p[1], [0.0, spine(p[2])], [18.5 - waist, 15.0 - waist])
            .max(p[1] - spine(p[2]) - 9.0 - dent)
    };
    chest.paint(reach.0, reach.1, Paint::Solid(88.0), body);
    chest.paint(reach.0, reach.1, Paint::Shell { rim: 640.0, core: MARROW, wall: 1.6 }, |p| {
        if disc(p[2]) { 9.0 } else { body(p) }
    });
    chest.paint(reach.0, reach.1, Paint::Solid(300.0), |p| {
        // Trabeculae: faint, upright.
        if disc(p[2]) || body(p) > -3.0 {
            return 9.0;
        }
        1.1 - clouds([p[0], p[1], p[2] * 0.3], 3.0, 41).abs() * 1.2
    });
    let lowest = (chest.grid.origin[2] / STOREY).floor() as i32 - 1;
    let highest = lowest + (chest.grid.size[2] as f32 * chest.grid.spacing[2] / STOREY).ceil() as i32 + 2;
    for storey in lowest..=highest {
        let z = (storey as f32 + 0.62) * STOREY;
        let y = spine(z);
        let bone = Paint::Shell { rim: 700.0, core: 330.0, wall: 1.8 };
        let thin = Paint::Shell { rim: 430.0, core: 200.0, wall: 1.4 };
        for side in [-1.0, 1.0] {
            chest.rod([side * 12.0, y + 9.0, z + 4.0], [side * 12.5, y + 25.0, z + 2.0], (4.2, 4.6), bone);
            chest.rod([side * 12.5, y + 25.0, z + 2.0], [side * 33.0, y + 33.0, z + 4.0], (4.6, 3.8), bone);
            chest.rod([side * 12.5, y + 25.0, z], [0.0, y + 34.0, z - 4.0], (3.8, 3.0), thin);
        }
        chest.rod([0.0, y + 34.0, z - 4.0], [0.0, y + 48.0, z - 12.0], (2.5, 3.0), thin);
    }
    // The canal comes last: fat and fluid around the cord.
    chest.paint(reach.0, reach.1, Paint::Solid(12.0), |p| {
        ellipse(p[0], p[1], [0.0, spine(p[2]) + 22.5], [9.5, 8.0])
    });
    chest.paint(reach.0, reach.1, Paint::Solid(46.0), |p| {
        ellipse(p[0], p[1], [0.0, spine(p[2]) + 22.5], [5.2, 4.2])
    });
}

/// Where a rib runs: an arc just outside the pleura that falls towards the front.
fn arc(side: f32, rib: usize, angle: f32) -> [f32; 3] {
    let top = 138.0 - 25.0 * rib as f32;
    let fall = 30.0 + 5.0 * (rib as f32).min(7.0);
    let z = top - fall * (1.0 - angle.cos()) * 0.5 - 14.0 * angle.sin();
    let level = Level::at(z);
    let short = 1.0 - 0.30 * (2.0 - rib as f32).max(0.0) / 2.0;
    let (width, depth) = ((level.skin[0] - 31.0) * short, level.skin[1] - 22.0);
    // From the spine outwards the rib first runs back and to the side.
    let x = side * (width * angle.sin()).max(if angle < 1.0 { 18.0 } else { 12.0 });
    [x, level.middle + depth * angle.cos() * 0.96, z]
}

fn rib(chest: &mut Volume, side: f32, rib: usize) {
    let bony = [1.95, 2.25, 2.4, 2.45, 2.45, 2.4, 2.35, 2.25, 2.1, 1.95, 1.5, 1.2][rib];
    let gristle = if rib < 10 { 2.86 } else { bony };
    let head_z = 138.0 - 25.0 * rib as f32;
    let start = 0.22;
    let bone = Paint::Shell { rim: CORTEX, core: 340.0, wall: 2.1 };
    let steps = 44;
    let mut last = [side * 15.0, spine(head_z) + 8.0, head_z];
    for step in 0..=steps {
        let angle = start + (gristle - start) * step as f32 / steps as f32;
        let mut next = arc(side, rib, angle);
        if angle > bony {
            // Cartilages of the lower ribs climb to the breastbone together.
            let rise = (rib as f32 - 3.0).max(0.0) * 17.0;
            next[2] += rise * ((angle - bony) / (2.86 - bony).max(0.1)).powi(2);
            chest.band(last, next, (4.6, 4.6), 1.4, Paint::Solid(CARTILAGE));
        } else {
            chest.band(last, next, (4.1, 4.1), 1.55, bone);
        }
        last = next;
    }
}

fn breastbone(chest: &mut Volume) {
    let paint = Paint::Shell { rim: 520.0, core: 140.0, wall: 1.5 };
    chest.paint([-40.0, -140.0, -45.0], [40.0, -20.0, 112.0], paint, |p| {
        let level = Level::at(p[2]);
        let y = level.middle - level.skin[1] + 18.0;
        let width = if p[2] > 62.0 { 17.0 + (p[2] - 62.0) * 0.22 } else { 16.0 };
        let ends = (p[2] - 106.0).max(-38.0 - p[2]);
        let joint = 1.4 - (p[2] - 62.0).abs();
        ((p[0].abs() - width).max((p[1] - y).abs() - 5.6)).max(ends).max(joint)
    });
}

fn shoulder(chest: &mut Volume, side: f32) {
    let bone = Paint::Shell { rim: CORTEX, core: 300.0, wall: 2.0 };
    let collar = [[20.0, -52.0, 110.0], [50.0, -56.0, 120.0], [85.0, -38.0, 136.0], [112.0, -14.0, 152.0]];
    for pair in collar.windows(2) {
        let [from, to] = [pair[0], pair[1]].map(|[x, y, z]: [f32; 3]| [side * x, y, z]);
        chest.rod(from, to, (6.2, 6.2), bone);
    }
    // The blade follows the ribs from behind; it narrows to its lower angle.
    for step in 0..24_u8 {
        let z = 12.0 + f32::from(step) * 4.6;
        let level = Level::at(z);
        let wide = 0.18 + 0.42 * f32::from(step) / 23.0;
        let points: Vec<[f32; 3]> = (0..=4_u8)
            .map(|part| {
                let angle = 1.02 - wide / 2.0 + wide * f32::from(part) / 4.0;
                let (a, b) = (level.skin[0] - 18.0, level.skin[1] - 17.0);
                [side * a * angle.sin(), level.middle + b * angle.cos(), z]
            })
            .collect();
        for pair in points.windows(2) {
            chest.band(
                pair[0],
                pair[1],
                (2.3, 2.3),
                1.3,
                Paint::Shell { rim: 650.0, core: 350.0, wall: 1.4 },
            );
        }
    }
}
