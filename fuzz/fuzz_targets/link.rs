//! Links and ids from outside: none leads out of the API.

#![no_main]

use std::sync::LazyLock;

use caseload::{
    model::InquiryId,
    persona::{Endpoint, Link, inquiries::Retrieve},
};
use libfuzzer_sys::fuzz_target;
use url::Url;

static BASE: LazyLock<Url> =
    LazyLock::new(|| "https://api.withpersona.com/api/v1".parse().expect("a URL"));

fuzz_target!(|input: &str| {
    if let Some(url) = Link::new(input).resolve(&BASE) {
        assert_eq!(url.origin(), BASE.origin());
        assert!(url.path().starts_with("/api/v1/"), "{url}");
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    }
    if let Ok(id) = InquiryId::new(input) {
        let mut url = BASE.clone();
        url.set_path(&format!("/api/v1{}", Retrieve { id }.request().path));
        assert_eq!(url.path(), format!("/api/v1/inquiries/{input}"));
    }
});
