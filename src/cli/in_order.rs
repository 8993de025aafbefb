//! Many tasks on a few threads, their results in order.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Does `work` for all tasks on `jobs` threads, and hands over what comes of them in the order of the tasks.
///
/// # Errors
///
/// What `each` returns; no new task is begun from there on.
pub(super) fn in_order<'a, T: Sync, R: Send>(
    tasks: &'a [T],
    jobs: usize,
    work: impl Fn(&'a T) -> R + Sync,
    mut each: impl FnMut(R) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, done) = crossbeam_channel::unbounded();
        for _ in 0..jobs.min(tasks.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(task) = tasks.get(at)
                    && sender.send((at, work(task))).is_ok()
                {}
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut turn = 0;
        for (at, result) in done {
            early.insert(at, result);
            while let Some(result) = early.remove(&turn) {
                each(result)?;
                turn += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn results_come_in_the_order_of_the_tasks_whoever_is_first() {
        let tasks: Vec<u64> = (0..40).collect();
        let mut seen = vec![];
        let slow_first = |&task: &u64| {
            thread::sleep(std::time::Duration::from_millis(if task % 4 == 0 { 3 } else { 0 }));
            task
        };
        in_order(&tasks, 4, slow_first, |task| {
            seen.push(task);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, tasks);
    }

    #[test]
    fn a_reader_that_has_seen_enough_ends_the_work() {
        let tasks = vec![(); 1000];
        let begun = AtomicUsize::new(0);
        let work = |(): &()| {
            begun.fetch_add(1, Ordering::Relaxed);
            thread::sleep(std::time::Duration::from_millis(1));
        };
        assert!(in_order(&tasks, 2, work, |()| bail!("enough")).is_err());
        assert!(begun.into_inner() < 1000);
    }
}
