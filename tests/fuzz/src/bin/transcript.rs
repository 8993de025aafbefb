#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topogram_fuzz::transcript(data));
