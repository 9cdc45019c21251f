//! Whether the release server carries its page with it.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::error::Error;
use crate::{paths, tool};

use super::child::Child;
use super::{health, port};

/// Starts the release server where there is nothing else, and asks for the page and its module.
pub(crate) fn test() -> Result<(), Error> {
    let empty = paths::target().join("smoke");
    let _ = fs::remove_dir_all(&empty);
    fs::create_dir_all(&empty).map_err(Error::file(&empty))?;
    let release = paths::target().join("release");
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(Error::file(&empty))?;

    let lab = tool::read(tool::tool(release.join("tono-lab")).arg("env"))?;
    let mut server = tool::tool(release.join("tono"));
    server
        .current_dir(&empty)
        .envs(port::exports(&lab))
        .env("TONO_PORT", free.port().to_string())
        .env("TONO_DATA", empty.join("data"));
    let (say, ends) = channel();
    let _server = Child::start("The release server", &mut server, &say)?;
    health::wait(free.port(), "/api/health", &ends)?;

    let page = get(free.port(), "/")?;
    let module = page
        .split('"')
        .find(|word| word.ends_with("_bg.wasm"))
        .ok_or_else(|| Error::Missing("the release server's / names no module".to_owned()))?;
    let answer = get(free.port(), module)?;
    if answer.contains("application/wasm") {
        return Ok(());
    }
    let first = answer.lines().next().unwrap_or_default();
    Err(Error::Missing(format!("the release server answers {module} with {first}")))
}

/// Asks for a path and gives the whole answer, head and body.
fn get(port: u16, path: &str) -> Result<String, Error> {
    let ask = || -> std::io::Result<String> {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().map_err(|error| Error::Missing(format!("http://127.0.0.1:{port}{path}: {error}")))
}
