//! One question to the terminal, and what it answered.
//!
//! Every query goes out in one write, with DA1 last: each of the terminals tried
//! answers DA1, in order, so its answer tells that nothing else will come. A
//! terminal that answers nothing at all costs [`patience`], once; what it says
//! later is swallowed by the input parser.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::time::Duration;

use super::{
    environment::{Environment, Multiplexer},
    protocol::CellSize,
    reply::Reply,
    tmux,
};

/// Id of the image that asks whoever reads first for the kitty protocol.
const DIRECT: u32 = 31;

/// Id of the image that asks the terminal behind tmux.
const THROUGH: u32 = 32;

/// Id of the image that asks whether the terminal reads our shared memory.
const SHARED: u32 = 33;

/// Synchronized output, DEC private mode 2026.
const SYNCHRONIZED: u16 = 2026;

/// What to write first to learn about the terminal behind tmux; empty elsewhere.
///
/// To be written before [`question`], and before the screen is switched: for a moment after
/// `CSI ? 1049 h` tmux drops what it should hand on (seen in 3.3a and 3.5a). Nothing of it is
/// ever printed.
pub fn question_through(environment: &Environment) -> Vec<u8> {
    if environment.is_dumb() || environment.multiplexer() != Some(Multiplexer::Tmux) {
        return Vec::new();
    }
    // Its own fence: the terminal behind tmux answers after tmux has answered DA1.
    let mut through = kitty_query(THROUGH);
    through.extend_from_slice(b"\x1b[>q\x1b[c\x1b[5n");
    tmux::wrap(&through)
}

/// What to write to learn everything about the terminal; empty if it must not be asked.
///
/// The screen should be cleared or redrawn afterwards: a terminal that does not know
/// APC strings prints them.
pub fn question(environment: &Environment) -> Vec<u8> {
    if environment.is_dumb() {
        return Vec::new();
    }
    let multiplexer = environment.multiplexer();
    // The Linux console and Terminal.app print APC strings, and screen has no use for them.
    let reads_apc = environment.term() != "linux"
        && environment.term_program.as_deref() != Some("Apple_Terminal")
        && multiplexer != Some(Multiplexer::Screen);
    let mut bytes = Vec::new();
    if reads_apc {
        bytes.extend(kitty_query(DIRECT));
        if let Some(name) = environment.shared.as_ref().filter(|_| multiplexer.is_none()) {
            bytes.extend(shared_query(SHARED, name));
        }
    }
    bytes.extend_from_slice(b"\x1b[>q\x1b[16t\x1b[14t\x1b[?2026$p\x1b]11;?\x1b\\\x1b[c");
    bytes
}

