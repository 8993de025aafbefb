//! Planes of a volume: keys in, state out.

mod beside;
mod measuring;
mod plots;
mod scout;
pub(super) use beside::two_series;

use super::*;
use crate::{
    app::volume::{Arrangement, Material},
    imaging::{Palette, Projection, View as Side, Volume},
    model::{Calibration, Frame, Geometry, ModalityLut, Pixels, Spacing, SpacingSource, Stored},
    work::{Assembled, Building, Scene, Show},
};

/// Rows and columns of every slice.
const SIDE: u32 = 6;

/// A program over axial slices 2 mm apart with pixels of 1 mm; the first is at the origin.
fn program(slices: i32, spacing: Option<SpacingSource>) -> App {
    let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
    app.update(Event::Resize(120, 40));
    let slice = |k: i32| Record {
        path: format!("/d/{k}").into(),
        patient_id: "7".into(),
        study_uid: "1".into(),
        series_uid: "1.1".into(),
        sop_instance: format!("1.1.{k}"),
        frames: 1,
        position: Some([0.0, 0.0, 2.0 * f64::from(k)]),
        form: Form {
            has_pixels: true,
            rows: SIDE,
            columns: SIDE,
            samples: 1,
            orientation: Orientation::from_values(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            spacing: spacing.map(|source| Spacing { row: 1.0, column: 1.0, source }),
            ..Form::default()
        },
        ..Record::default()
    };
    let files = (0..slices).map(|k| {
        let record = slice(k);
        (record.path.clone(), Outcome::Instance(Box::new(record.into())))
    });
    app.update(Event::Found(Found::Files(files.collect())));
    app.update(Event::Found(Found::Done));
    press(&mut app, "\n");
    survey(&mut app, 0);
    app
}

/// What a worker would have put together: the value of a voxel is its slice.
fn assembled(geometry: &Geometry) -> Arc<Assembled> {
    assembled_in(geometry, "HU")
}

/// The same in a unit.
fn assembled_in(geometry: &Geometry, unit: &str) -> Arc<Assembled> {
    let frame = |value: usize| Frame {
        pixels: Pixels::Gray(Stored::U8(ndarray::Array2::from_elem(
            (SIDE as usize, SIDE as usize),
            value as u8,
        ))),
        modality_lut: ModalityLut::IDENTITY,
        unit: unit.into(),
        voi: vec![],
        padding: None,
        inverse: false,
        modality: Text::default(),
        plane: None,
        spacing: None,
        calibration: Calibration::default(),
        patient_orientation: None,
        notes: vec![],
    };
    let mut volume = Volume::new(geometry.clone(), &frame(0), 1 << 20).unwrap();
    for slice in 0..geometry.shape[0] {
        volume.set_slice(slice, &frame(slice)).unwrap();
    }
    Arc::new(Assembled { volume, missing: vec![], tracer: None })
}

/// Carries out what was asked for; true if a volume was.
fn build(app: &mut App, effects: &[Effect]) -> bool {
    let plan = effects.iter().find_map(|effect| match effect {
        Effect::Build(plan, _) => Some(plan.clone()),
        _ => None,
    });
    let Some(plan) = plan else { return false };
    let result = Ok(assembled(&plan.geometry));
    app.update(Event::Answer(Answer::Volume(Building::Done { stack: plan.name().unwrap(), result })));
    true
}

/// Eleven slices, seen in planes by a key.
fn planes(keys: &str) -> App {
    let mut app = program(11, Some(SpacingSource::Patient));
    let effects = press(&mut app, keys);
    assert!(build(&mut app, &effects));
    app
}

fn scene(effects: &[Effect]) -> Option<&Scene> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Wish(jobs) => {
            jobs.iter().find_map(|job| if let Job::Scene(scene) = job { Some(scene) } else { None })
        }
        _ => None,
    })
}

