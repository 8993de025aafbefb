//! Screens of the explorer, drawn into memory: what a person reads at several sizes.

use ratatui::{
    Terminal,
    backend::TestBackend,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
};
use std::sync::Arc;
use topogram::{
    app::{App, Event, Keymap},
    config::{Config, Theme},
    dicom::Outcome,
    imaging::Volume,
    model::{
        Calibration, Form, Frame, ModalityLut, Orientation, Pixels, Problem, Record, SeriesFacts, Spacing,
        SpacingSource, Stored,
    },
    ui,
    work::{Answer, Assembled, Building, Found},
};

/// Sizes a window may have, from ordinary to absurd.
const SIZES: [(u16, u16); 8] = [(80, 24), (120, 40), (40, 12), (1, 1), (0, 0), (200, 3), (3, 60), (20, 6)];

struct Screen {
    app: App,
    theme: Theme,
    size: (u16, u16),
}

/// An explorer that has just started in a window of this size.
fn start(columns: u16, rows: u16) -> Screen {
    let config = Config::default();
    let keymap = Keymap::new(&config.keys).unwrap();
    let mut app = App::new(&config, keymap, 1 << 20, false);
    app.update(Event::Resize(columns, rows));
    Screen { app, theme: Theme::load("reading-room", None).unwrap(), size: (columns, rows) }
}

impl Screen {
    fn found(mut self, outcomes: Vec<Outcome>) -> Self {
        let files = outcomes.into_iter().map(|outcome| ("/d/x".into(), outcome)).collect();
        self.app.update(Event::Found(Found::Files(files)));
        self.app.update(Event::Found(Found::Done));
        self
    }

    fn press(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            let code = match key {
                "enter" => KeyCode::Enter,
                "esc" => KeyCode::Esc,
                "tab" => KeyCode::Tab,
                "space" => KeyCode::Char(' '),
                key => KeyCode::Char(key.chars().next().unwrap()),
            };
            self.app.update(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
        self
    }

    fn resize(mut self, (columns, rows): (u16, u16)) -> Self {
        self.size = (columns, rows);
        self.app.update(Event::Resize(columns, rows));
        self
    }

    /// The lines on the screen, without the spaces at their ends.
    fn lines(&self) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        terminal.draw(|frame| ui::draw(&self.app, &self.theme, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..self.size.0).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..self.size.1).map(|y| row(y).trim_end().to_owned()).collect()
    }

    fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// The first line that holds some text.
    fn line(&self, part: &str) -> String {
        let lines = self.lines();
        let found = lines.iter().find(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("{part:?} is not on screen:\n{}", lines.join("\n"))).clone()
    }
}

fn slice(series: &str, description: &str, modality: &str, number: i32) -> Outcome {
    let form = Form {
        has_pixels: true,
        rows: 512,
        columns: 512,
        samples: 1,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
        spacing: Some(Spacing { row: 0.7, column: 0.7, source: SpacingSource::Patient }),
        ..Form::default()
    };
    let record = Record {
        path: format!("/d/{series}/{number}.dcm").into(),
        bytes: 527_000,
        patient_id: "TOP-1".into(),
        patient_name: "Curie^Marie".into(),
        birth_date: "18671107".into(),
        sex: "F".into(),
        study_uid: "1.2".into(),
        study_date: "20240131".into(),
        study_description: "Thorax".into(),
        series_uid: series.into(),
        series: SeriesFacts {
            number: series.rsplit('.').next().unwrap().into(),
            modality: modality.into(),
            description: description.into(),
            ..SeriesFacts::default()
        },
        sop_instance: format!("{series}.{number}"),
        number: Some(number),
        frames: 1,
        position: Some([0.0, 0.0, 2.5 * f64::from(number)]),
        form,
        ..Record::default()
    };
    Outcome::Instance(Box::new(record.into()))
}

