//! Persona's official contract: where it lies, what its operations are, and where its references
//! lead.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

/// The contract as a resource that schemas refer to.
const NAME: &str = "urn:persona:2025-12-08";

pub struct Contract {
    /// As it is written.
    pub whole: Value,
    /// The same as JSON Schema understands it, for [`Contract::validator`].
    strict: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation: a method on a path with placeholders.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    pub method: &'a str,
    /// `/inquiries/{inquiry-id}`
    pub template: &'a str,
    value: &'a Value,
    contract: &'a Contract,
}

impl Contract {
    /// It lies beside the repository where it is developed, or where `PERSONA_CONTRACT` says, and is
    /// not part of it. Read once, since it has three megabytes.
    pub fn at_hand() -> Option<&'static Self> {
        static CONTRACT: OnceLock<Option<Contract>> = OnceLock::new();
        let contract = CONTRACT.get_or_init(|| {
            let beside = || {
                let path = "../shared/persona/openapi-2025-12-08.json";
                Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
            };
            let path = env::var_os("PERSONA_CONTRACT").map_or_else(beside, PathBuf::from);
            let text = fs::read(path).ok()?;
            Some(Self::new(serde_json::from_slice(&text).expect("the contract is JSON")))
        });
        if contract.is_none() {
            eprintln!("skipped: the official contract is not here");
        }
        contract.as_ref()
    }

    fn new(whole: Value) -> Self {
        let mut strict = whole.clone();
        told_apart_by_type(&mut strict);
        let registry = Registry::new().draft(Draft::Draft202012).add(NAME, strict.clone());
        let registry = registry.expect("a URI").prepare().expect("the contract's schemas");
        absolute(&mut strict);
        Self { whole, strict, registry, validators: Mutex::default() }
    }

    /// What a reference stands for; anything else is itself.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.whole.pointer(reference.trim_start_matches('#'));
                self.resolved(found.expect("the contract's references lead somewhere"))
            }
            None => value,
        }
    }

    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.whole["paths"].as_object().expect("paths");
        paths.iter().flat_map(|(template, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .map(|(method, value)| Operation { method, template, value, contract: self })
        })
    }

    /// Every example of an answer.
    pub fn answers(&self) -> impl Iterator<Item = &Value> {
        self.operations().flat_map(|operation| operation.examples()).map(|example| {
            let value = &self.resolved(example)["value"];
            value.is_object().then_some(value).expect("examples are bodies")
        })
    }

    /// What a request is: `path` below the base URL. Words win over placeholders.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let method = method.to_lowercase();
        let fits = |operation: &Operation<'_>| {
            operation.method == method && is_of(operation.template, path)
        };
        self.operations()
            .filter(fits)
            .min_by_key(|operation| operation.template.matches('{').count())
    }

    /// Whether a path is known at all, with any method.
    pub fn knows(&self, path: &str) -> bool {
        self.whole["paths"].as_object().expect("paths").keys().any(|known| is_of(known, path))
    }

    /// Made once for each place, such as `/paths/~1rate-limits/get/responses/200/…`, and for each
    /// schema.
    pub fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut known = self.validators.lock().expect("no validator panics");
        if let Some(known) = known.get(pointer) {
            return Arc::clone(known);
        }
        let schema = self.strict.pointer(pointer).expect("a place of the contract");
        // Most refusals are the same everywhere.
        let text = schema.to_string();
        let made = match known.get(&text) {
            Some(same) => Arc::clone(same),
            None => Arc::new(self.validator_of(schema)),
        };
        known.insert(text, Arc::clone(&made));
        known.insert(pointer.to_owned(), Arc::clone(&made));
        made
    }

    fn validator_of(&self, schema: &Value) -> Validator {
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let options = options.with_registry(&self.registry).should_validate_formats(true);
        options.build(schema).expect("the contract's schema")
    }
}

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

fn is_of(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let same = template.split('/').all(|segment| {
        parts.next().is_some_and(|part| match segment.starts_with('{') {
            true => !part.is_empty(),
            false => segment == part,
        })
    });
    same && parts.next().is_none()
}

