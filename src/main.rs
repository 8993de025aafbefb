//! The program: everything is in the library.

fn main() {
    if let Err(error) = topogram::cli::run() {
        eprintln!("topogram: {error}");
    }
}
