//! Presentation states (PS3.3 C.11 and C.10.5): which images they are for, and what they do to them.

use super::{draft::Draft, page::Page};

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
            let unit = graphic.word("GraphicAnnotationUnits").to_ascii_lowercase();
            let points = graphic.numbers("GraphicData").len() / 2;
            draft.line("Graphic", &format!("{kind} of {points} points, in {unit} units"), None);
        }
        for image in page.items("ReferencedImageSequence") {
            draft.reference("On", &image);
        }
    });
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
