//! Bytes instead of objects: what is printed, and the files behind the evidence.

use std::fmt;

use url::Url;

use super::{Error, ErrorKind, Request, files::FileLink, transport::http::Reply};

/// What came, and what it says it is. Never printed: it shows a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Download {
    /// `application/pdf`, `image/jpeg`, …; empty if the answer does not say.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Download({}, {} bytes)", self.content_type, self.bytes.len())
    }
}

impl From<Reply> for Download {
    fn from(reply: Reply) -> Self {
        Self { content_type: reply.headers.content_type, bytes: reply.body }
    }
}

/// What was printed, if it is what it should be: it is about to be written to a file.
pub fn pdf(request: &Request, reply: Reply) -> Result<Download, Error> {
    if reply.body.starts_with(b"%PDF-") {
        return Ok(reply.into());
    }
    let (path, why) = ("the whole body".to_owned(), "not a PDF".to_owned());
    let error = Error::new(ErrorKind::Unreadable { path, why }, &request.words);
    Err(error.answered(reply.status, reply.headers.request_id, Vec::new()))
}

/// For records and errors: a link is never in them.
pub fn request() -> Request {
    Request { accept: "*/*", ..Request::get("/{file}", "download a file") }
}

/// Where a link leads, if it is safe to go there: over TLS, or on this machine when the API is.
pub fn checked(link: &FileLink, api: &Url) -> Result<Url, Error> {
    let url = Url::parse(link.expose()).ok().filter(|url| {
        let safe = url.scheme() == "https" || (url.scheme() == "http" && api.scheme() == "http");
        safe && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    url.ok_or_else(|| {
        let why = "the link to the file is none that can be followed safely";
        Error::new(ErrorKind::Refused(why.into()), &request().words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_over_tls_only() {
        let leads = |link: &str, api: &str| {
            checked(&FileLink::new(link), &Url::parse(api).unwrap()).is_ok()
        };
        let api = "https://api.withpersona.com/api/v1";
        assert!(leads("https://files.withpersona.com/a.jpg?access_token=x", api));
        for bad in [
            "http://files.withpersona.com/a.jpg",
            "file:///etc/passwd",
            "a.jpg",
            "",
            "https://user:word@files.withpersona.com/a.jpg",
            "javascript:alert(1)",
        ] {
            assert!(!leads(bad, api), "{bad}");
        }
        assert!(leads("http://127.0.0.2:4010/a.png", "http://127.0.0.1:4010/api/v1"));
    }
}