/// One patient, one study, two series, and a file that could not be read.
fn small() -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = (1..=12).map(|number| slice("1.2.2", "Lung", "CT", number)).collect();
    outcomes.extend((1..=3).map(|number| slice("1.2.7", "Localizer", "MR", number)));
    outcomes.push(Outcome::Ignored);
    let what = "ends at byte 140, inside (0002,0010); the copy may be incomplete".to_owned();
    outcomes.push(Outcome::Problem(Problem { path: "/d/broken.dcm".into(), what }));
    outcomes
}

#[test]
fn while_nothing_is_found_the_screen_says_what_is_going_on() {
    assert!(start(80, 24).text().contains("Looking for DICOM files …"));
    let empty = start(80, 24).found(vec![Outcome::Ignored]);
    assert_eq!(empty.line("No DICOM"), "  No DICOM images here (1 file looked at).");
    assert!(empty.text().contains("topogram demo"));
}

#[test]
fn the_tree_names_patient_study_and_series() {
    let screen = start(80, 24).found(small());
    let lines = screen.lines();

    assert_eq!(lines[0], " Patients › studies › series");
    assert!(lines[1].starts_with(" ▾ Marie Curie") || lines[1].starts_with(" ▾ Curie"), "{}", lines[1]);
    assert!(lines[1].contains("TOP-1") && lines[1].contains("born 1867-11-07"), "{}", lines[1]);
    assert!(lines[2].contains("▾ 2024-01-31  Thorax") && lines[2].contains("2 series"), "{}", lines[2]);
    assert!(lines[3].contains("CT") && lines[3].contains("Lung") && lines[3].contains("12"), "{}", lines[3]);
    assert!(lines[4].contains("MR") && lines[4].contains("Localizer"), "{}", lines[4]);
}

#[test]
fn folding_a_patient_leaves_one_row() {
    let screen = start(80, 24).found(small()).press("C");

    assert!(screen.text().contains('▸') && !screen.text().contains("Lung"));
    assert!(screen.press("E").text().contains("Lung"));
}

#[test]
fn the_table_has_a_heading_and_a_row_for_every_series() {
    let screen = start(120, 40).found(small()).press("tab");
    let lines = screen.lines();

    // The preview is on the right of the line.
    let cells = |line: &str| line.split('│').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(cells(&lines[0]), "#↑ Mod Description Images Matrix Spacing Thk/Δz !");
    assert_eq!(cells(&lines[1]), "2 CT Lung 12 512x512x12 0.7 -/2.5");
    assert_eq!(cells(&lines[2]), "7 MR Localizer 3 512x512x3 0.7 -/2.5");
}

#[test]
fn a_filter_keeps_what_matches_and_says_when_nothing_does() {
    let screen = start(80, 24).found(small()).press("/ l o c a l");
    assert!(screen.line(" filter: ").contains("local"));
    assert!(screen.text().contains("Localizer") && !screen.text().contains("Lung"));

    let nothing = screen.press("x x");
    assert!(nothing.line("Nothing matches").contains("localxx"));
    assert!(nothing.press("esc").text().contains("Lung"));
}

#[test]
fn an_empty_prompt_shows_what_can_be_typed() {
    let screen = start(120, 24).found(small()).press("/");
    assert!(screen.line(" filter: ").contains("words, or modality:ct date:2019"));
}

#[test]
fn the_keys_that_may_follow_give_verdicts_by_their_words() {
    let line = start(80, 24).found(small()).press("v").line("v …");
    assert!(line.contains("1 good   2 bad   3 unsure"), "{line}");
    assert!(!line.contains("verdict-4"), "{line}");
}

#[test]
fn the_viewer_has_its_text_before_its_picture() {
    let screen = start(120, 40).found(small()).press("j j enter");

    let text = screen.text();
    assert!(text.contains("loading …"), "{text}");
    assert!(text.contains("Curie") && text.contains("TOP-1"), "{text}");
    assert!(text.contains("12"), "the number of slices: {text}");
    assert!(screen.press("q").text().contains("Patients › studies › series"));
}

#[test]
fn help_names_the_view_and_its_keys() {
    let help = start(120, 60).found(small()).press("?");
    assert!(help.line("Keys").contains("Keys in the browser"));
    assert!(help.line("Change between the tree and the table").contains("tab"));

    let over_image = start(120, 60).found(small()).press("j j enter ?");
    assert!(over_image.line("Keys").contains("Keys in the viewer"));
    assert!(over_image.text().contains("Go to slice 42."));
    assert!(!over_image.press("q").text().contains("Keys in the viewer"));
}

