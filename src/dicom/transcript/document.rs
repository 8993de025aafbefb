//! Documents inside an object (PS3.3 C.24.2): what they are, their text if they have some, and their bytes.

use super::{
    super::{Object, Source, Value},
    draft::Draft,
    page::Page,
};
use crate::model::Secret;

/// Bytes of text that are shown of a document.
const SHOWN: usize = 1 << 20;
/// Bytes of a piece while a document is copied.
const PIECE: usize = 1 << 20;

/// A document in the file of an object.
#[derive(Debug)]
pub struct Document {
    source: Source,
    offset: u64,
    length: u64,
    /// The loaded value of a short one.
    loaded: Option<Vec<u8>>,
    /// Its media type, as the file says.
    pub media: String,
}

impl Document {
    /// The document of an object, if it has one.
    pub fn of(object: &Object) -> Option<Self> {
        let page = Page::of(&object.data_set);
        let element = page.element("EncapsulatedDocument")?;
        let stored = u64::from(element.header.length?);
        // An odd length is padded; the length beside it says so (PS3.3 C.24.2).
        let stated = page.integer("EncapsulatedDocumentLength").and_then(|length| u64::try_from(length).ok());
        let length = stated.filter(|length| *length > 0).map_or(stored, |length| length.min(stored));
        let loaded = match &element.value {
            Value::Bytes(bytes) => Some(bytes[..bytes.len().min(length as usize)].to_vec()),
            _ => None,
        };
        let (source, offset) = (object.source.again(), element.header.value);
        Some(Self { source, offset, length, loaded, media: page.word("MIMETypeOfEncapsulatedDocument") })
    }

    /// Bytes of it.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The usual ending of a file of its kind.
    pub fn ending(&self) -> &'static str {
        match self.media.as_str() {
            "application/pdf" => "pdf",
            "text/XML" | "text/xml" | "application/xml" => "xml",
            "model/stl" | "application/sla" => "stl",
            "model/obj" => "obj",
            "model/mtl" => "mtl",
            media if media.starts_with("text/") => "txt",
            _ => "bin",
        }
    }

    /// Hands its bytes over, piece by piece.
    ///
    /// # Errors
    ///
    /// What `take` says, or the system while reading; a file that ends early is an error of its own.
    pub fn copy(&self, mut take: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
        if let Some(bytes) = &self.loaded {
            return take(bytes);
        }
        let mut done = 0;
        while done < self.length {
            let wanted = (self.length - done).min(PIECE as u64) as usize;
            let bytes = self.source.read(self.offset + done, wanted)?;
            take(&bytes)?;
            done += bytes.len() as u64;
            if bytes.len() < wanted {
                let why = format!("the file ends after {done} of {} bytes of the document", self.length);
                return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, why));
            }
        }
        Ok(())
    }

    /// The first bytes.
    fn start(&self, wanted: usize) -> Vec<u8> {
        match &self.loaded {
            Some(bytes) => bytes[..bytes.len().min(wanted)].to_vec(),
            None => self.source.read(self.offset, (self.length as usize).min(wanted)).unwrap_or_default(),
        }
    }
}

pub(super) fn write(page: &Page<'_>, document: &Document, draft: &mut Draft) {
    draft.field(page, "Title", "DocumentTitle");
    draft.code(page, "Kind", "ConceptNameCodeSequence");
    draft.line("Media type", &document.media, None);
    draft.line("Size", &format!("{} bytes", document.len()), None);
    for instance in page.items("SourceInstanceSequence") {
        draft.reference("Made from", &instance);
    }
    let start = document.start(SHOWN);
    match document.ending() {
        "pdf" => draft.line("Holds", &portable(&start), None),
        "stl" => draft.line("Holds", &surface(&start), None),
        "xml" => tree(&String::from_utf8_lossy(&start), draft),
        "txt" | "obj" | "mtl" => draft.text("Text", &String::from_utf8_lossy(&start), Some(Secret::Hidden)),
        _ => {}
    }
    if document.len() > start.len() as u64 && matches!(document.ending(), "xml" | "txt" | "obj" | "mtl") {
        draft.note(format!("has a document of which the first {} bytes are shown", start.len()));
    }
    let ending = document.ending();
    draft.line("To read it", &format!("topogram read FILE --extract OUT.{ending}"), None);
}

/// The version that a PDF says it is of.
fn portable(start: &[u8]) -> String {
    let version = start.strip_prefix(b"%PDF-").map(|rest| {
        rest.iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .take(8)
            .map(|&byte| char::from(byte))
    });
    version.map_or_else(
        || "no PDF, whatever it is called".to_owned(),
        |version| format!("PDF {}", version.collect::<String>()),
    )
}

/// Triangles of a surface: 80 bytes, their number, and 50 bytes for each; or text that begins with `solid`.
fn surface(start: &[u8]) -> String {
    let count =
        start.get(80..84).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes));
    match count {
        _ if start.starts_with(b"solid ") && start.is_ascii() => "a surface as text".to_owned(),
        Some(count) => format!("a surface of {count} triangles"),
        None => "no surface, whatever it is called".to_owned(),
    }
}

/// The text of an XML document, indented by its elements. No parser of everything XML can be: tags nest, the
/// rest is text; what is not well-formed comes out as text.
fn tree(xml: &str, draft: &mut Draft) {
    draft.heading("Text", "", None);
    let before = draft.depth;
    draft.depth += 1;
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        text(&rest[..start], draft);
        rest = &rest[start..];
        let end = if rest.starts_with("<!--") { rest.find("-->").map(|end| end + 2) } else { rest.find('>') };
        let Some(end) = end else { break };
        let inside = &rest[1..end];
        rest = &rest[end + 1..];
        match inside.as_bytes().first() {
            Some(b'/') => draft.depth = draft.depth.saturating_sub(1).max(before + 1),
            Some(b'?' | b'!') | None => {}
            Some(_) => {
                let (name, attributes) = element(inside);
                // Sections and paragraphs are told by their text; what is said in attributes needs its name.
                if !attributes.is_empty() {
                    draft.line(name, &attributes, Some(Secret::Hidden));
                }
                if !inside.ends_with('/') {
                    draft.depth = draft.depth.saturating_add(1);
                }
            }
        }
        if draft.is_full() {
            break;
        }
    }
    text(rest, draft);
    draft.depth = before;
}

/// The name of an element, and of its attributes those that speak to people.
fn element(inside: &str) -> (&str, String) {
    let name = inside.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
    let said: Vec<String> = ["displayName", "value", "code", "extension", "title"]
        .iter()
        .filter_map(|wanted| {
            let at = inside.find(&format!(" {wanted}=\""))? + wanted.len() + 3;
            let value = &inside[at..];
            value.find('"').map(|end| plain(&value[..end]))
        })
        .take(1)
        .collect();
    (name, said.join(" "))
}

fn text(text: &str, draft: &mut Draft) {
    let words: Vec<&str> = text.split_whitespace().collect();
    draft.line("", &plain(&words.join(" ")), Some(Secret::Hidden));
}

/// The five characters that XML must spell out.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
