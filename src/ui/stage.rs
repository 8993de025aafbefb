//! One frame: the text from the state, the picture in its hole, and one write.

use super::{
    flow::Flow,
    hole::{Hole, Want},
    pen::Pen,
    views::draw,
};
use crate::{
    app::{App, Framing, View, layout, volume::PanePlace},
    config::Theme,
    imaging::{Source, Turn, Viewport},
    work::{Drawn, Picture},
};
use ratatui::{Terminal, layout::Rect};
use std::{
    io::{self, Write},
    sync::Arc,
    time::Instant,
};

/// What a frame is made of.
pub(super) struct Stage<'a, O: Write> {
    pub(super) app: &'a mut App,
    pub(super) terminal: &'a mut Terminal<Pen<O>>,
    pub(super) hole: Hole,
}

impl<O: Write> Stage<'_, O> {
    /// Draws one frame: text around the hole, the picture in it, all in one write, and a question after it
    /// that tells when it has arrived.
    pub(super) fn paint(&mut self, theme: &Theme, flow: &mut Flow) -> io::Result<()> {
        let bytes = {
            let mut frame = self.terminal.get_frame();
            draw(self.app, theme, &mut frame);
            self.hole.fill(want(self.app).as_ref(), self.app.canvas, flow.portion(), frame.buffer_mut())
        };
        let pen = self.terminal.backend_mut();
        pen.early(&bytes.early);
        pen.before(&bytes.before);
        self.terminal.flush()?;
        self.terminal.swap_buffers();
        let pen = self.terminal.backend_mut();
        let shared = bytes.shared;
        let written = pen.finish(|bytes| flow.question(bytes + shared))?;
        if let Some(whole) = bytes.begun {
            flow.begins(whole);
        }
        flow.wrote(written + shared, Instant::now());
        Ok(())
    }

    /// Every cell is drawn again with the next frame, and the picture put in its place again.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.hole.cleared();
        self.terminal.clear()
    }
}

/// The picture that belongs on the screen now, unless something lies over it.
fn want(app: &App) -> Option<Want<'_>> {
    if !app.overlays.is_empty() {
        return None;
    }
    match app.views.last() {
        Some(View::Viewer(viewer)) => {
            let drawn = viewer.shown.as_deref().filter(|_| viewer.error.is_none())?;
            if let Some(cells) = app.sheet_place() {
                let tiles = app.tiles().iter().map(|tile| tile.framing.cells).collect();
                return Some(measured(app, drawn, cells, tiles));
            }
            let framing = viewer.framing(app.viewer_area(), app.canvas)?;
            Some(wanted(drawn, &framing))
        }
        Some(View::Volume(view)) => {
            let drawn = view.drawn().map(Arc::as_ref).filter(|_| view.images.error.is_none())?;
            let panes = app.panes().iter().map(PanePlace::with_ruler).collect();
            Some(measured(app, drawn, app.scene_place()?, panes))
        }
        Some(View::Steps(view)) => {
            let drawn = view.images.shown.as_deref().filter(|_| view.images.error.is_none())?;
            Some(wanted(drawn, &app.steps_framing()?))
        }
        Some(View::Tags(_) | View::Transcript(_) | View::Value(_)) => None,
        None => {
            let drawn = app.preview.as_deref()?;
            let area = layout::browser(app.screen, app.browser.preview).picture;
            let form = &app.library.instance(drawn.key.instance).form;
            let framing = Framing::new(form, Turn::default(), Viewport::default(), area, app.canvas)?;
            Some(wanted(drawn, &framing))
        }
    }
}

/// A picture of several parts, made to measure. Text stands between them; where a picture lies over it, only they
/// are shown.
fn measured<'a>(app: &App, drawn: &'a Drawn, cells: Rect, panes: Vec<Rect>) -> Want<'a> {
    let (width, height) = match &drawn.picture {
        Picture::Kitty { size, .. } => *size,
        _ => app.canvas.pixels(cells.width, cells.height),
    };
    let source = Source { x: 0.0, y: 0.0, width: width.into(), height: height.into() };
    Want { drawn, cells, source, panes }
}

/// A picture that was made to measure is shown whole; one the terminal scales, as the viewport says.
fn wanted<'a>(drawn: &'a Drawn, framing: &Framing) -> Want<'a> {
    let source = match &drawn.picture {
        Picture::Kitty { size: (width, _), native: true, .. } => {
            let times = f64::from(*width) / framing.columns().max(1.0);
            let Source { x, y, width, height } = framing.source;
            Source { x: x * times, y: y * times, width: width * times, height: height * times }
        }
        Picture::Kitty { size: (width, height), .. } => {
            Source { x: 0.0, y: 0.0, width: f64::from(*width), height: f64::from(*height) }
        }
        _ => framing.source,
    };
    Want { drawn, cells: framing.cells, source, panes: vec![] }
}
