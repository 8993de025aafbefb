//! Where the user's files are: the XDG base directories, from values passed in.

use std::{ffi::OsString, path::PathBuf};

/// Our folders; `None` where the environment names neither the folder nor a home.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    /// `~/.config/topogram`: `config.toml` and `themes/`.
    pub config: Option<PathBuf>,
    /// `~/.cache/topogram`: what can be made again.
    pub cache: Option<PathBuf>,
    /// `~/.local/state/topogram`: logs.
    pub state: Option<PathBuf>,
}

impl Paths {
    /// Reads `XDG_CONFIG_HOME`, `XDG_CACHE_HOME`, `XDG_STATE_HOME` and `HOME` through `variable`.
    ///
    /// Relative and empty values are ignored, as the XDG Base Directory Specification demands.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = |name: &str, below_home: &str| {
            let base = absolute(name).or_else(|| absolute("HOME").map(|home| home.join(below_home)));
            base.map(|base| base.join("topogram"))
        };
        Self {
            config: folder("XDG_CONFIG_HOME", ".config"),
            cache: folder("XDG_CACHE_HOME", ".cache"),
            state: folder("XDG_STATE_HOME", ".local/state"),
        }
    }

    /// `config.toml`, where it is looked for when the command line names none.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("config.toml"))
    }

    /// The folder of the user's own themes.
    pub fn themes(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("themes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(variables: &[(&str, &str)]) -> Paths {
        Paths::from_env(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn without_xdg_variables_everything_is_below_home() {
        let paths = paths(&[("HOME", "/home/ada")]);
        assert_eq!(paths.config_file(), Some("/home/ada/.config/topogram/config.toml".into()));
        assert_eq!(paths.themes(), Some("/home/ada/.config/topogram/themes".into()));
        assert_eq!(paths.cache, Some("/home/ada/.cache/topogram".into()));
        assert_eq!(paths.state, Some("/home/ada/.local/state/topogram".into()));
    }

    #[test]
    fn a_relative_or_empty_xdg_variable_counts_as_unset() {
        let paths = paths(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "here"), ("XDG_CACHE_HOME", "")]);
        assert_eq!(paths.config, Some("/h/.config/topogram".into()));
        assert_eq!(paths.cache, Some("/h/.cache/topogram".into()));
    }

    #[test]
    fn without_a_home_there_is_no_folder() {
        assert_eq!(paths(&[]), Paths::default());
    }
}
