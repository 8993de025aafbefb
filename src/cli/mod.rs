//! Arguments, one-shot commands, and the way into the explorer.

mod list;
mod out;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Ok,
    /// Done, but some files had problems.
    SomeProblems,
    /// It could not do what was asked.
    Failed,
}

/// Temporary.
pub fn run() -> anyhow::Result<()> {
    let mut args: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let mode = args.remove(0);
    let mut out = out::Out::stdout();
    match mode.to_str().unwrap_or("") {
        "files" => list::list_files(args, true, &mut out)?,
        "csv" => list::list(args, list::Format::Csv, &mut out)?,
        "x" => {
            let config = crate::config::Config::default();
            let code = crate::ui::explore(args, &config, crate::app::Keymap::default(), None)?;
            std::process::exit(code);
        }
        "demo" => {
            println!("{:?}", crate::dicom::demo::write(&args[0]).map_err(|e| anyhow::anyhow!("{e}"))?);
            Exit::Ok
        }
        "json" => list::list(args, list::Format::Json, &mut out)?,
        _ => list::list(args, list::Format::Table, &mut out)?,
    };
    out.flush()?;
    Ok(())
}
