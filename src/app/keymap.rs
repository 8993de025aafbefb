//! Keys to actions: the defaults of [`Action`], and the user's `[keys]` laid over them.

use super::{Action, Chord, Context, KeyError, Sequence};
use crate::config::{Binding, Keys, Location, nearest};
use std::fmt::Write as _;

/// Which keys ask for what, in each context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    /// For each of [`Context::ALL`], what applies there, in the order of the help.
    tables: [Vec<Bound>; 8],
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    sequence: Sequence,
    action: Action,
}

/// What a key press means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// This is asked for, and nothing is pending any more.
    Action(Action),
    /// The key begins or continues a sequence; keep it and wait for the next.
    Pending,
    /// Nothing is bound to it, and nothing is pending any more.
    None,
}

/// Why `[keys]` was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// The action does not exist.
    #[error("{at}: no action is called {name:?}; did you mean {nearest:?}?")]
    UnknownAction {
        /// Where.
        at: Location,
        /// As written.
        name: String,
        /// The closest name we have.
        nearest: &'static str,
    },
    /// The key does not exist.
    #[error("{at}: {why}")]
    Key {
        /// Where.
        at: Location,
        /// What is wrong with it.
        why: KeyError,
    },
    /// The user bound two keys that cannot both be pressed.
    #[error("{at}: {keys:?} already means {other:?} {}", context.name())]
    Conflict {
        /// Where the second of them stands.
        at: Location,
        /// As written.
        keys: String,
        /// The action of the first.
        other: &'static str,
        /// Where both apply.
        context: Context,
    },
    /// Neither `quit` nor `close` has a key.
    #[error("{at}: no key is left to leave with; give one to \"quit\" or \"close\"")]
    NoWayOut {
        /// A binding that took the last one.
        at: Location,
    },
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&Keys::default()).expect("a unit test binds all default keys")
    }
}

impl Keymap {
    /// The defaults with `overrides` laid over them.
    ///
    /// Naming an action replaces all its default keys; `""` takes them away. A key the user gives to one
    /// action is taken from every default of another that it would hide.
    ///
    /// # Errors
    ///
    /// [`KeymapError`] for the first action or key we do not know, for two of the user's own keys that
    /// collide, and for a map that leaves no way out.
    pub fn new(overrides: &Keys) -> Result<Self, KeymapError> {
        let mut own = vec![];
        for binding in &overrides.bindings {
            own.push((action_of(binding)?, sequences_of(binding)?, binding));
        }
        let mut tables: [Vec<Bound>; 8] = Default::default();
        for (context, table) in Context::ALL.into_iter().zip(&mut tables) {
            *table = own_table(&own, context)?;
            let taken = table.clone();
            let untouched = |action: &&Action| !own.iter().any(|(named, ..)| named == *action);
            for &action in Action::ALL.iter().filter(|action| action.applies_in(context)).filter(untouched) {
                let free = |keys: &Sequence| !taken.iter().any(|bound| bound.sequence.collides_with(keys));
                let bound = |sequence| Bound { sequence, action };
                table.extend(default_sequences(action).into_iter().filter(free).map(bound));
            }
            table.sort_by_key(|bound| bound.action);
        }
        let map = Self { tables };
        let is_exit = |bound: &Bound| matches!(bound.action, Action::Quit | Action::Close);
        match overrides.bindings.last() {
            Some(binding) if !map.tables.iter().all(|table| table.iter().any(is_exit)) => {
                let exits = [Action::Quit, Action::Close];
                let culprit =
                    own.iter().rfind(|(action, ..)| exits.contains(action)).map_or(binding, |own| own.2);
                Err(KeymapError::NoWayOut { at: culprit.keys_at.clone() })
            }
            _ => Ok(map),
        }
    }

    /// What pressing `chord` means after `pending`.
    ///
    /// A key that does not continue what is pending is not swallowed: it means what it means alone.
    /// Esc is the exception; it only drops what is pending.
    pub fn press(&self, context: Context, pending: &[Chord], chord: Chord) -> Lookup {
        let mut keys = pending.to_vec();
        keys.push(chord);
        for bound in self.table(context) {
            if bound.sequence.chords() == keys {
                return Lookup::Action(bound.action);
            }
            if bound.sequence.chords().starts_with(&keys) {
                return Lookup::Pending;
            }
        }
        if pending.is_empty() || chord.is_escape() { Lookup::None } else { self.press(context, &[], chord) }
    }

    /// The keys that may follow `pending`, and what they ask for, for a strip that shows them.
    pub fn continuations(&self, context: Context, pending: &[Chord]) -> Vec<(String, Action)> {
        let rest = |bound: &Bound| {
            let rest = bound.sequence.chords().strip_prefix(pending).filter(|rest| !rest.is_empty())?;
            let keys: Vec<String> = rest.iter().map(ToString::to_string).collect();
            Some((keys.join(">"), bound.action))
        };
        self.table(context).iter().filter_map(rest).collect()
    }

