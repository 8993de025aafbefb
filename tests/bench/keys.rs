//! What each key costs in each terminal: bytes, and the program's time on the processor.
//!
//! `cargo bench --bench keys` prints the table; what is over its limit is marked. Times hold for an idle
//! machine: they are what the system counts for our threads, not what passes meanwhile.

#[path = "../pty/mod.rs"]
mod pty;

fn main() {
    pty::measure(|row| {
        let over = if row.is_heavy() || row.is_slow() { "  OVER" } else { "" };
        println!("{row}{over}");
    });
}
