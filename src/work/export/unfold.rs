//! Mosaics become the volumes that they show the slices of.

use super::{ArrayFormat, Slices, Target};
use crate::{
    dicom::Mosaic,
    model::{Geometry, dot},
};

/// The target with a slice for each tile, if all of its images are mosaics of one volume, at one time or at several;
/// and how many slices each of them has.
///
/// Formats that say where a volume lies can say it of nothing else; a NRRD has one volume.
pub(super) fn unfolded(target: &Target, slices: &Slices<'_>, format: ArrayFormat) -> Option<Target> {
    let one_each = target.depth == 1 || target.geometry.is_none();
    let fits = match format {
        ArrayFormat::Nii | ArrayFormat::NiiGz => one_each,
        ArrayFormat::Nrrd => one_each && target.slices.len() == 1,
        ArrayFormat::Npy | ArrayFormat::Npz => false,
    };
    let first = target.slices.first().filter(|_| fits)?;
    let mosaic = Mosaic::of(&slices.archives.object(&first.path).ok()?.data_set)?;
    let depth = mosaic.corners.len();
    let normal = mosaic.orientation.normal();
    let depths = mosaic.positions.iter().map(|&position| dot(position, normal)).collect();
    let shape = [depth, mosaic.rows, mosaic.columns];
    let tiles = |of: &super::Slice| {
        let whole = of.clone();
        mosaic.corners.iter().map(move |&corner| super::Slice {
            tile: Some([corner, [mosaic.rows, mosaic.columns]]),
            ..whole.clone()
        })
    };
    Some(Target {
        slices: target.slices.iter().flat_map(tiles).collect(),
        uids: target.uids.iter().flat_map(|uid| std::iter::repeat_n(uid.clone(), depth)).collect(),
        depth,
        geometry: Some(Geometry::new(
            shape,
            mosaic.orientation,
            mosaic.spacing,
            mosaic.positions,
            target.step.or(target.thickness).unwrap_or(mosaic.spacing.row),
        )),
        depths,
        ..target.clone()
    })
}
