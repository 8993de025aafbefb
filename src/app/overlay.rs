//! What lies over a view: help, problems, and the line one types into.

use super::Context;
use std::path::PathBuf;

/// A list over the view; it has the keys while it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The keys of a view.
    Help {
        /// Which view.
        context: Context,
        /// First line shown.
        scroll: usize,
    },
    /// What could not be read, and why.
    Problems {
        /// What is listed: files that could not be read, then files with something odd.
        findings: Vec<Finding>,
        /// The row of the cursor.
        cursor: usize,
    },
}

/// One line of the list of problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder.
    pub path: PathBuf,
    /// A sentence.
    pub what: String,
    /// It could not be read at all.
    pub unread: bool,
}

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it is for.
    pub kind: PromptKind,
    /// So far.
    pub text: String,
    /// What to go back to if it is given up.
    pub before: String,
}

/// What a prompt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Keep the series that match.
    Filter,
    /// Find a tag.
    Search,
    /// Say something about a series or a study.
    Note,
    /// Give a step of the pipeline another value.
    Step,
}
