use ratatui::{
    Terminal,
    style::{Color, Modifier, Style},
};

use super::*;

/// A screen of ten by two cells whose bytes can be read back.
fn screen() -> Terminal<Pen<Vec<u8>>> {
    Terminal::new(Pen::new(Vec::new(), 10, 2)).expect("memory can be drawn on")
}

/// Draws `text` at the top left and returns what was written.
fn draw(screen: &mut Terminal<Pen<Vec<u8>>>, text: &str, style: Style) -> String {
    screen
        .draw(|frame| {
            frame.buffer_mut().set_string(0, 0, text, style);
        })
        .expect("memory can be drawn on");
    finish(screen.backend_mut())
}

/// Finishes the frame and takes what was written; one call of `finish` is one write.
fn finish(pen: &mut Pen<Vec<u8>>) -> String {
    pen.writer.clear();
    let count = pen.finish(|_| vec![]).expect("memory takes everything");
    assert_eq!(count, pen.writer.len());
    String::from_utf8(pen.writer.clone()).expect("frames are UTF-8 here")
}

fn support(synchronized: bool, colors: Colors) -> Support {
    let environment = crate::graphics::Environment::default();
    let verdict = crate::graphics::decide(
        &environment,
        &crate::graphics::Answers::default(),
        None,
        crate::graphics::Window::default(),
    );
    Support { colors, synchronized, ..verdict }
}

#[test]
fn a_frame_without_changes_writes_nothing() {
    let mut screen = screen();
    screen.backend_mut().set_support(&support(true, Colors::True));
    draw(&mut screen, "same", Style::new());

    assert_eq!(draw(&mut screen, "same", Style::new()), "");
}

#[test]
fn only_changed_cells_are_sent_and_the_colours_are_left_as_they_were_found() {
    let mut screen = screen();
    draw(&mut screen, "slice 1", Style::new());

    assert_eq!(draw(&mut screen, "slice 2", Style::new()), "\x1b[1;7H2");
    assert_eq!(draw(&mut screen, "slice 2", Style::new().bold()), "\x1b[1;1H\x1b[1mslice 2\x1b[0m");
}

#[test]
fn pictures_and_text_go_out_in_order_inside_one_synchronized_update() {
    let mut screen = screen();
    screen.backend_mut().set_support(&support(true, Colors::True));
    screen.backend_mut().after(b"<after>");
    screen.backend_mut().before(b"<before>");

    let frame = draw(&mut screen, "text", Style::new());

    assert_eq!(frame, "\x1b[?2026h<before>\x1b[1;1Htext<after>\x1b[?2026l");
    assert_eq!(finish(screen.backend_mut()), "");
}

#[test]
fn clearing_comes_first_whenever_it_was_asked_for_and_old_text_is_dropped() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    let cell = Cell::new("x");
    pen.draw([(0, 0, &cell)].into_iter()).unwrap();
    pen.before(b"<picture>");
    pen.clear().unwrap();
    pen.draw([(1, 0, &cell)].into_iter()).unwrap();

    assert_eq!(finish(&mut pen), "\x1b[0m\x1b[2J<picture>\x1b[1;2Hx");
}

#[test]
fn a_terminal_that_lays_pictures_over_text_keeps_them_until_everything_is_forgotten() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    let kitty = Support { protocol: Protocol::Kitty, ..support(false, Colors::True) };
    pen.set_support(&kitty);
    pen.clear().unwrap();
    assert_eq!(finish(&mut pen), "\x1b[0m\x1b[H\x1b[J");

    pen.forget();
    pen.clear().unwrap();
    assert_eq!(finish(&mut pen), "\x1b[0m\x1b[2J");

    // tmux draws placeholders as text.
    pen.set_support(&Support { passthrough: true, ..kitty });
    pen.clear().unwrap();
    assert_eq!(finish(&mut pen), "\x1b[0m\x1b[2J");
}

#[test]
fn colours_come_down_to_what_the_terminal_has() {
    let style = Style::new().fg(Color::Rgb(255, 0, 0)).bg(Color::Indexed(232)).reversed();
    let drawn = |colors| {
        let mut screen = screen();
        assert_eq!(screen.backend_mut().set_support(&support(false, colors)), colors != Colors::Palette);
        draw(&mut screen, "x", style)
    };

    assert_eq!(drawn(Colors::True), "\x1b[1;1H\x1b[7;38;2;255;0;0;48;5;232mx\x1b[0m");
    assert_eq!(drawn(Colors::Palette), "\x1b[1;1H\x1b[7;38;5;196;48;5;232mx\x1b[0m");
    assert_eq!(drawn(Colors::Ansi), "\x1b[1;1H\x1b[7;91;40mx\x1b[0m");
    assert_eq!(drawn(Colors::Mono), "\x1b[1;1H\x1b[7mx\x1b[0m");
}

