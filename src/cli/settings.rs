//! What holds in the end: defaults, then the file, then the command line.

use crate::{
    app::Keymap,
    config::{Config, Theme, ThemeError},
    work::Keep,
};
use std::path::PathBuf;

/// Settings that have been checked to the last key, before anything touched the terminal.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file over the defaults, and the options over both.
    pub config: Config,
    /// The keys of [`Self::config`].
    pub keymap: Keymap,
    /// The folder of the user's own themes.
    pub themes: Option<PathBuf>,
    /// Whether what is found is kept, and where.
    pub keep: Keep,
}

impl Settings {
    /// The theme, on a terminal with this background, 8 bits a channel, if it told.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] if its file was changed for the worse since the start.
    pub fn theme(&self, background: Option<(u8, u8, u8)>) -> Result<Theme, ThemeError> {
        self.config.load_theme(self.themes.as_deref(), background)
    }
}
