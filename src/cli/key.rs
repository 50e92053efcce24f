//! `caseload key`: what Persona knows of the API key, and its rotation. The key itself is never shown.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    exit::Exit,
    output::{self, Format, Shape},
    profile,
    session::duration,
};
use crate::{
    clock::Clock,
    config::{Loaded, Paths},
    desk::api_key::{self, NotRotated, Own, Place, Plan, Record, Rotated, Step},
    metrics::{Recorder, Thresholds},
    model::{ApiKeyId, Lane, Text},
    persona::{Client, api_keys::ApiKey},
    secret::{self, KeyEnvironment, KeySource, Source},
    store::Store,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show which key is in use: its id, name, environment, permissions and end. Never the key.
    ///
    /// It needs the permission api_key.read, which is off by default. Where no answer says which of
    /// several keys is in use, those that work are listed.
    Show,
    /// Put a new key in the place of the one in use: clone it, try the clone, switch, and let the
    /// old one end.
    ///
    /// It needs the permissions api_key.read and api_key.write, which are off by default. It can be
    /// interrupted and run again at any time; the key in place works throughout.
    Rotate(Rotate),
}

#[derive(Debug, Args)]
pub struct Rotate {
    /// How long the old key goes on working, at most 720h: consoles elsewhere take the new one in
    /// that time.
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    grace: Duration,
    /// Put the new key into this private file, from which you take it to where keys come from; then
    /// run the same command again. Needed where the key is not in a file.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Which key is in use, where several work and no answer says.
    #[arg(long, value_name = "ID")]
    id: Option<ApiKeyId>,
}

/// What Persona accepts, in seconds.
const LONGEST_GRACE: u64 = 30 * 24 * 3_600;

const KEYS: Shape = Shape {
    table: &[
        ("id", "id"),
        ("name", "name"),
        ("expires", "expires_at"),
        ("last used", "last_used_at"),
        ("permissions", "permissions_listed"),
    ],
    csv: &["id", "name", "note", "environment", "expires_at", "last_used_at", "permissions_listed"],
};

pub async fn run(command: Command, file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
    let paths = Paths::of_user()?;
    let loaded = profile::load(file, &paths)?;
    loaded.key.read()?;
    match command {
        Command::Show => show(&loaded, format).await,
        Command::Rotate(asked) => rotate(asked, &loaded, &paths, format).await,
    }
}

async fn show(loaded: &Loaded, format: Format) -> anyhow::Result<Exit> {
    let clock = Clock::system();
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let settings = profile::persona(&loaded.config);
    let client = Client::new(settings, loaded.key.clone(), clock.clone(), recorder)?;
    let found = api_key::own(&client, loaded.key.id(), clock.now(), Lane::Front).await?;
    let told = |key: &ApiKey| record(key, &loaded.key, client.environment().as_ref());
    match found {
        Own::Key(key) => {
            output::print(&output::object(format, &told(&key)))?;
            let now = clock.now();
            if api_key::ends_soon(key.expires_at, now) {
                output::note("it ends soon: caseload key rotate makes a new one");
            }
            Ok(Exit::Done)
        }
        Own::OneOf(keys) => {
            output::note("several keys work, and no answer says which of them is in use");
            let rows: Vec<Value> = keys.iter().map(told).collect();
            output::print(&output::rows(format, &KEYS, &rows))?;
            Ok(Exit::Done)
        }
        Own::Hidden => Err(Exit::Refused.told(
            "the key may not look at keys: it needs the permission api_key.read, which is off by \
             default (dashboard, API > API Keys); caseload doctor tries what it may",
        )),
    }
}

fn record(key: &ApiKey, source: &KeySource, environment: Option<&Text>) -> Value {
    let texts = |texts: &[Text]| texts.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
    let by_prefix = source.held().map_or(KeyEnvironment::Unknown, |key| KeyEnvironment::of(&key));
    let declared = source.declared().permissions.as_deref();
    let (beyond, lacking) = match declared {
        Some(declared) => {
            (api_key::beyond(key, declared), api_key::lacking(key, declared).join(" "))
        }
        None => (Vec::new(), String::new()),
    };
    json!({
        "kind": "api-key", "id": key.id.as_str(), "name": key.name.as_ref().map(Text::as_str),
        "note": key.note.as_ref().map(Text::as_str), "environment": by_prefix.as_str(),
        "environment_id": environment.map(Text::as_str), "from": source.to_string(),
        "permissions_listed": texts(&key.permissions), "undeclared": texts(&beyond),
        "missing": lacking, "addresses": texts(&key.ip_allowlist),
        "blocked_attributes": texts(&key.blocklist),
        "api_version": key.api_version.as_ref().map(Text::as_str),
        "expires_at": key.expires_at.map(|at| at.to_string()),
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
        "created_at": key.created_at.map(|at| at.to_string()),
    })
}

