//! What can go wrong while building, running or testing, in the words of the person who reads it.

use std::io;
use std::path::{Path, PathBuf};

/// Why a command stopped. Each is printed once, by `main`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The words after `cargo xtask` make no command.
    #[error("{0}\n\n{usage}", usage = crate::command::USAGE)]
    Usage(String),
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program we need could not be started at all.
    #[error("`{program}` could not be started: {source}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and said no.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command as one would type it.
        command: String,
        /// How it ended.
        status: String,
    },
    /// A line of `index.html` asks for something this builder does not do.
    #[error("index.html, line {line}: {problem}")]
    Index {
        /// The line, counted from one.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// wasm-bindgen could not bind what cargo built.
    #[error("wasm-bindgen: {0}")]
    Bind(String),
    /// The page outgrew what `make dist` allows.
    #[error("the page is over its budget: {0}")]
    OverBudget(String),
    /// Something is missing that only the person at the keyboard can supply.
    #[error("{0}")]
    Missing(String),
    /// A part that should keep running ended.
    #[error("{name} stopped by itself ({status}); see its last lines above")]
    Died {
        /// Which part.
        name: &'static str,
        /// How it ended.
        status: String,
    },
    /// One stage of the tests failed.
    #[error("stage \"{name}\": {source}")]
    Stage {
        /// The stage.
        name: &'static str,
        /// Why.
        source: Box<Error>,
    },
}

impl Error {
    /// Says which file an input or output error is about.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }
}
