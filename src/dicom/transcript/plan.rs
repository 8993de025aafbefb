//! Plans of radiotherapy (PS3.3 C.8.8.9 to C.8.8.15, C.8.8.25): what is to be given, in how many fractions, by which
//! beams.

use super::{draft::Draft, page::Page, report::short};
use std::collections::HashMap;

/// Beams by photons and by particles differ in the names of their sequences only.
const BEAMS: [(&str, &str); 2] =
    [("BeamSequence", "ControlPointSequence"), ("IonBeamSequence", "IonControlPointSequence")];

pub(super) fn write(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Label", "RTPlanLabel");
    draft.field(page, "Name", "RTPlanName");
    draft.field(page, "Description", "RTPlanDescription");
    draft.field(page, "Date", "RTPlanDate");
    draft.field(page, "Intent", "PlanIntent");
    draft.field(page, "Geometry", "RTPlanGeometry");
    draft.field(page, "Approval", "ApprovalStatus");
    for dose in page.items("DoseReferenceSequence") {
        let kind = dose.text("DoseReferenceType").unwrap_or_default();
        draft.heading(&numbered("Dose reference", &dose, "DoseReferenceNumber"), &kind, None);
        draft.within(|draft| {
            draft.field(&dose, "Where", "DoseReferenceStructureType");
            draft.field(&dose, "Description", "DoseReferenceDescription");
            draft.measure(&dose, "Prescribed", "TargetPrescriptionDose", "Gy");
            draft.measure(&dose, "At least", "TargetMinimumDose", "Gy");
            draft.measure(&dose, "At most", "TargetMaximumDose", "Gy");
            draft.measure(&dose, "Organ at most", "OrganAtRiskMaximumDose", "Gy");
        });
    }
    for group in page.items("FractionGroupSequence") {
        draft.heading(&numbered("Fraction group", &group, "FractionGroupNumber"), "", None);
        draft.within(|draft| {
            draft.field(&group, "Fractions", "NumberOfFractionsPlanned");
            draft.field(&group, "Beams", "NumberOfBeams");
            draft.field(&group, "Brachy setups", "NumberOfBrachyApplicationSetups");
        });
    }
    let shares = shares(page);
    for (beams, points) in BEAMS {
        for beam in page.items(beams) {
            write_beam(&beam, points, &shares, draft);
        }
    }
    brachy(page, draft);
    for setup in page.items("PatientSetupSequence") {
        draft.field(&setup, "Patient position", "PatientPosition");
    }
    for (label, keyword) in
        [("Structure set", "ReferencedStructureSetSequence"), ("Dose", "ReferencedDoseSequence")]
    {
        for reference in page.items(keyword) {
            draft.reference(label, &reference);
        }
    }
}

fn numbered(label: &str, item: &Page<'_>, keyword: &str) -> String {
    item.integer(keyword).map_or_else(|| label.to_owned(), |number| format!("{label} {number}"))
}

/// What every beam gives in one fraction, by its number: `(Gy, monitor units)`.
fn shares(page: &Page<'_>) -> HashMap<i64, (Option<f64>, Option<f64>)> {
    let groups: Vec<Page<'_>> = page.items("FractionGroupSequence").collect();
    groups
        .iter()
        .flat_map(|group| group.items("ReferencedBeamSequence"))
        .filter_map(|beam| {
            let number = beam.integer("ReferencedBeamNumber")?;
            Some((number, (beam.number("BeamDose"), beam.number("BeamMeterset"))))
        })
        .collect()
}

fn write_beam(
    beam: &Page<'_>,
    points: &str,
    shares: &HashMap<i64, (Option<f64>, Option<f64>)>,
    draft: &mut Draft,
) {
    let name = beam.text("BeamName").unwrap_or_default();
    draft.heading(&numbered("Beam", beam, "BeamNumber"), &name, beam.secret("BeamName"));
    draft.within(|draft| {
        draft.field(beam, "Description", "BeamDescription");
        let kind: Vec<String> = ["BeamType", "RadiationType", "TreatmentDeliveryType"]
            .iter()
            .filter_map(|keyword| beam.text(keyword))
            .collect();
        draft.line("Kind", &kind.join(", "), None);
        draft.field(beam, "Machine", "TreatmentMachineName");
        let share = beam.integer("BeamNumber").and_then(|number| shares.get(&number));
        if let Some((dose, units)) = share {
            let unit = beam.text("PrimaryDosimeterUnit").unwrap_or_else(|| "MU".to_owned());
            let said =
                |value: &Option<f64>, unit: &str| value.map(|value| format!("{} {unit}", short(value)));
            let said: Vec<String> = [said(dose, "Gy"), said(units, &unit)].into_iter().flatten().collect();
            draft.line("Per fraction", &said.join(", "), None);
        }
        let steps: Vec<Page<'_>> = beam.items(points).collect();
        draft.line("Control points", &steps.len().to_string(), None);
        // A value that stays is written once, at the first point (PS3.3 C.8.8.14.5).
        for (label, keyword, unit) in [
            ("Energy", "NominalBeamEnergy", "MeV"),
            ("Gantry", "GantryAngle", "°"),
            ("Collimator", "BeamLimitingDeviceAngle", "°"),
            ("Couch", "PatientSupportAngle", "°"),
        ] {
            let values: Vec<f64> = steps.iter().filter_map(|step| step.number(keyword)).collect();
            let value = match (values.first(), values.last()) {
                (Some(first), Some(last)) if values.iter().any(|value| value != first) => {
                    format!("{} to {} {unit}", short(*first), short(*last))
                }
                (Some(first), _) => format!("{} {unit}", short(*first)),
                _ => String::new(),
            };
            draft.line(label, &value.replace(" °", "°"), None);
        }
        if let Some(center) = steps.iter().find_map(|step| step.text("IsocenterPosition")) {
            draft.line("Isocentre", &format!("{} mm", center.replace('\\', ", ")), None);
        }
        for (label, keyword) in [
            ("Wedges", "NumberOfWedges"),
            ("Compensators", "NumberOfCompensators"),
            ("Boli", "NumberOfBoli"),
            ("Blocks", "NumberOfBlocks"),
        ] {
            if beam.integer(keyword).is_some_and(|count| count > 0) {
                draft.field(beam, label, keyword);
            }
        }
    });
}

fn brachy(page: &Page<'_>, draft: &mut Draft) {
    draft.field(page, "Brachytherapy", "BrachyTreatmentTechnique");
    draft.field(page, "Dose rate", "BrachyTreatmentType");
    for source in page.items("SourceSequence") {
        let isotope = source.text("SourceIsotopeName").unwrap_or_default();
        draft.line(&numbered("Source", &source, "SourceNumber"), &isotope, None);
    }
    for setup in page.items("ApplicationSetupSequence") {
        let kind = setup.text("ApplicationSetupType").unwrap_or_default();
        draft.heading(&numbered("Setup", &setup, "ApplicationSetupNumber"), &kind, None);
        draft.within(|draft| {
            draft.line("Channels", &setup.items("ChannelSequence").count().to_string(), None);
        });
    }
}