impl<'a> Operation<'a> {
    /// Parameters of one kind, `query` or `header`, each with the pointer to its schema.
    pub fn parameters(&self, kind: &str) -> Vec<(&'a Value, String)> {
        let list = self.value["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let own = format!("{}/parameters", self.pointer());
        let mut found = Vec::new();
        for (nth, parameter) in list.iter().enumerate() {
            let place = match parameter["$ref"].as_str() {
                Some(reference) => reference.trim_start_matches('#').to_owned(),
                None => format!("{own}/{nth}"),
            };
            let parameter = self.contract.resolved(parameter);
            if parameter["in"] == kind {
                found.push((parameter, format!("{place}/schema")));
            }
        }
        found
    }

    /// Whether there may be a body: its media types, and whether it must be there.
    pub fn body(&self) -> Option<(&'a Map<String, Value>, String)> {
        let (body, place) = self.at(&self.value["requestBody"], "requestBody".to_owned())?;
        Some((body["content"].as_object()?, format!("{place}/content")))
    }

    pub fn needs_body(&self) -> bool {
        self.contract.resolved(&self.value["requestBody"])["required"] == true
    }

    /// An answer: its value and where it stands.
    pub fn answer(&self, status: u16) -> Option<(&'a Value, String)> {
        self.at(&self.value["responses"][status.to_string()], format!("responses/{status}"))
    }

    pub fn statuses(&self) -> impl Iterator<Item = u16> + use<'a> {
        let answers = self.value["responses"].as_object().expect("answers");
        answers.keys().filter_map(|status| status.parse().ok())
    }

    fn examples(self) -> Vec<&'a Value> {
        let content = |status| Some(&self.answer(status)?.0["content"]["application/json"]);
        let examples = |content: &'a Value| content["examples"].as_object();
        let each = self.statuses().filter_map(content).filter_map(examples);
        each.flat_map(Map::values).collect()
    }

    fn at(&self, value: &'a Value, place: String) -> Option<(&'a Value, String)> {
        let place = match value["$ref"].as_str() {
            Some(reference) => reference.trim_start_matches('#').to_owned(),
            None => format!("{}/{place}", self.pointer()),
        };
        let value = self.contract.resolved(value);
        value.is_object().then_some((value, place))
    }

    fn pointer(&self) -> String {
        format!("/paths/{}/{}", escaped(self.template), self.method)
    }
}

/// As a part of a JSON pointer.
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// OpenAPI's `discriminator` is only a remark to JSON Schema, which would try all 75 kinds of an
/// included object and say of the right one only that none of them fits. The same is said
/// by the object's `type` choosing its schema, wherever the mapping names all the alternatives.
fn told_apart_by_type(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(told_apart_by_type),
        Value::Object(object) => {
            object.values_mut().for_each(told_apart_by_type);
            let chosen = chosen_by_type(object);
            if let Some(chosen) = chosen {
                for name in ["discriminator", "oneOf", "anyOf"] {
                    object.remove(name);
                }
                let all = object.entry("allOf").or_insert_with(|| json!([]));
                all.as_array_mut().expect("allOf is a list").extend(chosen);
            }
        }
        _ => {}
    }
}

fn chosen_by_type(object: &Map<String, Value>) -> Option<Vec<Value>> {
    let discriminator = object.get("discriminator")?;
    let (name, mapping) =
        (discriminator["propertyName"].as_str()?, discriminator["mapping"].as_object()?);
    let alternatives = object.get("oneOf").or(object.get("anyOf"))?.as_array()?;
    let mapped = |one: &Value| mapping.values().any(|target| *target == one["$ref"]);
    if !alternatives.iter().all(mapped) {
        return None;
    }
    let kinds: Vec<&String> = mapping.keys().collect();
    let mut all = vec![json!({ "required": [name], "properties": { name: { "enum": kinds } } })];
    for (kind, target) in mapping {
        let is = json!({ "required": [name], "properties": { name: { "const": kind } } });
        all.push(json!({ "if": is, "then": { "$ref": target } }));
    }
    Some(all)
}

/// Lets every part of the contract stand by itself.
fn absolute(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(absolute),
        Value::Object(object) => {
            for (name, value) in object {
                match value.as_str().filter(|target| name == "$ref" && target.starts_with('#')) {
                    Some(target) => *value = format!("{NAME}{target}").into(),
                    None => absolute(value),
                }
            }
        }
        _ => {}
    }
}
