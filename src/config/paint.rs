//! One role's look as a theme file says it, and the colours it may name.

use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer, de};

/// What a theme says about one role; what it leaves out comes from the theme it builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paint {
    #[serde(default, deserialize_with = "color")]
    fg: Option<Color>,
    #[serde(default, deserialize_with = "color")]
    bg: Option<Color>,
    bold: Option<bool>,
    dim: Option<bool>,
    italic: Option<bool>,
    underline: Option<bool>,
    reverse: Option<bool>,
}

/// The words of a role's table.
pub(super) const WORDS: [&str; 7] = ["fg", "bg", "bold", "dim", "italic", "underline", "reverse"];

impl Paint {
    /// This paint where it says something, `base` where it does not.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            fg: self.fg.or(base.fg),
            bg: self.bg.or(base.bg),
            bold: self.bold.or(base.bold),
            dim: self.dim.or(base.dim),
            italic: self.italic.or(base.italic),
            underline: self.underline.or(base.underline),
            reverse: self.reverse.or(base.reverse),
        }
    }

    /// The style, standing on the colours of `ground` where this says none.
    pub(super) fn style(self, ground: Self) -> Style {
        let modifiers = [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ];
        let add_modifier =
            modifiers.into_iter().filter(|(on, _)| *on == Some(true)).map(|(_, m)| m).collect();
        Style { fg: self.fg.or(ground.fg), bg: self.bg.or(ground.bg), add_modifier, ..Style::default() }
    }
}

/// The names of colours, which the terminal's own palette decides; `default` is its ordinary colour.
const NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("dark-gray", Color::DarkGray),
    ("light-red", Color::LightRed),
    ("light-green", Color::LightGreen),
    ("light-yellow", Color::LightYellow),
    ("light-blue", Color::LightBlue),
    ("light-magenta", Color::LightMagenta),
    ("light-cyan", Color::LightCyan),
    ("white", Color::White),
];

fn color<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Color>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_color(&text).map(Some).map_err(de::Error::custom)
}

fn parse_color(text: &str) -> Result<Color, String> {
    if let Some(hex) = text.strip_prefix('#') {
        let digits = hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return match u32::from_str_radix(hex, 16) {
            Ok(value) if digits => Ok(Color::from_u32(value)),
            _ => Err(format!("{text:?} is no colour; # wants six hexadecimal digits, as in \"#ff8000\"")),
        };
    }
    if let Ok(index) = text.parse() {
        return Ok(Color::Indexed(index));
    }
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, color)| *color).ok_or_else(|| {
        let nearest = super::nearest(text, NAMES.iter().map(|(name, _)| *name)).unwrap_or_default();
        format!("no colour is called {text:?}; did you mean {nearest:?}? \"#ff8000\" and 0 to 255 work too")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_names_numbers_or_six_hexadecimal_digits() {
        assert_eq!(parse_color("dark-gray"), Ok(Color::DarkGray));
        assert_eq!(parse_color("208"), Ok(Color::Indexed(208)));
        assert_eq!(parse_color("#ff8000"), Ok(Color::Rgb(255, 128, 0)));
        for wrong in ["", "#", "#fff", "#+12345", "#ff80é", "256", "-1"] {
            assert!(parse_color(wrong).is_err(), "{wrong}");
        }
        assert!(parse_color("grene").unwrap_err().contains("\"green\""));
    }

    #[test]
    fn a_theme_can_take_back_what_its_base_put_on() {
        let base = Paint { bold: Some(true), fg: Some(Color::Red), ..Paint::default() };
        let mine = Paint { bold: Some(false), ..Paint::default() };
        assert_eq!(mine.over(base).style(Paint::default()), Style::new().fg(Color::Red));
    }
}
