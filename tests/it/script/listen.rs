//! `caseload listen`: the real binary, killed and stopped, told by signed deliveries.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::{fs::PermissionsExt, net::UnixDatagram},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use caseload::{secret::Secret, simulator::Options};
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
        Self::started(command)
    }

    fn started(mut command: Command) -> Self {
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
        Self::deliver_to(office, (&self.url, SECRET), event, inquiry, status)
    }

    fn deliver_to(
        office: &Office,
        (url, secret): (&str, &str),
        event: &str,
        inquiry: &str,
        status: &str,
    ) -> u16 {
        let now = caseload::clock::Clock::system().now();
        let body = json!({ "data": { "type": "event", "id": event, "attributes": {
            "name": "inquiry.started", "created-at": now.to_string(),
            "payload": { "data": { "type": "inquiry", "id": inquiry, "attributes": {
                "status": status, "updated-at": now.to_string() } } },
        } } });
        let body = body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{body}", now.as_second()).as_bytes());
        let code = hex::encode(mac.finalize().into_bytes());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http
            .post(url)
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

#[test]
fn one_process_receives_for_several_environments_and_they_never_meet() {
    const KEY: &str = "persona_production_of_the_test";
    const OTHER: &str = "wbhsec_of_production";
    let office = Office::open();
    let key = Secret::new(KEY.to_owned());
    let elsewhere = Office::of(Options { inquiries: 20, key, ..Options::default() });
    let home = office.home.path();
    for (name, text) in [("production-key", KEY), ("production-secrets", OTHER)] {
        fs::write(home.join(name), text).unwrap();
        fs::set_permissions(home.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    // Free ports, as far as they can be known before they are taken.
    let [one, two] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [one, two] = [one, two].map(|socket| socket.local_addr().unwrap());
    let base = office.simulator.base_url();
    let first = format!(
        "[persona]\nbase_url = \"{base}\"\n[listen]\nalso = [\"production.toml\"]\nmetrics_address = \"{one}\"\n"
    );
    office.configure(&first);
    let file = home.join(".config/caseload/production.toml");
    let production = format!(
        "[persona]\napi_key_file = \"~/production-key\"\nbase_url = \"{}\"\n[listen]\npath = \"/production\"\n\
         secrets_file = \"~/production-secrets\"\nmetrics_address = \"{two}\"\n",
        elsewhere.simulator.base_url()
    );
    fs::write(&file, &production).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = office.command(arguments);
        command.env_remove("PERSONA_BASE_URL").env("PERSONA_WEBHOOK_SECRETS", SECRET);
        command
    };
    let listener = Listener::started(command(&["listen", "--address", "127.0.0.1:0"]));
    let url = |path: &str| listener.url.replace("/persona", path);
    let deliver = |path: &str, secret: &str, nth: u8| {
        let (event, inquiry) = (format!("evt_{nth}"), format!("inq_fromAWebhook{nth}"));
        Listener::deliver_to(&office, (&url(path), secret), &event, &inquiry, "pending")
    };
    assert_eq!(deliver("/persona", SECRET, 1), 200);
    assert_eq!(deliver("/production", OTHER, 2), 200);
    // A secret is rotated without a restart, in its own environment.
    fs::write(home.join("production-secrets"), "wbhsec_of_tomorrow").unwrap();
    // Persona comes again; the file is read once a second at most.
    let began = Instant::now();
    while deliver("/production", "wbhsec_of_tomorrow", 5) != 200 {
        assert!(began.elapsed() < Duration::from_secs(60), "it is read again");
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(deliver("/production", SECRET, 3), 401);
    assert_eq!(deliver("/nowhere", SECRET, 4), 404);
    let ask = |port, path: &str| Listener::asked(&office, &format!("http://{port}/{path}"));
    let deliveries = |port| {
        let (_, figures) = ask(port, "metrics");
        let count = |verdict: &str| {
            let name = format!("caseload_webhook_deliveries_total{{verdict=\"{verdict}\"}} ");
            let line = figures.lines().find_map(|line| line.strip_prefix(&name));
            line.unwrap_or_else(|| panic!("{figures}")).to_owned()
        };
        [count("accepted"), count("bad-signature"), count("wrong-path")]
    };
    assert_eq!(deliveries(one), ["1", "0", "1"]);
    let [accepted, forged, astray] = deliveries(two);
    assert_eq!((accepted.as_str(), astray.as_str()), ("2", "0"));
    assert_ne!(forged, "0");
    assert_eq!((ask(one, "readyz").0, ask(two, "readyz").0), (200, 200));
    assert_eq!(listener.signal("TERM"), Some(0));

    let listed = |with: &[&str]| {
        let arguments = [with, &["list", "inquiries", "--status", "pending"]].concat();
        let mut command = command(&arguments);
        if !with.is_empty() {
            command.env_remove("PERSONA_API_KEY").env_remove("PERSONA_WEBHOOK_SECRETS");
        }
        let out = Ran::of(command.output().unwrap()).ends(0).out;
        [1, 2, 3, 5].map(|nth| out.contains(&format!("inq_fromAWebhook{nth}")))
    };
    assert_eq!(listed(&[]), [true, false, false, false]);
    let named = file.display().to_string();
    assert_eq!(listed(&["--config", &named]), [false, true, false, true]);

    let refused = |text: String| {
        fs::write(&file, text).unwrap();
        Ran::of(command(&["listen"]).output().unwrap()).ends(2).err
    };
    let path = refused(production.replace("/production\"", "/persona\""));
    assert!(
        path.contains("production.toml:5:") && path.contains("for another environment"),
        "{path}"
    );
    let chain = refused(production.replace("[listen]\n", "[listen]\nalso = [\"x.toml\"]\n"));
    assert!(chain.contains("one configuration names all others"), "{chain}");
    let keyless = Ran::of({
        fs::write(&file, production.replace("~/production-key", "~/no-key")).unwrap();
        command(&["listen"]).output().unwrap()
    });
    assert!(keyless.ends(7).err.contains("no-key"), "the first one's key is not its own");
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
