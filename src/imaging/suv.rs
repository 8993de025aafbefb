//! Standardised uptake values: activity by dose and body, so that people can be compared.
//!
//! Nothing is guessed: whatever is missing or contradicts itself is a sentence instead of a number.

use crate::model::Tracer;

/// What the activity is divided by beside the dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Body {
    /// Weight: `SUVbw`, g/ml.
    Weight,
    /// Lean body mass by Janmahasatian: `SUVlbm`, g/ml.
    LeanMass,
    /// Lean body mass by James, as older software has it: `SUVlbm`, g/ml.
    LeanMassJames,
    /// Body surface by Du Bois: `SUVbsa`, cm²/ml.
    Surface,
}

/// What turns the modality values of a PET into uptake.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suv {
    /// Uptake of a modality value of one.
    pub factor: f64,
    /// The dose that was left when the scan began, Bq, where it is used.
    pub dose: Option<f64>,
    /// From the injection to the scan, s, where it is used.
    pub delay: Option<f64>,
}

/// Why there is no uptake value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuv {
    /// Units (0054,1001) are none that can be converted.
    #[error("no SUV: the values are in {0:?}, not in Bq/ml")]
    Units(String),
    /// They are uptake values of another kind already.
    #[error("no such SUV: the values are SUV by {0:?} already")]
    Already(String),
    /// A correction is missing in Corrected Image (0028,0051).
    #[error("no SUV: the image is not corrected for {0}")]
    Uncorrected(&'static str),
    /// Decay Correction (0054,1102) is NONE or missing.
    #[error("no SUV: the file does not say to which moment the decay is corrected")]
    Decay,
    /// Patient's Weight (0010,1030) is missing or zero.
    #[error("no SUV: the weight of the patient is not stated")]
    Weight,
    /// Patient's Size (0010,1020) is missing or zero.
    #[error("no SUV of this kind: the height of the patient is not stated")]
    Height,
    /// Patient's Sex (0010,0040) is neither M nor F.
    #[error("no SUV of this kind: the sex of the patient is not stated")]
    Sex,
    /// The formula ends below zero.
    #[error("no SUV of this kind: weight and height of the patient do not fit the formula")]
    Body,
    /// Radionuclide Total Dose (0018,1074) is missing or zero.
    #[error("no SUV: the injected dose is not stated")]
    Dose,
    /// Radionuclide Half Life (0018,1075) is missing or zero.
    #[error("no SUV: the half-life of the tracer is not stated")]
    HalfLife,
    /// Neither series nor acquisition say when.
    #[error("no SUV: the file does not say when the scan began")]
    Scan,
    /// Radiopharmaceutical Start Time (0018,1072) is missing.
    #[error("no SUV: the file does not say when the tracer was injected")]
    Injection,
    /// The times contradict one another.
    #[error("no SUV: by the times in the file the scan began before the injection")]
    Before,
}

impl Suv {
    /// The factor of a series; `tracer` holds the earliest acquisition of all its images.
    ///
    /// # Errors
    ///
    /// [`NoSuv`], a sentence about what is missing.
    ///
    /// Source: the vendor-neutral pseudo-code of QIBA for SUV from DICOM; PS3.3 C.8.9.1.
    pub fn of(tracer: &Tracer, body: Body) -> Result<Self, NoSuv> {
        let size = body.size(tracer);
        let plain = |factor| Ok(Self { factor, dose: None, delay: None });
        match tracer.units.raw() {
            "GML" => {
                let stated = tracer.suv_type.raw();
                match (stated, body) {
                    ("" | "BW", Body::Weight)
                    | ("LBMJANMA", Body::LeanMass)
                    | ("LBM" | "LBMJAMES128", Body::LeanMassJames)
                    | ("BSA", Body::Surface) => plain(1.0),
                    ("" | "BW", _) => plain(size? / Body::Weight.size(tracer)?),
                    _ => Err(NoSuv::Already(stated.to_owned())),
                }
            }
            "CNTS" => match (positive(tracer.suv_scale), positive(tracer.activity_scale)) {
                (Some(scale), _) if body == Body::Weight => plain(scale),
                (Some(scale), _) => plain(scale * size? / Body::Weight.size(tracer)?),
                (None, Some(scale)) => {
                    let suv = Self::of_activity(tracer, size?)?;
                    Ok(Self { factor: suv.factor * scale, ..suv })
                }
                (None, None) => Err(NoSuv::Units("CNTS".to_owned())),
            },
            "BQML" => Self::of_activity(tracer, size?),
            other => Err(NoSuv::Units(other.to_owned())),
        }
    }

