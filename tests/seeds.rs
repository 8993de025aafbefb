//! The seeds of the fuzz targets, past findings among them, on every test run.

#[path = "fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets reach it, as a package of their own")]
mod fuzz;

use std::{fs, path::Path};

#[test]
fn every_target_keeps_its_promises_on_its_seeds() {
    for (name, target) in fuzz::TARGETS {
        let folder = Path::new("tests/fuzz/seeds").join(name);
        let mut seeds: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        seeds.sort();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            println!("{}", seed.display());
            target(&fs::read(&seed).unwrap());
        }
    }
}
