//! One value as a whole: its text in lines, or its bytes as a dump with their offsets in the file.

use super::words;
use crate::{
    app::{App, Dump, ValueView, layout},
    config::Theme,
    model::shown,
};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};
use std::fmt::Write as _;

/// Draws the value.
pub(super) fn draw(app: &App, view: &ValueView, theme: &Theme, screen: &mut Frame<'_>) {
    let main = app.main_area();
    let note = view.notes();
    let (note_line, body) = layout::value(main, note.is_some());
    draw_title(view, theme, Rect { height: main.height.min(1), ..main }, screen);
    if let Some(note) = note {
        let note = words::cut(&format!("! {note}"), note_line.width.into());
        screen.render_widget(Line::styled(note, theme.warning), note_line);
    }
    let say = |text: &str, screen: &mut Frame<'_>| {
        let text = Paragraph::new(shown(&app.mask.sentence(text)).into_owned()).wrap(Wrap { trim: true });
        screen.render_widget(text.style(theme.dim), body);
    };
    match &view.whole {
        None => return say("reading…", screen),
        Some(Err(why)) => return say(why, screen),
        Some(Ok(_)) if view.lines() == 0 => return say("The value is empty.", screen),
        Some(Ok(_)) => {}
    }
    for (y, line) in (body.y..body.bottom()).zip(view.in_sight()) {
        let place = Rect { y, height: 1, ..body };
        let spans = match view.dump() {
            Some(dump) => dumped(view, dump, line, theme),
            None => written(view, line as usize, theme),
        };
        screen.render_widget(Line::from(spans), place);
    }
}

fn draw_title(view: &ValueView, theme: &Theme, area: Rect, screen: &mut Frame<'_>) {
    let row = &view.row;
    let mut facts = format!("{} {}", row.tag, row.vr);
    // Writing to a String cannot fail.
    if let Some(whole) = view.open() {
        let (value, bytes) = (&whole.value, words::grouped(whole.value.len()));
        let _ = write!(facts, " · {bytes} bytes at byte {}", words::grouped(value.offset()));
    }
    let mut place = String::new();
    let lines = view.lines();
    if let Some((at, all)) = view.found() {
        let _ = write!(place, "match {}/{all} · ", at + 1);
    } else if !view.query.is_empty() && view.dump().is_none() {
        place.push_str("no match · ");
    }
    if lines > 0 {
        let end = view.in_sight().end;
        let percent = (u128::from(end) * 100 / u128::from(lines)) as u64;
        let (top, lines) = (words::grouped(view.top() + 1), words::grouped(lines));
        let _ = match area.width {
            60.. => write!(place, "line {top}/{lines} · {percent} %"),
            _ => write!(place, "{top}/{lines}"),
        };
    }
    let place = words::cut(&place, usize::from(area.width) / 2);
    let wide = words::width(&place) as u16;
    let left = usize::from(area.width.saturating_sub(wide + 1));
    let name = words::cut(&row.keyword.shown(), left);
    let rest = left.saturating_sub(words::width(&name) + 2);
    let title = vec![
        Span::styled(name, theme.title),
        Span::styled(format!("  {}", words::cut(&facts, rest)), theme.dim),
    ];
    screen.render_widget(Line::from(title), Rect { width: left as u16, ..area });
    let right = Rect { x: area.right().saturating_sub(wide), width: wide, ..area };
    screen.render_widget(Line::styled(place, theme.dim), right);
}

/// A line of text, with the number of the value that it begins and the letters of a search marked.
fn written(view: &ValueView, line: usize, theme: &Theme) -> Vec<Span<'static>> {
    let text = &view.text;
    let Some(&part) = text.lines().get(line) else { return vec![] };
    let mut spans = vec![];
    if text.gutter() > 0 {
        let number = text.number(part).map_or(String::new(), |number| number.to_string());
        spans.push(Span::styled(format!("{number:>0$} ", text.gutter() - 1), theme.dim));
    }
    let whole = text.text(part);
    let mut from = 0;
    for (at, mark) in text.marks(part) {
        spans.push(Span::styled(whole[from..mark.start].to_owned(), theme.text));
        from = mark.end;
        let is_here = view.found().is_some_and(|(here, _)| here == at);
        let style = if is_here { theme.selection } else { theme.match_hit };
        spans.push(Span::styled(whole[mark].to_owned(), style));
    }
    spans.push(Span::styled(whole[from..].to_owned(), theme.text));
    spans
}

