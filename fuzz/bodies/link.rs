//! Links and ids from outside: none leads out of the API.

use std::sync::LazyLock;

use caseload::{
    model::InquiryId,
    persona::{Endpoint, Link, inquiries::Retrieve},
};
use url::Url;

static BASE: LazyLock<Url> =
    LazyLock::new(|| "https://api.withpersona.com/api/v1".parse().expect("a URL"));

pub fn run(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    if let Some(url) = Link::new(&input).resolve(&BASE) {
        assert_eq!(url.origin(), BASE.origin());
        assert!(url.path().starts_with("/api/v1/"), "{url}");
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    }
    if let Ok(id) = InquiryId::new(&input) {
        let mut url = BASE.clone();
        url.set_path(&format!("/api/v1{}", Retrieve { id }.request().path));
        assert_eq!(url.path(), format!("/api/v1/inquiries/{input}"));
    }
}
