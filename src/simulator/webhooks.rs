//! Deliveries of webhooks: who is told what, how it is signed, and when it is tried again.

use std::collections::HashMap;

use fastrand::Rng;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::Sha256;

use super::{
    scenario::Disorder,
    world::{Object, World},
};

/// Seconds before each further attempt: three, then the sixth powers of two to seven.
pub const LADDER: [u32; 7] = [3, 64, 729, 4_096, 15_625, 46_656, 117_649];

/// So many deliveries wait at most; the oldest of more are given up.
const MOST: usize = 50_000;

/// A secret that signs, until it expires.
#[derive(Clone)]
pub struct SigningSecret {
    pub value: String,
    pub expires_at: Option<Timestamp>,
}

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub webhook: String,
    pub event: String,
    pub attempts_made: usize,
    pub first_attempted_at: Option<Timestamp>,
    pub due: Timestamp,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Accepted,
    Failed,
}

/// Secrets and deliveries of all webhooks.
pub struct Hooks {
    /// Newest first.
    secrets: HashMap<String, Vec<SigningSecret>>,
    /// What owners add to their deliveries.
    headers: HashMap<String, Vec<(String, String)>>,
    queue: Vec<Delivery>,
    /// So many times faster than life the ladder is climbed.
    haste: u32,
    /// So many deliveries of one webhook are under way at the same time.
    abreast: usize,
    dice: Rng,
}

impl Hooks {
    pub fn new(haste: u32, abreast: usize, seed: u64) -> Self {
        let dice = Rng::with_seed(seed ^ 0x40_0c);
        let (secrets, headers) = (HashMap::new(), HashMap::new());
        let (haste, abreast) = (haste.max(1), abreast.max(1));
        Self { secrets, headers, queue: Vec::new(), haste, abreast, dice }
    }

    pub fn abreast(&self) -> usize {
        self.abreast
    }

    /// A new secret; those before stay good until then.
    pub fn rotate(
        &mut self,
        webhook: &str,
        old_until: Timestamp,
        now: Timestamp,
    ) -> &[SigningSecret] {
        let tail: String = (0..32).map(|_| self.dice.alphanumeric()).collect();
        let secrets = self.secrets.entry(webhook.to_owned()).or_default();
        secrets.retain(|old| old.expires_at.is_none_or(|at| now < at));
        for old in &mut *secrets {
            old.expires_at = Some(old.expires_at.map_or(old_until, |at| at.min(old_until)));
        }
        secrets.insert(0, SigningSecret { value: format!("wbhsec_{tail}"), expires_at: None });
        secrets
    }

    /// The header over a body sent now: one group for each secret that is still good.
    pub fn signature(&self, webhook: &str, body: &[u8], now: Timestamp) -> String {
        let secrets = self.secrets.get(webhook).into_iter().flatten();
        let good = secrets.filter(|secret| secret.expires_at.is_none_or(|at| now < at));
        let groups: Vec<String> = good.map(|secret| sign(&secret.value, body, now)).collect();
        groups.join(" ")
    }

    /// Headers that the owner wants with every delivery.
    pub fn set_headers(&mut self, webhook: &str, headers: Vec<(String, String)>) {
        self.headers.insert(webhook.to_owned(), headers);
    }

    pub fn headers(&self, webhook: &str) -> &[(String, String)] {
        self.headers.get(webhook).map_or(&[], Vec::as_slice)
    }

    /// Queues an event for every webhook that listens for it.
    pub fn tell(&mut self, world: &World, event: &Object, disorder: Disorder, now: Timestamp) {
        for webhook in super::rows::all(world, "webhook") {
            let names = webhook.attributes.get("enabled-events").and_then(Value::as_array);
            let mut names = names.into_iter().flatten().filter_map(Value::as_str);
            let listens = names.any(|name| name == "*" || name == event.text("name"));
            if webhook.text("status") != "enabled" || !listens {
                continue;
            }
            let times = if self.dice.f64() < disorder.duplicates { 2 } else { 1 };
            for _ in 0..times {
                if self.dice.f64() < disorder.lost {
                    continue;
                }
                let late = i64::from(disorder.late_seconds) * i64::from(self.dice.bool());
                self.put_off(Delivery {
                    webhook: webhook.id.clone(),
                    event: event.id.clone(),
                    attempts_made: 0,
                    first_attempted_at: None,
                    due: now + SignedDuration::from_secs(late),
                });
            }
        }
    }

    fn put_off(&mut self, delivery: Delivery) {
        if self.queue.len() == MOST {
            // Not one by one: all behind them move up.
            self.queue.drain(..MOST / 10);
        }
        self.queue.push(delivery);
    }