#[test]
fn each_plane_has_a_key_and_the_volume_is_put_together_once() {
    for (key, side, arrangement) in [
        ("A", Side::Axial, Arrangement::One),
        ("C", Side::Coronal, Arrangement::One),
        ("S", Side::Sagittal, Arrangement::One),
        ("O", Side::Axial, Arrangement::Three),
    ] {
        let mut app = planes(key);
        let view = app.volume().unwrap();
        assert_eq!((view.active, view.arrangement), (side, arrangement), "{key}");

        press(&mut app, "q");
        assert!(app.viewer().is_some());
        let effects = press(&mut app, key);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Build(..))), "it is kept");
        assert!(app.volume().unwrap().body().is_some());
    }
}

#[test]
fn images_without_place_or_scale_say_why_there_are_no_planes_and_stay() {
    for (mut app, why) in [
        (program(11, None), "how far their pixels are apart"),
        (program(1, Some(SpacingSource::Patient)), "single slice"),
    ] {
        assert_eq!(press(&mut app, "O").len(), 0);
        assert!(app.viewer().is_some() && app.notice.as_ref().unwrap().contains(why), "{:?}", app.notice);
    }
}

#[test]
fn the_point_begins_on_the_slice_that_was_seen_and_goes_back_to_it() {
    let mut app = planes("kkA");
    assert_eq!(app.volume().unwrap().point, [3.0, 3.0, 6.0]);
    assert_eq!(app.volume().unwrap().value().unwrap(), ([3, 3, 3], Some(3.0)));

    press(&mut app, "j");
    assert_eq!(app.volume().unwrap().point[2], 8.0);
    press(&mut app, "q");

    assert_eq!(app.viewer().unwrap().slice, 4);
}

#[test]
fn keys_scroll_the_active_plane_from_end_to_end_and_no_further() {
    let mut app = planes("O");
    press(&mut app, "G");
    assert_eq!((app.volume().unwrap().slice(), app.volume().unwrap().point[2]), ((10, 11), 20.0));
    assert_eq!(press(&mut app, "j"), []);
    press(&mut app, "gg");
    assert_eq!(app.volume().unwrap().slice(), (0, 11));
    press(&mut app, "4G");
    assert_eq!(app.volume().unwrap().slice(), (3, 11));
    press(&mut app, "99G");
    assert_eq!(app.volume().unwrap().slice(), (10, 11));

    app.update(Event::Key(KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE)));
    assert_eq!(app.volume().unwrap().active, Side::Coronal);
    press(&mut app, "gg");
    assert_eq!(app.volume().unwrap().point[1], 0.0);
    press(&mut app, "j");
    assert_eq!(app.volume().unwrap().point[1], 1.0, "on the next row of voxels");
}

#[test]
fn with_the_crosshair_on_the_motion_keys_move_the_point_within_the_plane() {
    let mut app = planes("O");
    press(&mut app, "xlj");
    assert_eq!(app.volume().unwrap().point, [4.0, 4.0, 10.0]);
    press(&mut app, "\x1b");
    assert!(!app.volume().unwrap().crosshair && app.volume().is_some());
    press(&mut app, "\x1b");
    assert!(app.viewer().is_some());
}

#[test]
fn three_panes_of_one_scale_are_asked_for_as_one_picture() {
    let mut app = program(11, Some(SpacingSource::Patient));
    let effects = press(&mut app, "O");
    assert!(scene(&effects).is_none(), "there is nothing to draw yet");
    assert!(build(&mut app, &effects));
    let effects = press(&mut app, "j");

    let scene = scene(&effects).unwrap();

    assert_eq!(scene.panes.len(), 3);
    let pixel = scene.panes[0].cut.pixel;
    assert!(scene.panes.iter().all(|pane| (pane.cut.pixel - pixel).abs() < 1e-12));
    for pane in &scene.panes {
        let (.., before) = pane.cut.find(app.volume().unwrap().point);
        assert!(before.abs() < 1e-9, "every plane holds the point");
    }
}

