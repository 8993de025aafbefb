//! What the README and `examples/` show is run as it stands there.

use super::{code, demo, run, stderr, stdout, topogram};
use std::{env, fs, io::Write as _, path::Path, process::Command};

const README: &str = include_str!("../../README.md");
const COMMANDS: &str = include_str!("../../examples/commands.sh");

/// The lines of a text that call the program.
fn calls(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("topogram ")).collect()
}

#[test]
fn every_command_runs_on_the_demo_as_the_readme_has_it() {
    let place = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_topogram"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/commands.sh");
    // What the script needs of the system, and the program under test before anything of that name.
    let path = env::join_paths(
        program
            .parent()
            .into_iter()
            .map(Path::to_owned)
            .chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    let output = Command::new("/bin/sh")
        .arg(script)
        .arg(place.path())
        .envs(topogram().get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", path.unwrap())
        .output()
        .unwrap();
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("good     Thorax"), "the verdict is of the demo");
    assert!(stdout(&output).contains("11.5 mm"), "so is the measurement");

    let block = README.split("### Every command once").nth(1).expect("a section of the README");
    let block = block.split("```").nth(1).expect("a block of commands");
    assert_eq!(calls(block), calls(COMMANDS));
}

#[test]
fn no_command_is_left_out() {
    let help = stdout(&run(["--help"]));
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 15, "{list}");
    for command in commands {
        let called = |line: &&str| line.split_whitespace().nth(1) == Some(command);
        assert!(calls(COMMANDS).iter().any(called), "examples/commands.sh does not call {command}");
    }
}

#[test]
fn the_programs_over_the_crate_run_on_the_demo() {
    let place = tempfile::tempdir().unwrap();
    let (demo, out) = (demo().to_str().unwrap(), place.path().to_str().unwrap());
    let wang = format!("{demo}/wang");
    let folder = Path::new(env!("CARGO_BIN_EXE_topogram")).with_file_name("examples");
    // To paint the demo takes seconds, so only one of them does it; `histogram` and `prepare` compute for longer
    // than tests should take where nothing is optimised.
    let programs: [(&str, &[&str]); 4] = [
        ("list_series", &[demo]),
        ("read_object", &[]),
        ("nameless", &[&wang, &format!("{out}/nameless")]),
        ("export_array", &[&wang, &format!("{out}/arrays")]),
    ];
    for (name, arguments) in programs {
        let program = folder.join(name);
        if !program.exists() {
            // Not `eprintln!`, which the test harness swallows.
            let _ = writeln!(std::io::stderr(), "SKIPPED {name}: only a test of everything builds examples");
            continue;
        }
        let output = Command::new(program).args(arguments).output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (Some(0), ""), "{name}");
        assert!(!output.stdout.is_empty(), "{name}");
    }
}

#[test]
fn every_program_is_named_in_the_readme() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix(".rs") {
            assert!(README.contains(&format!("--example {name}")), "{name}");
        }
    }
}
