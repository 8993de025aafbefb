//! Names, dates and ages.

use super::{cases, file::Made};
use serde::Deserialize;
use topogram::model::{Date, Moment, Time, age, age_at};

#[derive(Deserialize)]
struct Person {
    id: String,
    charset: String,
    bytes: String,
    name: String,
}

#[test]
fn names_are_read_in_the_character_sets_of_their_file() {
    for Person { id, charset, bytes, name } in cases("name") {
        let hex = |at: usize| u8::from_str_radix(&bytes[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..bytes.len()).step_by(2).map(hex).collect();
        let file = Made::gray(1, 8)
            .text((0x0008, 0x0005), "CS", &charset)
            .put((0x0010, 0x0010), "PN", &bytes)
            .put((0x7FE0, 0x0010), "OW", &[0; 2]);

        let record = file.record();

        assert_eq!(record.patient_name.raw(), name, "{id}");
        assert_eq!(record.warnings, Vec::<String>::new(), "{id}");
    }
}

#[derive(Deserialize)]
struct Calendar {
    id: String,
    dates: Vec<(String, String)>,
    times: Vec<(String, String)>,
    moments: Vec<(String, String)>,
}

#[test]
fn dates_and_times_are_written_for_people() {
    for Calendar { id, dates, times, moments } in cases("date") {
        for (written, read) in dates {
            assert_eq!(Date::parse(&written).unwrap().to_string(), read, "{id}");
        }
        for (written, read) in times {
            assert_eq!(Time::parse(&written).unwrap().to_string(), read, "{id}");
        }
        for (written, read) in moments {
            assert_eq!(Moment::parse(&written).unwrap().to_string(), read, "{id}");
        }
    }
}

#[derive(Deserialize)]
struct Reckoned {
    id: String,
    birth: Option<String>,
    ages: Vec<(String, String)>,
}

#[test]
fn ages_name_their_unit() {
    for Reckoned { id, ages, .. } in cases("age") {
        for (written, read) in ages {
            assert_eq!(age(&written), Some(read), "{id}");
        }
    }
}

#[test]
fn a_birthday_on_a_leap_day_counts_from_its_morning() {
    for Reckoned { id, birth, ages } in cases("birthday") {
        let birth = Date::parse(&birth.unwrap()).unwrap();
        for (day, expected) in ages {
            assert_eq!(age_at(birth, Date::parse(&day).unwrap()), Some(expected), "{id}");
        }
    }
}