#[test]
fn a_point_that_was_clicked_is_the_point_under_that_cell() {
    let mut app = planes("O");
    for pane in app.panes() {
        let (column, row) =
            (pane.picture.x + pane.picture.width / 2, pane.picture.y + pane.picture.height / 2);
        let mouse = |kind| {
            Event::Mouse(ratatui::crossterm::event::MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            })
        };
        app.update(mouse(ratatui::crossterm::event::MouseEventKind::Down(
            ratatui::crossterm::event::MouseButton::Left,
        )));
        let view = app.volume().unwrap();
        assert_eq!(view.active, pane.side);
        let (seen_row, seen_column, _) = pane.cut.find(view.point);
        let (width, height) = (pane.cut.columns as f64, pane.cut.rows as f64);
        assert!((seen_column / width - 0.5).abs() < 0.1 && (seen_row / height - 0.5).abs() < 0.1);
    }
}

#[test]
fn a_slab_has_a_projection_and_a_thickness() {
    let mut app = planes("A");
    assert_eq!(app.volume().unwrap().slab(), None);
    for projection in [Projection::Largest, Projection::Smallest, Projection::Mean] {
        press(&mut app, "p");
        assert_eq!(app.volume().unwrap().slab().unwrap().projection, projection);
    }
    press(&mut app, "p");
    assert_eq!(app.volume().unwrap().slab(), None);
    press(&mut app, "z");
    assert!(app.volume().unwrap().slab().unwrap().thickness > 10.0, "a thickness asks for a slab");
    press(&mut app, &"Z".repeat(60));
    assert_eq!(app.volume().unwrap().slab().unwrap().thickness, 0.5);
}

#[test]
fn leaving_before_the_volume_is_there_abandons_it() {
    let mut app = program(11, Some(SpacingSource::Patient));
    let effects = press(&mut app, "O");
    let Some(Effect::Build(plan, _)) = effects.iter().find(|e| matches!(e, Effect::Build(..))) else {
        panic!()
    };
    let stack = plan.name().unwrap();
    app.update(Event::Answer(Answer::Volume(Building::Progress { stack, done: 5, all: 11 })));
    assert!(matches!(app.volume().unwrap().material, Material::Coming(5, 11)));

    assert!(press(&mut app, "q").contains(&Effect::Abandon));

    // What was sent before the worker heard of it changes nothing on screen.
    app.update(Event::Answer(Answer::Volume(Building::Progress { stack, done: 6, all: 11 })));
    assert!(app.viewer().is_some());
}

#[test]
fn a_volume_that_is_refused_says_why() {
    let mut app = program(11, Some(SpacingSource::Patient));
    press(&mut app, "O");
    let stack = app.volume().unwrap().images.stack().frames[0];
    let result = Err("the volume takes 900 MiB of memory, and 64 MiB are allowed".to_owned());
    app.update(Event::Answer(Answer::Volume(Building::Done { stack, result })));

    assert!(matches!(&app.volume().unwrap().material, Material::Refused(why) if why.contains("900 MiB")));
}

#[test]
fn zooming_keeps_the_point_where_it_is_and_fit_shows_all_again() {
    let mut app = planes("A");
    press(&mut app, "xl");
    let before = app.panes()[0].pixel_of(app.volume().unwrap().point);
    press(&mut app, "++");
    let after = app.panes()[0].pixel_of(app.volume().unwrap().point);
    assert!((before.0 - after.0).abs() < 1.5 && (before.1 - after.1).abs() < 1.5, "{before:?} {after:?}");

    press(&mut app, "=");
    let view = app.volume().unwrap();
    assert_eq!((view.zoom, view.center), (1.0, view.geometry.center()));
}

#[test]
fn tilted_planes_stay_square_and_backspace_undoes_every_turn() {
    let mut app = planes("O");
    press(&mut app, "yyeer");
    let view = app.volume().unwrap();
    let axial = view.axes_of(Side::Axial);
    assert!(crate::model::dot(axial.row, axial.column).abs() < 1e-9);
    assert!(!axial.is_parallel(&Side::Axial.orientation()));
    assert!(!view.axes_of(Side::Coronal).is_parallel(&Side::Coronal.orientation()), "turned by r");
    assert_eq!(view.point, [3.0, 3.0, 10.0], "the point stays");

    app.update(Event::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE)));

    assert!(app.volume().unwrap().axes_of(Side::Axial).is_parallel(&Side::Axial.orientation()));
}

