//! The list of series that comes with a download: `metadata.csv` of the NBIA Data Retriever and its kin.
//!
//! It is nobody's standard: commas may stand without quotes, a byte order mark in front, and the file may be
//! anything. Lines are read one by one and cut, so that it costs little whatever it is.

use super::Source;
use std::{collections::HashMap, io, path::Path};

/// One series of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Series Instance UID.
    pub series: String,
    /// How many files it should have.
    pub images: Option<u64>,
    /// Modality and description, for people.
    pub about: String,
}

/// What the list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The series, in its order.
    pub series: Vec<Listed>,
    /// The collections that they belong to, each once.
    pub collections: Vec<String>,
    /// Where it says what may be done with the data, or who is to be cited; each once.
    pub terms: Vec<String>,
    /// Lines that name no series.
    pub unread: usize,
    /// The file goes on beyond what is read.
    pub is_cut: bool,
}

/// Bytes of a list that are read: a million series have about four times as many as one of NLST.
const MOST_BYTES: u64 = 256 << 20;
/// Bytes of one line; a longer one is no line of such a list.
const LONGEST: usize = 64 << 10;
/// Bytes read at once.
const PIECE: usize = 256 << 10;
/// Collections and terms that are kept.
const MOST_WORDS: usize = 20;

/// Reads a list; `None` if it has no columns for series and number of images, and is something else.
///
/// # Errors
///
/// What the system says while reading.
pub fn manifest(path: &Path) -> io::Result<Option<Manifest>> {
    let source = Source::open(path)?;
    let mut lines = Lines { source: &source, at: 0, rest: vec![], begun: 0, is_cut: false };
    let Some(columns) = lines.next()?.and_then(|first| Columns::of(&first)) else { return Ok(None) };
    let mut found = Manifest::default();
    while let Some(line) = lines.next()? {
        let fields = fields(&line);
        if fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        columns.add(&fields, &mut found);
    }
    found.is_cut = lines.is_cut;
    Ok(Some(found))
}

/// Where things stand in a line.
struct Columns {
    count: usize,
    series: usize,
    images: usize,
    size: Option<usize>,
    collection: Option<usize>,
    modality: Option<usize>,
    description: Option<usize>,
    terms: Vec<usize>,
}

impl Columns {
    fn of(line: &str) -> Option<Self> {
        let names: Vec<String> =
            fields(line.trim_start_matches('\u{feff}')).iter().map(|name| plain(name)).collect();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(name).or_insert(at);
        }
        let find = |wanted: &[&str]| wanted.iter().find_map(|name| places.get(name).copied());
        Some(Self {
            count: names.len(),
            series: find(&["seriesuid", "seriesinstanceuid", "seriesid"])?,
            images: find(&["numberofimages", "imagecount", "instancecount"])?,
            size: find(&["filesize", "filesizebytes"]),
            collection: find(&["collection", "collectionname", "collectionid"]),
            modality: find(&["modality"]),
            description: find(&["seriesdescription"]),
            terms: [
                "licensename",
                "licenseshortname",
                "licenseuri",
                "licenseurl",
                "datadescriptionuri",
                "collectionuri",
            ]
            .into_iter()
            .filter_map(|name| places.get(name).copied())
            .collect(),
        })
    }

    /// Takes one line. If commas without quotes have made more fields of it, those before the first of them
    /// stand where they should, and the number of images is the number that a size follows.
    fn add(&self, fields: &[String], found: &mut Manifest) {
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
        let uid = field(self.series);
        let is_uid = !uid.is_empty() && uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_uid {
            found.unread += 1;
            return;
        }
        let more = fields.len().saturating_sub(self.count);
        let sized = self.size.filter(|&size| size == self.images + 1);
        let images = (self.images..=self.images + more).find_map(|at| {
            let number = field(at).parse().ok()?;
            let followed = sized.is_none() || more == 0 || is_size(field(at + 1));
            followed.then_some(number)
        });
        let words = [self.modality, self.description].into_iter().flatten().map(field);
        let about = words.filter(|word| !word.is_empty() && more == 0).collect::<Vec<_>>().join(" ");
        found.series.push(Listed { series: uid.to_owned(), images, about });
        let collection = self.collection.filter(|&at| at < self.images).map(field);
        remember(collection.unwrap_or_default(), &mut found.collections);
        for &at in self.terms.iter().filter(|_| more == 0) {
            remember(&link(field(at)), &mut found.terms);
        }
    }
}

fn remember(word: &str, words: &mut Vec<String>) {
    let is_new = !word.is_empty() && words.len() < MOST_WORDS && !words.iter().any(|known| known == word);
    words.extend(is_new.then(|| word.to_owned()));
}

