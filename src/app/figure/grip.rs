//! The window on a histogram, taken by the mouse: by an edge, or in the middle.

use super::Chart;
use crate::{
    app::{App, Contrast, app::Drag},
    model::Window,
};
use ratatui::{
    crossterm::event::{MouseButton, MouseEvent, MouseEventKind},
    layout::Position,
};

/// What of the window is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::app) enum Grip {
    /// Its lower edge.
    Low,
    /// Its upper edge.
    High,
    /// All of it, so far above the value under the mouse.
    Whole(f64),
}

/// An edge is held this many columns beside it, too.
const NEAR: f64 = 1.5;

impl App {
    /// Moves the window that is held, or takes hold of it; false if the mouse means something else.
    pub(in crate::app) fn mouse_over_chart(&mut self, mouse: MouseEvent) -> bool {
        let area = self.chart_area();
        let held = if let Some(Drag::Grip(grip)) = self.drag { Some(grip) } else { None };
        if held.is_none() && !area.contains(Position::new(mouse.column, mouse.row)) {
            return false;
        }
        if matches!(mouse.kind, MouseEventKind::Up(_)) {
            self.drag = None;
            return true;
        }
        let columns = usize::from(area.width);
        let (Some(chart), Some(viewer)) = (self.chart(columns), self.toned_mut()) else { return true };
        let (Some((low, high)), Some(window)) = (chart.span, viewer.window()) else { return true };
        let part = (f64::from(mouse.column) - f64::from(area.x) + 0.5) / columns.max(1) as f64;
        let value = low + part * (high - low);
        let grip = match (mouse.kind, held) {
            (MouseEventKind::Down(MouseButton::Left), _) => grip(&chart, window, part, value, columns),
            (MouseEventKind::Drag(_), Some(grip)) => grip,
            _ => return true,
        };
        viewer.contrast = Contrast::Fixed(moved(window, grip, value), None);
        self.drag = Some(Drag::Grip(grip));
        true
    }
}

/// What is held at a part of the width, where that value is.
fn grip(chart: &Chart, window: Window, part: f64, value: f64, columns: usize) -> Grip {
    let Some([low, high]) = chart.edges(window) else { return Grip::Whole(0.0) };
    let (to_low, to_high) = ((part - low).abs(), (part - high).abs());
    let near = NEAR / columns.max(1) as f64;
    if part > low && part < high && to_low.min(to_high) > near {
        Grip::Whole(window.center - value)
    } else if to_low < to_high {
        Grip::Low
    } else {
        Grip::High
    }
}

/// The window with what is held at that value; edges do not pass one another.
fn moved(window: Window, grip: Grip, value: f64) -> Window {
    let half = window.width / 2.0;
    let (low, high) = (window.center - half, window.center + half);
    let least = (window.width * 1e-3).max(1e-6);
    let (low, high) = match grip {
        Grip::Low => (value.min(high - least), high),
        Grip::High => (low, value.max(low + least)),
        Grip::Whole(above) => (value + above - half, value + above + half),
    };
    Window { center: f64::midpoint(low, high), width: high - low, ..window }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_moves_alone_and_never_past_the_other() {
        let window = Window::linear(50.0, 100.0);
        assert_eq!(moved(window, Grip::Low, 40.0), Window::linear(70.0, 60.0));
        assert_eq!(moved(window, Grip::High, 20.0), Window::linear(10.0, 20.0));
        let crossed = moved(window, Grip::High, -500.0);
        assert!(crossed.width > 0.0 && (crossed.center - crossed.width / 2.0).abs() < 1e-9);
        assert_eq!(moved(window, Grip::Whole(10.0), 60.0), Window::linear(70.0, 100.0));
    }

    #[test]
    fn what_is_nearest_is_held() {
        let chart = Chart { span: Some((0.0, 100.0)), ..Chart::empty("") };
        let window = Window::linear(50.0, 40.0);
        let at = |value: f64| grip(&chart, window, value / 100.0, value, 100);
        assert_eq!(at(5.0), Grip::Low);
        assert_eq!(at(31.0), Grip::Low);
        assert_eq!(at(45.0), Grip::Whole(5.0));
        assert_eq!(at(69.0), Grip::High);
        assert_eq!(at(95.0), Grip::High);
    }
}
