//! The manual page and completion scripts, made of the tables that the program itself reads.

use super::{Exit, args::Arguments, out::Out};
use crate::app::{Action, Group, Keymap};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::{Shell, generate};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

/// Prints the completion script of a shell.
///
/// # Errors
///
/// What writing to the output says.
pub(super) fn completions(shell: Shell, out: &mut Out) -> anyhow::Result<Exit> {
    let mut script = vec![];
    generate(shell, &mut Arguments::command(), "topogram", &mut script);
    out.raw(&script)?;
    Ok(Exit::Ok)
}

/// Prints the manual page, in the language of man(7).
///
/// # Errors
///
/// What writing to the output says.
pub(super) fn man(out: &mut Out) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    command.build();
    let man = Man::new(command.clone()).manual("User Commands");
    let mut page = vec![];
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut rest = Roff::new();
    commands(&mut rest, &command);
    keys(&mut rest);
    for (heading, entries) in [("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT), ("EXIT STATUS", EXIT_STATUS)] {
        rest.control("SH", [heading]);
        for (name, about) in entries {
            entry(&mut rest, name, about);
        }
    }
    rest.to_writer(&mut page)?;
    out.raw(&page)?;
    Ok(Exit::Ok)
}

const FILES: &[(&str, &str)] = &[
    (
        "~/.config/topogram/config.toml",
        "Settings. `topogram config --default` prints a commented file with all of them.",
    ),
    ("~/.config/topogram/themes/NAME.toml", "Themes of your own, for --theme NAME."),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("TOPOGRAM_GRAPHICS", "As --graphics, which stands above it."),
    ("NO_COLOR", "If set to anything, no colours are used."),
    ("XDG_CONFIG_HOME", "Where settings are, instead of ~/.config."),
];

const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "Everything was done; also if the reader of a pipe has seen enough."),
    ("1", "Done, but some files had problems."),
    ("2", "What was asked for could not be done; standard error says why."),
];

fn entry(page: &mut Roff, name: &str, about: &str) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(about)]);
}

/// Every command with the arguments that are its own.
fn commands(page: &mut Roff, command: &Command) {
    page.control("SH", ["COMMANDS"]);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let own = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && arg.get_id() != "help";
        page.control("SS", [format!("topogram {}", sub.get_name()).as_str()]);
        if let Some(about) = sub.get_long_about().or_else(|| sub.get_about()) {
            page.text([roman(about.to_string())]);
        }
        for arg in sub.get_arguments().filter(own) {
            entry(page, &arg.to_string(), &arg.get_help().map(ToString::to_string).unwrap_or_default());
        }
    }
}

/// The default keys, in the groups of the help screen.
fn keys(page: &mut Roff) {
    let keymap = Keymap::default();
    page.control("SH", ["KEYS"]);
    page.text([roman(
        "C-, A- and S- stand for Ctrl, Alt and Shift; keys joined by > are pressed one after the other. \
         In the explorer, ? shows the keys of the current view.",
    )]);
    for &group in Group::ALL {
        page.control("SS", [group.title()]);
        for &action in Action::ALL.iter().filter(|action| action.group() == group) {
            let keys = keymap.keys_for(action).replace(' ', ", ");
            entry(page, &keys, &format!("{} [{}]", action.help(), action.name()));
        }
    }
}
