//! From a source to its copy: every element judged once, nothing written before all of them are.

use super::{
    content::is_characteristic,
    date::shifted,
    dummy::dummy,
    identity::Identity,
    key::Key,
    private::safe,
    profile::{Dates, PATIENT_ID, PATIENT_NAME, Profile, Treatment, is_registered, is_sequence},
    report::{Done, Report},
};
use crate::{
    dicom::{
        Content, DataElement, DataSet, Object, PIXEL_DATA, Scope, Tag, Value, Vr,
        writer::{self, Content as Source, Piece},
    },
    model::{harmless, is_uid},
};
use std::{
    collections::HashSet,
    io::{self, Write},
    path::PathBuf,
};

const EXPLICIT_UID: &str = "1.2.840.10008.1.2.1";
/// Implicit, explicit, deflated, big endian: rewritten as explicit little endian.
const NATIVE: &[&str] =
    &["", "1.2.840.10008.1.2", EXPLICIT_UID, "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"];
const CONTENT_SEQUENCE: Tag = Tag(0x0040, 0xA730);
/// This program, under the root for UUIDs.
const IMPLEMENTATION: &str = "2.25.228486531726290466237453741735281347594";

/// Why a file has no copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Who knows what the rest says.
    #[error("cannot be read to its end, so it is not copied: {0}")]
    Damaged(String),
    /// Not an object by itself.
    #[error("has no {0}, so it is not copied")]
    Missing(&'static str),
    /// Pixels that only their vendor can place.
    #[error("is in a transfer syntax that cannot be copied: {0}")]
    Encoding(String),
    /// A value that would have to be looked at.
    #[error("holds a value too long to look through, in {0}")]
    TooLong(Tag),
}

/// Makes copies under one profile with one key.
#[derive(Debug)]
pub struct Confidential {
    profile: Profile,
    key: Key,
}

/// A copy that is ready to be written.
#[derive(Debug)]
pub struct Copy<'a> {
    /// Where it belongs in a folder of copies: study, series and instance, by names that no file has made up.
    pub path: PathBuf,
    /// What is different from the source.
    pub report: Report,
    meta: Vec<Piece<'a>>,
    pieces: Vec<Piece<'a>>,
    object: &'a Object,
}

impl Confidential {
    /// The profile with some options, pseudonyms and UIDs made with `key`.
    pub fn new(profile: Profile, key: Key) -> Self {
        Self { profile, key }
    }

