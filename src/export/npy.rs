//! `NumPy`'s own format for one array (NEP 1, version 1.0).

use super::Kind;
use std::fmt::Write as _;

/// The bytes before the values, a multiple of 64 long: the values follow in C order, the last axis fastest.
pub fn header(kind: Kind, shape: &[usize]) -> Vec<u8> {
    let mut sizes = String::new();
    for size in shape {
        // Writing to a String cannot fail. One axis needs its comma too.
        let _ = write!(sizes, "{size}, ");
    }
    let sizes = if shape.len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let descr = kind.numpy();
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let magic = b"\x93NUMPY\x01\x00";
    let length = (magic.len() + 2 + text.len() + 1).next_multiple_of(64) - magic.len() - 2;
    let mut bytes = magic.to_vec();
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.resize(magic.len() + 2 + length - 1, b' ');
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_what_numpy_writes() {
        let bytes = header(Kind::I16, &[20, 64, 48]);
        let text = "{'descr': '<i2', 'fortran_order': False, 'shape': (20, 64, 48), }";
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert_eq!(bytes.len(), 128);
        assert_eq!(&bytes[10..10 + text.len()], text.as_bytes());
        assert!(bytes[10 + text.len()..127].iter().all(|&byte| byte == b' '));
        assert_eq!(bytes[127], b'\n');
    }

    #[test]
    fn one_axis_is_a_tuple_as_well() {
        let text = String::from_utf8_lossy(&header(Kind::F64, &[3])[10..]).into_owned();
        assert!(text.contains("'shape': (3,), }"), "{text}");
    }
}
