//! The cells are shown by a small terminal and compared pixel by pixel.

use image::{GrayImage, Rgb as Rgb8, RgbImage};
use proptest::prelude::*;

use super::*;

/// What a cell shows, pixel by pixel: `None` for a character that the shape does not have.
fn shown(shape: Shape, cell: BlockCell) -> Option<Vec<BlockColor>> {
    let (across, down) = shape.pixels();
    let count = across * down;
    let mask = (0..=u8::MAX >> (8 - count)).find(|&mask| shape.symbol(mask) == cell.symbol)?;
    Some((0..count).map(|at| if mask >> at & 1 == 1 { cell.fg } else { cell.bg }).collect())
}

/// As 24 bits.
fn rgb(color: BlockColor) -> Rgb {
    match color {
        BlockColor::Rgb(red, green, blue) => [red, green, blue],
        BlockColor::Index(index) => palette::xterm_color(index),
        BlockColor::Default => panic!("a default colour in a picture"),
    }
}

proptest! {
    #[test]
    fn true_colour_halves_show_every_pixel_to_within_a_64th(
        width in 1_u32..12, rows in 1_u32..6, bytes in proptest::collection::vec(any::<u8>(), 12 * 12 * 3),
        is_gray: bool,
    ) {
        let length = (width * rows * 2 * 3) as usize;
        let picture = RgbImage::from_raw(width, rows * 2, bytes[..length].to_vec()).unwrap();
        let picture: DynamicImage = picture.into();
        let picture = if is_gray { picture.to_luma8().into() } else { picture };

        let grid = grid(&picture, Shape::Halves, Colors::True);

        let expected = picture.to_rgb8();
        for (y, row) in grid.rows().enumerate() {
            for (x, cell) in row.iter().enumerate() {
                let halves = shown(Shape::Halves, *cell).expect("a half block");
                for (half, color) in halves.into_iter().enumerate() {
                    let Rgb8(pixel) = *expected.get_pixel(x as u32, (2 * y + half) as u32);
                    let error = (0..3).map(|channel| rgb(color)[channel].abs_diff(pixel[channel])).max();
                    prop_assert!(error <= Some(if is_gray { 2 } else { 3 }), "{:?} as {:?}", pixel, color);
                }
            }
        }
    }

    #[test]
    fn cells_of_two_palette_greys_are_shown_exactly_in_every_shape(
        columns in 1_u32..6, rows in 1_u32..5, seed: u32, shape in 0_usize..3,
    ) {
        let shape = Shape::ALL[shape];
        let (across, down) = shape.pixels();
        let mut state = seed;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let greys: Vec<[u8; 2]> =
            (0..columns * rows).map(|_| [8 + 10 * random(24) as u8, 8 + 10 * random(24) as u8]).collect();
        let picture = GrayImage::from_fn(columns * across, rows * down, |x, y| {
            image::Luma([greys[(y / down * columns + x / across) as usize][random(2) as usize]])
        });

        for colors in [Colors::Palette, Colors::True] {
            let grid = grid(&picture.clone().into(), shape, colors);

            prop_assert_eq!(grid.columns, columns as usize);
            for (index, cell) in grid.cells.iter().enumerate() {
                let (x, y) = (index as u32 % columns * across, index as u32 / columns * down);
                for (at, color) in (0..).zip(shown(shape, *cell).expect("a character of the shape")) {
                    let pixel = picture.get_pixel(x + at % across, y + at / across).0;
                    prop_assert_eq!(rgb(color), [pixel[0]; 3]);
                }
            }
        }
    }
}

#[test]
fn palette_cells_use_the_grey_ramp() {
    let picture = GrayImage::from_raw(1, 2, vec![128, 0]).unwrap();

    let grid = grid(&picture.into(), Shape::Halves, Colors::Palette);

    assert_eq!(shown(Shape::Halves, grid.cells[0]).unwrap(), [BlockColor::Index(244), BlockColor::Index(16)]);
}

#[test]
fn sixteen_colours_never_need_a_bright_background_beside_a_dim_one() {
    let picture: DynamicImage =
        GrayImage::from_fn(256, 8, |x, y| image::Luma([if y % 2 == 0 { x as u8 } else { 90 }])).into();

    for shape in [Shape::Halves, Shape::Quadrants, Shape::Octants] {
        for cell in &grid(&picture, shape, Colors::Ansi).cells {
            let BlockColor::Index(bg @ 8..) = cell.bg else { continue };
            assert!(matches!(cell.fg, BlockColor::Index(8..)), "{bg} behind in {cell:?}");
        }
    }
}

#[test]
fn without_colour_brightness_becomes_ink() {
    let picture = GrayImage::from_raw(3, 2, vec![0, 128, 255, 0, 128, 255]).unwrap();

    let grid = grid(&picture.into(), Shape::Halves, Colors::Mono);

    let text: String = grid.cells.iter().map(|cell| cell.symbol).collect();
    assert_eq!(text, " +@");
}

#[test]
fn an_odd_last_row_is_shown_over_black() {
    let picture = GrayImage::from_raw(1, 3, vec![9, 9, 200]).unwrap();

    let grid = grid(&picture.into(), Shape::Halves, Colors::True);

    assert_eq!(grid.rows().count(), 2);
    assert_eq!(grid.cells[1].bg, BlockColor::Rgb(0, 0, 0));
    assert_eq!(super::grid(&GrayImage::new(0, 0).into(), Shape::Octants, Colors::True).rows().count(), 0);
}
#[test]
fn ascii_has_neither_colours_nor_other_signs_wherever_it_is_used() {
    let picture = GrayImage::from_raw(3, 1, vec![0, 128, 255]).unwrap();

    for colors in [Colors::True, Colors::Palette, Colors::Ansi, Colors::Mono] {
        let grid = grid(&picture.clone().into(), Shape::Ascii, colors);

        let text: String = grid.cells.iter().map(|cell| cell.symbol).collect();
        assert_eq!(text, " +@");
        assert!(
            grid.cells.iter().all(|cell| (cell.fg, cell.bg) == (BlockColor::Default, BlockColor::Default))
        );
    }
}

#[test]
fn white_is_white_and_black_is_black_in_24_bits() {
    assert_eq!(exact([255; 3]), BlockColor::Index(231));
    assert_eq!(exact([0; 3]), BlockColor::Rgb(0, 0, 0));
    assert_eq!(exact([255, 0, 0]), BlockColor::Rgb(255, 0, 0));
}
