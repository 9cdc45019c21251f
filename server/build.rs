//! Says which folders, besides the sources, end up inside the binary.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // Debug builds read the page from disk at run time.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../dist");
    }
}
