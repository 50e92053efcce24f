//! The service manager that started this process, if one did: it is told when the work begins, that
//! it goes on, and when it ends. The protocol is `sd_notify`'s: a datagram with lines.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::{ffi::OsStrExt, net::UnixDatagram},
    time::Duration,
};

/// How long a line may take to be told.
const LONGEST: Duration = Duration::from_millis(200);

/// Nobody, or the one that said where to tell it.
#[derive(Debug, Default)]
pub struct Manager {
    socket: Option<UnixDatagram>,
    /// How often it wants to hear something.
    watchdog: Option<Duration>,
}

impl Manager {
    /// The one that the environment names. `process`: our own id, since a watchdog may be meant for
    /// another.
    pub fn named(variable: impl Fn(&str) -> Option<OsString>, process: u32) -> Self {
        let address = variable("NOTIFY_SOCKET").filter(|address| !address.is_empty());
        let socket = address.and_then(|address| match connected(&address) {
            Ok(socket) => Some(socket),
            Err(why) => {
                tracing::warn!(%why, "the service manager cannot be told anything");
                None
            }
        });
        let number = |name: &str| variable(name)?.to_str()?.parse::<u64>().ok();
        let ours = variable("WATCHDOG_PID").is_none()
            || number("WATCHDOG_PID") == Some(u64::from(process));
        let interval = number("WATCHDOG_USEC").filter(|micros| ours && *micros > 0);
        let watchdog = interval.map(Duration::from_micros).filter(|_| socket.is_some());
        Self { socket, watchdog }
    }

    /// The work goes on from now.
    pub fn ready(&self) {
        self.tell("READY=1\n");
    }

    /// The end has begun.
    pub fn stopping(&self) {
        self.tell("STOPPING=1\n");
    }

    /// The work still goes on.
    pub fn alive(&self) {
        self.tell("WATCHDOG=1\n");
    }

    /// How often to say so, if anybody wants to hear it: twice as often as has to be.
    pub fn beat(&self) -> Option<Duration> {
        self.watchdog.map(|interval| interval / 2)
    }

    fn tell(&self, what: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(why) = socket.send(what.as_bytes()) {
            tracing::warn!(%why, "the service manager was not told");
        }
    }
}

fn connected(address: &OsStr) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    match address.as_bytes().strip_prefix(b"@") {
        Some(name) => connect_abstract(&socket, name)?,
        None => socket.connect(address)?,
    }
    // A manager that does not read must not hold us up for long.
    socket.set_write_timeout(Some(LONGEST))?;
    Ok(socket)
}

#[cfg(target_os = "linux")]
fn connect_abstract(socket: &UnixDatagram, name: &[u8]) -> io::Result<()> {
    use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};
    socket.connect_addr(&SocketAddr::from_abstract_name(name)?)
}

#[cfg(not(target_os = "linux"))]
fn connect_abstract(_socket: &UnixDatagram, _name: &[u8]) -> io::Result<()> {
    Err(io::Error::other("this system has no abstract sockets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manager(socket: &str, more: &[(&str, &str)]) -> Manager {
        let variable = |name: &str| match name {
            "NOTIFY_SOCKET" => Some(socket.into()),
            name => more.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).into()),
        };
        Manager::named(variable, 7)
    }

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    #[test]
    fn a_manager_is_told_at_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let manager = manager(path.to_str().unwrap(), &[]);
        manager.ready();
        manager.alive();
        manager.stopping();
        let told = [heard(&socket), heard(&socket), heard(&socket)];
        assert_eq!(told, ["READY=1\n", "WATCHDOG=1\n", "STOPPING=1\n"]);
        assert_eq!(manager.beat(), None);
        drop(socket);
        manager.alive();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn and_in_the_abstract() {
        use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};
        let name = format!("caseload-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        manager(&format!("@{name}"), &[]).ready();
        assert_eq!(heard(&socket), "READY=1\n");
    }

    #[test]
    fn a_watchdog_hears_twice_as_often_as_has_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let _socket = UnixDatagram::bind(&path).unwrap();
        let beat = |more: &[(&str, &str)]| manager(path.to_str().unwrap(), more).beat();
        let usec = ("WATCHDOG_USEC", "30000000");
        assert_eq!(beat(&[usec]), Some(Duration::from_secs(15)));
        assert_eq!(beat(&[usec, ("WATCHDOG_PID", "7")]), Some(Duration::from_secs(15)));
        assert_eq!(beat(&[usec, ("WATCHDOG_PID", "8")]), None, "it is meant for another process");
        assert_eq!(beat(&[("WATCHDOG_USEC", "x")]), None);
        let nobody = Manager::named(|_| None, 7);
        nobody.ready();
        assert_eq!(nobody.beat(), None);
        manager("/no/such/socket", &[usec]).ready();
    }
}
