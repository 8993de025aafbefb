//! The command line, as clap reads it; help and manual are made of the same text.

mod options;
mod recipe;
pub(super) use options::Options;
use recipe::RecipeOptions;

use super::{check::FailOn, columns::Columns, deidentify, export::Taken, read};
use crate::work::Form;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use std::{num::NonZeroUsize, path::PathBuf};

const AFTER: &str = "\
A folder called like a command can be opened as ./ls.

Exit status: 0 if all went well, 1 if some files had problems, 2 if topogram could
not do what was asked.";

/// Browse DICOM studies in the terminal: series, tags, and slices in true windows.
///
/// Without a command, the explorer opens with everything found under the paths.
/// Files are recognised by their content, whatever their names; nothing is changed.
#[derive(Debug, Parser)]
#[command(name = "topogram", version, after_help = AFTER, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// Files and folders to look into [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) options: Options,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List patients, studies and series
    Ls {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print JSON, exact to the character
        #[arg(long)]
        json: bool,
        /// Print one line of comma-separated values for each series
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        /// Print a line for each file, with what it is; with --json, an object
        #[arg(long)]
        files: bool,
        /// Add attributes by keyword or tag, as in KVP,SliceLocation,(0018,1150)
        ///
        /// They are read from every file; of a series the first value is shown, and how many
        /// others there are.
        #[arg(long, value_name = "TAGS", default_value = "", hide_default_value = true)]
        columns: Columns,
    },
    /// List the series that a query means
    ///
    /// As in `modality:ct slices:>100 -localizer`: words are found anywhere, field:value in one
    /// place, "two words" together, and a minus turns a term round. README lists the fields; any
    /// keyword of the standard is one too, as in KVP:>100, and is then read from every file.
    Find {
        /// What to look for
        #[arg(allow_hyphen_values = true)]
        query: String,
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print JSON, exact to the character
        #[arg(long)]
        json: bool,
        /// Print one line of comma-separated values for each series
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        /// Add attributes by keyword or tag, as in KVP,SliceLocation,(0018,1150)
        #[arg(long, value_name = "TAGS", default_value = "", hide_default_value = true)]
        columns: Columns,
    },
    /// Print the tags of a file
    Tags {
        /// A DICOM file
        file: PathBuf,
        /// Keep the tags whose number, name or value matches
        #[arg(short = 't', long = "tag", value_name = "PATTERN")]
        pattern: Option<String>,
        /// Tell instead where the file departs from the standard, by section
        ///
        /// Attributes of types 1 and 2 that its modules need, codes and references that are not
        /// whole, values that do not fit their representation, UIDs and directions that are none.
        /// Exit status 1 if an attribute of type 1 is missing.
        #[arg(long, conflicts_with = "pattern")]
        validate: bool,
        /// Print DICOM JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what a file says: reports, plans, regions, segments, curves, documents
    ///
    /// Structured reports as a tree of text and measurements, key objects with what they list,
    /// radiotherapy and segmentations in summary, electrocardiograms as curves, presentation states,
    /// and the protocols that Siemens and GE hide in private tags.
    Read(read::Wish),
    /// Print a picture of a file, or of the largest stack in a folder
    ///
    /// Where standard output is no terminal, a description takes the place of the picture: size,
    /// spacing and window, without escape codes.
    Show {
        /// A DICOM file or a folder
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Slice of the stack, or frame of the file, from 1 [default: the middle one]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        slice: Option<u32>,
        /// A preset (lung), WIDTH/CENTER (1500/-600) or auto [default: the file's own]
        #[arg(long, value_name = "WINDOW", allow_hyphen_values = true)]
        window: Option<String>,
        /// Make the picture this many columns wide [default: what fits the screen]
        #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(1..))]
        width: Option<u16>,
    },
    /// Tell what is wrong with the data: gaps, copies, contradictions
    Check {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Exit with status 1 from this weight on
        #[arg(long, value_name = "WEIGHT", default_value = "error")]
        fail_on: FailOn,
        /// Tell as well where files depart from the standard, as `tags --validate` does
        ///
        /// Each thing once for a series, with the number of its files. All attributes of all files
        /// are read for it.
        #[arg(long)]
        standard: bool,
    },
    /// Write stacks as arrays, pictures, films or sheets, for other programs
    ///
    /// Arrays hold values with their unit, such as Hounsfield units, and have a JSON beside them
    /// that says where every voxel lies. Slices are in anatomical order. The data are only read.
    Export {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// What to make of each stack
        #[arg(long, value_enum)]
        to: Form,
        /// The folder to write into; made if it is not there
        #[arg(short, long, value_name = "FOLDER")]
        out: PathBuf,
        /// Take only the series that this query means, as in `find`
        #[arg(long, value_name = "QUERY", default_value = "", allow_hyphen_values = true)]
        query: String,
        /// Take only this slice of each stack, from 1
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        slice: Option<u32>,
        /// Write stored values instead of those with a unit
        #[arg(long)]
        stored: bool,
        /// A preset (lung) or WIDTH/CENTER (1500/-600), for pictures [default: the file's own]
        #[arg(long, value_name = "WINDOW", allow_hyphen_values = true)]
        window: Option<String>,
        #[command(flatten)]
        taken: TakenOptions,
        /// Print an object for each stack, with the files it became
        #[arg(long)]
        json: bool,
        /// Decode this many slices at once [default: one for each processor]
        #[arg(long, value_name = "N")]
        jobs: Option<NonZeroUsize>,
    },
    /// Prepare stacks for a neural network: units, grid, lungs, range
    ///
    /// Every stack becomes a .npy of (slice, row, column), with a JSON that says where it lies;
    /// manifest.csv and manifest.json list them all. Steps are done in the order in which they are
    /// listed here. Without any, arrays hold values in their unit, with air instead of padding.
    Pipeline {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// The folder to write into; made if it is not there
        #[arg(short, long, value_name = "FOLDER")]
        out: PathBuf,
        /// Take only the series that this query means, as in `find`
        #[arg(long, value_name = "QUERY", default_value = "", allow_hyphen_values = true)]
        query: String,
        #[command(flatten)]
        recipe: RecipeOptions,
        #[command(flatten)]
        taken: TakenOptions,
        /// Prepare this many stacks at once; each is in memory as a whole
        #[arg(long, value_name = "N", default_value = "1")]
        jobs: NonZeroUsize,
    },
    /// List what reviewers have said of the series, and what nobody has looked at
    ///
    /// The file is named by --review, or by the settings.
    Review {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List what was measured in the series and kept
    ///
    /// The file is named by --measurements, or by the settings.
    Measurements {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print JSON
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        /// Print CSV, as it is kept
        #[arg(long)]
        csv: bool,
    },
    /// Print fingerprints of pixels, to find the same image elsewhere
    ///
    /// A line holds a hash of the first frame's stored values, rows x columns x frames,
    /// their kind and the path. Files with equal hashes hold equal values, whatever
    /// their names and transfer syntaxes.
    Digest {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print an object for each file, with what is shown as well
        #[arg(long)]
        json: bool,
        /// Decode this many files at once [default: one for each processor]
        #[arg(long, value_name = "N")]
        jobs: Option<NonZeroUsize>,
    },
    /// Tell what two files, series or studies say differently
    ///
    /// Instances are aligned by SOP Instance UID, else by the numbers of series and instance, by
    /// position, or by order. Exit status 1 if anything differs.
    Diff {
        /// A file or folder
        a: PathBuf,
        /// Another one
        b: PathBuf,
        /// Print attributes that are equal, too
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell which attributes vary within each series, and how
    ///
    /// Rising, falling, a few values or all different, in the order of the stack; numbers with
    /// their least and greatest.
    Varies {
        /// Files and folders to look into
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Print attributes that are constant, too
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy files without what tells who the patient is (PS3.15 Annex E)
    ///
    /// The Basic Application Level Confidentiality Profile, with the standard's options. Copies are
    /// named by their new UIDs; the sources are only read. The pixels are copied as they are.
    Deidentify(deidentify::Wish),
    /// Write computed patients into a folder, and open it
    Demo {
        /// Where to write [default: topogram-demo in the folder for temporary files]
        folder: Option<PathBuf>,
        /// Only write, and print the name of the folder
        #[arg(long)]
        no_open: bool,
    },
    /// Tell what is kept of folders that were opened, or take it away
    Cache {
        #[command(subcommand)]
        change: Option<CacheChange>,
    },
    /// Tell what the terminal can do, how pictures are drawn and why
    Doctor,
    /// Tell which settings file is read and whether it is valid
    Config {
        /// Print a commented file with every setting as we ship it
        #[arg(long, conflicts_with = "path")]
        default: bool,
        /// Print the name of the file alone
        #[arg(long)]
        path: bool,
    },
    /// Print a completion script
    Completions {
        /// The shell it is for
        shell: Shell,
    },
    /// Print the manual page
    Man,
    /// Decode frames that arrive at standard input, for another process of this program
    #[command(hide = true)]
    DecodeWorker,
    /// Print what packages contain
    #[command(hide = true, subcommand)]
    Docs(Document),
}

impl Command {
    /// The files and folders that are read.
    pub(super) fn sources(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Ls { paths, .. }
            | Self::Find { paths, .. }
            | Self::Check { paths, .. }
            | Self::Export { paths, .. }
            | Self::Pipeline { paths, .. }
            | Self::Review { paths, .. }
            | Self::Digest { paths, .. }
            | Self::Varies { paths, .. } => paths.iter_mut().collect(),
            Self::Deidentify(wish) => wish.paths.iter_mut().collect(),
            Self::Tags { file: path, .. } | Self::Show { path, .. } => vec![path],
            Self::Diff { a, b, .. } => vec![a, b],
            _ => vec![],
        }
    }
}

/// What to do about files that are there already.
#[derive(Debug, Args)]
pub(super) struct TakenOptions {
    /// Write over files that are there
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// Leave files that are there as they are, and do what is missing
    #[arg(long)]
    resume: bool,
}

impl TakenOptions {
    pub(super) fn taken(&self) -> Taken {
        match (self.force, self.resume) {
            (true, _) => Taken::Replace,
            (_, true) => Taken::Keep,
            _ => Taken::Refuse,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum CacheChange {
    /// Take away what is kept, of everything or of one folder
    Clear {
        /// The folder that was opened [default: all]
        path: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Document {
    /// The manual page
    Man,
    /// A completion script
    Completions {
        /// The shell it is for
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Graphics;
    use clap::CommandFactory as _;

    fn parse(words: &[&str]) -> Arguments {
        Arguments::try_parse_from([&["topogram"], words].concat()).unwrap()
    }

    #[test]
    fn clap_finds_no_fault_with_the_table() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_folder_that_is_called_like_a_command_is_opened_by_its_path() {
        let opened = parse(&["./ls"]);
        assert!(opened.command.is_none());
        assert_eq!(opened.paths, [PathBuf::from("./ls")]);
        assert!(matches!(parse(&["ls"]).command, Some(Command::Ls { .. })));
    }

    #[test]
    fn after_a_path_everything_is_a_path() {
        assert_eq!(parse(&["a", "ls", "show"]).paths.len(), 3);
    }

    #[test]
    fn options_may_stand_on_both_sides_of_the_command() {
        for words in [["--graphics", "sixel", "ls", "a"], ["ls", "a", "--graphics", "sixel"]] {
            let arguments = parse(&words);
            assert_eq!(arguments.options.graphics, Some(Graphics::Sixel));
            assert!(matches!(arguments.command, Some(Command::Ls { .. })));
        }
    }

    #[test]
    fn a_window_may_begin_with_a_minus_so_that_its_own_error_is_seen() {
        let Some(Command::Show { window, .. }) = parse(&["show", "a", "--window", "-600/1500"]).command
        else {
            panic!("this is show");
        };
        assert_eq!(window.as_deref(), Some("-600/1500"));
    }
}
