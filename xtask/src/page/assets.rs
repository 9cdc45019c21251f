//! Files on their way into the page's folder.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Error;

/// Sixteen characters that change when the content does, so that a browser may keep the file for ever.
pub(super) fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let first: [u8; 8] = std::array::from_fn(|place| digest[place]);
    format!("{:016x}", u64::from_be_bytes(first))
}

/// Writes `content` under a name made of its hash, and gives that name.
pub(super) fn write_with_hash(
    folder: &Path,
    content: &[u8],
    name: impl Fn(&str) -> String,
) -> Result<String, Error> {
    let name = name(&hash(content));
    let file = folder.join(&name);
    fs::write(&file, content).map_err(Error::file(&file))?;
    Ok(name)
}

/// Gives `file` a name made of its content's hash.
pub(super) fn rename_with_hash(
    file: &Path,
    name: impl Fn(&str) -> String,
) -> Result<String, Error> {
    let content = fs::read(file).map_err(Error::file(file))?;
    let name = name(&hash(&content));
    fs::rename(file, file.with_file_name(&name)).map_err(Error::file(file))?;
    Ok(name)
}

/// Copies a file, making the folders on the way.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    fs::copy(from, to).map_err(Error::file(from))?;
    Ok(())
}

/// Copies what is in a folder.
pub(super) fn copy_dir(from: &Path, to: &Path) -> Result<(), Error> {
    for file in files_below(from)? {
        let below = file.strip_prefix(from).unwrap_or(&file);
        copy_file(&file, &to.join(below))?;
    }
    Ok(())
}

/// Every file below a folder, in an order that does not depend on the disk.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::file(&folder))? {
            let path = entry.map_err(Error::file(&folder))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_contents_own() {
        assert_eq!(hash(b""), "e3b0c44298fc1c14");
        assert_ne!(hash(b"a"), hash(b"b"));
    }
}
