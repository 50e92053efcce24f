//! Where the API key comes from, and its rotation: the real binary, interrupted at every step.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use caseload::simulator::{DEMO_KEY, Scenario};
use serde_json::{Value, json};

use super::{Office, Ran};
use crate::postgres::Database;

fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn first_line(path: &Path) -> String {
    fs::read_to_string(path).unwrap().lines().next().unwrap_or_default().to_owned()
}

impl Office {
    /// With the key in a file, as configured.
    fn with_key_file(&self) -> PathBuf {
        let file = self.home.path().join("key");
        private(&file, &format!("{DEMO_KEY}\n"));
        self.configure("[persona]\napi_key_file = \"~/key\"\n");
        file
    }

    /// With what comes from no variable; no output has a key in it.
    fn keyed(&self, arguments: &[&str]) -> Ran {
        let arguments = [arguments, &["--format", "json"]].concat();
        let output = self.command(&arguments).env_remove("PERSONA_API_KEY").output();
        let ran = Ran::of(output.expect("it runs"));
        assert!(!format!("{}{}", ran.out, ran.err).contains("persona_sandbox_"), "{ran:?}");
        ran
    }

    fn breaks(&self, method: &str, path: &str, fault: &str) {
        let rule = format!("[[rule]]\nmethod = {method:?}\npath = {path:?}\nfault = {fault:?}");
        self.misbehave(&rule);
    }

    fn mends(&self) {
        self.simulator.set_scenario(Scenario::default());
    }

    /// What Persona itself says to a key.
    fn persona(&self, key: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{path}", self.simulator.base_url());
        let request = http
            .request(method.parse().unwrap(), url)
            .header("Authorization", format!("Bearer {key}"))
            .header("Content-Type", "application/json")
            .body(if body.is_null() { String::new() } else { body.to_string() });
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
        })
    }

    fn keys(&self, key: &str) -> Vec<Value> {
        let (_, list) = self.persona(key, "GET", "/api-keys", Value::Null);
        list["data"].as_array().cloned().unwrap_or_default()
    }

    fn ends(&self, key: &str) -> Option<String> {
        let key = self.simulator.object(key).expect("it is there");
        key["attributes"]["expires-at"].as_str().map(str::to_owned)
    }
}

#[test]
fn a_key_is_rotated_in_its_file_and_shown_without_being_shown() {
    let office = Office::open();
    let file = office.with_key_file();
    let shown = office.keyed(&["key", "show"]).ends(0);
    let old = shown.told("id");
    assert_eq!(
        (shown.told("name").as_str(), shown.told("environment").as_str()),
        ("main", "sandbox")
    );
    assert!(shown.told("permissions_listed").contains("api_key.write"), "{shown:?}");
    assert_eq!(shown.told("from"), file.display().to_string());

    let rotated = office.keyed(&["key", "rotate", "--grace", "2h"]).ends(0);
    let new = rotated.told("new");
    assert_eq!((rotated.told("old"), rotated.told("result")), (old.clone(), "done".to_owned()));
    assert_ne!(first_line(&file), DEMO_KEY);
    assert!(fs::read_to_string(&file).unwrap().ends_with(&format!("\n# {new}\n")));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let there = fs::read_dir(office.home.path()).unwrap().count();
    assert_eq!(there, 3, "the key, .config, and .local with the journal");
    assert!(office.ends(&old).is_some() && office.ends(&new).is_none());
    assert_eq!(office.persona(DEMO_KEY, "GET", "/inquiries", Value::Null).0, 200, "for 2 hours");

    // Two keys work now; the line below the key says which one it is.
    let shown = office.keyed(&["key", "show"]).ends(0);
    assert_eq!(shown.told("id"), new);
    assert!(shown.told("last_used_at").starts_with("20"), "{shown:?}");
    office.keyed(&["sync", "--once"]).ends(0);
    let too_long = office.keyed(&["key", "rotate", "--grace", "721h"]).ends(2);
    assert!(too_long.err.contains("720h"), "{too_long:?}");

    // Without that line nobody can say.
    private(&file, &format!("{}\n", first_line(&file)));
    let several = office.keyed(&["key", "show"]).ends(0);
    assert_eq!(several.json().len(), 2);
    let unknown = office.keyed(&["key", "rotate"]).ends(2);
    assert!(unknown.err.contains("2 keys work") && unknown.err.contains("--id"), "{unknown:?}");
    let third = office.keyed(&["key", "rotate", "--id", &new]).ends(0).told("new");
    assert!(office.ends(&new).is_some());

    // Each is in the journal twice: what was about to be done, and what came of it.
    office.keyed(&["journal", "verify"]).ends(0);
    let told = rotations(office.journal());
    let whats: Vec<&str> = told.iter().map(|line| line["what"].as_str().unwrap()).collect();
    let once = ["rotating key", "rotated key"];
    let failed = ["rotating key", "key not rotated"];
    assert_eq!(whats, [once, failed, once].concat());
    assert_eq!(told[0]["rotation"]["new"], Value::Null);
    let done = &told[1]["rotation"];
    assert_eq!((&done["old"], &done["new"]), (&json!(old), &json!(new)));
    assert_eq!(done["grace_seconds"], 7_200);
    assert_eq!(done["old_ends_at"].as_str(), rotated.told("old_ends_at").as_str().into());
    assert!(told[3]["detail"].as_str().unwrap().contains("2 keys work"), "{}", told[3]);
    assert_eq!(told[5]["rotation"]["new"], json!(third));
    assert!(!serde_json::to_string(&told).unwrap().contains(&first_line(&file)));
    let exported = office.keyed(&["journal", "export"]).ends(0);
    assert!(exported.json().iter().any(|line| line["rotation"]["new"] == json!(third)));
}

