//! A case's fields as its page shows them: in the configured order, under their names, written or
//! ticked; and what its template still asks for. Pure.

use std::collections::BTreeMap;

use crate::{
    config::CaseLayout,
    desk::CaseFile,
    model::{Case, Field, FieldSchema, Pii, field::normalised},
};

/// Layouts by template id, by the prefix of the case's name, or `*`.
pub type Layouts = BTreeMap<String, CaseLayout>;

/// The layout of a case: its own template's, or that of any other.
pub fn layout<'a>(layouts: &'a Layouts, case: &Case) -> Option<&'a CaseLayout> {
    case.keys().chain(["*"]).find_map(|key| layouts.get(key))
}

/// A field of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'a> {
    /// As the template spells it.
    pub name: &'a str,
    /// In words.
    pub label: String,
    pub value: Answer<'a>,
    /// The template asks for it.
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    Written(&'a Pii),
    Ticked(bool),
    /// The template has it, the case does not.
    Empty,
}

impl Shown<'_> {
    pub fn is_tick(&self) -> bool {
        matches!(self.value, Answer::Ticked(_))
    }

    /// Asked for, and not there.
    pub fn is_due(&self) -> bool {
        self.required && matches!(self.value, Answer::Empty | Answer::Ticked(false))
    }
}

/// All that a case's page shows of its fields: of what is empty only what is to be ticked, what is
/// asked for, and what the layout names.
pub fn fields<'a>(file: &'a CaseFile, layout: Option<&CaseLayout>) -> Vec<Shown<'a>> {
    let mut placed: Vec<(usize, Shown<'a>)> = Vec::new();
    for (key, shown) in all(file, layout) {
        let place = layout.and_then(|layout| layout.place(&key));
        let left_out = layout.is_some_and(|layout| layout.only) && place.is_none();
        let says_something = shown.value != Answer::Empty || shown.required || place.is_some();
        if says_something && !left_out {
            placed.push((place.unwrap_or(usize::MAX), shown));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, shown)| shown).collect()
}

/// What the template asks for and is not there, each by its name. Persona does not say which status
/// asks for what.
pub fn due(file: &CaseFile, layout: Option<&CaseLayout>) -> Vec<String> {
    let due = all(file, layout).into_iter().filter(|(_, shown)| shown.is_due());
    due.map(|(_, shown)| shown.label).collect()
}

/// How many of the boxes are ticked, and how many there are.
pub fn ticked(file: &CaseFile) -> (usize, usize) {
    let all = all(file, None);
    let boxes = || all.iter().filter(|(_, shown)| shown.is_tick());
    (boxes().filter(|(_, shown)| shown.value == Answer::Ticked(true)).count(), boxes().count())
}

