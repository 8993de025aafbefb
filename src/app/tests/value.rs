//! One value as a whole, of a file that is really there.

use super::*;
use crate::{
    model::Step,
    work::{BLOCK, Decoder, Loader},
};
use crossbeam_channel::{Receiver, unbounded};

/// A program over one file, and those who do what it wishes for.
pub(crate) struct Desk {
    pub(crate) app: App,
    loader: Loader,
    answers: Receiver<Answer>,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// Looks at a value of `vr` in an attribute that no mask hides, on a screen of so many columns and lines; the
    /// file ends `cut` bytes early.
    pub(crate) fn over(vr: &str, value: &[u8], (columns, lines): (u16, u16), cut: usize) -> Self {
        Self::listed(vr, value, (columns, lines), cut).pressing("\n")
    }

    fn listed(vr: &str, value: &[u8], (columns, lines): (u16, u16), cut: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.dcm");
        let head =
            |tag: [u16; 2], vr: &str| [tag.map(u16::to_le_bytes).concat().as_slice(), vr.as_bytes()].concat();
        let syntax = b"1.2.840.10008.1.2.1\0";
        let meta = [&head([2, 0x10], "UI"), &(syntax.len() as u16).to_le_bytes()[..], syntax].concat();
        let value =
            [&head([0x20, 0x4000], vr), &[0, 0][..], &(value.len() as u32).to_le_bytes(), value].concat();
        let bytes = [vec![0; 128], b"DICM".to_vec(), meta, value].concat();
        std::fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();

        let mut app = App::new(&Config::default(), Keymap::default(), 1 << 20, false);
        app.update(Event::Resize(columns, lines));
        let record =
            Record { path: path.clone(), study_uid: "1".into(), series_uid: "2".into(), ..Record::default() };
        app.update(Event::Found(Found::Files(vec![(path, Outcome::Instance(Box::new(record.into())))])));
        app.update(Event::Found(Found::Done));
        let (answer, answers) = unbounded();
        let loader = Loader::start(1, 1 << 20, Decoder::here(), &answer);
        let mut desk = Self { app, loader, answers, _folder: folder };
        desk.press("d");
        desk.press("G");
        desk
    }

    fn pressing(mut self, keys: &str) -> Self {
        self.press(keys);
        self
    }

    /// Presses keys one after the other, each time with everything that is wished for.
    pub(crate) fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            let mut effects = press(&mut self.app, &key.to_string());
            while let Some(Effect::Wish(jobs)) = effects.pop() {
                let count = jobs.len();
                self.loader.wish(jobs);
                for _ in 0..count {
                    let answer = self.answers.recv().unwrap();
                    effects.extend(self.app.update(Event::Answer(answer)));
                }
            }
        }
    }

    fn view(&self) -> &ValueView {
        self.app.value().unwrap()
    }
}

#[test]
fn a_long_value_is_read_in_blocks_as_far_as_it_is_looked_at() {
    let pixels: Vec<u8> = (0..400_000u32).map(|byte| (byte / 7) as u8).collect();
    let mut desk = Desk::over("OW", &pixels, (80, 24), 0);
    let lines = pixels.len() as u64 / 8;
    assert_eq!((desk.view().lines(), desk.view().bytes(0)), (lines, Ok(&pixels[..8])));
    for (keys, line) in [("G", lines - 22), ("k", lines - 23), ("g", lines - 23), ("g", 0), ("40003G", 5000)]
    {
        desk.press(keys);
        assert_eq!(desk.view().top(), line, "{keys}");
    }
    let view = desk.view();
    for line in view.in_sight() {
        assert_eq!(view.bytes(line), Ok(&pixels[line as usize * 8..][..8]));
    }
    assert!(view.blocks.len() as u64 * BLOCK < 100_000, "far away blocks are let go");
}

#[test]
fn a_value_that_is_cut_short_shows_what_is_there_and_says_so() {
    let desk = Desk::over("OB", &[7; 1000], (80, 24), 10);
    assert_eq!((desk.view().lines(), desk.view().bytes(61)), (62, Ok(&[7; 14][..])));
    assert_eq!(desk.view().notes().unwrap(), "the file ends within the value: 990 of 1000 bytes are there");
    let nothing = Desk::over("UN", &[], (80, 24), 0);
    assert_eq!((nothing.view().lines(), nothing.view().wanted()), (0, vec![]));
}

#[test]
fn text_is_searched_copied_and_shown_as_bytes_too() {
    let mut desk = Desk::over("UT", b"one\r\ntwo\r\nthree two\x1b[2J", (80, 5), 0);
    desk.press("/two\n");
    assert_eq!((desk.view().found(), desk.view().top()), (Some((0, 2)), 0));
    desk.press("n");
    assert_eq!((desk.view().found(), desk.view().top()), (Some((1, 2)), 0));
    assert!(press(&mut desk.app, "y").contains(&Effect::Copy("one\r\ntwo\r\nthree two\x1b[2J".into())));
    desk.press("b");
    assert!(desk.view().dump().is_some() && desk.view().bytes(0).unwrap().starts_with(b"one\r\n"));
    desk.press("n");
    assert!(desk.app.notice.is_some());
}

#[test]
fn leaving_goes_back_to_the_row_and_what_has_no_value_is_not_opened() {
    for key in ["\x1b", "q"] {
        let mut desk = Desk::over("UT", b"text", (80, 24), 0);
        desk.press(key);
        let tags = &desk.app.tags().unwrap().tags;
        assert_eq!(tags.selected().unwrap().1.tag, TagNumber(0x20, 0x4000));
    }
    let mut app = app(1);
    press(&mut app, "db");
    assert!(app.value().is_none(), "nothing is listed yet");
}

#[test]
fn a_hidden_value_is_hidden_as_a_whole_too_and_shown_when_the_mask_goes() {
    let mut desk = Desk::listed("UT", b"Doe was here", (80, 24), 0);
    desk.press("g");
    desk.press("g");
    let listing = Arc::clone(desk.app.tags().unwrap().tags.listing().unwrap());
    let mut rows = listing.rows().to_vec();
    rows[1].secret = Some(Secret::Hidden);
    let instance = desk.app.tags().unwrap().instances[0];
    let result = Ok(Arc::new(Listing::new(rows, vec![])));
    desk.app.update(Event::Answer(Answer::List { instance, result }));
    desk.press("GP");
    desk.press("b");
    assert!(desk.app.value().is_none() && desk.app.notice.as_ref().unwrap().contains("hidden"));
    desk.press("\n");
    let shown = |desk: &Desk| desk.view().text.text(desk.view().text.lines()[0]).to_owned();
    assert_eq!(shown(&desk), MASK);
    desk.press("b");
    assert!(desk.view().dump().is_none());
    desk.press("P");
    assert_eq!(shown(&desk), "Doe was here");
    assert_eq!(desk.view().place, [Step::Tag(TagNumber(0x20, 0x4000))]);
}