#[test]
fn a_turn_and_its_opposite_leave_the_plane_where_it_was() {
    let mut app = planes("O");
    let before = app.volume().unwrap().axes;
    press(&mut app, "yyyYYY");
    let after = app.volume().unwrap().axes;
    for (before, after) in before.iter().zip(after) {
        assert!(before.is_parallel(&after));
    }
}

#[test]
fn the_whole_is_turned_by_the_motion_keys_and_drawn_coarsely_meanwhile() {
    let mut app = planes("M");
    let effects = press(&mut app, "l");
    let turning = &scene(&effects).unwrap().panes[0];
    assert_eq!((turning.show, turning.fine), (Show::Largest, false));
    assert!(!app.volume().unwrap().outside.is_parallel(&Side::Coronal.orientation()));

    let effects = app.update(Event::Rest);
    let still = &scene(&effects).unwrap().panes[0];
    assert!(still.fine && still.cut.pixel < turning.cut.pixel);

    press(&mut app, &"l".repeat(35));
    let [x, y, z] = app.volume().unwrap().outside.row;
    assert!((x - 1.0).abs() < 1e-9 && y.abs() < 1e-9 && z.abs() < 1e-9, "once around");
}

#[test]
fn a_surface_has_presets_and_a_threshold_that_keys_move() {
    let mut app = planes("B");
    let bone = app.volume().unwrap().surface_threshold().unwrap();
    press(&mut app, "z");
    assert!(app.volume().unwrap().surface_threshold().unwrap() > bone);
    press(&mut app, "B");
    assert!(app.volume().unwrap().surface_threshold().unwrap() < bone, "the skin");
    press(&mut app, "A");
    assert_eq!(app.volume().unwrap().arrangement, Arrangement::One);
}

#[test]
fn sheets_show_pages_of_slices_and_at_last_all_of_them() {
    let mut app = planes("L");
    let depths = |app: &App| app.panes().iter().map(|pane| pane.point[2]).collect::<Vec<_>>();
    assert_eq!(depths(&app), [8.0, 10.0, 12.0, 14.0], "the page of slice 6");
    press(&mut app, "jjj");
    assert_eq!(depths(&app), [16.0, 18.0, 20.0], "the last page is not full");
    press(&mut app, "L");
    assert_eq!(depths(&app).len(), 9, "the page of nine that holds it");
    press(&mut app, "LL");
    assert_eq!(app.volume().unwrap().arrangement, Arrangement::Whole);
    assert_eq!(depths(&app).len(), 11);
    press(&mut app, "L");
    assert_eq!(app.volume().unwrap().arrangement, Arrangement::One);
}

#[test]
fn a_palette_colours_slices_and_planes() {
    let mut app = planes("O#");
    assert_eq!(app.volume().unwrap().images.palette, Palette::Inverted);
    press(&mut app, "#q");
    assert_eq!(app.viewer_shot(0).unwrap().look.palette, Palette::HotIron);
}

#[test]
fn the_picture_of_another_layout_is_not_shown_in_the_places_of_this_one() {
    let mut app = planes("O");
    let answer = |app: &mut App, keys: &str| {
        let effects = press(app, keys);
        let scene = scene(&effects).unwrap();
        let (name, key) = (scene.name(), app.volume().unwrap().images.key());
        app.update(Event::Answer(finished(name, key, Detail::Whole, 0)));
    };
    answer(&mut app, "j");
    assert!(app.volume().unwrap().drawn().is_some());
    answer(&mut app, "k");
    assert!(app.volume().unwrap().drawn().is_some(), "of the next plane there is that of the last one");

    press(&mut app, "O");
    assert!(app.volume().unwrap().drawn().is_none());
    press(&mut app, "O");
    assert!(app.volume().unwrap().drawn().is_some(), "back again, nothing has to be made");
}
