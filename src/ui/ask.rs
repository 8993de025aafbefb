//! One question and one verdict, for commands that leave the screen as it is.

use std::{
    io::{self, Write},
    time::Instant,
};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    input::{Input, Parser},
    probing::Probing,
    session::environment,
    terminal::{Read, Terminal},
};
use crate::graphics::{Choice, Support, Window, probe};

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
    let Some(terminal) = Terminal::open()? else { return Ok(None) };
    let environment = environment();
    let question = [probe::question_through(&environment), probe::question(&environment)].concat();
    let window = terminal.window();
    let mut probing = Probing::new(environment, choice, Instant::now());
    if question.is_empty() {
        return Ok(probing.at(window, Instant::now()));
    }
    let original = terminal.discipline()?;
    let mut raw = original.clone();
    raw.make_raw();
    terminal.set_discipline(&raw)?;
    let result = converse(&terminal, &question, &mut probing, window);
    if !probing.is_complete() {
        // Half an answer must not be typed into the shell.
        terminal.discard_input();
    }
    terminal.set_discipline(&original)?;
    result
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
