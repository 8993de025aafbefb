//! Heart, great vessels, airways, and the trees of vessels in the lungs.

use super::{
    noise::Dice,
    skeleton,
    thorax::{BLOOD, Level, MUSCLE, lung},
    tree::{Twig, grow},
    volume::{Paint, Point, Volume},
};

/// Right and left root of each lung.
const HILA: [Point; 2] = [[-40.0, 4.0, 8.0], [42.0, 12.0, 16.0]];

/// The heart with its chambers, the great vessels and the windpipe.
pub(super) fn heart_and_vessels(chest: &mut Volume) {
    let solid = Paint::Solid;
    chest.ball([38.0, -22.0, -66.0], [37.0, 37.0, 42.0], solid(112.0));
    chest.ball([6.0, -42.0, -66.0], [43.0, 24.0, 38.0], solid(105.0));
    chest.ball([-34.0, -14.0, -52.0], [23.0, 30.0, 34.0], solid(100.0));
    chest.ball([2.0, 16.0, -34.0], [36.0, 19.0, 22.0], solid(110.0));
    chest.ball([39.0, -20.0, -62.0], [24.0, 24.0, 32.0], solid(BLOOD + 5.0));
    chest.ball([5.0, -43.0, -62.0], [38.0, 19.0, 33.0], solid(BLOOD - 15.0));
    chest.ball([-34.0, -14.0, -50.0], [20.0, 27.0, 31.0], solid(BLOOD - 20.0));
    chest.ball([2.0, 16.0, -33.0], [33.0, 16.0, 20.0], solid(BLOOD + 8.0));
    for (x, z) in [(46.0, -58.0), (40.0, -82.0), (32.0, -70.0)] {
        chest.rod([x, -14.0, z], [x - 4.0, -26.0, z + 4.0], (3.5, 2.5), solid(112.0));
    }
    for side in [-1.0, 1.0] {
        // Coronary arteries in the fat of the groove; the left one has a calcified plaque.
        let groove = [[side * 4.0, -30.0, -20.0], [side * 22.0, -44.0, -30.0], [side * 30.0, -60.0, -50.0]];
        chest.hose(&groove, 1.9, Paint::Brighter(BLOOD));
    }
    chest.rod([22.0, -45.0, -31.0], [25.0, -49.0, -36.0], (1.6, 1.4), Paint::Brighter(640.0));
    great_vessels(chest);
    windpipe(chest);
}

fn great_vessels(chest: &mut Volume) {
    let blood = Paint::Solid(BLOOD);
    let trunk = [[14.0, -40.0, -35.0], [18.0, -34.0, -5.0], [16.0, -18.0, 16.0]];
    chest.hose(&trunk, 13.5, Paint::Solid(BLOOD + 18.0));
    chest.hose(&[[16.0, -16.0, 14.0], [-8.0, 2.0, 10.0], HILA[0]], 9.5, Paint::Solid(BLOOD + 18.0));
    chest.hose(&[[18.0, -12.0, 17.0], [30.0, 4.0, 20.0], HILA[1]], 10.0, Paint::Solid(BLOOD + 18.0));
    chest.hose(
        &[[6.0, -22.0, -34.0], [-10.0, -26.0, -12.0], [-14.0, -24.0, 20.0], [-11.0, -19.0, 42.0]],
        15.5,
        blood,
    );
    chest.hose(
        &[
            [-11.0, -19.0, 42.0],
            [-3.0, -10.0, 56.0],
            [9.0, 4.0, 61.0],
            [18.0, 20.0, 56.0],
            [22.0, 36.0, 42.0],
        ],
        13.0,
        blood,
    );
    chest.hose(
        &[
            [22.0, 36.0, 42.0],
            [25.0, 43.0, 0.0],
            [24.0, 44.0, -60.0],
            [16.0, 38.0, -120.0],
            [8.0, 34.0, -200.0],
        ],
        12.0,
        blood,
    );
    chest.rod([30.0, 30.0, 48.0], [31.0, 36.0, 42.0], (1.5, 1.5), Paint::Solid(720.0));
    for (from, to, radius) in [
        ([-9.0, -16.0, 54.0], [-30.0, -8.0, 170.0], 6.0),
        ([3.0, -6.0, 60.0], [22.0, -2.0, 170.0], 4.2),
        ([14.0, 10.0, 60.0], [34.0, 14.0, 150.0], 5.0),
    ] {
        chest.rod(from, to, (radius, radius * 0.85), blood);
    }
    // The vein that carries the injection is the brightest.
    chest.hose(
        &[[-30.0, -18.0, -35.0], [-33.0, -20.0, 30.0], [-31.0, -24.0, 82.0]],
        8.8,
        Paint::Solid(262.0),
    );
    chest.hose(
        &[[-31.0, -24.0, 82.0], [-4.0, -34.0, 92.0], [34.0, -26.0, 108.0], [60.0, -12.0, 125.0]],
        6.0,
        Paint::Solid(255.0),
    );
    chest.hose(
        &[[-31.0, -24.0, 82.0], [-40.0, -22.0, 108.0], [-64.0, -14.0, 126.0]],
        6.5,
        Paint::Solid(150.0),
    );
    chest.hose(&[[-24.0, 6.0, -80.0], [-24.0, 14.0, -200.0]], 12.5, Paint::Solid(140.0));
    chest.rod([-8.0, 44.0, -200.0], [-6.0, 40.0, 40.0], (2.6, 3.2), Paint::Solid(150.0));
    // Lymph nodes, some of them a little large.
    for (node, radii) in [
        ([-14.0, 2.0, 34.0], [5.0, 4.0, 6.0]),
        ([26.0, -6.0, 36.0], [4.0, 5.0, 5.0]),
        ([4.0, 18.0, 8.0], [8.0, 4.5, 7.0]),
    ] {
        chest.ball(node, radii, Paint::Solid(75.0));
    }
}

