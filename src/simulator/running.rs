//! The handle of a running simulator, by which a test asks what it believes.

use std::{net::SocketAddr, sync::Arc};

use serde_json::Value;
use tokio_util::sync::DropGuard;

use super::{
    Scenario, rows,
    rules::Step,
    serve::{Received, Shared},
    world::Object,
};

/// A running simulator; dropping it stops it.
pub struct Simulator {
    address: SocketAddr,
    control: Option<SocketAddr>,
    shared: Arc<Shared>,
    _end: DropGuard,
}

impl Simulator {
    pub(super) fn new(
        address: SocketAddr,
        control: Option<SocketAddr>,
        shared: Arc<Shared>,
        end: DropGuard,
    ) -> Self {
        Self { address, control, shared, _end: end }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is controlled, if anywhere.
    pub fn control(&self) -> Option<SocketAddr> {
        self.control
    }

    /// Where files are served: `http://localhost:40123`
    pub fn file_origin(&self) -> String {
        self.shared.persona().files.origin.clone()
    }

    /// `http://127.0.0.1:4010/api/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// An object as this Persona has it now.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.shared.persona().world.get(id).map(|object| object.json())
    }

    /// The status of an inquiry or a case.
    pub fn status(&self, id: &str) -> Option<String> {
        Some(self.object(id)?["attributes"]["status"].as_str()?.to_owned())
    }

    /// Ids of inquiries in a status, oldest first.
    pub fn inquiries(&self, status: &str) -> Vec<String> {
        self.ids("inquiry", |object| object.text("status") == status)
    }

    /// Ids of open cases, oldest first.
    pub fn open_cases(&self) -> Vec<String> {
        self.ids("case", |object| object.attributes["resolved-at"].is_null())
    }

    fn ids(&self, list: &str, keep: impl Fn(&Object) -> bool) -> Vec<String> {
        let persona = self.shared.persona();
        let mut ids: Vec<String> =
            rows::all(&persona.world, list).filter(|one| keep(one)).map(|one| one.id).collect();
        ids.reverse();
        ids
    }

    /// How often a write really changed an object; replays and reads do not count.
    pub fn effects(&self, id: &str) -> usize {
        self.shared.persona().world.effects(id)
    }

    /// Ids of what an account is related to under a key.
    pub fn related(&self, account: &str, key: &str) -> Vec<String> {
        self.shared.persona().world.relations(account, key)
    }

    /// Lets somebody else take a relation away.
    pub fn unrelate(&self, account: &str, key: &str, target: &str) {
        self.shared.persona().world.unrelate(account, key, target);
    }

    /// The latest requests, oldest first.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.persona().received.iter().cloned().collect()
    }

    /// Serves these bytes under a file's name from now on.
    pub fn put_file(&self, name: &str, bytes: Vec<u8>) {
        self.shared.persona().files.put(name, bytes);
    }

    /// Changes what goes wrong from now on.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.shared.persona().scenario = scenario;
    }

    /// From now on only this key is accepted.
    pub fn set_key(&self, key: &str) {
        self.shared.persona().set_key(key);
    }

    /// This key is accepted, too.
    pub fn add_key(&self, key: &str) {
        self.shared.persona().add_key(key);
    }

    /// Sends what waits to be delivered now; so many deliveries.
    pub fn flush_webhooks(&self) -> usize {
        let waiting = self.shared.persona().hooks.flush();
        self.shared.news.notify_one();
        waiting
    }

    /// Lets another reviewer take a step: `approve`, `decline`, `mark-for-review`, `expire`.
    ///
    /// # Panics
    /// If there is no such step, or it is refused.
    pub fn elsewhere(&self, inquiry: &str, step: &str) {
        let step = Step::named(step).expect("a step of an inquiry");
        let now = self.shared.clock.now();
        let mut persona = self.shared.persona();
        persona.elsewhere(inquiry, step, now).expect("a step it can take");
        self.shared.news.notify_one();
    }
}
