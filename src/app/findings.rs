//! What is listed as a problem: of the files, and of the series one is looking at.

use super::{App, Finding};
use crate::{config::CheckSettings, model::Tolerances};

/// Lines of the list: nobody reads more.
const MOST_FINDINGS: usize = 20_000;

/// What the settings say of geometry.
pub fn tolerances(settings: &CheckSettings) -> Tolerances {
    let &CheckSettings { spacing_mm, spacing_share, jitter_share, gap_share, tilt_degrees } = settings;
    Tolerances { spacing_mm, spacing_share, jitter_share, gap_share, tilt_degrees }
}

impl App {
    /// Over tags, what breaks the standard in their file. Files that could not be read; then what the slices of the series under the cursor show beside one
    /// another; then files that were read and are odd, those of that series first.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let of_tags = self.tags().into_iter().flat_map(|view| {
            let path = view.instances.get(view.at).map(|&id| self.library.path(id)).unwrap_or_default();
            let breaches = view.tags.listing().map(|listing| listing.breaches()).unwrap_or_default();
            breaches.iter().map(move |breach| Finding {
                path: path.clone(),
                what: breach.what.clone(),
                unread: false,
            })
        });
        let unread = self.library.problems.iter().map(|problem| Finding {
            path: problem.path.clone(),
            what: problem.what.clone(),
            unread: true,
        });
        let here = self.viewer().map(|viewer| viewer.series).or_else(|| self.browser.series(&self.library));
        let others = self.library.all_series().map(|(id, _)| id).filter(|&id| Some(id) != here);
        let odd =
            here.into_iter().chain(others).filter(|&id| self.library.series(id).warned > 0).flat_map(|id| {
                self.library.series(id).instances.iter().flat_map(|&instance| {
                    let warnings = self.library.instance(instance).warnings().iter();
                    let path = self.library.path(instance);
                    warnings.map(move |what| Finding {
                        path: path.clone(),
                        what: what.clone(),
                        unread: false,
                    })
                })
            });
        let volume = here.into_iter().flat_map(|id| self.library.volume_findings(id)).map(|finding| {
            let first = finding.instances.first();
            let path = first.map(|&id| self.library.folder(id).to_owned()).unwrap_or_default();
            Finding { path, what: finding.what, unread: false }
        });
        of_tags.chain(unread).chain(volume).chain(odd).take(MOST_FINDINGS).collect()
    }
}