/// `117.84 MB`, or a number of bytes.
fn is_size(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    number.parse::<f64>().is_ok()
}

/// A heading as it is compared: letters and digits alone.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// A DOI whose colons and slashes the list has dropped, put together again.
fn link(text: &str) -> String {
    let Some(rest) = text.strip_prefix("httpsdoi.org") else { return text.to_owned() };
    // A prefix has four or five digits after `10.`; those of the archives have four.
    match rest.split_at_checked(7) {
        Some((prefix, suffix)) if prefix.starts_with("10.") => format!("https://doi.org/{prefix}/{suffix}"),
        _ => text.to_owned(),
    }
}

/// The fields of one line (RFC 4180); a quote in the middle of a field is itself.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut inside) = (vec![], String::new(), false);
    let mut letters = line.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if inside && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if inside => inside = false,
            '"' if field.is_empty() => inside = true,
            ',' if !inside => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

/// The lines of a file, those within quotes as one.
struct Lines<'a> {
    source: &'a Source,
    at: u64,
    rest: Vec<u8>,
    /// Bytes of `rest` that have been handed out.
    begun: usize,
    is_cut: bool,
}

impl Lines<'_> {
    fn next(&mut self) -> io::Result<Option<String>> {
        let (mut line, mut is_quoted) = (vec![], false);
        loop {
            if self.begun == self.rest.len() {
                self.rest = if self.at < MOST_BYTES { self.source.read(self.at, PIECE)? } else { vec![] };
                self.at += self.rest.len() as u64;
                self.begun = 0;
                if self.rest.is_empty() {
                    self.is_cut = self.at < self.source.len();
                    return Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned()));
                }
            }
            let bytes = &self.rest[self.begun..];
            let end = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
            let piece = &bytes[..end];
            self.begun += end;
            is_quoted = piece.iter().fold(is_quoted, |inside, &byte| inside ^ (byte == b'"'));
            // What is too long is cut; a quote that nobody closes ends with it.
            line.extend_from_slice(&piece[..piece.len().min(LONGEST.saturating_sub(line.len()))]);
            if piece.ends_with(b"\n") && (!is_quoted || line.len() >= LONGEST) {
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "Series UID,Collection,3rd Party Analysis,Data Description URI,Subject ID,Study UID,Study Description,Study Date,Series Description,Manufacturer,Modality,SOP Class Name,SOP Class UID,Number of Images,File Size,File Location,Download Timestamp";

    fn read(text: &str) -> Option<Manifest> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metadata.csv");
        std::fs::write(&path, text).unwrap();
        manifest(&path).unwrap()
    }

    #[test]
    fn series_images_collection_and_terms_are_read() {
        let row = "1.2.3,HNSCC,,httpsdoi.org10.7937k9tcia.2020.a8sh-7363,HNSCC-01,1.2,PETCT HEAD  NECK CA,12-01-1998,\"PET, AC\",GE,PT,PET,1.2.840,267,117.84 MB,./HNSCC/x,2020";
        let found = read(&format!("\u{feff}{HEAD}\r\n{row}\r\n\r\n")).unwrap();

        assert_eq!(
            found.series,
            [Listed { series: "1.2.3".into(), images: Some(267), about: "PT PET, AC".into() }]
        );
        assert_eq!(found.collections, ["HNSCC"]);
        assert_eq!(found.terms, ["https://doi.org/10.7937/k9tcia.2020.a8sh-7363"]);
    }

    #[test]
    fn commas_without_quotes_move_the_number_and_nothing_is_guessed_from_what_moved() {
        let row = "1.2.3,HNSCC,,doi,HNSCC-01,1.2,HEAD, 12, NECK,12-01-1998,PET,GE,PT,PET,1.2.840,267,117.84 MB,./a, b,2020";
        let found = read(&format!("{HEAD}\n{row}\nnonsense\n")).unwrap();

        assert_eq!(
            found.series,
            [Listed { series: "1.2.3".into(), images: Some(267), about: String::new() }]
        );
        assert_eq!((found.unread, found.is_cut), (1, false));
    }

    #[test]
    fn another_table_is_none_and_a_line_without_end_is_cut() {
        assert_eq!(read("id,cancer\n1,0\n"), None);
        assert_eq!(read(""), None);
        let long = format!("{HEAD}\n\"{}\n1.2.3,c\n", "x".repeat(300_000));
        assert_eq!(read(&long).unwrap().unread, 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,300}") {
            let _ = read(&format!("{HEAD}\n{text}"));
        }
    }
}
