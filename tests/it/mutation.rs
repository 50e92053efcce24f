//! JSON that is nearly right: one place of it is missing, null, of another type, huge or deep.

use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};

/// What becomes of one place.
#[derive(Debug, Clone)]
pub enum Mutation {
    Missing,
    Replaced(Value),
    /// In so many lists.
    Deep(usize),
    /// So many times itself.
    Long(usize),
    /// With a member that nobody knows.
    More(String),
}

pub fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => Just(Mutation::Missing),
        8 => odd().prop_map(Mutation::Replaced),
        1 => (1_usize..200).prop_map(Mutation::Deep),
        1 => (1_usize..300).prop_map(Mutation::Long),
        1 => any::<String>().prop_map(Mutation::More),
    ]
}

/// Values that stand where others should.
pub fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null])),
        Just(json!({ "data": {} })),
        Just(json!("")),
        Just(json!("9999999-99-99T99:99:99Z")),
        Just(json!("inq_../../x")),
        Just(json!("\u{1b}[2J\u{202e}\u{0}")),
        Just(json!(1e308)),
        Just(json!(u64::MAX)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("long ".repeat(12_000))),
    ]
}

/// Places of a value, in order, itself first.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(places).sum(),
        Value::Object(object) => object.values().map(places).sum::<usize>(),
        _ => 0,
    }
}

/// The value with one place changed.
pub fn mutated(mut value: Value, at: Index, mutation: &Mutation) -> Value {
    let mut nth = at.index(places(&value));
    change(&mut value, &mut nth, mutation);
    value
}

/// Whether the `nth` place is here and is to go.
fn change(value: &mut Value, nth: &mut usize, mutation: &Mutation) -> bool {
    if *nth == 0 {
        *nth = usize::MAX;
        return match mutation {
            Mutation::Missing => true,
            other => {
                apply(value, other);
                false
            }
        };
    }
    *nth -= 1;
    match value {
        Value::Array(list) => {
            for at in 0..list.len() {
                if change(&mut list[at], nth, mutation) {
                    list.remove(at);
                    break;
                }
                if *nth > usize::MAX / 2 {
                    break;
                }
            }
        }
        Value::Object(object) => {
            let names: Vec<String> = object.keys().cloned().collect();
            for name in names {
                let gone = object.get_mut(&name).is_some_and(|value| change(value, nth, mutation));
                if gone {
                    object.shift_remove(&name);
                }
                if *nth > usize::MAX / 2 {
                    break;
                }
            }
        }
        _ => {}
    }
    false
}

fn apply(value: &mut Value, mutation: &Mutation) {
    match mutation {
        Mutation::Missing => *value = Value::Null,
        Mutation::Replaced(other) => *value = other.clone(),
        Mutation::Deep(levels) => {
            for _ in 0..*levels {
                *value = json!([value.take()]);
            }
        }
        Mutation::Long(times) => {
            *value = match value.take() {
                Value::String(text) => text.repeat(*times).into(),
                one => Value::Array(vec![one; *times]),
            }
        }
        Mutation::More(name) => match value {
            Value::Object(object) => _ = object.insert(name.clone(), "more".into()),
            other => {
                let more: Map<String, Value> = [(name.clone(), other.take())].into_iter().collect();
                *other = more.into();
            }
        },
    }
}

#[test]
fn every_place_is_reached_and_only_one_is_changed() {
    let whole = json!({ "a": [1, { "b": null }], "c": "x" });
    assert_eq!(places(&whole), 6);
    let mut seen = std::collections::BTreeSet::new();
    for nth in 0..6 {
        let mut value = whole.clone();
        change(&mut value, &mut nth.clone(), &Mutation::Replaced(json!("here")));
        assert_eq!(value.to_string().matches("here").count(), 1, "{value}");
        seen.insert(value.to_string());
    }
    assert_eq!(seen.len(), 6);
}