    /// Plans the copy of an object.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the source is not sound to its last byte, or is no object of the standard.
    pub fn copy<'a>(&self, object: &'a Object) -> Result<Copy<'a>, Refusal> {
        if let Some(damage) = &object.damage {
            return Err(Refusal::Damaged(damage.to_string()));
        }
        if object.is_cut() {
            return Err(Refusal::Damaged("it inflates to more than topogram reads".to_owned()));
        }
        let set = &object.data_set;
        let uid = |tag: Tag, name: &'static str| set.ascii(tag).ok_or(Refusal::Missing(name));
        let class = uid(Tag(0x0008, 0x0016), "SOP Class UID")?;
        let instance = self.uid(&uid(Tag(0x0008, 0x0018), "SOP Instance UID")?);
        // Palettes and protocols belong to no study.
        let [study, series] = [Tag(0x0020, 0x000D), Tag(0x0020, 0x000E)]
            .map(|tag| self.uid(&set.ascii(tag).unwrap_or_default()));
        let syntax = syntax(object)?;
        let patient = set.ascii(PATIENT_ID).or_else(|| set.ascii(PATIENT_NAME)).unwrap_or_default();
        let mut report = Report::default();
        let identity = Identity::of(set, &Scope::default().inside(set));
        let mut planner = Planner { own: self, patient: &patient, identity, report: &mut report };
        let mut pieces = planner.set(set, &Scope::default().inside(set))?;
        self.mark(&mut pieces);
        let meta = vec![
            Piece::new(Tag(2, 1), Vr::OB, &[0, 1][..]),
            Piece::new(Tag(2, 2), Vr::UI, class.into_bytes()),
            Piece::new(Tag(2, 3), Vr::UI, instance.clone().into_bytes()),
            Piece::new(Tag(2, 0x10), Vr::UI, syntax.into_bytes()),
            Piece::new(Tag(2, 0x12), Vr::UI, IMPLEMENTATION.as_bytes()),
            Piece::new(Tag(2, 0x13), Vr::SH, &b"TOPOGRAM"[..]),
        ];
        let [study, series, file] = [&study, &series, &instance].map(|uid| self.name(uid));
        let path = PathBuf::from(study).join(series).join(format!("{file}.dcm"));
        Ok(Copy { path, report, meta, pieces, object })
    }

    /// The UID in the place of another one.
    fn uid(&self, uid: &str) -> String {
        if self.profile.retain_uids || is_registered(uid) { uid.to_owned() } else { self.key.uid(uid) }
    }

    /// A name for a file: digits and points. What is no UID, and was retained, gets a name all the same.
    fn name(&self, uid: &str) -> String {
        if is_uid(uid) { uid.to_owned() } else { self.key.uid(uid) }
    }

    /// Says in the copy what was done (PS3.15 E.1.1; PS3.3 C.7.1.1 and C.7.6.1).
    fn mark(&self, pieces: &mut Vec<Piece<'_>>) {
        let codes = self.profile.codes();
        let item = |&(code, meaning): &(&'static str, &'static str)| {
            vec![
                Piece::new(Tag(0x0008, 0x0100), Vr::SH, code.as_bytes()),
                Piece::new(Tag(0x0008, 0x0102), Vr::SH, &b"DCM"[..]),
                Piece::new(Tag(0x0008, 0x0104), Vr::LO, meaning.as_bytes()),
            ]
        };
        let temporal: &[u8] = match self.profile.dates {
            Dates::Removed => b"REMOVED",
            Dates::Kept => b"UNMODIFIED",
            Dates::Shifted => b"MODIFIED",
        };
        let method = format!("topogram {}: PS3.15 Table E.1-1 (2026c)", env!("CARGO_PKG_VERSION"));
        let marks = [
            Piece::new(Tag(0x0012, 0x0062), Vr::CS, &b"YES"[..]),
            Piece::new(Tag(0x0012, 0x0063), Vr::LO, method.into_bytes()),
            Piece {
                tag: Tag(0x0012, 0x0064),
                vr: Vr::SQ,
                value: Source::Items(codes.iter().map(item).collect()),
            },
            Piece::new(Tag(0x0028, 0x0303), Vr::CS, temporal),
        ];
        pieces.retain(|piece| marks.iter().all(|mark| mark.tag != piece.tag));
        pieces.extend(marks);
        pieces.sort_by_key(|piece| piece.tag);
    }
}

impl Copy<'_> {
    /// Writes the whole file, its preamble empty.
    ///
    /// # Errors
    ///
    /// What the system says while reading the source or writing the copy; what was written is no file then.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let length = writer::length(&self.meta)?;
        to.write_all(&[0; 128])?;
        to.write_all(b"DICM")?;
        let source = &self.object.source;
        writer::write(&[Piece::new(Tag(2, 0), Vr::UL, length.to_le_bytes().to_vec())], source, to)?;
        writer::write(&self.meta, source, to)?;
        writer::write(&self.pieces, source, to)
    }
}

/// How the copy is written: as the pixels are, or in Explicit VR Little Endian.
fn syntax(object: &Object) -> Result<String, Refusal> {
    let written = object.start.transfer_syntax.clone();
    let pixels = object.data_set.get(PIXEL_DATA).map(|element| &element.value);
    match pixels {
        Some(Value::Fragments) if NATIVE.contains(&written.as_str()) => {
            Err(Refusal::Encoding("compressed pixels under the name of another".to_owned()))
        }
        Some(Value::Fragments) => Ok(written),
        _ if NATIVE.contains(&written.as_str()) => Ok(EXPLICIT_UID.to_owned()),
        None if is_registered(&written) => Ok(written),
        _ => Err(Refusal::Encoding(written)),
    }
}

