//! `topogram show`: one picture, for a glance, for a script, and for the previews of file managers.

use super::{Exit, Settings, list, out::Out, picture};
use crate::{
    config::Config,
    dicom::{Decoder, Image, is_archive},
    imaging::{PRESETS, Survey, parse_window, render},
    model::{Frame, Library, Mask, Pixels, SeriesId, SpacingSource, Stack, VoiLut, Window, count, shown},
    work::store,
};
use anyhow::{anyhow, bail};
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

/// What is asked for.
#[derive(Debug)]
pub(super) struct Wish {
    /// A file or a folder.
    pub(super) path: PathBuf,
    /// One-based.
    pub(super) slice: Option<u32>,
    /// As typed.
    pub(super) window: Option<String>,
    /// In columns.
    pub(super) width: Option<u16>,
}

/// Prints the picture, or its description where no terminal is.
///
/// # Errors
///
/// There is no such slice or window, or its pixels cannot be decoded.
pub(super) fn show(
    wish: &Wish,
    settings: &Settings,
    decoder: &Decoder,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let proposal = wish.window.as_deref().map(|text| Proposal::parse(text, &settings.config)).transpose()?;
    let many = wish.path.is_dir() || is_archive(&wish.path);
    let chosen = if many { in_folder(wish, decoder)? } else { in_file(wish, decoder)? };
    let frame = chosen.image.frame(chosen.frame).map_err(|why| about(&chosen.file, why))?;
    let (voi, origin) = window(&frame, proposal);
    let facts = facts(&chosen, &frame, &voi, &origin, out.mask);

    let choice = io::stdout().is_terminal().then(|| crate::ui::choice(settings.config.graphics)).flatten();
    let support = choice.map(crate::ui::ask).transpose()?.flatten();
    if let Some(support) = support {
        let aspect = frame.spacing.map_or(1.0, |spacing| spacing.aspect());
        picture::print(&render(&frame, &voi, false), aspect, &support, wish.width, out)?;
        let caption = facts.iter().map(|(_, fact)| fact.as_str()).filter(|fact| !fact.is_empty());
        out.line(&caption.collect::<Vec<_>>().join(" · "))?;
    } else {
        out.line(&format!("{:<9}{}", "File", out.mask.path(&chosen.file)))?;
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            out.line(&format!("{name:<9}{fact}"))?;
        }
    }
    out.flush()?;
    for note in &frame.notes {
        remark(&out.mask.sentence(note));
    }
    if chosen.problems > 0 {
        remark(&format!("{} had problems; `topogram ls` names them", count(chosen.problems, "file")));
        return Ok(Exit::SomeProblems);
    }
    Ok(Exit::Ok)
}

fn remark(text: &str) {
    let _ = writeln!(io::stderr(), "topogram: {}", shown(text));
}

fn about(file: &Path, why: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{}: {why}", file.display())
}

/// The one frame out of all.
struct Chosen {
    file: PathBuf,
    image: Image,
    /// In the file, zero-based.
    frame: u32,
    /// Series and stack, for people.
    label: String,
    /// `slice 3 of 20`.
    place: String,
    /// Files of the folder that cannot be shown.
    problems: usize,
}

fn in_file(wish: &Wish, decoder: &Decoder) -> anyhow::Result<Chosen> {
    let file = wish.path.clone();
    let image = Image::open_with(&file, decoder).map_err(|why| about(&file, why))?;
    let count = image.module().frames;
    let frame = pick(wish.slice, count as usize, "frame", &file)?;
    let place = if count > 1 { format!("frame {} of {count}", frame + 1) } else { String::new() };
    Ok(Chosen { file, image, frame: frame as u32, label: String::new(), place, problems: 0 })
}

/// The middle of the largest stack: what a person would click on first.
fn in_folder(wish: &Wish, decoder: &Decoder) -> anyhow::Result<Chosen> {
    let mut library = Library::default();
    list::scan(vec![wish.path.clone()], |_, outcome| {
        store(&mut library, outcome);
        Ok(())
    })?;
    let mut largest: Option<(usize, SeriesId, Stack)> = None;
    for (id, _) in library.all_series() {
        for stack in library.stacks(id) {
            let frames = stack.frames.len();
            if largest.as_ref().is_none_or(|(most, ..)| frames > *most) && frames > 0 {
                largest = Some((frames, id, stack));
            }
        }
    }
    let Some((count, series, stack)) = largest else {
        bail!("{}: holds no DICOM images; `topogram ls` lists what is there", wish.path.display());
    };
    let slice = pick(wish.slice, count, "slice", &wish.path)?;
    let key = stack.frames[slice];
    let file = library.path(key.instance);
    let image = Image::open_with(&file, decoder).map_err(|why| about(&file, why))?;
    let label = [library.label(series).to_string(), stack.label].join(" ").trim().to_owned();
    let place = format!("slice {} of {count}", slice + 1);
    Ok(Chosen { file, image, frame: key.frame, label, place, problems: library.problems.len() })
}

