//! Randomness that is the same on every run: noise, grain and clouds.

/// A splitmix64 generator: tiny, fast, and good enough to look like quanta.
pub(super) struct Dice(u64);

impl Dice {
    /// A stream of its own for every seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Uniform in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    /// Uniform in `low..high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Nearly normal, mean 0 and standard deviation 1: the sum of four uniform draws.
    pub(super) fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|quarter| (bits >> (16 * quarter)) & 0xffff).sum();
        (sum as f32 / 65_536.0 - 2.0) * 1.732
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Noise of standard deviation 1 for a picture, row by row, correlated over about two pixels as a
/// reconstruction kernel leaves it.
pub(super) fn grain(columns: usize, rows: usize, seed: u64) -> Vec<f32> {
    let mut dice = Dice::new(seed);
    let white: Vec<f32> = (0..columns * rows).map(|_| dice.normal()).collect();
    let mut wide = white.clone();
    for (line, source) in wide.chunks_exact_mut(columns).zip(white.chunks_exact(columns)) {
        for (value, three) in line.iter_mut().skip(1).zip(source.windows(3)) {
            *value = 0.25 * three[0] + 0.5 * three[1] + 0.25 * three[2];
        }
    }
    let mut smooth = wide.clone();
    for row in 1..rows.saturating_sub(1) {
        for column in 0..columns {
            let at = row * columns + column;
            smooth[at] = 0.25 * wide[at - columns] + 0.5 * wide[at] + 0.25 * wide[at + columns];
        }
    }
    // Two passes of (1 2 1)/4 leave a standard deviation of 3/8.
    for value in &mut smooth {
        *value /= 0.375;
    }
    smooth
}

/// Smooth noise in `-1.0..1.0` with features about one unit wide.
pub(super) fn cloud(p: [f32; 3], seed: u32) -> f32 {
    // A cast and a comparison; `floor` is a function call on the oldest x86-64.
    let cell = p.map(|v| v as i32 - i32::from(v < 0.0));
    let part: [f32; 3] = std::array::from_fn(|i| {
        let t = p[i] - cell[i] as f32;
        t * t * (3.0 - 2.0 * t)
    });
    let [x, y, z] = cell;
    let along = |dy: i32, dz: i32| {
        let corner = |dx: i32| lattice(x + dx, y + dy, z + dz, seed);
        between(corner(0), corner(1), part[0])
    };
    let plane = |dz: i32| between(along(0, dz), along(1, dz), part[1]);
    between(plane(0), plane(1), part[2])
}

fn between(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// Two octaves of [`cloud`] for positions in mm and features of `size` mm.
pub(super) fn clouds(p: [f32; 3], size: f32, seed: u32) -> f32 {
    let coarse = cloud(p.map(|v| v / size), seed);
    let fine = cloud(p.map(|v| v * 2.1 / size), seed ^ 0x55);
    (coarse * 0.65 + fine * 0.35).clamp(-1.0, 1.0)
}

fn lattice(x: i32, y: i32, z: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ (z as u32).wrapping_mul(0xcb1a_b31f)
        ^ seed.wrapping_mul(0x9e37_79b9);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    ((h >> 8) & 0xffff) as f32 / 32_768.0 - 1.0
}

/// From 0 at `low` to 1 at `high`, with level ends.
pub(super) fn ramp(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grain_has_mean_zero_and_deviation_one() {
        let noise = grain(128, 128, 7);

        let count = noise.len() as f32;
        let mean = noise.iter().sum::<f32>() / count;
        let variance = noise.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / count;
        assert!(mean.abs() < 0.05 && (variance.sqrt() - 1.0).abs() < 0.1, "{mean} {variance}");
    }

    #[test]
    fn clouds_stay_in_range_and_have_no_steps() {
        let at = |i: i32| cloud([i as f32 * 0.01, 0.3, -1.7], 3);
        assert!((-500..500).all(|i| at(i).abs() <= 1.0 && (at(i + 1) - at(i)).abs() < 0.05));
    }
}
