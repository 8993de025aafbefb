//! Structured reports and key objects: a tree of content items (PS3.3 C.17.3) as indented text.

use super::{draft::Draft, page::Page};

/// True for objects that have such a tree, or would have if it were not empty.
pub(super) fn is_one(page: &Page<'_>) -> bool {
    page.element("ContentSequence").is_some() || page.element("ValueType").is_some()
}

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Completed", "CompletionFlag");
    draft.field(page, "Verified", "VerificationFlag");
    for observer in page.items("VerifyingObserverSequence") {
        draft.field(&observer, "Verified by", "VerifyingObserverName");
        draft.field(&observer, "Verified at", "VerificationDateTime");
    }
    item(page, draft);
    evidence(page, draft);
}

/// A content item with all below it. The walk has bounded how deep they nest, and items by reference are
/// named, never followed: they may lead round in circles.
fn item(item: &Page<'_>, draft: &mut Draft) {
    if draft.is_full() {
        return;
    }
    let name = item.code("ConceptNameCodeSequence");
    let label = match item.word("RelationshipType").as_str() {
        "INFERRED FROM" => format!("inferred from {}", name.unwrap_or_default()),
        "SELECTED FROM" => format!("selected from {}", name.unwrap_or_default()),
        _ => name.unwrap_or_default(),
    };
    let label = label.trim();
    let path = item.numbers("ReferencedContentItemIdentifier");
    if !path.is_empty() {
        let path: Vec<String> = path.iter().map(ToString::to_string).collect();
        draft.line(label, &format!("see item {}", path.join(".")), None);
        return;
    }
    let kind = item.word("ValueType");
    match kind.as_str() {
        "CONTAINER" => draft.heading(if label.is_empty() { "…" } else { label }, "", None),
        "TEXT" => {
            let text = item.whole("TextValue").unwrap_or_default();
            draft.text(label, &text, item.secret("TextValue"));
        }
        "CODE" => draft.code(item, label, "ConceptCodeSequence"),
        "NUM" => draft.line(label, &number(item), None),
        "PNAME" => draft.field(item, label, "PersonName"),
        "DATE" => draft.field(item, label, "Date"),
        "TIME" => draft.field(item, label, "Time"),
        "DATETIME" => draft.field(item, label, "DateTime"),
        "UIDREF" => draft.field(item, label, "UID"),
        "IMAGE" | "COMPOSITE" | "WAVEFORM" => {
            let label = if label.is_empty() { kind.to_ascii_lowercase() } else { label.to_owned() };
            for reference in item.items("ReferencedSOPSequence") {
                draft.reference(&label, &reference);
            }
        }
        "SCOORD" | "SCOORD3D" => draft.line(label_or(label, "region"), &coordinates(item, &kind), None),
        "TCOORD" => {
            let range = item.word("TemporalRangeType").to_ascii_lowercase();
            let times = ["ReferencedSamplePositions", "ReferencedTimeOffsets", "ReferencedDateTime"];
            let times = times.iter().find_map(|keyword| item.text(keyword)).unwrap_or_default();
            draft.line(label_or(label, "time"), format!("{range} {times}").trim(), None);
        }
        "TABLE" => {
            let size = |keyword| item.integer(keyword).unwrap_or(0);
            let value = format!(
                "a table of {} rows and {} columns",
                size("NumberOfTableRows"),
                size("NumberOfTableColumns")
            );
            draft.line(label_or(label, "table"), &value, None);
        }
        "" => {}
        // A kind the standard has not had when this was written.
        _ => draft.line(label, &format!("of the kind {kind:.16}"), None),
    }
    draft.within(|draft| {
        for child in item.items("ContentSequence") {
            self::item(&child, draft);
        }
    });
}

fn label_or<'a>(label: &'a str, otherwise: &'a str) -> &'a str {
    if label.is_empty() { otherwise } else { label }
}

/// `12.5 mm`; why there is no number, if there is none (PS3.3 C.18.1).
fn number(item: &Page<'_>) -> String {
    let measured: Vec<String> = item
        .items("MeasuredValueSequence")
        .filter_map(|value| {
            let number = value.text("NumericValue")?;
            let unit = value.item("MeasurementUnitsCodeSequence").map(|unit| unit_name(&unit));
            Some(format!("{number} {}", unit.unwrap_or_default()).trim().to_owned())
        })
        .collect();
    let qualifier = item.code("NumericValueQualifierCodeSequence");
    match (measured.is_empty(), qualifier) {
        (true, Some(why)) => format!("no number: {why}"),
        (true, None) => "no number".to_owned(),
        (false, Some(how)) => format!("{} ({how})", measured.join(", ")),
        (false, None) => measured.join(", "),
    }
}

/// The symbol of a unit; in words where UCUM has only braces for it, nothing for pure numbers.
fn unit_name(unit: &Page<'_>) -> String {
    let symbol = unit.text("CodeValue").unwrap_or_default();
    match symbol.as_str() {
        "1" => String::new(),
        symbol if symbol.is_empty() || symbol.starts_with('{') => {
            unit.text("CodeMeaning").unwrap_or_default()
        }
        symbol => symbol.to_owned(),
    }
}

/// `polyline of 5 points from (10.5, 20) to (12, 33)`: (column, row) of an image, mm of a patient in 3D.
fn coordinates(item: &Page<'_>, kind: &str) -> String {
    let size = if kind == "SCOORD" { 2 } else { 3 };
    let numbers = item.numbers("GraphicData");
    let points: Vec<String> = numbers
        .chunks_exact(size)
        .map(|point| {
            let numbers: Vec<String> = point.iter().map(|number| short(*number)).collect();
            format!("({})", numbers.join(", "))
        })
        .collect();
    let shape = item.word("GraphicType").to_ascii_lowercase();
    let shape = if shape.is_empty() { "points".to_owned() } else { shape };
    let unit = if size == 3 { " mm" } else { "" };
    match points.as_slice() {
        [] => shape,
        points if points.len() <= 4 => format!("{shape} {}{unit}", points.join(" ")),
        [first, .., last] => format!("{shape} of {} points from {first} to {last}{unit}", points.len()),
        [_] => shape,
    }
}

/// At most two digits after the point.
pub(super) fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// What the document was made from: of key objects all that they list (PS3.3 C.17.6.2).
fn evidence(page: &Page<'_>, draft: &mut Draft) {
    let mut is_first = true;
    for keyword in ["CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence"] {
        for series in
            page.items(keyword).flat_map(|study| study.items("ReferencedSeriesSequence").collect::<Vec<_>>())
        {
            if std::mem::take(&mut is_first) {
                draft.heading("Evidence", "", None);
            }
            draft.within(|draft| {
                draft.field(&series, "Series", "SeriesInstanceUID");
                draft.within(|draft| {
                    for reference in series.items("ReferencedSOPSequence") {
                        draft.reference("", &reference);
                    }
                });
            });
        }
    }
}
