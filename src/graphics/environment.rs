//! The environment variables that say something about the terminal, as plain values.

use super::protocol::Colors;

/// A program between us and the terminal that draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
    /// Zellij.
    Zellij,
}

impl Multiplexer {
    /// Its name as its users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Zellij => "zellij",
        }
    }
}

/// Values of the variables that matter, and what tmux told; `None` if unset.
///
/// ssh carries `TERM` and, with the usual `SendEnv`, `LC_*`; everything else is
/// a hint that may be missing, or stale when terminals are nested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `TERM`.
    pub term: Option<String>,
    /// `TERM_PROGRAM`.
    pub term_program: Option<String>,
    /// `LC_TERMINAL`, which iTerm2 sets because ssh lets it through.
    pub lc_terminal: Option<String>,
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// `NO_COLOR`; counts when not empty (no-color.org).
    pub no_color: Option<String>,
    /// `TMUX`.
    pub tmux: Option<String>,
    /// `STY`, set inside GNU screen.
    pub sty: Option<String>,
    /// `ZELLIJ`.
    pub zellij: Option<String>,
    /// `KONSOLE_VERSION`.
    pub konsole_version: Option<String>,
    /// `SSH_CONNECTION`.
    pub ssh_connection: Option<String>,
    /// `SSH_TTY`.
    pub ssh_tty: Option<String>,
    /// `TOPOGRAM_GRAPHICS`, as `--graphics`.
    pub topogram_graphics: Option<String>,
    /// What tmux says of the terminal it draws on: no variable, but the line that
    /// [`TMUX_CLIENT`] prints.
    pub tmux_client: Option<String>,
    /// The name of shared memory that holds one black pixel, three bytes: no variable, but made to be asked
    /// for. A terminal that can read it is on this machine.
    pub shared: Option<String>,
}

/// What to have `tmux display-message -p` print for [`Environment::tmux_client`]: the features of the
/// terminal it draws on, divided by commas, and after a blank what that terminal calls itself.
pub const TMUX_CLIENT: &str = "#{client_termfeatures} #{client_termtype}";

impl Environment {
    /// Fills every field from `lookup`, which is `|name| std::env::var(name).ok()` outside tests.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            term: lookup("TERM"),
            term_program: lookup("TERM_PROGRAM"),
            lc_terminal: lookup("LC_TERMINAL"),
            colorterm: lookup("COLORTERM"),
            no_color: lookup("NO_COLOR"),
            tmux: lookup("TMUX"),
            sty: lookup("STY"),
            zellij: lookup("ZELLIJ"),
            konsole_version: lookup("KONSOLE_VERSION"),
            ssh_connection: lookup("SSH_CONNECTION"),
            ssh_tty: lookup("SSH_TTY"),
            topogram_graphics: lookup("TOPOGRAM_GRAPHICS"),
            tmux_client: None,
            shared: None,
        }
    }

    /// True if `TMUX` is set: a tmux on this machine can be asked.
    pub(crate) fn has_tmux(&self) -> bool {
        is_set(self.tmux.as_ref())
    }

    /// Whether tmux says that the terminal it draws on has sixel; `None` if tmux was not asked.
    pub(super) fn tmux_client_sixel(&self) -> Option<bool> {
        let features = self.tmux_client.as_deref()?.split(' ').next()?;
        Some(features.split(',').any(|feature| feature == "sixel"))
    }

    /// What the terminal that tmux draws on calls itself, as tmux heard it.
    pub(super) fn tmux_client_name(&self) -> Option<&str> {
        let (_, name) = self.tmux_client.as_deref()?.split_once(' ')?;
        Some(name.trim()).filter(|name| !name.is_empty())
    }

    /// True if the terminal is at the other end of an ssh connection.
    pub fn is_remote(&self) -> bool {
        is_set(self.ssh_connection.as_ref()) || is_set(self.ssh_tty.as_ref())
    }

    /// The innermost multiplexer: the one that reads what we write.
    ///
    /// `TERM` decides first. It crosses ssh, unlike the others, and it is right when
    /// one multiplexer runs inside another and both variables are set.
    pub fn multiplexer(&self) -> Option<Multiplexer> {
        let term = self.term();
        if term.starts_with("tmux") {
            return Some(Multiplexer::Tmux);
        }
        if is_set(self.zellij.as_ref()) {
            return Some(Multiplexer::Zellij);
        }
        match (is_set(self.tmux.as_ref()), is_set(self.sty.as_ref())) {
            (true, _) => Some(Multiplexer::Tmux),
            (false, true) => Some(Multiplexer::Screen),
            // Over ssh only TERM is left, and tmux before 2.1 called itself screen as well.
            (false, false) => term.starts_with("screen").then_some(Multiplexer::Screen),
        }
    }

    /// `TERM`, empty if unset.
    pub(super) fn term(&self) -> &str {
        self.term.as_deref().unwrap_or_default()
    }

    /// True for a terminal that would print a question instead of answering it.
    pub(super) fn is_dumb(&self) -> bool {
        matches!(self.term(), "" | "dumb" | "unknown")
    }

    /// How many colours to use, given what the terminal calls itself (XTVERSION).
    pub(super) fn colors(&self, terminal: Option<&str>) -> Colors {
        let term = self.term();
        if is_set(self.no_color.as_ref()) || self.is_dumb() {
            return Colors::Mono;
        }
        let promised = matches!(self.colorterm.as_deref(), Some("truecolor" | "24bit"));
        let named = terminal.is_some_and(|name| starts_with_any(name, &TRUE_COLOR_NAMES));
        if promised || named || term.ends_with("-direct") || starts_with_any(term, &TRUE_COLOR_TERMS) {
            Colors::True
        } else if term.contains("256color") {
            Colors::Palette
        } else {
            Colors::Ansi
        }
    }
}

