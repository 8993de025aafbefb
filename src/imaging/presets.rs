//! Windows with a name, on the digit keys and behind `--window`.
//!
//! The values are conventional, not normative; the first five are those of
//! OHIF, so that the same digit shows the same thing.

use crate::model::Window;

/// A window with a name and a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// What it is for.
    pub name: &'static str,
    /// The digit that selects it.
    pub key: char,
    /// In HU.
    pub center: f64,
    /// In HU.
    pub width: f64,
}

/// All presets, in the order of their keys.
pub const PRESETS: [Preset; 9] = [
    Preset { name: "Soft tissue", key: '1', center: 40.0, width: 400.0 },
    Preset { name: "Lung", key: '2', center: -600.0, width: 1500.0 },
    Preset { name: "Liver", key: '3', center: 90.0, width: 150.0 },
    Preset { name: "Bone", key: '4', center: 480.0, width: 2500.0 },
    Preset { name: "Brain", key: '5', center: 40.0, width: 80.0 },
    Preset { name: "Mediastinum", key: '6', center: 50.0, width: 350.0 },
    Preset { name: "Subdural", key: '7', center: 80.0, width: 200.0 },
    Preset { name: "Stroke", key: '8', center: 40.0, width: 40.0 },
    Preset { name: "CTA", key: '9', center: 200.0, width: 600.0 },
];

impl Preset {
    /// The preset as a LINEAR window.
    pub const fn window(self) -> Window {
        Window::linear(self.center, self.width)
    }

    /// The preset on a digit key.
    pub fn keyed(key: char) -> Option<Self> {
        PRESETS.into_iter().find(|preset| preset.key == key)
    }

    /// The preset of that name; case, spaces and hyphens do not matter.
    pub fn named(name: &str) -> Option<Self> {
        PRESETS.into_iter().find(|preset| plain(preset.name) == plain(name))
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Why a window a person typed is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// Neither a name nor two numbers.
    #[error("{text:?} is no window: write WIDTH/CENTER as in 1500/-600, or one of {}", names())]
    Unknown {
        /// As typed.
        text: String,
    },
    /// One side of the slash is not a number.
    #[error("{text:?}: the {part} {number:?} is not a number; write WIDTH/CENTER as in 1500/-600")]
    NotANumber {
        /// As typed.
        text: String,
        /// `width` or `center`.
        part: &'static str,
        /// That side, as typed.
        number: String,
    },
    /// The width is zero or less.
    #[error("{text:?}: the width must be more than 0; it comes first, as in 1500/-600")]
    Width {
        /// As typed.
        text: String,
    },
}

fn names() -> String {
    PRESETS.map(|preset| preset.name.to_lowercase()).join(", ")
}

/// Reads a window as people write it: `1500/-600`, width first, or the name of a preset.
///
/// # Errors
///
/// [`WindowError`], with the text as typed and what would be accepted.
pub fn parse_window(text: &str) -> Result<Window, WindowError> {
    if let Some(preset) = Preset::named(text) {
        return Ok(preset.window());
    }
    let Some((width, center)) = text.split_once('/') else {
        return Err(WindowError::Unknown { text: text.into() });
    };
    let number = |part, side: &str| {
        let parsed = side.trim().parse().ok().filter(|number: &f64| number.is_finite());
        parsed.ok_or_else(|| WindowError::NotANumber { text: text.into(), part, number: side.trim().into() })
    };
    let window = Window::linear(number("center", center)?, number("width", width)?);
    if window.is_usable() { Ok(window) } else { Err(WindowError::Width { text: text.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_written_width_first() {
        assert_eq!(parse_window("1500/-600"), Ok(Window::linear(-600.0, 1500.0)));
        assert_eq!(parse_window(" 80 / 40.5 "), Ok(Window::linear(40.5, 80.0)));
    }

    #[test]
    fn a_preset_is_found_by_name_in_any_case() {
        for name in ["lung", "LUNG", "Lung"] {
            assert_eq!(parse_window(name), Ok(Window::linear(-600.0, 1500.0)));
        }
        for name in ["soft-tissue", "Soft tissue", "softtissue"] {
            assert_eq!(parse_window(name), Ok(Window::linear(40.0, 400.0)));
        }
    }

    #[test]
    fn every_preset_can_be_found_by_key_and_by_name() {
        for preset in PRESETS {
            assert_eq!(Preset::keyed(preset.key), Some(preset));
            assert_eq!(Preset::named(preset.name), Some(preset));
            assert!(preset.window().is_usable());
        }
    }

    #[test]
    fn a_wrong_window_says_what_would_be_right() {
        let message = |text| parse_window(text).unwrap_err().to_string();
        assert_eq!(
            message("lungs"),
            "\"lungs\" is no window: write WIDTH/CENTER as in 1500/-600, or one of soft tissue, lung, \
             liver, bone, brain, mediastinum, subdural, stroke, cta"
        );
        assert_eq!(
            message("wide/40"),
            "\"wide/40\": the width \"wide\" is not a number; write WIDTH/CENTER as in 1500/-600"
        );
        assert_eq!(
            message("-600/1500"),
            "\"-600/1500\": the width must be more than 0; it comes first, as in 1500/-600"
        );
        assert!(message("400/inf").contains("center \"inf\" is not a number"));
        assert!(message("").contains("is no window"));
    }
}