async fn rotate(
    asked: Rotate,
    loaded: &Loaded,
    paths: &Paths,
    format: Format,
) -> anyhow::Result<Exit> {
    if asked.grace.as_secs() > LONGEST_GRACE {
        return Err(Exit::Usage.told("the old key can go on for 720h at most"));
    }
    let place = match (asked.to, loaded.key.source()) {
        (Some(file), _) => Place::HandOver(std::path::absolute(&file).unwrap_or(file)),
        (None, Some(Source::File(file))) => Place::KeyFile(file.clone()),
        (None, _) => {
            return Err(Exit::Usage.told(format!(
                "the key comes from {}, where caseload cannot put a new one: \
                 caseload key rotate --to FILE makes one, puts it into a private file and says how it goes on",
                loaded.key
            )));
        }
    };
    let plan = Plan {
        settings: profile::persona(&loaded.config),
        source: loaded.key.clone(),
        place,
        id: asked.id,
        grace: asked.grace,
    };
    let clock = Clock::system();
    let store = journal(loaded, paths, &clock).await?;
    let record = Record { store: &store, who: &profile::reviewer(&loaded.config) };
    let mut say = |step| output::note(words(&step));
    let rotated = api_key::rotate(&plan, record, &clock, &mut say).await;
    store.close().await;
    match rotated {
        Ok(Rotated::Done { old, new, ends }) => {
            let ends = ends.map(|at| at.to_string());
            let told = json!({
                "kind": "key-rotation", "result": "done", "new": new.as_str(), "old": old.as_str(),
                "old_ends_at": ends, "file": null,
            });
            output::print(&output::object(format, &told))?;
            Ok(Exit::Done)
        }
        Ok(Rotated::HandedOver { old, new, file }) => {
            output::note(format!(
                "put the first line of {} where {} has it, then run the same command again: it lets \
                 the old key end and removes the file; for instance: {}",
                file.display(),
                loaded.key,
                example(&loaded.key, &file)
            ));
            let told = json!({
                "kind": "key-rotation", "result": "to be put in place", "new": new.as_str(),
                "old": old.as_str(), "old_ends_at": null, "file": file,
            });
            output::print(&output::object(format, &told))?;
            Ok(Exit::OnItsWay)
        }
        Err(NotRotated::Persona(why)) => Err(why.into()),
        Err(why @ NotRotated::Permission(..)) => Err(Exit::Refused.told(why.to_string())),
        Err(why @ NotRotated::Unwritten { .. }) => Err(anyhow::Error::new(why)
            .context("the new key has no place; caseload key rotate --to FILE puts it elsewhere")),
        Err(why @ NotRotated::OneOf(_)) => Err(Exit::Usage.told(why.to_string())),
        Err(why) => Err(why.into()),
    }
}

/// The store whose journal tells of it: what the key in place opens.
async fn journal(loaded: &Loaded, paths: &Paths, clock: &Clock) -> anyhow::Result<Store> {
    let copy = profile::local_copy(loaded, paths)?;
    let store = Store::open_at(&copy.place(), copy.field_key.as_ref(), clock.clone()).await;
    let store = store.context("nothing is rotated without the journal")?;
    let key = loaded.key.clone();
    store.sign_with(Box::new(move || key.read().ok().and_then(|key| secret::ends(&key))));
    Ok(store)
}

/// How a key gets from a file to where it comes from, without being an argument.
fn example(source: &KeySource, file: &Path) -> String {
    let file = file.display();
    let program = match source.source() {
        Some(Source::Command(line)) => line.first().map(Path::new).and_then(Path::file_name),
        _ => None,
    };
    match program.and_then(|name| name.to_str()) {
        Some("pass") => format!("head -n 1 {file} | pass insert --force --echo NAME"),
        Some("vault") => format!("head -n 1 {file} | tr -d '\\n' | vault kv put PATH key=-"),
        Some("aws") => format!(
            "(umask 077; head -n 1 {file} | tr -d '\\n' > {file}.1); aws secretsmanager put-secret-value --secret-id NAME --secret-string file://{file}.1; rm {file}.1"
        ),
        Some("op") => "op item edit with a template file, since arguments can be seen".to_owned(),
        _ => format!("head -n 1 {file} | what takes it from its standard input"),
    }
}

fn words(step: &Step) -> String {
    match step {
        Step::TakenUp => "an earlier rotation was interrupted: it goes on".to_owned(),
        Step::Orphan { of, since } => format!(
            "the answer to the clone of {of} at {since} is lost: if a key was made then, nobody has it; \
             end it in the dashboard (API > API Keys)"
        ),
        Step::Cloned { old, new } => format!("{old} is cloned: the new key is {new}"),
        Step::Tried => "Persona accepts the new key".to_owned(),
        Step::Switched => "the new key is in its place".to_owned(),
        Step::Ends { old, at: Some(at) } => format!("the old key {old} ends at {at}"),
        Step::Ends { old, at: None } => format!("the old key {old} is gone"),
    }
}