/// Terminals whose XTVERSION proves 24-bit colour; xterm itself may be built without.
const TRUE_COLOR_NAMES: [&str; 10] =
    ["kitty", "ghostty", "wezterm", "konsole", "iterm2", "foot", "vte", "contour", "mintty", "alacritty"];

/// Terminfo entries that only terminals with 24-bit colour use.
const TRUE_COLOR_TERMS: [&str; 7] =
    ["xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour", "rio"];

/// True if `text` starts with one of the lower-case `names`, whatever its own case.
fn starts_with_any(text: &str, names: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    names.iter().any(|name| text.starts_with(name))
}

/// True if a variable is set to something.
fn is_set(value: Option<&String>) -> bool {
    value.is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment with only these variables.
    fn with(variables: &[(&str, &str)]) -> Environment {
        Environment::from_lookup(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_color_beats_everything_unless_it_is_empty() {
        let set = with(&[("TERM", "xterm-kitty"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")]);
        let empty = with(&[("TERM", "xterm-kitty"), ("NO_COLOR", "")]);

        assert_eq!(set.colors(Some("kitty(0.41.1)")), Colors::Mono);
        assert_eq!(empty.colors(None), Colors::True);
    }

    #[test]
    fn colours_are_known_over_ssh_where_only_term_and_the_answers_are_left() {
        let plain = with(&[("TERM", "xterm-256color")]);

        assert_eq!(plain.colors(None), Colors::Palette);
        assert_eq!(plain.colors(Some("WezTerm 20240203")), Colors::True);
        assert_eq!(plain.colors(Some("XTerm(379)")), Colors::Palette);
        assert_eq!(with(&[("TERM", "linux")]).colors(None), Colors::Ansi);
        assert_eq!(with(&[("TERM", "dumb")]).colors(None), Colors::Mono);
        assert_eq!(with(&[("TERM", "xterm-direct")]).colors(None), Colors::True);
    }

    #[test]
    fn the_line_of_tmux_is_split_into_features_and_a_name() {
        let tmux = |line: &str| Environment { tmux_client: Some(line.into()), ..Environment::default() };

        let kitty = tmux("bpaste,ccolour,RGB,title kitty(0.41.1)");
        assert_eq!(
            (kitty.tmux_client_sixel(), kitty.tmux_client_name()),
            (Some(false), Some("kitty(0.41.1)"))
        );
        assert_eq!(tmux("256,sixel,title XTerm(379)").tmux_client_sixel(), Some(true));
        // A name is no feature, and an old tmux knows neither.
        assert_eq!(tmux(" sixel").tmux_client_sixel(), Some(false));
        assert_eq!(tmux(" ").tmux_client_name(), None);
        assert_eq!(Environment::default().tmux_client_sixel(), None);
    }

    #[test]
    fn tmux_started_inside_screen_is_tmux() {
        let nested = with(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x,1,0"), ("STY", "1.pts")]);

        assert_eq!(nested.multiplexer(), Some(Multiplexer::Tmux));
        assert_eq!(with(&[("TERM", "screen")]).multiplexer(), Some(Multiplexer::Screen));
        assert_eq!(with(&[("TERM", "xterm")]).multiplexer(), None);
    }
}
