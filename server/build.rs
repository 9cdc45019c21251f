//! Says which folders, besides the sources, end up inside the binary.

use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../dist");
        return Ok(());
    }
    // Debug builds read the page from disk at run time, but where the folder really is, rust-embed finds out at
    // compile time: it has to exist before there is a page in it.
    std::fs::create_dir_all(Path::new("../target/page"))
}
