//! Pages and the links between them. Links are Persona's: they are followed as they are.

use url::Url;

/// The link to another page: relative to the origin, `/api/v1/inquiries?page%5Bafter%5D=…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link(String);

/// A list's page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// Newest first.
    pub items: Vec<T>,
    pub next: Option<Link>,
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageFrom {
    /// The newest objects, 1 to 100 of them.
    First {
        size: u8,
    },
    Link(Link),
}

impl PageFrom {
    pub fn first(size: u8) -> Self {
        Self::First { size: size.clamp(1, 100) }
    }

    /// The `page[size]` parameter, where it is ours to say.
    pub fn query(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::First { size } => vec![("page[size]", size.to_string())],
            Self::Link(_) => Vec::new(),
        }
    }

    pub fn link(&self) -> Option<Link> {
        match self {
            Self::First { .. } => None,
            Self::Link(link) => Some(link.clone()),
        }
    }
}

impl Link {
    pub fn new(raw: &str) -> Self {
        Self(raw.to_owned())
    }

    /// As Persona wrote it, to be noted and followed later.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Joined against the origin of `base`. None if it leads to another origin or out of the
    /// API's path: the key must not travel there.
    pub fn resolve(&self, base: &Url) -> Option<Url> {
        let url = base.join(&self.0).ok()?;
        let root = base.path().trim_end_matches('/');
        let inside = url.path().strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        let anonymous = url.username().is_empty() && url.password().is_none();
        (url.origin() == base.origin() && inside && anonymous).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_within_the_api() {
        let base = Url::parse("https://api.withpersona.com/api/v1").unwrap();
        let resolve = |raw: &str| Link::new(raw).resolve(&base).map(String::from);
        let next = "/api/v1/inquiries?page%5Bafter%5D=inq_X";
        assert_eq!(
            resolve(next).as_deref(),
            Some("https://api.withpersona.com/api/v1/inquiries?page%5Bafter%5D=inq_X")
        );
        assert!(
            resolve("https://api.withpersona.com/api/v1/cases?page%5Bafter%5D=case_1").is_some()
        );
        for bad in [
            "",
            "cases",
            "https://evil.test/api/v1/x",
            "http://api.withpersona.com/api/v1/x",
            "https://api.withpersona.com:444/api/v1/x",
            "https://api.withpersona.com@evil.test/api/v1/x",
            "https://user:word@api.withpersona.com/api/v1/x",
            "\\\\evil.test\\api\\v1\\x",
            "/api/v1/%2e%2e/%2E%2E/x",
            "javascript:alert(1)",
            "//evil.test/api/v1/x",
            "/other/x",
            "/api/v1/../../x",
            "/api/v1x",
        ] {
            assert_eq!(resolve(bad), None, "{bad}");
        }
    }
}
