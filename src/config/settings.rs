//! The settings, as the rest of the program sees them.

use super::{
    Column, CornerText, Graphics, Link, ListView, Location, Memory, Mouse, Refusal, Sort, Theme, ThemeError,
    Uptake, Watch, file, layer::Layer,
};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, path::Path};
use toml::de::DeTable;

/// Everything the user can set, complete: what the file does not say is as we ship it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The name of a theme, or `auto`; see [`Config::load_theme`].
    pub theme: String,
    /// Where the file says so, if it does.
    #[serde(skip)]
    pub theme_at: Option<Location>,
    /// How pictures reach the terminal.
    pub graphics: Graphics,
    /// How fast the way to the terminal is.
    pub link: Link,
    /// What all caches together may take.
    pub memory: Memory,
    /// Whether to ask for mouse events.
    pub mouse: Mouse,
    /// Whether what a scan finds is kept on disk.
    pub cache: bool,
    /// How folders that are open are kept up to date.
    pub watch: Watch,
    /// Start with names and IDs hidden on the screen.
    pub mask_identifiers: bool,
    /// The list of studies.
    pub browser: BrowserSettings,
    /// The image.
    pub viewer: ViewerSettings,
    /// Verdicts on series and studies.
    pub review: ReviewSettings,
    /// Measurements.
    pub measurements: MeasurementSettings,
    /// Files that are written of what is looked at.
    pub export: ExportSettings,
    /// What counts as odd.
    pub check: CheckSettings,
    /// Windows on the digit keys, `1` to `9`.
    #[serde(deserialize_with = "digits")]
    pub presets: BTreeMap<u8, Preset>,
    /// Keys that replace the default ones.
    #[serde(skip)]
    pub keys: Keys,
}

/// `[browser]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BrowserSettings {
    /// Tree or table.
    pub view: ListView,
    /// Order of the table.
    pub sort: Sort,
    /// Columns of the table, from the left; never empty, none twice.
    #[serde(deserialize_with = "columns")]
    pub columns: Vec<Column>,
    /// Whether a slice of the series under the cursor is shown.
    pub preview: bool,
}

/// `[viewer]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ViewerSettings {
    /// What the corners say.
    pub corner_text: CornerText,
    /// Interpolate when zooming in.
    pub smooth: bool,
    /// What the values of a PET are told as, where that can be computed.
    pub uptake: Uptake,
    /// Frames a second when a film starts, 0.5 to 60.
    #[serde(deserialize_with = "frame_rate")]
    pub cine_fps: f64,
}

/// `[review]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewSettings {
    /// The file they are kept in; empty if none are.
    pub file: String,
    /// Who reviews; empty for the name of the user.
    pub reviewer: String,
    /// What can be said, at most nine words of at most 32 characters.
    #[serde(deserialize_with = "verdicts")]
    pub verdicts: Vec<String>,
}

/// `[export]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExportSettings {
    /// The folder they go to, seen from where the program was started.
    pub folder: String,
}

/// `[measurements]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeasurementSettings {
    /// The file they are kept in; empty if none are.
    pub file: String,
}

/// `[check]`; none of them is negative.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckSettings {
    /// Distances between slices are equal up to this, mm.
    #[serde(deserialize_with = "tolerance")]
    pub spacing_mm: f64,
    /// The same as a part of the distance.
    #[serde(deserialize_with = "tolerance")]
    pub spacing_share: f64,
    /// Unevenness up to this part of the distance is no warning.
    #[serde(deserialize_with = "tolerance")]
    pub jitter_share: f64,
    /// How far from whole steps a gap may be, in steps.
    #[serde(deserialize_with = "tolerance")]
    pub gap_share: f64,
    /// A stack is tilted by more degrees.
    #[serde(deserialize_with = "tolerance")]
    pub tilt_degrees: f64,
}

/// A window with a name, in modality units.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// As the screen shows it; never empty, at most 32 characters, none of them a control character.
    #[serde(deserialize_with = "preset_name")]
    pub name: String,
    /// The value shown as middle grey; finite.
    #[serde(deserialize_with = "finite")]
    pub center: f64,
    /// The range between black and white; finite and greater than zero.
    #[serde(deserialize_with = "positive")]
    pub width: f64,
}

/// `[keys]`, not yet understood: `app` knows the actions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// In the order of the file.
    pub bindings: Vec<Binding>,
}

/// One line of `[keys]`: `next-series = "l right"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The left side.
    pub action: String,
    /// Where the left side stands.
    pub action_at: Location,
    /// The right side.
    pub keys: String,
    /// Where the right side stands.
    pub keys_at: Location,
}

impl Default for Config {
    fn default() -> Self {
        Self::parse(Path::new("default.toml"), "").expect("a unit test reads the settings we ship")
    }
}

impl Config {
    /// The settings we ship, as the commented file that `topogram config --default` prints.
    pub const DEFAULT_TEXT: &str = include_str!("default.toml");