/// Lines about rotations, in order.
fn rotations(journal: Vec<Value>) -> Vec<Value> {
    journal.into_iter().filter(|line| !line["rotation"].is_null()).collect()
}

#[test]
fn a_rotation_is_in_the_journal_of_a_shared_database() {
    let office = Office::open();
    office.with_key_file();
    let Some(database) = office.runtime.block_on(Database::new()) else { return };
    let url = database.url();
    let keyed = |arguments: &[&str]| {
        let mut command = office.command(&[arguments, &["--format", "json"]].concat());
        command.env_remove("PERSONA_API_KEY").env("CASELOAD_STORE_URL", &url);
        Ran::of(command.output().expect("it runs"))
    };
    let rotated = keyed(&["key", "rotate"]).ends(0);
    keyed(&["journal", "verify"]).ends(0);
    let lines = keyed(&["journal", "export"]).ends(0).json();
    let told = rotations(lines);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1]["rotation"]["new"], json!(rotated.told("new")));
    let nowhere = url.replace("host=", "host=/nowhere");
    let mut command = office.command(&["key", "rotate"]);
    command.env_remove("PERSONA_API_KEY").env("CASELOAD_STORE_URL", nowhere);
    let refused = Ran::of(command.output().expect("it runs")).ends(1);
    assert!(refused.err.contains("nothing is rotated without the journal"), "{refused:?}");
}

#[test]
fn a_rotation_that_is_interrupted_anywhere_goes_on_and_the_key_in_place_works() {
    let office = Office::open();
    let file = office.with_key_file();
    let next = office.home.path().join("key.next");
    let works = || office.keyed(&["list", "cases", "--refresh"]).ends(0);
    let in_place = || fs::read_to_string(&file).unwrap();

    // The answer to the clone is lost: the same question is asked again, and one key is made.
    office.breaks("POST", "/clone", "lost-answer");
    office.keyed(&["key", "rotate"]).ends(8);
    assert!(in_place().starts_with(DEMO_KEY) && next.exists());
    office.mends();
    works();

    // It is made, and cannot be tried.
    office.breaks("GET", "/api-keys/", "unavailable");
    office.keyed(&["key", "rotate", "--id", "api_ignored"]).ends(8);
    office.mends();
    assert_eq!(office.keys(DEMO_KEY).len(), 2, "the old one and one clone");
    assert!(in_place().starts_with(DEMO_KEY) && first_line(&next).starts_with("persona_sandbox_"));
    works();

    // It is in its place, and the old one does not end.
    office.breaks("POST", "/expire", "unavailable");
    office.keyed(&["key", "rotate"]).ends(8);
    office.mends();
    assert!(in_place().contains(" replaces api_") && !next.exists(), "{}", in_place());
    works();
    let last = rotations(office.journal()).pop().unwrap();
    assert_eq!(
        (&last["what"], &last["answer"]["status"]),
        (&json!("key not rotated"), &json!(503))
    );
    let went_on = office.keyed(&["key", "rotate"]).ends(0);
    assert!(went_on.err.contains("it goes on"), "{went_on:?}");
    assert!(office.ends(&went_on.told("old")).is_some());
    assert!(!in_place().contains("replaces"));
    assert_eq!(office.keys(DEMO_KEY).len(), 2);
    works();

    // An answer that is lost for good is said, and the next rotation begins anew.
    office.breaks("POST", "/clone", "error-after");
    let lost = office.keyed(&["key", "rotate"]).ends(8);
    assert!(lost.err.contains("nobody has it") && !next.exists(), "{lost:?}");
    office.mends();
    office.keyed(&["key", "rotate"]).ends(0);
    works();
    private(&next, "something else\n");
    let foreign = office.keyed(&["key", "rotate"]).ends(1);
    assert!(foreign.err.contains("is not of a rotation"), "{foreign:?}");
}

