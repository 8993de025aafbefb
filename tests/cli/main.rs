//! The program as a shell sees it: what it prints, where, and how it ends.

mod examples;
mod kept;
mod layouts;
mod writing;

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

/// The program without a terminal, and without the settings of whoever runs the tests.
fn topogram() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_topogram"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("TMPDIR", std::env::temp_dir())
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null());
    command
}

fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    topogram().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// The demo takes seconds to paint, so all tests share one.
fn demo() -> &'static Path {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli-demo");
        topogram::dicom::demo::write(&folder).unwrap();
        folder
    })
}

fn file_of_demo(wanted: impl Fn(&serde_json::Value) -> bool) -> String {
    let lines =
        stdout(&run([OsStr::new("ls"), OsStr::new("--files"), OsStr::new("--json"), demo().as_os_str()]));
    let found =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).find(wanted);
    found.unwrap()["path"].as_str().unwrap().to_owned()
}

#[test]
fn help_and_version_are_no_errors() {
    for flag in ["--help", "-h", "--version"] {
        let output = run([flag]);
        assert_eq!((code(&output), stderr(&output).as_str()), (Some(0), ""), "{flag}");
        assert!(stdout(&output).contains("topogram"));
    }
    assert_eq!(stdout(&run(["--version"])), concat!("topogram ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_command_has_help_that_fits_an_ordinary_terminal() {
    for command in ["", "ls", "tags", "show", "demo", "doctor", "config", "completions", "man"] {
        let output = run(command.split_terminator(' ').chain(["-h"]));
        assert_eq!(code(&output), Some(0), "{command}");
        for line in stdout(&output).lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}

#[test]
fn arguments_that_make_no_sense_are_two_and_one_harmless_message() {
    for arguments in
        [["--colour", "x"], ["--graphics", "kity"], ["--memory", "1X"], ["show", "\x1b[2J\u{9b}1"]]
    {
        let output = run(arguments);
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        let message = stderr(&output);
        assert!(message.starts_with("topogram: "), "{message}");
        assert!(!message.contains(['\x1b', '\u{9b}']), "{message:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn without_a_terminal_the_explorer_says_what_works_instead() {
    let output = run([demo()]);
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("topogram ls"), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn ls_prints_the_contract_as_json() {
    let output = run([OsStr::new("ls"), OsStr::new("--json"), demo().as_os_str()]);

    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!document["patients"].as_array().unwrap().is_empty());
    let problems = document["counts"]["problems"].as_u64().unwrap();
    assert_eq!(code(&output), Some(i32::from(problems > 0)));
    assert_eq!(document["problems"].as_array().unwrap().len() as u64, problems);
}

#[test]
fn find_lists_the_series_that_a_query_means() {
    let find = |query: &str, more: &[&str]| {
        let mut all = vec![OsStr::new("find"), OsStr::new(query), demo().as_os_str()];
        all.extend(more.iter().map(OsStr::new));
        stdout(&run(all))
    };
    let rows = |query: &str| find(query, &["--csv"]).lines().count() - 1;
    let all = rows("");

    assert!(rows("modality:ct") > 0 && rows("modality:ct") < all);
    assert_eq!(rows("modality:ct") + rows("-modality:ct"), all);
    assert_eq!(rows("nothing-is-called-so"), 0);
    let document: serde_json::Value = serde_json::from_str(&find("slices:>100000", &["--json"])).unwrap();
    assert_eq!(document["patients"], serde_json::json!([]));
}

#[test]
fn check_tells_what_is_wrong_and_fails_where_it_is_asked_to() {
    let arguments = |more: &[&str]| {
        let mut all = vec![OsStr::new("check"), demo().as_os_str()];
        all.extend(more.iter().map(OsStr::new));
        run(all)
    };
    let output = arguments(&["--json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let gap =
        findings.iter().find(|finding| finding["rule"] == "gap").expect("the demo lacks a slice on purpose");

    assert_eq!(code(&output), Some(0), "nothing contradicts anything there");
    assert_eq!(gap["weight"], "warning");
    assert!(gap["series"].is_string() && gap["what"].as_str().unwrap().contains("missing"), "{gap}");
    assert_eq!(document["counts"]["warnings"].as_u64().map(|count| count > 0), Some(true));
    assert_eq!(code(&arguments(&["--fail-on", "warning"])), Some(1));
    assert!(stdout(&arguments(&[])).contains(gap["what"].as_str().unwrap()));
}

#[test]
fn ls_prints_one_line_for_each_series_as_csv() {
    let json = run([OsStr::new("ls"), OsStr::new("--json"), demo().as_os_str()]);
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let studies = list(&document["patients"]).iter().flat_map(|p| list(&p["studies"])).collect::<Vec<_>>();
    let series: usize = studies.iter().map(|study| list(&study["series"]).len()).sum();

    let csv = stdout(&run([OsStr::new("ls"), OsStr::new("--csv"), demo().as_os_str()]));

    assert!(csv.starts_with("patient_id,patient_name,"));
    assert_eq!(csv.matches("\r\n").count(), 1 + series);
}

#[test]
fn any_attribute_is_a_column_and_a_question() {
    let list = |arguments: &[&str]| {
        let arguments = arguments.iter().map(OsStr::new).chain([demo().as_os_str()]);
        stdout(&run(arguments))
    };
    let columns = ["--columns", "KVP,(0020,0013)"];

    let csv = list(&[&["ls", "--csv"], &columns[..]].concat());
    assert!(csv.lines().next().unwrap().ends_with(",KVP,\"(0020,0013)\""), "{csv}");
    // Instance Number differs within a series of several files.
    assert!(csv.contains(" (+"), "{csv}");
    let files = list(&[&["ls", "--files", "--json"], &columns[..]].concat());
    let line = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let kvp: Vec<String> =
        files.lines().filter_map(|text| line(text)["tags"]["KVP"].as_str().map(str::to_owned)).collect();
    assert!(!kvp.is_empty());

    let one = format!("KVP:{}", kvp[0]);
    let series = |query: &str| list(&["find", "--csv", query]).lines().count() - 1;
    let all = series("");
    assert!(series(&one) > 0 && series(&one) + series(&format!("-{one}")) == all, "{one}");
    assert_eq!(series("KVP:>9000"), 0);
    assert_eq!(code(&run(["ls", "--columns", "Nonsense", "."])), Some(2));
}

#[test]
fn ls_of_nothing_that_exists_is_two_and_of_something_missing_beside_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&run(["ls", "/no/such/place"])), Some(2));
    let both = run([OsStr::new("ls"), OsStr::new("/no/such/place"), folder.path().as_os_str()]);
    assert_eq!(code(&both), Some(1));
    assert_eq!(code(&run([OsStr::new("ls"), folder.path().as_os_str()])), Some(0));
}

#[test]
fn a_path_that_is_not_utf8_is_listed_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&odd).unwrap();
    let copy = odd.join(OsStr::from_bytes(b"\xff.dcm"));
    fs::copy(file_of_demo(|line| line["kind"] == "dicom"), &copy).unwrap();

    let output = run([OsStr::new("ls"), OsStr::new("--files"), OsStr::new("--json"), odd.as_os_str()]);

    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), line["kind"].as_str()), (Some(0), Some("dicom")));
    assert!(line["path_bytes"].is_string());
    let output = run([OsStr::new("show"), copy.as_os_str()]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
}

