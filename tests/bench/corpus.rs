//! Corpora to be scanned: CT series with the headers that scanners write, invented from a counter.
//!
//! Everything is explicit little endian. A header has about seventy attributes, two sequences and a private
//! block, so that stepping over what is not wanted costs what it costs in real files.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A corpus of a kind.
pub(crate) struct Corpus {
    /// Rows of every image.
    pub rows: u16,
    /// Columns of every image.
    pub columns: u16,
    /// Files of a series.
    pub slices: usize,
    /// One file in so many lies in one single folder with no others below it.
    pub flat: usize,
}

impl Corpus {
    /// Images as large as real ones: 86 kB of pixels, 100 in a series.
    pub(crate) const SLICES: Self = Self { rows: 84, columns: 512, slices: 100, flat: usize::MAX };
    /// Hardly more than headers. An eighth of them lies in one folder, as downloads from Kaggle do.
    pub(crate) const HEADERS: Self = Self { rows: 8, columns: 8, slices: 100, flat: 8 };

    /// Writes `count` files below `folder`.
    pub(crate) fn write(&self, folder: &Path, count: usize) -> io::Result<()> {
        let pixels = vec![0x5A; usize::from(self.rows) * usize::from(self.columns) * 2];
        let mut made = PathBuf::new();
        for number in 0..count {
            let (series, slice) = (number / self.slices, number % self.slices);
            let path = self.path(folder, series, slice);
            let parent = path.parent().unwrap_or(folder);
            if parent != made {
                fs::create_dir_all(parent)?;
                parent.clone_into(&mut made);
            }
            let bytes = self.file(series, slice, &pixels);
            File::create_new(&path)?.write_all(&bytes)?;
        }
        Ok(())
    }

    /// The layouts that archives use, in turn: flat, by patient and study, by identifiers, a disc's.
    fn path(&self, folder: &Path, series: usize, slice: usize) -> PathBuf {
        let (study, patient) = (series / 3, series / 6);
        if series.is_multiple_of(self.flat) {
            return folder.join("flat").join(format!("ID_{:09x}.dcm", hash(series, slice) & 0xF_FFFF_FFFF));
        }
        match series % 3 {
            0 => folder
                .join(format!("LIDC-IDRI-{patient:05}/01-01-2000-NA-NA-{study:05}/{series}.000000-Chest CT"))
                .join(format!("1-{:03}.dcm", slice + 1)),
            1 => folder
                .join(format!("{:016x}/CT_{}", hash(patient, 0), series_uid(series)))
                .join(format!("{:016x}.dcm", hash(series, slice))),
            _ => folder
                .join(format!("DICOM/PA{patient:06}/ST{study:06}/SE{series:06}"))
                .join(format!("IM{slice:06}")),
        }
    }

