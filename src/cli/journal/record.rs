//! A line of the journal as programs and spreadsheets get it. The names in here are a contract.

use serde_json::{Value, json};

use crate::{cli::output::Shape, model::JournalEntry, store::StoredLine};

pub const LINES: Shape = Shape {
    table: &[],
    csv: &[
        "line",
        "at",
        "who",
        "key.environment",
        "key.ends",
        "what",
        "subject_kind",
        "subject",
        "action",
        "decision.verb",
        "decision.reason.code",
        "decision.reason.text",
        "decision.commented",
        "decision.evidence.status",
        "decision.evidence.updated_at",
        "decision.seen.checks",
        "decision.seen.failed",
        "decision.seen.sha256",
        "decision.before.opened",
        "decision.before.revealed",
        "decision.before.copied",
        "decision.before.exported",
        "decision.before.printed",
        "answer.status",
        "answer.class",
        "answer.request_id",
        "attempts",
        "version.status",
        "version.updated_at",
        "export.format",
        "export.from",
        "export.to",
        "export.reviewer",
        "export.lines",
        "export.sha256",
        "rotation.old",
        "rotation.new",
        "rotation.grace_seconds",
        "rotation.old_ends_at",
        "journal",
        "program",
        "detail",
        "unreadable",
        "hash",
    ],
};

/// Whatever stands in the text, what is told of it is inert: it was read into cleaned values.
pub fn line(stored: &StoredLine, entry: Option<&JournalEntry>) -> Value {
    let Some(entry) = entry else {
        return json!({ "kind": "line", "line": stored.number, "unreadable": true,
            "hash": crate::model::Text::new(&stored.hash) });
    };
    json!({
        "kind": "line", "line": stored.number, "at": entry.at, "who": entry.who,
        "key": entry.key, "what": entry.what,
        "subject_kind": entry.subject.as_ref().map(|subject| subject.kind()),
        "subject": entry.subject.as_ref().map(|subject| subject.id()),
        "action": entry.action, "decision": entry.decision, "answer": entry.answer,
        "attempts": entry.attempts, "version": entry.version, "export": entry.export,
        "rotation": entry.rotation, "journal": entry.journal, "program": entry.program, "detail": entry.detail,
        "hash": crate::model::Text::new(&stored.hash),
    })
}