#[test]
fn problems_are_listed_with_the_whole_reason_below() {
    let screen = start(80, 24).found(small()).press("!");

    assert!(screen.text().contains("1 problem"));
    assert!(screen.line("broken.dcm").contains("ends at byte 140"));
    assert!(screen.text().contains("the copy may be incomplete"));
    let none = start(80, 24).found(vec![slice("1.2.2", "Lung", "CT", 1)]).press("!");
    assert!(none.text().contains("Every DICOM file was read"));
}

/// A canary in everything that a scan learns of who, where and when.
fn canaries() -> Vec<Outcome> {
    let mut outcomes = vec![];
    for (number, outcome) in
        (1..=3).map(|number| (number, slice("1.2.840.99999.77.5", "CANARY Lung", "CT", number)))
    {
        let Outcome::Instance(file) = outcome else { unreachable!() };
        let mut record = file.record();
        record.path = format!("/d/CANARY^Jane/CANARY {number}.dcm").into();
        record.patient_name = "CANARY^Jane".into();
        record.patient_id = "CANARY-7".into();
        record.birth_date = "18671107".into();
        record.study_uid = "1.2.840.99999.77.4".into();
        record.study_date = "20240131".into();
        record.study_description = "Thorax of CANARY".into();
        record.accession = "CANARY-8".into();
        record.series.date = "20240201".into();
        record.series.institution = "CANARY Hospital".into();
        record.series.protocol = "CANARY protocol".into();
        record.series.kernel = "CANARY".into();
        record.series.body_part = "CANARY".into();
        record.warnings = vec!["holds \"CANARY\" in 1.2.840.99999.77.5 of /d/CANARY^Jane/x".to_owned()];
        outcomes.push(Outcome::Instance(Box::new(record.into())));
    }
    let what = "is a copy of /d/CANARY Jane/CANARY.dcm of 20240131".to_owned();
    outcomes.push(Outcome::Problem(Problem { path: "/d/CANARY^Jane/CANARY.dcm".into(), what }));
    outcomes
}

#[test]
fn masked_identifiers_are_nowhere_on_the_screen() {
    let secrets = [
        "CANARY",
        "Jane",
        "1867",
        "2024-01",
        "2024-02",
        "20240131",
        "20240201",
        "1.2.840.99999.77",
        "Hospital",
    ];
    // Masked from the start, and while a view is open already.
    for keys in [
        "P",
        "P tab",
        "P j j enter",
        "j j enter P",
        "P !",
        "! P",
        "P j j d",
        "j j d P",
        "P ?",
        "j j enter s P",
        "P j j enter s",
    ] {
        for size in [(120, 40), (200, 60), (80, 24)] {
            let text = start(size.0, size.1).found(canaries()).press(keys).text();
            for secret in secrets {
                assert!(!text.contains(secret), "{keys}: {secret} in\n{text}");
            }
        }
    }
    let text = start(120, 40).found(canaries()).press("P").text();
    assert!(text.contains("masked") && text.contains("••••") && text.contains("Lung"), "{text}");
    let study = start(120, 40).found(canaries()).press("P j").line("Thorax");
    assert!(study.contains("day 0") && study.contains("Thorax of ••••"), "{study}");
}

#[test]
fn text_from_a_file_is_harmless_on_every_screen() {
    let evil = "A\x1b]0;owned\x07B\u{9b}2JC\u{202e}D\u{200b}";
    let Outcome::Instance(file) = slice("1.2.2", evil, "CT", 1) else { unreachable!() };
    let mut record = file.record();
    record.patient_name = evil.into();
    record.patient_id = evil.into();
    record.study_description = evil.into();
    record.series.modality = evil.into();
    record.series.number = evil.into();
    record.path = format!("/d/{evil}.dcm").into();
    let problem = Problem { path: format!("/d/{evil}").into(), what: evil.to_owned() };
    for keys in ["", "tab", "j j enter", "j j enter s", "!", "j j d", "/ q"] {
        let outcomes =
            vec![Outcome::Instance(Box::new(record.clone().into())), Outcome::Problem(problem.clone())];
        let text = start(120, 40).found(outcomes).press(keys).text();
        let bad = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert_eq!(text.chars().find(bad), None, "{keys:?}:\n{text}");
    }
}

