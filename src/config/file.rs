//! Reading a small text file that may be anything: a pipe, a folder, a disk image, Latin-1.

use super::{Location, Refusal};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::{
    fs::{File, FileType},
    io::Read as _,
    os::unix::fs::FileTypeExt as _,
    path::Path,
};

/// The longest file we read. All our defaults together take a hundredth of it.
const LARGEST: u64 = 1 << 20;

/// The text of a file without its byte order mark, or `None` if there is no such file.
///
/// # Errors
///
/// [`Refusal`] for what is not a regular file, not readable, longer than 1 MiB or not UTF-8, and for a
/// symbolic link to nothing: whoever made it did not mean the defaults. Never waits, not even for the
/// writer of a pipe.
pub(super) fn read(path: &Path) -> Result<Option<String>, Refusal> {
    let refuse = |reason: String| Refusal::new(Location::file(path), reason);
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mut file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(fd) => File::from(fd),
        Err(Errno::NOENT) if path.is_symlink() => {
            return Err(refuse("is a symbolic link to a file that does not exist".to_owned()));
        }
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(refuse("is a circle of symbolic links".to_owned())),
        Err(Errno::NXIO) => return Err(refuse("is a socket or a device, not a text file".to_owned())),
        Err(Errno::ACCESS) => return Err(refuse("cannot be read: you have no permission".to_owned())),
        Err(why) => return Err(refuse(format!("cannot be opened: {}", std::io::Error::from(why)))),
    };
    let kind = file.metadata().map_err(|why| refuse(format!("cannot be read: {why}")))?.file_type();
    if !kind.is_file() {
        return Err(refuse(format!("is {}, not a text file", kind_name(kind))));
    }
    let mut bytes = vec![];
    let read = file.by_ref().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|why| refuse(format!("cannot be read: {why}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(refuse("is longer than 1 MB, which no configuration is".to_owned()));
    }
    decode(path, bytes).map(Some)
}

fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, Refusal> {
    let text = String::from_utf8(bytes).map_err(|why| {
        let start = why.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(why.as_bytes().get(..start).unwrap_or_default());
        let at = Location::span(&path.into(), &valid, Some(start..start));
        Refusal::new(at, "is not UTF-8 text from here on")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

fn kind_name(kind: FileType) -> &'static str {
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink, path::PathBuf};

    /// A fresh folder that is removed again.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("topogram-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn refusal_of(&self, name: &str) -> String {
            let text = read(&self.0.join(name)).unwrap_err().to_string();
            text.replace(&*self.0.to_string_lossy(), "")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_not_a_regular_file_is_refused_without_waiting() {
        let folder = Folder::new("kinds");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            folder.0.join("pipe"),
            rustix::fs::FileType::Fifo,
            Mode::RUSR,
            0,
        )
        .unwrap();
        symlink("loop", folder.0.join("loop")).unwrap();
        symlink("nowhere", folder.0.join("dangling")).unwrap();

        assert_eq!(folder.refusal_of("pipe"), "/pipe: is a pipe, not a text file");
        assert_eq!(folder.refusal_of(""), "/: is a folder, not a text file");
        assert_eq!(folder.refusal_of("loop"), "/loop: is a circle of symbolic links");
        assert_eq!(
            folder.refusal_of("dangling"),
            "/dangling: is a symbolic link to a file that does not exist"
        );
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("a device"));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_where_it_begins() {
        let folder = Folder::new("latin");
        fs::write(folder.0.join("latin"), b"a = 1\ntheme = \"\xff\"\n").unwrap();
        assert_eq!(folder.refusal_of("latin"), "/latin:2:10: is not UTF-8 text from here on");
    }

    #[test]
    fn eight_megabytes_are_refused() {
        let folder = Folder::new("huge");
        fs::write(folder.0.join("huge"), b"# c\n".repeat(2_000_000)).unwrap();
        assert_eq!(folder.refusal_of("huge"), "/huge: is longer than 1 MB, which no configuration is");
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        let folder = Folder::new("bom");
        fs::write(folder.0.join("bom"), b"\xef\xbb\xbfa = 1\n").unwrap();
        assert_eq!(read(&folder.0.join("bom")), Ok(Some("a = 1\n".to_owned())));
    }

    #[test]
    fn a_file_that_is_not_there_is_no_error() {
        assert_eq!(read(Path::new("/nowhere/at/all")), Ok(None));
    }
}
