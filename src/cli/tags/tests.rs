use super::*;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn element(tag: (u16, u16), vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let head = [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat();
    let length = if vr == *b"SQ" {
        [&[0, 0][..], &(value.len() as u32).to_le_bytes()].concat()
    } else {
        (value.len() as u16).to_le_bytes().to_vec()
    };
    [&head[..], &vr, &length, value].concat()
}

fn run(bytes: &[u8], pattern: Option<&str>, json: bool) -> (String, Exit) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let written = Shared::default();
    let exit = tags(file.path(), pattern, json, &mut Out::to(written.clone())).unwrap();
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    (text.replace(&*file.path().to_string_lossy(), "FILE"), exit)
}

fn file() -> Vec<u8> {
    let inner = element((8, 0x1155), *b"UI", b"1.2.840.10008.1.1\0");
    let item = [&[0xfe, 0xff, 0, 0xe0][..], &(inner.len() as u32).to_le_bytes(), &inner].concat();
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element((2, 0x10), *b"UI", b"1.2.840.10008.1.2.1\0"),
        element((8, 0x05), *b"CS", b"ISO_IR 192"),
        element((8, 0x1140), *b"SQ", &item),
        element((0x10, 0x10), *b"PN", "王^小东\x1b".as_bytes()),
        element((0x28, 0x10), *b"US", &[0, 2]),
    ]
    .concat()
}

#[test]
fn people_get_aligned_lines_that_cannot_steer_their_terminal() {
    let (text, exit) = run(&file(), None, false);
    let expected = "\
(0002,0010)  TransferSyntaxUID           UI  1/20        1.2.840.10008.1.2.1 =Explicit VR Little Endian
(0008,0005)  SpecificCharacterSet        CS  1/10        ISO_IR 192
(0008,1140)  ReferencedImageSequence     SQ  34          1 item
              Item 1                                     1 attribute
(0008,1155)    ReferencedSOPInstanceUID  UI  1/18        1.2.840.10008.1.1 =Verification SOP Class
(0010,0010)  PatientName                 PN  1/11        王^小东⟨U+001B⟩
(0028,0010)  Rows                        US  1/2         512
";
    assert_eq!(text, expected);
    assert_eq!(exit, Exit::Ok);
}

#[test]
fn a_match_inside_a_sequence_is_printed_with_its_path() {
    let (text, _) = run(&file(), Some("ReferencedSOP*"), false);
    assert!(text.starts_with("00081140[1].00081155  ReferencedSOPInstanceUID  UI  1/18"), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn no_match_is_told_by_the_exit_code() {
    assert_eq!(run(&file(), Some("NoSuchThing"), false), (String::new(), Exit::SomeProblems));
}

#[test]
fn programs_get_exact_values() {
    let (text, exit) = run(&file(), None, true);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let elements = document["elements"].as_array().unwrap();
    assert_eq!(elements[2]["items"][0][0]["value"], "1.2.840.10008.1.1");
    assert_eq!(elements[3]["value"], "王^小东\u{1b}");
    assert_eq!(elements[4]["value"], 512);
    assert_eq!((elements[4]["tag"].as_str(), elements[4]["vm"].as_u64()), (Some("00280010"), Some(1)));
    assert_eq!(exit, Exit::Ok);

    let (text, _) = run(&file(), Some("0008,1155"), true);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["elements"][0]["path"], "00081140[0].00081155");
}

#[test]
fn a_cut_file_shows_what_is_left_and_says_so() {
    let bytes = file();
    let (text, exit) = run(&bytes[..bytes.len() - 1], None, false);
    assert!(text.contains("PatientName") && text.contains("! this file ends at byte"), "{text}");
    assert_eq!(exit, Exit::SomeProblems);
}

#[test]
fn what_is_not_dicom_is_an_error_with_its_path() {
    let error = tags(Path::new("Cargo.toml"), None, false, &mut Out::to(std::io::sink())).unwrap_err();
    assert!(error.to_string().starts_with("Cargo.toml: not a DICOM file"), "{error}");
}

fn validated(bytes: &[u8], json: bool) -> (String, Exit) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let written = Shared::default();
    let exit = validate(file.path(), json, &mut Out::to(written.clone())).unwrap();
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    (text, exit)
}

#[test]
fn departures_from_the_standard_are_lines_with_their_places_and_sections() {
    let (text, exit) = validated(&file(), false);

    let nested = "error    Referenced SOP Class UID (0008,1150) in Referenced Image Sequence (0008,1140) is missing: \
                  a reference needs the class (type 1) (PS3.3 10.8)  [00081140[1].00081150]";
    assert!(text.lines().any(|line| line == nested), "{text}");
    assert!(text.contains("warning  Patient Name (0010,0010) has an odd length"), "{text}");
    assert!(text.ends_with("only values were checked\n6 errors, 2 warnings, 0 notes\n"), "{text}");
    assert_eq!(exit, Exit::SomeProblems);
}

#[test]
fn programs_get_departures_with_their_fields() {
    let document: serde_json::Value = serde_json::from_str(&validated(&file(), true).0).unwrap();

    let breaches = document["breaches"].as_array().unwrap();
    let breach = breaches.iter().find(|breach| breach["section"] == "PS3.3 10.8").unwrap();
    let expected = serde_json::json!({
        "weight": "error",
        "path": "00081140[0].00081150",
        "keyword": "ReferencedSOPClassUID",
        "missing": true,
        "module": null,
        "section": "PS3.3 10.8",
        "places": 1,
        "what": breach["what"],
    });
    assert_eq!((&document["modules_known"], breach), (&false.into(), &expected));
}
