//! No key costs more bytes than it must, whatever the terminal.

mod pty;

#[test]
fn every_key_keeps_to_its_bytes_in_every_terminal_and_idleness_costs_none() {
    let mut heavy = vec![];
    let folder = tempfile::tempdir().unwrap();
    pty::measure(&pty::demo(folder.path()), |row| {
        let slow = if row.is_slow() { " (slow, as a build for tests may be)" } else { "" };
        println!("{row}{slow}");
        if row.is_heavy() {
            heavy.push(row.to_string());
        }
    });
    assert!(heavy.is_empty(), "over their limits:\n{}", heavy.join("\n"));
}
