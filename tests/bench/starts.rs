//! Terminals that answer little or nothing: how soon there is something to read, and that no pictures are sent.

use super::{
    ms, over,
    pty::{Profile, Session},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Terminals, and how many milliseconds they may take.
const TERMINALS: [(&str, Profile, f64); 6] = [
    ("mute", Profile::LOCAL, 1000.0),
    ("dumb", Profile { variables: &[("TERM", "dumb")], ..Profile::LOCAL }, 300.0),
    (
        "apple",
        Profile {
            answers: &[(b"\x1b[c", b"\x1b[?1;2c")],
            variables: &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")],
            ..Profile::LOCAL
        },
        300.0,
    ),
    (
        "linux",
        Profile { answers: &[(b"\x1b[c", b"\x1b[?6c")], variables: &[("TERM", "linux")], ..Profile::LOCAL },
        300.0,
    ),
    (
        "screen",
        Profile {
            answers: &[(b"\x1b[c", b"\x1b[?1;2c")],
            variables: &[("TERM", "screen-256color"), ("STY", "1.pts-0.host")],
            ..Profile::LOCAL
        },
        300.0,
    ),
    (
        "tmux",
        Profile {
            answers: &[(b"\x1b[>q", b"\x1bP>|tmux 3.3a\x1b\\"), (b"\x1b[c", b"\x1b[?1;2c")],
            variables: &[("TERM", "tmux-256color"), ("TMUX", "/nonexistent,1,0")],
            ..Profile::LOCAL
        },
        300.0,
    ),
];

pub(crate) fn measure(folder: &Path) {
    println!("starts: the first text, the list, and what a viewer sends");
    for (name, profile, most) in TERMINALS {
        let start = Instant::now();
        let session = Session::start(&profile, folder);
        session.wait_until("anything", || session.bytes() > 0);
        let first = ms(start.elapsed());
        let holds = |wanted: &[u8]| session.since(0).windows(wanted.len()).any(|window| window == wanted);
        session.wait_until("the list is there", || holds(b"CT"));
        let list = ms(start.elapsed());
        session.rest();
        let from = session.bytes();
        session.press("\r");
        session.wait_until("a viewer", || session.bytes() > from);
        session.still(Duration::from_millis(500));
        let garbage = session.sends_pictures();
        println!(
            "  {name:<8} first bytes {first:>6.1} ms, list {list:>6.1} ms of {most}; {}{}",
            if garbage { "pictures that it does not know" } else { "characters only" },
            over(garbage || list > most)
        );
    }
}
