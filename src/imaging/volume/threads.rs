//! Pictures drawn by several threads, each a band of rows.

/// Calls `draw` with the first row and the pixels of each of `threads` bands.
pub(in crate::imaging) fn bands<T: Send>(
    pixels: &mut [T],
    columns: usize,
    threads: usize,
    draw: impl Fn(usize, &mut [T]) + Sync,
) {
    if pixels.is_empty() || columns == 0 {
        return;
    }
    let rows = pixels.len() / columns;
    let band = rows.div_ceil(threads.max(1));
    if band >= rows {
        return draw(0, pixels);
    }
    std::thread::scope(|scope| {
        for (number, pixels) in pixels.chunks_mut(band * columns).enumerate() {
            let draw = &draw;
            scope.spawn(move || draw(number * band, pixels));
        }
    });
}

/// Does some work with the widest registers of this processor that a compiler makes use of.
#[inline]
pub(in crate::imaging) fn widest<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(wide) = fearless_simd::Level::new().as_avx2() {
        use fearless_simd::Simd;
        return wide.vectorize(work);
    }
    work()
}
