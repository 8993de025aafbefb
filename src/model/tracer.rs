//! What a PET image says of its tracer: the numbers behind standardised uptake values.

use super::{Date, Text, Time};

/// The attributes that turn activity into uptake (PS3.3 C.8.9.1, C.8.9.2); what is not stated is `None`.
///
/// Moments are seconds on a calendar without time zones, all of them of one scanner.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tracer {
    /// Units (0054,1001).
    pub units: Text,
    /// SUV Type (0054,1006).
    pub suv_type: Text,
    /// Corrected Image (0028,0051), values joined by `\`.
    pub corrections: Text,
    /// Decay Correction (0054,1102).
    pub decay_correction: Text,
    /// Patient's Weight (0010,1030), kg.
    pub weight: Option<f64>,
    /// Patient's Size (0010,1020), m.
    pub height: Option<f64>,
    /// Patient's Sex (0010,0040).
    pub sex: Text,
    /// Radionuclide Total Dose (0018,1074), Bq.
    pub dose: Option<f64>,
    /// Radionuclide Half Life (0018,1075), s.
    pub half_life: Option<f64>,
    /// Radiopharmaceutical Start `DateTime` (0018,1078).
    pub injected: Option<f64>,
    /// Radiopharmaceutical Start Time (0018,1072), seconds after midnight.
    pub injected_at: Option<f64>,
    /// Series Date and Time.
    pub series: Option<f64>,
    /// Acquisition Date and Time; the earliest of those that were [merged](Self::merge).
    pub acquisition: Option<f64>,
    /// GE's own scan start (0009,xx0D).
    pub scan: Option<f64>,
    /// Philips' own factor from counts to SUV (7053,xx00).
    pub suv_scale: Option<f64>,
    /// Philips' own factor from counts to Bq/ml (7053,xx09).
    pub activity_scale: Option<f64>,
}

impl Tracer {
    /// Takes the earlier acquisition of two images of one series: slices are acquired one after the other.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        self.acquisition = match (self.acquisition, other.acquisition) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self
    }
}

/// Seconds of a whole date and a time of day, since the first of March of the year 0.
pub fn seconds(date: Date, time: Option<Time>) -> Option<f64> {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month?), i64::from(date.day?));
    // Years begin in March, so that the odd day is their last one.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = days + (month * 153 + 2) / 5 + day - 1;
    Some(days as f64 * 86_400.0 + time.map_or(0.0, seconds_of_day))
}

/// Seconds after midnight.
pub fn seconds_of_day(time: Time) -> f64 {
    let part = |value: Option<u8>, seconds: f64| value.map_or(0.0, f64::from) * seconds;
    let micros = time.micros.map_or(0.0, f64::from) * 1e-6;
    f64::from(time.hour) * 3600.0 + part(time.minute, 60.0) + part(time.second, 1.0) + micros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_86400_seconds_across_months_and_leap_years() {
        let at = |text| seconds(Date::parse(text).unwrap(), None).unwrap();
        for (day, next) in [
            ("20240228", "20240229"),
            ("20240229", "20240301"),
            ("20231231", "20240101"),
            ("21000228", "21000301"),
        ] {
            assert_eq!(at(next) - at(day), 86_400.0, "{day}");
        }
        assert_eq!(seconds(Date::parse("2024").unwrap(), None), None);
        let noon = Time::parse("120001.5");
        assert_eq!(seconds(Date::parse("20240101").unwrap(), noon).unwrap() - at("20240101"), 43_201.5);
    }
}
