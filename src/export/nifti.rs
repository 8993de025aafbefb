//! The header of a NIfTI-1 file, for `.nii` and `.nii.gz`.
//!
//! Where the voxels are is said in RAS millimetres: x to the right, y to the front, z to the head.

use super::Kind;

/// Bytes before the values: the header of 348, and four that say that nothing follows it.
pub const OFFSET: usize = 352;

/// What a file of this format says of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Of a stored value.
    pub kind: Kind,
    /// Columns, rows, slices, and volumes over time; the first runs fastest.
    pub size: [usize; 4],
    /// Rows x, y and z: from column, row and slice indices and 1 to RAS millimetres.
    pub affine: [[f64; 4]; 3],
    /// Seconds between volumes; 0 if that is not known.
    pub repetition: f64,
    /// Stored values times the first plus the second are what is meant.
    pub rescale: (f64, f64),
}

impl Header {
    /// The header as bytes; `None` if an axis is longer than the format can say.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; OFFSET];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &348_i32.to_le_bytes());
        let axes: i16 = if self.size[3] > 1 { 4 } else { 3 };
        put(40, &axes.to_le_bytes());
        for axis in 0..7 {
            let size = i16::try_from(self.size.get(axis).copied().unwrap_or(1)).ok()?;
            put(42 + 2 * axis, &size.to_le_bytes());
        }
        put(70, &code(self.kind).to_le_bytes());
        put(72, &(8 * self.kind.bytes() as i16).to_le_bytes());
        let frame = Frame::of(&self.affine);
        let floats = |values: &[f64]| -> Vec<u8> {
            values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect()
        };
        put(76, &floats(&[frame.handedness]));
        put(80, &floats(&frame.steps));
        put(92, &floats(&[self.repetition]));
        put(108, &floats(&[OFFSET as f64, self.rescale.0, self.rescale.1]));
        // Millimetres and seconds.
        put(123, &[2 | 8]);
        put(148, concat!("topogram ", env!("CARGO_PKG_VERSION")).as_bytes());
        // "Scanner anatomical": the coordinates are the patient's. A sheared grid has no quaternion.
        put(252, &i16::from(frame.is_square).to_le_bytes());
        put(254, &1_i16.to_le_bytes());
        put(256, &floats(&frame.quaternion));
        put(268, &floats(&self.affine.map(|row| row[3])));
        for (axis, row) in self.affine.iter().enumerate() {
            put(280 + 16 * axis, &floats(row));
        }
        put(344, b"n+1\0");
        Some(bytes)
    }
}

fn code(kind: Kind) -> i16 {
    match kind {
        Kind::U8 => 2,
        Kind::I16 => 4,
        Kind::I32 => 8,
        Kind::F32 => 16,
        Kind::F64 => 64,
        Kind::Rgb => 128,
        Kind::I8 => 256,
        Kind::U16 => 512,
        Kind::U32 => 768,
    }
}

/// A grid as the older of the two ways to say it: steps and a rotation.
struct Frame {
    /// Millimetres along each index.
    steps: [f64; 3],
    /// -1 if the third axis is against the right hand's.
    handedness: f64,
    /// The three parts of a unit quaternion that are written.
    quaternion: [f64; 3],
    /// The axes are square to one another.
    is_square: bool,
}

impl Frame {
    fn of(affine: &[[f64; 4]; 3]) -> Self {
        let column = |at: usize| affine.map(|row| row[at]);
        let steps = [0, 1, 2].map(|at| column(at).iter().map(|x| x * x).sum::<f64>().sqrt());
        let unit = |at: usize| column(at).map(|x| if steps[at] > 0.0 { x / steps[at] } else { 0.0 });
        let (a, b, mut c) = (unit(0), unit(1), unit(2));
        let dot = |p: [f64; 3], q: [f64; 3]| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        let is_square = [dot(a, b), dot(b, c), dot(a, c)].iter().all(|cosine| cosine.abs() < 1e-4);
        let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let handedness = if dot(cross, c) < 0.0 { -1.0 } else { 1.0 };
        c = c.map(|x| x * handedness);
        Self { steps, handedness, quaternion: quaternion([a, b, c]), is_square }
    }
}

