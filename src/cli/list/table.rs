//! The list for people, and its lines for a spreadsheet.

use super::Meant;
use crate::{
    cli::{columns, out::Out},
    model::count,
    work::Lists,
};

const HEADINGS: [&str; 13] = [
    "Patient ID",
    "Patient",
    "Study date",
    "Study",
    "#",
    "Mod",
    "Series",
    "Files",
    "Frames",
    "Matrix",
    "Spacing",
    "Step",
    "Stacks",
];

/// One row of the table and of the CSV file.
fn rows(meant: &Meant<'_>) -> Vec<Vec<String>> {
    let (library, mask) = (meant.library, meant.mask);
    let mut rows = vec![];
    for (_, patient) in library.patients() {
        for &of in &patient.studies {
            let study = library.study(of);
            for &id in study.series.iter().filter(|&&id| meant.holds(id)) {
                let series = library.series(id);
                let stacks = library.stacks(id);
                let form = stacks.first().map(|stack| &stack.form);
                let spacing = form.and_then(|form| form.spacing);
                let step = stacks.first().and_then(|stack| stack.step);
                let mut row = vec![
                    mask.id(&patient.id),
                    mask.id(&patient.name()),
                    if mask.is_on() { mask.day(library, of, &study.date) } else { study.date.to_string() },
                    mask.words(study.description.raw()),
                    series.facts.number.to_string(),
                    series.facts.modality.to_string(),
                    mask.words(library.label(id).raw()),
                    series.instances.len().to_string(),
                    series.frames.to_string(),
                    form.map_or_else(String::new, |form| format!("{}x{}", form.columns, form.rows)),
                    spacing.map_or_else(String::new, |s| format!("{:.3}x{:.3}", s.row, s.column)),
                    step.map_or_else(String::new, |step| format!("{step:.3}")),
                    stacks.len().to_string(),
                ];
                row.extend(meant.series.get(&id).into_iter().flatten().map(columns::spoken));
                rows.push(row);
            }
        }
    }
    rows
}

pub(super) fn print(meant: &Meant<'_>, lists: &Lists, out: &mut Out) -> anyhow::Result<()> {
    let library = meant.library;
    let rows = rows(meant);
    let headings: Vec<&str> = HEADINGS.into_iter().chain(meant.columns.names()).collect();
    out.table(&headings, &rows)?;
    let counts = library.counts;
    out.line("")?;
    if meant.is_part {
        out.line(&format!("{} of {} series are meant", rows.len(), library.series_count()))?;
    }
    for (path, manifest) in lists.manifests() {
        let words = [manifest.collections.join(", "), manifest.terms.join(", ")];
        let words = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; ");
        let count = manifest.series.len();
        let line = format!("{} lists {count} series: {words}", path.display());
        out.line(&meant.mask.sentence(&line))?;
    }
    for path in &lists.licences {
        let path = out.mask.path(path);
        out.line(&format!("{path} tells what may be done with the data"))?;
    }
    out.line(&format!(
        "{}: {} DICOM in {} series, {} DICOMDIR, {} other{}, {} with problems",
        count(counts.files as usize, "file"),
        counts.dicom,
        library.series_count(),
        counts.dicomdir,
        counts.ignored,
        others(lists),
        counts.problems
    ))?;
    for problem in &library.problems {
        let (path, what) = (out.mask.path(&problem.path), out.mask.sentence(&problem.what));
        out.line(&format!("  {path}: {what}"))?;
    }
    Ok(())
}

/// What the files that are not DICOM are by their names, the commonest first: ` (1018 xml, 1 csv)`.
fn others(lists: &Lists) -> String {
    /// As many as a person reads.
    const TOLD: usize = 4;
    let mut kinds: Vec<(&String, &usize)> = lists.others.iter().collect();
    kinds.sort_by_key(|&(_, &count)| std::cmp::Reverse(count));
    let words: Vec<String> =
        kinds.into_iter().take(TOLD).map(|(end, count)| format!("{count} {end:.12}")).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

pub(super) fn csv(meant: &Meant<'_>, out: &mut Out) -> anyhow::Result<()> {
    let names = [
        "patient_id",
        "patient_name",
        "study_date",
        "study_description",
        "series_number",
        "modality",
        "series_label",
        "files",
        "frames",
        "matrix",
        "spacing_mm",
        "step_mm",
        "stacks",
    ];
    let names = names.into_iter().chain(meant.columns.names());
    out.csv_row(&names.map(str::to_owned).collect::<Vec<_>>())?;
    rows(meant).iter().try_for_each(|row| out.csv_row(row))
}
