//! A Rust that compiles to WebAssembly: rustup's, else Debian's with a standard library we build.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::{paths, tool};

use super::{apt_install, may_use_apt};

/// The target the page is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Debian's packages with a recent Rust and the source of its standard library.
const DEBIAN: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// A cargo that can compile the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The toolchain in use has the target.
    Toolchain,
    /// Debian's compiler, with the linker of the toolchain in use.
    Debian {
        /// `rust-lld`, which Debian does not package.
        linker: PathBuf,
    },
}

impl Compiler {
    /// Cargo, set up for this compiler.
    pub(crate) fn cargo(&self) -> Command {
        match self {
            Self::Toolchain => tool::cargo(),
            Self::Debian { linker } => {
                let mut cargo = tool::tool("/usr/bin/cargo");
                cargo
                    .args(["-Z", "build-std=std,panic_abort"])
                    // `-Z` on a stable compiler: the standard library is built with unstable features anyway.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .env("CARGO_TARGET_DIR", self.target())
                    .env_remove("CARGO")
                    .env_remove("RUSTUP_TOOLCHAIN");
                cargo
            }
        }
    }

    /// Where it builds. Two compilers in one folder would throw away each other's work.
    pub(crate) fn target(&self) -> PathBuf {
        match self {
            Self::Toolchain => paths::target(),
            Self::Debian { .. } => paths::target().join("debian"),
        }
    }
}

/// Finds, or with rustup or apt installs, a compiler for the page.
pub(crate) fn for_the_page() -> Result<Compiler, Error> {
    let sysroot = tool::read(tool::tool("rustc").args(["--print", "sysroot"]))?;
    let rustlib = Path::new(sysroot.trim()).join("lib/rustlib");
    if rustlib.join(WASM).is_dir() {
        return Ok(Compiler::Toolchain);
    }
    if paths::on_path("rustup").is_some() {
        match tool::run(tool::tool("rustup").args(["target", "add", WASM])) {
            Ok(()) => return Ok(Compiler::Toolchain),
            Err(error) => eprintln!("{error}; trying Debian's Rust instead"),
        }
    }
    debian(&rustlib)
}

fn debian(rustlib: &Path) -> Result<Compiler, Error> {
    if !debian_is_installed() {
        if !may_use_apt() {
            return Err(Error::Missing(format!(
                "Rust's {WASM} target is missing. Install it with `rustup target add {WASM}`, or on Debian \
                 as root with `apt-get install {}`.",
                DEBIAN.join(" ")
            )));
        }
        apt_install(&DEBIAN)?;
    }
    let host = tool::read(tool::tool("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let linker = rustlib.join(host).join("bin/rust-lld");
    if linker.is_file() {
        return Ok(Compiler::Debian { linker });
    }
    Err(Error::Missing(format!("the toolchain's linker is missing: {}", linker.display())))
}

fn debian_is_installed() -> bool {
    let mut dpkg = tool::tool("dpkg");
    dpkg.arg("-s").args(DEBIAN);
    dpkg.output().is_ok_and(|output| output.status.success())
}
