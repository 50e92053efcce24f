//! Values made from the contract's schemas: such as a schema allows, as far as it can be said in a
//! few lines. The checker says of each whether it is one.

use proptest::{prelude::*, sample::select, string::string_regex};
use serde_json::{Map, Value, json};

use super::{
    document::Contract,
    known::{Known, prefix_of},
};

pub struct Maker<'a> {
    pub contract: &'a Contract,
    /// Ids and texts that mean something to who is asked.
    pub known: &'a Known,
    /// The type of the objects that are asked about.
    pub kind: &'a str,
}

/// How deep optional members are filled.
const DEEPEST: usize = 6;

impl Maker<'_> {
    pub fn value(&self, schema: &Value) -> BoxedStrategy<Value> {
        self.made("", schema, 0)
    }

    fn made(&self, name: &str, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let schema = &self.whole(schema);
        if let Some(only) = schema.get("const") {
            return Just(only.clone()).boxed();
        }
        if let Some(words) = schema["enum"].as_array() {
            return select(words.clone()).boxed();
        }
        if let Some(alternatives) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let mut rest = schema.clone();
            for name in ["oneOf", "anyOf", "discriminator"] {
                rest.as_object_mut().expect("a schema").remove(name);
            }
            let each = alternatives.iter().map(|one| {
                let both = merged(rest.clone(), &self.whole(one));
                self.made(name, &both, depth + 1)
            });
            return prop::strategy::Union::new(each.collect::<Vec<_>>()).boxed();
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            _ if schema["properties"].is_object() => vec!["object"],
            _ => vec!["null", "boolean", "integer", "string"],
        };
        let each = types.iter().map(|kind| match *kind {
            "null" => Just(Value::Null).boxed(),
            "boolean" => any::<bool>().prop_map(Value::from).boxed(),
            "integer" => whole_number(schema).prop_map(Value::from).boxed(),
            "number" => whole_number(schema).prop_map(|number| json!(number as f64 / 2.0)).boxed(),
            "array" => self.list(name, schema, depth),
            "object" => self.object(schema, depth),
            _ => self.text(name, schema).prop_map(Value::from).boxed(),
        });
        prop::strategy::Union::new(each.collect::<Vec<_>>()).boxed()
    }

    /// Without references and `allOf`.
    fn whole(&self, schema: &Value) -> Value {
        let mut whole = match schema["$ref"].is_string() {
            true => self.whole(self.contract.resolved(schema)),
            false => schema.clone(),
        };
        let parts = whole.as_object_mut().and_then(|whole| whole.remove("allOf"));
        for part in parts.as_ref().and_then(Value::as_array).into_iter().flatten() {
            whole = merged(whole, &self.whole(part));
        }
        whole
    }

    fn list(&self, name: &str, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
        let most = if depth > DEEPEST { least } else { least + 2 };
        if schema["items"].is_null() || most == 0 {
            return Just(json!([])).boxed();
        }
        let item = self.made(name, &schema["items"], depth + 1);
        prop::collection::vec(item, least..=most).prop_map(Value::from).boxed()
    }

    fn object(&self, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let needed = required.contains(&name.as_str());
            if !needed && depth > DEEPEST {
                continue;
            }
            let name = name.clone();
            let value = self.made(&name, member, depth + 1);
            let filled = match needed {
                true => value.prop_map(Some).boxed(),
                false => prop::option::weighted(0.6, value).boxed(),
            };
            members.push(filled.prop_map(move |value| Some((name.clone(), value?))).boxed());
        }
        let more = match &schema["additionalProperties"] {
            Value::Bool(true) => Some(any::<i32>().prop_map(Value::from).boxed()),
            Value::Object(_) => Some(self.made("", &schema["additionalProperties"], depth + 1)),
            _ => None,
        };
        if let Some(value) = more.filter(|_| depth <= DEEPEST) {
            let named = ("[a-z_]{1,12}", value);
            members.push(prop::option::of(named).boxed());
        }
        let object = |members: Vec<Option<(String, Value)>>| {
            Value::Object(members.into_iter().flatten().collect::<Map<_, _>>())
        };
        members.prop_map(object).boxed()
    }

    fn text(&self, name: &str, schema: &Value) -> BoxedStrategy<String> {
        match schema["format"].as_str() {
            Some("date-time") => {
                return (0_i64..4_000_000_000)
                    .prop_map(|at| {
                        caseload::model::Timestamp::from_second(at).expect("an instant").to_string()
                    })
                    .boxed();
            }
            Some("date") => {
                return "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])".boxed();
            }
            Some("uri") => return "https://[a-z]{1,9}\\.example\\.test/[a-z0-9]{0,9}".boxed(),
            _ => {}
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            let whole = pattern.trim_start_matches('^').trim_end_matches('$');
            return string_regex(whole).expect("the contract's pattern").boxed();
        }
        let mut sensible: Vec<String> = examples(schema);
        let like = sensible.iter().map(String::as_str).chain(prefix_of(name));
        let ids: Vec<String> = like.flat_map(|id| self.known.ids_like(id)).cloned().collect();
        sensible.extend(ids);
        sensible.extend(self.known.texts_of(self.kind, name).cloned());
        let anything = prop_oneof![
            2 => "[a-zA-Z0-9 _.-]{0,24}",
            1 => any::<String>(),
            1 => Just("\u{202e}\u{1b}[31m名字 ١٢٣ 👩‍👩‍👧".to_owned()),
        ];
        match sensible.is_empty() {
            true => anything.boxed(),
            false => prop_oneof![4 => select(sensible), 1 => anything].boxed(),
        }
    }
}

fn examples(schema: &Value) -> Vec<String> {
    let one = schema["example"].as_str();
    let many = schema["examples"].as_array().into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).map(str::to_owned).collect()
}

fn whole_number(schema: &Value) -> impl Strategy<Value = i64> + use<> {
    let shown = [&schema["examples"][0], &schema["example"], &schema["default"]];
    let sensible = shown.iter().find_map(|shown| shown.as_i64()).unwrap_or(10);
    let least = schema["minimum"].as_i64().unwrap_or(-1_000);
    let most = schema["maximum"].as_i64().unwrap_or(1_000_000).max(least);
    prop_oneof![4 => least..=most, 4 => Just(sensible), 1 => Just(least), 1 => Just(most)]
}

/// Both schemas at once.
fn merged(mut one: Value, other: &Value) -> Value {
    let (Some(whole), Some(other)) = (one.as_object_mut(), other.as_object()) else {
        return other.clone();
    };
    for (name, value) in other {
        let known = whole.remove(name);
        let both = match (name.as_str(), known) {
            ("properties", Some(known)) => merged(known, value),
            ("required", Some(Value::Array(mut list))) => {
                list.extend(value.as_array().into_iter().flatten().cloned());
                list.into()
            }
            (_, Some(known)) if known.is_object() && value.is_object() => merged(known, value),
            _ => value.clone(),
        };
        whole.insert(name.clone(), both);
    }
    one
}
