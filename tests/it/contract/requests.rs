//! Requests made from the contract: mostly right, sometimes nearly right, about objects that are
//! there and about others.

use std::collections::BTreeSet;

use caseload::{
    model::{InquiryId, ReportId, VerificationId},
    persona::print::Print,
};
use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::Value;

use super::{
    check::Asked,
    document::{Contract, Operation},
    known::{Known, prefix_of},
    strategies::Maker,
};
use crate::{
    endpoints,
    mutation::{mutated, mutation, odd},
};

/// One request of an operation.
pub fn request(
    contract: &Contract,
    operation: Operation<'_>,
    known: &Known,
    key: &'static str,
) -> BoxedStrategy<Asked> {
    let maker = Maker { contract, known, kind: kind(operation.template) };
    let method = operation.method.to_owned();
    let parts = (
        path(&operation, known),
        query(&operation, &maker),
        headers(&operation, key),
        body(&operation, &maker),
    );
    parts
        .prop_map(move |(path, query, headers, body)| Asked {
            method: method.clone(),
            path,
            query,
            headers,
            body,
        })
        .boxed()
}

/// A segment of a path, whatever is in it.
pub fn segment(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    // These mean something to a path even so.
    match text {
        "" | "." | ".." => "x".to_owned(),
        _ => encoded.replace('+', "%20"),
    }
}

fn path(operation: &Operation<'_>, known: &Known) -> BoxedStrategy<String> {
    let mut parts: Vec<BoxedStrategy<String>> = Vec::new();
    for part in operation.template.split('/').skip(1) {
        if !part.starts_with('{') {
            parts.push(Just(part.to_owned()).boxed());
            continue;
        }
        let name = part.trim_matches(['{', '}']);
        let there = prefix_of(name).map(|like| known.ids_by_status(like)).unwrap_or_default();
        let anything = prop_oneof![
            Just("inq_unknown".to_owned()),
            "[a-z]{2,5}_[a-zA-Z0-9]{1,28}",
            any::<String>(),
        ];
        // Each status as often as the others: few objects are where a step can be taken.
        parts.push(match there.is_empty() {
            true => anything.prop_map(|text| segment(&text)).boxed(),
            false => prop_oneof![5 => select(there).prop_flat_map(select), 1 => anything]
                .prop_map(|text| segment(&text))
                .boxed(),
        });
    }
    parts.prop_map(|parts| format!("/{}", parts.join("/"))).boxed()
}

/// Of the objects that a path is about.
fn kind(template: &str) -> &str {
    match template.split('/').nth(1).expect("a path") {
        "inquiries" => "inquiry",
        "inquiry-sessions" => "inquiry-session",
        plural => plural.trim_end_matches('s'),
    }
}

fn query(operation: &Operation<'_>, maker: &Maker<'_>) -> BoxedStrategy<String> {
    let mut members: Vec<BoxedStrategy<Vec<(String, String)>>> = Vec::new();
    for (parameter, _) in operation.parameters("query") {
        let name = parameter["name"].as_str().expect("parameters have names").to_owned();
        let value = match name.as_str() {
            "include" => prop_oneof![
                Just("account,inquiries,verifications,reports,sessions,documents".to_owned()),
                Just(String::new()),
                any::<String>(),
            ]
            .prop_map(Value::from)
            .boxed(),
            _ => maker.value(&parameter["schema"]),
        };
        let value = prop_oneof![9 => value, 1 => odd().boxed()];
        let likely = if parameter["required"] == true { 0.9 } else { 0.3 };
        let given = prop::option::weighted(likely, value);
        let spelled =
            move |value: Option<Value>| value.map(|value| flat(&name, &value)).unwrap_or_default();
        members.push(given.prop_map(spelled).boxed());
    }
    let stray = ("[a-z\\[\\]]{1,12}", any::<String>());
    members.push(
        prop::option::weighted(0.05, stray).prop_map(|one| one.into_iter().collect()).boxed(),
    );
    let encoded = |given: Vec<Vec<(String, String)>>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(given.into_iter().flatten()).finish()
    };
    members.prop_map(encoded).boxed()
}

