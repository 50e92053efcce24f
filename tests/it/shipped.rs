//! What lies in assets for operators: it names only what there is.

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use caseload::metrics::{self, Around, Recorder, Thresholds};

const ALERTS: &str = include_str!("../../assets/prometheus/alerts.yml");
const DASHBOARD: &str = include_str!("../../assets/grafana/caseload.json");
const UNIT: &str = include_str!("../../assets/systemd/caseload-listen@.service");
const PAGE: &str = include_str!("../../docs/observing.md");

/// Every name that `/metrics` has samples under, whether something happened or not.
fn served() -> BTreeSet<String> {
    let recorder = Recorder::new(Thresholds::default());
    let families = metrics::families(&recorder, &Around::default());
    families.iter().flat_map(metrics::Family::sample_names).collect()
}

/// The names of figures in a text.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c| !is_part(c));
    words.filter(|word| word.starts_with("caseload_")).map(str::to_owned).collect()
}

#[test]
fn alerts_dashboard_and_page_name_only_what_metrics_serves() {
    let served = served();
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let expressions: Vec<&str> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .map(|target| target["expr"].as_str().unwrap())
        .collect();
    for (text, least) in [(ALERTS.to_owned(), 10), (expressions.join("\n"), 15)] {
        let named = named(&text);
        assert!(named.len() >= least, "{named:?}");
        let unknown: Vec<_> = named.difference(&served).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
    // The page names histograms and groups by their stem.
    let ours = served.iter().filter(|name| name.starts_with("caseload_"));
    let stems: BTreeSet<String> = ours
        .map(|name| {
            ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| name.strip_suffix(end))
                .unwrap_or(name)
                .to_owned()
        })
        .collect();
    assert_eq!(named(PAGE), stems, "docs/observing.md and /metrics tell the same");
}

/// What makes it a failure that promtool is not installed.
const REQUIRED: &str = "CASELOAD_REQUIRE_PROMTOOL";

#[test]
fn rules_say_what_they_should_where_promtool_is_installed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let commands = [
        ("check", root.join("assets/prometheus/alerts.yml")),
        ("test", root.join("tests/it/fixtures/alerts/rules_test.yml")),
    ];
    for (command, file) in commands {
        let Ok(ran) = Command::new("promtool").args([command, "rules"]).arg(file).output() else {
            let required = env::var_os(REQUIRED).is_some_and(|value| value == "1");
            assert!(!required, "promtool is not installed, and {REQUIRED} asks for it");
            println!("skipped: promtool is not installed");
            return;
        };
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        assert!(ran.status.success(), "{command}: {said}");
    }
}

#[test]
fn every_alert_has_a_case_in_the_rules_test() {
    const CASES: &str = include_str!("fixtures/alerts/rules_test.yml");
    let alerts = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let is_missing = |alert: &&str| !CASES.contains(&format!("alertname: {alert}\n"));
    let missing: Vec<&str> = alerts.filter(is_missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A setting of the unit.
fn setting(name: &str) -> &'static str {
    let mut lines = UNIT.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).expect("it is set")
}

#[test]
fn the_unit_starts_what_there_is() {
    let command: Vec<&str> = setting("ExecStart").split(' ').collect();
    assert_eq!(command[0], "/usr/bin/caseload");
    let ran = Command::new(env!("CARGO_BIN_EXE_caseload"))
        .args(&command[1..])
        .arg("--help")
        .output()
        .expect("it runs");
    let help = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && help.contains("Receive Persona's webhooks"), "{help}");
    for hardened in ["NoNewPrivileges", "ProtectSystem", "PrivateTmp", "MemoryDenyWriteExecute"] {
        assert!(["yes", "strict"].contains(&setting(hardened)), "{hardened}");
    }
    assert_eq!(
        (setting("Type"), setting("LimitCORE"), setting("CapabilityBoundingSet")),
        ("notify", "0", "")
    );
    let users = include_str!("../../assets/systemd/caseload.conf");
    let user = users.lines().find(|line| !line.starts_with('#')).expect("it makes one");
    let words: Vec<&str> = user.split(' ').collect();
    assert_eq!((words[0], words[1]), ("u", setting("User")));
    assert!(user.contains("/var/lib/caseload") && setting("StateDirectory") == "caseload");
}

#[test]
fn the_unit_is_as_systemd_wants_it_where_it_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("caseload-listen@test.service");
    let binary = Path::new(env!("CARGO_BIN_EXE_caseload")).display().to_string();
    fs::write(&unit, UNIT.replace("/usr/bin/caseload", &binary)).unwrap();
    match Command::new("systemd-analyze").arg("verify").arg(&unit).output() {
        Ok(ran) => {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            // Other units of the machine may be spoken of; ours must not be.
            let ours: Vec<_> =
                said.lines().filter(|line| line.contains("caseload-listen")).collect();
            assert!(ours.is_empty(), "{ours:?}");
        }
        Err(_) => println!("skipped: systemd-analyze is not installed"),
    }
}
