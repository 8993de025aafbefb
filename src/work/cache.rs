//! A cache that counts bytes, because a CT slice and a mammogram are not one item each.

use std::{collections::HashMap, hash::Hash, sync::Arc};

/// Keeps the most recently used values within a byte budget.
#[derive(Debug)]
pub struct ByteCache<K, V> {
    budget: usize,
    used: usize,
    clock: u64,
    entries: HashMap<K, Entry<V>>,
}

#[derive(Debug)]
struct Entry<V> {
    value: Arc<V>,
    bytes: usize,
    touched: u64,
}

impl<K: Hash + Eq + Copy, V> ByteCache<K, V> {
    /// An empty cache that holds at most `budget` bytes, plus one oversized value.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self { budget, used: 0, clock: 0, entries: HashMap::new() }
    }

    /// Bytes it may hold.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Looks up `key` and marks it as just used.
    pub fn get(&mut self, key: K) -> Option<Arc<V>> {
        self.clock += 1;
        let entry = self.entries.get_mut(&key)?;
        entry.touched = self.clock;
        Some(Arc::clone(&entry.value))
    }

    /// True if `key` is kept; does not count as a use.
    pub fn contains(&self, key: K) -> bool {
        self.entries.contains_key(&key)
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.used = 0;
    }

    /// Stores `value`, evicting the longest-unused entries until it fits.
    pub fn put(&mut self, key: K, value: Arc<V>, bytes: usize) {
        self.remove(key);
        while self.used + bytes > self.budget {
            let Some(oldest) = self.entries.iter().min_by_key(|(_, e)| e.touched).map(|(k, _)| *k) else {
                break;
            };
            self.remove(oldest);
        }
        self.clock += 1;
        self.used += bytes;
        self.entries.insert(key, Entry { value, bytes, touched: self.clock });
    }

    fn remove(&mut self, key: K) {
        if let Some(gone) = self.entries.remove(&key) {
            self.used -= gone.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slice_looked_at_last_survives_the_squeeze() {
        let mut cache = ByteCache::new(100);
        cache.put('a', Arc::new(()), 50);
        cache.put('b', Arc::new(()), 50);
        cache.get('a');
        cache.put('c', Arc::new(()), 50);
        assert!(cache.get('a').is_some());
        assert!(cache.get('b').is_none());
    }
}
