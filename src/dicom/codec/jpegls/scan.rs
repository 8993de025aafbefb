//! Lines and runs of a JPEG-LS scan (ISO/IEC 14495-1 A.3, A.7, Annex B).

use super::bits::Bits;
use super::context::Model;
use super::header::{Interleave, Scan};

/// The order of run lengths, J (table A.10).
const RUN_BITS: [u8; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The line being decoded and the one above, both with a sample of margin on either side.
struct Lines {
    above: Vec<u16>,
    current: Vec<u16>,
    /// How long runs have been in this component.
    run: Run,
}

impl Lines {
    fn new(columns: usize) -> Self {
        Self { above: vec![0; columns + 2], current: vec![0; columns + 2], run: Run(0) }
    }

    /// Moves down one line and fills the margins (A.2.1, figure A.1).
    fn advance(&mut self) {
        std::mem::swap(&mut self.above, &mut self.current);
        if let [.., last, margin] = &mut self.above[..] {
            *margin = *last;
        }
        self.current[0] = self.above[1];
    }

    fn values(&self) -> &[u16] {
        &self.current[1..self.current.len() - 1]
    }
}

/// `RUNindex` of the standard: an index into [`RUN_BITS`].
struct Run(usize);

impl Run {
    fn bits(&self) -> u32 {
        u32::from(RUN_BITS[self.0 & 31])
    }

    /// Reads the length of a run of at most `room` samples (A.7.1.2).
    fn read(&mut self, room: usize, bits: &mut Bits<'_>) -> usize {
        let mut length = 0;
        while bits.take(1) == 1 {
            let block = 1 << self.bits();
            if block <= room - length {
                length += block;
                self.0 = (self.0 + 1).min(31);
            } else {
                length = room;
            }
            if length == room {
                return room;
            }
        }
        (length + bits.take(self.bits()) as usize).min(room)
    }

    /// A run ended before its line did.
    fn interrupted(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// Decodes one scan and hands out its lines as (row, component of the scan, values); `false` if the data
/// ends before the last line.
pub(super) fn decode(
    scan: &Scan<'_>,
    rows: usize,
    columns: usize,
    mut line: impl FnMut(usize, usize, &[u16]),
) -> bool {
    let mut bits = Bits::new(scan.data);
    let mut model = Model::new(scan);
    let fresh = || -> Vec<Lines> { scan.components.iter().map(|_| Lines::new(columns)).collect() };
    let mut parts = fresh();
    let mut shifted = vec![0; columns];
    for y in 0..rows {
        if scan.interval > 0 && y > 0 && y.is_multiple_of(scan.interval as usize) {
            if !bits.restart() {
                return false;
            }
            model = Model::new(scan);
            parts = fresh();
        }
        for lines in &mut parts {
            lines.advance();
        }
        if scan.interleave == Interleave::Sample {
            mixed_line(&mut model, &mut parts, &mut bits);
        } else {
            for lines in &mut parts {
                if model.is_plain() {
                    single_line::<true>(&mut model, lines, &mut bits);
                } else {
                    single_line::<false>(&mut model, lines, &mut bits);
                }
            }
        }
        for (part, lines) in parts.iter().enumerate() {
            if scan.point_transform == 0 {
                line(y, part, lines.values());
            } else {
                for (to, value) in shifted.iter_mut().zip(lines.values()) {
                    *to = value << scan.point_transform;
                }
                line(y, part, &shifted);
            }
        }
        if bits.overrun() {
            return false;
        }
    }
    true
}

/// The median edge detector (A.4.1): the smaller neighbour, the larger, or the plane through all three.
#[inline]
fn predict(left: i32, above: i32, corner: i32) -> i32 {
    let (low, high) = (left.min(above), left.max(above));
    (left + above - corner).clamp(low, high)
}

/// One line of one component.
fn single_line<const PLAIN: bool>(model: &mut Model, lines: &mut Lines, reader: &mut Bits<'_>) {
    let Lines { above: previous, current, run } = lines;
    let mut bits = *reader;
    let width = current.len() - 2;
    let previous = &previous[..width + 2];
    let current = &mut current[..width + 2];
    let mut left = i32::from(current[0]);
    let mut corner = i32::from(previous[0]);
    let mut above = i32::from(previous[1]);
    // The gradient above to the left was the one above to the right a sample ago.
    let mut turned = model.region(above - corner);
    let mut x = 1;
    while x <= width {
        let ahead = i32::from(previous[x + 1]);
        let next = model.region(ahead - above);
        let context = (next * 9 + turned) * 9 + model.region(corner - left);
        if context != 0 {
            left = model.regular::<PLAIN>(context, predict(left, above, corner), &mut bits);
            current[x] = left as u16;
            (corner, above, turned) = (above, ahead, next);
            x += 1;
        } else {
            let length = run.read(width + 1 - x, &mut bits);
            current[x..x + length].fill(left as u16);
            x += length;
            if x > width {
                break;
            }
            left = model.interruption(left, i32::from(previous[x]), true, run.bits(), &mut bits);
            run.interrupted();
            current[x] = left as u16;
            x += 1;
            (corner, above) = (i32::from(previous[x - 1]), i32::from(previous[x]));
            turned = model.region(above - corner);
        }
    }
    *reader = bits;
}

/// One line of all components, sample by sample; runs are common to all of them (B.3).
fn mixed_line(model: &mut Model, parts: &mut [Lines], bits: &mut Bits<'_>) {
    let width = parts.first().map_or(0, |lines| lines.current.len() - 2);
    let mut x = 1;
    while x <= width {
        let mut contexts = [0; 4];
        for (context, lines) in contexts.iter_mut().zip(parts.iter()) {
            let at = |line: &[u16], x: usize| i32::from(line[x]);
            let (left, corner) = (at(&lines.current, x - 1), at(&lines.above, x - 1));
            let (above, ahead) = (at(&lines.above, x), at(&lines.above, x + 1));
            *context = model.context(ahead - above, above - corner, corner - left);
        }
        if contexts != [0; 4] {
            for (context, lines) in contexts.into_iter().zip(parts.iter_mut()) {
                let (left, corner) = (i32::from(lines.current[x - 1]), i32::from(lines.above[x - 1]));
                let predicted = predict(left, i32::from(lines.above[x]), corner);
                lines.current[x] = model.regular::<false>(context, predicted, bits) as u16;
            }
            x += 1;
            continue;
        }
        let [first, ..] = parts else { return };
        let length = first.run.read(width + 1 - x, bits);
        let run_bits = first.run.bits();
        for lines in parts.iter_mut() {
            let left = lines.current[x - 1];
            lines.current[x..x + length].fill(left);
        }
        x += length;
        if x > width {
            break;
        }
        for lines in parts.iter_mut() {
            let (left, above) = (i32::from(lines.current[x - 1]), i32::from(lines.above[x]));
            lines.current[x] = model.interruption(left, above, false, run_bits, bits) as u16;
        }
        parts[0].run.interrupted();
        x += 1;
    }
}
