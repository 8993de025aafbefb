//! The browser over very many series: how long each of its orders takes.

use std::time::Instant;
use topogram::{
    app::Browser,
    config::Config,
    model::{Library, Record},
};

/// Prints milliseconds for each thing that the keys of the browser ask for.
pub(crate) fn measure(count: usize) {
    let library = library(count);
    let settings = Config::default().browser;
    let mut browser = Browser::new(&settings);
    let mut lines = vec![];
    let mut time = |name: String, browser: &mut Browser, act: &mut dyn FnMut(&mut Browser)| {
        let began = Instant::now();
        act(browser);
        lines.push(format!("\"{name}\": {:.2}", began.elapsed().as_secs_f64() * 1e3));
    };
    time("first list".into(), &mut browser, &mut |browser| browser.refresh(&library));
    time("fold all".into(), &mut browser, &mut |browser| browser.fold_all(&library, true));
    time("unfold all".into(), &mut browser, &mut |browser| browser.fold_all(&library, false));
    time("fold one".into(), &mut browser, &mut |browser| {
        browser.place(count / 2);
        browser.fold_or_out(&library);
    });
    for _ in 0..settings.columns.len() {
        let name = |browser: &Browser| format!("sort by {:?}", browser.sort.column);
        let began = Instant::now();
        browser.sort_by_next(&library, 1);
        let (what, ms) = (name(&browser), began.elapsed().as_secs_f64() * 1e3);
        lines.push(format!("\"{what}\": {ms:.2}"));
    }
    let mut time = |name: &str, browser: &mut Browser, act: &mut dyn FnMut(&mut Browser)| {
        let began = Instant::now();
        act(browser);
        lines.push(format!("\"{name}\": {:.2}", began.elapsed().as_secs_f64() * 1e3));
    };
    time("reverse", &mut browser, &mut |browser| browser.reverse(&library));
    for filter in ["t", "thorax 7", "patient:00012", "modality:ct", "files:>0", "date:2019..", "-mr"] {
        time(&format!("filter {filter}"), &mut browser, &mut |browser| {
            filter.clone_into(&mut browser.filter);
            browser.refresh(&library);
        });
    }
    println!("{{{}}}", lines.join(", "));
}

/// So many series of one image, four to a study, two studies to a patient.
fn library(count: usize) -> Library {
    let mut library = Library::default();
    for k in 0..count {
        // Found in an order that is not the one they are listed in.
        let k = (k * 7919) % count;
        let mut record = Record {
            path: format!("/data/{}/{k}/1.dcm", k / 8).into(),
            patient_id: format!("LIDC-IDRI-{:06}", k / 8).as_str().into(),
            patient_name: format!("Muster^Person{:06}", (k / 8 * 31) % count).as_str().into(),
            study_uid: format!("1.2.{}", k / 4).as_str().into(),
            study_date: format!("20{:02}{:02}{:02}", k % 20, 1 + k % 12, 1 + k % 28).as_str().into(),
            study_description: "Thorax^ThoraxRoutine (Adult)".into(),
            series_uid: format!("1.2.3.{k}").as_str().into(),
            bytes: (k * 37 % 1000) as u64,
            frames: 1,
            ..Record::default()
        };
        record.series.modality = if k.is_multiple_of(3) { "MR" } else { "CT" }.into();
        record.series.number = format!("{}", k % 4 + 1).as_str().into();
        record.series.description = format!("Thorax 1.0 B{}f {}", 30 + k % 50, k % 1000).as_str().into();
        record.series.kernel = format!("B{}f", 30 + k % 50).as_str().into();
        record.series.date = record.study_date.clone();
        record.series.time = format!("{:02}1503", k % 24).as_str().into();
        record.form.has_pixels = true;
        record.form.rows = 512;
        record.form.columns = 256 + (k % 256) as u32;
        record.form.thickness = Some((k % 50) as f64 / 10.0);
        library.insert(record);
    }
    library
}
