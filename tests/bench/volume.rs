//! What planes, slabs and turning views of a volume of 300 x 512 x 512 cost.
//!
//! `cargo bench --bench volume`, or with a part of a name: `-- coronal`. Each line tells the best of several
//! runs, in milliseconds of time on the processor, with one thread and with two; on processors that nobody else
//! uses two threads take half of that.
//!
//! `-- load FOLDER` tells instead what it costs to read the largest stack of a folder into a volume;
//! `volume.py` does that beside other programs.

use ndarray::Array2;
use rustix::time::{ClockId, clock_gettime};
use std::{hint::black_box, ops::ControlFlow, path::PathBuf, sync::atomic::AtomicBool, time::Instant};
use topogram::{
    dicom::{Decoder, Entry, examine, walk},
    imaging::{Cut, Detail, Projection, Sampling, Slab, Surface, View, Volume},
    model::{
        Calibration, Frame, Geometry, Library, ModalityLut, Orientation, Pixels, Spacing, SpacingSource,
        Stored, Text, Vector,
    },
    work::{Plan, assemble, store},
};

const SHAPE: [usize; 3] = [300, 512, 512];

/// A body with lungs, bones and noise, and padding outside of a circle.
fn frame(slice: usize) -> Frame {
    let mut state = slice as u32 + 1;
    let values = Array2::from_shape_fn((SHAPE[1], SHAPE[2]), |(row, column)| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 16) as i16 % 30;
        let [z, y, x] = [slice as f32 / 150.0, row as f32 / 256.0, column as f32 / 256.0].map(|at| at - 1.0);
        let inside = |x0: f32, y0: f32, a: f32, b: f32| ((x - x0) / a).powi(2) + ((y - y0) / b).powi(2) < 1.0;
        if x * x + y * y > 1.0 {
            -2000
        } else if inside(0.0, 0.4, 0.12, 0.12)
            || (inside(0.0, 0.0, 0.8, 0.6) && !inside(0.0, 0.0, 0.77, 0.57) && (z * 12.0).fract().abs() < 0.4)
        {
            700 + noise
        } else if inside(-0.4, 0.0, 0.25, 0.4) || inside(0.4, 0.0, 0.25, 0.4) {
            -850 + noise
        } else if inside(0.0, 0.0, 0.85, 0.65) {
            40 + noise
        } else {
            -1000 + noise
        }
    });
    Frame {
        pixels: Pixels::Gray(Stored::I16(values)),
        modality_lut: ModalityLut::IDENTITY,
        unit: Text::from("HU"),
        voi: vec![],
        padding: Some((-2000.0, -2000.0)),
        inverse: false,
        modality: Text::from("CT"),
        plane: None,
        spacing: None,
        calibration: Calibration::default(),
        patient_orientation: None,
        notes: vec![],
    }
}

fn volume() -> Volume {
    let orientation = Orientation { row: [1.0, 0.0, 0.0], column: [0.0, 1.0, 0.0] };
    let spacing = Spacing { row: 0.7, column: 0.7, source: SpacingSource::Patient };
    let positions: Vec<Vector> = (0..SHAPE[0]).map(|slice| [-180.0, -180.0, slice as f64]).collect();
    let geometry = Geometry::new(SHAPE, orientation, spacing, positions, 1.0);
    let mut volume = Volume::new(geometry, &frame(0), 1 << 30).unwrap();
    for slice in 0..SHAPE[0] {
        volume.set_slice(slice, &frame(slice)).unwrap();
    }
    volume
}

/// Time this program has had a processor, ms.
fn on_processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Prints what a job costs, unless nobody asked for it.
fn measure(name: &str, mut job: impl FnMut(usize)) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word)) {
        return;
    }
    let mut best = |threads: usize| {
        // A dozen runs, or as many as a second has room for.
        let began = Instant::now();
        let times = (0..12).map_while(|run| {
            let before = on_processor();
            (run < 2 || began.elapsed().as_secs() < 1).then(|| job(threads))?;
            Some(on_processor() - before)
        });
        times.fold(f64::INFINITY, f64::min)
    };
    println!("{name:28} {:8.2} {:8.2}", best(1), best(2));
}

