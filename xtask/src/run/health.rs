//! Waiting until a program answers, for as long as it lives.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::error::Error;

use super::End;

/// How long a program may take to answer; it takes well under a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(50);

/// Returns when `path` on this machine's `port` answers with 200.
pub(crate) fn wait(port: u16, path: &str, ends: &Receiver<End>) -> Result<(), Error> {
    let began = Instant::now();
    while !is_healthy(port, path) {
        if began.elapsed() > PATIENCE {
            return Err(Error::Missing(format!("http://127.0.0.1:{port}{path} does not answer")));
        }
        match ends.recv_timeout(PAUSE) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(End::Died(death)) => return Err(death.into()),
            Ok(End::Asked) | Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Missing("stopped before everything had started".to_owned()));
            }
        }
    }
    Ok(())
}

fn is_healthy(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        // In one piece: who answers after the first of several and hangs up, takes the answer back with it.
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes())?;
        let mut status = [0; 12];
        socket.read_exact(&mut status)?;
        Ok(status.to_vec())
    };
    ask().is_ok_and(|status| status == b"HTTP/1.1 200")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn only_a_200_is_health() -> std::io::Result<()> {
        for (answer, healthy) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 503 No\r\n\r\n", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = listener.local_addr()?.port();
            let server = thread::spawn(move || {
                let (mut socket, _) = listener.accept()?;
                let mut request = [0; 1024];
                let _ = socket.read(&mut request)?;
                socket.write_all(answer.as_bytes())
            });
            assert_eq!(is_healthy(port, "/lab/health"), healthy);
            assert!(server.join().is_ok_and(|sent| sent.is_ok()));
        }
        Ok(())
    }
}
