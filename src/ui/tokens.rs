//! Raw bytes from the terminal, cut into characters, controls and escape sequences.
//!
//! The tokenizer knows the grammar of ECMA-48 and nothing of its meaning. It takes
//! bytes as they come, in pieces of any size, and gives the same tokens however they
//! were cut. Sequences that are not finished wait for more; [`Tokenizer::flush`]
//! says that no more is coming soon.

/// Most bytes kept of an OSC, DCS, APC, PM or SOS string, or of a paste.
const MOST_KEPT: usize = 64 * 1024;

/// Most bytes kept of a CSI sequence.
const MOST_PARAMETERS: usize = 256;

/// How many silences an unfinished answer survives, since slow links pause anywhere.
const PATIENCE: u8 = 3;

/// The same for a paste, which may be long.
const PASTE_PATIENCE: u8 = 20;

/// The end of a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";

const ESC: u8 = 0x1b;

/// One unit of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A printable character.
    Char(char),
    /// A C0 control, or DEL (0x7f); never ESC.
    Control(u8),
    /// The Esc key alone.
    Escape,
    /// ESC and one more character, controls included: Alt with that key.
    Alt(char),
    /// A control sequence.
    Csi {
        /// Everything after `ESC [`, with the final byte.
        body: Vec<u8>,
        /// True if another ESC came before it: Alt, or the Esc key and then an answer.
        alt: bool,
    },
    /// `ESC O` and what follows, the final byte included.
    Ss3 {
        /// Everything after `ESC O`.
        body: Vec<u8>,
        /// As for [`Token::Csi`].
        alt: bool,
    },
    /// An OSC, DCS or APC string that fits; PM, SOS and longer ones are swallowed.
    String {
        /// The byte after ESC: `]`, `P` or `_`.
        kind: u8,
        /// Everything between introducer and terminator.
        body: Vec<u8>,
    },
    /// Text between `CSI 200 ~` and `CSI 201 ~`, at most 64 KiB of it.
    Paste(String),
}

/// Where in a sequence we are.
#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// After ESC; `twice` if after two of them.
    Escape { twice: bool },
    /// Inside a character of several bytes; `alt` if after ESC.
    Utf8 { bytes: Vec<u8>, alt: bool },
    /// After `ESC [`.
    Csi { body: Vec<u8>, alt: bool },
    /// After `CSI M`: three bytes of an old mouse report follow.
    OldMouse { body: Vec<u8> },
    /// After `ESC O`.
    Ss3 { body: Vec<u8>, alt: bool },
    /// After the introducer of a string; `ending` if its last byte was ESC.
    String { kind: u8, body: Vec<u8>, ending: bool },
    /// In a paste; `matched` bytes of its end have been seen.
    Paste { body: Vec<u8>, matched: usize },
}

/// The cutter.
#[derive(Debug, Default)]
pub(super) struct Tokenizer {
    state: State,
    silences: u8,
}

