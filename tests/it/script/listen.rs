//! `caseload listen`: the real binary, killed and stopped, told by signed deliveries.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::net::UnixDatagram,
    path::Path,
    process::{Child, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{Office, Ran, contains};

const SECRET: &str = "wbhsec_of_the_listener";

/// A listener, and where it listens.
struct Listener {
    child: Child,
    url: String,
}

impl Listener {
    fn start(office: &Office) -> Self {
        Self::with(office, &[])
    }

    fn with(office: &Office, environment: &[(&str, &str)]) -> Self {
        let mut command = office.command(&["listen", "--address", "127.0.0.1:0"]);
        command.env("PERSONA_WEBHOOK_SECRETS", SECRET).envs(environment.iter().copied());
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it says where");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self { child, url }
    }

    fn asked(office: &Office, url: &str) -> (u16, String) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        office.runtime.block_on(async {
            let answer = http.get(url).send().await.expect("it answers");
            (answer.status().as_u16(), answer.text().await.expect("a text"))
        })
    }

    fn send(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.expect("kill").success());
    }

    fn deliver(&self, office: &Office, event: &str, inquiry: &str, status: &str) -> u16 {
        let now = caseload::clock::Clock::system().now();
        let body = json!({ "data": { "type": "event", "id": event, "attributes": {
            "name": "inquiry.started", "created-at": now.to_string(),
            "payload": { "data": { "type": "inquiry", "id": inquiry, "attributes": {
                "status": status, "updated-at": now.to_string() } } },
        } } });
        let body = body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.{body}", now.as_second()).as_bytes());
        let code = hex::encode(mac.finalize().into_bytes());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http
            .post(&self.url)
            .header("Persona-Signature", format!("t={},v1={code}", now.as_second()))
            .body(body);
        office.runtime.block_on(request.send()).expect("it answers").status().as_u16()
    }

    fn signal(mut self, name: &str) -> Option<i32> {
        self.send(name);
        self.child.wait().expect("it ends").code()
    }
}

#[test]
fn what_was_answered_with_200_survives_a_kill_and_a_stop_is_clean() {
    let office = Office::open();
    let listener = Listener::start(&office);
    assert_eq!(listener.deliver(&office, "evt_1", "inq_fromAWebhook1", "pending"), 200);
    let second = office.command(&["listen"]).env("PERSONA_WEBHOOK_SECRETS", SECRET).output();
    let second = Ran::of(second.expect("it runs")).ends(1);
    assert!(second.err.contains("another process receives webhooks"), "{second:?}");
    assert_eq!(listener.signal("KILL"), None);
    let listener = Listener::start(&office);
    assert_eq!(listener.deliver(&office, "evt_1", "inq_fromAWebhook1", "pending"), 200);
    assert_eq!(listener.deliver(&office, "evt_2", "inq_fromAWebhook2", "failed"), 200);
    let doctor = office.run(&["doctor"]);
    assert!(doctor.out.contains("received, the last one 0 min ago"), "{doctor:?}");
    assert_eq!(listener.signal("TERM"), Some(0));
    for (status, inquiry) in [("pending", "inq_fromAWebhook1"), ("failed", "inq_fromAWebhook2")] {
        let listed = office.run(&["list", "inquiries", "--status", status]).ends(0);
        assert!(listed.out.contains(inquiry), "{listed:?}");
    }
    assert!(!contains(office.home.path(), SECRET), "a secret is written nowhere");
}

#[test]
fn without_a_usable_secret_it_says_what_to_do() {
    let office = Office::open();
    let ran = office.run(&["listen"]).ends(2);
    assert!(ran.err.contains("set PERSONA_WEBHOOK_SECRETS"), "{ran:?}");
    let file = office.home.path().join("secrets");
    std::fs::write(&file, SECRET).unwrap();
    office.configure("[listen]\nsecrets_file = \"~/secrets\"\n");
    let ran = office.run(&["listen"]).ends(2);
    assert!(ran.err.contains("chmod 600") && !ran.err.contains(SECRET), "{ran:?}");
}

/// A service manager, which hears all that it is told.
struct Manager(mpsc::Receiver<String>);

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        let (told, hears) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok(length) = socket.recv(&mut bytes) {
                let text = String::from_utf8(bytes[..length].to_vec()).expect("text");
                if told.send(text).is_err() {
                    return;
                }
            }
        });
        Self(hears)
    }

    fn hears(&self) -> String {
        self.0.recv_timeout(Duration::from_secs(30)).expect("something in time")
    }
}

#[test]
fn as_a_service_it_is_ready_alive_watched_and_read_again_and_its_breach_is_told_once() {
    let office = Office::open();
    let home = office.home.path();
    let manager = Manager::at(&home.join("notify"));
    // A free port, as far as one can be known before it is taken.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = home.join("told");
    let hook = format!("cat >> {0}; env | sort >> {0}", told.display());
    office.configure(&format!(
        "[listen]\nmetrics_address = \"{port}\"\n[sync]\npoll_seconds = 1\nquiet_poll_seconds = 1\n\
         [breach]\ncommand = [\"sh\", \"-c\", \"{hook}\"]\nafter_seconds = 1\n"
    ));
    let notify = home.join("notify").display().to_string();
    let listener = Listener::with(
        &office,
        &[("PATH", "/usr/bin:/bin"), ("NOTIFY_SOCKET", &notify), ("WATCHDOG_USEC", "400000")],
    );
    assert_eq!(manager.hears(), "READY=1\n");
    assert_eq!(manager.hears(), "WATCHDOG=1\n");
    let ask = |path: &str| Listener::asked(&office, &format!("http://{port}/{path}"));
    assert_eq!(ask("healthz"), (200, "well\n".to_owned()));
    assert_eq!(ask("readyz"), (200, "ready\n".to_owned()));
    listener.send("HUP");
    assert_eq!(listener.deliver(&office, "evt_1", "inq_fromAWebhook1", "pending"), 200);
    let (_, figures) = ask("metrics");
    let accepted = "caseload_webhook_deliveries_total{verdict=\"accepted\"} 1\n";
    let duplicate = "caseload_webhook_deliveries_total{verdict=\"duplicate\"} 0\n";
    let event = "caseload_events_total{kind=\"inquiry.started\",way=\"webhook\"} 1\n";
    for sample in [accepted, duplicate, event] {
        assert!(figures.contains(sample), "{sample} in\n{figures}");
    }
    office.misbehave("[[rule]]\nfault = \"unavailable\"\n");
    let began = Instant::now();
    let reports = || fs::read_to_string(&told).unwrap_or_default();
    while !reports().contains("PATH=") {
        assert!(began.elapsed() < Duration::from_secs(120), "{}", ask("metrics").1);
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let report = reports();
    let first: serde_json::Value = serde_json::from_str(report.lines().next().unwrap()).unwrap();
    assert_eq!((&first["breach"], &first["kinds"]), (&json!("began"), &json!(["errors"])));
    assert!(first["error_rate"].as_f64() > Some(0.05) && first["requests"].as_u64() >= Some(3));
    assert_eq!(report.matches("\"breach\"").count(), 1, "{report}");
    for secret in [SECRET, "persona_sandbox_", "PERSONA", "NOTIFY_SOCKET"] {
        assert!(!report.contains(secret), "{secret} in {report}");
    }
    assert!(ask("metrics").1.contains("caseload_breach{kind=\"errors\"} 1"));
    listener.send("TERM");
    while manager.hears() != "STOPPING=1\n" {}
    assert_eq!(listener.signal("TERM"), Some(0));
}
