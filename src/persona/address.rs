//! Where requests go: under one base URL, and nowhere else.

use url::{Host, Url};

use super::{Error, ErrorKind, Request};

/// A base URL that the key may travel to.
#[derive(Debug)]
pub struct Address {
    base: Url,
}

impl Address {
    /// # Errors
    /// If the key would travel over a network in the clear, or to no web address at all.
    pub fn checked(base: Url) -> Result<Self, Error> {
        let address = Self { base };
        let refused = match address.base.scheme() {
            "https" => None,
            "http" if address.is_local() => None,
            "http" => Some("plain http would send the API key in the clear: use https"),
            _ => Some("persona.base_url is no web address: it begins with https://"),
        };
        match refused {
            Some(why) => Err(Error::new(ErrorKind::Refused(why.into()), "reach Persona")),
            None => Ok(address),
        }
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// # Errors
    /// If it follows a link that leads somewhere else.
    pub fn of(&self, request: &Request) -> Result<Url, Error> {
        if let Some(link) = &request.link {
            let why = "Persona's link leads out of its API";
            return link
                .resolve(&self.base)
                .ok_or_else(|| Error::new(ErrorKind::Refused(why.into()), &request.words));
        }
        let mut url = self.base.clone();
        let root = url.path().trim_end_matches('/');
        url.set_path(&format!("{root}{}", request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }
}
