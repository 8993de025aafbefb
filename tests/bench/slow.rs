//! A key held over a link of 2 Mbit/s that is 60 ms long.

use super::{
    ms, over,
    pty::{KITTY, Link, Profile, SIXEL, Session},
};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

const LINK: Link = Link { rate: 250_000.0, round_trip: Duration::from_millis(60) };
/// Keys of one burst, and how fast a keyboard repeats them.
const KEYS: u32 = 30;
const REPEAT: Duration = Duration::from_millis(33);
const BURSTS: usize = 2;
/// Bytes of a step, and the time from the release of the key until the last slice is complete.
const MOST_BYTES: usize = 15_000;
const MOST_MS: f64 = 1000.0;
/// Longer than the pause between two pictures over this link.
const QUIET: Duration = Duration::from_millis(700);

pub(crate) fn measure(folder: &Path) {
    println!("{KEYS} keys held over 2 Mbit/s, 60 ms");
    for (name, answers, picture) in [("kitty", KITTY, "a=p,i="), ("sixel", SIXEL, "\x1bP0;1;0q")] {
        let profile = Profile { answers, link: Some(LINK), ..Profile::LOCAL };
        let session = Session::start(&profile, folder);
        session.wait_until("the list is there", || session.bytes() > 1000);
        session.still(QUIET);
        session.press("\r");
        session.wait_until("a picture", || session.bytes() > 20_000);
        session.still(QUIET);
        for burst in 0..BURSTS {
            let from = session.bytes();
            for _ in 0..KEYS {
                session.press(if burst % 2 == 0 { "j" } else { "k" });
                thread::sleep(REPEAT);
            }
            let (released, held) = (Instant::now(), session.since(from));
            session.still(QUIET);
            let rest = ms(session.last().saturating_duration_since(released));
            let last = session.since(from + held.len()).len();
            let steps = held.windows(picture.len()).filter(|window| *window == picture.as_bytes()).count();
            let bytes = held.len() / steps.max(1);
            println!(
                "  {name:<8} burst {}: {steps} slices seen, {bytes} B each of {MOST_BYTES}; \
                 {last} B more until rest, {rest:.0} ms of {MOST_MS} after release{}",
                burst + 1,
                over(bytes > MOST_BYTES || rest > MOST_MS || steps == 0)
            );
        }
    }
}
