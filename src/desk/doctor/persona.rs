//! Persona, asked: can it be reached, does it take the key, whose environment answers, what is
//! left of the budget, whose clock is right, and what may the key read.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{Finding, key};
use crate::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{Lane, Text},
    persona::{
        Client, Error, ErrorKind, NoAnswer, PageFrom, Read, Settings, accounts, api_keys, cases,
        events, inquiries, limits::RateLimits, logs, reports, verifications, webhooks, workflows,
    },
    secret::KeySource,
};

const PERSONA: &str = "Persona";
const KEY: &str = "API key";
const ENVIRONMENT: &str = "environment";
const BUDGET: &str = "rate limit";
const CLOCK: &str = "clock";
const PERMISSIONS: &str = "permissions";

/// Signatures, limits and ages are off by as much as the clock is.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// What Persona says. `pinned`: the environment that the local copy holds.
pub async fn persona(
    settings: Settings,
    source: KeySource,
    pinned: Option<&Text>,
    clock: Clock,
) -> Vec<Finding> {
    let url = settings.base_url.to_string();
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let stats = recorder.subscribe();
    let now = clock.now();
    let client = match Client::new(settings, source, clock, recorder) {
        Ok(client) => client,
        Err(why) => return vec![Finding::fail(PERSONA, why.to_string(), "see persona.base_url")],
    };
    let mut found = Vec::new();
    match client.read(&RateLimits, Lane::Front).await {
        Err(why) if !was_answered(&why) => {
            return vec![Finding::fail(PERSONA, why.to_string(), unreached(why.kind()))];
        }
        Err(why) if matches!(why.kind(), ErrorKind::Unauthorized) => {
            found.push(reached(&url));
            let todo = "check it in the dashboard (API > API Keys), or put in another";
            found.push(Finding::fail(KEY, why.to_string(), todo));
            return found;
        }
        // A key need not be allowed to ask for limits: they come with every answer.
        _ => found.push(reached(&url)),
    }
    let probes = probe(&client).await;
    found.extend(permissions(&probes));
    found.extend(key::examine(&client, &given(&probes), now).await);
    found.push(environment(client.environment().as_ref(), pinned));
    let budget = stats.borrow().budget.map(|budget| (budget.remaining, budget.limit));
    found.push(left(budget));
    found.push(skew(client.clock_skew()));
    found
}

fn was_answered(why: &Error) -> bool {
    why.status().is_some() && !matches!(why.kind(), ErrorKind::Redirected)
}

fn unreached(why: &ErrorKind) -> &'static str {
    match why {
        ErrorKind::NoAnswer(NoAnswer::Tls) => {
            "name what signs it as persona.tls_roots; if it should be Persona's own, ask your network"
        }
        ErrorKind::Redirected => "persona.base_url is Persona's own address, with /api/v1",
        _ => "the local copy can be read without it; try again when the network is up",
    }
}

fn reached(url: &str) -> Finding {
    let how = if url.starts_with("https:") { "over TLS" } else { "on this machine" };
    Finding::ok(PERSONA, format!("{url} answers {how}"))
}

/// What happens without a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The console has nothing to show, or never learns of anything new.
    Must,
    /// A pane or a part of the evidence stays empty.
    Should,
    /// For commands that reviewing does not need.
    May,
}

/// A permission and how asking for it went.
struct Probe {
    permission: &'static str,
    need: Need,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Given,
    /// 403, with Persona's words.
    Refused(String),
    /// Another trouble: nothing is known about the permission.
    Unclear(String),
}

