use super::*;
use message::{Reply, Request};
use std::time::{Duration, Instant};

const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const LAYOUT: Layout = Layout {
    rows: 2,
    columns: 3,
    samples: 1,
    bits_allocated: 8,
    bits_stored: 8,
    signed: false,
    planar: false,
};

/// What a decoder says whose processes run a line of shell instead of ours.
fn with(script: &str) -> Result<Decoded, CodecError> {
    let command = ["sh", "-c", script].map(OsString::from).to_vec();
    Decoder::apart(command).decode(JPEG_2000, b"stream", &LAYOUT)
}

/// As shell for `printf`: a reply as it travels.
fn reply(reply: &Reply, bytes: &[u8]) -> String {
    let mut sent = vec![];
    message::send(&mut sent, reply, bytes).unwrap();
    sent.iter().map(|byte| format!("\\{byte:03o}")).collect::<Vec<_>>().concat()
}

fn decoded(bytes: usize) -> Reply {
    Reply::Decoded { samples: 1, color: codec::Color::Gray, bits: 8, notes: vec![], bytes }
}

#[test]
fn what_a_process_decodes_arrives_whole() {
    let script = format!("printf '{}'; cat > /dev/null", reply(&decoded(6), b"pixels"));

    assert_eq!(with(&script).unwrap().bytes, b"pixels");
}

#[test]
fn what_a_process_refuses_is_told_in_its_words() {
    let script = format!("printf '{}'; cat > /dev/null", reply(&Reply::Refused("too odd".into()), &[]));

    assert_eq!(with(&script).unwrap_err().to_string(), "too odd");
}

#[test]
fn a_process_that_dies_costs_one_frame_and_says_why() {
    for (script, why) in [
        ("exit 3", "ended at once"),
        ("kill -ABRT $$", "wanted too much memory"),
        ("kill -XCPU $$", "took too long"),
        ("kill -SEGV $$", "ended at once"),
    ] {
        let error = with(script).unwrap_err().to_string();
        assert!(error.contains(why), "{script}: {error}");
    }
}

#[test]
fn a_process_that_talks_nonsense_is_not_believed() {
    for nonsense in [
        reply(&decoded(7), b"pixels!"),
        reply(
            &Reply::Decoded { samples: 3, color: codec::Color::Rgb, bits: 8, notes: vec![], bytes: 6 },
            b"pixels",
        ),
        "\\377\\377\\377\\377 a header of four gigabytes".to_owned(),
        "\\002\\000\\000\\000{}".to_owned(),
    ] {
        let start = Instant::now();
        assert!(with(&format!("printf '{nonsense}'; cat > /dev/null; sleep 60")).is_err());
        assert!(start.elapsed() < Duration::from_secs(20), "it is ended, not waited for");
    }
}

#[test]
fn without_a_process_the_frame_is_still_decoded() {
    let decoder = Decoder::apart(vec!["/no/such/program".into()]);

    let error = decoder.decode(JPEG_2000, b"stream", &LAYOUT).unwrap_err();

    assert_eq!(Err(error), codec::decode(JPEG_2000, b"stream", &LAYOUT));
}

#[test]
fn our_own_codecs_need_no_process() {
    let decoder = Decoder::apart(vec!["/no/such/program".into()]);
    let uncompressed = decoder.decode("1.2.840.10008.1.2.1.98", b"pixels", &LAYOUT).unwrap();

    assert_eq!(uncompressed.bytes, b"pixels");
}

#[test]
fn the_end_of_the_pipe_is_told_from_its_middle() {
    let mut sent = vec![];
    let request = Request { syntax: JPEG_2000.into(), layout: LAYOUT, bytes: 6 };
    message::send(&mut sent, &request, b"stream").unwrap();

    assert!(message::receive::<Request>(&mut &sent[..0]).unwrap().is_none());
    assert!(message::receive::<Request>(&mut &sent[..9]).is_err());
    assert_eq!(message::receive::<Request>(&mut &sent[..]).unwrap().unwrap().bytes, 6);
}
