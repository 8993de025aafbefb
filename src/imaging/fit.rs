//! What part of a picture fits on the screen, and which pixel is under the mouse.
//!
//! Picture coordinates are pixels: `x` across, `y` down, the first pixel's
//! centre at (0.5, 0.5). Device coordinates are the same on the screen.

use super::Source;
use crate::model::Spacing;

/// No picture pixel is shown wider than this many device pixels.
const WIDEST_PIXEL: f64 = 64.0;

impl Spacing {
    /// Height of a pixel by its width.
    pub fn aspect(&self) -> f64 {
        self.row / self.column
    }
}

/// The user's choice of what to see; it stays meaningful when the next slice or the terminal has
/// another size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Magnification; at 1 the whole picture just fits.
    pub zoom: f64,
    /// The point in the middle of the screen, as fractions of the picture's width and height.
    pub center: (f64, f64),
}

impl Default for Viewport {
    /// The whole picture.
    fn default() -> Self {
        Self { zoom: 1.0, center: (0.5, 0.5) }
    }
}

/// A picture and the screen it is to fit in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    columns: f64,
    rows: f64,
    aspect: f64,
    canvas: (u32, u32),
}

/// What is drawn where: this part of the picture in that rectangle of the screen, black around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// In picture pixels; never reaches outside.
    pub source: Source,
    /// Left edge on the screen, device pixels.
    pub x: u32,
    /// Upper edge on the screen.
    pub y: u32,
    /// Device pixels across; zero only if the screen has none.
    pub width: u32,
    /// Device pixels down.
    pub height: u32,
}

impl Fit {
    /// A picture of `(rows, columns)` on a screen of `canvas` device pixels, `(width, height)`.
    ///
    /// `aspect` is the height of a picture pixel by its width, as in [`Spacing::aspect`], divided by the
    /// same of a device pixel where those are not square. One that makes no sense counts as 1. For a
    /// turned picture, pass shape and aspect through [`Turn`](super::Turn) first.
    pub fn new((rows, columns): (usize, usize), aspect: f64, canvas: (u32, u32)) -> Self {
        let sane = (0.01..=100.0).contains(&aspect);
        Self {
            columns: columns.max(1) as f64,
            rows: rows.max(1) as f64,
            aspect: if sane { aspect } else { 1.0 },
            canvas,
        }
    }

    /// The viewport that shows one picture column for each device column.
    pub fn one_to_one(&self, viewport: Viewport) -> Viewport {
        self.clamped(Viewport { zoom: 1.0 / self.scale(1.0).0, ..viewport })
    }

    /// The viewport magnified by `factor`; the point at `about` (device pixels), or else the middle of
    /// the screen, stays where it is as far as the edges of the picture allow.
    pub fn zoomed(&self, viewport: Viewport, factor: f64, about: Option<(f64, f64)>) -> Viewport {
        let zoomed = self.clamped(Viewport { zoom: viewport.zoom * factor, ..viewport });
        let Some(at) = about else { return zoomed };
        let (before, after) = (self.shown(viewport), self.shown(zoomed));
        let (was, is) = (before.to_picture(at), after.to_picture(at));
        let (x, y) = (zoomed.center.0 * self.columns, zoomed.center.1 * self.rows);
        self.centered(zoomed.zoom, x + was.0 - is.0, y + was.1 - is.1)
    }

    /// The viewport with the picture moved by `(right, down)` device pixels, up to its edges.
    pub fn panned(&self, viewport: Viewport, (right, down): (f64, f64)) -> Viewport {
        let viewport = self.clamped(viewport);
        let (across, along) = self.scale(viewport.zoom);
        let (x, y) = (viewport.center.0 * self.columns, viewport.center.1 * self.rows);
        self.centered(viewport.zoom, x - right / across, y - down / along)
    }

    /// The nearest viewport that shows no more black than it must and no pixel larger than makes sense.
    pub fn clamped(&self, viewport: Viewport) -> Viewport {
        let original = 1.0 / self.scale(1.0).0;
        let zoom = if viewport.zoom.is_finite() { viewport.zoom } else { 1.0 };
        let zoom = zoom.clamp(original.min(1.0), (original * WIDEST_PIXEL).max(1.0));
        let (x, y) = viewport.center;
        self.centered(zoom, x * self.columns, y * self.rows)
    }