#[test]
fn a_key_from_elsewhere_is_handed_over_in_a_file() {
    let office = Office::open();
    let (vault, file) = (office.home.path().join("vault"), office.home.path().join("next"));
    private(&vault, DEMO_KEY);
    let command = json!(["cat", vault.display().to_string()]);
    office.configure(&format!("[persona]\napi_key_command = {command}\n"));
    let to = ["key", "rotate", "--to", file.to_str().unwrap()];
    let asked = office.keyed(&["key", "rotate"]).ends(2);
    assert!(asked.err.contains("comes from the command cat") && asked.err.contains("--to FILE"));

    let handed = office.keyed(&to).ends(6);
    assert!(handed.err.contains("run the same command again"), "{handed:?}");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(office.ends(&handed.told("old")).is_none(), "the old one goes on");
    office.keyed(&to).ends(6);
    assert_eq!(office.keys(DEMO_KEY).len(), 2, "asked twice, made once");

    private(&vault, &first_line(&file));
    let done = office.keyed(&to).ends(0);
    assert_eq!(done.told("new"), handed.told("new"));
    let told = rotations(office.journal());
    assert_eq!(
        (&told[3]["what"], &told[5]["what"]),
        (&"handed over key".into(), &"rotated key".into())
    );
    assert_eq!(told[3]["rotation"]["new"], json!(handed.told("new")));
    assert!(office.ends(&handed.told("old")).is_some() && !file.exists());
    office.keyed(&["sync", "--once"]).ends(0);
}

#[test]
fn what_a_key_may_is_held_against_what_is_declared() {
    let office = Office::open();
    office.configure("[persona]\npermissions = [\"inquiry.read\", \"list.scim\"]\n");
    let doctor = office.run(&["doctor"]);
    assert!(doctor.out.contains("it may more than persona.permissions says"), "{doctor:?}");
    let shown = office.ask(&["key", "show"]).ends(0);
    assert!(shown.told("undeclared").contains("webhook.write"), "{shown:?}");
    assert_eq!(shown.told("missing"), "list.scim");

    // A key that may not look at keys, and one that may not make any.
    let id = shown.told("id");
    let may = |permissions: &[&str]| {
        let body = json!({ "data": { "attributes": { "permissions": permissions } } });
        let path = format!("/api-keys/{id}");
        assert_eq!(office.persona(DEMO_KEY, "PATCH", &path, body).0, 200);
    };
    office.with_key_file();
    may(&["api_key.read", "inquiry.read", "api_key.write"]);
    may(&["api_key.read", "api_key.write"]);
    let ok = office.keyed(&["key", "show"]).ends(0);
    assert_eq!(ok.told("permissions_listed"), "api_key.read api_key.write");
    let cannot_make = {
        may(&["api_key.read"]);
        office.keyed(&["key", "rotate"]).ends(4)
    };
    assert!(cannot_make.err.contains("permission api_key.write"), "{cannot_make:?}");
    assert!(!office.home.path().join("key.next").exists());
}

#[test]
fn a_key_of_the_other_environment_and_two_places_are_refused() {
    let office = Office::open();
    office.configure("[persona]\nenvironment = \"production\"\n");
    for command in [&["list", "cases"][..], &["config", "check"], &[]] {
        let refused = office.run(command).ends(7);
        let said = format!("{}{}", refused.out, refused.err);
        assert!(said.contains("is of sandbox, but persona.environment says production"), "{said}");
    }
    assert_eq!(office.simulator.requests().len(), 0, "nobody was asked with it");
    office.configure("[persona]\nenvironment = \"sandbox\"\n");
    office.run(&["list", "cases"]).ends(0);
    office.configure("[persona]\napi_key_command = [\"cat\", \"/dev/null\"]\n");
    let both = office.run(&["list", "cases"]).ends(2);
    let said = "config.toml:2:1: persona.api_key_command and PERSONA_API_KEY are both set";
    assert!(both.err.contains(said), "{both:?}");
    let empty = office.keyed(&["list", "cases"]).ends(7);
    assert!(empty.err.contains("the command cat printed nothing"), "{empty:?}");

    // systemd's way.
    office.configure("[persona]\napi_key_credential = \"persona-key\"\n");
    let none = office.keyed(&["list", "cases"]).ends(7);
    assert!(none.err.contains("LoadCredential=persona-key:/path"), "{none:?}");
    let folder = office.home.path().join("credentials");
    fs::create_dir(&folder).unwrap();
    private(&folder.join("persona-key"), DEMO_KEY);
    let mut command = office.command(&["list", "cases"]);
    command.env_remove("PERSONA_API_KEY").env("CREDENTIALS_DIRECTORY", &folder);
    Ran::of(command.output().unwrap()).ends(0);
}
