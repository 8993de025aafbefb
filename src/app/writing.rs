//! Stacks and values written to files from where one looks at them.

use super::{Action, App, Effect, Node, View};
use crate::{
    model::{RowKind, SeriesId, Stack, shown},
    work::{
        ArrayFormat, Exporting, Form, Order, PictureFormat, Selection, Stacks, Target, ValueTask, targets_of,
    },
};

impl Action {
    /// What this action writes; nothing if it does not write.
    fn form(self) -> Option<Form> {
        Some(match self {
            Self::WritePicture | Self::WritePictures => Form::Pictures(PictureFormat::Png),
            Self::WriteFilm => Form::Gif,
            Self::WriteSheet => Form::Sheet,
            Self::WriteArray => Form::Array(ArrayFormat::Npy),
            Self::WriteNifti => Form::Array(ArrayFormat::NiiGz),
            Self::WriteNrrd => Form::Array(ArrayFormat::Nrrd),
            Self::WriteTable => Form::Csv,
            Self::WriteFiles => Form::Dicom,
            _ => return None,
        })
    }
}

impl App {
    /// Does what the keys for writing ask for; `None` if this action is none of them.
    pub(super) fn write(&mut self, action: Action) -> Option<Vec<Effect>> {
        let form = action.form()?;
        if self.refuses_unchecked() {
            return Some(vec![]);
        }
        if form.tells_all() && self.mask.is_on() {
            return Some(self.say("Files name the patients; topogram deidentify writes some that do not."));
        }
        if let Some(effects) = self.write_steps(form) {
            return Some(effects);
        }
        let single = action == Action::WritePicture;
        let targets = if single { self.slice_in_sight() } else { self.stacks_in_sight(self.selection(form)) };
        if targets.is_empty() {
            return Some(
                self.say("Nothing to write here: put the cursor on a series with images, or a study."),
            );
        }
        let look = self.images().map(super::Viewer::look);
        Some(vec![Effect::Export(Order::Stacks(Stacks { form, targets, look, recipe: None }))])
    }

    /// Writes the value that is looked at to a file.
    pub(super) fn write_value(&mut self) -> Vec<Effect> {
        let from_tags = || {
            let view = self.tags().filter(|view| view.arrived)?;
            let (at, row) = view.tags.selected()?;
            Some((view.instances[view.at], view.tags.place_of(at)?, row))
        };
        let looked_at = || self.value().map(|view| (view.instance, view.place.clone(), &view.row));
        let Some((instance, place, row)) = looked_at().or_else(from_tags) else {
            return self.say("There is no value to write here.");
        };
        let refusal = match row.kind {
            RowKind::Leaf if self.mask.is_on() && row.secret.is_some() => {
                Some("The value may identify somebody and is hidden; it is not written.")
            }
            RowKind::Leaf if row.length == Some(0) => Some("The value is empty."),
            RowKind::Leaf => None,
            _ => Some("A sequence has no value of its own; its items stand below it."),
        };
        if let Some(refusal) = refusal {
            return self.say(refusal);
        }
        let path = self.library.path(instance).into();
        let uid = self.library.instance(instance).sop_instance().to_owned();
        vec![Effect::Export(Order::Value(ValueTask {
            path,
            place,
            keyword: row.keyword.raw().to_owned(),
            uid,
        }))]
    }

    fn selection(&self, form: Form) -> Selection {
        Selection { slice: None, over_time: form.is_over_time(), masked: self.mask.is_on() }
    }

    /// The slice that is looked at, or that the preview shows.
    fn slice_in_sight(&self) -> Vec<Target> {
        let previewed = || {
            let series = self.browser.series(&self.library)?;
            let middle = self.browser.summary(series)?.middle?;
            let place = |stack: &Stack| stack.frames.iter().position(|&key| key == middle);
            let stacks = self.library.stacks(series);
            stacks.iter().enumerate().find_map(|(at, stack)| Some((series, at, place(stack)?)))
        };
        let viewed = self.images().map(|viewer| (viewer.series, viewer.stack, viewer.slice));
        let Some((series, stack, slice)) = viewed.or_else(previewed) else { return vec![] };
        let selection = Selection { slice: Some(slice + 1), ..self.selection(Form::Sheet) };
        let mut targets = targets_of(&self.library, series, selection);
        targets.retain(|target| target.stack == stack);
        targets
    }

    /// The stack that is looked at, or those of the series or study under the cursor.
    fn stacks_in_sight(&self, selection: Selection) -> Vec<Target> {
        let of = |series: SeriesId| targets_of(&self.library, series, selection);
        match (self.images(), self.views.last(), self.browser.cursor()) {
            (Some(viewer), ..) => {
                let mut targets = of(viewer.series);
                // Stacks over time are one, called after the first.
                let at = targets.iter().rposition(|target| target.stack <= viewer.stack);
                at.map(|at| targets.swap_remove(at)).into_iter().collect()
            }
            (None, None | Some(View::Tags(_)), Some(Node::Series(series))) => of(series),
            (None, None, Some(Node::Study(study))) => {
                self.library.study(study).series.iter().flat_map(|&series| of(series)).collect()
            }
            _ => vec![],
        }
    }

    /// What is being written goes on, or is done.
    pub(super) fn hear_export(&mut self, exporting: Exporting) {
        self.notice = Some(match exporting {
            Exporting::Going(done, all) => format!("Writing: {} %", done * 100 / all.max(1)),
            Exporting::Done { files, trouble } => {
                let written = match &files[..] {
                    [] => String::new(),
                    [one] => format!("Wrote {}.", one.display()),
                    [first, ..] => format!("Wrote {} files, the first is {}.", files.len(), first.display()),
                };
                let trouble = trouble.map(|(why, count)| match count {
                    1 => why,
                    _ => format!("{why} ({count} stacks in all)"),
                });
                let said: Vec<String> = trouble.into_iter().chain([written]).collect();
                shown(said.join(" ").trim()).into_owned()
            }
        });
    }
}