/// Asks whether a black pixel could be shown; the terminal stores nothing.
fn kitty_query(id: u32) -> Vec<u8> {
    format!("\x1b_Gi={id},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\").into_bytes()
}

/// Asks the same of a black pixel in shared memory.
fn shared_query(id: u32, name: &str) -> Vec<u8> {
    format!("\x1b_Gi={id},s=1,v=1,a=q,t=s,f=24;{}\x1b\\", STANDARD.encode(name)).into_bytes()
}

/// How long to wait for [`Answers::is_complete`] before going on without.
pub fn patience(environment: &Environment) -> Duration {
    Duration::from_millis(if environment.is_remote() { 2500 } else { 1000 })
}

/// The answers to [`question`], in whatever order they come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent yes-or-no answers")]
pub struct Answers {
    device_attributes: Option<Vec<u16>>,
    /// DA1 of the terminal behind tmux, whose own comes first: it has a shorter way.
    device_attributes_behind: Option<Vec<u16>>,
    versions: Vec<String>,
    cell: Option<CellSize>,
    window: Option<(u16, u16)>,
    kitty: bool,
    kitty_through: bool,
    shared: bool,
    fence_through: bool,
    synchronized: bool,
    background: Option<(u8, u8, u8)>,
}

impl Answers {
    /// Takes one reply into account; those nobody asked for change nothing.
    pub fn add(&mut self, reply: &Reply) {
        match reply {
            Reply::DeviceAttributes(list) if self.device_attributes.is_some() => {
                self.device_attributes_behind = Some(list.clone());
            }
            Reply::DeviceAttributes(list) => self.device_attributes = Some(list.clone()),
            Reply::Version(name) if self.versions.len() < 4 => self.versions.push(name.clone()),
            Reply::CellPixels(cell) if cell.is_plausible() => self.cell = Some(*cell),
            Reply::WindowPixels { width, height } => self.window = Some((*width, *height)),
            Reply::Kitty { id: DIRECT, message } => self.kitty |= message.starts_with("OK"),
            Reply::Kitty { id: THROUGH, message } => self.kitty_through |= message.starts_with("OK"),
            Reply::Kitty { id: SHARED, message } => self.shared |= message.starts_with("OK"),
            Reply::Mode { mode: SYNCHRONIZED, state } => self.synchronized = matches!(state, 1..=3),
            Reply::Background(red, green, blue) => self.background = Some((*red, *green, *blue)),
            Reply::DeviceStatusOk => self.fence_through = true,
            _ => {}
        }
    }

    /// True once the fence has been answered: nothing more will come, except from behind tmux.
    pub fn is_complete(&self) -> bool {
        self.device_attributes.is_some()
    }

    /// True while the terminal behind tmux may still answer.
    ///
    /// It never does without `allow-passthrough`, so give it one round trip more
    /// after [`Self::is_complete`] (150 ms locally), and decide again should the
    /// answer come later.
    pub fn may_improve(&self, environment: &Environment) -> bool {
        environment.multiplexer() == Some(Multiplexer::Tmux) && !self.fence_through
    }

    /// True if nothing was answered.
    pub(super) fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// True if DA1 lists sixel graphics.
    pub(super) fn sixel(&self) -> bool {
        lists_sixel(self.device_attributes.as_ref())
    }

    /// True if DA1 of the terminal behind tmux lists sixel graphics.
    pub(super) fn sixel_behind(&self) -> bool {
        lists_sixel(self.device_attributes_behind.as_ref())
    }

    /// True if whoever reads first speaks the kitty protocol.
    pub(super) fn kitty(&self) -> bool {
        self.kitty
    }

    /// True if the terminal behind tmux speaks the kitty protocol.
    pub(super) fn kitty_through(&self) -> bool {
        self.kitty_through
    }

    /// True if whoever reads first has read our shared memory.
    pub(super) fn shared(&self) -> bool {
        self.shared
    }

    /// True if anything came back through tmux.
    pub(super) fn passthrough(&self) -> bool {
        self.fence_through || self.kitty_through
    }

    /// True if synchronized output is known.
    pub(super) fn synchronized(&self) -> bool {
        self.synchronized
    }

    /// What the terminals called themselves: the multiplexer, if any, and what is behind it.
    pub(super) fn versions(&self) -> &[String] {
        &self.versions
    }

    /// True if the terminal tells the size of its text area, and will again.
    pub fn tells_area(&self) -> bool {
        self.window.is_some()
    }

    /// Cell size as told, made more exact by the size of the text area, or as follows from that alone.
    pub(super) fn cell(&self, columns: u16, rows: u16) -> Option<CellSize> {
        let Some(area) = self.window else { return self.cell };
        let told = self.cell.or_else(|| {
            let (width, height) = area;
            Some(CellSize::new(width.checked_div(columns)?, height.checked_div(rows)?))
        });
        told.filter(|cell| cell.is_plausible()).map(|cell| cell.refined(area, (columns, rows)))
    }

    /// True for a light background, false for a dark one.
    pub(super) fn light_background(&self) -> Option<bool> {
        let (red, green, blue) = self.background?;
        // Rec. 601 luma, in thousandths.
        let luma = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
        Some(luma > 127_500)
    }
}

/// True if a DA1 answer lists sixel graphics.
fn lists_sixel(list: Option<&Vec<u16>>) -> bool {
    // The first number is the conformance level, not a feature.
    list.is_some_and(|list| list.iter().skip(1).any(|&item| item == 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fence_is_asked_last() {
        let environment = Environment { term: Some("xterm".into()), ..Environment::default() };

        assert!(question(&environment).ends_with(b"\x1b[c"));
        assert!(question(&environment).starts_with(b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"));
    }

    #[test]
    fn shared_memory_is_asked_for_where_there_is_some_and_nothing_stands_between() {
        let at = |term: &str| Environment {
            term: Some(term.into()),
            shared: Some("/pixel".into()),
            ..Environment::default()
        };
        let asks = |environment: &Environment| {
            String::from_utf8(question(environment)).unwrap().contains("t=s,f=24;L3BpeGVs\x1b\\")
        };

        assert!(asks(&at("xterm-kitty")));
        assert!(!asks(&at("tmux-256color")) && !asks(&at("screen")));
        assert!(!asks(&Environment { shared: None, ..at("xterm-kitty") }));
    }

    #[test]
    fn terminals_that_would_print_the_question_are_not_asked_it() {
        let term = |term: &str| Environment { term: Some(term.into()), ..Environment::default() };

        assert!(question(&term("dumb")).is_empty());
        assert!(question(&Environment::default()).is_empty());
        assert!(!question(&term("linux")).windows(2).any(|two| two == b"\x1b_"));
    }

    #[test]
    fn tmux_is_asked_and_so_is_the_terminal_behind_it() {
        let tmux = Environment { term: Some("tmux-256color".into()), ..Environment::default() };
        let mut answers = Answers::default();

        let text = String::from_utf8(question_through(&tmux)).unwrap();
        assert!(text.starts_with("\x1bPtmux;\x1b\x1b_Gi=32,") && text.ends_with("\x1b\x1b[5n\x1b\\"));
        assert!(!question(&tmux).windows(2).any(|two| two == b"\x1bP"));
        let plain = Environment { term: Some("xterm".into()), ..Environment::default() };
        assert!(question_through(&plain).is_empty());

        answers.add(&Reply::DeviceAttributes(vec![1, 2]));
        assert!(answers.is_complete() && answers.may_improve(&tmux));
        answers.add(&Reply::DeviceStatusOk);
        assert!(!answers.may_improve(&tmux));
    }

    #[test]
    fn a_terminal_of_level_four_has_no_sixel_for_that_alone() {
        let mut answers = Answers::default();
        answers.add(&Reply::DeviceAttributes(vec![4, 22]));

        assert!(!answers.sixel());
    }

    #[test]
    fn the_second_list_of_features_is_that_of_the_terminal_behind() {
        let mut answers = Answers::default();
        answers.add(&Reply::DeviceAttributes(vec![1, 2, 4]));
        assert!(answers.sixel() && !answers.sixel_behind());

        answers.add(&Reply::DeviceAttributes(vec![62, 4, 22]));
        assert!(answers.sixel_behind());
    }
}
