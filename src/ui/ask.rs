//! One question and one verdict, for commands that leave the screen as it is.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    input::{Input, Parser},
    probing::Probing,
    session::environment,
    shelf::Shelf,
    terminal::{Read, Terminal},
};
use crate::graphics::{
    Choice, Reply, Support, Window,
    kitty::{Wrap, fence},
    probe,
};

/// How fast the way to the terminal is, as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// From a question to its answer.
    pub round_trip: Duration,
    /// Bytes a second that the terminal has read.
    pub rate: f64,
}

/// Asks the terminal what it can do, for commands that draw once and leave.
///
/// Takes one round trip, or [`probe::patience`] if the terminal is mute. `None` without a
/// terminal, or in the background.
///
/// # Errors
///
/// [`io::ErrorKind::Interrupted`] if Ctrl-C is pressed, which is only a byte meanwhile;
/// others if the terminal refuses to be read, written or changed.
pub fn ask(choice: Choice) -> io::Result<Option<Support>> {
    Ok(asked(choice, false)?.map(|(support, _)| support))
}

/// As [`ask`], and measures the way to the terminal if that answers.
///
/// # Errors
///
/// As [`ask`].
pub fn ask_and_measure(choice: Choice) -> io::Result<Option<(Support, Option<Speed>)>> {
    asked(choice, true)
}

fn asked(choice: Choice, measures: bool) -> io::Result<Option<(Support, Option<Speed>)>> {
    let Some(terminal) = Terminal::open()? else { return Ok(None) };
    let mut environment = environment();
    let _shelf = Shelf::offering(&mut environment);
    let question = [probe::question_through(&environment), probe::question(&environment)].concat();
    let window = terminal.window();
    let mut probing = Probing::new(environment, choice, Instant::now());
    if question.is_empty() {
        return Ok(probing.at(window, Instant::now()).map(|support| (support, None)));
    }
    let original = terminal.discipline()?;
    let mut raw = original.clone();
    raw.make_raw();
    terminal.set_discipline(&raw)?;
    let result = converse(&terminal, &question, &mut probing, window).and_then(|support| {
        let answers = measures && probing.round_trip().is_some();
        let speed = if answers { measure(&terminal)? } else { None };
        Ok(support.map(|support| (support, speed)))
    });
    if !probing.is_complete() || matches!(result, Ok(Some((_, None))) if measures) {
        // Half an answer must not be typed into the shell.
        terminal.discard_input();
    }
    terminal.set_discipline(&original)?;
    result
}

/// Attributes as they are: every terminal reads it, none shows it, and it is not much to think about.
const NOTHING: &[u8] = b"\x1b[0;0;0;0;0;0;0;0;0;0m";
/// Bytes that measure a link: half a second of a slow one.
const LOAD: usize = 96 << 10;
/// How long an answer is waited for.
const MOST: Duration = Duration::from_secs(5);

/// Sends a question, and another one behind what changes nothing on the screen.
fn measure(terminal: &Terminal) -> io::Result<Option<Speed>> {
    let load = NOTHING.repeat(LOAD / NOTHING.len());
    let Some(round_trip) = time(terminal, &[])? else { return Ok(None) };
    let Some(took) = time(terminal, &load)? else { return Ok(None) };
    // Closer than this is no link at all.
    let busy = took.saturating_sub(round_trip).max(Duration::from_millis(1));
    Ok(Some(Speed { round_trip, rate: load.len() as f64 / busy.as_secs_f64() }))
}

/// How long the terminal takes to answer what follows these bytes; `None` if it does not.
fn time(terminal: &Terminal, load: &[u8]) -> io::Result<Option<Duration>> {
    let begun = Instant::now();
    terminal.output().write_all(&[load, &fence(Wrap::Direct)].concat())?;
    let (mut parser, mut bytes) = (Parser::default(), vec![0; 4096]);
    while let Some(patience) = MOST.checked_sub(begun.elapsed()) {
        let Read::Bytes(count) = terminal.read(&mut bytes, Some(patience)) else { break };
        let inputs = parser.push(bytes.get(..count).unwrap_or_default());
        if inputs.iter().any(|input| matches!(input, Input::Reply(Reply::DeviceAttributes(_)))) {
            return Ok(Some(begun.elapsed()));
        }
    }
    Ok(None)
}

/// Writes the question and reads until there is a verdict.
fn converse(
    terminal: &Terminal,
    question: &[u8],
    probing: &mut Probing,
    window: Window,
) -> io::Result<Option<Support>> {
    // A terminal that prints the question instead of reading it gets it erased again.
    let written = [b"\x1b7", question, b"\x1b8\x1b[K"].concat();
    terminal.output().write_all(&written)?;
    let mut parser = Parser::default();
    let mut bytes = vec![0; 4096];
    let ctrl_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    while let Some(deadline) = probing.deadline() {
        let patience = deadline.saturating_duration_since(Instant::now());
        let inputs = match terminal.read(&mut bytes, Some(patience)) {
            Read::Bytes(count) => parser.push(bytes.get(..count).unwrap_or_default()),
            Read::Silence => Vec::new(),
            Read::Gone => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        let now = Instant::now();
        let mut verdict = None;
        for input in inputs {
            match input {
                Input::Reply(reply) => verdict = probing.add(&reply, window, now).or(verdict),
                Input::Key(key) if key == ctrl_c => {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                _ => {}
            }
        }
        verdict = verdict.or_else(|| probing.at(window, now));
        if verdict.is_some() {
            return Ok(verdict);
        }
    }
    Ok(None)
}
