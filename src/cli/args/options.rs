//! Options that go with every command.

use crate::{
    config::{Graphics, Link, Memory, Watch},
    dicom::{Distances, Raw},
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use std::path::PathBuf;

/// Options that stand above the configuration file.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(in crate::cli) struct Options {
    /// Draw with kitty, iterm2, sixel, half, quadrants, octants, ascii or none
    ///
    /// By default, or with auto, the terminal is asked.
    #[arg(long, global = true, value_name = "PROTOCOL", value_parser = graphics(), hide_possible_values = true)]
    pub(in crate::cli) graphics: Option<Graphics>,
    /// Treat the way to the terminal as fast or slow; auto measures it
    #[arg(long, global = true, value_name = "SPEED", value_parser = link(), hide_possible_values = true)]
    pub(in crate::cli) link: Option<Link>,
    /// Use a theme by its name; `auto` follows the terminal's background
    #[arg(long, global = true, value_name = "NAME")]
    pub(in crate::cli) theme: Option<String>,
    /// Read settings from this file instead of the one in ~/.config/topogram
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Let caches take this much memory, as in 2G or 25%
    #[arg(long, global = true, value_name = "SIZE")]
    pub(in crate::cli) memory: Option<Memory>,
    /// Keep nothing of what is found, and read every file
    #[arg(long, global = true)]
    pub(in crate::cli) no_cache: bool,
    /// Keep the list of files up to date: auto, poll or off
    ///
    /// By default the system tells of changes, and files are looked at where it does not.
    #[arg(long, global = true, value_name = "HOW", value_parser = watch(), hide_possible_values = true)]
    pub(in crate::cli) watch: Option<Watch>,
    /// Hide names, IDs and dates, in lists too
    #[arg(long, global = true, visible_alias = "mask-phi")]
    pub(in crate::cli) mask_identifiers: bool,
    /// Keep verdicts and notes on series in this CSV file of yours
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) review: Option<PathBuf>,
    /// Read files as bare values, as in 128x128x243,u8,le,0
    ///
    /// Columns x rows x slices x volumes come first, then the kind, le or be, and bytes to skip. Kinds
    /// are u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, rgb and rgb-planes.
    #[arg(long, global = true, value_name = "LAYOUT", value_parser = |text: &str| text.parse::<Raw>())]
    pub(in crate::cli) raw: Option<Raw>,
    /// Take values to be this far apart, in mm, as in 4,4,4
    ///
    /// Of columns, rows and slices, for files that do not tell: bare values, .npy and pictures. The last
    /// is negative if slices go from head to feet.
    #[arg(long, global = true, value_name = "X,Y,Z", value_parser = |text: &str| text.parse::<Distances>())]
    pub(in crate::cli) spacing: Option<Distances>,
    /// Keep measurements in this CSV file of yours
    #[arg(long, global = true, value_name = "FILE")]
    pub(in crate::cli) measurements: Option<PathBuf>,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub(in crate::cli) no_mouse: bool,
}

fn graphics() -> impl TypedValueParser<Value = Graphics> {
    let words = Graphics::ALL.iter().map(|choice| choice.name());
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Graphics>())
}

fn link() -> impl TypedValueParser<Value = Link> {
    let words = Link::ALL.iter().map(|choice| choice.name());
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Link>())
}

fn watch() -> impl TypedValueParser<Value = Watch> {
    let words = Watch::ALL.iter().map(|choice| choice.name());
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Watch>())
}
