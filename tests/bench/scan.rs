//! What a scan costs, to be run by `tests/bench/scan.py` beside other programs.
//!
//! `scan make slices|headers FOLDER COUNT` writes a corpus. `scan ours FOLDER THREADS` scans one and
//! `scan floor FOLDER THREADS` does no more than any scan must: walk, open, one read. `scan lists COUNT`
//! orders a made-up library of so many series. Each prints one line of JSON.

mod corpus;
mod lists;

use corpus::Corpus;
use rustix::time::{ClockId, clock_gettime};
use std::{
    env, fs,
    fs::File,
    hint::black_box,
    ops::ControlFlow,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};
use topogram::{
    dicom::{Entry, walk},
    model::Library,
    work::{Found, Scanner, store},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` passes a flag of its own.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", kind, folder, count] => {
            let corpus = if kind == "slices" { Corpus::SLICES } else { Corpus::HEADERS };
            corpus.write(Path::new(folder), count.parse()?)?;
        }
        ["ours", folder, threads] => ours(folder.into(), threads.parse()?),
        ["floor", folder, threads] => floor(folder.into(), threads.parse()?),
        ["lists", count] => lists::measure(count.parse()?),
        _ => println!("scan make|ours|floor|lists; see tests/bench/scan.py"),
    }
    Ok(())
}

/// CPU time of all threads of this process so far, seconds.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// A line of `/proc/self/status`, kB.
fn status(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

/// A scan as the explorer runs it, into a library.
fn ours(folder: PathBuf, threads: usize) {
    let (before, began) = (status("VmRSS"), Instant::now());
    let (sender, found) = crossbeam_channel::bounded::<Found>(32);
    let scanner = Scanner::start(vec![folder], threads, sender);
    let (mut library, mut first) = (Library::default(), None);
    for message in found {
        let Found::Files(files) = message else { break };
        for (_, outcome) in files {
            store(&mut library, outcome);
        }
        first.get_or_insert_with(|| began.elapsed().as_secs_f64());
    }
    let (wall, cpu) = (began.elapsed().as_secs_f64(), cpu());
    drop(scanner);
    let (files, instances) = (library.counts.files, library.counts.dicom);
    println!(
        "{{\"files\": {files}, \"instances\": {instances}, \"series\": {}, \"wall\": {wall:.4}, \"cpu\": {cpu:.4}, \
         \"first\": {:.4}, \"peak_kb\": {}, \"kept_kb\": {}}}",
        library.series_count(),
        first.unwrap_or(0.0),
        status("VmHWM"),
        status("VmRSS").saturating_sub(before),
    );
}

/// The least that reading the head of every file can cost.
fn floor(folder: PathBuf, threads: usize) {
    let began = Instant::now();
    let (sender, paths) = crossbeam_channel::bounded::<Vec<PathBuf>>(256);
    let readers: Vec<_> = (0..threads)
        .map(|_| {
            let paths = paths.clone();
            thread::spawn(move || {
                let (mut head, mut files) = ([0; 8 << 10], 0u64);
                for path in paths.into_iter().flatten() {
                    let read = File::open(path).and_then(|file| file.read_at(&mut head, 0));
                    files += u64::from(black_box(read).is_ok());
                }
                files
            })
        })
        .collect();
    let mut batch = vec![];
    let _ = walk(&[folder], |entry| {
        if let Entry::File(path) = entry {
            batch.push(path);
        }
        if batch.len() == 32 {
            let _ = sender.send(std::mem::take(&mut batch));
        }
        ControlFlow::Continue(())
    });
    let _ = sender.send(batch);
    drop(sender);
    let files: u64 = readers.into_iter().filter_map(|reader| reader.join().ok()).sum();
    println!("{{\"files\": {files}, \"wall\": {:.4}, \"cpu\": {:.4}}}", began.elapsed().as_secs_f64(), cpu());
}