    /// What is drawn where under a viewport.
    pub fn shown(&self, viewport: Viewport) -> Shown {
        let Viewport { zoom, center } = self.clamped(viewport);
        let (across, down) = self.scale(zoom);
        let (width, source_width) = extent(self.columns, across, self.canvas.0);
        let (height, source_height) = extent(self.rows, down, self.canvas.1);
        let start = |center: f64, shown: f64, all: f64| (center * all - shown / 2.0).clamp(0.0, all - shown);
        Shown {
            source: Source {
                x: start(center.0, source_width, self.columns),
                y: start(center.1, source_height, self.rows),
                width: source_width,
                height: source_height,
            },
            x: (self.canvas.0 - width) / 2,
            y: (self.canvas.1 - height) / 2,
            width,
            height,
        }
    }

    /// Device pixels for each picture pixel, across and down.
    fn scale(&self, zoom: f64) -> (f64, f64) {
        // A screen without pixels still needs a scale that can be divided by.
        let (width, height) = (f64::from(self.canvas.0.max(1)), f64::from(self.canvas.1.max(1)));
        let fit = (width / self.columns).min(height / (self.rows * self.aspect));
        (fit * zoom, fit * zoom * self.aspect)
    }

    /// A viewport around a point of the picture, moved so that no edge comes further in than it must.
    fn centered(&self, zoom: f64, x: f64, y: f64) -> Viewport {
        let (across, down) = self.scale(zoom);
        let along = |point: f64, all: f64, scale: f64, screen: u32| {
            let half = extent(all, scale, screen).1 / 2.0;
            if point.is_finite() { point.clamp(half, all - half) / all } else { 0.5 }
        };
        Viewport {
            zoom,
            center: (along(x, self.columns, across, self.canvas.0), along(y, self.rows, down, self.canvas.1)),
        }
    }
}

/// How much of the screen is used along one axis, and how many of the `all` picture pixels are there.
fn extent(all: f64, scale: f64, screen: u32) -> (u32, f64) {
    let needed = (all * scale).round().max(1.0);
    if needed <= f64::from(screen) {
        (needed as u32, all)
    } else {
        (screen, (f64::from(screen) / scale).min(all))
    }
}

impl Shown {
    /// The picture point under a device point, also where that is outside of the rectangle.
    pub fn to_picture(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let along = |at: f64, start: u32, length: u32, from: f64, extent: f64| {
            from + (at - f64::from(start)) * extent / f64::from(length.max(1))
        };
        let Source { x: left, y: top, width, height } = self.source;
        (along(x, self.x, self.width, left, width), along(y, self.y, self.height, top, height))
    }

    /// The device point of a picture point, also where that is off the screen.
    pub fn to_device(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let along = |at: f64, start: u32, length: u32, from: f64, extent: f64| {
            // A screen without pixels shows an extent of nothing.
            f64::from(start) + (at - from) * f64::from(length) / extent.max(f64::MIN_POSITIVE)
        };
        let Source { x: left, y: top, width, height } = self.source;
        (along(x, self.x, self.width, left, width), along(y, self.y, self.height, top, height))
    }

