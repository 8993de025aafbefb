//! Shared memory: pixels laid down for a terminal on the same machine, which takes them away.
//!
//! A picture of 512 x 512 then costs the terminal a third of the time that it needs for one in a file in base64,
//! and us no file at all. Segments are files where Linux keeps them, readable by their owner alone, so no more
//! than the standard library is needed; other systems go without.
//!
//! Source: `shm_open(3)` and `shm_overview(7)`.

use crate::graphics::Environment;
use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

/// Where POSIX shared memory is mounted.
const FOLDER: &str = "/dev/shm";

/// Segments looked after. The terminal has taken away all but the last few.
const MOST: usize = 64;

/// What was laid down and may still be there; dropping it takes that away.
#[derive(Debug)]
pub(super) struct Shelf {
    /// No two sessions have the same.
    prefix: String,
    count: u64,
    names: VecDeque<String>,
}

impl Default for Shelf {
    fn default() -> Self {
        let number = RandomState::new().hash_one(std::process::id());
        Self { prefix: format!("topogram-{number:016x}"), count: 0, names: VecDeque::new() }
    }
}

impl Shelf {
    /// Lays a black pixel down for the probe to ask for, if the terminal may be on this machine.
    pub(super) fn offering(environment: &mut Environment) -> Self {
        let mut shelf = Self::default();
        if !environment.is_remote() {
            environment.shared = shelf.put(&[0; 3]).ok();
        }
        shelf
    }

    /// Lays bytes down; returns the name that the terminal opens.
    ///
    /// # Errors
    ///
    /// If there is no shared memory, or none left.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<String> {
        self.count += 1;
        let name = format!("{}-{}", self.prefix, self.count);
        let written = create(&name)?.write_all(bytes);
        if let Err(error) = written {
            remove(&name);
            return Err(error);
        }
        let told = format!("/{name}");
        self.names.push_back(name);
        if self.names.len() > MOST {
            self.names.pop_front().iter().for_each(remove);
        }
        Ok(told)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.names.iter().for_each(remove);
    }
}

/// Creates a segment that nobody else can have made or can read.
fn create(name: &str) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(PathBuf::from(FOLDER).join(name))
}

/// Most are gone already.
fn remove(name: &String) {
    let _ = fs::remove_file(PathBuf::from(FOLDER).join(name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::fs::PermissionsExt, path::Path};

    fn file(name: &str) -> PathBuf {
        Path::new(FOLDER).join(name.trim_start_matches('/'))
    }

    #[test]
    fn what_the_terminal_does_not_take_is_gone_in_the_end_and_meanwhile_nobody_else_reads_it() {
        let mut shelf = Shelf::default();
        let Ok(name) = shelf.put(b"pixels") else {
            eprintln!("SKIPPED: there is no shared memory here");
            return;
        };
        assert_eq!(fs::read(file(&name)).unwrap(), b"pixels");
        assert_eq!(fs::metadata(file(&name)).unwrap().permissions().mode() & 0o777, 0o600);

        drop(shelf);
        assert!(!file(&name).exists());
    }

    #[test]
    fn a_terminal_that_takes_nothing_does_not_fill_the_memory() {
        let mut shelf = Shelf::default();
        let names: Vec<_> = (0..=MOST).map_while(|_| shelf.put(b"x").ok()).collect();
        let there = names.iter().filter(|name| file(name).exists()).count();

        assert!(there <= MOST, "{there} of {}", names.len());
    }
}
