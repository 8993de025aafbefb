//! The steps of the pipeline: keys in, state and orders out.

use super::*;
use crate::{
    app::steps::Progress,
    work::{Form, Order, Recipe, Rehearsal, Rehearsing, Step},
};

fn rehearsed(effects: &[Effect]) -> Option<&Rehearsal> {
    effects.iter().find_map(|effect| match effect {
        Effect::Rehearse(rehearsal, _) => Some(&**rehearsal),
        _ => None,
    })
}

/// The steps over a stack without pixel distances.
fn over_steps() -> App {
    let mut app = viewing(5);
    let effects = press(&mut app, "s");
    assert_eq!(rehearsed(&effects).unwrap().target.slices.len(), 5);
    app
}

#[test]
fn the_steps_of_what_has_no_distances_and_is_no_ct_begin_with_nothing_but_units() {
    let mut app = over_steps();
    assert_eq!(app.steps().unwrap().recipe, Recipe::PLAIN);
    assert_eq!(app.context(), Context::Steps);
    let effects = press(&mut app, "q");
    assert!(effects.contains(&Effect::Abandon) && app.viewer().is_some(), "nobody waits any more");
}

#[test]
fn space_does_a_step_or_leaves_it_out_and_the_files_are_no_step() {
    let mut app = over_steps();
    assert_eq!(rehearsed(&press(&mut app, " ")), None);
    let effects = press(&mut app, "jjj ");
    assert_eq!(rehearsed(&effects).unwrap().recipe, Recipe { lungs: Some(true), ..Recipe::PLAIN });
    let effects = press(&mut app, " ");
    assert_eq!(rehearsed(&effects).unwrap().recipe, Recipe::PLAIN);
}

#[test]
fn what_is_centred_is_normalised_too() {
    let mut app = over_steps();
    let effects = press(&mut app, "G ");
    let recipe = &rehearsed(&effects).unwrap().recipe;
    assert_eq!((recipe.normalise, recipe.zero_centre), (Some((-1000.0, 400.0)), Some(0.25)));
    let effects = press(&mut app, "k ");
    assert_eq!(rehearsed(&effects).unwrap().recipe, Recipe::PLAIN);
}

#[test]
fn a_value_is_typed_and_refused_with_a_reason() {
    let mut app = over_steps();
    press(&mut app, "jjjjj\n");
    assert_eq!(app.steps().unwrap().step(), Step::Normalise);
    assert_eq!(app.prompt.as_ref().unwrap().text, "-1000,400");
    app.prompt.as_mut().unwrap().text.clear();
    let effects = press(&mut app, "0,80\n");
    assert_eq!(rehearsed(&effects).unwrap().recipe.normalise, Some((0.0, 80.0)));

    press(&mut app, "\n");
    app.prompt.as_mut().unwrap().text = "wide".into();
    assert_eq!(rehearsed(&press(&mut app, "\n")), None);
    assert!(app.notice.as_ref().unwrap().contains("-1000,400"), "{:?}", app.notice);
    assert_eq!(app.steps().unwrap().recipe.normalise, Some((0.0, 80.0)));
}

#[test]
fn the_command_is_copied_as_it_is_shown_and_names_nobody_when_masked() {
    let mut app = over_steps();
    press(&mut app, "T");
    let effects = press(&mut app, "y");
    let expected = "topogram pipeline /d --query uid:1.1 -o prepared --tutorial";
    assert!(effects.contains(&Effect::Copy(expected.to_owned())), "{effects:?}");
    press(&mut app, "P");
    assert_eq!(app.steps_command(), "topogram pipeline FOLDER --mask-phi -o prepared --tutorial");
}

#[test]
fn what_the_steps_make_is_written_and_not_what_the_files_hold() {
    let mut app = over_steps();
    press(&mut app, "jjj ");
    let effects = press(&mut app, "Wn");
    let order = effects.iter().find_map(|effect| match effect {
        Effect::Export(Order::Stacks(order)) => Some(order),
        _ => None,
    });
    let order = order.unwrap();
    assert_eq!(order.targets[0].owner, Some(("7".into(), "1.1".into())));
    assert_eq!(order.recipe, Some(Recipe { lungs: Some(true), ..Recipe::PLAIN }));
    assert!(matches!(order.form, Form::Array(_)));
    let effects = press(&mut app, "PWn");
    let named = |effect: &Effect| matches!(effect, Effect::Export(Order::Stacks(order)) if order.targets[0].owner.is_some());
    assert!(!effects.iter().any(named), "nobody is named once names are hidden");
}

#[test]
fn what_is_heard_of_steps_that_nobody_waits_for_is_ignored() {
    let mut app = over_steps();
    let name = rehearsed(&press(&mut app, "T")).unwrap().name();
    let mut hear = |rehearsing| {
        app.update(Event::Answer(Answer::Rehearsal(rehearsing)));
        match &app.steps().unwrap().progress {
            Progress::Coming(done, _) => Ok(*done),
            Progress::Refused(why) => Err(why.clone()),
            Progress::Here(_) => panic!("nothing was done"),
        }
    };
    assert_eq!(hear(Rehearsing::Going { name: name + 1, done: 4, all: 5 }), Ok(0));
    assert_eq!(hear(Rehearsing::Going { name, done: 2, all: 5 }), Ok(2));
    assert_eq!(hear(Rehearsing::Done { name: name + 1, result: Err("old".into()) }), Ok(2));
    assert_eq!(hear(Rehearsing::Done { name, result: Err("colours".into()) }), Err("colours".into()));
}
