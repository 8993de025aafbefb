//! `topogram doctor`: what the terminal can do, and why pictures look as they do.

use super::{Exit, args::Options, configuration, out::Out, picture};
use crate::{
    app,
    config::Graphics,
    graphics::{Colors, Environment, Multiplexer, Protocol, Support, blocks::Shape},
    ui::Speed,
};
use image::{DynamicImage, GrayImage};
use std::{
    env,
    io::{self, IsTerminal as _},
};

/// Octants with a pixel above and one below; the ramp of greys needs hardly any.
const OCTANTS: &str = "\u{1CD0A}\u{1CD0B}\u{1CD19}\u{1CD1A}\u{1CD36}\u{1CD37}\u{1CD71}\u{1CD72}";

/// Prints everything we know of the terminal and the settings, and a picture to judge by.
///
/// # Errors
///
/// What writing to the output or asking the terminal says; bad settings are part of the answer.
pub(super) fn doctor(options: &Options, out: &mut Out) -> anyhow::Result<Exit> {
    out.line(concat!("topogram ", env!("CARGO_PKG_VERSION")))?;
    out.line("")?;
    let exit = configuration::status(options, out)?;
    out.line("")?;
    let environment = Environment::from_lookup(|name| env::var(name).ok());
    let term = environment.term.as_deref().unwrap_or("not set");
    // Settings that are refused must not hide what can be said about the terminal.
    let graphics = configuration::settings(options)
        .map_or(options.graphics.unwrap_or(Graphics::Auto), |settings| settings.config.graphics);
    // What the terminal is asked and answers must not mix with what is printed.
    out.flush()?;
    let choice = crate::ui::choice(graphics);
    let support = match choice {
        Some(choice) if io::stdout().is_terminal() => crate::ui::ask_and_measure(choice)?,
        _ => None,
    };
    match support {
        Some((support, speed)) => {
            terminal(&support, &environment, term, out)?;
            out.line(&format!("Link:     {}", link(speed, support.multiplexer)))?;
            out.line("")?;
            out.line("Sixteen greys from black to white, all different, over a smooth ramp:")?;
            picture::print(&test_picture(), 1.0, &support, Some(64), out)?;
            if support.protocol == Protocol::Blocks(Shape::Octants) {
                out.line(&format!("Dots in pairs, or boxes if the font has no octants: {OCTANTS}"))?;
            }
        }
        None if choice.is_none() => out.line("Pictures: none, because the settings say so")?,
        None => {
            out.line("Terminal: none; run `topogram doctor` without a pipe to test pictures")?;
            out.line(&format!("TERM:     {term}"))?;
        }
    }
    Ok(if exit == Exit::Ok { Exit::Ok } else { Exit::SomeProblems })
}

fn terminal(support: &Support, environment: &Environment, term: &str, out: &mut Out) -> anyhow::Result<()> {
    let cell = support.cell.exact();
    let guess = if support.cell_is_guess { " (a guess)" } else { "" };
    let colors = match support.colors {
        Colors::True => "24 bits",
        Colors::Palette => "256",
        Colors::Ansi => "16",
        Colors::Mono => "none: NO_COLOR is set, or TERM knows none",
    };
    let background = match support.light_background {
        Some(true) => "light",
        Some(false) => "dark",
        None => "not told",
    };
    for (name, value) in [
        ("Terminal", support.terminal.clone().unwrap_or_else(|| "did not tell its name".to_owned())),
        ("TERM", term.to_owned()),
        ("Reached", if environment.is_remote() { "over SSH" } else { "on this machine" }.to_owned()),
        ("Inside", support.multiplexer.map_or("no multiplexer", |multiplexer| multiplexer.name()).to_owned()),
        ("Cell", format!("{} x {} pixels{guess}", app::short(cell.0, 2), app::short(cell.1, 2))),
        ("Colours", colors.to_owned()),
        ("Ground", background.to_owned()),
        ("Frames", if support.synchronized { "appear at once" } else { "may tear" }.to_owned()),
        (
            "Pictures",
            format!("{}{}", support.protocol, if support.passthrough { ", through tmux" } else { "" }),
        ),
    ] {
        out.line(&format!("{:<10}{value}", format!("{name}:")))?;
    }
    support.why.iter().try_for_each(|reason| out.line(&format!("          {reason}")))
}

/// What the way to the terminal carries, and what that means for pictures.
fn link(speed: Option<Speed>, multiplexer: Option<Multiplexer>) -> String {
    let Some(Speed { round_trip, rate }) = speed else {
        return "not measured: the terminal does not answer".to_owned();
    };
    let far = multiplexer.map_or(String::new(), |multiplexer| format!(", as far as {}", multiplexer.name()));
    let means =
        if SLICE / rate > SLOW { "slow, drafts while slices fly past" } else { "fast, every slice is whole" };
    let ms = round_trip.as_secs_f64() * 1e3;
    format!("{} ms there and back, {} a second{far}: {means}", app::short(ms, 1), app::size(rate as u64))
}

/// Bytes of a CT slice as the terminal gets it, and the seconds it may take on its way.
const SLICE: f64 = 150_000.0;
const SLOW: f64 = 0.1;

/// 256 columns: sixteen steps above, all greys below.
fn test_picture() -> DynamicImage {
    GrayImage::from_fn(256, 64, |x, y| {
        let step = x / 16;
        image::Luma([if y < 32 { (step * 17) as u8 } else { x as u8 }])
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_link_is_told_in_numbers_and_in_what_they_mean() {
        let speed = |rate| Some(Speed { round_trip: std::time::Duration::from_micros(60_900), rate });

        assert_eq!(
            link(speed(250_000.0), None),
            "60.9 ms there and back, 250 kB a second: slow, drafts while slices fly past"
        );
        let far = link(speed(9e6), Some(Multiplexer::Tmux));
        assert!(far.ends_with("9.0 MB a second, as far as tmux: fast, every slice is whole"), "{far}");
        assert!(link(None, None).starts_with("not measured"));
    }

    #[test]
    fn the_test_picture_holds_every_grey_and_sixteen_clear_steps() {
        let picture = test_picture().into_luma8();
        let row = |y: u32| (0..256).map(|x| picture.get_pixel(x, y).0[0]).collect::<BTreeSet<_>>();
        assert_eq!((row(0).len(), row(63).len()), (16, 256));
        assert!(row(0).contains(&0) && row(0).contains(&255));
    }
}
