//! The inverse wavelet transforms (ISO/IEC 15444-1 Annex F), whole numbers or floating point, by lifting.

/// A kind of sample and the transform that belongs to it.
pub(super) trait Lifting: Copy + Default {
    /// Lifting steps; the first changes samples at even places, the second those at odd ones, and so on.
    const STEPS: usize;
    /// Factor of low-pass samples before the first step, and of high-pass samples (its inverse).
    const SCALE: f32;

    /// One step for a sample between `before` and `after`.
    fn lift(step: usize, value: Self, before: Self, after: Self) -> Self;
    fn scaled(self, factor: f32) -> Self;
    /// A lone sample at an odd place was doubled (F.3.6).
    fn halved(self) -> Self;
}

/// The reversible 5-3 transform (F.3.8.2.1.1); damage may wrap, never panic.
impl Lifting for i32 {
    const STEPS: usize = 2;
    const SCALE: f32 = 1.0;

    #[inline]
    fn lift(step: usize, value: Self, before: Self, after: Self) -> Self {
        let sum = before.wrapping_add(after);
        if step == 0 { value.wrapping_sub(sum.wrapping_add(2) >> 2) } else { value.wrapping_add(sum >> 1) }
    }

    fn scaled(self, _: f32) -> Self {
        self
    }

    fn halved(self) -> Self {
        self >> 1
    }
}

/// The irreversible 9-7 transform (F.3.8.1.1, table F.4).
impl Lifting for f32 {
    const STEPS: usize = 4;
    const SCALE: f32 = 1.230_174_1;

    #[inline]
    fn lift(step: usize, value: Self, before: Self, after: Self) -> Self {
        const FACTORS: [f32; 4] = [0.443_506_85, 0.882_911_1, -0.052_980_12, -1.586_134_3];
        value - FACTORS[step & 3] * (before + after)
    }

    fn scaled(self, factor: f32) -> Self {
        self * factor
    }

    fn halved(self) -> Self {
        self * 0.5
    }
}

/// Samples in rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid<T> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<T>,
}

impl<T: Lifting> Grid<T> {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, height, values: vec![T::default(); width * height] }
    }

    fn row(&mut self, y: usize) -> &mut [T] {
        &mut self.values[y * self.width..][..self.width]
    }
}

/// Joins four bands to the next resolution, whose first column and row are at odd places if `odd` says so
/// (F.3.2): rows first, then columns.
pub(super) fn join<T: Lifting>(
    [low_low, high_low, low_high, high_high]: [&mut Grid<T>; 4],
    odd: (bool, bool),
) -> Grid<T> {
    let mut out = Grid::new(low_low.width + high_low.width, low_low.height + low_high.height);
    let (width, height) = (out.width, out.height);
    if out.values.is_empty() {
        return out;
    }
    let of = |length| if length > 1 { T::SCALE } else { 1.0 };
    let (across, down) = (of(width), of(height));
    for y in 0..height {
        let high = (y % 2 == 1) != odd.1;
        let (first, second) =
            if high { (&mut *low_high, &mut *high_high) } else { (&mut *low_low, &mut *high_low) };
        let down = if high { 1.0 / down } else { down };
        let line = &mut out.values[y * width..][..width];
        synthesize(first.row(y / 2), second.row(y / 2), odd.0, (across * down, down / across), line);
    }
    if height == 1 && odd.1 {
        out.values.iter_mut().for_each(|value| *value = value.halved());
    } else if height > 1 {
        synthesize_columns(&mut out, odd.1);
    }
    out
}

/// Joins a row of low-pass and high-pass samples, which are used up.
fn synthesize<T: Lifting>(
    low: &mut [T],
    high: &mut [T],
    odd: bool,
    (low_factor, high_factor): (f32, f32),
    out: &mut [T],
) {
    if T::SCALE != 1.0 {
        for value in &mut *low {
            *value = value.scaled(low_factor);
        }
        for value in &mut *high {
            *value = value.scaled(high_factor);
        }
    }
    if let [only] = out {
        *only = if odd { high[0].halved() } else { low[0] };
        return;
    }
    for step in 0..T::STEPS {
        if step % 2 == 0 {
            lift_row(step, low, high, odd);
        } else {
            lift_row(step, high, low, !odd);
        }
    }
    let (first, second) = if odd { (high, low) } else { (low, high) };
    let (pairs, rest) = out.as_chunks_mut::<2>();
    for ((pair, &a), &b) in pairs.iter_mut().zip(&*first).zip(&*second) {
        *pair = [a, b];
    }
    if let [last] = rest {
        *last = first[pairs.len()];
    }
}

/// One step over a row: each target lies between two of the others, the second of which has its own number,
/// or the first, if it is `ahead` of them. Beyond the ends, the row is mirrored.
fn lift_row<T: Lifting>(step: usize, targets: &mut [T], others: &[T], ahead: bool) {
    let most = others.len() - 1;
    let lift = |target: &mut T, &before: &T, &after: &T| *target = T::lift(step, *target, before, after);
    let mut targets = targets;
    if !ahead {
        let Some((first, rest)) = targets.split_first_mut() else { return };
        lift(first, &others[0], &others[0]);
        targets = rest;
    }
    let inner = targets.len().min(most);
    let (between, beyond) = targets.split_at_mut(inner);
    for ((target, before), after) in between.iter_mut().zip(others).zip(&others[1..]) {
        lift(target, before, after);
    }
    for target in beyond {
        lift(target, &others[most], &others[most]);
    }
}

/// All steps over all columns, in one sweep: each step follows one row behind the one before it.
fn synthesize_columns<T: Lifting>(out: &mut Grid<T>, odd: bool) {
    let (width, height) = (out.width, out.height);
    for sweep in 0..height + T::STEPS - 1 {
        for step in 0..T::STEPS {
            let Some(y) = sweep.checked_sub(step).filter(|&y| y < height) else { continue };
            let place = (y % 2 == 1) != odd;
            if place == (step % 2 == 1) {
                let (before, rest) = out.values.split_at_mut(y * width);
                let (row, after) = rest.split_at_mut(width);
                let above = before.len().checked_sub(width).map(|start| &before[start..]);
                let below = after.get(..width);
                let (Some(above), Some(below)) = (above.or(below), below.or(above)) else { continue };
                for ((value, &before), &after) in row.iter_mut().zip(above).zip(below) {
                    *value = T::lift(step, *value, before, after);
                }
            }
        }
    }
}