#[test]
fn every_view_can_be_drawn_at_every_size() {
    for keys in [
        "",
        "tab",
        "j j enter",
        "j j d",
        "?",
        "!",
        "/ l u",
        "j j enter ?",
        "j j enter x",
        "j j enter s",
        "2 3",
    ] {
        for size in SIZES {
            let mut screen = start(80, 24).found(small()).press(keys).resize(size);
            assert_eq!(screen.lines().len(), usize::from(size.1), "{keys:?} at {size:?}");
            screen = screen.press("j G k space").resize((81, 25));
            assert_eq!(screen.lines().len(), 25);
        }
    }
}

#[test]
fn a_small_window_still_shows_the_row_under_the_cursor() {
    let screen = start(40, 12)
        .found((1..=50).map(|n| slice(&format!("1.2.{n}"), &format!("Series{n}"), "CT", 1)).collect());

    assert!(screen.press("G").text().contains("Series50"));
}

/// The planes of the series under the cursor, once their volume is there: air everywhere.
fn planes(screen: Screen, keys: &str) -> Screen {
    let mut screen = screen.press("enter").press(keys);
    let view = screen.app.volume().expect("the keys show planes");
    let (geometry, stack) = (view.geometry.clone(), view.images.stack().frames[0]);
    let [slices, rows, columns] = geometry.shape;
    let frame = Frame {
        pixels: Pixels::Gray(Stored::I16(ndarray::Array2::from_elem((rows, columns), -1000))),
        modality_lut: ModalityLut::IDENTITY,
        unit: "HU".into(),
        voi: vec![],
        padding: None,
        inverse: false,
        modality: "CT".into(),
        plane: None,
        spacing: None,
        calibration: Calibration::default(),
        patient_orientation: None,
        notes: vec![],
    };
    let mut volume = Volume::new(geometry, &frame, 1 << 30).unwrap();
    (0..slices).for_each(|slice| volume.set_slice(slice, &frame).unwrap());
    let result = Ok(Arc::new(Assembled { volume, missing: vec![], tracer: None }));
    screen.app.update(Event::Answer(Answer::Volume(Building::Done { stack, result })));
    screen
}

#[test]
fn three_planes_have_their_letters_their_rulers_and_one_point() {
    let loading = start(120, 40).found(small()).press("enter O");
    assert!(loading.line("reading slice").contains("reading slice 1 of 12 …"));
    assert!(loading.line("volume").contains("volume 0 %"));

    let screen = planes(start(120, 40).found(small()), "O");
    let text = screen.text();

    for part in ["AX H 17.5 mm", "COR P", "SAG L", "Curie", "512 x 512 x 12 voxels", "10 cm", "7/12"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(screen.line("-1000").contains("column 256 row 256 slice 7  (179.2, 179.2, 17.5) mm"), "{text}");
    let coronal = screen.line("SAG L");
    assert!(coronal.contains(" H "), "the head is above: {coronal}");
}

#[test]
fn planes_fit_every_window() {
    for keys in ["O", "A T", "S p", "M", "B", "L L L", "L L L L", "O y r"] {
        for size in SIZES {
            let screen = planes(start(80, 24).found(small()), keys).resize(size);
            assert_eq!(screen.lines().len(), usize::from(size.1), "{keys:?} at {size:?}");
            assert_eq!(screen.press("j l + tab G - space").resize((81, 25)).lines().len(), 25);
        }
    }
}

#[test]
fn masked_identifiers_are_nowhere_beside_planes() {
    let text = planes(start(120, 40).found(small()), "O P").text();
    for secret in ["Curie", "Marie", "TOP-1", "1867"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}
