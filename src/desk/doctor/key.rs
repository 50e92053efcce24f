//! The key, as Persona knows it: when it ends, and whether it may what was declared, and no more.

use jiff::Timestamp;

use super::Finding;
use crate::{
    desk::api_key::{Own, beyond, ends_soon, lacking, own},
    model::{Lane, Text},
    persona::{Client, api_keys::ApiKey},
};

const KEY: &str = "API key";
const PERMISSIONS: &str = "permissions";

/// `probed`: what it was seen to have.
pub async fn examine(client: &Client, probed: &[&str], now: Timestamp) -> Vec<Finding> {
    let source = client.key().source();
    let declared = source.declared().permissions.as_deref();
    match own(client, source.id(), now, Lane::Front).await {
        Ok(Own::Key(key)) => {
            let mut found = vec![end(&key, now)];
            found.extend(declared.and_then(|declared| told(&key, declared)));
            found
        }
        Ok(Own::OneOf(_) | Own::Hidden) | Err(_) => {
            declared.and_then(|declared| seen(probed, declared)).into_iter().collect()
        }
    }
}

fn end(key: &ApiKey, now: Timestamp) -> Finding {
    let id = &key.id;
    let name = key.name.as_ref().map_or(String::new(), |name| format!(", {name}"));
    match key.expires_at {
        None => Finding::ok(KEY, format!("{id}{name}; it does not end by itself")),
        Some(at) if ends_soon(Some(at), now) => Finding::warn(
            KEY,
            format!("{id}{name}; it ends at {at}"),
            "caseload key rotate puts a new one in its place, if it may; else the dashboard does",
        ),
        Some(at) => Finding::ok(KEY, format!("{id}{name}; it ends at {at}")),
    }
}

const NARROW: &str =
    "take them from the key in the dashboard (API > API Keys), or list them in persona.permissions";

fn told(key: &ApiKey, declared: &[String]) -> Option<Finding> {
    let beyond = beyond(key, declared);
    let beyond: Vec<&str> = beyond.iter().map(Text::as_str).collect();
    judged(&beyond, &lacking(key, declared))
}

/// Where Persona does not tell, what was tried tells some of it.
fn seen(probed: &[&str], declared: &[String]) -> Option<Finding> {
    let is_declared = |may: &&&str| declared.iter().any(|known| known == **may);
    let beyond: Vec<&str> = probed.iter().filter(|may| !is_declared(may)).copied().collect();
    judged(&beyond, &[])
}

fn judged(beyond: &[&str], lacking: &[&str]) -> Option<Finding> {
    if !beyond.is_empty() {
        let what = format!("it may more than persona.permissions says: {}", beyond.join(", "));
        return Some(Finding::warn(PERMISSIONS, what, NARROW));
    }
    let what = format!("it may less than persona.permissions says: {}", lacking.join(", "));
    (!lacking.is_empty()).then(|| {
        Finding::warn(PERMISSIONS, what, "give them to the key, or take them off the list")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::doctor::Verdict;

    #[test]
    fn a_key_is_held_against_what_was_declared() {
        let declared: Vec<String> = ["inquiry.read", "case.read"].map(str::to_owned).into();
        assert_eq!(seen(&["inquiry.read"], &declared), None);
        let found = seen(&["inquiry.read", "webhook.read"], &declared).unwrap();
        assert_eq!(found.verdict, Verdict::Warn);
        assert_eq!(found.what, "it may more than persona.permissions says: webhook.read");
        assert_eq!(judged(&[], &[]), None);
        assert!(judged(&[], &["case.read"]).unwrap().what.contains("may less"));
    }
}
