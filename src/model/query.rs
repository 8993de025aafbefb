//! Which series are meant: the little language of the browser's `/` and of `topogram find`.
//!
//! Terms are separated by spaces and must all hold. `word` is found anywhere, `field:value` in one place,
//! `"two words"` together, and `-` in front of a term turns it round. Numbers and dates compare:
//! `slices:>100`, `thickness:<1.5`, `date:2019..`, `rows:256..512`. Nothing here can fail while somebody is
//! still typing: what is no number is looked for as text.

mod over;
mod range;
#[cfg(test)]
mod tests;
mod value;

use super::{Library, SeriesId, StudyId, TagNumber, Text, stack::is_localizer, uid_label};
use range::Range;
use value::Value;
pub use value::ValueKind;

/// A question that every series answers with yes or no.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    /// The term must not hold.
    negated: bool,
    /// It is a word whatever it looks like.
    quoted: bool,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Somewhere among the texts of a series; in lower case.
    Word(String),
    /// In one field; in lower case.
    Text(TextField, String),
    /// A number in a range.
    Number(NumberField, Range),
    /// Days, as `YYYYMMDD`.
    Date(Range),
    /// A property.
    Is(Property),
    /// An attribute that only the files tell.
    Tag(TagNumber, Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextField {
    Patient,
    Study,
    Modality,
    Number,
    Description,
    Kernel,
    Encoding,
    Uid,
    Body,
    Maker,
    Verdict,
    Note,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberField {
    Slices,
    Files,
    Frames,
    Rows,
    Columns,
    Bits,
    Thickness,
    Spacing,
    Step,
    Megabytes,
    Stacks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Localizer,
    Odd,
    Image,
    Reviewed,
}

/// The words for fields and properties, in the order in which the README lists them.
pub const FIELDS: [(&str, &str); 26] = [
    ("patient", "name or ID of the patient"),
    ("study", "study description or accession number"),
    ("date", "day of the study"),
    ("modality", "CT, MR …, exactly"),
    ("number", "series number, exactly"),
    ("description", "what the series is called"),
    ("body", "body part"),
    ("kernel", "kernel or sequence"),
    ("maker", "manufacturer or institution"),
    ("encoding", "transfer syntax, by name or UID"),
    ("uid", "study or series UID"),
    ("slices", "slices of the largest stack"),
    ("files", "number of files"),
    ("frames", "number of frames"),
    ("stacks", "number of stacks"),
    ("rows", "rows of the image"),
    ("columns", "columns of the image"),
    ("bits", "bits stored"),
    ("spacing", "distance between rows, mm"),
    ("thickness", "slice thickness, mm"),
    ("step", "distance between slices, mm"),
    ("mb", "size in megabytes"),
    ("verdict", "what was said in the review, exactly"),
    ("note", "what was written about it in the review"),
    ("is", "localizer, odd, image or reviewed"),
    ("localizer", "the same as is:localizer"),
];

impl Query {
    /// Reads what was typed; every text is a query.
    pub fn parse(text: &str) -> Self {
        Self::parse_with(text, |_| None)
    }

    /// The same where fields may also be attributes of files: `KVP:>100`. `attribute` tells which one a word
    /// names. The fields of the README come first.
    pub fn parse_with(text: &str, attribute: impl Fn(&str) -> Option<(TagNumber, ValueKind)>) -> Self {
        Self { terms: words(text).into_iter().map(|word| Term::parse(word, &attribute)).collect() }
    }

    /// The attributes that must be read from the files to answer it.
    pub fn tags(&self) -> Vec<TagNumber> {
        let tags = self.terms.iter().filter_map(|term| match term.kind {
            Kind::Tag(tag, _) => Some(tag),
            _ => None,
        });
        tags.collect()
    }

    /// Terms that look like a field and its value, and are words: the field is not known, or the value is none of
    /// its kind. They are in lower case.
    pub fn doubtful(&self) -> impl Iterator<Item = (&str, &str)> {
        self.terms.iter().filter_map(|term| match &term.kind {
            Kind::Word(word) if !term.quoted => {
                let (field, value) = word.split_once(':')?;
                (!value.is_empty() && field.chars().all(char::is_alphabetic)).then_some((field, value))
            }
            _ => None,
        })
    }

    /// True if it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True if a series is meant, as far as its library knows; attributes of files are let pass.
    pub fn keeps(&self, library: &Library, id: SeriesId) -> bool {
        let known = self.terms.iter().filter(|term| !matches!(term.kind, Kind::Tag(..)));
        known.into_iter().all(|term| term.kind.holds(library, id) != term.negated)
    }

    /// True if the values of its files, in the order of [`Self::tags`], are meant too.
    pub fn keeps_values<'a>(&self, mut values: impl FnMut(usize) -> &'a [String]) -> bool {
        let tests = self.terms.iter().filter_map(|term| match &term.kind {
            Kind::Tag(_, value) => Some((value, term.negated)),
            _ => None,
        });
        tests
            .enumerate()
            .all(|(at, (test, negated))| values(at).iter().any(|value| test.holds(value)) != negated)
    }
}

/// A word as typed, without its quotes.
#[derive(Debug, Default, PartialEq)]
struct Word {
    text: String,
    /// It began with a quote: no field, and no minus.
    quoted: bool,
}

/// Splits at spaces that are not inside quotes; an open quote goes to the end.
fn words(text: &str) -> Vec<Word> {
    let (mut words, mut word, mut inside, mut begun) = (vec![], Word::default(), false, false);
    for c in text.chars() {
        match c {
            '"' => {
                word.quoted |= !begun;
                (inside, begun) = (!inside, true);
            }
            c if c.is_whitespace() && !inside => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => {
                word.text.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words.retain(|word| !word.text.is_empty());
    words
}

impl Term {
    fn parse(word: Word, attribute: &impl Fn(&str) -> Option<(TagNumber, ValueKind)>) -> Self {
        let Word { text, quoted } = word;
        if quoted {
            return Self { negated: false, quoted, kind: Kind::Word(text.to_lowercase()) };
        }
        let (negated, text) = match text.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, text.as_str()),
        };
        let kind = Kind::parse(&text.to_lowercase());
        let tag = match (&kind, text.split_once(':')) {
            (Kind::Word(_), Some((word, value))) if !value.is_empty() => {
                attribute(word).map(|(tag, kind)| Kind::Tag(tag, Value::parse(&value.to_lowercase(), kind)))
            }
            _ => None,
        };
        Self { negated, quoted, kind: tag.unwrap_or(kind) }
    }
}

impl Kind {
    fn parse(text: &str) -> Self {
        let word = || Self::Word(text.to_owned());
        let Some((field, value)) = text.split_once(':') else {
            return property(text).filter(|_| text == "localizer").map_or_else(word, Self::Is);
        };
        if value.is_empty() {
            return word();
        }
        match (field, text_field(field), number_field(field)) {
            (_, Some(field), _) => Self::Text(field, value.to_owned()),
            (_, _, Some(field)) => Range::parse(value).map_or_else(word, |range| Self::Number(field, range)),
            ("date", ..) => Range::of_days(value).map_or_else(word, Self::Date),
            ("is", ..) => property(value).map_or_else(word, Self::Is),
            // A field nobody knows may be part of a description: `t2:tse`.
            _ => word(),
        }
    }

    fn holds(&self, library: &Library, id: SeriesId) -> bool {
        let series = library.series(id);
        let study = library.study(series.study);
        match self {
            Self::Word(word) => {
                study_contains(library, series.study, word)
                    || series_contains(library, id, word)
                    || label_contains(library, id, word)
            }
            Self::Text(TextField::Modality, value) => series.facts.modality.raw().eq_ignore_ascii_case(value),
            Self::Text(TextField::Verdict, value) => {
                library.opinion(id).is_some_and(|said| said.verdict.to_lowercase() == *value)
            }
            Self::Text(TextField::Number, value) => series.facts.number.raw().trim() == value,
            Self::Text(field, value) => field.any(library, id, |text| contains(text, value)),
            Self::Number(field, range) => {
                field.values(library, id).into_iter().any(|value| range.holds(value))
            }
            Self::Date(range) => [&study.date, &series.facts.date]
                .into_iter()
                .filter_map(|date| date.raw().trim().parse::<u32>().ok())
                .any(|day| range.holds(f64::from(day))),
            Self::Is(Property::Odd) => series.warned > 0 || !library.volume_findings(id).is_empty(),
            Self::Is(Property::Reviewed) => library.opinion(id).is_some(),
            Self::Is(Property::Image) => series.frames > 0,
            Self::Is(Property::Localizer) => series.forms.iter().any(|form| is_localizer(form)),
            Self::Tag(..) => true,
        }
    }
}

/// True if a text holds a part that is in lower case already.
fn contains(text: &str, part: &str) -> bool {
    if text.is_ascii()
        && let Some((first, rest)) = part.as_bytes().split_first()
    {
        let mut left = text.as_bytes();
        // Most places are ruled out by their first letter.
        while let Some(at) = left.iter().position(|byte| byte.to_ascii_lowercase() == *first) {
            left = &left[at + 1..];
            if left.get(..rest.len()).is_some_and(|here| here.eq_ignore_ascii_case(rest)) {
                return true;
            }
        }
        return false;
    }
    text.to_lowercase().contains(part)
}

fn text_field(word: &str) -> Option<TextField> {
    Some(match word {
        "patient" | "name" | "id" => TextField::Patient,
        "study" | "accession" => TextField::Study,
        "modality" | "mod" => TextField::Modality,
        "number" => TextField::Number,
        "description" | "desc" | "series" => TextField::Description,
        "kernel" | "sequence" => TextField::Kernel,
        "encoding" | "syntax" => TextField::Encoding,
        "uid" => TextField::Uid,
        "body" | "part" => TextField::Body,
        "verdict" => TextField::Verdict,
        "note" => TextField::Note,
        "maker" | "manufacturer" | "institution" => TextField::Maker,
        _ => return None,
    })
}

fn number_field(word: &str) -> Option<NumberField> {
    Some(match word {
        "slices" => NumberField::Slices,
        "files" | "instances" => NumberField::Files,
        "frames" | "images" => NumberField::Frames,
        "stacks" => NumberField::Stacks,
        "rows" => NumberField::Rows,
        "columns" => NumberField::Columns,
        "bits" => NumberField::Bits,
        "spacing" => NumberField::Spacing,
        "thickness" => NumberField::Thickness,
        "step" => NumberField::Step,
        "mb" | "size" => NumberField::Megabytes,
        _ => return None,
    })
}

fn property(word: &str) -> Option<Property> {
    Some(match word {
        "localizer" | "localiser" | "scout" => Property::Localizer,
        "odd" | "problem" | "problems" => Property::Odd,
        "image" | "images" => Property::Image,
        "reviewed" => Property::Reviewed,
        _ => return None,
    })
}

/// A word is looked for in these texts of a study and its patient …
fn study_contains(library: &Library, study: StudyId, word: &str) -> bool {
    let study = library.study(study);
    let patient = library.patient(study.patient);
    [&study.description, &study.date, &study.accession, &patient.id, &patient.name()]
        .into_iter()
        .any(|text| contains(text.raw(), word))
}

/// … in these of a series …
fn series_contains(library: &Library, id: SeriesId, word: &str) -> bool {
    let facts = &library.series(id).facts;
    [&facts.modality, &facts.number, &facts.body_part, &facts.kernel, &facts.protocol]
        .into_iter()
        .any(|text| contains(text.raw().trim(), word))
}

/// … and in what the series is called.
fn label_contains(library: &Library, id: SeriesId, word: &str) -> bool {
    contains(library.label(id).raw(), word)
}

impl TextField {
    /// True if one of the texts of a series is such a one.
    fn any(self, library: &Library, id: SeriesId, holds: impl Fn(&str) -> bool) -> bool {
        let series = library.series(id);
        let study = library.study(series.study);
        let facts = &series.facts;
        let either = |a: &Text, b: &Text| holds(a.raw()) || holds(b.raw());
        match self {
            Self::Patient => {
                let patient = library.patient(study.patient);
                either(&patient.id, &patient.name())
            }
            Self::Study => either(&study.description, &study.accession),
            Self::Modality => holds(facts.modality.raw()),
            Self::Number => holds(facts.number.raw()),
            Self::Description => holds(library.label(id).raw()),
            Self::Kernel => either(&facts.kernel, &facts.sequence),
            Self::Uid => either(&series.uid, &study.uid),
            Self::Body => holds(facts.body_part.raw()),
            Self::Maker => either(&facts.manufacturer, &facts.institution),
            Self::Encoding => series.forms.iter().any(|form| {
                let uid = form.transfer_syntax.raw();
                holds(uid) || holds(uid_label(uid).unwrap_or(""))
            }),
            Self::Verdict => library.opinion(id).is_some_and(|said| holds(&said.verdict)),
            Self::Note => library.opinion(id).is_some_and(|said| holds(&said.note)),
        }
    }
}

impl NumberField {
    /// The values of a series, of which one must fit; none if it does not say.
    fn values(self, library: &Library, id: SeriesId) -> Vec<f64> {
        let series = library.series(id);
        let forms = || series.forms.iter().filter(|form| form.has_pixels);
        match self {
            Self::Files => vec![series.instances.len() as f64],
            Self::Frames => vec![series.frames as f64],
            Self::Megabytes => vec![series.bytes as f64 / 1e6],
            Self::Rows => forms().map(|form| f64::from(form.rows)).collect(),
            Self::Columns => forms().map(|form| f64::from(form.columns)).collect(),
            Self::Bits => forms().map(|form| f64::from(form.bits_stored)).collect(),
            Self::Thickness => forms().filter_map(|form| form.thickness).collect(),
            Self::Spacing => forms().filter_map(|form| Some(form.spacing?.row)).collect(),
            Self::Slices => {
                let most = library.stacks(id).iter().map(|stack| stack.frames.len()).max();
                vec![most.unwrap_or(0) as f64]
            }
            Self::Stacks => vec![library.stacks(id).len() as f64],
            Self::Step => library.stacks(id).iter().filter_map(|stack| stack.step).collect(),
        }
    }
}
