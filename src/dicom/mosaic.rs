//! Images in which a scanner has put the slices of a volume side by side: mosaics of Siemens, VFRAMEs of United
//! Imaging.
//!
//! Both are nobody's standard, and known from `dicomtonifti`, `nibabel` and `dcm2niix`, which read them. The tiles
//! begin at the upper left and go row by row; what is left over at the end is black.

use super::{DataSet, Tag, csa};
use crate::model::{Orientation, Spacing, SpacingSource, Vector, dot};

/// Tiles of one image; more are no mosaic.
const MOST: usize = 4096;

/// Where the slices are, in the image and in the patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Mosaic {
    /// Rows of a tile.
    pub rows: usize,
    /// Columns of a tile.
    pub columns: usize,
    /// The first row and the first column of each slice's tile, ascending along the normal.
    pub corners: Vec<[usize; 2]>,
    /// Image Position (Patient) of each slice, mm LPS.
    pub positions: Vec<Vector>,
    /// Directions of a growing column and row.
    pub orientation: Orientation,
    /// Between rows and columns of a tile, mm.
    pub spacing: Spacing,
}

impl Mosaic {
    /// That of an image, if it is one and says where its slices are.
    pub fn of(set: &DataSet) -> Option<Self> {
        let kinds = set.ascii(Tag(0x0008, 0x0008))?;
        let is_kind = |wanted| kinds.split('\\').any(|kind| kind == wanted);
        if is_kind("MOSAIC") {
            siemens(set)
        } else if is_kind("VFRAME") {
            united(set)
        } else {
            None
        }
    }

    /// Tiles of a grid, whose last rows may be left out: its number of rows and columns, and the slices in the order
    /// of their tiles.
    fn laid(set: &DataSet, grid: [usize; 2], positions: Vec<Vector>) -> Option<Self> {
        let [rows, columns] =
            [0x0010, 0x0011].map(|element| set.unsigned(Tag(0x0028, element)).unwrap_or(0) as usize);
        let [down, across] = grid;
        let whole = rows > 0 && columns > 0 && rows.is_multiple_of(down) && columns.is_multiple_of(across);
        let orientation = Orientation::from_values(&set.numbers(Tag(0x0020, 0x0037)))?;
        let spacing = super::header::spacing(&set.numbers(Tag(0x0028, 0x0030)), SpacingSource::Patient)?;
        if !whole || !positions.iter().flatten().all(|mm| mm.is_finite()) {
            return None;
        }
        let (rows, columns) = (rows / down, columns / across);
        let corner = |tile: usize| [tile / across * rows, tile % across * columns];
        let mut slices: Vec<_> =
            positions.into_iter().enumerate().map(|(tile, at)| (corner(tile), at)).collect();
        let depth = |at: Vector| dot(at, orientation.normal());
        slices.sort_by(|a, b| depth(a.1).total_cmp(&depth(b.1)));
        let (corners, positions) = slices.into_iter().unzip();
        Some(Self { rows, columns, corners, positions, orientation, spacing })
    }
}

/// The least number whose square is not less.
fn root(count: usize) -> usize {
    let below = count.isqrt();
    (below + usize::from(below * below < count)).max(1)
}

/// A square grid. Image Position (Patient) is that of an image of the whole size about the middle of the first slice.
fn siemens(set: &DataSet) -> Option<Mosaic> {
    let block = |group, creator| set.block(group, creator).map(|block| block << 8);
    let header = block(0x0029, "SIEMENS CSA HEADER").and_then(|block| set.bytes(Tag(0x0029, block | 0x10)));
    let entries = header.and_then(csa::read).unwrap_or_default();
    let said = |name: &str| entries.iter().find(|entry| entry.name == name).map(|entry| &entry.values[..]);
    let stated = || set.number(Tag(0x0019, block(0x0019, "SIEMENS MR HEADER")? | 0x0A));
    let count = said("NumberOfImagesInMosaic").and_then(|values| crate::model::decimal(values.first()?));
    let count = count.filter(|&count| count >= 1.0).or_else(stated)?;
    if !(1.0..=MOST as f64).contains(&count) {
        return None;
    }
    let (count, side) = (count as usize, root(count as usize));
    let orientation = Orientation::from_values(&set.numbers(Tag(0x0020, 0x0037)))?;
    let spacing = super::header::spacing(&set.numbers(Tag(0x0028, 0x0030)), SpacingSource::Patient)?;
    let first: Vector = set.numbers(Tag(0x0020, 0x0032)).try_into().ok()?;
    let distance = [Tag(0x0018, 0x0088), Tag(0x0018, 0x0050)].into_iter().find_map(|tag| set.number(tag));
    let distance = distance.filter(|&mm| mm.is_finite() && mm > 0.0)?;
    // Slices may go against row x column.
    let numbers =
        said("SliceNormalVector").unwrap_or_default().iter().filter_map(|value| crate::model::decimal(value));
    let normal = orientation.normal();
    let against = Vector::try_from(numbers.collect::<Vec<_>>()).is_ok_and(|stated| dot(stated, normal) < 0.0);
    let step = if against { -distance } else { distance };
    // Half of what the image is wider and higher than a tile.
    let off = |size: u16| {
        set.unsigned(Tag(0x0028, size)).map(|size| f64::from(size) * (side - 1) as f64 / side as f64 / 2.0)
    };
    let (down, right) = (off(0x0010)? * spacing.row, off(0x0011)? * spacing.column);
    let place = |slice: usize| {
        std::array::from_fn(|axis| {
            let corner = first[axis] + orientation.row[axis] * right + orientation.column[axis] * down;
            corner + normal[axis] * step * slice as f64
        })
    };
    Mosaic::laid(set, [side, side], (0..count).map(place).collect())
}

