//! Brotli copies beside the files, so that the server never compresses while somebody waits.

use std::fs;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;

use crate::error::Error;

use super::assets::files_below;

/// Kinds of file that get smaller; pictures, fonts and sounds are compressed already.
const COMPRESSIBLE: [&str; 9] =
    ["css", "html", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest"];

/// Writes a `.br` beside each file below `folder` that is worth it.
pub(super) fn all(folder: &Path) -> Result<(), Error> {
    for file in files_below(folder)? {
        let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if !COMPRESSIBLE.contains(&kind) {
            continue;
        }
        let content = fs::read(&file).map_err(Error::file(&file))?;
        let copy = beside(&file);
        fs::write(&copy, compressed(&content).map_err(Error::file(&copy))?)
            .map_err(Error::file(&copy))?;
    }
    Ok(())
}

/// Where the compressed copy of `file` is.
pub(super) fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn compressed(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        // The largest window browsers accept.
        lgwin: 24,
        // Known beforehand, the encoder looks for matches in the whole.
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_reads_back_the_same() {
        let content = "the same words again and again ".repeat(500);
        let small = compressed(content.as_bytes()).unwrap_or_default();
        let mut back = Vec::new();
        let read = brotli::BrotliDecompress(&mut small.as_slice(), &mut back);
        assert!(read.is_ok());
        assert_eq!(back, content.as_bytes());
        assert!(small.len() < content.len() / 20);
    }
}
