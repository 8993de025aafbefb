//! Keys: to the line being typed, to an overlay, to a number, or to an action.

use super::{Action, App, Chord, Context, Effect, Lookup, Overlay, PromptKind, TagsView, app::Typed};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

impl App {
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        self.notice = None;
        if self.prompt.is_some() {
            return self.type_into_prompt(key);
        }
        let Some(chord) = Chord::of(key) else { return vec![] };
        let context = self.context();
        if let Some(digit) = chord.digit().filter(|_| self.pending.is_empty()) {
            if !matches!(context, Context::Viewer | Context::Volume | Context::Steps) {
                if digit > 0 || self.count.is_some() {
                    let number = self.count.unwrap_or(0).saturating_mul(10) + usize::from(digit);
                    self.count = Some(number.min(99_999_999));
                    return vec![];
                }
            } else if self.digit_over_image(digit) {
                return vec![];
            }
        }
        match self.keymap.press(context, &self.pending, chord) {
            Lookup::Pending => {
                // What it does not continue is over, and it begins anew.
                self.pending.push(chord);
                if self.keymap.continuations(context, &self.pending).is_empty() {
                    self.pending = vec![chord];
                }
                vec![]
            }
            Lookup::None => {
                self.pending.clear();
                self.count = None;
                self.typed = None;
                vec![]
            }
            Lookup::Action(action) => {
                self.pending.clear();
                let typed = self.typed.take();
                let count = self.count.take();
                if action.preset().is_some() {
                    self.remember_digit(chord);
                } else if let (Action::Last | Action::First, Some(typed)) = (action, typed) {
                    return self.go_to_typed(&typed);
                }
                self.act(action, count)
            }
        }
    }

    /// A digit after a digit makes a number, and undoes the preset that the first one was.
    fn digit_over_image(&mut self, digit: u8) -> bool {
        let Some(typed) = &mut self.typed else { return false };
        if typed.digits >= 7 {
            return true;
        }
        typed.number = typed.number * 10 + usize::from(digit);
        typed.digits += 1;
        let before = typed.before.clone();
        self.count = Some(typed.number);
        if let Some(toned) = self.toned_mut() {
            toned.contrast = before;
        }
        true
    }

    fn remember_digit(&mut self, chord: Chord) {
        let Some(digit) = chord.digit() else { return };
        let Some(before) = self.toned().map(|toned| toned.contrast.clone()) else { return };
        self.typed = Some(Typed { number: usize::from(digit), digits: 1, before });
    }

    fn go_to_typed(&mut self, typed: &Typed) -> Vec<Effect> {
        if let Some(toned) = self.toned_mut() {
            toned.contrast = typed.before.clone();
        }
        let slice = typed.number.saturating_sub(1);
        if let Some(viewer) = self.viewer_mut() {
            viewer.go_to(slice);
        } else if let Some(view) = self.volume_mut() {
            view.step(slice as isize - view.slice().0 as isize);
        }
        vec![]
    }

    fn type_into_prompt(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return vec![] };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => {
                let (kind, text) = (prompt.kind, std::mem::take(&mut prompt.text));
                self.prompt = None;
                let is_lacking = |view: &TagsView| view.arrived && view.tags.matches().is_empty();
                return match kind {
                    PromptKind::Note => self.note(&text),
                    PromptKind::Step => self.set_step(&text),
                    PromptKind::Search if !text.is_empty() && self.tags().is_some_and(is_lacking) => {
                        self.seek(true)
                    }
                    PromptKind::Filter | PromptKind::Search => vec![],
                };
            }
            KeyCode::Esc => {
                prompt.text = prompt.before.clone();
                if prompt.kind == PromptKind::Filter {
                    prompt.text.clear();
                }
                self.apply_prompt();
                self.prompt = None;
                return vec![];
            }
            KeyCode::Char('c') if control => return vec![Effect::Quit],
            KeyCode::Char('u') if control => prompt.text.clear(),
            KeyCode::Char('w') if control => {
                let kept = prompt.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
                prompt.text.truncate(kept);
            }
            KeyCode::Backspace if prompt.text.pop().is_none() => {
                self.prompt = None;
                return vec![];
            }
            KeyCode::Char(c)
                if !control && !c.is_control() && prompt.text.chars().count() < LONGEST_PROMPT =>
            {
                prompt.text.push(c);
            }
            // Moving through what is left while the words are still being typed.
            KeyCode::Down | KeyCode::Up | KeyCode::PageDown | KeyCode::PageUp => {
                let action = match key.code {
                    KeyCode::Down => Action::Down,
                    KeyCode::Up => Action::Up,
                    KeyCode::PageDown => Action::PageDown,
                    _ => Action::PageUp,
                };
                return self.act(action, None);
            }
            _ => {}
        }
        self.apply_prompt();
        vec![]
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if let Some(prompt) = &mut self.prompt {
            let room = LONGEST_PROMPT.saturating_sub(prompt.text.chars().count());
            prompt.text.extend(text.chars().filter(|c| !c.is_control()).take(room));
            self.apply_prompt();
        }
        vec![]
    }

    /// What is typed takes effect at once.
    fn apply_prompt(&mut self) {
        let Some(prompt) = &self.prompt else { return };
        let text = prompt.text.clone();
        match prompt.kind {
            PromptKind::Filter => {
                self.browser.filter = text;
                self.browser.refresh(&self.library);
            }
            PromptKind::Note | PromptKind::Step => {}
            PromptKind::Search => {
                if let Some(view) = self.tags_mut() {
                    view.errand.take_if(|under_way| under_way.is_search());
                    view.tags.search(&text);
                } else if let Some(view) = self.transcript_mut() {
                    view.search(&text);
                } else if let Some(view) = self.value_mut() {
                    view.search(&text);
                }
            }
        }
    }

    /// Keys while a list lies over the view.
    pub(super) fn act_on_overlay(&mut self, action: Action, count: Option<usize>) -> Vec<Effect> {
        let page = self.page();
        let Some(overlay) = self.overlays.last_mut() else { return vec![] };
        let (row, last) = match overlay {
            Overlay::Help { scroll, .. } => (scroll, 200),
            Overlay::Problems { findings, cursor } => (cursor, findings.len().saturating_sub(1)),
        };
        let count = count.unwrap_or(1);
        match action {
            Action::Down => *row = row.saturating_add(count),
            Action::Up => *row = row.saturating_sub(count),
            Action::PageDown => *row += page,
            Action::PageUp => *row = row.saturating_sub(page),
            Action::HalfPageDown => *row += page / 2,
            Action::HalfPageUp => *row = row.saturating_sub(page / 2),
            Action::First => *row = 0,
            Action::Last => *row = last,
            Action::Quit => return vec![Effect::Quit],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Close | Action::Back | Action::Open | Action::Help | Action::Problems => {
                self.overlays.pop();
                return vec![];
            }
            _ => {}
        }
        *row = (*row).min(last);
        vec![]
    }
}

/// Characters of a filter or a search.
const LONGEST_PROMPT: usize = 200;
