//! What the terminal sends: keys, mouse, pastes, and answers to our questions.
//!
//! We read the terminal ourselves instead of through crossterm's event reader. Answers
//! to the probe may come late and must be swallowed, not typed; errors about evicted
//! pictures and fences must be seen, which crossterm drops; and crossterm 0.29 spins at
//! full load when the terminal vanishes without a hang-up
//! (<https://github.com/crossterm-rs/crossterm/issues/793>). Its event types are kept.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent};

use super::{
    keyboard, mouse,
    tokens::{Token, Tokenizer},
};
use crate::graphics::Reply;

/// One thing that happened at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or released if the terminal tells that.
    Key(KeyEvent),
    /// The mouse was moved, pressed, released or scrolled.
    Mouse(MouseEvent),
    /// Text was pasted, at most 64 KiB of it; not yet safe to show.
    Paste(String),
    /// The terminal answered something.
    Reply(Reply),
}

/// Turns bytes into [`Input`]s; keeps what is unfinished between calls.
#[derive(Debug, Default)]
pub(super) struct Parser {
    tokenizer: Tokenizer,
}

impl Parser {
    /// Takes bytes as they were read and returns what they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.tokenizer.push(bytes).into_iter().flat_map(inputs).collect()
    }

    /// True if a sequence is unfinished: call [`Self::flush`] should nothing follow for a while.
    pub(super) fn is_waiting(&self) -> bool {
        self.tokenizer.is_waiting()
    }

    /// Says that nothing came for a while; see [`Tokenizer::flush`].
    pub(super) fn flush(&mut self) -> Vec<Input> {
        self.tokenizer.flush().into_iter().flat_map(inputs).collect()
    }
}

/// What one token means; nothing for a sequence that nobody knows.
fn inputs(token: Token) -> Vec<Input> {
    let one = |key: Option<KeyEvent>| key.map(Input::Key).into_iter().collect();
    match token {
        Token::Char(character) => one(Some(keyboard::character(character, KeyModifiers::NONE))),
        Token::Alt(character) => one(Some(keyboard::character(character, KeyModifiers::ALT))),
        Token::Control(byte) => one(Some(keyboard::control_key(byte))),
        Token::Escape => one(Some(KeyCode::Esc.into())),
        Token::Paste(text) => vec![Input::Paste(text)],
        Token::String { kind, body } => vec![Input::Reply(match kind {
            b']' => Reply::from_osc(&body),
            b'P' => Reply::from_dcs(&body),
            _ => Reply::from_apc(&body),
        })],
        Token::Ss3 { body, alt } => one(keyboard::ss3(&body).map(|key| with_alt(key, alt))),
        Token::Csi { body, alt } => control_sequence(&body, alt),
    }
}

/// A control sequence: the mouse, an answer or a key.
fn control_sequence(body: &[u8], alt: bool) -> Vec<Input> {
    let other = if body.first() == Some(&b'M') {
        // First, because its three bytes can be any: even those of an answer.
        mouse::old(body).map(Input::Mouse)
    } else if let Some(reply) = Reply::from_csi(body) {
        Some(Input::Reply(reply))
    } else if body.first() == Some(&b'<') {
        mouse::sgr(body).map(Input::Mouse)
    } else {
        return keyboard::csi(body).map(|key| Input::Key(with_alt(key, alt))).into_iter().collect();
    };
    // Nobody holds Alt while the terminal answers: that was the Esc key, just before.
    let escape = alt.then(|| Input::Key(KeyCode::Esc.into()));
    escape.into_iter().chain(other).collect()
}

/// The key with Alt, if it was held.
fn with_alt(mut key: KeyEvent, alt: bool) -> KeyEvent {
    if alt {
        key.modifiers |= KeyModifiers::ALT;
    }
    key
}

#[cfg(test)]
mod tests;
