//! The verdict: which protocol one terminal gets, and why.

use super::{
    blocks::Shape,
    environment::{Environment, Multiplexer},
    probe::Answers,
    protocol::{CellSize, Choice, Colors, Protocol},
};

/// Size of the window as the operating system tells it; pixels are 0 if it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Columns of cells.
    pub columns: u16,
    /// Rows of cells.
    pub rows: u16,
    /// Columns of pixels, or 0.
    pub width_px: u16,
    /// Rows of pixels, or 0.
    pub height_px: u16,
}

/// What one terminal can do, and how we came to think so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own; no two exclude one another"
)]
pub struct Support {
    /// How pictures are shown.
    pub protocol: Protocol,
    /// Size of one character cell.
    pub cell: CellSize,
    /// True if nobody told [`Self::cell`]. Sixel pictures may then be larger than
    /// they should: leave a spare row, and use heights that are multiples of 6.
    pub cell_is_guess: bool,
    /// How many colours text may have.
    pub colors: Colors,
    /// True if frames may be wrapped in [`super::BEGIN_SYNCHRONIZED`].
    pub synchronized: bool,
    /// What stands between us and the terminal.
    pub multiplexer: Option<Multiplexer>,
    /// True if pictures must be wrapped for tmux ([`super::kitty::Wrap::Tmux`]) and
    /// placed with placeholders.
    pub passthrough: bool,
    /// True if the terminal reads shared memory of this machine ([`super::kitty::transmit_shared`]).
    pub shared: bool,
    /// What the terminal calls itself; the one behind the multiplexer if that spoke.
    pub terminal: Option<String>,
    /// True for a light background, `None` if it was not told.
    pub light_background: Option<bool>,
    /// The reasons, as sentences for a person.
    pub why: Vec<String>,
    /// What the user can do for better pictures, as one short line.
    pub advice: Option<String>,
}

impl Support {
    /// True if pictures that are sent smaller than their place come out interpolated, as ours are.
    ///
    /// `WezTerm` repeats the nearest pixel (its issue 7109); others of iTerm2's protocol interpolate.
    pub fn enlarges(&self) -> bool {
        let jagged = |name: &String| name.to_ascii_lowercase().starts_with("wezterm");
        self.protocol == Protocol::Iterm2 && !self.terminal.as_ref().is_some_and(jagged)
    }
}

/// Judges the answers.
///
/// `forced` is the choice of the command line; `TOPOGRAM_GRAPHICS` stands in for it.
/// What the terminal answered counts more than variables, which ssh drops and nested
/// terminals inherit: a variable alone never selects a protocol.
pub fn decide(
    environment: &Environment,
    answers: &Answers,
    forced: Option<Protocol>,
    window: Window,
) -> Support {
    let multiplexer = multiplexer(environment, answers);
    let outer = answers.versions().iter().map(String::as_str).find(|name| !is_multiplexer(name));
    let told_by_tmux = environment.tmux_client_name().filter(|_| multiplexer == Some(Multiplexer::Tmux));
    let outer = outer.or(told_by_tmux.filter(|name| !is_multiplexer(name)));
    let terminal = outer.or(answers.versions().first().map(String::as_str)).map(str::to_owned);
    let mut case = Case { environment, answers, multiplexer, outer, why: vec![], advice: None };
    let forced = case.forced(forced);
    let (protocol, passthrough) = match forced {
        Some(protocol) => (protocol, case.force(protocol)),
        None => case.choose(),
    };
    let Case { mut why, advice, .. } = case;
    let colors = environment.colors(terminal.as_deref());
    let protocol = match protocol {
        BLOCKS if forced.is_none() && colors == Colors::Mono => {
            why.push("Without colours every cell is a sign that is as bright as the picture there.".into());
            Protocol::Blocks(Shape::Ascii)
        }
        other => other,
    };

    let shared = protocol == Protocol::Kitty && !passthrough && answers.shared();
    if shared {
        why.push("The terminal is on this machine: pictures reach it through shared memory.".into());
    }
    let told = answers.cell(window.columns, window.rows).or_else(|| from_system(window));
    if told.is_none() {
        why.push("The terminal does not tell the size of its cells; 8×16 pixels are assumed.".into());
    }
    Support {
        protocol,
        cell: told.unwrap_or(CellSize::GUESS),
        cell_is_guess: told.is_none(),
        colors,
        synchronized: answers.synchronized(),
        multiplexer,
        passthrough,
        shared,
        terminal,
        light_background: answers.light_background(),
        // Who has chosen needs no advice, and who sees pictures can do without.
        advice: advice.filter(|_| forced.is_none() && matches!(protocol, Protocol::Blocks(_))),
        why,
    }
}

