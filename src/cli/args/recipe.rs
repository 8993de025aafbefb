//! The steps of `topogram pipeline`, as options.

use crate::{
    imaging::steps::Interpolation,
    work::{Recipe, bounds, millimetres},
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

/// The steps of `pipeline`, in their order.
#[derive(Debug, Args)]
#[command(next_help_heading = "Steps")]
pub(in crate::cli) struct RecipeOptions {
    /// Compute as the classic tutorial does, to the last bit
    ///
    /// 16-bit Hounsfield units with stored -2000 as 0, and for --resample a grid with aligned corners
    /// and cubic splines in whole numbers.
    #[arg(long)]
    tutorial: bool,
    /// Make all voxels this large: 1mm, or 0.7,0.7,1.25 for columns, rows and slices
    #[arg(long, value_name = "MM", value_parser = millimetres)]
    resample: Option<[f64; 3]>,
    /// How to resample: linear stays within the values that are there, cubic overshoots
    #[arg(long, value_name = "HOW", default_value = "linear", value_parser = interpolation())]
    interpolation: Interpolation,
    /// Find the lungs, and write them as a mask beside the array
    #[arg(long, value_name = "WHAT", num_args = 0..=1, default_missing_value = "filled", value_parser = PossibleValuesParser::new(["filled", "air"]))]
    lungs: Option<String>,
    /// Cut to the box around the lungs, or else the body, with so many voxels around it
    #[arg(long, value_name = "VOXELS", num_args = 0..=1, default_missing_value = "5")]
    crop: Option<usize>,
    /// Map a range to 0 and 1, and cut off what is beyond; the tutorial's is -1000,400
    #[arg(long, value_name = "LOW,HIGH", value_parser = bounds, allow_hyphen_values = true)]
    normalise: Option<(f64, f64)>,
    /// Subtract this in the end
    #[arg(long, value_name = "MEAN", num_args = 0..=1, default_missing_value = "0.25", requires = "normalise")]
    zero_centre: Option<f64>,
}

impl RecipeOptions {
    pub(in crate::cli) fn recipe(&self) -> Recipe {
        Recipe {
            tutorial: self.tutorial,
            resample: self.resample,
            interpolation: self.interpolation,
            lungs: self.lungs.as_deref().map(|what| what == "filled"),
            crop: self.crop,
            normalise: self.normalise,
            zero_centre: self.zero_centre,
        }
    }
}

fn interpolation() -> impl TypedValueParser<Value = Interpolation> {
    PossibleValuesParser::new(["linear", "cubic"])
        .map(|word| if word == "cubic" { Interpolation::Cubic } else { Interpolation::Linear })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        steps: RecipeOptions,
    }

    #[test]
    fn a_recipe_said_as_options_is_read_as_the_same_recipe() {
        let cubic = Recipe {
            resample: Some([1.25, 0.7, 0.5]),
            interpolation: Interpolation::Cubic,
            lungs: Some(false),
            crop: Some(3),
            ..Recipe::PLAIN
        };
        for recipe in [Recipe::PLAIN, Recipe::CLASSIC, Recipe { tutorial: true, ..Recipe::CLASSIC }, cubic] {
            let options = recipe.options();
            let line = Line::parse_from(std::iter::once("topogram").chain(options.split_whitespace()));
            assert_eq!(line.steps.recipe(), recipe, "{options}");
        }
    }
}
