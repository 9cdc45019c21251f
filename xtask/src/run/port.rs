//! Which ports the lab and the server use, and what each must know of the other.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::error::Error;

/// The ports, from the environment or the ones README names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ports {
    /// The server's, with the page.
    pub(crate) server: u16,
    /// The lab's REST, gateway and control API.
    pub(crate) lab: u16,
    /// Where the lab serves recordings.
    pub(crate) files: u16,
}

impl Ports {
    /// Reads the ports from the environment.
    pub(crate) fn read() -> Result<Self, Error> {
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let port = |name: &str, otherwise: u16| match lookup(name) {
            None => Ok(otherwise),
            Some(text) => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                Error::Missing(format!("{name} is {text:?}; it must be a port from 1 to 65535"))
            }),
        };
        let lab = port("TONO_LAB_PORT", 7800)?;
        Ok(Self {
            server: port("TONO_PORT", 8080)?,
            lab,
            files: port("TONO_LAB_FILES_PORT", lab.saturating_add(1))?,
        })
    }

    /// An error naming the first port that somebody else uses.
    pub(crate) fn are_free(self) -> Result<(), Error> {
        for (port, variable) in [
            (self.server, "TONO_PORT"),
            (self.lab, "TONO_LAB_PORT"),
            (self.files, "TONO_LAB_FILES_PORT"),
        ] {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return Err(Error::Missing(format!(
                        "port {port} is in use; end the program that uses it, or set {variable} to another one"
                    )));
                }
                // Anything else is for the program itself to say.
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// What the lab is told.
    pub(crate) fn lab_environment(self) -> [(&'static str, String); 3] {
        [
            ("TONO_LAB_PORT", self.lab.to_string()),
            ("TONO_LAB_FILES_PORT", self.files.to_string()),
            ("TONO_LAB_WEBHOOK", format!("http://127.0.0.1:{}/webhooks/telnyx", self.server)),
        ]
    }
}

/// Reads lines like `export TONO_TELNYX_KEY='KEY'`, as a shell would.
pub(crate) fn exports(text: &str) -> Vec<(String, String)> {
    let read = |line: &str| {
        let (name, value) = line.trim().strip_prefix("export ")?.split_once('=')?;
        let bare = ['\'', '"']
            .into_iter()
            .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        Some((name.to_owned(), bare.unwrap_or(value).to_owned()))
    };
    text.lines().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_labs_settings_are_read_as_a_shell_reads_them() {
        let text = "# for the server\nexport A=http://127.0.0.1:7800/v2\nexport B='x=y z'\nexport C=\"k\"\n";
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let expected = [("A", "http://127.0.0.1:7800/v2"), ("B", "x=y z"), ("C", "k")].map(owned);
        assert_eq!(exports(text), expected);
    }

    #[test]
    fn a_port_that_is_none_is_named() {
        let error = Ports::from(|name| (name == "TONO_PORT").then(|| "http".to_owned())).err();
        assert!(error.is_some_and(|error| error.to_string().starts_with("TONO_PORT is \"http\"")));
    }

    #[test]
    fn a_port_in_use_is_named_with_its_variable() -> std::io::Result<()> {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = other.local_addr()?.port();
        let ports = Ports { server: port, lab: 1, files: 1 };
        let said = ports.are_free().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains(&port.to_string()) && said.contains("TONO_PORT"), "{said}");
        Ok(())
    }
}