/// The multiplexer that reads what we write; its own name counts more than variables.
fn multiplexer(environment: &Environment, answers: &Answers) -> Option<Multiplexer> {
    let first = answers.versions().first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
    [Multiplexer::Tmux, Multiplexer::Zellij]
        .into_iter()
        .find(|multiplexer| first.starts_with(multiplexer.name()))
        .or_else(|| environment.multiplexer())
}

/// True if this name is that of a multiplexer.
fn is_multiplexer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("tmux") || name.starts_with("zellij") || name.starts_with("screen")
}

/// Cell size from the pixels of `TIOCGWINSZ`, which many ssh servers leave 0.
fn from_system(window: Window) -> Option<CellSize> {
    let cell = CellSize::new(
        window.width_px.checked_div(window.columns)?,
        window.height_px.checked_div(window.rows)?,
    );
    cell.is_plausible().then_some(cell)
}

/// True for terminals that draw kitty pictures in placeholders: kitty from 0.28, and Ghostty.
fn draws_placeholders(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.starts_with("ghostty") {
        return true;
    }
    kitty_version(&name).is_some_and(|version| version >= (0, 28))
}

/// Major and minor version of kitty, from what it calls itself in lower case.
fn kitty_version(name: &str) -> Option<(u32, u32)> {
    let version = name.strip_prefix("kitty")?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut next = || numbers.next().and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    Some((next(), next()))
}

impl Support {
    /// True if letters may stand in front of a picture (a negative z-index of the kitty protocol).
    ///
    /// Seen to be right in kitty 0.41; kitty 0.26 lets old text shine through and changes the colours of all
    /// cells, so others are not trusted with it.
    pub fn draws_under_text(&self) -> bool {
        let name = self.terminal.as_deref().unwrap_or_default().to_ascii_lowercase();
        self.protocol == Protocol::Kitty && kitty_version(&name).is_some_and(|version| version >= (0, 41))
    }
}

/// The shape of characters that every font has.
const BLOCKS: Protocol = Protocol::Blocks(Shape::Halves);

/// The evidence while a verdict is sought.
struct Case<'a> {
    environment: &'a Environment,
    answers: &'a Answers,
    multiplexer: Option<Multiplexer>,
    /// What the terminal itself is called, if it told.
    outer: Option<&'a str>,
    why: Vec<String>,
    advice: Option<String>,
}

