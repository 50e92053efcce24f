//! Configuration files, good and bad.

use caseload::config::{self, Config};

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with its settings taken in: `# key = …` is a default, `#! key = …` only an example.
fn uncommented(marks: &[&str]) -> String {
    let lines = EXAMPLE.lines().map(|line| {
        let setting = marks.iter().find_map(|mark| line.strip_prefix(mark));
        match setting {
            Some(rest) if is_setting(rest) => rest,
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A setting, or a line of one that goes over several; not a sentence.
fn is_setting(text: &str) -> bool {
    let key = text.split('=').next().unwrap_or_default().trim();
    let names_one = text.contains('=')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    names_one || text.starts_with("    {") || text.starts_with(']')
}

#[test]
fn the_example_documents_the_defaults() {
    let config = config::parse(&uncommented(&["# "]), "config.example.toml").unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config::parse(EXAMPLE, "config.example.toml").unwrap(), Config::default());
}

#[test]
fn the_example_names_every_setting() {
    let text = uncommented(&["# ", "#! "]);
    config::parse(&text, "config.example.toml").unwrap();
    let documented: toml::Table = toml::from_str(&text).unwrap();
    let all = toml::Table::try_from(everything()).unwrap();
    for (section, settings) in &all {
        for name in settings.as_table().unwrap().keys() {
            let section_of = documented.get(section).and_then(|found| found.as_table());
            assert!(
                section_of.is_some_and(|found| found.contains_key(name)),
                "{section}.{name} is not in config.example.toml"
            );
        }
    }
}

/// A configuration in which every optional setting is set, so that none is left out.
fn everything() -> Config {
    let mut config = Config::default();
    config.persona.api_key_file = Some("key".into());
    config.persona.api_key_credential = Some("key".into());
    config.persona.api_key_command = Some(vec!["pass".into()]);
    config.persona.environment = Some(config::Environment::Sandbox);
    config.persona.permissions = Some(vec!["inquiry.read".into()]);
    config.listen.secrets_file = Some("secrets".into());
    config.listen.secrets_credential = Some("secrets".into());
    config.listen.secrets_command = Some(vec!["pass".into()]);
    config.store.field_key_credential = Some("field-key".into());
    config.store.field_key_command = Some(vec!["pass".into()]);
    config.reviewer.email = Some("you@example.com".into());
    config.store.dir = Some("store".into());
    config.store.field_key_file = Some("field.key".into());
    config.listen.secrets_file = Some("secrets".into());
    config.listen.certificate = Some("chain.pem".into());
    config.listen.private_key = Some("key.pem".into());
    config.listen.sends = true;
    config.listen.metrics_address = Some(([127, 0, 0, 1], 9464).into());
    config.metrics.address = Some(([127, 0, 0, 1], 9465).into());
    config.metrics.otlp_url = Some("http://127.0.0.1:4318/v1/metrics".to_owned());
    config.log.file = Some("log".into());
    config
}

/// Each bad file says in its first line what is answered.
#[test]
fn bad_files_are_answered_with_place_and_fix() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/config");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let expected =
            text.lines().next().unwrap().strip_prefix("# expect: ").expect("an expectation");
        let answer = config::parse(&text, "c.toml").expect_err("a bad file").to_string();
        assert!(answer.starts_with(expected), "{}:\n{answer}\n{expected}", path.display());
        assert!(!answer.contains("verysecret"), "{answer}");
        seen += 1;
    }
    assert!(seen >= 8);
}
