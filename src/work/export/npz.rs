//! `NumPy`'s file of several arrays: a ZIP with an npy for each.

use crate::{
    export::{Kind, npy},
    model::Geometry,
};
use std::io::{self, Seek, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// As for NIfTI: beyond this CT hardly gets smaller.
const LEVEL: i64 = 4;

/// A file that is being written.
pub(super) struct Npz<W: Write + Seek> {
    archive: ZipWriter<W>,
}

impl<W: Write + Seek> Npz<W> {
    pub(super) fn begin(to: W) -> Self {
        Self { archive: ZipWriter::new(to) }
    }

    /// Begins an array with its npy header; [`Self::more`] appends its values.
    pub(super) fn array(&mut self, name: &str, header: &[u8]) -> io::Result<()> {
        // No time: the same values make the same file. Volumes may be larger than 4 GiB.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(zip::DateTime::default())
            .large_file(true);
        self.archive.start_file(format!("{name}.npy"), options)?;
        self.more(header)
    }

    /// More values of the array that was begun last, little endian.
    pub(super) fn more(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.archive.write_all(bytes)
    }

    /// Where the voxels are: matrices from (column, row, slice, 1), distances between slices, rows, columns.
    pub(super) fn place(&mut self, geometry: &Geometry) -> io::Result<()> {
        let matrix = |rows: [[f64; 4]; 4]| rows.concat().into_iter().map(|x| x + 0.0).collect::<Vec<_>>();
        let spacing = [geometry.slice_distance(), geometry.spacing.row, geometry.spacing.column];
        for (name, shape, numbers) in [
            ("affine_lps", &[4, 4][..], matrix(geometry.affine())),
            ("affine_ras", &[4, 4], matrix(geometry.affine_ras(false))),
            ("spacing_mm", &[3], spacing.to_vec()),
        ] {
            self.array(name, &npy::header(Kind::F64, shape))?;
            self.more(&numbers.into_iter().flat_map(f64::to_le_bytes).collect::<Vec<u8>>())?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.archive.finish()?.flush()
    }
}