/// The quaternion (without its real part, which is not negative) of the rotation with these columns.
fn quaternion(columns: [[f64; 3]; 3]) -> [f64; 3] {
    let at = |row: usize, column: usize| columns[column][row];
    let trace = at(0, 0) + at(1, 1) + at(2, 2);
    if trace > 0.0 {
        let real = 0.5 * (1.0 + trace).sqrt();
        return [at(2, 1) - at(1, 2), at(0, 2) - at(2, 0), at(1, 0) - at(0, 1)].map(|x| x / (4.0 * real));
    }
    // The largest part first: the others are quotients by it.
    let squares = [0, 1, 2].map(|i| 1.0 + 2.0 * at(i, i) - trace);
    let (i, square) = squares.into_iter().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 1.0));
    let (j, k) = ((i + 1) % 3, (i + 2) % 3);
    let large = 0.5 * square.max(0.0).sqrt();
    let mut parts = [0.0; 3];
    parts[i] = large;
    parts[j] = (at(i, j) + at(j, i)) / (4.0 * large);
    parts[k] = (at(i, k) + at(k, i)) / (4.0 * large);
    let real = at(k, j) - at(j, k);
    if real < 0.0 { parts.map(|x| -x) } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(affine: [[f64; 4]; 3]) -> Header {
        Header { kind: Kind::I16, size: [48, 64, 20, 1], affine, repetition: 0.0, rescale: (1.0, -1024.0) }
    }

    fn float(bytes: &[u8], at: usize) -> f32 {
        f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    /// The affine that a reader makes of the quaternion (the formulas of nifti1.h).
    fn read_back(bytes: &[u8]) -> [[f64; 3]; 3] {
        let [i, j, k] = [256, 260, 264].map(|at| f64::from(float(bytes, at)));
        let real = (1.0 - i * i - j * j - k * k).max(0.0).sqrt();
        let (ii, jj, kk, rr) = (i * i, j * j, k * k, real * real);
        let steps = [80, 84, 88].map(|at| f64::from(float(bytes, at)));
        let signs = [1.0, 1.0, f64::from(float(bytes, 76))];
        let rotation = [
            [rr + ii - jj - kk, 2.0 * (i * j - real * k), 2.0 * (i * k + real * j)],
            [2.0 * (i * j + real * k), rr + jj - ii - kk, 2.0 * (j * k - real * i)],
            [2.0 * (i * k - real * j), 2.0 * (j * k + real * i), rr + kk - jj - ii],
        ];
        rotation.map(|row| std::array::from_fn(|axis| row[axis] * steps[axis] * signs[axis]))
    }

    #[test]
    fn sizes_kinds_and_magic_are_where_the_format_has_them() {
        let affine = [[-2.0, 0.0, 0.0, 47.0], [0.0, 1.5, 0.0, -47.25], [0.0, 0.0, 2.5, -100.0]];
        let bytes = header(affine).bytes().unwrap();
        let short = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
        assert_eq!(bytes.len(), 352);
        assert_eq!([40, 42, 44, 46, 48].map(short), [3, 48, 64, 20, 1]);
        assert_eq!([70, 72, 252, 254].map(short), [4, 16, 1, 1]);
        assert_eq!([108, 112, 116].map(|at| float(&bytes, at)), [352.0, 1.0, -1024.0]);
        assert_eq!(&bytes[344..348], b"n+1\0");
        assert_eq!(float(&bytes, 76), -1.0);
    }

    #[test]
    fn an_axis_that_is_too_long_is_refused_instead_of_cut() {
        let affine = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
        assert_eq!(Header { size: [40_000, 1, 1, 1], ..header(affine) }.bytes(), None);
    }

    #[test]
    fn a_tilted_grid_has_no_rotation() {
        let affine = [[-1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.3, 0.0], [0.0, 0.0, 2.0, 0.0]];
        let bytes = header(affine).bytes().unwrap();
        assert_eq!(i16::from_le_bytes([bytes[252], bytes[253]]), 0);
        assert_eq!(float(&bytes, 280 + 16 + 8), 0.3);
    }

    proptest! {
        #[test]
        fn both_ways_to_say_where_the_grid_is_agree(
            axis in prop::array::uniform3(-1.0..1.0_f64), angle in -4.0..4.0_f64,
            steps in prop::array::uniform3(0.1..5.0_f64), mirrored: bool,
        ) {
            let length = axis.iter().map(|x| x * x).sum::<f64>().sqrt();
            prop_assume!(length > 0.1);
            let [x, y, z] = axis.map(|part| part / length);
            let (sin, cos) = angle.sin_cos();
            let turn = 1.0 - cos;
            // Rodrigues' rotation matrix.
            let rotation = [
                [cos + x * x * turn, x * y * turn - z * sin, x * z * turn + y * sin],
                [y * x * turn + z * sin, cos + y * y * turn, y * z * turn - x * sin],
                [z * x * turn - y * sin, z * y * turn + x * sin, cos + z * z * turn],
            ];
            let sign = if mirrored { -1.0 } else { 1.0 };
            let affine = rotation.map(|row| [row[0] * steps[0], row[1] * steps[1], row[2] * steps[2] * sign, 7.0]);
            let bytes = header(affine).bytes().unwrap();
            for (said, meant) in read_back(&bytes).iter().zip(affine) {
                for (said, meant) in said.iter().zip(meant) {
                    // The format leaves the real part to be computed of the others, which near half a turn
                    // costs half of the digits of single precision.
                    prop_assert!((said - meant).abs() < 5e-3, "{said} for {meant}");
                }
            }
        }
    }
}