/// Goes through the data sets of one object.
struct Planner<'p> {
    own: &'p Confidential,
    /// What pseudonym and shift of the dates are made of.
    patient: &'p str,
    /// What the patient is called.
    identity: Identity,
    report: &'p mut Report,
}

impl Planner<'_> {
    /// Recursion is bounded by the walk, which goes 64 sequences deep at most.
    fn set<'a>(&mut self, set: &'a DataSet, scope: &Scope) -> Result<Vec<Piece<'a>>, Refusal> {
        let safe = if self.own.profile.retain_safe_private { safe(set, scope) } else { HashSet::new() };
        let (mut pieces, mut seen) = (vec![], HashSet::new());
        for element in &set.elements {
            let tag = element.header.tag;
            // Lengths of groups would be wrong; what stands below group 8, or a second time, has no place here.
            if tag.is_group_length() || tag.0 < 8 || !seen.insert(tag) {
                continue;
            }
            if tag.is_private() {
                let vr = scope.vr(element);
                let keeps = safe.contains(&tag) && !matches!(element.value, Value::Items(_));
                if keeps && self.identity.is_in(element, vr, scope) == Some(false) {
                    pieces.push(kept(element, vr));
                } else {
                    self.report.count(tag, Done::Removed);
                }
                continue;
            }
            pieces.extend(self.element(element, scope)?);
        }
        pieces.sort_by_key(|piece: &Piece<'_>| piece.tag);
        Ok(pieces)
    }

    fn element<'a>(&mut self, element: &'a DataElement, scope: &Scope) -> Result<Option<Piece<'a>>, Refusal> {
        let (tag, vr) = (element.header.tag, scope.vr(element));
        let treatment = self.own.profile.treatment(tag, vr);
        if treatment == Treatment::Remove {
            self.report.count(tag, Done::Removed);
            return Ok(None);
        }
        if let Value::Items(items) = &element.value {
            return self.sequence(tag, items, treatment, scope).map(Some);
        }
        let texts = || match (&element.value, scope.content(element)) {
            (Value::Bytes(_), Content::Texts(texts)) => Some(texts),
            _ => None,
        };
        if matches!(&element.value, Value::Bytes(bytes) if bytes.is_empty()) {
            return Ok(Some(kept(element, vr)));
        }
        if treatment == Treatment::Keep {
            // Some write the name of the patient where nobody expects it.
            let tells = self.tells(element, vr, scope)?;
            return Ok(if tells { self.blank(tag, vr, Treatment::Dummy) } else { Some(kept(element, vr)) });
        }
        let is_time = vr == Vr::TM;
        let changed = match treatment {
            Treatment::Uid if matches!(element.value, Value::Bulk(_)) => return Err(Refusal::TooLong(tag)),
            Treatment::Uid => match texts() {
                // What is no text is no UID, whatever it is.
                None => None,
                Some(old) => {
                    let new: Vec<String> = old.iter().map(|uid| self.mapped(uid)).collect();
                    if old == new {
                        return Ok(Some(kept(element, vr)));
                    }
                    Some((new.join("\\"), Done::Mapped))
                }
            },
            Treatment::Shift if is_time && !self.tells(element, vr, scope)? => {
                return Ok(Some(kept(element, vr)));
            }
            Treatment::Shift => texts()
                .and_then(|texts| shifted(&texts, self.own.key.days(self.patient)))
                .map(|texts| (texts.join("\\"), Done::Shifted)),
            Treatment::Clean => texts()
                .map(|texts| texts.iter().map(|text| self.cleaned(text)).collect::<Vec<_>>().join("\\"))
                .filter(|text| !text.is_empty() && !self.identity.is_told_by(text))
                .map(|text| (text, Done::Cleaned)),
            Treatment::Pseudonym => {
                let of =
                    texts().filter(|_| tag == PATIENT_ID).map_or(self.patient.to_owned(), |t| t.join("\\"));
                Some((self.own.key.pseudonym(&of), Done::Pseudonym))
            }
            _ => None,
        };
        if let Some((text, done)) = changed {
            self.report.count(tag, done);
            return Ok(Some(Piece::new(tag, vr, text.into_bytes())));
        }
        // A date that cannot be shifted, a text without a harmless word: as if there were no such option.
        let strict = if matches!(treatment, Treatment::Shift | Treatment::Clean) {
            Profile::default().treatment(tag, vr)
        } else {
            treatment
        };
        Ok(self.blank(tag, vr, strict))
    }

    /// True if a value that would be kept holds what the patient is called.
    fn tells(&self, element: &DataElement, vr: Vr, scope: &Scope) -> Result<bool, Refusal> {
        self.identity.is_in(element, vr, scope).ok_or(Refusal::TooLong(element.header.tag))
    }

    /// Harmless words that are no name of this patient.
    fn cleaned(&self, text: &str) -> String {
        let harmless = harmless(text);
        let kept = harmless.split(' ').filter(|word| !self.identity.is_told_by(word));
        kept.collect::<Vec<_>>().join(" ")
    }

    fn blank<'a>(&mut self, tag: Tag, vr: Vr, treatment: Treatment) -> Option<Piece<'a>> {
        let (value, done) = match treatment {
            Treatment::Remove => (None, Done::Removed),
            Treatment::Dummy => (dummy(vr), Done::Replaced),
            _ => (Some(&[][..]), Done::Emptied),
        };
        self.report.count(tag, done);
        let vr = if is_sequence(tag) { Vr::SQ } else { vr };
        value.map(|value| Piece::new(tag, vr, value))
    }

    fn mapped(&self, uid: &str) -> String {
        if uid.is_empty() { String::new() } else { self.own.uid(uid) }
    }

    fn sequence<'a>(
        &mut self,
        tag: Tag,
        items: &'a [DataSet],
        treatment: Treatment,
        scope: &Scope,
    ) -> Result<Piece<'a>, Refusal> {
        let mut kept = vec![];
        match treatment {
            Treatment::Dummy => {
                self.report.count(tag, Done::Replaced);
                kept.extend(items.first().map(|item| dummies(item, scope)));
            }
            Treatment::Empty => self.report.count(tag, Done::Emptied),
            _ => {
                for item in items {
                    let keeps_body = self.own.profile.retain_patient_characteristics;
                    if tag == CONTENT_SEQUENCE && !keeps_body && is_characteristic(item) {
                        self.report.count(tag, Done::Removed);
                        continue;
                    }
                    kept.push(self.set(item, &scope.inside(item))?);
                }
            }
        }
        Ok(Piece { tag, vr: Vr::SQ, value: Source::Items(kept) })
    }
}