    /// The `(row, column)` of the picture pixel that a device pixel shows, or `None` beside it.
    pub fn pixel(&self, x: u32, y: u32) -> Option<(usize, usize)> {
        let inside =
            (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y);
        // The middle of a device pixel is never on the far edge of the source.
        let (column, row) = self.to_picture((f64::from(x) + 0.5, f64::from(y) + 0.5));
        inside.then_some((row as usize, column as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpacingSource;
    use proptest::prelude::*;

    fn rectangle(fit: Fit) -> (u32, u32, u32, u32) {
        let Shown { x, y, width, height, .. } = fit.shown(Viewport::default());
        (x, y, width, height)
    }

    #[test]
    fn a_square_slice_is_letterboxed_in_a_wide_terminal() {
        // 100 x 40 cells of 8 x 16 pixels have 100 x 80 square half blocks.
        assert_eq!(rectangle(Fit::new((512, 512), 1.0, (100, 80))), (10, 0, 80, 80));
    }

    #[test]
    fn pixels_that_are_taller_than_wide_make_a_taller_picture() {
        assert_eq!(rectangle(Fit::new((100, 100), 6.0 / 5.0, (100, 1000))), (0, 440, 100, 120));
        // A coronal cut through 133 slices 2.5 mm apart.
        let cut = Spacing { row: 2.5, column: 0.703_125, source: SpacingSource::Patient };
        assert_eq!(rectangle(Fit::new((133, 512), cut.aspect(), (512, 1000))), (0, 263, 512, 473));
    }

    #[test]
    fn at_one_to_one_a_small_picture_is_small() {
        let fit = Fit::new((64, 64), 1.0, (800, 600));
        let shown = fit.shown(fit.one_to_one(Viewport::default()));
        assert_eq!((shown.x, shown.y, shown.width, shown.height), (368, 268, 64, 64));
    }

    #[test]
    fn at_one_to_one_a_large_picture_shows_its_middle() {
        let fit = Fit::new((4000, 3000), 1.0, (800, 600));
        let shown = fit.shown(fit.one_to_one(Viewport::default()));
        assert_eq!((shown.width, shown.height), (800, 600));
        assert!((shown.source.x - 1100.0).abs() < 1e-9 && (shown.source.y - 1700.0).abs() < 1e-9);
        assert!((shown.source.width - 800.0).abs() < 1e-9);
    }

    #[test]
    fn panning_stops_at_the_edge_and_turns_back_at_once() {
        let fit = Fit::new((100, 100), 1.0, (100, 100));
        let twice = Viewport { zoom: 2.0, ..Viewport::default() };

        let far = fit.panned(twice, (1e6, 0.0));
        assert_eq!(fit.shown(far).source.x, 0.0);

        let back = fit.panned(far, (-20.0, 0.0));
        assert!((fit.shown(back).source.x - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_picture_that_fits_cannot_be_panned() {
        let fit = Fit::new((100, 100), 1.0, (300, 100));
        assert_eq!(fit.panned(Viewport::default(), (30.0, 30.0)), Viewport::default());
    }

    #[test]
    fn a_screen_without_pixels_shows_nothing_and_breaks_nothing() {
        let fit = Fit::new((100, 100), f64::NAN, (0, 0));
        let shown = fit.shown(fit.zoomed(Viewport::default(), f64::NAN, Some((3.0, 3.0))));
        assert_eq!((shown.width, shown.height, shown.pixel(0, 0)), (0, 0, None));
    }

    fn fits() -> impl Strategy<Value = Fit> {
        (1..3000usize, 1..3000usize, 0.2..5.0f64, 1..2000u32, 1..2000u32).prop_map(
            |(rows, columns, aspect, width, height)| Fit::new((rows, columns), aspect, (width, height)),
        )
    }

    fn viewports() -> impl Strategy<Value = Viewport> {
        (0.01..200.0f64, -0.5..1.5f64, -0.5..1.5f64)
            .prop_map(|(zoom, x, y)| Viewport { zoom, center: (x, y) })
    }

    proptest! {
        #[test]
        fn from_the_screen_to_the_picture_and_back(
            fit in fits(), viewport in viewports(), x in 0.0..2000.0f64, y in 0.0..2000.0f64,
        ) {
            let shown = fit.shown(viewport);
            let (back_x, back_y) = shown.to_device(shown.to_picture((x, y)));
            prop_assert!((back_x - x).abs() < 1e-6 && (back_y - y).abs() < 1e-6);
        }

        #[test]
        fn every_device_pixel_shows_a_pixel_of_the_picture(
            fit in fits(), viewport in viewports(), x in 0.0..1.0f64, y in 0.0..1.0f64,
        ) {
            let shown = fit.shown(viewport);
            prop_assert!(shown.x + shown.width <= fit.canvas.0 && shown.y + shown.height <= fit.canvas.1);
            let at = |fraction: f64, start: u32, length: u32| start + (fraction * f64::from(length)) as u32;

            let (row, column) = shown.pixel(at(x, shown.x, shown.width), at(y, shown.y, shown.height)).unwrap();

            prop_assert!((row as f64) < fit.rows && (column as f64) < fit.columns);
        }

        #[test]
        fn the_source_never_leaves_the_picture(fit in fits(), viewport in viewports()) {
            let Source { x, y, width, height } = fit.shown(viewport).source;
            prop_assert!(x >= 0.0 && y >= 0.0 && width > 0.0 && height > 0.0);
            prop_assert!(x + width <= fit.columns + 1e-6 && y + height <= fit.rows + 1e-6);
        }

        #[test]
        fn zooming_in_keeps_the_point_under_the_mouse(
            factor in 1.0..3.0f64, x in 0.2..0.8f64, y in 0.2..0.8f64,
        ) {
            let fit = Fit::new((512, 512), 1.0, (400, 400));
            let start = Viewport { zoom: 3.0, ..Viewport::default() };
            let at = (x * 400.0, y * 400.0);

            let zoomed = fit.zoomed(start, factor, Some(at));

            let (was, is) = (fit.shown(start).to_picture(at), fit.shown(zoomed).to_picture(at));
            prop_assert!((was.0 - is.0).abs() < 1e-6 && (was.1 - is.1).abs() < 1e-6);
        }

        #[test]
        fn a_clamped_viewport_is_its_own_clamp(fit in fits(), viewport in viewports()) {
            let once = fit.clamped(viewport);
            let twice = fit.clamped(once);
            prop_assert_eq!(once.zoom, twice.zoom);
            prop_assert!((once.center.0 - twice.center.0).abs() < 1e-12);
            prop_assert!((once.center.1 - twice.center.1).abs() < 1e-12);
        }
    }
}