/// Fields with a value in Persona's order, then those that only the template has; each with its
/// normalised name.
fn all<'a>(file: &'a CaseFile, layout: Option<&CaseLayout>) -> Vec<(String, Shown<'a>)> {
    let schemas: &[FieldSchema] =
        file.exhibits.template.as_ref().map_or(&[], |template| &template.fields);
    let written = file.case.fields.iter().filter(|field| !field.value.is_empty());
    let mut all: Vec<(String, Shown<'a>)> = Vec::new();
    for field in written {
        let key = field.key();
        let schema = schemas.iter().find(|schema| normalised(schema.key.as_str()) == key);
        let shown = Shown {
            name: field.name.as_str(),
            label: label(&key, schemas, layout),
            value: answer(field, schema),
            required: schema.is_some_and(|schema| schema.required),
        };
        all.push((key, shown));
    }
    for schema in schemas {
        let key = normalised(schema.key.as_str());
        let has = |other: &str| {
            other.strip_prefix(&key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if all.iter().any(|(other, _)| has(other)) {
            continue;
        }
        let value = match schema.kind.as_str() {
            "boolean" => Answer::Ticked(false),
            _ => Answer::Empty,
        };
        let label = label(&key, schemas, layout);
        let shown = Shown { name: schema.key.as_str(), label, value, required: schema.required };
        all.push((key, shown));
    }
    all
}

fn answer<'a>(field: &'a Field, schema: Option<&FieldSchema>) -> Answer<'a> {
    let may_be_a_tick = schema.is_none_or(|schema| schema.kind.as_str() == "boolean");
    match field.value.reveal().as_str() {
        "yes" if may_be_a_tick => Answer::Ticked(true),
        "no" if may_be_a_tick => Answer::Ticked(false),
        _ => Answer::Written(&field.value),
    }
}

/// As it is configured, as the template calls it, or the name in words: `address city`.
fn label(key: &str, schemas: &[FieldSchema], layout: Option<&CaseLayout>) -> String {
    let of_template = |key: &str| {
        let mut schemas = schemas.iter();
        let schema = schemas.find(|schema| normalised(schema.key.as_str()) == key)?;
        schema.label.as_ref().map(ToString::to_string)
    };
    let named = |key: &str| {
        let configured = layout.and_then(|layout| layout.label(key)).map(str::to_owned);
        configured.or_else(|| of_template(key))
    };
    let words = |key: &str| key.replace(['_', '.'], " ");
    match (named(key), key.split_once('.')) {
        (Some(label), _) => label,
        (None, Some((first, rest))) => match named(first) {
            Some(label) => format!("{label} {}", words(rest)),
            None => words(key),
        },
        (None, None) => words(key),
    }
}

#[cfg(test)]
pub mod samples {
    use serde_json::{Value, json};

    use crate::{
        desk::CaseFile,
        model::{Exhibit, StatusKind},
    };

    /// A case with fields, of a template with schemas `(kind, key, required)`.
    pub fn file(fields: Value, schemas: &[(&str, &str, bool)]) -> CaseFile {
        let case = json!({ "id": "case_1", "name": "KYC-17", "status": "Open", "tags": [],
            "inquiries": [], "accounts": [], "fields": fields });
        let schema = |(kind, key, required): &(&str, &str, bool)| json!({ "key": key, "label": null, "kind": kind, "required": required });
        let schemas: Vec<Value> = schemas.iter().map(schema).collect();
        let template = json!({ "Template": { "id": "ctmpl_1", "name": "Review", "status": "active",
            "resolutions": ["Approved"], "fields": schemas } });
        let template: Exhibit = serde_json::from_value(template).expect("a template");
        CaseFile {
            case: serde_json::from_value(case).expect("every attribute may be missing"),
            kind: StatusKind::Unknown,
            inquiries: Vec::new(),
            accounts: Vec::new(),
            exhibits: [template].into_iter().collect(),
            action: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(file: &CaseFile, layout: Option<&CaseLayout>) -> String {
        let word = |shown: &Shown<'_>| {
            let value = match shown.value {
                Answer::Written(value) => value.reveal().to_string(),
                Answer::Ticked(true) => "[x]".to_owned(),
                Answer::Ticked(false) => "[ ]".to_owned(),
                Answer::Empty => "-".to_owned(),
            };
            let due = if shown.is_due() { "!" } else { "" };
            format!("{}={value}{due}", shown.label)
        };
        fields(file, layout).iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn layout(text: &str) -> CaseLayout {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn fields_come_in_the_configured_order_under_their_labels() {
        let file = samples::file(
            json!([
                { "name": "priority", "value": "high" },
                { "name": "address.city", "value": "Bern" },
                { "name": "amountAtRisk", "value": "12" },
            ]),
            &[],
        );
        assert_eq!(told(&file, None), "priority=high address city=Bern amount at risk=12");
        let some = layout("fields = ['amount-at-risk', 'nobody_has_this', 'address']");
        assert_eq!(told(&file, Some(&some)), "amount at risk=12 address city=Bern priority=high");
        let only = layout("fields = ['address']\nonly = true\nlabels = { address = 'Lives in' }");
        assert_eq!(told(&file, Some(&only)), "Lives in city=Bern");
    }

    #[test]
    fn the_template_tells_what_is_ticked_and_what_is_due() {
        let values = json!([
            { "name": "screened", "value": "yes" },
            { "name": "remark", "value": "no" },
            { "name": "loose", "value": "no" },
        ]);
        let schemas = [
            ("boolean", "screened", false),
            ("string", "remark", false),
            ("boolean", "asked", true),
            ("string", "reason", true),
            ("string", "note", false),
        ];
        let file = samples::file(values, &schemas);
        assert_eq!(told(&file, None), "screened=[x] remark=no loose=[ ] asked=[ ]! reason=-!");
        assert_eq!(due(&file, None), ["asked", "reason"]);
        assert_eq!(ticked(&file), (1, 3));
        let named = layout("fields = ['note']");
        assert!(told(&file, Some(&named)).starts_with("note=- screened=[x]"), "it is named");
    }

    #[test]
    fn a_layout_is_found_by_id_by_prefix_or_for_any() {
        let layouts: Layouts =
            toml::from_str("[KYC]\nonly = true\nfields = ['a']\n['*']\nfields = ['b']").unwrap();
        let mut file = samples::file(json!([]), &[]);
        assert!(super::layout(&layouts, &file.case).unwrap().only);
        file.case.name = None;
        assert_eq!(super::layout(&layouts, &file.case).unwrap().fields, ["b"]);
        assert_eq!(super::layout(&Layouts::new(), &file.case), None);
    }
}
