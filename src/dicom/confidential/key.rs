//! The secret that pseudonyms and new UIDs are made with: the same key gives the same ones.

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use std::{fs::File, io, io::Read as _, path::Path};

/// A key file must hold at least this many bytes.
const LEAST: usize = 16;
/// Bytes of a key file that are read.
const MOST: u64 = 64 << 10;
/// Bytes of a block of SHA-256, for the keyed hash.
const BLOCK: usize = 64;
/// Days by which dates are shifted back at most: ten years.
const MOST_DAYS: u32 = 3650;

/// A key for one run, or one that is kept in a file to get the same copy again.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key that nobody will know.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn random() -> io::Result<Self> {
        let mut bytes = vec![0; 32];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes of a file, at least sixteen.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is shorter; or it is no regular file, which another run could not read again and
    /// whose bytes everybody may know. Never waits for the writer of a pipe.
    pub fn read(path: &Path) -> io::Result<Self> {
        let refuse = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why);
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(refuse("it is not a regular file"));
        }
        let mut bytes = vec![];
        file.take(MOST).read_to_end(&mut bytes)?;
        Self::of(bytes).ok_or_else(|| refuse("it has fewer than 16 bytes"))
    }

    /// These bytes, if there are enough of them.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= LEAST).then_some(Self(bytes))
    }

    /// The UID that stands for another one: a UUID of version 8 under 2.25 (PS3.5 B.2).
    pub fn uid(&self, uid: &str) -> String {
        let mut number = self.hash("uid", uid) & !(0xf << 76) & !(0x3 << 62);
        number |= 0x8 << 76 | 0x2 << 62;
        format!("2.25.{number}")
    }

    /// What a patient of that ID is called.
    pub(super) fn pseudonym(&self, id: &str) -> String {
        format!("P{:016X}", (self.hash("patient", id) >> 64) as u64)
    }

    /// Days by which the dates of a patient are moved into the past: one year to eleven.
    pub(super) fn days(&self, id: &str) -> i64 {
        365 + (self.hash("days", id) % u128::from(MOST_DAYS)) as i64
    }

    /// HMAC-SHA-256 (RFC 2104) of a text, its first half; `what` keeps purposes apart.
    fn hash(&self, what: &str, text: &str) -> u128 {
        let mut key = [0; BLOCK];
        if self.0.len() > BLOCK {
            key[..32].copy_from_slice(&Sha256::digest(&self.0));
        } else {
            key[..self.0.len()].copy_from_slice(&self.0);
        }
        let inner = Sha256::new().chain_update(key.map(|byte| byte ^ 0x36));
        let inner = inner.chain_update(what).chain_update([0]).chain_update(text).finalize();
        let outer = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
        outer.iter().take(16).fold(0, |number, &byte| number << 8 | u128::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_uid;

    #[test]
    fn one_key_gives_one_uid_and_another_key_another() {
        let (a, b) = (Key::of(vec![1; 16]).unwrap(), Key::of(vec![2; 16]).unwrap());
        assert_eq!(a.uid("1.2.3"), a.uid("1.2.3"));
        assert_ne!(a.uid("1.2.3"), a.uid("1.2.4"));
        assert_ne!(a.uid("1.2.3"), b.uid("1.2.3"));
        assert!(is_uid(&a.uid("1.2.3")) && Key::of(vec![1; 15]).is_none());
        assert_ne!(Key::random().unwrap().uid("1"), Key::random().unwrap().uid("1"));
    }

    #[test]
    fn only_a_regular_file_is_a_key_and_nobody_waits_for_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        for path in [&*pipe, folder.path(), Path::new("/dev/zero")] {
            let why = Key::read(path).unwrap_err().to_string();
            assert!(why.contains("not a regular file"), "{}: {why}", path.display());
        }
        let key = folder.path().join("key");
        std::fs::write(&key, [1; 15]).unwrap();
        assert!(Key::read(&key).unwrap_err().to_string().contains("16 bytes"));
        std::fs::write(&key, [1; 16]).unwrap();
        assert_eq!(Key::read(&key).unwrap().uid("1.2"), Key::of(vec![1; 16]).unwrap().uid("1.2"));
    }

    #[test]
    fn the_keyed_hash_is_hmac() {
        // RFC 4231, test case 2, of "what do ya want for nothing?"; the zero that keeps purposes apart is ours.
        let key = Key::of([0x0b; 20].to_vec()).unwrap();
        let mut plain = Sha256::new();
        plain.update([[0x0b ^ 0x36; 20].to_vec(), vec![0x36; 44], b"uid\x001.2".to_vec()].concat());
        let inner = plain.finalize();
        let outer = Sha256::digest([[0x0b ^ 0x5c; 20].to_vec(), vec![0x5c; 44], inner.to_vec()].concat());
        let first = u128::from_be_bytes(outer[..16].try_into().unwrap());
        assert_eq!(key.hash("uid", "1.2"), first);
    }
}
