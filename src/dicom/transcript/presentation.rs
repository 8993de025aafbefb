//! Presentation states (PS3.3 C.11 and C.10.5): which images they are for, and what they do to them.

use super::{draft::Draft, page::Page, report::short};

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Label", "ContentLabel");
    draft.field(page, "Description", "ContentDescription");
    draft.field(page, "Made on", "PresentationCreationDate");
    draft.field(page, "Made by", "ContentCreatorName");
    for voi in page.items("SoftcopyVOILUTSequence") {
        let center = voi.text("WindowCenter").zip(voi.text("WindowWidth"));
        if let Some((center, width)) = center {
            draft.line("Window", &format!("W {width} L {center}"), None);
        } else if voi.element("VOILUTSequence").is_some() {
            draft.line("Window", "a table", None);
        }
        draft.field(&voi, "Explained as", "WindowCenterWidthExplanation");
    }
    draft.field(page, "Presentation LUT", "PresentationLUTShape");
    if let Some(degrees) = page.text("ImageRotation").filter(|degrees| degrees != "0") {
        draft.line("Turned by", &format!("{degrees}°"), None);
    }
    if page.word("ImageHorizontalFlip") == "Y" {
        draft.line("Mirrored", "left and right", None);
    }
    draft.field(page, "Shutter", "ShutterShape");
    for area in page.items("DisplayedAreaSelectionSequence") {
        let corners =
            area.text("DisplayedAreaTopLeftHandCorner").zip(area.text("DisplayedAreaBottomRightHandCorner"));
        if let Some((first, last)) = corners {
            let value = format!("({}) to ({})", first.replace('\\', ", "), last.replace('\\', ", "));
            draft.line("Displayed area", &value, None);
        }
        draft.field(&area, "Size", "PresentationSizeMode");
    }
    for layer in page.items("GraphicLayerSequence") {
        draft.field(&layer, "Layer", "GraphicLayer");
    }
    for annotation in page.items("GraphicAnnotationSequence") {
        annotate(&annotation, draft);
    }
    for blending in page.items("BlendingSequence") {
        draft.field(&blending, "Blended", "BlendingPosition");
        references(&blending, draft);
    }
    references(page, draft);
}

fn annotate(page: &Page<'_>, draft: &mut Draft) {
    let layer = page.text("GraphicLayer").unwrap_or_default();
    draft.heading("Annotation", &layer, page.secret("GraphicLayer"));
    draft.within(|draft| {
        for text in page.items("TextObjectSequence") {
            let value = text.whole("UnformattedTextValue").unwrap_or_default();
            draft.text("Text", &value, text.secret("UnformattedTextValue"));
        }
        for graphic in page.items("GraphicObjectSequence") {
            let kind = graphic.word("GraphicType").to_ascii_lowercase();
            let points = graphic.numbers("GraphicData");
            let (points, _) = points.as_chunks::<2>();
            let place = match (graphic.word("GraphicAnnotationUnits").as_str(), points) {
                ("PIXEL", [first, .., last]) => format!("from {} to {}", pixel(*first), pixel(*last)),
                ("PIXEL", [point]) => format!("at {}", pixel(*point)),
                (unit, _) => format!("in {} units", unit.to_ascii_lowercase()),
            };
            draft.line("Graphic", &format!("{kind} of {} points, {place}", points.len()), None);
        }
        for image in page.items("ReferencedImageSequence") {
            draft.reference("On", &image);
        }
    });
}

/// A point in PIXEL units, which are 0 at the outer corner of the first pixel (PS3.3 C.10.5.1.2), as the index
/// that pixels are read by: 0 in the middle of the first one.
fn pixel([x, y]: [f64; 2]) -> String {
    format!("column {} row {}", short(x - 0.5), short(y - 0.5))
}

fn references(page: &Page<'_>, draft: &mut Draft) {
    for series in page.items("ReferencedSeriesSequence") {
        draft.heading("For", "", None);
        draft.within(|draft| {
            draft.field(&series, "Series", "SeriesInstanceUID");
            for image in series.items("ReferencedImageSequence") {
                draft.reference("", &image);
            }
        });
    }
}