#[test]
fn a_broken_settings_file_is_refused_with_its_place_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    for (text, place) in
        [("them = 1\n", ":1:1: "), ("[keys]\nquit = \"\x1b]0;x\"", ":2:"), ("a = [[[", ":1:")]
    {
        fs::write(&file, text).unwrap();
        for command in [&["."][..], &["show", "."], &["demo"]] {
            let output = topogram().arg("--config").arg(&file).args(command).output().unwrap();
            assert_eq!(code(&output), Some(2), "{text:?} {command:?}");
            assert!(output.stdout.is_empty());
            let message = stderr(&output);
            let expected = format!("topogram: {}{place}", file.display());
            assert!(message.starts_with(&expected), "{message}");
            assert!(!message.contains('\x1b') && message.lines().count() == 1, "{message:?}");
        }
    }
}

#[test]
fn settings_that_are_a_pipe_or_a_folder_are_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let output = topogram().arg("--config").arg(folder.path()).args(["show", "."]).output().unwrap();
    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("is a folder"), "{}", stderr(&output));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = topogram()
        .args([OsStr::new("ls"), OsStr::new("--files"), demo().as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before the first line can be written, as the scan has yet to begin.
    drop(child.stdout.take());
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert_eq!((child.wait().unwrap().code(), message.as_str()), (Some(0), ""));
}

#[test]
fn a_reader_of_one_line_gets_it() {
    let mut child = topogram().args(["config", "--default"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with('#'));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_two() {
    for arguments in [&["config", "--default"][..], &["--help"], &["man"], &["ls", "themes"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = topogram().args(arguments).stdout(full).output().unwrap();
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with("topogram: "), "{}", stderr(&output));
    }
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let status = topogram().arg("--nonsense").stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn closed_standard_streams_are_survived() {
    let shell = |redirections: &str| {
        let line = format!("exec {} ls . {redirections}", env!("CARGO_BIN_EXE_topogram"));
        Command::new("sh").args(["-c", &line]).current_dir("themes").output().unwrap()
    };
    for redirections in [">&-", "2>&-", ">&- 2>&- <&-"] {
        let output = shell(redirections);
        assert_eq!(code(&output), Some(0), "{redirections}: {}", stderr(&output));
    }
}

#[test]
fn show_without_a_terminal_describes_the_picture_and_sends_no_escape() {
    let output = run([OsStr::new("show"), demo().as_os_str(), OsStr::new("--window"), OsStr::new("lung")]);

    assert!(matches!(code(&output), Some(0 | 1)), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(!text.contains('\x1b'));
    assert!(text.contains("W 1500 L -600"), "{text}");
    assert!(text.contains("slice "), "{text}");
}

#[test]
fn show_of_what_is_no_picture_says_so() {
    let text = run(["show", "Cargo.toml"]);
    assert_eq!(code(&text), Some(2));
    assert_eq!(stderr(&text).lines().count(), 1, "{}", stderr(&text));

    let folder = tempfile::tempdir().unwrap();
    let empty = run([OsStr::new("show"), folder.path().as_os_str()]);
    assert!(stderr(&empty).contains("holds no DICOM images"));

    let beyond = run([OsStr::new("show"), demo().as_os_str(), OsStr::new("--slice"), OsStr::new("9999")]);
    assert!(stderr(&beyond).contains("there is no slice 9999"), "{}", stderr(&beyond));
    let window = run([OsStr::new("show"), demo().as_os_str(), OsStr::new("--window"), OsStr::new("-6/4")]);
    assert!(stderr(&window).contains("the width must be more than 0"), "{}", stderr(&window));
}

#[test]
fn a_masked_list_tells_nobody_who_it_is_about() {
    // A folder and a file called after the patient, one sound and one cut.
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("Phantom^Thora");
    fs::create_dir(&named).unwrap();
    let source = file_of_demo(|file| file["kind"] == "dicom" && file["warnings"] == serde_json::json!([]));
    let file = named.join("Thora 1.dcm");
    fs::copy(&source, &file).unwrap();
    let cut = fs::read(&source).unwrap();
    fs::write(named.join("Thora 2.dcm"), &cut[..cut.len() - 100]).unwrap();
    fs::write(named.join("Thora 3.dcm"), &cut[..160]).unwrap();
    // What must not be told: every value of what names somebody, as the file itself tells it.
    let secrets =
        ["PatientName", "PatientID", "AccessionNumber", "InstitutionName", "StudyDate", "SeriesDate"];
    let secrets = secrets.into_iter().chain(["SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"]);
    let plain = |keyword: &str| {
        let output = run([
            OsStr::new("tags"),
            OsStr::new("--json"),
            OsStr::new("-t"),
            OsStr::new(keyword),
            file.as_os_str(),
        ]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["elements"][0]["value"].as_str().map(str::to_owned)
    };
    let mut values: Vec<String> = secrets.filter_map(plain).filter(|value| value.len() > 3).collect();
    assert!(values.len() >= 6, "{values:?}");
    values.extend(["Thora".to_owned(), "Phantom".to_owned()]);

    let here = folder.path().as_os_str();
    let commands: [&[&str]; 16] = [
        &["ls"],
        &["ls", "--json"],
        &["ls", "--csv"],
        &["ls", "--files"],
        &["ls", "--files", "--json"],
        &["find", "modality:ct"],
        &["find", "--json", "ct"],
        &["check"],
        &["check", "--json"],
        &["digest"],
        &["digest", "--json"],
        &["tags"],
        &["tags", "--json"],
        &["read"],
        &["read", "--json"],
        &["show"],
    ];
    for command in commands {
        let path = if matches!(command[0], "tags" | "read" | "show") { file.as_os_str() } else { here };
        let output = run(command.iter().map(OsStr::new).chain([path, OsStr::new("--mask-phi")]));
        let text = stdout(&output) + &stderr(&output);
        assert!(text.len() > 40, "{command:?}: {text}");
        for secret in &values {
            assert!(!text.contains(secret), "{command:?} tells {secret}:\n{text}");
        }
    }
}

#[test]
fn the_demo_refuses_a_folder_that_is_someone_elses() {
    let folder = tempfile::tempdir().unwrap();
    File::create(folder.path().join("thesis.txt")).unwrap().write_all(b"precious").unwrap();

    let output = run([OsStr::new("demo"), OsStr::new("--no-open"), folder.path().as_os_str()]);

    assert_eq!(code(&output), Some(2));
    assert!(stderr(&output).contains("is not empty"), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn doctor_answers_without_a_terminal_and_with_bad_settings() {
    let good = run(["doctor"]);
    assert_eq!(code(&good), Some(0), "{}", stderr(&good));
    assert!(stdout(&good).contains("Verdict:  valid") && !stdout(&good).contains('\x1b'));

    let bad = run(["doctor", "--theme", "no-such-theme"]);
    assert_eq!(code(&bad), Some(1));
    assert!(stdout(&bad).contains("refused: no theme is called"), "{}", stdout(&bad));
}

#[test]
fn config_prints_a_file_that_can_be_used_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, run(["config", "--default"]).stdout).unwrap();

    let output = topogram().arg("config").arg("--config").arg(&file).output().unwrap();

    assert_eq!(code(&output), Some(0), "{}", stdout(&output));
    let path = topogram().env("HOME", "/home/ada").args(["config", "--path"]).output().unwrap();
    assert_eq!(stdout(&path), "/home/ada/.config/topogram/config.toml\n");
}

#[test]
fn every_shell_gets_a_completion_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(["completions", shell]);
        assert_eq!(code(&output), Some(0));
        assert!(stdout(&output).contains("mask-identifiers"), "{shell}");
        assert_eq!(run(["docs", "completions", shell]).stdout, output.stdout);
    }
    assert_eq!(code(&run(["completions", "tcsh"])), Some(2));
}

#[test]
fn the_manual_names_every_command_key_and_exit_status() {
    let output = run(["man"]);
    assert_eq!(run(["docs", "man"]).stdout, output.stdout);
    let page = stdout(&output);
    for wanted in [".SH KEYS", "EXIT STATUS", "topogram show", "next\\-stack", "mask\\-identifiers"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("topogram docs"));
}
