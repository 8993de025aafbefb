//! Arguments, one-shot commands, and the way into the explorer.
//!
//! Everything that can be refused is refused before the terminal is touched. What goes to standard output
//! goes through `out`, and an error is one harmless line on standard error.

mod args;
mod cache;
mod check;
mod columns;
mod configuration;
mod deidentify;
mod demo;
mod diff;
mod digest;
mod docs;
mod doctor;
mod export;
mod files;
mod in_order;
mod list;
mod measurements;
mod out;
mod picture;
mod pipeline;
mod read;
mod review;
mod settings;
mod show;
mod tags;
mod varies;
pub use settings::Settings;

use crate::{
    app::tolerances,
    config::nearest,
    dicom::{Decoder, Said, as_said, attribute, exists, serve},
    export::Values,
    model::{FIELDS, Mask, Query, Review, shown},
};
use anyhow::bail;
use args::{Arguments, Command, Document, Options};
use clap::Parser as _;
use columns::Columns;
use out::Out;
use std::{
    ffi::OsString,
    io::{self, IsTerminal as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Ok,
    /// Done, but some files had problems.
    SomeProblems,
    /// It could not do what was asked.
    Failed,
    /// A signal or a hang-up ended it, as a shell would say.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::SomeProblems => 1,
            Exit::Failed => 2,
            Exit::Code(code) => code,
        })
    }
}

/// Does what the arguments say, the program's name first among them; errors are told on standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let done = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => dispatch(arguments),
        Err(error) => usage(&error),
    };
    done.unwrap_or_else(|error| {
        // The reader has seen enough, as with `| head`.
        if is_broken_pipe(&error) {
            return Exit::Ok;
        }
        complain(&error.to_string());
        Exit::Failed
    })
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    let Arguments { mut paths, options, command } = arguments;
    let said = Said { raw: options.raw.clone(), spacing: options.spacing };
    let Some(mut command) = command else {
        if paths.is_empty() {
            paths.push(".".into());
        }
        say(paths.iter_mut(), &said)?;
        return open(paths, &options);
    };
    say(command.sources(), &said)?;
    let mut out = Out::stdout(Mask::new(options.mask_identifiers));
    let exit = perform(command, &options, &mut out)?;
    out.flush()?;
    Ok(exit)
}

/// Adds what is said of files to their paths.
fn say<'a>(paths: impl IntoIterator<Item = &'a mut PathBuf>, said: &Said) -> anyhow::Result<()> {
    for path in paths.into_iter().filter(|_| !said.is_empty()) {
        if path.is_dir() {
            bail!("{}: is a folder; --raw and --spacing are for files that are named", path.display());
        }
        *path = as_said(path, said);
    }
    Ok(())
}

/// A query, whose terms that are probably misspelt have been told.
fn doubted(query: Query) -> Query {
    for (field, value) in query.doubtful() {
        let known = FIELDS.map(|(name, _)| name);
        let what = match nearest(field, known) {
            _ if known.contains(&field) => format!("means nothing as a value of {field}"),
            Some(near) => format!("is looked for as a word; did you mean {near}:{value}?"),
            None => "is looked for as a word, because no field is called so".to_owned(),
        };
        let _ = writeln!(io::stderr(), "topogram: {}", shown(&format!("\"{field}:{value}\" {what}")));
    }
    query
}

fn perform(command: Command, options: &Options, out: &mut Out) -> anyhow::Result<Exit> {
    match command {
        Command::Ls { paths, json, csv, files, columns } => {
            unmasked(&columns, out)?;
            require_one(&paths)?;
            if files {
                return files::list(paths, list::Format::of(json, csv), &columns, out);
            }
            let (recall, format) = (cache::recall(options, &paths)?, list::Format::of(json, csv));
            list::list(paths, recall, format, &Query::default(), Review::default(), &columns, out)
        }
        Command::Find { query, paths, json, csv, columns } => {
            unmasked(&columns, out)?;
            require_one(&paths)?;
            let (recall, review) = (cache::recall(options, &paths)?, review_of(options)?);
            let query = doubted(Query::parse_with(&query, attribute));
            list::list(paths, recall, list::Format::of(json, csv), &query, review, &columns, out)
        }
        Command::Tags { file, validate: true, json, .. } => tags::validate(&file, json, out),
        Command::Tags { file, pattern, json, .. } => tags::tags(&file, pattern.as_deref(), json, out),
        Command::Read(wish) => read::read(&wish, out),
        Command::Show { path, slice, window, width } => {
            let settings = configuration::settings(options)?;
            show::show(&show::Wish { path, slice, window, width }, &settings, &decoder(), out)
        }
        Command::Check { paths, json, fail_on, standard } => {
            require_one(&paths)?;
            let recall = cache::recall(options, &paths)?;
            let tolerances = tolerances(&configuration::settings(options)?.config.check);
            check::check(paths, recall, &check::Wish { json, fail_on, standard, tolerances }, out)
        }
        Command::Digest { paths, json, jobs } => {
            require_one(&paths)?;
            digest::digest(paths, json, jobs, &decoder(), out)
        }
        Command::Export { paths, to, out: folder, query, slice, stored, window, taken, json, jobs } => {
            require_one(&paths)?;
            let wish = export::Wish {
                paths,
                to,
                folder,
                query: doubted(Query::parse(&query)),
                slice: slice.map(|slice| slice as usize),
                values: if stored { Values::Stored } else { Values::Modality },
                window,
                taken: taken.taken(),
                masked: options.mask_identifiers,
                json,
                jobs,
            };
            export::export(&wish, &decoder(), out)
        }
        Command::Pipeline { paths, out: folder, query, recipe, taken, jobs } => {
            require_one(&paths)?;
            let wish = pipeline::Wish {
                paths,
                folder,
                query: doubted(Query::parse(&query)),
                recipe: recipe.recipe(),
                taken: taken.taken(),
                masked: options.mask_identifiers,
                jobs,
            };
            pipeline::pipeline(&wish, &decoder(), out)
        }
        Command::Review { paths, json } => {
            require_one(&paths)?;
            review::review(paths, json, &configuration::settings(options)?, out)
        }
        Command::Measurements { paths, json, csv } => {
            require_one(&paths)?;
            let settings = configuration::settings(options)?;
            measurements::measurements(paths, list::Format::of(json, csv), &settings, out)
        }
        Command::DecodeWorker => {
            serve(io::stdin().lock(), io::stdout().lock())?;
            Ok(Exit::Ok)
        }
        Command::Diff { a, b, all, json } => {
            require_one(std::slice::from_ref(&a))?;
            require_one(std::slice::from_ref(&b))?;
            diff::diff(&a, &b, all, json, out)
        }
        Command::Varies { paths, all, json } => {
            require_one(&paths)?;
            varies::varies(paths, all, json, out)
        }
        Command::Deidentify(wish) => {
            require_one(&wish.paths)?;
            deidentify::deidentify(&wish, out)
        }
        Command::Demo { folder, no_open } => demo::demo(folder, no_open, options, out),
        Command::Cache { change } => cache::cache(change, out),
        Command::Doctor => doctor::doctor(options, out),
        Command::Config { default, path } => configuration::tell(default, path, options, out),
        Command::Completions { shell } | Command::Docs(Document::Completions { shell }) => {
            docs::completions(shell, out)
        }
        Command::Man | Command::Docs(Document::Man) => docs::man(out),
    }
}