impl Tokenizer {
    /// Takes bytes and returns the tokens they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Token> {
        let mut tokens = Vec::new();
        for &byte in bytes {
            self.byte(byte, &mut tokens);
        }
        tokens
    }

    /// True if a sequence is unfinished: call [`Self::flush`] should nothing follow for a while.
    pub(super) fn is_waiting(&self) -> bool {
        !matches!(self.state, State::Ground)
    }

    /// Says that nothing came for a while, 30 ms locally and more than the jitter over ssh.
    ///
    /// A lone ESC becomes the Esc key. Half an answer survives a few silences, then
    /// it is dropped: a lost terminator must not swallow the keyboard for ever.
    pub(super) fn flush(&mut self) -> Vec<Token> {
        let patience = match &self.state {
            State::Ground => return Vec::new(),
            State::Escape { .. } | State::Utf8 { .. } => 0,
            State::Csi { body, .. } | State::Ss3 { body, .. } if body.is_empty() => 0,
            State::Paste { .. } => PASTE_PATIENCE,
            _ => PATIENCE,
        };
        if self.silences < patience {
            self.silences += 1;
            return Vec::new();
        }
        match self.take() {
            State::Escape { twice: true } => vec![Token::Escape, Token::Escape],
            State::Escape { twice: false } => vec![Token::Escape],
            State::Csi { body, alt } if body.is_empty() => opened('[', alt),
            State::Ss3 { body, alt } if body.is_empty() => opened('O', alt),
            State::Paste { body, .. } => vec![Token::Paste(text(&body))],
            _ => Vec::new(),
        }
    }

    /// Back to the ground; returns where we were.
    fn take(&mut self) -> State {
        self.silences = 0;
        std::mem::take(&mut self.state)
    }

    /// Goes on to `state`. The count of silences begins anew with every sequence.
    fn go(&mut self, state: State) {
        if matches!(state, State::Escape { .. }) {
            self.silences = 0;
        }
        self.state = state;
    }

    fn byte(&mut self, byte: u8, tokens: &mut Vec<Token>) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, false, tokens),
            State::Escape { twice } => self.escape(byte, twice, tokens),
            State::Utf8 { bytes, alt } => self.utf8(byte, bytes, alt, tokens),
            State::Csi { body, alt } => self.csi(byte, body, alt, tokens),
            State::OldMouse { mut body } => {
                body.push(byte);
                if body.len() == 4 {
                    tokens.push(Token::Csi { body, alt: false });
                } else {
                    self.go(State::OldMouse { body });
                }
            }
            State::Ss3 { body, alt } => self.ss3(byte, body, alt, tokens),
            State::String { kind, body, ending } => self.string(byte, kind, body, ending, tokens),
            State::Paste { body, matched } => self.paste(byte, body, matched, tokens),
        }
    }

    /// A byte outside of any sequence, or after ESC if `alt`.
    fn ground(&mut self, byte: u8, alt: bool, tokens: &mut Vec<Token>) {
        match byte {
            ESC => self.go(State::Escape { twice: false }),
            0..0x80 if alt => tokens.push(Token::Alt(char::from(byte))),
            0..0x20 | 0x7f => tokens.push(Token::Control(byte)),
            0x20..0x7f => tokens.push(Token::Char(char::from(byte))),
            // No character begins with these; nobody types them.
            0x80..0xc2 | 0xf5.. => {}
            0xc2..0xf5 => self.go(State::Utf8 { bytes: vec![byte], alt }),
        }
    }

    fn escape(&mut self, byte: u8, twice: bool, tokens: &mut Vec<Token>) {
        match byte {
            b'[' => self.go(State::Csi { body: Vec::new(), alt: twice }),
            b'O' => self.go(State::Ss3 { body: Vec::new(), alt: twice }),
            ESC => {
                if twice {
                    tokens.push(Token::Escape);
                }
                self.go(State::Escape { twice: true });
            }
            _ => {
                if twice {
                    tokens.push(Token::Escape);
                }
                match byte {
                    b']' | b'P' | b'_' | b'^' | b'X' => {
                        self.go(State::String { kind: byte, body: Vec::new(), ending: false });
                    }
                    _ => self.ground(byte, true, tokens),
                }
            }
        }
    }

    fn utf8(&mut self, byte: u8, mut bytes: Vec<u8>, alt: bool, tokens: &mut Vec<Token>) {
        if !(0x80..0xc0).contains(&byte) {
            return self.ground(byte, false, tokens);
        }
        bytes.push(byte);
        let expected = match bytes[0] {
            ..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
        };
        if bytes.len() < expected {
            return self.go(State::Utf8 { bytes, alt });
        }
        // Surrogates and overlong forms have the right length and are still no characters.
        let character = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
        tokens.extend(character.map(|c| if alt { Token::Alt(c) } else { Token::Char(c) }));
    }

    fn csi(&mut self, byte: u8, mut body: Vec<u8>, alt: bool, tokens: &mut Vec<Token>) {
        let is_final = match byte {
            // The Linux console sends F1 to F5 as CSI [ A to CSI [ E.
            b'[' if body.is_empty() => false,
            // rxvt ends Shift with the cursor block in $, which ECMA-48 calls an intermediate byte.
            b'$' => !body.is_empty() && body.len() <= 2 && body.iter().all(u8::is_ascii_digit),
            0x20..0x40 => false,
            0x40..0x7f => true,
            _ => {
                if body.is_empty() {
                    tokens.append(&mut opened('[', alt));
                }
                return self.ground(byte, false, tokens);
            }
        };
        if !is_final {
            if body.len() < MOST_PARAMETERS {
                body.push(byte);
            }
            return self.go(State::Csi { body, alt });
        }
        if body.len() >= MOST_PARAMETERS {
            return;
        }
        body.push(byte);
        match &body[..] {
            b"M" => self.go(State::OldMouse { body }),
            b"200~" => self.go(State::Paste { body: Vec::new(), matched: 0 }),
            _ => tokens.push(Token::Csi { body, alt }),
        }
    }

    fn ss3(&mut self, byte: u8, mut body: Vec<u8>, alt: bool, tokens: &mut Vec<Token>) {
        match byte {
            b'0'..=b'9' | b';' if body.len() < 8 => {
                body.push(byte);
                self.go(State::Ss3 { body, alt });
            }
            0x20..0x7f => {
                body.push(byte);
                tokens.push(Token::Ss3 { body, alt });
            }
            _ => {
                if body.is_empty() {
                    tokens.append(&mut opened('O', alt));
                }
                self.ground(byte, false, tokens);
            }
        }
    }

    fn string(&mut self, byte: u8, kind: u8, mut body: Vec<u8>, ending: bool, tokens: &mut Vec<Token>) {
        let ended = (ending && byte == b'\\') || (!ending && byte == 0x07 && kind == b']');
        if ended {
            if matches!(kind, b']' | b'P' | b'_') && body.len() <= MOST_KEPT {
                tokens.push(Token::String { kind, body });
            }
        } else if ending {
            // ESC inside a string ends it, and begins something else.
            self.go(State::Escape { twice: false });
            self.byte(byte, tokens);
        } else if byte == 0x18 || byte == 0x1a {
            // CAN and SUB: the terminal gave up.
        } else {
            let ending = byte == ESC;
            // One more than is kept marks a string that is too long.
            if !ending && body.len() <= MOST_KEPT {
                body.push(byte);
            }
            self.state = State::String { kind, body, ending };
        }
    }

    fn paste(&mut self, byte: u8, mut body: Vec<u8>, matched: usize, tokens: &mut Vec<Token>) {
        self.silences = 0;
        let mut keep = |bytes: &[u8]| {
            if body.len() + bytes.len() <= MOST_KEPT {
                body.extend_from_slice(bytes);
            }
        };
        let matched = if byte == PASTE_END[matched] {
            matched + 1
        } else {
            // No prefix of the end occurs inside it, so a mismatch can only begin it anew.
            keep(&PASTE_END[..matched]);
            if byte == ESC {
                1
            } else {
                keep(&[byte]);
                0
            }
        };
        if matched == PASTE_END.len() {
            tokens.push(Token::Paste(text(&body)));
        } else {
            self.state = State::Paste { body, matched };
        }
    }
}

/// What was typed if `ESC [` or `ESC O` began no sequence.
fn opened(character: char, alt: bool) -> Vec<Token> {
    let mut tokens = if alt { vec![Token::Escape] } else { Vec::new() };
    tokens.push(Token::Alt(character));
    tokens
}

/// Pasted bytes as text.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
