//! The statistics that steer prediction and code lengths (ISO/IEC 14495-1 A.2, A.6, A.7).

use super::bits::Bits;
use super::header::Scan;

/// The parameters of a scan and its statistics, shared by all of its components.
pub(super) struct Model {
    pub(super) near: i32,
    pub(super) most: i32,
    /// 2 NEAR + 1, the step between reconstructed errors.
    pub(super) step: i32,
    /// RANGE × step, the period of errors.
    period: i32,
    /// Bits of an escaped error, qbpp.
    error_bits: u32,
    /// LIMIT: the longest code.
    longest: u32,
    reset: i32,
    /// Region (-4 to 4) of every gradient, from the most negative one up.
    regions: Vec<i8>,
    regular: [Context; 365],
    interruption: [RunContext; 2],
}

/// Statistics of one context of gradients.
#[derive(Clone, Copy)]
struct Context {
    /// Sum of error magnitudes, A.
    magnitude: i32,
    /// Sum of errors, B.
    bias: i32,
    /// Prediction correction, C.
    correction: i32,
    /// Occurrences, N.
    count: i32,
}

/// Statistics of errors that end a run.
#[derive(Clone, Copy)]
struct RunContext {
    magnitude: i32,
    count: i32,
    /// Occurrences of negative errors, Nn.
    negative: i32,
}

/// Bits needed to write every number below `range`.
fn bits_for(range: i32) -> u32 {
    32 - (range - 1).leading_zeros()
}

impl Model {
    /// A model without experience (A.2.1).
    pub(super) fn new(scan: &Scan<'_>) -> Self {
        let (near, most) = (scan.near, scan.most);
        let step = 2 * near + 1;
        let range = (most + 2 * near) / step + 1;
        let bits = bits_for(most + 1).max(2);
        let regions = (-most..=most).map(|gradient| region(gradient, near, &scan.thresholds)).collect();
        let magnitude = ((range + 32) / 64).max(2);
        Self {
            near,
            most,
            step,
            period: range * step,
            error_bits: bits_for(range),
            longest: 2 * (bits + bits.max(8)),
            reset: scan.reset,
            regions,
            regular: [Context { magnitude, bias: 0, correction: 0, count: 1 }; 365],
            interruption: [RunContext { magnitude, count: 1, negative: 0 }; 2],
        }
    }

    /// The region of a gradient (A.3.3).
    #[inline]
    pub(super) fn region(&self, gradient: i32) -> i32 {
        // Samples are never beyond `most`, so neither are gradients.
        i32::from(self.regions.get((gradient + self.most) as usize).copied().unwrap_or_default())
    }

    /// The context of three gradients, negative for a mirrored one, 0 for a flat place (A.3.4).
    #[inline]
    pub(super) fn context(&self, d1: i32, d2: i32, d3: i32) -> i32 {
        (self.region(d1) * 9 + self.region(d2)) * 9 + self.region(d3)
    }

    /// Whether errors are exact and wrap around at a power of two, as in most lossless streams.
    pub(super) fn is_plain(&self) -> bool {
        self.near == 0 && (self.most + 1) & self.most == 0
    }

