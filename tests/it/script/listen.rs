//! `caseload listen`: the real binary, killed and stopped, told by signed deliveries.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
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
        let mut command = office.command(&["listen", "--address", "127.0.0.1:0"]);
        command.env("PERSONA_WEBHOOK_SECRETS", SECRET);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it says where");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self { child, url }
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
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill").success());
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