impl Case<'_> {
    /// The protocol the user insists on.
    fn forced(&mut self, forced: Option<Protocol>) -> Option<Protocol> {
        if let Some(protocol) = forced {
            self.because(format!("Pictures use {protocol} because --graphics says so."));
            return Some(protocol);
        }
        let word = self.environment.topogram_graphics.as_deref().filter(|word| !word.is_empty())?;
        match word.parse::<Choice>() {
            Ok(Choice::Only(protocol)) => {
                self.because(format!("Pictures use {protocol} because TOPOGRAM_GRAPHICS says so."));
                Some(protocol)
            }
            Ok(Choice::Auto) => None,
            Err(error) => {
                self.because(format!("TOPOGRAM_GRAPHICS is ignored: {error}."));
                None
            }
        }
    }

    /// Whether a protocol the user insists on needs tmux to hand it on.
    fn force(&mut self, protocol: Protocol) -> bool {
        let through = protocol == Protocol::Kitty
            && self.multiplexer == Some(Multiplexer::Tmux)
            && !self.answers.kitty();
        if through && !self.answers.passthrough() {
            self.because_passthrough();
        }
        through
    }

    /// The best protocol that the answers prove, and whether tmux must hand it on.
    fn choose(&mut self) -> (Protocol, bool) {
        if self.answers.is_silent() {
            self.because(
                "Pictures are drawn with half blocks: the terminal answered no question. \
                 If it can do better, say so with --graphics.",
            );
            return (BLOCKS, false);
        }
        match self.multiplexer {
            Some(Multiplexer::Tmux) => self.in_tmux(),
            Some(multiplexer) => (self.in_multiplexer(multiplexer), false),
            None => (self.in_terminal(), false),
        }
    }

    /// Kitty through tmux by placeholders, else the sixels of tmux itself.
    fn in_tmux(&mut self) -> (Protocol, bool) {
        let outer = self.outer.unwrap_or("a terminal that did not tell its name");
        if self.answers.kitty_through() {
            if self.outer.is_some_and(draws_placeholders) {
                self.because(format!("Pictures use kitty placeholders: {outer} answered through tmux."));
                return (Protocol::Kitty, true);
            }
            self.because(format!(
                "Kitty graphics behind tmux need placeholders (kitty 0.28 or later, Ghostty); \
                 behind it is {outer}. Try --graphics kitty."
            ));
            self.advise("Sharp pictures inside tmux need kitty 0.28 or later, or Ghostty.");
        } else if !self.answers.passthrough() {
            self.because_passthrough();
        }
        // A tmux that knows sixel lists it on every terminal, and writes "SIXEL IMAGE" where there is none.
        let behind = self.environment.tmux_client_sixel().unwrap_or_else(|| self.answers.sixel_behind());
        if self.answers.sixel() && !behind && self.answers.sixel_behind() {
            self.advise("Sharp pictures in tmux: \"set -as terminal-features ',*:sixel'\" in ~/.tmux.conf");
        }
        match (self.answers.sixel(), behind) {
            (true, true) => {
                self.because(format!("Pictures use sixel: tmux and {outer} both have it."));
                return (Protocol::Sixel, false);
            }
            (true, false) => self.because(format!(
                "Pictures are drawn with half blocks: tmux has sixel, but does not find it in {outer}. If it \
                 is there, put \"set -as terminal-features ',*:sixel'\" into ~/.tmux.conf."
            )),
            (false, _) => {
                self.because("Pictures are drawn with half blocks: this tmux does not show sixel.");
            }
        }
        (BLOCKS, false)
    }

    /// Only what the multiplexer draws itself: it moves text, and pictures with it or not at all.
    fn in_multiplexer(&mut self, multiplexer: Multiplexer) -> Protocol {
        let name = multiplexer.name();
        if self.answers.sixel() {
            self.because(format!("Pictures use sixel: {name} lists it among its features."));
            Protocol::Sixel
        } else if self.answers.kitty() {
            self.because(format!("Pictures use the kitty protocol: {name} answered its question."));
            Protocol::Kitty
        } else {
            self.because(format!("Pictures are drawn with half blocks: {name} shows no pictures."));
            self.advise(format!(
                "Pictures are coarse: {name} shows none. Sharp ones need a terminal without it."
            ));
            BLOCKS
        }
    }

    /// Without a multiplexer: the kitty protocol first, except where it is known to be faulty.
    fn in_terminal(&mut self) -> Protocol {
        let name = self.outer.unwrap_or("the terminal");
        if let Some(reason) = self.inline_images() {
            self.because(reason);
            Protocol::Iterm2
        } else if self.answers.kitty() {
            self.because(format!("Pictures use the kitty protocol: {name} answered its question."));
            Protocol::Kitty
        } else if self.answers.sixel() {
            self.because(format!("Pictures use sixel: {name} lists it among its features."));
            Protocol::Sixel
        } else {
            self.because(format!(
                "Pictures are drawn with half blocks: {name} offers neither kitty graphics nor sixel."
            ));
            BLOCKS
        }
    }

    /// Why inline images are the best choice, if they are.
    fn inline_images(&self) -> Option<String> {
        if let Some(name) = self.outer {
            let lower = name.to_ascii_lowercase();
            return if ["wezterm", "konsole"].iter().any(|known| lower.starts_with(known)) {
                Some(format!(
                    "Pictures use iTerm2 images: the kitty graphics of {name} are incomplete. \
                     Try --graphics kitty if yours does not."
                ))
            } else if ["iterm2", "mintty"].iter().any(|known| lower.starts_with(known)) {
                Some(format!("Pictures use iTerm2 images: the terminal is {name}."))
            } else {
                None
            };
        }
        // A variable may be left over from the terminal that started this one. All of these
        // show sixel as well, so one that does not list it is not the one that is named.
        let (variable, value) = self.hint().filter(|_| self.answers.sixel())?;
        Some(format!("Pictures use iTerm2 images: {variable} is {value}, and the answers agree."))
    }

    /// The first variable that names a terminal with inline images.
    fn hint(&self) -> Option<(&'static str, &str)> {
        let known = |value: &str| {
            ["iterm", "wezterm", "vscode", "mintty"]
                .iter()
                .any(|name| value.to_ascii_lowercase().starts_with(name))
        };
        let environment = self.environment;
        [("LC_TERMINAL", &environment.lc_terminal), ("TERM_PROGRAM", &environment.term_program)]
            .into_iter()
            .find_map(|(name, value)| Some((name, value.as_deref().filter(|value| known(value))?)))
            .or_else(|| Some(("KONSOLE_VERSION", environment.konsole_version.as_deref()?)))
    }

    /// Adds a reason.
    fn because(&mut self, reason: impl Into<String>) {
        self.why.push(reason.into());
    }

    /// Sets the line of advice.
    fn advise(&mut self, advice: impl Into<String>) {
        self.advice = Some(advice.into());
    }

    /// Tells how to open tmux for better pictures.
    fn because_passthrough(&mut self) {
        self.because(
            "tmux hands nothing on to the terminal behind it. If that is kitty or Ghostty, put \
             \"set -g allow-passthrough on\" into ~/.tmux.conf for sharp pictures.",
        );
        // Of no use in a terminal that is known to be another.
        if self.outer.is_none_or(draws_placeholders) {
            self.advise("Sharp pictures in tmux: \"set -g allow-passthrough on\" in ~/.tmux.conf");
        }
    }
}

#[cfg(test)]
mod tests;
