//! What is on screen, as a command line.

use super::StepsView;
use crate::{app::App, model::shown};
use std::path::{Path, PathBuf};

impl App {
    /// The command that makes the same of the series; without a name of a file or a UID if identifiers are hidden.
    pub fn steps_command(&self) -> String {
        let Some(view) = self.steps() else { return String::new() };
        let what = if self.mask.is_on() {
            "FOLDER --mask-phi".to_owned()
        } else {
            let uid = self.library.series(view.images.series).uid.raw();
            let folder = quoted(&view.folder().to_string_lossy());
            format!("{folder} --query {}", quoted(&format!("uid:{uid}")))
        };
        let command = format!("topogram pipeline {what} -o prepared {}", view.recipe.options());
        // A path that would steer the terminal is spelt out, and is none that a shell would find.
        shown(command.trim_end()).into_owned()
    }
}

impl StepsView {
    /// The folder that holds all files of the stack.
    fn folder(&self) -> PathBuf {
        let mut folders = self.target.slices.iter().filter_map(|slice| slice.path.parent());
        let first = folders.next().unwrap_or(Path::new(".")).to_owned();
        let mut common = folders.fold(first, |common, folder| {
            common
                .ancestors()
                .find(|above| folder.starts_with(above))
                .map_or_else(PathBuf::new, Path::to_owned)
        });
        if common.as_os_str().is_empty() {
            common.push(".");
        }
        common
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:,=+@%-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("/data/ct-1.5"), "/data/ct-1.5");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted("x.zip!/a"), "'x.zip!/a'");
        assert_eq!(quoted(""), "''");
    }
}