    /// Of values in Bq/ml.
    fn of_activity(tracer: &Tracer, size: f64) -> Result<Self, NoSuv> {
        let corrected = |code| tracer.corrections.raw().split('\\').any(|value| value.trim() == code);
        if !corrected("ATTN") {
            return Err(NoSuv::Uncorrected("attenuation"));
        }
        if !corrected("DECY") {
            return Err(NoSuv::Uncorrected("decay"));
        }
        let dose = positive(tracer.dose).ok_or(NoSuv::Dose)?;
        let (left, delay) = match tracer.decay_correction.raw() {
            "ADMIN" => (dose, None),
            "START" => {
                let half_life = positive(tracer.half_life).ok_or(NoSuv::HalfLife)?;
                let delay = delay(tracer)?;
                (dose * (-delay / half_life).exp2(), Some(delay))
            }
            _ => return Err(NoSuv::Decay),
        };
        // A dose that has decayed away is none.
        let left = positive(Some(left)).ok_or(NoSuv::Dose)?;
        Ok(Self { factor: size / left, dose: Some(left), delay })
    }
}

impl Body {
    /// As it stands behind a number.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weight => "SUVbw",
            Self::LeanMass => "SUVlbm",
            Self::LeanMassJames => "SUVlbm (James)",
            Self::Surface => "SUVbsa",
        }
    }

    /// Grams, or square centimetres.
    ///
    /// # Errors
    ///
    /// [`NoSuv`], if weight, height or sex are missing where they are needed.
    pub fn size(self, tracer: &Tracer) -> Result<f64, NoSuv> {
        let weight = positive(tracer.weight).ok_or(NoSuv::Weight)?;
        let height = || positive(tracer.height).ok_or(NoSuv::Height);
        let by_sex = |male: f64, female: f64| match tracer.sex.raw().trim() {
            "M" => Ok(male),
            "F" => Ok(female),
            _ => Err(NoSuv::Sex),
        };
        let size = match self {
            Self::Weight => weight * 1000.0,
            Self::LeanMass => {
                let index = weight / height()?.powi(2);
                let mass = |constant: f64, slope: f64| 9270.0 * weight / (constant + slope * index);
                by_sex(mass(6680.0, 216.0), mass(8780.0, 244.0))? * 1000.0
            }
            Self::LeanMassJames => {
                let ratio = (weight / (height()? * 100.0)).powi(2);
                by_sex(1.1 * weight - 120.0 * ratio, 1.07 * weight - 148.0 * ratio)? * 1000.0
            }
            Self::Surface => 71.84 * weight.powf(0.425) * (height()? * 100.0).powf(0.725),
        };
        positive(Some(size)).ok_or(NoSuv::Body)
    }
}

/// From the injection to the moment that decay is corrected to, s.
fn delay(tracer: &Tracer) -> Result<f64, NoSuv> {
    const DAY: f64 = 86_400.0;
    // Series Time later than the first image is that of a series made anew.
    let scan = match (tracer.series, tracer.acquisition) {
        (Some(series), Some(first)) if series > first => tracer.scan.or(Some(first)),
        (Some(series), _) => Some(series),
        (None, first) => tracer.scan.or(first),
    };
    let scan = scan.ok_or(NoSuv::Scan)?;
    let injected = match (tracer.injected, tracer.injected_at) {
        (Some(injected), _) => injected,
        (None, Some(time)) => {
            let midnight = (tracer.series.unwrap_or(scan) / DAY).floor() * DAY;
            // Injected before midnight, scanned after.
            if midnight + time > scan { midnight + time - DAY } else { midnight + time }
        }
        (None, None) => return Err(NoSuv::Injection),
    };
    if scan < injected { Err(NoSuv::Before) } else { Ok(scan - injected) }
}