/// An element whose bytes go into the copy as they are.
fn kept(element: &DataElement, vr: Vr) -> Piece<'_> {
    let value = match &element.value {
        Value::Bytes(bytes) => Source::Bytes(bytes.into()),
        _ => Source::Copied(element),
    };
    Piece { tag: element.header.tag, vr, value }
}

/// An item of the same shape in which every value means nothing.
fn dummies<'a>(item: &'a DataSet, scope: &Scope) -> Vec<Piece<'a>> {
    let scope = scope.inside(item);
    let standard = item.elements.iter().filter(|element| !element.header.tag.is_private());
    let pieces = standard.filter(|element| element.header.tag.0 >= 8).map(|element| {
        let (tag, vr) = (element.header.tag, scope.vr(element));
        match &element.value {
            Value::Items(items) => {
                let items = items.first().map(|item| dummies(item, &scope)).into_iter().collect();
                Piece { tag, vr: Vr::SQ, value: Source::Items(items) }
            }
            _ => Piece::new(tag, vr, dummy(vr).unwrap_or_default()),
        }
    });
    let mut pieces: Vec<Piece<'a>> = pieces.collect();
    pieces.sort_by_key(|piece| piece.tag);
    pieces.dedup_by_key(|piece| piece.tag);
    pieces
}
