//! Files behind an object: photos, videos, uploads. What they are is kept; the links that open
//! them are secrets that last some hours.

use super::{
    endpoint::Answer,
    jsonapi::{DecodeError, Document, Json, Members, Resource, is_spelled, lookup},
};
use crate::{
    model::{File, Text},
    secret::Secret,
};

/// Opens one file, without an API key, for whoever has it. Never to be stored or logged.
#[derive(Debug, Clone)]
pub struct FileLink(Secret<String>);

impl FileLink {
    pub fn new(url: &str) -> Self {
        Self(Secret::new(url.to_owned()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The files of one object, in wire order.
#[derive(Debug, Clone, Default)]
pub struct LinkedFiles(pub Vec<(File, FileLink)>);

impl Answer for LinkedFiles {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let mut files = with_links(&answer.one()?);
        for along in answer.included().iter().filter(|along| along.kind == "document-file") {
            files.extend(with_links(along));
        }
        Ok(Self(files))
    }
}

pub fn without_links(resource: &Resource<'_>) -> Vec<File> {
    with_links(resource).into_iter().map(|(file, _)| file).collect()
}

/// Those under one attribute.
pub fn under(resource: &Resource<'_>, name: &str) -> Vec<File> {
    let mut files = Vec::new();
    if let Some(value) = resource.attribute(name) {
        collect(&mut files, name, value);
    }
    files.into_iter().map(|(file, _)| file).collect()
}

/// Files are objects with a `url`; versions that had none of these have attributes that end in
/// `-url`. Both may name one file: it is kept once.
fn with_links(resource: &Resource<'_>) -> Vec<(File, FileLink)> {
    let mut files = Vec::new();
    for (name, value) in resource.attributes() {
        collect(&mut files, name, value);
    }
    for (name, value) in resource.attributes() {
        let Some(url) = value.as_str().filter(|_| is_link(name)) else { continue };
        if !files.iter().any(|(_, link): &(File, FileLink)| link.expose() == url) {
            let file = File { part: Text::new(name), name: None, size: None };
            files.push((file, FileLink::new(url)));
        }
    }
    files
}

fn is_link(name: &str) -> bool {
    ["-url", "_url", "Url"].iter().any(|end| name.ends_with(end))
}

/// Other objects have a `url` too, such as the lists of a watchlist report.
pub fn is_file(object: &Members<'_>) -> bool {
    const MEMBERS: [&str; 6] =
        ["filename", "url", "byte-size", "page", "normalized-url", "original-urls"];
    object.get("url").is_some()
        && object.keys().all(|key| MEMBERS.iter().any(|member| is_spelled(member, key)))
}

fn collect(files: &mut Vec<(File, FileLink)>, part: &str, value: &Json<'_>) {
    match value {
        Json::Array(list) => list.iter().for_each(|value| collect(files, part, value)),
        Json::Object(object) => match object.get("url").and_then(Json::as_str) {
            Some(url) if is_file(object) => files.push((file(part, object), FileLink::new(url))),
            _ => {
                for (name, value) in object.iter() {
                    // Template values wrap a file: `{"type": "file", "value": {…}}`.
                    match name {
                        "value" => collect(files, part, value),
                        name => collect(files, &format!("{part}.{name}"), value),
                    }
                }
            }
        },
        _ => {}
    }
}

fn file(part: &str, object: &Members<'_>) -> File {
    let page = object.get("page").and_then(Json::as_str);
    File {
        part: Text::from(page.map_or_else(|| part.to_owned(), |page| format!("{part}.{page}"))),
        name: object.get("filename").and_then(Json::as_str).map(Text::new),
        size: lookup(object, "byte-size").and_then(Json::as_u64),
    }
}
