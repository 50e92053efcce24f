//! Verifications and documents: what an inquiry was built on.

use super::{
    super::{
        call::{Call, Replied, Reply},
        print,
        world::{Object, Refusal},
    },
    Operation, delete, get, post, redaction,
};

pub const OPERATIONS: &[Operation] = &[
    get("verifications/{}", |call| Ok(Reply::one(call.object("verification")?.id))),
    delete("verifications/{}", redact),
    get("verifications/{}/print", printed),
    post("verifications/{}/investigation-lock", |call| locked(call, Lock::Closed)),
    post("verifications/{}/investigation-unlock", |call| locked(call, Lock::Open)),
    get("verification/aamvas/{}", |call| of_kind(call, "verification/aamva")),
    get("verification/database-ecbsvs/{}", |call| of_kind(call, "verification/database-ecbsv")),
    get("verification/database-phone-carriers/{}", |call| {
        of_kind(call, "verification/database-phone-carrier")
    }),
    get("verification/database-serpros/{}", |call| of_kind(call, "verification/database-serpro")),
    get("verification/database-standards/{}", |call| {
        of_kind(call, "verification/database-standard")
    }),
    get("verification/database-tins/{}", |call| of_kind(call, "verification/database-tin")),
    get("verification/databases/{}", |call| of_kind(call, "verification/database")),
    get("verification/documents/{}", |call| of_kind(call, "verification/document")),
    get("verification/email-addresses/{}", |call| of_kind(call, "verification/email-address")),
    get("verification/government-ids/{}", |call| of_kind(call, "verification/government-id")),
    get("verification/government-id-nfcs/{}", |call| {
        of_kind(call, "verification/government-id-nfc")
    }),
    get("verification/phone-numbers/{}", |call| of_kind(call, "verification/phone-number")),
    get("verification/selfies/{}", |call| of_kind(call, "verification/selfie")),
    get("documents/{}", |call| Ok(Reply::one(call.object("document")?.id))),
    get("document/generics/{}", |call| Ok(Reply::one(call.object("document/generic")?.id))),
    get("document/government-ids/{}", |call| {
        Ok(Reply::one(call.object("document/government-id")?.id))
    }),
];

/// Whether a verification refuses redaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Closed,
    Open,
}

fn of_kind(call: &mut Call<'_>, kind: &str) -> Replied {
    Ok(Reply::one(call.object(kind)?.id).without_included())
}

fn redact(call: &mut Call<'_>) -> Replied {
    let verification = call.object("verification")?;
    if call.locks.contains(&verification.id) {
        let why = "Verification is locked for an investigation";
        return Err(Refusal::new(409, "Conflict", why));
    }
    let reply = redaction::object(call, "verification", "Verification", None)?;
    Ok(reply.without_included())
}

fn locked(call: &mut Call<'_>, lock: Lock) -> Replied {
    let Object { id, .. } = call.object("verification")?;
    match lock {
        Lock::Closed => call.locks.insert(id.clone()),
        Lock::Open => call.locks.remove(&id),
    };
    Ok(Reply::one(id))
}

fn printed(call: &mut Call<'_>) -> Replied {
    let verification = call.object("verification")?;
    let checks = verification.attributes.get("checks").and_then(|checks| checks.as_array());
    let mut lines = vec![
        format!("Verification {}", verification.id),
        format!("Kind: {}", verification.kind),
        format!("Status: {}", verification.text("status")),
    ];
    for check in checks.into_iter().flatten() {
        let text = |name: &str| check[name].as_str().unwrap_or_default();
        lines.push(format!("{}: {}", text("name"), text("status")));
    }
    Ok(print::pdf(&lines))
}