    /// The keys that ask for `action`, separated by spaces; empty if there are none.
    pub fn keys_for(&self, action: Action) -> String {
        let mut keys: Vec<String> = vec![];
        for bound in self.tables.iter().flatten().filter(|bound| bound.action == action) {
            let key = bound.sequence.to_string();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.join(" ")
    }

    /// Every action that has keys in `context`, with those keys, in the order of the help.
    pub fn keys_in(&self, context: Context) -> Vec<(Action, String)> {
        let mut lines: Vec<(Action, String)> = vec![];
        for Bound { sequence, action } in self.table(context) {
            match lines.last_mut() {
                Some((last, keys)) if last == action => {
                    // Writing to a String cannot fail.
                    let _ = write!(keys, " {sequence}");
                }
                _ => lines.push((*action, sequence.to_string())),
            }
        }
        lines
    }

    fn table(&self, context: Context) -> &[Bound] {
        let [everywhere, browser, tags, transcript, value, viewer, volume, steps] = &self.tables;
        match context {
            Context::Everywhere => everywhere,
            Context::Browser => browser,
            Context::Tags => tags,
            Context::Transcript => transcript,
            Context::Value => value,
            Context::Viewer => viewer,
            Context::Volume => volume,
            Context::Steps => steps,
        }
    }
}

/// The `[keys]` table of the configuration with every default in it, each line a comment.
pub fn default_keys() -> String {
    let mut text = String::new();
    let mut group = None;
    for &action in Action::ALL {
        if group.replace(action.group()) != Some(action.group()) {
            let _ = writeln!(text, "\n## {}", action.group().title());
        }
        let line = format!("# {} = \"{}\"", action.name(), action.default_keys());
        let _ = writeln!(text, "{line:<36} # {}", action.help());
    }
    text
}

/// The user's keys that apply in `context`.
fn own_table(own: &[(Action, Vec<Sequence>, &Binding)], context: Context) -> Result<Vec<Bound>, KeymapError> {
    let mut table: Vec<Bound> = vec![];
    for (action, sequences, binding) in own.iter().filter(|(action, ..)| action.applies_in(context)) {
        for sequence in sequences {
            if let Some(other) = table.iter().find(|bound| bound.sequence.collides_with(sequence)) {
                return Err(KeymapError::Conflict {
                    at: binding.keys_at.clone(),
                    keys: sequence.to_string(),
                    other: other.action.name(),
                    context,
                });
            }
            table.push(Bound { sequence: sequence.clone(), action: *action });
        }
    }
    Ok(table)
}

fn action_of(binding: &Binding) -> Result<Action, KeymapError> {
    Action::named(&binding.action).ok_or_else(|| {
        let names = Action::ALL.iter().map(|action| action.name());
        KeymapError::UnknownAction {
            at: binding.action_at.clone(),
            name: binding.action.chars().take(40).collect(),
            nearest: nearest(&binding.action, names).unwrap_or_default(),
        }
    })
}

fn sequences_of(binding: &Binding) -> Result<Vec<Sequence>, KeymapError> {
    let refuse = |why| KeymapError::Key { at: binding.keys_at.clone(), why };
    let alternatives = binding.keys.split_whitespace();
    if alternatives.clone().nth(Sequence::ALTERNATIVES).is_some() {
        return Err(refuse(KeyError::TooMany));
    }
    alternatives.map(|keys| keys.parse().map_err(refuse)).collect()
}

fn default_sequences(action: Action) -> Vec<Sequence> {
    let parse = |keys: &str| keys.parse().expect("a unit test parses every default key");
    action.default_keys().split_whitespace().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn keymap(text: &str) -> Result<Keymap, String> {
        let config = Config::parse(Path::new("config.toml"), &format!("[keys]\n{text}")).unwrap();
        Keymap::new(&config.keys).map_err(|why| why.to_string())
    }

    fn chords(text: &str) -> Vec<Chord> {
        if text.is_empty() { vec![] } else { text.parse::<Sequence>().unwrap().chords().to_vec() }
    }

    fn press(map: &Keymap, context: Context, pending: &str, key: &str) -> Lookup {
        map.press(context, &chords(pending), key.parse().unwrap())
    }

    #[test]
    fn every_default_key_prints_back_unchanged() {
        for &action in Action::ALL {
            let printed: Vec<String> = default_sequences(action).iter().map(ToString::to_string).collect();
            assert_eq!(printed.join(" "), action.default_keys());
            assert_eq!(Keymap::default().keys_for(action), action.default_keys());
        }
    }

    #[test]
    fn no_key_asks_for_two_things_by_default() {
        let map = Keymap::default();
        for context in Context::ALL {
            let table = map.table(context);
            for (i, one) in table.iter().enumerate() {
                for other in &table[..i] {
                    assert!(
                        !one.sequence.collides_with(&other.sequence),
                        "{one:?} and {other:?} {context:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn one_key_may_mean_different_things_in_different_views() {
        let map = Keymap::default();
        assert_eq!(press(&map, Context::Browser, "", "i"), Lookup::Action(Action::TogglePreview));
        assert_eq!(press(&map, Context::Viewer, "", "i"), Lookup::Action(Action::Invert));
        assert_eq!(press(&map, Context::Everywhere, "", "i"), Lookup::None);
        assert_eq!(press(&map, Context::Everywhere, "", "j"), Lookup::Action(Action::Down));
    }

    #[test]
    fn digits_are_presets_in_the_viewer_and_nothing_elsewhere() {
        let map = Keymap::default();
        assert_eq!(press(&map, Context::Viewer, "", "2"), Lookup::Action(Action::Preset2));
        assert_eq!(press(&map, Context::Browser, "", "2"), Lookup::None);
        assert_eq!(press(&map, Context::Tags, "", "2"), Lookup::None);
    }

    #[test]
    fn a_sequence_waits_for_its_second_key() {
        let map = Keymap::default();
        assert_eq!(press(&map, Context::Viewer, "", "g"), Lookup::Pending);
        assert_eq!(press(&map, Context::Viewer, "g", "m"), Lookup::Action(Action::Middle));
        assert_eq!(
            map.continuations(Context::Viewer, &chords("g")),
            [("g".to_owned(), Action::First), ("m".to_owned(), Action::Middle)]
        );
    }

    #[test]
    fn a_key_that_does_not_continue_means_what_it_means_alone_but_esc_only_cancels() {
        let map = Keymap::default();
        assert_eq!(press(&map, Context::Viewer, "g", "j"), Lookup::Action(Action::Down));
        assert_eq!(press(&map, Context::Viewer, "g", "esc"), Lookup::None);
        assert_eq!(press(&map, Context::Viewer, "", "esc"), Lookup::Action(Action::Back));
    }

    #[test]
    fn naming_an_action_replaces_all_its_keys_and_nothing_takes_them_away() {
        let map = keymap("down = \"n\"\nrescan = \"\"").unwrap();
        assert_eq!(map.keys_for(Action::Down), "n");
        assert_eq!(map.keys_for(Action::Rescan), "");
        assert_eq!(press(&map, Context::Browser, "", "j"), Lookup::None);
    }

    #[test]
    fn a_key_of_the_user_is_taken_from_the_default_that_had_it() {
        let map = keymap("down = \"n\"\nzoom-in = \"g\"").unwrap();
        assert_eq!(map.keys_for(Action::NextMatch), "");
        assert_eq!(press(&map, Context::Viewer, "", "g"), Lookup::Action(Action::ZoomIn));
        assert!(map.keys_in(Context::Viewer).iter().all(|(action, _)| *action != Action::Middle));
        // Only the viewer zooms: elsewhere the sequence is untouched.
        assert_eq!(press(&map, Context::Browser, "g", "g"), Lookup::Action(Action::First));
    }

    #[test]
    fn two_keys_of_the_user_that_collide_are_refused_where_the_second_stands() {
        let error = keymap("quit = \"q\"\ninvert = \"q\"").unwrap_err();
        assert_eq!(error, r#"config.toml:3:10: "q" already means "quit" in the viewer"#);
        assert!(keymap("middle = \"z\"\nfirst = \"z>z\"").unwrap_err().contains("already means \"middle\""));
        assert!(keymap("invert = \"z\"\nrescan = \"z\"").is_ok(), "they never meet");
    }

    #[test]
    fn what_is_misspelt_is_refused_with_its_neighbour() {
        let error = keymap("next-stak = \"n\"").unwrap_err();
        assert_eq!(error, r#"config.toml:2:1: no action is called "next-stak"; did you mean "next-stack"?"#);
        let error = keymap("down = \"j dwon\"").unwrap_err();
        assert_eq!(error, r#"config.toml:2:8: no key is called "dwon"; did you mean "down"?"#);
    }

    #[test]
    fn a_binding_of_a_hundred_thousand_keys_is_refused_at_once() {
        let error = keymap(&format!("down = \"{}\"", "j ".repeat(100_000))).unwrap_err();
        assert!(error.ends_with("an action at most 16"), "{error}");
    }

    #[test]
    fn an_escape_sequence_in_a_binding_is_spelt_out() {
        for text in ["\"\\u001b[2J\" = \"n\"", "down = \"\\u001b[2J\""] {
            assert!(keymap(text).unwrap_err().contains(r"\u{1b}[2J"));
        }
    }

    #[test]
    fn a_map_without_a_way_out_is_refused() {
        assert!(keymap("quit = \"\"").is_ok());
        let error = keymap("quit = \"\"\nclose = \"\"").unwrap_err();
        assert_eq!(error, r#"config.toml:3:9: no key is left to leave with; give one to "quit" or "close""#);
        assert!(
            keymap("open = \"q\"\nquit = \"\"").unwrap_err().starts_with("config.toml:3:8: no key is left")
        );
    }

    #[test]
    fn the_printed_defaults_read_back_as_the_defaults() {
        let printed = default_keys();
        let whole = format!("{}{printed}", Config::DEFAULT_TEXT);
        let text: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert!(Config::parse(Path::new("default.toml"), &whole).is_ok());
        assert_eq!(text.len(), Action::ALL.len());
        assert_eq!(keymap(&text.join("\n")).unwrap(), Keymap::default());
    }
}