/// Reads one object of every kind that the console reads.
async fn probe(client: &Client) -> Vec<Probe> {
    use Need::{May, Must, Should};
    let page = || PageFrom::first(1);
    let mut probes = Vec::new();
    let mut add = |permission, need, outcome| probes.push(Probe { permission, need, outcome });
    let list = inquiries::List { filter: inquiries::Filter::default(), page: page() };
    let found = client.read(&list, Lane::Front).await;
    let verification = found.as_ref().ok().and_then(|page| {
        page.items.iter().find_map(|inquiry| inquiry.verifications.first().cloned())
    });
    add("inquiry.read", Must, outcome(found));
    let list = events::List { names: Vec::new(), objects: Vec::new(), page: page() };
    add("event.read", Must, ask(client, &list).await);
    // There is no list of these; without an inquiry that has one nothing can be said.
    if let Some(id) = verification {
        add("verification.read", Must, ask(client, &verifications::Retrieve { id }).await);
    }
    let list = cases::List { filter: cases::Filter::default(), page: page() };
    add("case.read", Should, ask(client, &list).await);
    let list = accounts::List { reference_ids: Vec::new(), page: page() };
    add("account.read", Should, ask(client, &list).await);
    let list = reports::List { account: None, reference_id: None, page: page() };
    add("report.read", Should, ask(client, &list).await);
    add("webhook.read", May, ask(client, &webhooks::List { page: page() }).await);
    add("api_key.read", May, ask(client, &api_keys::List { name: None, page: page() }).await);
    add("api_log.read", May, ask(client, &logs::ApiLogs { page: page() }).await);
    add("workflow.trigger", May, ask(client, &workflows::Runs { page: page() }).await);
    probes
}

async fn ask<E: Read>(client: &Client, endpoint: &E) -> Outcome {
    outcome(client.read(endpoint, Lane::Front).await)
}

fn outcome<T>(answer: Result<T, Error>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Given,
        Err(why) if matches!(why.kind(), ErrorKind::Forbidden) => Outcome::Refused(why.said()),
        Err(why) => Outcome::Unclear(why.said()),
    }
}

/// What it has for sure.
fn given(probes: &[Probe]) -> Vec<&'static str> {
    let given = probes.iter().filter(|probe| probe.outcome == Outcome::Given);
    given.map(|probe| probe.permission).collect()
}

fn permissions(probes: &[Probe]) -> Vec<Finding> {
    let names = |wanted: &dyn Fn(&Probe) -> bool| {
        let names = probes.iter().filter(|probe| wanted(probe)).map(|probe| probe.permission);
        names.collect::<Vec<_>>().join(", ")
    };
    let refused = |probe: &Probe| matches!(probe.outcome, Outcome::Refused(_));
    if let Some(Outcome::Refused(said)) = probes.first().map(|probe| &probe.outcome)
        && probes.iter().all(|probe| probe.outcome != Outcome::Given)
    {
        let todo = "the key is refused everything: look at its permissions and its addresses";
        return vec![Finding::fail(KEY, said.clone(), todo)];
    }
    let mut found = vec![Finding::ok(KEY, "Persona accepts it")];
    let given = names(&|probe| probe.outcome == Outcome::Given);
    if !given.is_empty() {
        found.push(Finding::ok(PERMISSIONS, format!("the key has {given}")));
    }
    let give = "give them to the key in the dashboard (API > API Keys), or use another key";
    let lacks = |need| names(&|probe| refused(probe) && probe.need == need);
    match lacks(Need::Must) {
        none if none.is_empty() => {}
        lacks => {
            found.push(Finding::fail(PERMISSIONS, format!("reviewing needs {lacks}"), give));
        }
    }
    match lacks(Need::Should) {
        none if none.is_empty() => {}
        lacks => {
            let what = format!("parts of the screen stay empty without {lacks}");
            found.push(Finding::warn(PERMISSIONS, what, give));
        }
    }
    match lacks(Need::May) {
        none if none.is_empty() => {}
        lacks => {
            let what = format!("not given, and not needed for reviewing: {lacks}");
            found.push(Finding::ok(PERMISSIONS, what));
        }
    }
    let unclear = names(&|probe| matches!(probe.outcome, Outcome::Unclear(_)));
    let why = probes.iter().find_map(|probe| match &probe.outcome {
        Outcome::Unclear(why) => Some(why),
        _ => None,
    });
    if let Some(why) = why {
        let what = format!("whether it has {unclear} is not known: {why}");
        found.push(Finding::warn(
            PERMISSIONS,
            what,
            "try again; if it stays so, look at persona.base_url",
        ));
    }
    found
}

fn environment(found: Option<&Text>, pinned: Option<&Text>) -> Finding {
    match (found, pinned) {
        (Some(found), Some(pinned)) if found != pinned => Finding::fail(
            ENVIRONMENT,
            format!("{found} answers, but the local copy holds {pinned}"),
            "use the key of that environment, or another store.dir",
        ),
        (Some(found), Some(_)) => {
            Finding::ok(ENVIRONMENT, format!("{found} answers, as the local copy holds"))
        }
        (Some(found), None) => {
            Finding::ok(ENVIRONMENT, format!("{found} answers; the local copy holds none yet"))
        }
        (None, _) => Finding::warn(
            ENVIRONMENT,
            "answers do not say which environment they are of",
            "is persona.base_url Persona's own? a mistaken key would not be noticed",
        ),
    }
}