fn positive(value: Option<f64>) -> Option<f64> {
    value.filter(|&value| value.is_finite() && value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn tracer() -> Tracer {
        Tracer {
            units: Text::from("BQML"),
            corrections: Text::from("DCAL\\ATTN\\DECY"),
            decay_correction: Text::from("START"),
            weight: Some(70.0),
            height: Some(1.75),
            sex: Text::from("M"),
            dose: Some(370e6),
            half_life: Some(6586.2),
            injected_at: Some(3600.0),
            series: Some(7200.0),
            acquisition: Some(7200.0),
            ..Tracer::default()
        }
    }

    fn refusal(change: impl Fn(&mut Tracer)) -> NoSuv {
        let mut tracer = tracer();
        change(&mut tracer);
        Suv::of(&tracer, Body::Weight).unwrap_err()
    }

    #[test]
    fn what_is_missing_is_told_and_not_guessed() {
        assert_eq!(refusal(|t| t.weight = Some(0.0)), NoSuv::Weight);
        assert_eq!(refusal(|t| t.dose = None), NoSuv::Dose);
        assert_eq!(refusal(|t| t.half_life = None), NoSuv::HalfLife);
        assert_eq!(refusal(|t| t.injected_at = None), NoSuv::Injection);
        assert_eq!(refusal(|t| (t.series, t.acquisition) = (None, None)), NoSuv::Scan);
        assert_eq!(refusal(|t| t.injected = Some(9000.0)), NoSuv::Before);
        assert_eq!(refusal(|t| t.corrections = Text::from("DECY")), NoSuv::Uncorrected("attenuation"));
        assert_eq!(refusal(|t| t.decay_correction = Text::from("NONE")), NoSuv::Decay);
        assert!(refusal(|t| t.units = Text::from("PROPCPS")).to_string().contains("PROPCPS"));
        let unknown = Tracer { sex: Text::from("O"), ..tracer() };
        assert_eq!(Suv::of(&unknown, Body::LeanMass), Err(NoSuv::Sex));
        assert!(Suv::of(&unknown, Body::Surface).is_ok());
    }

    #[test]
    fn a_series_made_anew_begins_with_its_first_image() {
        let later = Tracer { series: Some(50_000.0), ..tracer() };
        assert_eq!(Suv::of(&later, Body::Weight).unwrap().delay, Some(3600.0));
        let ge = Tracer { scan: Some(7000.0), ..later };
        assert_eq!(Suv::of(&ge, Body::Weight).unwrap().delay, Some(3400.0));
    }

    #[test]
    fn an_injection_before_midnight_belongs_to_the_day_before() {
        let night = Tracer { injected_at: Some(86_000.0), ..tracer() };
        assert_eq!(Suv::of(&night, Body::Weight).unwrap().delay, Some(7200.0 + 400.0));
    }

    #[test]
    fn values_that_are_uptake_already_stay_as_they_are() {
        let gml = Tracer { units: Text::from("GML"), dose: None, ..tracer() };
        assert_eq!(Suv::of(&gml, Body::Weight).unwrap().factor, 1.0);
        let lean = Suv::of(&gml, Body::LeanMass).unwrap().factor;
        assert!((lean - 55.857_108 / 70.0).abs() < 1e-6);
        let bsa = Tracer { suv_type: Text::from("BSA"), ..gml };
        assert_eq!(Suv::of(&bsa, Body::Weight), Err(NoSuv::Already("BSA".to_owned())));
    }

    #[test]
    fn counts_of_philips_have_factors_of_their_own() {
        let counts = Tracer { units: Text::from("CNTS"), ..tracer() };
        assert!(Suv::of(&counts, Body::Weight).is_err());
        let scaled = Tracer { suv_scale: Some(0.25), ..counts.clone() };
        assert_eq!(Suv::of(&scaled, Body::Weight).unwrap().factor, 0.25);
        let active = Tracer { activity_scale: Some(2.0), ..counts };
        let plain = Suv::of(&tracer(), Body::Weight).unwrap().factor;
        assert_eq!(Suv::of(&active, Body::Weight).unwrap().factor, 2.0 * plain);
    }
}