    /// Reads the file at `path` over the defaults; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it cannot be read, is not TOML, or says something we do not understand.
    pub fn load(path: &Path) -> Result<Option<Self>, Refusal> {
        file::read(path)?.map(|text| Self::parse(path, &text)).transpose()
    }

    /// Reads `text` over the defaults; `path` only serves the messages.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is not TOML, or says something we do not understand.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Refusal> {
        let mut shipped = shipped();
        let mut layer = Layer::parse(path, text)?;
        let bindings = layer.take_strings("keys")?;
        layer.check_keys(&shipped)?;
        shipped.remove("keys");
        let theme_at = layer.place_of("theme");
        let mut config: Self = layer.read_over(shipped)?;
        config.theme_at = theme_at;
        config.keys.bindings = bindings
            .into_iter()
            .map(|entry| Binding {
                action: entry.key,
                action_at: entry.key_at,
                keys: entry.value,
                keys_at: entry.value_at,
            })
            .collect();
        Ok(config)
    }

    /// Loads the theme the settings name: from `folder`, the user's, or from those we ship. `background`
    /// is the terminal's, 8 bits a channel, if it told; `auto` goes by it.
    ///
    /// # Errors
    ///
    /// [`ThemeError`]; a name that nobody has is refused where the settings name it.
    pub fn load_theme(
        &self,
        folder: Option<&Path>,
        background: Option<(u8, u8, u8)>,
    ) -> Result<Theme, ThemeError> {
        let name = if self.theme == "auto" { Theme::auto(background) } else { &self.theme };
        Theme::load(name, folder).map_err(|why| match (&self.theme_at, &why) {
            (Some(at), ThemeError::Unknown { .. }) => Refusal::new(at.clone(), why.to_string()).into(),
            _ => why,
        })
    }
}

fn shipped() -> DeTable<'static> {
    DeTable::parse(Config::DEFAULT_TEXT).expect("a unit test reads the settings we ship").into_inner()
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u8, Preset>, D::Error> {
    let named = BTreeMap::<String, Preset>::deserialize(deserializer)?;
    let number = |(digit, preset): (String, Preset)| Ok((digit.parse().map_err(de::Error::custom)?, preset));
    named.into_iter().map(number).collect()
}

fn columns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Column>, D::Error> {
    let columns = Vec::<Column>::deserialize(deserializer)?;
    if columns.is_empty() {
        return Err(de::Error::custom("a table needs one column at least"));
    }
    let twice = columns.iter().enumerate().find(|(i, column)| columns.iter().take(*i).any(|c| c == *column));
    match twice {
        Some((_, column)) => Err(de::Error::custom(format!("{:?} is there twice", column.name()))),
        None => Ok(columns),
    }
}

fn verdicts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let verdicts = Vec::<String>::deserialize(deserializer)?;
    let plain = |word: &String| {
        !word.trim().is_empty() && word.chars().count() <= 32 && !word.chars().any(char::is_control)
    };
    if verdicts.len() > 9 || !verdicts.iter().all(plain) {
        return Err(de::Error::custom("verdicts are at most nine words of 1 to 32 characters"));
    }
    Ok(verdicts)
}

fn frame_rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let rate = f64::deserialize(deserializer)?;
    let possible = (0.5..=60.0).contains(&rate);
    possible.then_some(rate).ok_or_else(|| de::Error::custom("a film runs at 0.5 to 60 frames a second"))
}

fn tolerance<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(deserializer)?;
    let possible = value.is_finite() && value >= 0.0;
    possible.then_some(value).ok_or_else(|| de::Error::custom("a tolerance cannot be less than zero"))
}

fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(deserializer)?;
    value
        .is_finite()
        .then_some(value)
        .ok_or_else(|| de::Error::custom("a window's centre must be a finite number"))
}

fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value = f64::deserialize(deserializer)?;
    let possible = value.is_finite() && value > 0.0;
    possible.then_some(value).ok_or_else(|| de::Error::custom("a window's width must be greater than zero"))
}

