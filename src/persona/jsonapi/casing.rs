//! Names in Persona's three casings: kebab, snake and camel.

use serde_json::{Map, Value};

/// A member by its kebab-case name, in whichever of Persona's three casings it came.
pub fn lookup<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        if !name.contains('-') {
            return None;
        }
        object.get(&snake(name)).or_else(|| object.get(&camel(name)))
    })
}

/// Whether `spelling` is the kebab-case name in one of Persona's three casings.
pub fn is_spelled(name: &str, spelling: &str) -> bool {
    name == spelling || snake(name) == spelling || camel(name) == spelling
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// A digit starts no word: `address-street-1` is `addressStreet1`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        camel.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(chars.as_str());
    }
    camel
}