/// A line of a dump: offset, digits, numbers, letters.
fn dumped(view: &ValueView, dump: Dump, line: u64, theme: &Theme) -> Vec<Span<'static>> {
    let Some(whole) = view.open() else { return vec![] };
    let offset = whole.value.offset() + line * dump.bytes as u64;
    let mut spans = vec![Span::styled(format!("{offset:0width$x} ", width = dump.digits), theme.dim)];
    let bytes = match view.bytes(line) {
        Ok(bytes) => bytes,
        Err(why) => {
            spans.push(Span::styled(format!(" {}", shown(why)), theme.error));
            return spans;
        }
    };
    let mut digits = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        let middle = if dump.bytes == 16 && at == 8 { " " } else { "" };
        let _ = write!(digits, "{middle} {byte:02x}");
    }
    spans.push(Span::styled(format!("{digits:<0$}", dump.hex()), theme.text));
    if dump.numbers > 0 {
        let mut numbers = String::from(" ");
        for number in whole.value.numbers(bytes) {
            let _ = write!(numbers, "{number:>0$}", dump.number);
        }
        spans.push(Span::styled(format!("{numbers:<0$}", 1 + dump.numbers), theme.label));
    }
    if dump.letters {
        let letter = |&byte: &u8| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' };
        let letters: String = bytes.iter().map(letter).collect();
        spans.push(Span::styled(format!("  {letters}"), theme.dim));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::value::Desk;
    use ratatui::{Terminal, backend::TestBackend};

    /// The lines of a screen over a value, without spaces at their ends.
    fn screen(desk: &Desk, columns: u16, lines: u16) -> Vec<String> {
        let theme = Theme::load("reading-room", None).unwrap();
        let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
        terminal.draw(|screen| draw(&desk.app, desk.app.value().unwrap(), &theme, screen)).unwrap();
        let buffer = terminal.backend().buffer();
        let line =
            |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..lines).map(line).collect()
    }

    #[test]
    fn bytes_stand_with_their_offsets_numbers_and_letters() {
        let mut desk = Desk::over("OW", &[0x41, 0, 2, 0, 0xff, 0xff, 0x7e, 0x20, 5, 0], (80, 24), 0);
        let expected = [
            "ImageComments  (0020,4000) OW · 10 bytes at byte 172            line 1/2 · 100 %",
            "000000ac  41 00 02 00 ff ff 7e 20     65     2 65535  8318  A.....~",
            "000000b4  05 00                        5                    ..",
            "",
        ];
        assert_eq!(screen(&desk, 80, 24)[..4], expected);
        desk.app.update(crate::app::Event::Resize(40, 12));
        assert_eq!(screen(&desk, 40, 12)[1], "000000ac  41 00 02 00     65     2  A...");
    }

    #[test]
    fn text_stands_in_lines_with_the_numbers_of_its_values() {
        let mut desk = Desk::over("UC", "head\\山田 neck\\".as_bytes(), (40, 12), 0);
        desk.press("/NECK\n");
        let lines = screen(&desk, 40, 12);
        assert_eq!(lines[0], "ImageComments  (0020,40… match 1/1 · 1/3");
        assert_eq!(lines[1..5], ["1 head", "2 山 田  neck", "3", ""]);
    }

    #[test]
    fn empty_and_damaged_values_say_so_on_any_screen() {
        assert_eq!(screen(&Desk::over("UT", &[], (40, 12), 0), 40, 12)[1], "The value is empty.");
        let cut = Desk::over("OB", &[1; 20], (80, 24), 4);
        let lines = screen(&cut, 80, 24);
        assert_eq!(lines[1], "! the file ends within the value: 16 of 20 bytes are there");
        for size in [(0, 0), (1, 1), (3, 2), (12, 3), (40, 4), (300, 3)] {
            let mut desk = Desk::over("OD", &[1; 64], (80, 24), 0);
            desk.app.update(crate::app::Event::Resize(size.0, size.1));
            desk.press("jG");
            screen(&desk, size.0, size.1);
        }
    }
}
