//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    topogram::cli::run(std::env::args_os()).into()
}