/// `page` = `{"size": 3}` as `page[size]` = `3`.
fn flat(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(members) => {
            let each = members.iter().take(5);
            each.flat_map(|(key, value)| flat(&format!("{name}[{key}]"), value)).collect()
        }
        Value::String(text) => vec![(name.to_owned(), text.chars().take(2_000).collect())],
        other => vec![(name.to_owned(), other.to_string())],
    }
}

fn body(operation: &Operation<'_>, maker: &Maker<'_>) -> BoxedStrategy<Vec<u8>> {
    let schema = operation.body().map(|(content, _)| &content["application/json"]["schema"]);
    let Some(schema) = schema.filter(|schema| !schema.is_null()) else {
        return prop_oneof![9 => Just(Vec::new()), 1 => odd().prop_map(bytes)].boxed();
    };
    let right = maker.value(schema);
    let nearly = (right.clone(), any::<Index>(), mutation())
        .prop_map(|(value, at, how)| mutated(value, at, &how));
    prop_oneof![
        12 => right.prop_map(bytes),
        5 => nearly.prop_map(bytes),
        1 => odd().prop_map(bytes),
        1 => Just(Vec::new()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
    ]
    .boxed()
}

fn bytes(value: Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn headers(operation: &Operation<'_>, key: &'static str) -> BoxedStrategy<Vec<(String, String)>> {
    let one = |name: &'static str, values: BoxedStrategy<String>| {
        prop::option::weighted(0.4, values.prop_map(move |value| (name.to_owned(), value))).boxed()
    };
    // Of its own for each operation: the same for another body is refused.
    let of = format!("{} {}", operation.method, operation.template);
    let intent = "[a-z0-9-]{1,200}".prop_map(move |key| format!("{of} {key}")).boxed();
    let version = prop_oneof![
        8 => select(vec!["2025-12-08", "2023-01-05"]),
        1 => select(vec!["2025-10-27", "1999-01-01", "soon"]),
    ];
    let casing = prop_oneof![
        8 => select(vec!["kebab", "snake", "camel"]),
        1 => select(vec!["KEBAB", ""]),
    ];
    let given = vec![
        one("Idempotency-Key", intent),
        one("Persona-Version", version.prop_map(str::to_owned).boxed()),
        one("Key-Inflection", casing.prop_map(str::to_owned).boxed()),
    ];
    given
        .prop_map(move |given| {
            let mut headers = vec![("Authorization".to_owned(), format!("Bearer {key}"))];
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            headers.extend(given.into_iter().flatten());
            headers
        })
        .boxed()
}

/// The operations of which the simulator has to know: those that the client asks. Lists and what
/// makes objects first, what ends them last.
pub fn ours(contract: &Contract) -> Vec<Operation<'_>> {
    let printed = [
        Print::Inquiry(InquiryId::new("inq_1").expect("an id")),
        Print::Verification(VerificationId::new("ver_1").expect("an id")),
        Print::Report(ReportId::new("rep_1").expect("an id")),
    ];
    let every = endpoints::all();
    let requests = every.iter().map(|one| one.request()).chain(printed.iter().map(Print::request));
    let asked: BTreeSet<_> = requests
        .map(|request| (request.method.as_str().to_lowercase(), request.template))
        .collect();
    let is_ours = |operation: &Operation<'_>| {
        asked.contains(&(operation.method.to_owned(), operation.template))
    };
    let mut ours: Vec<_> = contract.operations().filter(is_ours).collect();
    ours.sort_by_key(|operation| {
        let ends = operation.method == "delete" || operation.template.ends_with("/archive");
        (ends, operation.template.matches('{').count())
    });
    ours
}
