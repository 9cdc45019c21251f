//! An S3 of a test's own: moto, which `make check` installs.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::{Client, StatusCode};

use crate::harness::Setup;

/// The bucket there is.
pub(crate) const BUCKET: &str = "recordings-of-example";

/// What is said where it is missing.
const MISSING: &str = "moto is not installed: `cargo run -p xtask -- check` installs it; or leave these tests out: cargo \
                       nextest run -E 'not test(bucket)'";

/// Ends what it was told to run when its standard input does: with the test, however that ends.
const MINDER: &str = r#""$@" & server=$!; cat > /dev/null; kill $server"#;

/// A running S3. Dropping it ends it.
pub(crate) struct Moto {
    minder: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    pub(crate) async fn start() -> Self {
        let mut minder = Command::new("sh")
            .args(["-c", MINDER, "minder"])
            .arg(program())
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(minder.stderr.take().unwrap()).lines();
        let endpoint = said
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()));
        // It goes on to say what it is asked, and stops where nobody listens.
        std::thread::spawn(move || said.for_each(drop));
        let moto = Self { minder, endpoint: endpoint.unwrap() };
        let bucket = format!("{}/{BUCKET}", moto.endpoint);
        let made = Client::builder().no_proxy().build().unwrap().put(bucket).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::OK);
        moto
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.minder.stdin.take());
        // The minder ends once its server has been told to.
        let _ = self.minder.wait();
    }
}

/// Keeps copies of recordings in the bucket behind this address.
pub(crate) fn in_bucket(setup: Setup, endpoint: &str) -> Setup {
    settings(endpoint).into_iter().fold(setup, |setup, (name, value)| setup.with(name, &value))
}

/// The same as variables.
pub(crate) fn settings(endpoint: &str) -> [(&'static str, String); 4] {
    [
        ("TONO_S3_BUCKET", BUCKET.to_owned()),
        ("TONO_S3_ENDPOINT", endpoint.to_owned()),
        ("TONO_S3_KEY_ID", "AKIAEXAMPLE".to_owned()),
        ("TONO_S3_SECRET", "secret".to_owned()),
    ]
}

/// Where the set-up puts it: in the folder cargo builds in.
fn program() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_tono"));
    let target = built.ancestors().nth(2).unwrap();
    let program = target.join("tools/moto/bin/moto_server");
    assert!(program.is_file(), "{MISSING}");
    program
}