/// What the review file that is named says; nothing without one.
fn review_of(options: &Options) -> anyhow::Result<Review> {
    options
        .review
        .as_ref()
        .map_or_else(|| Ok(Review::default()), |file| review::file(&file.to_string_lossy()))
}

/// Codecs that are not ours run in a process of this same program.
fn decoder() -> Decoder {
    // As a link to the running file it holds even after an update has replaced the program.
    let own = if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() };
    own.map_or_else(|_| Decoder::here(), |own| Decoder::apart(vec![own.into(), "decode-worker".into()]))
}

/// Opens the explorer, unless something is wrong with settings, terminal or paths.
fn open(paths: Vec<PathBuf>, options: &Options) -> anyhow::Result<Exit> {
    let settings = configuration::settings(options)?;
    if !is_terminal() {
        bail!(
            "the explorer needs a terminal; try `topogram ls` for a list, or `topogram show` for a picture"
        );
    }
    require_one(&paths)?;
    explore(paths, settings)
}

/// True if a person reads what we write and can answer.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Refuses paths none of which exists; a single one that does not is a problem of the scan.
fn require_one(paths: &[PathBuf]) -> anyhow::Result<()> {
    let first = paths.iter().all(|path| !exists(path)).then(|| paths.first()).flatten();
    match first.and_then(|path| Some((path, path.symlink_metadata().err()?))) {
        Some((path, why)) if why.kind() == io::ErrorKind::NotFound => {
            bail!(
                "{}: no file or folder is called that; see `topogram --help` for the commands",
                path.display()
            )
        }
        Some((path, why)) => bail!("{}: cannot be read: {why}", path.display()),
        None => Ok(()),
    }
}

/// Any attribute may identify somebody, and nobody would know which to hide.
fn unmasked(columns: &Columns, out: &Out) -> anyhow::Result<()> {
    if out.mask.is_on() && !columns.tags().is_empty() {
        bail!("--columns prints what the files say, and cannot go with --mask-phi");
    }
    Ok(())
}

/// Prints a path on a line of its own: harmless on a terminal, exact for a program.
fn print_path(path: &Path, out: &mut Out) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        return out.line(&path.to_string_lossy());
    }
    out.raw(path.as_os_str().as_bytes())?;
    out.raw(b"\n")
}

/// Help and version as asked for, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> anyhow::Result<Exit> {
    let text = error.to_string();
    if !error.use_stderr() {
        let mut out = Out::stdout(Mask::default());
        text.lines().try_for_each(|line| out.line(line))?;
        out.flush()?;
        return Ok(Exit::Ok);
    }
    complain(text.strip_prefix("error: ").unwrap_or(&text));
    Ok(Exit::Failed)
}

/// Tells an error; if even that is impossible, the exit status is left.
fn complain(text: &str) {
    let lines: Vec<_> = text.lines().map(shown).collect();
    let _ = writeln!(io::stderr(), "topogram: {}", lines.join("\n"));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Opens the explorer and leaves with the code it says: a signal's, if a signal ended it.
fn explore(paths: Vec<PathBuf>, settings: Settings) -> anyhow::Result<Exit> {
    let Settings { config, keymap, themes, keep } = settings;
    let code = crate::ui::explore(paths, &config, keymap, themes.as_deref(), decoder(), keep)?;
    Ok(u8::try_from(code).map_or(Exit::Failed, |code| if code == 0 { Exit::Ok } else { Exit::Code(code) }))
}
