//! What happened to an inquiry, from the times that it and its evidence tell, and from Persona's
//! events where they were asked for.

use jiff::Timestamp;

use super::{Event, Exhibits, Inquiry, Text, Verification};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub at: Timestamp,
    /// Persona's name of such an event: `inquiry.started`.
    pub name: Text,
    /// To what: an id.
    pub about: Text,
    /// A kind or a status, where that says more.
    pub detail: Text,
}

/// An event without what it carried.
pub fn told(event: &Event, about: &str) -> Option<Happened> {
    let happened = |at| Happened {
        at,
        name: event.name.clone(),
        about: Text::new(about),
        detail: Text::default(),
    };
    event.created_at.map(happened)
}

/// Oldest first. What both the objects and the events tell stands there once.
pub fn of(
    inquiry: &Inquiry,
    verifications: &[Verification],
    exhibits: &Exhibits,
    events: &[Happened],
) -> Vec<Happened> {
    let mut all = Vec::new();
    let mut add = |at: Option<Timestamp>, name: String, about: &str, detail: &str| {
        let (name, about, detail) = (Text::from(name), Text::new(about), Text::new(detail));
        all.extend(at.map(|at| Happened { at, name, about, detail }));
    };
    let id = inquiry.id.as_str();
    let mut own = |at, what: &str| add(at, format!("inquiry.{what}"), id, "");
    own(inquiry.created_at, "created");
    own(inquiry.started_at, "started");
    own(inquiry.completed_at, "completed");
    own(inquiry.failed_at, "failed");
    own(inquiry.marked_for_review_at, "marked-for-review");
    own(inquiry.expired_at, "expired");
    own(inquiry.redacted_at, "redacted");
    let decided = if inquiry.status.is_decided() { inquiry.status.as_str() } else { "decisioned" };
    own(inquiry.decisioned_at, decided);
    for one in verifications {
        let mut step = |at, what: &str| {
            add(at, format!("verification.{what}"), one.id.as_str(), one.kind.as_str());
        };
        step(one.created_at, "created");
        step(one.submitted_at, "submitted");
        step(one.completed_at, &one.status.as_str().replace('_', "-"));
    }
    for one in &exhibits.sessions {
        let place = one.country_code.as_ref().map_or("", Text::as_str);
        let mut step = |at, what: &str| {
            add(at, format!("inquiry-session.{what}"), one.id.as_str(), place);
        };
        step(one.started_at, "started");
        step(one.expired_at, "expired");
    }
    for one in &exhibits.reports {
        let done = if one.has_match == Some(true) { "matched" } else { "ready" };
        add(one.created_at, "report.created".into(), one.id.as_str(), one.kind.as_str());
        add(one.completed_at, format!("report.{done}"), one.id.as_str(), one.kind.as_str());
    }
    for one in &exhibits.documents {
        add(one.created_at, "document.created".into(), one.id.as_str(), one.kind.as_str());
        add(one.processed_at, "document.processed".into(), one.id.as_str(), one.kind.as_str());
    }
    for event in events {
        let is_told = |one: &Happened| {
            one.about == event.about
                && verb(&one.name) == verb(&event.name)
                && (one.at.duration_since(event.at)).abs().as_secs() < 2
        };
        if !all.iter().any(is_told) {
            all.push(event.clone());
        }
    }
    all.sort_by_key(|one| one.at);
    all
}

/// `report/watchlist.ready` → `ready`
fn verb(name: &Text) -> &str {
    name.as_str().rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_twice_stands_there_once() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let inquiry: Inquiry = serde_json::from_value(serde_json::json!({
            "id": "inq_1", "status": "approved", "verifications": [], "tags": [], "fields": [],
            "created_at": at(100), "decisioned_at": at(500), "started_at": at(200),
        }))
        .unwrap();
        let event = |name: &str, second| Happened {
            at: at(second),
            name: Text::new(name),
            about: Text::new("inq_1"),
            detail: Text::default(),
        };
        let events = [event("inquiry.approved", 501), event("inquiry.transitioned", 300)];
        let all = of(&inquiry, &[], &Exhibits::default(), &events);
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            ["inquiry.created", "inquiry.started", "inquiry.transitioned", "inquiry.approved"]
        );
    }
}
