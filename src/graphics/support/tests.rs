//! Verdicts over a table of terminals, locally and as seen through ssh.

use super::super::reply::Reply;
use super::*;

const WINDOW: Window = Window { columns: 120, rows: 36, width_px: 0, height_px: 0 };

/// One terminal: its variables, its answers and what it should get.
struct Row {
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    answers: &'static [Said],
    local: (Protocol, Colors),
    remote: (Protocol, Colors),
}

/// An answer, short enough for a table.
enum Said {
    Da1(&'static [u16]),
    Name(&'static str),
    Kitty,
    KittyThrough,
    FenceThrough,
    Cell,
    Sync,
}

use Colors::{Ansi, Mono, Palette, True};
use Protocol::{Iterm2, Kitty, Sixel};
use Said::{Cell, Da1, FenceThrough, KittyThrough, Name, Sync};

const TRUE: (&str, &str) = ("COLORTERM", "truecolor");
const XTERM: (&str, &str) = ("TERM", "xterm-256color");
const TMUX: (&str, &str) = ("TMUX", "/tmp/none,1,0");

const TABLE: &[Row] = &[
    Row {
        name: "kitty",
        variables: &[("TERM", "xterm-kitty"), TRUE],
        answers: &[Said::Kitty, Name("kitty(0.41.1)"), Cell, Sync, Da1(&[62])],
        local: (Kitty, True),
        remote: (Kitty, True),
    },
    Row {
        name: "ghostty",
        variables: &[("TERM", "xterm-ghostty"), TRUE, ("TERM_PROGRAM", "ghostty")],
        answers: &[Said::Kitty, Name("ghostty 1.1.3"), Cell, Sync, Da1(&[62, 22])],
        local: (Kitty, True),
        remote: (Kitty, True),
    },
    Row {
        name: "wezterm",
        variables: &[XTERM, TRUE, ("TERM_PROGRAM", "WezTerm")],
        answers: &[Said::Kitty, Name("WezTerm 20240203-110809"), Cell, Sync, Da1(&[65, 4, 6, 18, 22])],
        local: (Iterm2, True),
        remote: (Iterm2, True),
    },
    Row {
        name: "konsole",
        variables: &[XTERM, TRUE, ("KONSOLE_VERSION", "250801")],
        answers: &[Said::Kitty, Name("Konsole 25.08.1"), Cell, Sync, Da1(&[62, 1, 4])],
        local: (Iterm2, True),
        remote: (Iterm2, True),
    },
    Row {
        name: "iterm2",
        variables: &[XTERM, TRUE, ("TERM_PROGRAM", "iTerm.app"), ("LC_TERMINAL", "iTerm2")],
        answers: &[Name("iTerm2 3.5.10"), Cell, Sync, Da1(&[64, 1, 2, 4, 6, 17, 18, 21, 22])],
        local: (Iterm2, True),
        remote: (Iterm2, True),
    },
    Row {
        name: "xterm with sixel",
        variables: &[XTERM],
        answers: &[Name("XTerm(379)"), Cell, Da1(&[63, 1, 2, 4, 6, 9, 15, 16, 22, 28])],
        local: (Sixel, Palette),
        remote: (Sixel, Palette),
    },
    Row {
        name: "foot",
        variables: &[("TERM", "foot"), TRUE],
        answers: &[Name("foot(1.13.1)"), Cell, Sync, Da1(&[62, 4, 22, 28, 29])],
        local: (Sixel, True),
        remote: (Sixel, True),
    },
    Row {
        name: "vscode",
        variables: &[XTERM, TRUE, ("TERM_PROGRAM", "vscode")],
        answers: &[Cell, Sync, Da1(&[62, 4, 9, 22])],
        local: (Iterm2, True),
        remote: (Sixel, Palette),
    },
    Row {
        name: "vscode with images switched off",
        variables: &[XTERM, TRUE, ("TERM_PROGRAM", "vscode")],
        answers: &[Cell, Sync, Da1(&[62, 9, 22])],
        local: (BLOCKS, True),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "xterm",
        variables: &[XTERM],
        answers: &[Name("XTerm(379)"), Cell, Da1(&[64, 1, 2, 6, 9, 15, 16, 17, 18, 21, 22, 28])],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "alacritty started from an iTerm2 shell",
        variables: &[("TERM", "alacritty"), TRUE, ("TERM_PROGRAM", "iTerm.app")],
        answers: &[Cell, Sync, Da1(&[6])],
        local: (BLOCKS, True),
        remote: (BLOCKS, True),
    },
    Row {
        name: "gnome terminal",
        variables: &[XTERM, TRUE],
        answers: &[Name("VTE(7600)"), Cell, Sync, Da1(&[65, 1, 9])],
        local: (BLOCKS, True),
        remote: (BLOCKS, True),
    },
    Row {
        name: "tmux that draws sixel",
        variables: &[("TERM", "tmux-256color"), TMUX, ("TERM_PROGRAM", "tmux")],
        answers: &[Name("tmux 3.5a"), Cell, Da1(&[1, 2, 4]), Da1(&[62, 4]), FenceThrough],
        local: (Sixel, Palette),
        remote: (Sixel, Palette),
    },
    Row {
        name: "tmux that knows sixel in a terminal that does not",
        variables: &[("TERM", "tmux-256color"), TMUX],
        answers: &[Name("tmux 3.5a"), Cell, Da1(&[1, 2, 4]), Da1(&[62]), FenceThrough],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "tmux that knows sixel and hands nothing on",
        variables: &[("TERM", "tmux-256color"), TMUX],
        answers: &[Name("tmux 3.5a"), Cell, Da1(&[1, 2, 4])],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "tmux in kitty",
        variables: &[("TERM", "tmux-256color"), TMUX],
        answers: &[Name("tmux 3.4"), Cell, Da1(&[1, 2]), KittyThrough, Name("kitty(0.41.1)"), FenceThrough],
        local: (Kitty, True),
        remote: (Kitty, True),
    },
    Row {
        name: "tmux in a kitty too old for placeholders",
        variables: &[("TERM", "tmux-256color"), TMUX],
        answers: &[Name("tmux 3.3a"), Da1(&[1, 2]), KittyThrough, Name("kitty(0.26.5)"), FenceThrough],
        local: (BLOCKS, True),
        remote: (BLOCKS, True),
    },
    Row {
        name: "tmux in a terminal that keeps its name to itself",
        variables: &[("TERM", "tmux-256color"), TMUX],
        answers: &[Name("tmux 3.4"), Da1(&[1, 2]), KittyThrough, Name("tmux 3.4"), FenceThrough],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "screen",
        variables: &[("TERM", "screen-256color"), ("STY", "1.pts")],
        answers: &[Da1(&[1, 2])],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "apple",
        variables: &[XTERM, ("TERM_PROGRAM", "Apple_Terminal")],
        answers: &[Da1(&[1, 2])],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "linux",
        variables: &[("TERM", "linux")],
        answers: &[Da1(&[6])],
        local: (BLOCKS, Ansi),
        remote: (BLOCKS, Ansi),
    },
    Row {
        name: "mute",
        variables: &[XTERM, ("TERM_PROGRAM", "iTerm.app")],
        answers: &[],
        local: (BLOCKS, Palette),
        remote: (BLOCKS, Palette),
    },
    Row {
        name: "dumb",
        variables: &[("TERM", "dumb")],
        answers: &[],
        local: (Protocol::Blocks(Shape::Ascii), Mono),
        remote: (Protocol::Blocks(Shape::Ascii), Mono),
    },
];

/// Collects the answers of one row.
fn answers(said: &[Said]) -> Answers {
    let mut answers = Answers::default();
    for said in said {
        answers.add(&match said {
            Said::Da1(list) => Reply::DeviceAttributes(list.to_vec()),
            Said::Name(name) => Reply::Version((*name).to_owned()),
            Said::Kitty => Reply::Kitty { id: 31, message: "OK".into() },
            Said::KittyThrough => Reply::Kitty { id: 32, message: "OK".into() },
            Said::FenceThrough => Reply::DeviceStatusOk,
            Said::Cell => Reply::CellPixels(CellSize::new(10, 20)),
            Said::Sync => Reply::Mode { mode: 2026, state: 2 },
        });
    }
    answers
}

/// The variables of one row; `remote` keeps only what ssh carries.
fn environment(variables: &[(&str, &str)], remote: bool) -> Environment {
    Environment::from_lookup(|name| {
        if remote && name == "SSH_CONNECTION" {
            return Some("192.0.2.7 50000 192.0.2.1 22".into());
        }
        if remote && name != "TERM" && !name.starts_with("LC_") {
            return None;
        }
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn every_known_terminal_gets_its_best_protocol_locally_and_over_ssh() {
    for row in TABLE {
        for (remote, expected) in [(false, row.local), (true, row.remote)] {
            let environment = environment(row.variables, remote);

            let support = decide(&environment, &answers(row.answers), None, WINDOW);

            let place = if remote { "over ssh" } else { "locally" };
            assert_eq!((support.protocol, support.colors), expected, "{} {place}", row.name);
            assert_eq!(support.passthrough, row.name == "tmux in kitty", "{} {place}", row.name);
            assert!(!support.why.is_empty(), "{}", row.name);
            assert!(support.why.iter().all(|why| why.ends_with('.')), "{:?}", support.why);
        }
    }
}

#[test]
fn shared_memory_is_used_where_the_terminal_itself_has_read_some() {
    let judged = |said: &[Said], forced| {
        let mut answers = answers(said);
        answers.add(&Reply::Kitty { id: 33, message: "OK".into() });
        decide(&environment(&[XTERM], false), &answers, forced, WINDOW)
    };
    let support = judged(&[Said::Kitty], None);
    assert!(support.shared && support.why.iter().any(|why| why.contains("shared memory")), "{support:?}");
    assert!(!judged(&[Said::Kitty], Some(Protocol::Sixel)).shared);
    let mut answers = answers(&[Said::Kitty]);
    answers.add(&Reply::Kitty { id: 33, message: "ENOENT:no such object".into() });
    assert!(!decide(&environment(&[XTERM], false), &answers, None, WINDOW).shared, "elsewhere");
}

#[test]
fn a_terminal_that_answers_nothing_gets_blocks_and_a_guess() {
    let support = decide(&environment(&[XTERM], false), &Answers::default(), None, WINDOW);

    assert_eq!(support.protocol, BLOCKS);
    assert_eq!(support.cell, CellSize::new(8, 16));
    assert!(support.cell_is_guess && !support.synchronized);
    assert_eq!((support.terminal, support.light_background), (None, None));
}

#[test]
fn the_terminal_knows_its_cells_better_than_the_operating_system() {
    let window = Window { width_px: 1080, height_px: 648, ..WINDOW };
    let cell = |said: &[Reply]| {
        let mut answers = Answers::default();
        for reply in said {
            answers.add(reply);
        }
        decide(&environment(&[XTERM], false), &answers, None, window).cell
    };
    let area = Reply::WindowPixels { width: 1440, height: 864 };
    let exact = Reply::CellPixels(CellSize::new(13, 27));
    let zero = Reply::CellPixels(CellSize::new(0, 0));

    assert_eq!(cell(&[]), CellSize::new(9, 18));
    assert_eq!(cell(&[area.clone(), zero]), CellSize::new(12, 24));
    assert_eq!(cell(&[exact, area]), CellSize::new(13, 27));
}

#[test]
fn a_window_of_no_cells_divides_by_nothing() {
    let mut answers = Answers::default();
    answers.add(&Reply::WindowPixels { width: 0, height: 0 });

    assert!(decide(&Environment::default(), &answers, None, Window::default()).cell_is_guess);
}

#[test]
fn the_command_line_beats_the_variable_and_the_variable_beats_the_answers() {
    let variables = [XTERM, ("TOPOGRAM_GRAPHICS", "sixel")];
    let environment = environment(&variables, false);
    let answers = answers(&[Said::Kitty, Name("kitty(0.41.1)"), Da1(&[62])]);

    let by_line = decide(&environment, &answers, Some(BLOCKS), WINDOW);
    let by_variable = decide(&environment, &answers, None, WINDOW);

    assert_eq!(by_line.protocol, BLOCKS);
    assert_eq!(by_variable.protocol, Protocol::Sixel);
    assert_eq!(by_variable.why[0], "Pictures use sixel because TOPOGRAM_GRAPHICS says so.");
}

#[test]
fn a_misspelt_variable_is_named_and_ignored() {
    let environment = environment(&[XTERM, ("TOPOGRAM_GRAPHICS", "kity")], false);

    let support = decide(&environment, &answers(&[Said::Kitty, Da1(&[62])]), None, WINDOW);

    assert_eq!(support.protocol, Protocol::Kitty);
    assert!(support.why[0].starts_with("TOPOGRAM_GRAPHICS is ignored: no graphics protocol is called"));
}

#[test]
fn kitty_forced_inside_tmux_goes_through_it_and_says_what_tmux_needs() {
    let environment = environment(&[("TERM", "tmux-256color"), TMUX], false);

    let support = decide(&environment, &answers(&[Da1(&[1, 2])]), Some(Protocol::Kitty), WINDOW);

    assert!(support.passthrough);
    assert!(support.why.iter().any(|why| why.contains("set -g allow-passthrough on")));
}

/// The verdict inside a tmux that says this of the terminal it draws on.
fn behind_tmux(client: &str, said: &[Said]) -> Support {
    let environment = environment(&[("TERM", "tmux-256color"), TMUX], false);
    let environment = Environment { tmux_client: Some(client.into()), ..environment };
    decide(&environment, &answers(said), None, WINDOW)
}

#[test]
fn what_tmux_says_of_its_terminal_counts_more_than_its_own_list_of_features() {
    let said = [Name("tmux 3.5a"), Da1(&[1, 2, 4])];

    assert_eq!(behind_tmux("bpaste,sixel,title XTerm(379)", &said).protocol, Protocol::Sixel);
    let kitty = behind_tmux("bpaste,RGB,title kitty(0.41.1)", &said);
    assert_eq!((kitty.protocol, kitty.terminal.as_deref()), (BLOCKS, Some("kitty(0.41.1)")));

    let undetected = behind_tmux("bpaste,title ", &[Name("tmux 3.5a"), Da1(&[1, 2, 4]), Da1(&[63, 4])]);
    assert_eq!(undetected.protocol, BLOCKS);
    assert!(undetected.advice.is_some_and(|advice| advice.contains("terminal-features")));
}

#[test]
fn advice_names_the_remedy_to_who_can_use_it_and_fits_a_narrow_line() {
    let said = [Name("tmux 3.3a"), Da1(&[1, 2])];
    let advice = |client: &str| behind_tmux(client, &said).advice;

    assert!(advice(" ").is_some_and(|advice| advice.contains("set -g allow-passthrough on")));
    assert!(advice("RGB kitty(0.41.1)").is_some_and(|advice| advice.contains("set -g allow-passthrough on")));
    assert_eq!(advice("RGB XTerm(379)"), None);
    let kitty = [Name("tmux 3.3a"), Da1(&[1, 2]), KittyThrough, Name("kitty(0.26.5)"), FenceThrough];
    assert!(behind_tmux(" ", &kitty).advice.is_some_and(|advice| advice.contains("0.28")));

    for row in TABLE {
        let environment = environment(row.variables, false);
        let advice = decide(&environment, &answers(row.answers), None, WINDOW).advice.unwrap_or_default();
        assert!(advice.len() < 79, "{}: {advice}", row.name);
        assert!(advice.is_empty() || row.local.0 == BLOCKS, "{}: {advice}", row.name);
    }
}

#[test]
fn who_has_chosen_gets_no_advice() {
    let environment = environment(&[("TERM", "tmux-256color"), TMUX], false);

    let support = decide(&environment, &answers(&[Da1(&[1, 2])]), Some(BLOCKS), WINDOW);

    assert_eq!(support.advice, None);
}

#[test]
fn placeholders_need_kitty_0_28_or_ghostty() {
    for (name, expected) in [
        ("kitty(0.26.5)", false),
        ("kitty(0.28.0)", true),
        ("kitty(1.0.0)", true),
        ("ghostty 1.1.3", true),
        ("WezTerm 20240203", false),
        ("kitty", false),
    ] {
        assert_eq!(draws_placeholders(name), expected, "{name}");
    }
}

#[test]
fn a_light_background_is_recognised() {
    let light = |red, green, blue| {
        let mut answers = Answers::default();
        answers.add(&Reply::Background(red, green, blue));
        decide(&environment(&[XTERM], false), &answers, None, WINDOW).light_background
    };

    assert_eq!(light(0xfd, 0xf6, 0xe3), Some(true));
    assert_eq!(light(0x00, 0x2b, 0x36), Some(false));
}

#[test]
fn only_terminals_that_interpolate_enlarge_pictures() {
    let support = |protocol, name: Option<&str>| {
        let support = decide(&Environment::default(), &Answers::default(), Some(protocol), WINDOW);
        Support { terminal: name.map(str::to_owned), ..support }
    };

    assert!(support(Iterm2, Some("iTerm2 3.5.0")).enlarges());
    assert!(support(Iterm2, None).enlarges());
    assert!(!support(Iterm2, Some("WezTerm 20240203")).enlarges());
    assert!(!support(Sixel, Some("foot(1.16.2)")).enlarges());
}
