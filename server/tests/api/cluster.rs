//! A PostgreSQL of the tests' own: one for all test programs of a run, started by the first that needs it.
//!
//! nextest runs every test in a process of its own, so it is files that the processes agree by: whoever holds `turn`
//! may look whether there is a cluster and start one; whoever uses it holds `users` together with the others. A shell
//! in the background stops the cluster once nobody has held `users` for some seconds.
#![allow(dead_code, reason = "the tests on SQLite need none")]

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

/// What is said where there is no PostgreSQL.
const MISSING: &str = "PostgreSQL is not installed: on Debian `apt-get install postgresql`; or leave these tests out: \
                       cargo nextest run -E 'not binary(postgres)'";

/// Stops the cluster in `$1` with `$2…` when nobody has used it for a while.
const REAPER: &str = r#"
cd "$1" && shift || exit
while sleep 5; do
    exec 8>turn 9>users
    flock 8
    if flock -n -x 9; then
        "$@" -D data -m immediate stop && rm -rf data
        exit
    fi
    exec 8>&- 9>&-
done
"#;

/// Creates a database and returns its URL.
pub(crate) fn create_database() -> String {
    let name = format!("t{}", Uuid::new_v4().simple());
    administer(&format!("create database {name}"));
    url(&name)
}

/// Drops a database that was created here, whoever is still connected.
pub(crate) fn drop_database(url: &str) {
    let name = url.split(['/', '?']).nth(3).unwrap_or_default();
    administer(&format!("drop database {name} with (force)"));
}

fn url(database: &str) -> String {
    format!("postgres://postgres@localhost/{database}?host={}", home().display())
}

/// Runs a statement of ours on the cluster. In a thread, because it is also needed where a runtime is running.
fn administer(statement: &str) {
    let (url, statement) = (url("postgres"), statement.to_owned());
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        });
    });
    // Dropping while a test fails must not fail once more.
    let done = done.join();
    assert!(done.is_ok() || std::thread::panicking());
}

/// The folder of the running cluster, with its socket.
fn home() -> &'static Path {
    static HOME: OnceLock<(PathBuf, File)> = OnceLock::new();
    &HOME.get_or_init(start).0
}

fn start() -> (PathBuf, File) {
    let home = folder();
    fs::create_dir_all(&home).unwrap();
    let open = |name| {
        let path = home.join(name);
        File::options().create(true).truncate(false).write(true).open(path).unwrap()
    };
    let turn = open("turn");
    turn.lock().unwrap();
    if UnixStream::connect(home.join(".s.PGSQL.5432")).is_err() {
        start_in(&home);
    }
    let users = open("users");
    users.lock_shared().unwrap();
    (home, users)
}

/// One for each checkout, and short: a socket's path has at most 107 bytes.
fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    std::env::temp_dir().join(format!("tono-postgres-{:08x}", hasher.finish() & 0xffff_ffff))
}

fn start_in(home: &Path) {
    let programs = programs();
    let data = home.join("data");
    // A cluster whose machine was switched off may have left one.
    let _ = fs::remove_dir_all(&data);
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(home));
    }
    run(as_postgres(&programs.join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"])
        .args(["--no-sync", "-D"])
        .arg(&data));
    // What these tests keep is not meant to survive a power cut.
    let settings = format!(
        "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c full_page_writes=off \
         -c max_connections=400 -c shared_buffers=64MB",
        home.display()
    );
    run(as_postgres(&programs.join("pg_ctl"))
        .arg("-D")
        .arg(&data)
        .arg("-l")
        .arg(data.join("log"))
        .args(["-w", "-o", &settings, "start"]));
    let stop = as_postgres(&programs.join("pg_ctl"));
    let reaper = Command::new("setsid")
        .args(["--fork", "sh", "-c", REAPER, "reaper"])
        .arg(home)
        .arg(stop.get_program())
        .args(stop.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(reaper.success());
}

/// Where `initdb` and `pg_ctl` are. Debian keeps them off the PATH.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    debian
        .into_iter()
        .rev()
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .unwrap_or_else(|| panic!("{MISSING}"))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// PostgreSQL refuses to be run by root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
