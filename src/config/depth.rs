//! A theme on a terminal with fewer colours than it names.
//!
//! `ssh` does not carry `COLORTERM`, so a session often knows only 256 colours, and a serial console 8.

use super::Theme;
use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None, or the user set `NO_COLOR`: only bold, underlined and reversed text.
    None,
    /// The 16 of the terminal's palette.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 8 bits a channel.
    True,
}

impl Depth {
    /// What `NO_COLOR`, `COLORTERM` and `TERM` promise, read through `variable`.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| variable(name).unwrap_or_default();
        let term = value("TERM");
        match () {
            () if !value("NO_COLOR").is_empty() || term == "dumb" => Self::None,
            () if matches!(&*value("COLORTERM"), "truecolor" | "24bit") => Self::True,
            () if term.contains("direct") || ["xterm-kitty", "xterm-ghostty"].contains(&&*term) => Self::True,
            () if term.contains("256") => Self::Indexed,
            () if term == "linux" || term.starts_with("vt") || term.is_empty() => Self::Sixteen,
            () => Self::Indexed,
        }
    }
}

impl Theme {
    /// The theme with every colour replaced by the nearest that the terminal has.
    ///
    /// Without colours the cursor's row is reversed, and warnings and errors are bold.
    #[must_use]
    pub fn at(self, depth: Depth) -> Self {
        if depth == Depth::None {
            let bare = |style: Style| Style { fg: None, bg: None, ..style };
            let mut theme = self.map(bare);
            theme.selection = theme.selection.add_modifier(Modifier::REVERSED);
            theme.selection_inactive = theme.selection_inactive.add_modifier(Modifier::UNDERLINED);
            for style in [&mut theme.error, &mut theme.warning, &mut theme.notice, &mut theme.match_hit] {
                *style = style.add_modifier(Modifier::BOLD);
            }
            return theme;
        }
        let nearest = |color: Color| match (color, depth) {
            (Color::Rgb(r, g, b), Depth::Indexed) => Color::Indexed(indexed([r, g, b])),
            (Color::Rgb(r, g, b), Depth::Sixteen) => sixteen([r, g, b]),
            (color, _) => color,
        };
        let mut theme =
            self.map(|style| Style { fg: style.fg.map(nearest), bg: style.bg.map(nearest), ..style });
        // Two dark greys may have become one.
        for (style, mark) in [
            (&mut theme.selection, Modifier::REVERSED),
            (&mut theme.selection_inactive, Modifier::UNDERLINED),
        ] {
            if style.bg == theme.text.bg {
                *style = style.add_modifier(mark);
            }
        }
        theme
    }
}

/// The six steps of a channel in xterm's colour cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(&x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
}

/// The nearest of xterm's cube (16 to 231) and grey ramp (232 to 255); the first 16 are the user's.
fn indexed(color: [u8; 3]) -> u8 {
    let cube = |i: u8| [i / 36, i / 6 % 6, i % 6].map(|step| STEPS[usize::from(step)]);
    let cubes = (0..216).map(|i| (16 + i, cube(i)));
    let greys = (0..24).map(|i| (232 + i, [8 + 10 * i; 3]));
    cubes.chain(greys).min_by_key(|(_, candidate)| distance(color, *candidate)).map_or(16, |(i, _)| i)
}

/// The nearest of the 16, as most terminals paint them.
fn sixteen(color: [u8; 3]) -> Color {
    let palette = [
        (Color::Black, [0, 0, 0]),
        (Color::Red, [187, 0, 0]),
        (Color::Green, [0, 187, 0]),
        (Color::Yellow, [187, 187, 0]),
        (Color::Blue, [0, 0, 187]),
        (Color::Magenta, [187, 0, 187]),
        (Color::Cyan, [0, 187, 187]),
        (Color::Gray, [187, 187, 187]),
        (Color::DarkGray, [85, 85, 85]),
        (Color::LightRed, [255, 85, 85]),
        (Color::LightGreen, [85, 255, 85]),
        (Color::LightYellow, [255, 255, 85]),
        (Color::LightBlue, [85, 85, 255]),
        (Color::LightMagenta, [255, 85, 255]),
        (Color::LightCyan, [85, 255, 255]),
        (Color::White, [255, 255, 255]),
    ];
    palette.into_iter().min_by_key(|(_, rgb)| distance(color, *rgb)).map_or(Color::Gray, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(variables: &[(&str, &str)]) -> Depth {
        Depth::from_env(|name| {
            variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_terminal_is_believed_what_it_promises() {
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(depth(&[("TERM", "xterm-kitty"), ("NO_COLOR", "")]), Depth::True);
    }

    #[test]
    fn colours_become_their_nearest_relatives() {
        assert_eq!(indexed([255, 0, 0]), 196);
        assert_eq!(indexed([18, 18, 18]), 233);
        assert_eq!(sixteen([250, 90, 80]), Color::LightRed);
    }

    #[test]
    fn text_stays_readable_in_sixteen_colours() {
        for name in Theme::shipped().filter(|name| *name != "terminal") {
            for (role, style) in Theme::load(name, None).unwrap().at(Depth::Sixteen).roles() {
                assert_ne!(style.fg, style.bg, "{name}: {role}");
            }
        }
    }

    #[test]
    fn the_cursor_can_be_seen_at_every_depth() {
        for name in Theme::shipped() {
            for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
                let theme = Theme::load(name, None).unwrap().at(depth);
                for style in [theme.selection, theme.selection_inactive] {
                    let differs = style.bg != theme.text.bg || style.add_modifier != theme.text.add_modifier;
                    assert!(differs, "{name} at {depth:?}");
                }
            }
        }
    }

    #[test]
    fn without_colours_the_cursor_can_still_be_seen() {
        for name in Theme::shipped() {
            let theme = Theme::load(name, None).unwrap().at(Depth::None);
            assert!(theme.roles().iter().all(|(_, style)| style.fg.is_none() && style.bg.is_none()));
            assert!(theme.selection.add_modifier.contains(Modifier::REVERSED));
            assert_ne!(theme.selection_inactive, theme.text);
            assert_ne!(theme.error, theme.text);
        }
    }
}
