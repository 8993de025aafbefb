//! Names in an archive as parts of a path: none leads out of it, and none is there twice.

use std::collections::HashSet;

/// Bytes of a name that are kept.
const LONGEST: usize = 1024;

/// The names given so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashSet<String>,
}

impl Names {
    /// What a name becomes: without `..` and the like, and another than those before it.
    pub(super) fn unique(&mut self, name: &[u8]) -> String {
        let name = tame(name);
        let mut unique = name.clone();
        let mut copy = 1;
        while !self.known.insert(unique.clone()) {
            copy += 1;
            unique = format!("{name}~{copy}");
        }
        unique
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

fn tame(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(&name[..name.len().min(LONGEST)]).replace('\\', "/");
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "."));
    let parts = parts.map(|part| if part == ".." { "__" } else { part });
    let joined = parts.collect::<Vec<_>>().join("/").replace('\0', "_");
    if joined.is_empty() { "_".to_owned() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_and_none_comes_twice() {
        let mut names = Names::default();
        let mut unique = |name: &str| names.unique(name.as_bytes());

        assert_eq!(unique("../../etc/passwd"), "__/__/etc/passwd");
        assert_eq!(unique("/a//./b"), "a/b");
        assert_eq!(unique("a\\b"), "a/b~2");
        assert_eq!((unique(""), unique("..")), ("_".to_owned(), "__".to_owned()));
    }

    #[test]
    fn a_thousand_copies_of_a_name_are_a_thousand_names() {
        let mut names = Names::default();
        (0..1000).for_each(|_| drop(names.unique(b"a")));
        assert_eq!(names.len(), 1000);
    }
}