fn windpipe(chest: &mut Volume) {
    let stem = [[0.0, 2.0, 175.0], [1.0, 8.0, 90.0], [-1.0, 12.0, 38.0]];
    let right = [stem[2], [-20.0, 12.0, 18.0], [-38.0, 12.0, 4.0]];
    let left = [stem[2], [18.0, 17.0, 18.0], [42.0, 22.0, 2.0]];
    for (wall, air) in [(2.0, 0.0), (0.0, -985.0)] {
        let paint = if air == 0.0 { Paint::Solid(MUSCLE) } else { Paint::Solid(air) };
        chest.hose(&stem, 8.4 + wall, paint);
        chest.hose(&right, 6.6 + wall, paint);
        chest.hose(&left, 5.8 + wall, paint);
    }
    let gullet = [[5.0, 26.0, 175.0], [6.0, 29.0, 60.0], [4.0, 34.0, -30.0], [14.0, 24.0, -110.0]];
    chest.hose(&gullet, 6.8, Paint::Solid(48.0));
    chest.hose(&gullet, 1.6, Paint::Solid(-420.0));
    for side in [-1.0, 1.0] {
        chest.ball([side * 17.0, -2.0, 158.0], [9.0, 11.0, 20.0], Paint::Solid(150.0));
    }
}

/// Arteries, veins and airways inside the lungs.
pub(super) fn lungs(chest: &mut Volume) {
    for (side, &hilum) in HILA.iter().enumerate() {
        let sign = if side == 0 { -1.0 } else { 1.0 };
        let vein = [hilum[0], hilum[1] + 4.0, hilum[2] - 34.0];
        for (root, seed, count, value) in [(hilum, 100, 900, 62.0), (vein, 200, 700, 56.0)] {
            let mut leaves = scatter(sign, count, seed + side as u64, 2.0);
            for twig in grow(root, &mut leaves, 0.52) {
                draw(chest, &twig, 0.0, Paint::Brighter(value));
            }
        }
        let mut ends = scatter(sign, 46, 300 + side as u64, 16.0);
        let bronchus = [hilum[0], hilum[1] + 9.0, hilum[2] - 8.0];
        let airways = grow(bronchus, &mut ends, 0.95);
        for (extra, paint) in [(0.9, Paint::Brighter(-150.0)), (0.0, Paint::Solid(-960.0))] {
            for twig in airways.iter().filter(|twig| twig.radii.0 > 1.0) {
                draw(chest, twig, extra, paint);
            }
        }
    }
}

fn draw(chest: &mut Volume, twig: &Twig, extra: f32, paint: Paint) {
    // The tree aims at its leaves in straight lines, which may cross the heart or a rib: there, nothing.
    let middle: Point = std::array::from_fn(|i| (twig.from[i] + twig.to[i]) * 0.5);
    let level = Level::at(middle[2]);
    let root = middle[0].abs() < 62.0 && middle[2].abs() < 60.0 && level.depth(middle[0], middle[1]) > 40.0;
    if root || lung(&level, middle[0], middle[1]) < 0.0 {
        chest.rod(twig.from, twig.to, (twig.radii.0 + extra, twig.radii.1 + extra), paint);
    }
}

/// Points in one lung, at least `margin` mm away from its surface.
fn scatter(side: f32, count: usize, seed: u64, margin: f32) -> Vec<Point> {
    let mut dice = Dice::new(seed);
    let mut points = Vec::with_capacity(count);
    while points.len() < count {
        let p = [side * dice.between(10.0, 135.0), dice.between(-90.0, 100.0), dice.between(-150.0, 145.0)];
        let clear = p[1] < skeleton::spine(p[2]) + 40.0;
        if clear && lung(&Level::at(p[2]), p[0], p[1]) < -margin {
            points.push(p);
        }
    }
    points
}
