//! An answer on its way out: status, headers, body, and how it is sent.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::Refusal;

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub delivery: Delivery,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Json(Value),
    /// A stored answer, word for word.
    Text(String),
    Pdf(Vec<u8>),
}

/// How the body leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    AtOnce,
    /// In small pieces, with a pause before each.
    Slow(Duration),
}

const JSON: &str = "application/json; charset=utf-8";

impl Body {
    /// What is stored for a key.
    pub fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::Pdf(_) => String::new(),
        }
    }
}

impl Answer {
    /// Without the headers of an authenticated answer.
    pub fn plain(status: u16, body: Value) -> Self {
        Self::new(status, Body::Json(body), Vec::new())
    }

    pub fn new(status: u16, body: Body, headers: Vec<(&'static str, String)>) -> Self {
        let content_type = if matches!(body, Body::Pdf(_)) { "application/pdf" } else { JSON };
        let body = match body {
            Body::Pdf(bytes) => bytes,
            worded => worded.text().into_bytes(),
        };
        Self { status, body, content_type, headers, delivery: Delivery::AtOnce }
    }

    pub fn make_limits_absurd(&mut self) {
        for (name, value) in &mut self.headers {
            *value = match *name {
                "RateLimit-Limit" => "0".to_owned(),
                "RateLimit-Remaining" => "-7".to_owned(),
                "RateLimit-Reset" => "99999999999999999999".to_owned(),
                _ => continue,
            };
        }
    }

    /// The JSON ends in the middle.
    pub fn break_body(&mut self) {
        self.body.truncate(self.body.len() / 2);
    }

    pub fn become_html(&mut self) {
        self.content_type = "text/html; charset=utf-8";
        self.body = b"<!doctype html><title>One moment</title>".to_vec();
    }
}

/// The body of a refusal.
pub fn errors(refusal: &Refusal) -> Value {
    let mut error = json!({ "title": refusal.title });
    if !refusal.details.is_empty() {
        error["details"] = refusal.details.as_str().into();
    }
    if let Some(pointer) = refusal.pointer {
        error["source"] = json!({ "pointer": pointer });
    }
    json!({ "errors": [error] })
}
