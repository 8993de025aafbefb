//! Who is in the demo: nobody, in four character sets.
//!
//! The names in Japanese, Chinese and Arabic are the examples of PS3.5 annexes H, J and PS3.3 C.12; the
//! bytes are written as those annexes print them, escape sequences included.

/// A patient who does not exist.
pub(super) struct Patient {
    /// Specific Character Set (0008,0005), or empty for ASCII.
    pub(super) charset: &'static str,
    /// Patient's Name (0010,0010), encoded.
    pub(super) name: &'static [u8],
    pub(super) id: &'static str,
    pub(super) sex: &'static str,
    pub(super) age: &'static str,
}

/// Plain ASCII.
pub(super) const THORA: Patient =
    Patient { charset: "", name: b"Phantom^Thora", id: "DEMO-A", sex: "F", age: "051Y" };

/// `Yamada^Tarou=山田^太郎=やまだ^たろう`, with code extensions (PS3.5 H.3.1).
pub(super) const YAMADA: Patient = Patient {
    charset: "\\ISO 2022 IR 87",
    name: b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    id: "DEMO-B",
    sex: "M",
    age: "042Y",
};

/// `قباني^لنزار` (PS3.5 annex on Arabic).
pub(super) const QABBANI: Patient = Patient {
    charset: "ISO_IR 127",
    name: b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1",
    id: "DEMO-C",
    sex: "M",
    age: "067Y",
};

/// `Wang^XiaoDong=王^小东` (PS3.5 J.3).
pub(super) const WANG: Patient = Patient {
    charset: "GB18030",
    name: b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=",
    id: "DEMO-D",
    sex: "F",
    age: "034Y",
};
