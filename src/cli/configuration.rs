//! `topogram config`, and the settings that every other command starts with.

use super::{Exit, args::Options, out::Out, settings::Settings};
use crate::{
    app::{Keymap, default_keys},
    config::{Config, Mouse, Paths},
    work::Keep,
};
use anyhow::{anyhow, bail};
use std::{env, path::PathBuf};

/// Reads the settings file and lays the options over it.
///
/// # Errors
///
/// The file, a key or the theme is not as it should be; the message says where.
pub(super) fn settings(options: &Options) -> anyhow::Result<Settings> {
    let paths = Paths::from_env(|name| env::var_os(name));
    let mut config = match file(options, &paths) {
        Some(file) => match Config::load(&file)? {
            Some(config) => config,
            None if options.config.is_some() => bail!("{}: does not exist", file.display()),
            None => Config::default(),
        },
        None => Config::default(),
    };
    if let Some(theme) = &options.theme {
        config.theme.clone_from(theme);
        // The file does not say so.
        config.theme_at = None;
    }
    config.graphics = options.graphics.unwrap_or(config.graphics);
    config.link = options.link.unwrap_or(config.link);
    config.watch = options.watch.unwrap_or(config.watch);
    config.memory = options.memory.unwrap_or(config.memory);
    config.mask_identifiers |= options.mask_identifiers;
    if let Some(review) = &options.review {
        config.review.file = review.to_string_lossy().into_owned();
    }
    if let Some(file) = &options.measurements {
        config.measurements.file = file.to_string_lossy().into_owned();
    }
    config.cache &= !options.no_cache;
    if options.no_mouse {
        config.mouse = Mouse::Off;
    }
    let keep = match paths.cache {
        _ if !config.cache => Keep::Nothing,
        Some(ref cache) => Keep::In(cache.clone()),
        None => Keep::Homeless,
    };
    let settings = Settings { keymap: Keymap::new(&config.keys)?, themes: paths.themes(), keep, config };
    settings.theme(None)?;
    Ok(settings)
}

/// The settings file, there or not.
fn file(options: &Options, paths: &Paths) -> Option<PathBuf> {
    options.config.clone().or_else(|| paths.config_file())
}

/// What `topogram config` prints: the settings as they are built in, the name of the file, or how it is.
pub(super) fn tell(default: bool, path_only: bool, options: &Options, out: &mut Out) -> anyhow::Result<Exit> {
    match (default, path_only) {
        (true, _) => self::default(out),
        (false, true) => path(options, out),
        (false, false) => status(options, out),
    }
}

/// Prints the shipped settings, all default keys included, as a file to start from.
///
/// # Errors
///
/// What writing to the output says.
fn default(out: &mut Out) -> anyhow::Result<Exit> {
    for line in Config::DEFAULT_TEXT.lines().chain(default_keys().lines()) {
        out.line(line)?;
    }
    Ok(Exit::Ok)
}

/// Prints the name of the settings file.
///
/// # Errors
///
/// There is no such name without a home, or what writing to the output says.
fn path(options: &Options, out: &mut Out) -> anyhow::Result<Exit> {
    let paths = Paths::from_env(|name| env::var_os(name));
    let none = || anyhow!("HOME is not set, so there is no settings file; name one with --config");
    super::print_path(&file(options, &paths).ok_or_else(none)?, out)?;
    Ok(Exit::Ok)
}

/// Prints which file is read and what is thought of it.
///
/// # Errors
///
/// What writing to the output says; a bad file is part of the answer.
pub(super) fn status(options: &Options, out: &mut Out) -> anyhow::Result<Exit> {
    let paths = Paths::from_env(|name| env::var_os(name));
    let file = file(options, &paths);
    out.line(&match &file {
        Some(file) if file.symlink_metadata().is_ok() => format!("Settings: {}", file.display()),
        Some(file) => format!("Settings: {} (not there; the defaults hold)", file.display()),
        None => "Settings: the defaults, as HOME is not set".to_owned(),
    })?;
    match settings(options) {
        Ok(settings) => {
            out.line(&format!("Theme:    {}", settings.config.theme))?;
            out.line("Verdict:  valid")?;
            Ok(Exit::Ok)
        }
        Err(why) => {
            out.line(&format!("Verdict:  refused: {why}"))?;
            Ok(Exit::Failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Graphics, Memory};
    use std::{fs, path::Path};

    fn over(text: &str, options: Options) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.toml");
        fs::write(&file, text).unwrap();
        let name = |why: anyhow::Error| why.to_string().replace(&*file.to_string_lossy(), "c.toml");
        settings(&Options { config: Some(file.clone()), ..options }).map_err(name)
    }

    #[test]
    fn options_stand_above_the_file_and_the_file_above_the_defaults() {
        let options = Options { graphics: Some(Graphics::Sixel), no_mouse: true, ..Options::default() };

        let config = over("graphics = \"kitty\"\nmemory = \"2G\"\n", options).unwrap().config;

        assert_eq!((config.graphics, config.mouse), (Graphics::Sixel, Mouse::Off));
        assert_eq!(config.memory, Memory::Bytes(2 << 30));
    }

    #[test]
    fn a_key_that_does_not_exist_is_refused_where_it_stands() {
        let reason = over("[keys]\nquit = \"C-ö-x\"\n", Options::default()).unwrap_err();
        assert!(reason.starts_with("c.toml:2:8: "), "{reason}");
    }

    #[test]
    fn a_theme_that_nobody_has_is_refused_wherever_it_was_named() {
        let reason = over("theme = \"red\"\n", Options::default()).unwrap_err();
        assert!(reason.starts_with("c.toml:1:9: no theme"), "{reason}");
        let options = Options { theme: Some("red".to_owned()), ..Options::default() };
        assert!(over("", options).unwrap_err().starts_with("no theme is called"));
    }

    #[test]
    fn a_settings_file_that_was_named_must_be_there() {
        let options = Options { config: Some(Path::new("/no/where.toml").into()), ..Options::default() };
        assert_eq!(settings(&options).unwrap_err().to_string(), "/no/where.toml: does not exist");
    }

    #[test]
    fn what_we_print_as_default_is_read_back_as_the_default() {
        let text = format!("{}{}", Config::DEFAULT_TEXT, default_keys());
        assert_eq!(over(&text, Options::default()).unwrap().keymap, Keymap::default());
    }
}