    /// Decodes a sample in a `context` other than 0 (A.4, A.5). `PLAIN` may only say what [`Self::is_plain`]
    /// does.
    ///
    /// The next sample waits for this one, so the way to it has no branches that data can surprise.
    #[expect(clippy::inline_always, reason = "its state is to stay in the registers of the line")]
    #[inline(always)]
    pub(super) fn regular<const PLAIN: bool>(
        &mut self,
        context: i32,
        predicted: i32,
        bits: &mut Bits<'_>,
    ) -> i32 {
        let sign = context >> 31;
        let signed = |value: i32| (value ^ sign) - sign;
        let Some(memory) = self.regular.get_mut(signed(context) as usize) else { return 0 };
        let mut context = *memory;
        let predicted = (predicted + signed(context.correction)).clamp(0, self.most);

        let k = code_bits(context.magnitude, context.count);
        let mapped = bits.golomb(k, self.longest - self.error_bits - 1, self.error_bits) as i32;
        let mut error = (mapped >> 1) ^ -(mapped & 1);
        if (PLAIN || self.near == 0) && k == 0 && 2 * context.bias <= -context.count {
            error = !error;
        }

        // Even damage cannot make an error of more than 22 bits, nor a step of more than nine.
        context.bias += if PLAIN { error } else { error * self.step };
        context.magnitude = context.magnitude.saturating_add(error.abs());
        if context.count == self.reset {
            context.magnitude >>= 1;
            context.bias >>= 1;
            context.count >>= 1;
        }
        context.count += 1;
        let drift = i32::from(context.bias > 0) - i32::from(context.bias <= -context.count);
        context.bias = (context.bias - drift * context.count).clamp(1 - context.count, 0);
        context.correction = (context.correction + drift).clamp(-128, 127);
        *memory = context;
        if PLAIN {
            (predicted + signed(error)) & self.most
        } else {
            self.reconstruct(predicted, signed(error))
        }
    }

    /// Decodes the sample that ends a run in which `run_bits` is the current J (A.7.2); `left` and `above`
    /// are its neighbours. `alike` says whether they may share a context: not in sample-interleaved scans.
    pub(super) fn interruption(
        &mut self,
        left: i32,
        above: i32,
        alike: bool,
        run_bits: u32,
        bits: &mut Bits<'_>,
    ) -> i32 {
        let alike = alike && (left - above).abs() <= self.near;
        let kind = i32::from(alike);
        let context = &mut self.interruption[usize::from(alike)];
        let weight = if alike { context.magnitude + (context.count >> 1) } else { context.magnitude };
        let k = code_bits(weight, context.count);
        let limit = (self.longest - run_bits - 1).saturating_sub(self.error_bits + 1);
        let mapped = (bits.golomb(k, limit, self.error_bits) as i32).clamp(0, 2 * self.period);
        let shifted = mapped + kind;
        let odd = shifted & 1 == 1;
        let size = (shifted + 1) >> 1;
        let mostly_negative = k != 0 || 2 * context.negative >= context.count;
        let error = if mostly_negative == odd { -size } else { size };

        context.negative += i32::from(error < 0);
        context.magnitude = context.magnitude.saturating_add((mapped + 1 - kind) >> 1);
        if context.count == self.reset {
            context.magnitude >>= 1;
            context.count >>= 1;
            context.negative >>= 1;
        }
        context.count += 1;
        if alike {
            self.reconstruct(left, error)
        } else {
            self.reconstruct(above, if left > above { -error } else { error })
        }
    }

    /// A sample from its prediction and error, both modulo the range (A.4.5, A.8).
    #[inline]
    fn reconstruct(&self, predicted: i32, error: i32) -> i32 {
        let mut value = predicted + error * self.step;
        if value < -self.near {
            value += self.period;
        } else if value > self.most + self.near {
            value -= self.period;
        }
        value.clamp(0, self.most)
    }
}

/// The region of a gradient by the thresholds (A.3.3).
fn region(gradient: i32, near: i32, thresholds: &[i32; 3]) -> i8 {
    let size = gradient.abs();
    let region = if size <= near { 0 } else { 1 + thresholds.iter().filter(|&&t| size >= t).count() as i8 };
    if gradient < 0 { -region } else { region }
}

/// The number of low bits of the next code (A.5.1): the smallest k with `count << k >= magnitude`.
#[inline]
fn code_bits(magnitude: i32, count: i32) -> u32 {
    let (magnitude, count) = (magnitude as u32, count as u32);
    let k = count.leading_zeros().saturating_sub(magnitude.leading_zeros());
    // Valid statistics never ask for more than 16.
    (k + u32::from(count << k < magnitude)).min(16)
}