fn preset_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let possible = (1..=32).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    possible.then_some(name).ok_or_else(|| de::Error::custom("a preset's name is 1 to 32 visible characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Config::parse(Path::new("config.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn the_shipped_text_says_the_defaults_and_an_empty_file_changes_nothing() {
        let config = Config::parse(Path::new("default.toml"), Config::DEFAULT_TEXT).unwrap();
        assert_eq!(Config { theme_at: None, ..config.clone() }, Config::default());
        assert_eq!(config.load_theme(None, None), Theme::load("reading-room", None));
        assert_eq!(config.presets.keys().copied().collect::<Vec<_>>(), (1..=9).collect::<Vec<u8>>());
    }

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let text = "memory = \"2G\"\nmouse = false\npresets.2.width = 1400\n[browser]\nsort = \"-date\"\n";
        let config = Config::parse(Path::new("config.toml"), text).unwrap();

        let mut expected = Config { memory: Memory::Bytes(2 << 30), mouse: Mouse::Off, ..Config::default() };
        expected.browser.sort = Sort { column: Column::Date, descending: true };
        expected.presets.insert(2, Preset { name: "Lung".to_owned(), center: -600.0, width: 1400.0 });
        assert_eq!(config, expected);
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_its_neighbour() {
        assert_eq!(
            refusal("\nthem = 1"),
            r#"config.toml:2:1: nothing is called "them"; did you mean "theme"?"#
        );
        let reason = refusal("[viewer]\ncorner_text = \"full\"");
        assert_eq!(
            reason,
            r#"config.toml:2:1: nothing is called "corner_text"; did you mean "corner-text"?"#
        );
        assert!(refusal("[presets]\n10 = {}").starts_with(r#"config.toml:2:1: nothing is called "10""#));
    }

    #[test]
    fn a_wrong_value_is_refused_where_it_stands() {
        for (text, expected) in [
            ("graphics = \"kity\"", r#"1:12: cannot be "kity"; did you mean "kitty"?"#),
            ("memory = -1", "1:10: invalid type: integer `-1`, expected a string"),
            (
                "memory = \"2X\"",
                r#"1:10: cannot be "2X"; write bytes as "2G" or "512M", or a share as "25%""#,
            ),
            ("mouse = 3", r#"1:9: invalid type: integer `3`, expected true, false or "auto""#),
            ("[viewer]\ncine-fps = inf", "2:12: a film runs at 0.5 to 60 frames a second"),
            ("[presets]\n3 = { width = -5 }", "2:15: a window's width must be greater than zero"),
            ("[browser]\ncolumns = [\"date\", \"date\"]", r#"2:11: "date" is there twice"#),
            ("[check]\ntilt-degrees = -1", "2:16: a tolerance cannot be less than zero"),
            ("viewer = 3", "1:10: viewer must be a table of cine-fps, corner-text, smooth, uptake"),
            ("keys = 3", "1:8: keys must be a table: [keys]"),
            ("[keys]\nquit = 3", r#"2:8: "quit" must be text in quotes, as in "j down""#),
        ] {
            assert_eq!(refusal(text), format!("config.toml:{expected}"));
        }
    }

    #[test]
    fn an_escape_sequence_in_a_value_is_spelt_out_in_the_reason() {
        let reason = refusal("graphics = \"\\u001b]0;PWN\\u0007\"");
        assert!(reason.starts_with(r#"config.toml:1:12: cannot be "\u{1b}]0;PWN\u{7}""#), "{reason}");
    }

    #[test]
    fn a_theme_that_nobody_has_is_refused_where_the_file_names_it() {
        let config = Config::parse(Path::new("c"), "theme = \"\\u001b]0;PWN\\u0007\"").unwrap();
        let reason = config.load_theme(None, None).unwrap_err().to_string();
        assert!(
            reason.starts_with(r#"c:1:9: no theme is called "\u{1b}]0;PWN\u{7}"; did you mean"#),
            "{reason}"
        );
    }

    #[test]
    fn a_file_of_the_largest_size_is_refused_without_delay() {
        let lines: String = (0..70_000).fold(String::new(), |lines, i| lines + &format!("k{i} = \"j\"\n"));
        assert!(refusal(&format!("[keys]\n{lines}")).ends_with("keys has more than 500 lines"));
        assert!(refusal(&lines).contains("nothing is called \"k0\""));
    }

    #[test]
    fn what_is_not_toml_is_refused_where_it_stops_being_it() {
        for (text, place) in [
            ("[keys\nx = = 1\n", "1:6"),
            ("theme = 1\ntheme = 2", "2:1"),
            ("a = 1\0", "1:5"),
            ("a = [1,2\n", "1:9"),
        ] {
            let reason = refusal(text);
            assert!(reason.starts_with(&format!("config.toml:{place}: ")), "{reason}");
            assert!(!reason.contains('\n'));
        }
        assert!(refusal("viewer.cine-fps = 99999999999999999999").starts_with("config.toml:1:19: "));
    }

    #[test]
    fn twenty_thousand_brackets_do_not_exhaust_a_small_stack() {
        let arrays = format!("theme = {}{}\n", "[".repeat(20_000), "]".repeat(20_000));
        let tables = format!("theme = {}1{}\n", "{a=".repeat(20_000), "}".repeat(20_000));
        let dotted = format!("theme{} = 1\n", ".a".repeat(20_000));
        let headers = format!("[theme{}]\n", ".a".repeat(20_000));
        let small = std::thread::Builder::new().stack_size(256 << 10);
        let parsing = small.spawn(move || [arrays, tables, dotted, headers].map(|text| refusal(&text).len()));
        let lengths = parsing.unwrap().join().unwrap();
        assert!(lengths.iter().all(|&length| length < 600));
    }

    #[test]
    fn key_bindings_keep_the_order_and_the_places_of_the_file() {
        let config = Config::parse(Path::new("c"), "[keys]\nquit = \"Q\"\nclose = \"\"\n").unwrap();
        let lines: Vec<_> =
            config.keys.bindings.iter().map(|b| (&*b.action, &*b.keys, b.keys_at.to_string())).collect();
        assert_eq!(lines, [("quit", "Q", "c:2:8".to_owned()), ("close", "", "c:3:9".to_owned())]);
    }
}
