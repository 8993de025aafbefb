//! Cases in which we do something other than the generator expects, on purpose.

/// The kind it gets in the list, instead of the expected one.
pub(super) const LISTING: [(&str, &str, &str); 1] = [(
    "ts-esc",
    "warned",
    "the data set is plainly readable whatever its transfer syntax is called, as in case ts-unknown; the file \
     is listed with a warning that spells out the name, and its pixels are refused",
)];

/// The picture that is shown where the generator expects a refusal.
pub(super) const PICTURES: [(&str, &str); 6] = [
    (
        "deflate-bomb",
        "8 x 8 pixels are the first of what it inflates to, and whole; the rest is left out, and a note says so",
    ),
    ("px-ba64", "64 bits can be read (PS3.5 8.1.1 allows any multiple of 8); the missing rows are told"),
    ("px-bs-over-ba", "all 16 bits that there are are used, and a note says so"),
    ("px-bs0", "all 16 bits that there are are used, and a note says so"),
    ("px-native-in-encaps", "the pixels are as many bytes as uncompressed pixels have, and a note says so"),
    ("px-rle-offsets", "a frame whose last segments lie beyond its end has lost them; a note says so"),
];