/// Reads the largest stack of a folder, with one thread and with two: wall time and time on the processor.
fn load(folder: &str) {
    let mut library = Library::default();
    let _ = walk(&[PathBuf::from(folder)], |entry| {
        if let Entry::File(path) = entry {
            store(&mut library, examine(&path));
        }
        ControlFlow::Continue(())
    });
    let stacks = library.all_series().flat_map(|(id, _)| library.stacks(id));
    let stack = stacks.max_by_key(|stack| stack.frames.len()).expect("a folder with images");
    let plan = Plan::of(&stack, &library).unwrap();
    for threads in [1, 2] {
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            let (start, before) = (Instant::now(), on_processor());
            let built = assemble(&plan, threads, 4 << 30, &Decoder::here(), &AtomicBool::new(false), |_| ());
            drop(black_box(built.unwrap()));
            best = (best.0.min(start.elapsed().as_secs_f64() * 1e3), best.1.min(on_processor() - before));
        }
        println!(
            "{} slices, {threads} threads: {:.0} ms, {:.0} ms of processor",
            plan.frames.len(),
            best.0,
            best.1
        );
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let [word, folder] = words.as_slice()
        && word == "load"
    {
        return load(folder);
    }
    let volume = volume();
    println!("{:28} {:>8} {:>8}   ms, MiB {}", "", "1 thread", "2", volume.bytes() >> 20);
    let geometry = volume.geometry();
    let cut = |orientation| Cut::fitting(geometry, orientation, geometry.center(), (800, 800));
    let smooth = |threads| Sampling { smooth: true, slab: None, threads };
    let planes = [
        ("axial", cut(View::Axial.orientation())),
        ("coronal", cut(View::Coronal.orientation())),
        ("sagittal", cut(View::Sagittal.orientation())),
        ("oblique", cut(View::Coronal.orientation()).rotated(geometry.center(), [1.0, 2.0, 3.0], 30.0)),
    ];
    for (name, cut) in &planes {
        measure(&format!("{name} 800x800"), |threads| drop(black_box(volume.cut(cut, &smooth(threads)))));
    }
    for (projection, kind) in
        [(Projection::Largest, "mip"), (Projection::Smallest, "minip"), (Projection::Mean, "mean")]
    {
        for (name, cut) in &planes {
            let slab = Some(Slab { projection, thickness: 10.0 });
            measure(&format!("{name} {kind} of 10 mm"), |threads| {
                drop(black_box(volume.cut(cut, &Sampling { slab, ..smooth(threads) })));
            });
        }
    }
    for (name, cut) in &planes[..3] {
        let slab = Some(Slab { projection: Projection::Largest, thickness: 1000.0 });
        measure(&format!("{name} mip of all"), |threads| {
            drop(black_box(volume.cut(cut, &Sampling { slab, ..smooth(threads) })));
        });
    }
    let front = |side| Cut::fitting(geometry, View::Coronal.orientation(), geometry.center(), (side, side));
    for degrees in [0.0, 30.0] {
        let turned = |side| front(side).rotated(geometry.center(), [0.0, 0.0, 1.0], degrees);
        for (detail, side) in [(Detail::Draft, 200), (Detail::Draft, 400), (Detail::Fine, 400)] {
            measure(&format!("turn {degrees} {side} {detail:?}"), |threads| {
                drop(black_box(volume.project(&turned(side), detail, threads)));
            });
            for (name, threshold) in [("bone", Surface::BONE), ("skin", Surface::SKIN)] {
                measure(&format!("{name} {degrees} {side} {detail:?}"), |threads| {
                    drop(black_box(volume.surface(&turned(side), threshold, detail, threads)));
                });
            }
        }
    }
    // What the screen makes of a plane.
    let frame = volume.frame(&planes[1].1, &smooth(1));
    let voi = topogram::model::Window::linear(40.0, 400.0).into();
    measure("window 800x800", |_| drop(black_box(topogram::imaging::render(&frame, &voi, false))));
}
