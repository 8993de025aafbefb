//! Colours by role: what a text means decides how it looks, not where it stands.
//!
//! `themes/*.toml` are compiled in. A user's theme says `inherits = "daylight"` and changes any subset.

use super::{
    Location, Refusal, file,
    layer::Layer,
    nearest,
    paint::{self, Paint},
};
use ratatui::style::Style;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use toml::de::DeTable;

/// The themes we ship, by name.
const SHIPPED: [(&str, &str); 5] = [
    ("reading-room", include_str!("../../themes/reading-room.toml")),
    ("daylight", include_str!("../../themes/daylight.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("terminal", include_str!("../../themes/terminal.toml")),
];

/// What a theme builds on unless it says otherwise.
const BASE: &str = "reading-room";

/// A user's theme on a user's theme on a user's theme is enough; more is a circle.
const DEEPEST: usize = 8;

macro_rules! roles {
    ($($role:ident $name:literal on $ground:literal $doc:literal)+) => {
        /// One style per role; a role names a meaning, never a colour.
        ///
        /// Every style is complete: it stands on the background of `text`, or of `image` for what is
        /// written over pictures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Theme { $(#[doc = $doc] pub $role: Style),+ }

        impl Theme {
            /// The names of the roles, as theme files write them.
            pub const ROLES: &'static [&'static str] = &[$($name),+];

            /// Every role's name and style.
            pub fn roles(&self) -> Vec<(&'static str, Style)> {
                vec![$(($name, self.$role)),+]
            }

            /// The same roles, each with another style.
            pub(super) fn map(self, change: impl Fn(Style) -> Style) -> Self {
                Self { $($role: change(self.$role)),+ }
            }

            fn from_paints(paints: &BTreeMap<String, Paint>) -> Self {
                let paint = |name: &str| paints.get(name).copied().unwrap_or_default();
                Self { $($role: paint($name).style(paint($ground))),+ }
            }
        }
    };
}

roles! {
    text "text" on "text" "Ordinary text, and the background of everything but images."
    dim "dim" on "text" "What may be overlooked: units, counts, what is switched off."
    title "title" on "text" "The name of what is on the screen."
    heading "heading" on "text" "The head of a column or a group."
    label "label" on "text" "The name before a value."
    selection "selection" on "text" "The row under the cursor."
    selection_inactive "selection-inactive" on "text" "The row the cursor left for another pane."
    match_hit "match" on "text" "The letters a search found."
    key "key" on "text" "A key, in hints and in the help."
    border "border" on "text" "Lines between panes."
    border_active "border-active" on "text" "Lines around the pane that has the keys."
    status "status" on "text" "The line at the foot of the screen."
    progress "progress" on "text" "What is done of something that takes a while."
    good "good" on "text" "Checked, and as it should be."
    warning "warning" on "text" "Look twice: a gap, a lossy image."
    error "error" on "text" "Something could not be read or done."
    image "image" on "image" "What surrounds a picture."
    overlay "overlay" on "image" "Corner text over a picture."
    letters "letters" on "image" "Orientation letters at the edges of a picture."
    crosshair "crosshair" on "image" "The crosshair and the value under it."
    notice "notice" on "image" "A warning over a picture."
}

impl Theme {
    /// The names of the shipped themes, the default first.
    pub fn shipped() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// The shipped theme that `auto` means on a terminal with this background, 8 bits a channel; without
    /// an answer from the terminal, the dark one.
    pub fn auto(background: Option<(u8, u8, u8)>) -> &'static str {
        // Rec. 709 weights; the encoded values are good enough to tell day from night.
        let is_light =
            |(r, g, b)| 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b) > 127.5;
        if background.is_some_and(is_light) { "daylight" } else { BASE }
    }

    /// Reads `NAME.toml` from `folder`, the user's, or else the shipped theme of that name.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] if no theme has that name, or a file is not as it should be.
    pub fn load(name: &str, folder: Option<&Path>) -> Result<Self, ThemeError> {
        layered(name, folder, DEEPEST).map(|paints| Self::from_paints(&paints))
    }
}

/// Why a theme cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Neither we nor the user have it.
    #[error("no theme is called {name:?}; did you mean {nearest:?}?")]
    Unknown {
        /// As written.
        name: String,
        /// The closest of the shipped ones.
        nearest: &'static str,
    },
    /// The file is there and wrong.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// All roles of a theme and of those it builds on; `deeper` of them may still be the user's.
