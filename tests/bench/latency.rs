//! From a key to the last byte of its frame, where the next slice is prepared already.

use super::{
    ms, over,
    pty::{KITTY, Profile, SIXEL, Session},
};
use std::{path::Path, thread, time::Duration};

/// Steps, one half of them back.
const STEPS: usize = 100;
/// What a program that does nothing needs to prepare the next slices.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) fn measure(folder: &Path) {
    println!("from a key to the last byte, prefetched slices, local");
    for (name, answers) in [("kitty", KITTY), ("sixel", SIXEL)] {
        let profile = Profile { answers, arguments: &["--link", "fast"], ..Profile::LOCAL };
        let session = Session::start(&profile, folder);
        session.wait_until("the list is there", || session.bytes() > 1000);
        session.rest();
        session.press("\r");
        session.wait_until("a picture", || session.bytes() > 20_000);
        session.rest();
        let mut times: Vec<Duration> = (0..STEPS)
            .map(|step| {
                let bytes = session.bytes();
                let pressed =
                    session.press(if (STEPS / 4..STEPS * 3 / 4).contains(&step) { "k" } else { "j" });
                session.wait_until("the next slice", || session.bytes() > bytes);
                session.still(Duration::from_millis(20));
                let time = session.last().saturating_duration_since(pressed);
                thread::sleep(PAUSE);
                time
            })
            .collect();
        times.sort_unstable();
        let (median, last) = (ms(times[STEPS / 2]), ms(times[STEPS * 99 / 100]));
        println!(
            "  {name:<8} median {median:.2} ms of 4, p99 {last:.2} ms of 16{}",
            over(median > 4.0 || last > 16.0)
        );
    }
}
