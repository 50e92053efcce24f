//! Transactions: read, changed a little, related to other things.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, any_of},
        query::Filter,
    },
    Operation, created, delete, get, patch, post, redaction, tags,
};

const FILTERS: &[Filter] = &[
    Filter {
        name: "reference-id",
        passes: |object, values| any_of(values, |value| object.text("reference-id") == value),
    },
    Filter {
        name: "transaction-type-id",
        passes: |object, ids| any_of(ids, |id| object.related("transaction-type").contains(&id)),
    },
    Filter { name: "identifier][key", passes: |_, _| true },
    Filter {
        name: "identifier][value",
        passes: |object, wanted| {
            let fields = object.attributes.get("fields").and_then(Value::as_object);
            fields.into_iter().flatten().any(|(_, field)| field["value"] == wanted)
        },
    },
];

pub const OPERATIONS: &[Operation] = &[
    get("transactions", |call| call.list("transaction")).paged().filtered(FILTERS),
    get("transactions/{}", |call| Ok(Reply::one(call.object("transaction")?.id))),
    patch("transactions/{}", update).body(
        "{data: {attributes: {
            fields: map, status: string, reference-id: string, label: string, tags: [string]
        }}}",
    ),
    delete("transactions/{}", redact),
    post("transactions/{}/add-tag", |call| bare(tags::add(call, "transaction", None)))
        .body(tags::ONE),
    post("transactions/{}/remove-tag", |call| bare(tags::remove(call, "transaction", None)))
        .body(tags::ONE),
    post("transactions/{}/set-tags", |call| bare(tags::set(call, "transaction", None)))
        .body(tags::ALL),
];

/// Answers to tags of transactions embed nothing.
fn bare(replied: Replied) -> Replied {
    replied.map(Reply::without_included)
}

fn update(call: &mut Call<'_>) -> Replied {
    let transaction = call.object("transaction")?;
    let attributes = call.body["data"]["attributes"].clone();
    let label = attributes["label"].as_str().map(
        |label| json!({ "data": { "type": "transaction-label", "id": format!("txnl_{label}") } }),
    );
    call.touch(&transaction.id, |transaction| {
        for (name, value) in attributes.as_object().into_iter().flatten() {
            match name.as_str() {
                "status" | "reference-id" | "tags" => transaction.set(name, value.clone()),
                "fields" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        created::set_field(transaction, key, value);
                    }
                }
                _ => {}
            }
        }
        if let (Some(label), Some(relationships)) = (label, &mut transaction.relationships) {
            relationships.insert("transaction-label".to_owned(), label);
        }
    });
    call.world.tell("transaction.updated-fields", &transaction.id, call.now);
    Ok(Reply::one(transaction.id))
}

fn redact(call: &mut Call<'_>) -> Replied {
    let event = Some("transaction.redacted");
    Ok(redaction::object(call, "transaction", "Transaction", event)?.without_included())
}