    /// Takes out what is to be sent now; each of them comes back through [`Hooks::settle`].
    pub fn take_due(&mut self, disorder: Disorder, now: Timestamp) -> Vec<Delivery> {
        let (mut due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.queue).into_iter().partition(|one| one.due <= now);
        self.queue = later;
        if disorder.reorder {
            due.reverse();
        }
        due
    }

    /// When the next one is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.iter().map(|delivery| delivery.due).min()
    }

    /// Writes down an attempt; a failed one climbs the ladder until its end.
    pub fn settle(&mut self, mut delivery: Delivery, attempt: Attempt, now: Timestamp) {
        delivery.first_attempted_at.get_or_insert(now);
        let step = LADDER.get(delivery.attempts_made);
        delivery.attempts_made += 1;
        if let (Attempt::Failed, Some(seconds)) = (attempt, step) {
            let pause = SignedDuration::from_secs(i64::from(*seconds)) / self.haste.cast_signed();
            delivery.due = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            self.put_off(delivery);
        }
    }

    /// Everything that waits is due at once.
    pub fn flush(&mut self) -> usize {
        for delivery in &mut self.queue {
            delivery.due = Timestamp::MIN;
        }
        self.queue.len()
    }

    /// A webhook that is disabled is told nothing more.
    pub fn cancel(&mut self, webhook: &str) {
        self.queue.retain(|delivery| delivery.webhook != webhook);
    }
}

impl Delivery {
    /// Attempts that are left once the next one is made.
    pub fn attempts_left(&self) -> usize {
        LADDER.len().saturating_sub(self.attempts_made)
    }
}

/// `t=1772442300,v1=5257a8…` over `1772442300.BODY`.
fn sign(secret: &str, body: &[u8], at: Timestamp) -> String {
    let seconds = at.as_second();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_signature_is_the_published_one() {
        // Computed with: printf '1.{}' | openssl dgst -sha256 -hmac wbhsec_a
        let expected = "t=1,v1=7f136a0932ce46c57c5f2ea0bd74629903a1faa8528113905c71b4cb776b498f";
        assert_eq!(sign("wbhsec_a", b"{}", at(1)), expected);
    }

    #[test]
    fn two_secrets_sign_while_one_replaces_the_other() {
        let mut hooks = Hooks::new(1, 1, 1);
        hooks.rotate("wbh_1", at(0), at(0));
        assert_eq!(hooks.signature("wbh_1", b"{}", at(1)).split(' ').count(), 1);
        hooks.rotate("wbh_1", at(60), at(1));
        assert_eq!(hooks.signature("wbh_1", b"{}", at(59)).split(' ').count(), 2);
        assert_eq!(hooks.signature("wbh_1", b"{}", at(60)).split(' ').count(), 1);
    }

    #[test]
    fn secrets_and_deliveries_are_not_kept_for_ever() {
        let mut hooks = Hooks::new(1, 1, 1);
        for second in 0..100 {
            let secrets = hooks.rotate("wbh_1", at(second + 5), at(second));
            assert!(secrets.len() <= 6, "{second}");
        }
        let delivery = |nth: usize| Delivery {
            webhook: "wbh_1".into(),
            event: format!("evt_{nth}"),
            attempts_made: 0,
            first_attempted_at: None,
            due: at(0),
        };
        for nth in 0..MOST + 2 {
            hooks.put_off(delivery(nth));
            assert!(hooks.queue.len() <= MOST, "{nth}");
        }
        assert_eq!(hooks.queue.first(), Some(&delivery(MOST / 10)));
        assert_eq!(hooks.queue.last(), Some(&delivery(MOST + 1)));
    }

    #[test]
    fn failures_climb_the_ladder_to_its_end() {
        let mut hooks = Hooks::new(1, 1, 1);
        let mut now = at(0);
        hooks.queue.push(Delivery {
            webhook: "wbh_1".into(),
            event: "evt_1".into(),
            attempts_made: 0,
            first_attempted_at: None,
            due: now,
        });
        let mut pauses = Vec::new();
        loop {
            let mut due = hooks.take_due(Disorder::default(), now);
            let delivery = due.pop().unwrap();
            assert_eq!(delivery.attempts_left() + pauses.len(), LADDER.len());
            hooks.settle(delivery, Attempt::Failed, now);
            let Some(next) = hooks.next_due() else { break };
            pauses.push(next.duration_since(now).as_secs());
            now = next;
        }
        assert_eq!(pauses, LADDER.map(i64::from));
    }
}