/// The zero-based index of the one-based wish; the middle without one.
fn pick(wish: Option<u32>, count: usize, what: &str, path: &Path) -> anyhow::Result<usize> {
    match wish.map(|number| number as usize) {
        None => Ok(count.saturating_sub(1) / 2),
        Some(number) if (1..=count).contains(&number) => Ok(number - 1),
        Some(number) => bail!("{}: there is no {what} {number}; it has {count}", path.display()),
    }
}

/// A window that was asked for.
enum Proposal {
    /// By what the values are.
    Auto,
    /// Exactly this, which goes by that name.
    Exact(Window, String),
}

impl Proposal {
    /// `auto`, a preset of the settings, one of ours, or two numbers.
    fn parse(text: &str, config: &Config) -> anyhow::Result<Self> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let own = config.presets.values().find(|preset| preset.name.eq_ignore_ascii_case(text));
        if let Some(preset) = own {
            return Ok(Self::Exact(Window::linear(preset.center, preset.width), preset.name.clone()));
        }
        let window = parse_window(text)?;
        let preset = PRESETS.iter().find(|preset| preset.window() == window && !text.contains('/'));
        Ok(Self::Exact(window, preset.map_or("as asked", |preset| preset.name).to_owned()))
    }
}

/// How to show the frame, and who says so.
fn window(frame: &Frame, proposal: Option<Proposal>) -> (VoiLut, String) {
    let auto = || {
        let mut survey = Survey::new(1);
        survey.add(frame);
        (survey.window().into(), "from the values".to_owned())
    };
    match (&frame.pixels, proposal) {
        // Colours are shown as they are.
        (Pixels::Color(_), _) => (Window::linear(128.0, 256.0).into(), String::new()),
        (Pixels::Gray(_), Some(Proposal::Exact(window, name))) => (window.into(), name),
        (Pixels::Gray(_), Some(Proposal::Auto)) => auto(),
        (Pixels::Gray(_), None) => match frame.voi.iter().find(|voi| voi.is_usable()) {
            Some(voi) => (voi.clone(), "from the file".to_owned()),
            None => auto(),
        },
    }
}

/// Names and values of what is shown; an empty value is not known.
fn facts(
    chosen: &Chosen,
    frame: &Frame,
    voi: &VoiLut,
    origin: &str,
    mask: Mask,
) -> [(&'static str, String); 5] {
    let (rows, columns) = frame.shape();
    let spacing = frame.spacing.map_or_else(String::new, |spacing| {
        let (row, column) = (spacing.row, spacing.column);
        match spacing.source {
            SpacingSource::Patient => format!("{row:.3} x {column:.3} mm"),
            SpacingSource::Detector => format!("{row:.3} x {column:.3} mm at the detector"),
            SpacingSource::AspectOnly => format!("pixels {row:.3} times as high as wide"),
        }
    });
    let window = match (&frame.pixels, voi.window()) {
        (Pixels::Color(_), _) => "colour".to_owned(),
        (_, Some(Window { center, width, .. })) => {
            format!("W {} L {} {} ({origin})", number(width), number(center), frame.unit).replace("  ", " ")
        }
        (_, None) => format!("a table ({origin})"),
    };
    let image = format!("{} {columns} x {rows}", frame.modality).trim().to_owned();
    [
        ("Series", mask.words(&chosen.label)),
        ("Place", chosen.place.clone()),
        ("Image", image),
        ("Spacing", spacing),
        ("Window", window),
    ]
}

/// As many digits as matter for a window.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_shown_unless_a_slice_is_named() {
        let here = Path::new("a");
        assert_eq!(pick(None, 133, "slice", here).unwrap(), 66);
        assert_eq!(pick(None, 1, "slice", here).unwrap(), 0);
        assert_eq!(pick(Some(133), 133, "slice", here).unwrap(), 132);
        let refusal = pick(Some(134), 133, "slice", here).unwrap_err().to_string();
        assert_eq!(refusal, "a: there is no slice 134; it has 133");
    }

    #[test]
    fn a_preset_of_the_settings_stands_above_ours() {
        let text = "presets.2 = { name = \"Lung\", center = -500, width = 1400 }";
        let config = Config::parse(Path::new("c"), text).unwrap();
        let Ok(Proposal::Exact(window, name)) = Proposal::parse("lung", &config) else { panic!("a window") };
        assert_eq!((window, name.as_str()), (Window::linear(-500.0, 1400.0), "Lung"));
        let Ok(Proposal::Exact(window, name)) = Proposal::parse("80/40", &config) else { panic!("a window") };
        assert_eq!((window, name.as_str()), (Window::linear(40.0, 80.0), "as asked"));
        assert!(Proposal::parse("lungs", &config).is_err());
    }

    #[test]
    fn numbers_of_a_window_have_no_idle_zeros() {
        assert_eq!([400.0, -0.5, 7.125, 1500.0].map(number), ["400", "-0.5", "7.12", "1500"]);
    }
}