#[test]
fn only_the_colour_that_changes_is_sent() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    let cell = |fg, bg| {
        let mut cell = Cell::new("▀");
        cell.set_fg(fg).set_bg(bg);
        cell
    };
    let cells =
        [cell(Color::Red, Color::Blue), cell(Color::Red, Color::Gray), cell(Color::Reset, Color::Gray)];
    pen.draw((0..).zip(&cells).map(|(x, cell)| (x, 0, cell))).unwrap();

    assert_eq!(finish(&mut pen), "\x1b[1;1H\x1b[31;44m▀\x1b[47m▀\x1b[39m▀\x1b[0m");
}

#[test]
fn ending_bold_keeps_dim() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    let mut cells = [Cell::new("a"), Cell::new("b")];
    cells[0].modifier = Modifier::BOLD | Modifier::DIM;
    cells[1].modifier = Modifier::DIM;
    pen.draw((0..).zip(&cells).map(|(x, cell)| (x, 0, cell))).unwrap();

    assert_eq!(finish(&mut pen), "\x1b[1;1H\x1b[1;2ma\x1b[22;2mb\x1b[0m");
}

#[test]
fn an_attribute_ends_alone_and_the_colours_stay() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    let mut cells = [Cell::new("a"), Cell::new("b"), Cell::new("c"), Cell::new("d")];
    for cell in &mut cells[..3] {
        cell.set_fg(Color::Red);
    }
    cells[0].modifier = Modifier::REVERSED | Modifier::ITALIC;
    cells[1].modifier = Modifier::ITALIC;
    pen.draw((0..).zip(&cells).map(|(x, cell)| (x, 0, cell))).unwrap();

    assert_eq!(finish(&mut pen), "\x1b[1;1H\x1b[3;7;31ma\x1b[27mb\x1b[23mc\x1b[0md");
}

#[test]
fn no_sequence_has_more_numbers_than_every_terminal_reads() {
    let mut screen = screen();
    screen.backend_mut().set_support(&support(false, Colors::True));
    let style = Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Rgb(4, 5, 6)).bold().italic();

    let drawn = draw(&mut screen, "x", style);

    assert_eq!(drawn, "\x1b[1;1H\x1b[1;3;38;2;1;2;3m\x1b[48;2;4;5;6mx\x1b[0m");
}

#[test]
fn the_cursor_is_shown_moved_and_hidden_only_when_that_is_news() {
    let mut screen = screen();
    draw(&mut screen, "/", Style::new());
    let at = |screen: &mut Terminal<Pen<Vec<u8>>>, text: &str, x| {
        screen
            .draw(|frame| {
                frame.buffer_mut().set_string(0, 0, text, Style::new());
                frame.set_cursor_position((x, 0));
            })
            .expect("memory can be drawn on");
        finish(screen.backend_mut())
    };

    assert_eq!(at(&mut screen, "/", 1), "\x1b[1;2H\x1b[?25h");
    assert_eq!(at(&mut screen, "/", 1), "");
    assert_eq!(at(&mut screen, "/h", 2), "\x1b[1;2Hh\x1b[1;3H");
    assert_eq!(draw(&mut screen, "/h", Style::new()), "\x1b[?25l");
}

#[test]
fn a_control_character_never_reaches_the_terminal() {
    let mut pen = Pen::new(Vec::new(), 10, 2);
    for symbol in ["\x1b", "\u{9b}", "a\x07"] {
        pen.draw([(0, 0, &Cell::new("x").set_symbol(symbol).clone())].into_iter()).unwrap();
        assert_eq!(finish(&mut pen), "\x1b[1;1H\u{fffd}");
    }
}

#[test]
fn screens_of_no_size_and_of_absurd_size_can_be_drawn_on() {
    let mut screen = Terminal::new(Pen::new(Vec::new(), 0, 0)).expect("memory can be drawn on");
    screen.draw(|_| {}).expect("memory can be drawn on");
    screen.backend_mut().resize(u16::MAX, u16::MAX);

    assert_eq!(screen.backend().size().ok(), Some(Size::new(1000, 500)));
}

#[test]
fn a_terminal_that_vanished_is_an_error_and_the_frame_is_not_sent_again() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut pen = Pen::new(Gone, 10, 2);
    pen.after(b"x");

    assert!(pen.finish(|_| vec![]).is_err());
    assert_eq!(pen.finish(|_| vec![]).ok(), Some(0));
}