fn layered(name: &str, folder: Option<&Path>, deeper: usize) -> Result<Paints, ThemeError> {
    let Some((path, text)) = user_file(name, folder)? else { return shipped(name) };
    let sheet = Sheet::parse(&path, &text)?;
    let below = match sheet.inherits.as_deref().unwrap_or(BASE) {
        // A file that improves on the theme of its own name builds on the shipped one.
        base if base == name => shipped(base)?,
        _ if deeper == 0 => {
            let reason = "inherits in a circle, or through too many files";
            return Err(Refusal::new(Location::file(&path), reason).into());
        }
        base => layered(base, folder, deeper - 1)?,
    };
    Ok(sheet.over(below))
}

fn user_file(name: &str, folder: Option<&Path>) -> Result<Option<(PathBuf, String)>, Refusal> {
    // A name, not a path: a configuration must not make us read another folder.
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    let Some(folder) = folder.filter(|_| is_name) else { return Ok(None) };
    let path = folder.join(format!("{name}.toml"));
    Ok(file::read(&path)?.map(|text| (path, text)))
}

fn shipped(name: &str) -> Result<Paints, ThemeError> {
    let Some((name, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) else {
        let nearest = nearest(name, Theme::shipped()).unwrap_or(BASE);
        return Err(ThemeError::Unknown { name: name.chars().take(80).collect(), nearest });
    };
    Ok(Sheet::parse(Path::new(name), text)?.over(Paints::new()))
}

type Paints = BTreeMap<String, Paint>;

/// One theme file.
struct Sheet {
    inherits: Option<String>,
    paints: Paints,
}

impl Sheet {
    fn parse(path: &Path, text: &str) -> Result<Self, Refusal> {
        let words = paint::WORDS.map(|word| format!("{word} = 0")).join(", ");
        let role = |role: &&str| format!("{role} = {{ {words} }}");
        let known =
            Theme::ROLES.iter().map(role).chain(["inherits = 0".to_owned()]).collect::<Vec<_>>().join("\n");
        let known = DeTable::parse(&known).expect("role names are bare keys").into_inner();
        let mut layer = Layer::parse(path, text)?;
        layer.check_keys(&known)?;
        Ok(Self { inherits: layer.take_string("inherits")?, paints: layer.read_over(DeTable::new())? })
    }

    fn over(self, mut below: Paints) -> Paints {
        for (role, paint) in self.paints {
            let base = below.get(&role).copied().unwrap_or_default();
            below.insert(role, paint.over(base));
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::{Color, Modifier};
    use std::fs;

    fn shipped_theme(name: &str) -> Theme {
        Theme::load(name, None).unwrap()
    }

    /// Loads `mine` from a folder that holds these files.
    fn load(test: &str, files: &[(&str, &str)]) -> Result<Theme, String> {
        let folder = std::env::temp_dir().join(format!("topogram-theme-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        let theme = Theme::load("mine", Some(&folder));
        fs::remove_dir_all(&folder).unwrap();
        theme.map_err(|why| why.to_string().replace(&*folder.to_string_lossy(), ""))
    }

    /// Relative luminance of WCAG 2.1, 0 to 1.
    fn luminance(color: Color) -> Option<f64> {
        let Color::Rgb(r, g, b) = color else { return None };
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        Some(0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b))
    }

    fn contrast(style: Style) -> Option<f64> {
        let (a, b) = (luminance(style.fg?)?, luminance(style.bg?)?);
        Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
    }

    #[test]
    fn every_shipped_theme_paints_every_role() {
        for name in Theme::shipped() {
            let text = SHIPPED.iter().find(|(n, _)| *n == name).unwrap().1;
            let sheet = Sheet::parse(Path::new(name), text).unwrap();
            for role in Theme::ROLES {
                assert!(sheet.paints.contains_key(*role), "{name} says nothing about {role}");
            }
            assert_eq!(sheet.inherits, None, "{name} would need another file");
        }
    }

    #[test]
    fn text_can_be_read_in_every_theme_with_colours_of_its_own() {
        for name in Theme::shipped().filter(|name| *name != "terminal") {
            let least = if name == "high-contrast" { 7.0 } else { 4.5 };
            for (role, style) in shipped_theme(name).roles() {
                // Lines are not text: WCAG 1.4.11 asks 3 of what must be seen, nothing of decoration.
                let least = if role.starts_with("border") { 1.5 } else { least };
                let ratio = contrast(style).unwrap_or_else(|| panic!("{name}: {role} lacks a colour"));
                assert!(ratio >= least, "{name}: {role} has contrast {ratio:.2}");
            }
        }
    }

    #[test]
    fn in_the_reading_room_nothing_outshines_the_pixels() {
        for (role, style) in shipped_theme("reading-room").roles() {
            for color in [style.fg, style.bg] {
                let shines = color.and_then(luminance).unwrap();
                assert!(shines <= 0.5, "{role} has luminance {shines:.2}");
            }
        }
    }

    #[test]
    fn the_cursor_shows_without_any_colour() {
        for name in Theme::shipped() {
            let theme = shipped_theme(name);
            assert_ne!(theme.selection, theme.text, "{name}");
            assert_ne!(theme.selection, theme.selection_inactive, "{name}");
        }
    }

    #[test]
    fn good_warning_and_error_differ_in_brightness_for_the_colour_blind() {
        let theme = shipped_theme("colour-blind");
        let shine = |style: Style| luminance(style.fg.unwrap()).unwrap();
        let mut shines = [shine(theme.good), shine(theme.warning), shine(theme.error)];
        shines.sort_by(f64::total_cmp);
        assert!(shines.windows(2).all(|pair| (pair[1] + 0.05) / (pair[0] + 0.05) > 1.2), "{shines:?}");
    }

    #[test]
    fn a_user_theme_changes_one_role_and_keeps_the_rest() {
        let text = "inherits = \"daylight\"\noverlay = { fg = \"yellow\", bold = true }";
        let mine = load("one", &[("mine.toml", text)]).unwrap();
        let daylight = shipped_theme("daylight");
        assert_eq!(mine.overlay, daylight.overlay.fg(Color::Yellow).add_modifier(Modifier::BOLD));
        assert_eq!(Theme { overlay: daylight.overlay, ..mine }, daylight);
    }

    #[test]
    fn a_new_background_of_text_reaches_every_role_that_has_none() {
        let mine = load("ground", &[("mine.toml", "text = { bg = \"#000001\" }")]).unwrap();
        assert_eq!(mine.dim.bg, Some(Color::Rgb(0, 0, 1)));
        assert_eq!(mine.overlay.bg, shipped_theme("reading-room").image.bg);
    }

    #[test]
    fn a_broken_theme_is_refused_where_it_is_broken() {
        for (text, expected) in [
            ("overlai = {}", r#"/mine.toml:1:1: nothing is called "overlai"; did you mean "overlay"?"#),
            ("\ntext = { fgg = \"red\" }", r#"/mine.toml:2:10: nothing is called "fgg"; did you mean "fg"?"#),
            ("inherits = 3", "/mine.toml:1:12: inherits must be text in quotes"),
            (
                "text = 3",
                "/mine.toml:1:8: text must be a table of bg, bold, dim, fg, italic, reverse, underline",
            ),
        ] {
            assert_eq!(load("broken", &[("mine.toml", text)]).unwrap_err(), expected);
        }
        let reason = load("colour", &[("mine.toml", "text = { fg = \"grene\" }")]).unwrap_err();
        assert!(reason.starts_with("/mine.toml:1:15: no colour is called \"grene\""), "{reason}");
    }

    #[test]
    fn themes_that_inherit_in_a_circle_are_refused() {
        let files = [("mine.toml", "inherits = \"other\""), ("other.toml", "inherits = \"mine\"")];
        let reason = load("circle", &files).unwrap_err();
        assert!(reason.ends_with("inherits in a circle, or through too many files"), "{reason}");
    }

    #[test]
    fn a_theme_is_a_name_and_never_a_path() {
        let folder = Some(Path::new("/etc"));
        for name in ["../mine", "/etc/mine", "", "a/b", "reading-rom\u{1b}[2J"] {
            let error = Theme::load(name, folder).unwrap_err();
            assert!(matches!(error, ThemeError::Unknown { .. }));
            assert!(!error.to_string().contains('\u{1b}'));
        }
    }

    #[test]
    fn auto_is_the_light_theme_only_on_a_light_terminal() {
        assert_eq!(Theme::auto(Some((253, 246, 227))), "daylight");
        assert_eq!(Theme::auto(Some((0, 43, 54))), "reading-room");
        assert_eq!(Theme::auto(None), "reading-room");
    }
}
