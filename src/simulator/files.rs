//! Files on a host of their own: whoever holds a URL with a valid token may read, nobody else.

use std::collections::{HashMap, VecDeque};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

/// How objects of the world name a file until they leave it.
const MARK: &str = "file:";

/// Makes and checks the URLs of files.
pub struct Files {
    /// `http://localhost:4012`
    pub origin: String,
    secret: [u8; 32],
    /// What was uploaded, by name.
    uploads: HashMap<String, Vec<u8>>,
    /// Their names, oldest first.
    order: VecDeque<String>,
    bytes: usize,
    /// Uploads since the start.
    count: usize,
}

/// So much is kept of what was uploaded, in bytes; the newest in any case.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Why a file is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAccess {
    Missing,
    Wrong,
    Expired,
}

impl Files {
    pub fn new(origin: String, secret: [u8; 32]) -> Self {
        let (uploads, order) = (HashMap::new(), VecDeque::new());
        Self { origin, secret, uploads, order, bytes: 0, count: 0 }
    }

    /// Keeps an upload and gives the name by which objects know it.
    pub fn keep(&mut self, owner: &str, name: &str, bytes: Vec<u8>) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let tame: String = name.chars().map(|c| if plain(c) { c } else { '-' }).collect();
        let name = format!("{owner}-{}-{tame}", self.count);
        self.count += 1;
        self.put(&name, bytes);
        format!("{MARK}{name}")
    }

    /// What is served under a name from now on, whatever was there.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        if let Some(before) = self.uploads.insert(name.to_owned(), bytes) {
            self.bytes -= before.len();
            self.order.retain(|known| known != name);
        }
        self.order.push_back(name.to_owned());
        while self.bytes > MOST_BYTES && self.order.len() > 1 {
            let oldest = self.order.pop_front().unwrap_or_default();
            self.bytes -= self.uploads.remove(&oldest).map_or(0, |bytes| bytes.len());
        }
    }

    pub fn upload(&self, name: &str) -> Option<&[u8]> {
        self.uploads.get(name).map(Vec::as_slice)
    }

    /// Turns every `file:NAME` in a body into a URL that is good until then.
    pub fn link(&self, body: &mut Value, until: Timestamp) {
        match body {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix(MARK) {
                    *text = self.url(name, until);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.link(item, until)),
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.link(value, until));
            }
            _ => {}
        }
    }

    fn url(&self, name: &str, until: Timestamp) -> String {
        format!("{}/{name}?access_token={}", self.origin, self.token(name, until.as_second()))
    }

    fn token(&self, name: &str, until: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any length is a key");
        mac.update(name.as_bytes());
        mac.update(&until.to_be_bytes());
        format!("{until}-{}", hex::encode(mac.finalize().into_bytes()))
    }

    /// Whether this token opens this file now.
    pub fn check(&self, name: &str, token: Option<&str>, now: Timestamp) -> Result<(), NoAccess> {
        let token = token.ok_or(NoAccess::Missing)?;
        let until = token.split_once('-').and_then(|(until, _)| until.parse::<i64>().ok());
        let until = until.filter(|until| self.token(name, *until) == token);
        let until = until.ok_or(NoAccess::Wrong)?;
        if now.as_second() >= until { Err(NoAccess::Expired) } else { Ok(()) }
    }
}

/// What a file is, by the end of its name.
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("pdf") => "application/pdf",
        Some("mp4") => "video/mp4",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_url_opens_its_file_until_it_expires() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let files = Files::new("http://localhost:1".into(), [7; 32]);
        let mut body = json!({ "photo-urls": [{ "url": "file:front.png" }], "note": "file" });
        files.link(&mut body, at(100));
        let url = body["photo-urls"][0]["url"].as_str().unwrap().to_owned();
        let (path, token) = url.split_once("?access_token=").unwrap();
        assert_eq!((path, &body["note"]), ("http://localhost:1/front.png", &json!("file")));
        assert_eq!(files.check("front.png", Some(token), at(99)), Ok(()));
        assert_eq!(files.check("front.png", Some(token), at(100)), Err(NoAccess::Expired));
        assert_eq!(files.check("back.png", Some(token), at(99)), Err(NoAccess::Wrong));
        assert_eq!(files.check("front.png", Some("é"), at(99)), Err(NoAccess::Wrong));
        assert_eq!(files.check("front.png", None, at(99)), Err(NoAccess::Missing));
    }

    #[test]
    fn the_oldest_uploads_make_room() {
        let mut files = Files::new(String::new(), [7; 32]);
        let part = MOST_BYTES / 4;
        let names: Vec<String> =
            (0..6).map(|nth| files.keep("doc_1", "a b.png", vec![nth; part])).collect();
        let kept = |files: &Files| -> Vec<bool> {
            names.iter().map(|name| files.upload(&name[MARK.len()..]).is_some()).collect()
        };
        assert_eq!(kept(&files), [false, false, true, true, true, true]);
        files.put(&names[5][MARK.len()..], vec![9; part + 1]);
        assert_eq!(kept(&files), [false, false, false, true, true, true]);
        files.put("huge", vec![0; MOST_BYTES + 1]);
        assert!(kept(&files).iter().all(|kept| !kept) && files.upload("huge").is_some());
        assert_eq!(files.bytes, MOST_BYTES + 1);
    }
}