/// Below this share sync pauses.
const LOW_PERCENT: u32 = 15;

fn left(budget: Option<(u32, u32)>) -> Finding {
    match budget {
        None => Finding::warn(
            BUDGET,
            "answers do not tell the rate limit",
            "requests are slowed only when Persona refuses some",
        ),
        Some((remaining, limit)) => {
            let what = format!(
                "{remaining} of {limit} requests left in this window; quotas of creating are told \
                 with creating only"
            );
            match u64::from(remaining) * 100 < u64::from(limit) * u64::from(LOW_PERCENT) {
                true => Finding::warn(BUDGET, what, "others use this key as well: sync waits"),
                false => Finding::ok(BUDGET, what),
            }
        }
    }
}

fn skew(skew: Option<SignedDuration>) -> Finding {
    match skew {
        None => Finding::ok(CLOCK, "answers carry no date to compare this clock with"),
        Some(skew) if skew.abs() > SKEW => {
            let way = if skew.is_negative() { "behind" } else { "ahead of" };
            let seconds = skew.abs().as_secs();
            Finding::warn(
                CLOCK,
                format!("this machine's clock is {seconds} s {way} Persona's"),
                "set it (NTP): ages, SLAs and waiting times are off by as much",
            )
        }
        Some(_) => Finding::ok(CLOCK, "within half a minute of Persona's"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::doctor::Verdict::{self, Fail, Ok as Fine, Warn};

    fn judged(probes: &[(Need, Outcome)]) -> Vec<(&'static str, Verdict)> {
        let probe = |(need, outcome): &(Need, Outcome)| Probe {
            permission: "x.read",
            need: *need,
            outcome: outcome.clone(),
        };
        let probes: Vec<_> = probes.iter().map(probe).collect();
        permissions(&probes).iter().map(|f| (f.about, f.verdict)).collect()
    }

    #[test]
    fn permissions_are_judged_by_what_is_missed_without_them() {
        use Need::{May, Must, Should};
        use Outcome::Given;
        let no = || Outcome::Refused("Forbidden".into());
        let odd = || Outcome::Unclear("no answer in time".into());
        let (key, may) = ((KEY, Fine), (PERMISSIONS, Fine));
        assert_eq!(judged(&[(Must, Given), (Should, Given), (May, Given)]), [key, may]);
        assert_eq!(judged(&[(Must, Given), (May, no())]), [key, may, may]);
        assert_eq!(judged(&[(Must, Given), (Should, no())]), [key, may, (PERMISSIONS, Warn)]);
        assert_eq!(judged(&[(Must, no()), (May, Given)]), [key, may, (PERMISSIONS, Fail)]);
        assert_eq!(judged(&[(Must, Given), (Must, odd())]), [key, may, (PERMISSIONS, Warn)]);
        assert_eq!(judged(&[(Must, no()), (May, no())]), [(KEY, Fail)]);
    }

    #[test]
    fn environments_budgets_and_clocks_are_judged() {
        let text = Text::new;
        let verdict = |found: Option<&str>, pinned: Option<&str>| {
            environment(found.map(text).as_ref(), pinned.map(text).as_ref()).verdict
        };
        assert_eq!(verdict(Some("env_1"), Some("env_1")), Fine);
        assert_eq!(verdict(Some("env_1"), Some("env_2")), Fail);
        assert_eq!((verdict(Some("env_1"), None), verdict(None, None)), (Fine, Warn));
        assert_eq!(left(Some((300, 300))).verdict, Fine);
        assert_eq!((left(Some((44, 300))).verdict, left(None).verdict), (Warn, Warn));
        assert_eq!(left(Some((0, 0))).verdict, Fine);
        let seconds = |s| skew(Some(SignedDuration::from_secs(s)));
        assert_eq!((seconds(3).verdict, seconds(-30).verdict), (Fine, Fine));
        assert!(seconds(-90).what.contains("90 s behind"));
        assert!(seconds(90).what.contains("90 s ahead of"));
        assert_eq!(skew(None).verdict, Fine);
    }
}
