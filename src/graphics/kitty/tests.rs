//! The bytes are read back the way a terminal reads them.

use image::{GrayImage, Luma, RgbImage};
use proptest::prelude::*;

use super::*;

/// The commands in `bytes`: keys and payload. Panics on anything between them.
fn commands(mut bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let rest = bytes.strip_prefix(b"\x1b_G").expect("a graphics command");
        let end = rest.windows(2).position(|two| two == b"\x1b\\").expect("an end");
        let body = &rest[..end];
        let split = body.iter().position(|&byte| byte == b';').unwrap_or(body.len());
        let head = String::from_utf8(body[..split].to_vec()).unwrap();
        found.push((head, body.get(split + 1..).unwrap_or_default().to_vec()));
        bytes = &rest[end + 2..];
    }
    found
}

/// The inside of every tmux wrapping, in order.
fn unwrap_tmux(mut bytes: &[u8]) -> Vec<u8> {
    let mut inner = Vec::new();
    while !bytes.is_empty() {
        bytes = bytes.strip_prefix(b"\x1bPtmux;").expect("a wrapping");
        loop {
            match bytes {
                [0x1b, 0x1b, rest @ ..] => {
                    inner.push(0x1b);
                    bytes = rest;
                }
                [0x1b, b'\\', rest @ ..] => {
                    bytes = rest;
                    break;
                }
                [byte, rest @ ..] => {
                    inner.push(*byte);
                    bytes = rest;
                }
                [] => panic!("a wrapping without an end"),
            }
        }
    }
    inner
}

/// What the terminal stores after these commands.
fn picture_of(commands: &[(String, Vec<u8>)]) -> DynamicImage {
    let payload: Vec<u8> = commands.iter().flat_map(|(_, payload)| payload.clone()).collect();
    let file = STANDARD.decode(payload).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    match info.color_type {
        png::ColorType::Grayscale => GrayImage::from_raw(info.width, info.height, pixels).unwrap().into(),
        png::ColorType::Rgb => RgbImage::from_raw(info.width, info.height, pixels).unwrap().into(),
        other => panic!("{other:?}"),
    }
}

/// A picture that does not compress.
fn noise(width: u32, height: u32) -> DynamicImage {
    let mut state = 1_u32;
    GrayImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(state >> 24) as u8])
    })
    .into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_terminal_gets_the_same_pixels(width in 1_u32..90, height in 1_u32..90, colour: bool) {
        let gray = noise(width, height);
        let picture = if colour { DynamicImage::from(gray.to_rgb8()) } else { gray };

        let sent = commands(&transmit(7, &picture, Wrap::Direct));

        prop_assert_eq!(picture_of(&sent), picture);
    }
}

#[test]
fn a_long_transmission_has_all_keys_first_and_only_m_after() {
    let sent = commands(&transmit(9, &noise(300, 300), Wrap::Direct));

    assert!(sent.len() > 20);
    assert_eq!(sent[0].0, "a=t,f=100,i=9,q=2,m=1");
    let (last, middle) = sent[1..].split_last().unwrap();
    assert!(middle.iter().all(|(head, payload)| head == "m=1" && payload.len() == CHUNK));
    assert_eq!(last.0, "m=0");
    assert!((1..=CHUNK).contains(&last.1.len()));
}

#[test]
fn a_picture_of_one_chunk_is_closed() {
    let sent = commands(&transmit(1, &noise(4, 4), Wrap::Direct));

    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "a=t,f=100,i=1,q=2,m=0");
}

#[test]
fn chunks_that_fill_their_last_one_exactly_are_closed_too() {
    for side in 40..80 {
        let sent = commands(&transmit(1, &noise(side, side), Wrap::Direct));
        let open = sent.iter().filter(|(head, _)| head.ends_with("m=1")).count();

        assert_eq!(open, sent.len() - 1);
        assert!(sent.iter().all(|(_, payload)| payload.len() % 4 == 0 && !payload.is_empty()));
    }
}

#[test]
fn shared_memory_is_named_and_holds_three_bytes_a_pixel_in_grey_and_in_colour() {
    let gray = GrayImage::from_raw(2, 1, vec![5, 250]).unwrap();
    assert_eq!(pixels(&gray.into()), [5, 5, 5, 250, 250, 250]);
    let noise = noise(3, 2);
    assert_eq!(pixels(&noise.to_rgb8().into()), noise.to_rgb8().into_raw());

    let sent = commands(&transmit_shared(7, (3, 2), "/topogram-1"));
    assert_eq!(sent, [("a=t,t=s,f=24,s=3,v=2,i=7,q=2".to_owned(), STANDARD.encode("/topogram-1").into())]);
    assert!(transmit_shared(7, (0, 2), "/topogram-1").is_empty());
}

#[test]
fn a_picture_without_pixels_sends_nothing() {
    let nothing = DynamicImage::from(GrayImage::new(0, 5));

    assert!(transmit(1, &nothing, Wrap::Direct).is_empty());
    assert!(transmit_virtual(1, &nothing, (4, 4), Wrap::Tmux).is_empty());
}

#[test]
fn tmux_gets_the_same_commands_in_few_wrappings() {
    let picture = noise(400, 400);

    let direct = transmit(3, &picture, Wrap::Direct);
    let wrapped = transmit(3, &picture, Wrap::Tmux);

    assert_eq!(unwrap_tmux(&wrapped), direct);
    assert!(wrapped.windows(7).filter(|seven| seven == b"\x1bPtmux;").count() <= 4);
}

#[test]
fn a_placement_stretches_the_part_over_its_cells_and_leaves_the_cursor() {
    let placement = Placement {
        image: 5,
        number: 2,
        area: CellBox { x: 3, y: 0, columns: 60, rows: 30 },
        source: Some(SourceRect { x: 10, y: 20, width: 256, height: 128 }),
        z: -1,
        replies: Replies::Errors,
    };

    assert_eq!(
        String::from_utf8(place(&placement)).unwrap(),
        "\x1b7\x1b[1;4H\x1b_Ga=p,i=5,p=2,c=60,r=30,x=10,y=20,w=256,h=128,z=-1,C=1,q=1\x1b\\\x1b8"
    );
}

#[test]
fn revisiting_a_slice_costs_less_than_150_bytes() {
    let placement = Placement {
        image: u32::MAX,
        number: 4_000_000_000,
        area: CellBox { x: 300, y: 200, columns: 200, rows: 100 },
        source: None,
        z: -1,
        replies: Replies::Errors,
    };

    assert!(place(&placement).len() + unplace(u32::MAX - 1, 1).len() < 150);
}

#[test]
fn deleting_names_the_picture_or_all_of_them() {
    assert_eq!(unplace(5, 2), b"\x1b_Ga=d,d=i,i=5,p=2,q=2\x1b\\");
    assert_eq!(delete(5, Wrap::Direct), b"\x1b_Ga=d,d=I,i=5,q=2\x1b\\");
    assert_eq!(delete_all(Wrap::Tmux), b"\x1bPtmux;\x1b\x1b_Ga=d,d=A,q=2\x1b\x1b\\\x1b\\");
}

#[test]
fn a_virtual_picture_is_bound_only_after_its_last_chunk() {
    let sent = commands(&transmit_virtual(300, &noise(100, 100), (40, 999), Wrap::Direct));

    let (bound, chunks) = sent.split_last().unwrap();
    assert_eq!(bound.0, "a=p,U=1,i=300,c=40,r=297,q=2");
    assert!(chunks.last().unwrap().0.ends_with("m=0"));
}
