//! The simulated Persona of the team: a process of its own, changed by its control port, asked what
//! it really was told.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

pub struct Persona {
    process: Child,
    /// `http://127.0.0.1:4010/api/v1`
    pub url: String,
    control: String,
    pub key: String,
    http: reqwest::Client,
}

/// What it believes of an inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    pub status: String,
    /// How often a write really changed it.
    pub effects: u64,
}

/// How many requests it remembers.
pub const REMEMBERED: usize = 20_000;

impl Persona {
    pub async fn start(
        binary: &Path,
        folder: &Path,
        key: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let said = folder.join("simulator.out");
        let out = fs::File::create(&said)?;
        let any = "127.0.0.1:0";
        let mut command = Command::new(binary);
        command
            .args(["simulate", "--listen", any, "--control", any])
            .args(arguments)
            .env_clear()
            .env("PERSONA_API_KEY", key)
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .kill_on_drop(true);
        let process = command.spawn()?;
        let until = Instant::now() + Duration::from_secs(20);
        let after = |text: &str, word: &str| {
            let line = text.lines().find_map(|line| line.split_once(word))?;
            Some(line.1.split_whitespace().next()?.to_owned())
        };
        let (url, control) = loop {
            let text = fs::read_to_string(&said)?;
            let both = (after(&text, "answers at "), after(&text, "control  "));
            if let ((Some(url), Some(control)), true) = (both, text.contains("Ctrl-c")) {
                break (url, control);
            }
            ensure!(Instant::now() < until, "the simulator does not start:\n{text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { process, url, control, key: key.to_owned(), http })
    }

    pub fn pid(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }

    /// Another reviewer's step: `approve`, `decline`, `mark-for-review`.
    pub async fn step(&self, id: &str, step: &str) -> anyhow::Result<()> {
        let url = format!("{}/inquiries/{id}/{step}", self.control);
        let answer = self.http.post(url).send().await?;
        if !answer.status().is_success() {
            bail!("{step} of {id}: {}", answer.text().await?);
        }
        Ok(())
    }

    pub async fn set_tags(&self, id: &str, tags: &[&str]) -> anyhow::Result<()> {
        let body = json!({ "meta": { "tag-name": tags } });
        self.ask(Method::POST, &format!("inquiries/{id}/set-tags"), Some(body)).await?;
        Ok(())
    }

    /// A new inquiry; so far nobody reviews it.
    pub async fn create(&self) -> anyhow::Result<String> {
        let body = json!({ "data": { "attributes": {
            "inquiry-template-id": "itmpl_Team0000000000000000001",
            "fields": { "name-first": "Ada", "name-last": "Muster" },
        } } });
        let made = self.ask(Method::POST, "inquiries", Some(body)).await?;
        Ok(made["data"]["id"].as_str().context("it has an id")?.to_owned())
    }

    pub async fn assign(&self, case: &str, to: &str) -> anyhow::Result<()> {
        let body = json!({ "meta": { "user-email-address": to } });
        self.ask(Method::POST, &format!("cases/{case}/assign"), Some(body)).await?;
        Ok(())
    }

    /// A key like the first, but of its own.
    pub async fn new_key(&self, name: &str) -> anyhow::Result<String> {
        let body = json!({ "data": { "attributes": { "name": name } } });
        let made = self.ask(Method::POST, "api-keys", Some(body)).await?;
        let value = made["data"]["attributes"]["value"].as_str();
        Ok(value.context("a new key has a value")?.to_owned())
    }

    /// A webhook for all events; its id and its secret.
    pub async fn new_webhook(&self, url: &str) -> anyhow::Result<(String, String)> {
        let body = json!({ "data": { "attributes": {
            "name": "team", "url": url, "enabled-events": ["*"],
        } } });
        let made = self.ask(Method::POST, "webhooks", Some(body)).await?;
        let id = made["data"]["id"].as_str().context("it has an id")?;
        let secret = made["data"]["attributes"]["secret"].as_str();
        let secret = secret.context("a new webhook has a secret")?;
        Ok((id.to_owned(), secret.to_owned()))
    }

    /// The webhook's new secret; the one before is good for nothing any more.
    pub async fn rotate_secret(&self, webhook: &str) -> anyhow::Result<String> {
        let body = json!({ "meta": { "expires-in-seconds": 0 } });
        let path = format!("webhooks/{webhook}/rotate-secret");
        let rotated = self.ask(Method::POST, &path, Some(body)).await?;
        let secret = rotated["data"]["attributes"]["secret"].as_str();
        Ok(secret.context("a rotated webhook has a secret")?.to_owned())
    }

    /// From now on this goes wrong; nothing with an empty one.
    pub async fn misbehave(&self, scenario: &str) -> anyhow::Result<()> {
        let url = format!("{}/scenario", self.control);
        let answer = self.http.put(url).body(scenario.to_owned()).send().await?;
        ensure!(answer.status().is_success(), "{}", answer.text().await?);
        Ok(())
    }

    /// How long the window of requests lasts still.
    pub async fn window_left(&self) -> anyhow::Result<Duration> {
        let limits = self.ask(Method::GET, "rate-limits", None).await?;
        let left = limits["data"][0]["attributes"]["seconds-to-reset"].as_u64();
        Ok(Duration::from_secs(left.context("a window has an end")?))
    }

    pub async fn enable(&self, webhook: &str) -> anyhow::Result<()> {
        self.ask(Method::POST, &format!("webhooks/{webhook}/enable"), None).await?;
        Ok(())
    }

    /// All ids of a list, with their statuses.
    pub async fn list(&self, kind: &str) -> anyhow::Result<Vec<(String, String)>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = format!("{kind}?page[size]=100{after}");
            let page = self.ask(Method::GET, &page, None).await?;
            let rows = page["data"].as_array().context("it is a list")?;
            for row in rows {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                all.push((text(&row["id"]), text(&row["attributes"]["status"])));
            }
            if page["links"]["next"].is_null() || rows.is_empty() {
                return Ok(all);
            }
            after = format!("&page[after]={}", all[all.len() - 1].0);
        }
    }

    pub async fn believes(&self, id: &str) -> anyhow::Result<Believed> {
        let state = self.http.get(format!("{}/state/{id}", self.control)).send().await?;
        let state: Value = serde_json::from_slice(&state.bytes().await?)?;
        let status = state["data"]["attributes"]["status"].as_str().context("it has a status")?;
        let effects = state["effects"].as_u64().context("it counts effects")?;
        Ok(Believed { status: status.to_owned(), effects })
    }

    /// The latest requests.
    pub async fn requests(&self) -> anyhow::Result<Vec<Value>> {
        let all = self.http.get(format!("{}/requests", self.control)).send().await?;
        Ok(serde_json::from_slice(&all.bytes().await?)?)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let url = format!("{}/{path}", self.url);
        let mut request = self.http.request(method, url).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}
