//! The header of a NRRD file, the format of 3D Slicer and ITK; the values follow it in the same file.

use super::Kind;
use std::fmt::Write as _;

/// The header; `size` is columns, rows, slices, the first running fastest, `affine` goes from these indices
/// to LPS millimetres.
pub fn header(kind: Kind, size: [usize; 3], affine: &[[f64; 4]; 3]) -> Vec<u8> {
    let vector = |at: usize| format!("({},{},{})", affine[0][at], affine[1][at], affine[2][at]);
    let color = kind == Kind::Rgb;
    let mut text = String::from("NRRD0004\n");
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "type: {}\ndimension: {}\nspace: left-posterior-superior\nsizes: {}{} {} {}\n\
         space directions: {}{} {} {}\nkinds: {}domain domain domain\n",
        kind_name(kind),
        if color { 4 } else { 3 },
        if color { "3 " } else { "" },
        size[0],
        size[1],
        size[2],
        if color { "none " } else { "" },
        vector(0),
        vector(1),
        vector(2),
        if color { "RGB-color " } else { "" },
    );
    if kind.bytes() > 1 && !color {
        text.push_str("endian: little\n");
    }
    let _ = write!(text, "encoding: raw\nspace origin: {}\n\n", vector(3));
    text.into_bytes()
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::F32 => "float",
        Kind::F64 => "double",
        whole => whole.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_ends_with_an_empty_line_and_says_where_the_grid_is() {
        let affine = [[2.0, 0.0, 0.0, -47.0], [0.0, 1.5, 0.0, -47.25], [0.0, 0.0, 2.5, -100.0]];
        let text = String::from_utf8(header(Kind::I16, [48, 64, 20], &affine)).unwrap();
        assert!(text.starts_with("NRRD0004\ntype: int16\n") && text.ends_with("\n\n"));
        assert!(text.contains("sizes: 48 64 20\n"));
        assert!(text.contains("space directions: (2,0,0) (0,1.5,0) (0,0,2.5)\n"));
        assert!(text.contains("space origin: (-47,-47.25,-100)\n"));
    }
}