    fn file(&self, series: usize, slice: usize, pixels: &[u8]) -> Vec<u8> {
        let (study, patient) = (series / 3, series / 6);
        let instance = format!("{}.{}", series_uid(series), 1000 + slice);
        let mut meta = Elements::default();
        meta.text(2, 2, *b"UI", "1.2.840.10008.5.1.4.1.1.2");
        meta.text(2, 3, *b"UI", &instance);
        meta.text(2, 0x10, *b"UI", "1.2.840.10008.1.2.1");
        meta.text(2, 0x12, *b"UI", "1.2.276.0.7230010.3.0.3.6.7");
        meta.text(2, 0x13, *b"SH", "OFFIS_DCMTK_367");
        let mut set = Elements::default();
        set.text(8, 5, *b"CS", "ISO_IR 100");
        set.text(8, 8, *b"CS", "ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI");
        set.text(8, 0x12, *b"DA", "20200317");
        set.text(8, 0x16, *b"UI", "1.2.840.10008.5.1.4.1.1.2");
        set.text(8, 0x18, *b"UI", &instance);
        for tag in 0x20..=0x23 {
            set.text(8, tag, *b"DA", &format!("2020{:02}{:02}", 1 + study % 12, 1 + study % 28));
        }
        for (tag, image) in [(0x30, 0), (0x31, 0), (0x32, slice), (0x33, slice)] {
            set.text(8, tag, *b"TM", &format!("{:02}1503.{:06}", study % 24, image * 40));
        }
        set.text(8, 0x50, *b"SH", &format!("ACC{study:07}"));
        set.text(8, 0x60, *b"CS", "CT");
        set.text(8, 0x70, *b"LO", "SIEMENS");
        set.text(8, 0x80, *b"LO", "Klinikum am Bachufer");
        set.text(8, 0x90, *b"PN", "Referring^Physician^^Dr.");
        set.text(8, 0x1030, *b"LO", "Thorax^ThoraxRoutine (Adult)");
        set.text(8, 0x103E, *b"LO", &format!("Thorax 1.0 B{}f", 30 + series % 4 * 10));
        set.text(8, 0x1090, *b"LO", "SOMATOM Definition AS+");
        set.sequence(8, 0x1140, 3, |item, n| {
            item.text(8, 0x1150, *b"UI", "1.2.840.10008.5.1.4.1.1.2");
            item.text(8, 0x1155, *b"UI", &format!("{}.9.{n}", series_uid(series)));
        });
        set.text(0x10, 0x10, *b"PN", &format!("Muster^Person{patient:05}"));
        set.text(0x10, 0x20, *b"LO", &format!("LIDC-IDRI-{patient:05}"));
        set.text(0x10, 0x30, *b"DA", "19500101");
        set.text(0x10, 0x40, *b"CS", if patient.is_multiple_of(2) { "F" } else { "M" });
        set.text(0x10, 0x1010, *b"AS", "070Y");
        set.text(0x18, 0x15, *b"CS", "CHEST");
        set.text(0x18, 0x50, *b"DS", "1");
        set.text(0x18, 0x60, *b"DS", "120");
        for (tag, value) in [(0x90, "500"), (0x1100, "350"), (0x1110, "1085.6"), (0x1111, "595")] {
            set.text(0x18, tag, *b"DS", value);
        }
        set.text(0x18, 0x1020, *b"LO", "syngo CT 2012B");
        set.text(0x18, 0x1030, *b"LO", "Thorax/1_ThoraxRoutine");
        set.text(0x18, 0x1120, *b"DS", "0");
        set.text(0x18, 0x1210, *b"SH", &format!("B{}f", 30 + series % 4 * 10));
        set.text(0x18, 0x5100, *b"CS", "HFS");
        set.text(0x20, 0x0D, *b"UI", &format!("1.3.6.1.4.1.14519.5.2.1.6279.6001.{}", 1_000_000 + study));
        set.text(0x20, 0x0E, *b"UI", &series_uid(series));
        set.text(0x20, 0x10, *b"SH", &format!("{study}"));
        set.text(0x20, 0x11, *b"IS", &format!("{}", series % 3 + 1));
        set.text(0x20, 0x12, *b"IS", "2");
        set.text(0x20, 0x13, *b"IS", &format!("{}", slice + 1));
        set.text(0x20, 0x32, *b"DS", &format!("-172.6\\-150.25\\{}", -310.0 + slice as f64 * 1.25));
        set.text(0x20, 0x37, *b"DS", "1\\0\\0\\0\\1\\0");
        set.text(0x20, 0x52, *b"UI", &format!("1.3.6.1.4.1.14519.5.2.1.6279.6001.7.{study}"));
        set.text(0x20, 0x1041, *b"DS", &format!("{}", -310.0 + slice as f64 * 1.25));
        set.short(0x28, 2, 1);
        set.text(0x28, 4, *b"CS", "MONOCHROME2");
        set.short(0x28, 0x10, self.rows);
        set.short(0x28, 0x11, self.columns);
        set.text(0x28, 0x30, *b"DS", "0.703125\\0.703125");
        for (tag, value) in [(0x100, 16), (0x101, 12), (0x102, 11), (0x103, 0)] {
            set.short(0x28, tag, value);
        }
        for (tag, value) in [(0x1050, "40\\-600"), (0x1051, "400\\1200"), (0x1052, "-1024"), (0x1053, "1")] {
            set.text(0x28, tag, *b"DS", value);
        }
        set.text(0x29, 0x10, *b"LO", "SIEMENS CSA HEADER");
        set.long(0x29, 0x1010, *b"OB", &[0x11; 512]);
        set.sequence(0x40, 0x275, 1, |item, _| {
            item.text(0x32, 0x1060, *b"LO", "CT Thorax");
            item.text(0x40, 7, *b"LO", "CT Thorax");
        });
        set.long(0x7FE0, 0x10, *b"OW", pixels);
        let length = (meta.0.len() as u32).to_le_bytes();
        let head = [&[0; 128][..], b"DICM\x02\0\0\0UL\x04\0", &length].concat();
        [head, meta.0, set.0].concat()
    }
}

fn series_uid(series: usize) -> String {
    format!("1.3.6.1.4.1.14519.5.2.1.6279.6001.{}", hash(series, 7) % 1_000_000_000_000_000)
}

/// Spreads two numbers over all others, the same way on every machine (the finaliser of splitmix64).
fn hash(a: usize, b: usize) -> u64 {
    let mut x = (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(b as u64 + 1);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Elements in the order in which they are written.
#[derive(Default)]
struct Elements(Vec<u8>);

impl Elements {
    fn head(&mut self, group: u16, element: u16, vr: [u8; 2]) {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr);
    }

    fn text(&mut self, group: u16, element: u16, vr: [u8; 2], value: &str) {
        let odd = value.len() % 2;
        self.head(group, element, vr);
        self.0.extend(((value.len() + odd) as u16).to_le_bytes());
        self.0.extend(value.as_bytes());
        self.0.extend(&[if vr == *b"UI" { 0 } else { b' ' }][..odd]);
    }

    fn short(&mut self, group: u16, element: u16, value: u16) {
        self.head(group, element, *b"US");
        self.0.extend(2u16.to_le_bytes());
        self.0.extend(value.to_le_bytes());
    }

    fn long(&mut self, group: u16, element: u16, vr: [u8; 2], value: &[u8]) {
        self.head(group, element, vr);
        self.0.extend([0, 0]);
        self.0.extend((value.len() as u32).to_le_bytes());
        self.0.extend(value);
    }

    fn sequence(&mut self, group: u16, element: u16, items: usize, write: impl Fn(&mut Self, usize)) {
        let mut inside = vec![];
        for n in 0..items {
            let mut item = Self::default();
            write(&mut item, n);
            inside.extend(b"\xFE\xFF\x00\xE0");
            inside.extend((item.0.len() as u32).to_le_bytes());
            inside.extend(item.0);
        }
        self.long(group, element, *b"SQ", &inside);
    }
}
