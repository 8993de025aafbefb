//! The bytes are drawn by a small sixel terminal and compared pixel by pixel.

use image::{GrayImage, Rgb as Pixel, RgbImage};
use proptest::prelude::*;

use super::*;

/// What a terminal with square pixels and 256 registers shows, in percent; `None` where
/// nothing was drawn. Panics on anything a strict terminal would not accept.
fn draw_like_a_terminal(bytes: &[u8]) -> (usize, usize, Vec<Option<Rgb>>) {
    let body = bytes.strip_prefix(b"\x1bP0;1;0q\"1;1;").unwrap().strip_suffix(b"\x1b\\").unwrap();
    let mut at = 0;
    let width = read_number(body, &mut at);
    at += 1;
    let height = read_number(body, &mut at);
    let mut registers = [None; 256];
    let mut shown = vec![None; width * height];
    let (mut x, mut y, mut register) = (0, 0, 0);
    while let Some(&byte) = body.get(at) {
        at += 1;
        match byte {
            b'#' => {
                register = read_number(body, &mut at);
                if body.get(at) == Some(&b';') {
                    let mut next = || {
                        assert_eq!(body[at], b';');
                        at += 1;
                        read_number(body, &mut at) as u8
                    };
                    assert_eq!(next(), 2);
                    registers[register] = Some([next(), next(), next()]);
                }
            }
            b'$' => x = 0,
            b'-' => (x, y) = (0, y + 6),
            b'!' | b'?'..=b'~' => {
                let run = if byte == b'!' { read_number(body, &mut at) } else { 1 };
                let sixel = if byte == b'!' { body[at] } else { byte } - b'?';
                at += usize::from(byte == b'!');
                for column in x..x + run {
                    for bit in (0..6).filter(|bit| sixel & (1 << bit) != 0) {
                        let pixel = &mut shown[(y + bit) * width + column];
                        *pixel = Some(registers[register].expect("a register that was defined"));
                    }
                }
                x += run;
                assert!(x <= width, "beyond the right edge");
            }
            other => panic!("byte {other} in a sixel string"),
        }
    }
    (width, height, shown)
}

fn read_number(body: &[u8], at: &mut usize) -> usize {
    let start = *at;
    while body.get(*at).is_some_and(u8::is_ascii_digit) {
        *at += 1;
    }
    std::str::from_utf8(&body[start..*at]).unwrap().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_grey_pixel_is_shown_within_half_a_level(
        width in 1_u32..70, height in 1_u32..40, seed: u32, spread in 1_u32..256, moving: bool,
    ) {
        let mut state = seed;
        let gray = GrayImage::from_fn(width, height, |x, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Luma([((state >> 24) % spread + x) as u8])
        });
        let (detail, top) = if moving { (Detail::Moving, 31.0) } else { (Detail::Still, 63.0) };

        let (w, h, shown) = draw_like_a_terminal(&encode(&gray.clone().into(), detail));

        prop_assert_eq!((w, h), (width as usize, height as usize));
        for (pixel, value) in shown.into_iter().zip(gray.into_raw()) {
            let [red, green, blue] = pixel.expect("every pixel is drawn");
            prop_assert!(red == green && green == blue);
            // Half a level of ours, half a percent of the protocol's.
            let error = (f64::from(red) / 100.0 - f64::from(value) / 255.0).abs();
            prop_assert!(error <= 0.5 / top + 0.005 + 1e-9, "{} shown as {} %", value, red);
        }
    }

    #[test]
    fn every_colour_pixel_is_shown(width in 1_u32..50, height in 1_u32..30, seed: u32) {
        let mut state = seed;
        let picture = RgbImage::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Pixel([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        });

        let (_, _, shown) = draw_like_a_terminal(&encode(&picture.into(), Detail::Still));

        prop_assert!(shown.iter().all(Option::is_some));
    }
}

#[test]
fn a_picture_of_few_colours_is_shown_exactly_to_the_percent() {
    let colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]];
    let picture = RgbImage::from_fn(10, 13, |x, y| Pixel(colors[(x + y) as usize % 5]));

    let (_, _, shown) = draw_like_a_terminal(&encode(&picture.clone().into(), Detail::Moving));

    for (shown, pixel) in shown.into_iter().zip(picture.pixels()) {
        assert_eq!(shown.unwrap(), pixel.0.map(|value| (u16::from(value) * 100 / 255) as u8));
    }
}

#[test]
fn greys_beyond_what_percentages_can_tell_are_not_sent() {
    let ramp: Vec<u8> = (0..=255).collect();

    assert_eq!(in_greys(&ramp, 400).registers.len(), 101);
    assert_eq!(in_greys(&ramp, 64).registers.len(), 64);
    assert_eq!(in_greys(&ramp, 64).registers[63], [100; 3]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_registers_of_all_pixels_come_out_exactly_whatever_is_painted_over_what(
        width in 1_usize..90, height in 1_usize..20, seed: u32, registers in 1_u32..102, smooth in 0_u32..9,
    ) {
        let mut state = seed;
        // Stretches of one register, isolated pixels and everything between.
        let mut register = 0;
        let pixels: Vec<u8> = (0..width * height).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if (state >> 16) % 10 >= smooth {
                register = ((state >> 20) % registers) as u8;
            }
            register
        }).collect();
        let picture = Indexed { pixels, registers: (0..registers).map(|n| [n as u8, 100 - n.min(100) as u8, 7]).collect() };

        let (_, _, shown) = draw_like_a_terminal(&write(&picture, width, height));

        for (shown, &register) in shown.into_iter().zip(&picture.pixels) {
            prop_assert_eq!(shown, Some(picture.registers[usize::from(register)]));
        }
    }
}

#[test]
fn a_grey_over_much_of_a_band_is_painted_once_and_the_others_over_it() {
    let picture = GrayImage::from_fn(40, 6, |x, y| image::Luma([if (x, y) == (20, 3) { 255 } else { 0 }]));

    let bytes = encode(&picture.into(), Detail::Still);

    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "\x1bP0;1;0q\"1;1;40;6#0;2;0;0;0#1;2;100;100;100#0!40~$!20?#1G\x1b\\"
    );
}

#[test]
fn an_even_picture_costs_a_few_bytes_a_band() {
    let black = DynamicImage::from(GrayImage::new(800, 600));

    let bytes = encode(&black, Detail::Still);

    assert!(bytes.len() < 100 * 12, "{}", bytes.len());
}

#[test]
fn the_cursor_goes_to_the_first_cell_and_comes_back() {
    let area = CellBox { x: 4, y: 2, columns: 1, rows: 1 };
    let bytes = draw(&GrayImage::new(3, 3).into(), area, Detail::Still);

    assert!(bytes.starts_with(b"\x1b7\x1b[3;5H\x1bP0;1;0q") && bytes.ends_with(b"\x1b\\\x1b8"));
    assert!(draw(&GrayImage::new(0, 3).into(), area, Detail::Still).is_empty());
}