/// As few rows as there have to be; every slice says where it is.
fn united(set: &DataSet) -> Option<Mosaic> {
    let block = set.block(0x0065, "Image Private Header")? << 8;
    let items = set.items(Tag(0x0065, block | 0x51));
    if items.is_empty() || items.len() > MOST {
        return None;
    }
    let place = |item: &DataSet| item.numbers(Tag(0x0020, 0x0032)).try_into().ok();
    let across = root(items.len());
    Mosaic::laid(set, [items.len().div_ceil(across), across], items.iter().map(place).collect::<Option<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::{super::dataset::DataElement, *};
    use crate::dicom::{Element, Encoding, Value, Vr};

    fn element(tag: Tag, value: Value) -> DataElement {
        let header =
            Element { tag, vr: None, length: None, start: 0, value: 0, encoding: Encoding::EXPLICIT };
        DataElement { header, vr: if matches!(value, Value::Items(_)) { Vr::SQ } else { Vr::LO }, value }
    }

    fn set(attributes: &[(u16, u16, &str)]) -> DataSet {
        let texts = attributes.iter().map(|&(group, number, text)| {
            element(Tag(group, number), Value::Bytes(text.as_bytes().to_vec()))
        });
        DataSet { elements: texts.collect() }
    }

    const SIEMENS: [(u16, u16, &str); 9] = [
        (0x0008, 0x0008, "ORIGINAL\\PRIMARY\\M\\MOSAIC"),
        (0x0018, 0x0088, "5"),
        (0x0019, 0x0010, "SIEMENS MR HEADER"),
        (0x0019, 0x100A, "5"),
        (0x0020, 0x0032, "-30\\-40\\7"),
        (0x0020, 0x0037, "1\\0\\0\\0\\1\\0"),
        (0x0028, 0x0010, "12"),
        (0x0028, 0x0011, "9"),
        (0x0028, 0x0030, "2\\3"),
    ];

    #[test]
    fn a_mosaic_of_five_is_three_tiles_wide_and_its_position_is_that_of_the_whole_image() {
        let mosaic = Mosaic::of(&set(&SIEMENS)).unwrap();
        assert_eq!((mosaic.rows, mosaic.columns), (4, 3));
        assert_eq!(mosaic.corners, [[0, 0], [0, 3], [0, 6], [4, 0], [4, 3]]);
        // The image is six columns of 3 mm wider and eight rows of 2 mm higher than a tile.
        assert_eq!(mosaic.positions[0], [-30.0 + 9.0, -40.0 + 8.0, 7.0]);
        assert_eq!(mosaic.positions[4], [-21.0, -32.0, 27.0]);
    }

    #[test]
    fn what_does_not_add_up_is_no_mosaic() {
        let without = |number: u16| {
            let left: Vec<_> = SIEMENS.into_iter().filter(|attribute| attribute.1 != number).collect();
            Mosaic::of(&set(&left))
        };
        for number in [0x0008, 0x0088, 0x100A, 0x0032, 0x0037, 0x0010, 0x0030] {
            assert_eq!(without(number), None, "{number:04x}");
        }
        for count in ["0", "-3", "1e9", "17"] {
            let mut odd = SIEMENS;
            odd[3].2 = count;
            assert_eq!(Mosaic::of(&set(&odd)), None, "{count}");
        }
    }

    #[test]
    fn a_frame_of_united_imaging_has_no_more_rows_than_it_needs_and_its_slices_may_descend() {
        let mut united = set(&[
            (0x0008, 0x0008, "ORIGINAL\\PRIMARY\\M\\VFRAME"),
            (0x0020, 0x0037, "1\\0\\0\\0\\1\\0"),
            (0x0028, 0x0010, "8"),
            (0x0028, 0x0011, "9"),
            (0x0028, 0x0030, "2\\2"),
            (0x0065, 0x0010, "Image Private Header"),
        ]);
        let items = ["1\\2\\9", "1\\2\\6", "1\\2\\3", "1\\2\\0", "1\\2\\-3"];
        let items = items.map(|place| set(&[(0x0020, 0x0032, place)]));
        united.elements.push(element(Tag(0x0065, 0x1051), Value::Items(items.to_vec())));
        let mosaic = Mosaic::of(&united).unwrap();
        assert_eq!((mosaic.rows, mosaic.columns), (4, 3));
        assert_eq!(mosaic.corners, [[4, 3], [4, 0], [0, 6], [0, 3], [0, 0]]);
        assert_eq!(mosaic.positions[0], [1.0, 2.0, -3.0]);
    }
}
