//! Where the shared database is. It may hold a password, so it is shown without one.

use std::fmt;

use url::Url;

use super::Secret;

/// Overrides `store.url`, and may hold the password, which the configuration's file may not.
pub const STORE_URL_VARIABLE: &str = "CASELOAD_STORE_URL";

/// `postgres://name@host/database`, checked.
#[derive(Clone)]
pub struct StoreUrl {
    whole: Secret<String>,
    shown: String,
    local: bool,
}

impl StoreUrl {
    /// # Errors
    /// With what is wrong with it, without a word of it.
    pub fn parse(raw: &str) -> Result<Self, String> {
        let url = Url::parse(raw.trim())
            .map_err(|why| format!("is no URL like postgres://name@host/database: {why}"))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err("must begin with postgres://".to_owned());
        }
        let local = is_local(&url);
        for (name, value) in url.query_pairs() {
            let weaker = matches!(&*name, "sslmode" | "ssl-mode") && value != "verify-full";
            if weaker && !local {
                let what = "asks for a weaker sslmode than verify-full: without it anybody on the way could read along and answer for the server";
                return Err(what.to_owned());
            }
        }
        let mut shown = url.clone();
        if url.password().is_some() {
            // Every such URL can have one.
            let _ = shown.set_password(None);
        }
        shown.set_query(None);
        Ok(Self { whole: Secret::new(raw.trim().to_owned()), shown: shown.to_string(), local })
    }

    /// The URL itself.
    pub fn expose(&self) -> &str {
        self.whole.expose()
    }

    /// On this machine: a socket of its own, or its own address.
    pub fn is_local(&self) -> bool {
        self.local
    }

    pub fn has_password(&self) -> bool {
        Url::parse(self.whole.expose()).is_ok_and(|url| {
            url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
        })
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// A host that is named twice is as far away as the farther one.
fn is_local(url: &Url) -> bool {
    let near = |host: &str| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.is_empty()
            || host.starts_with('/')
            || host.to_lowercase().starts_with("%2f")
            || host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let named = url.query_pairs().filter(|(name, _)| matches!(&**name, "host" | "hostaddr"));
    named.map(|(_, host)| host.into_owned()).all(|host| near(&host))
        && near(url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_store_is_near_or_spoken_to_in_private() {
        let good = [
            ("postgres://jane:se%3Acret@db.test/team", false, "postgres://jane@db.test/team"),
            ("postgresql://db.test/team?sslmode=verify-full", false, "postgresql://db.test/team"),
            ("postgres://localhost/team?sslmode=disable", true, "postgres://localhost/team"),
            ("postgres://jane@127.0.0.1:5433/team", true, "postgres://jane@127.0.0.1:5433/team"),
            ("postgres:///team?host=/run/postgresql&password=se%3Acret", true, "postgres:///team"),
        ];
        for (raw, local, shown) in good {
            let url = StoreUrl::parse(raw).unwrap();
            assert_eq!((url.is_local(), url.to_string().as_str()), (local, shown), "{raw}");
            assert_eq!(url.has_password(), raw.contains("se%3Acret"), "{raw}");
            assert!(!format!("{url:?}").contains("se%3Acret"));
        }
        let bad = [
            ("mysql://db.test/team", "must begin with postgres://"),
            ("postgres://db.test/team?sslmode=require", "weaker sslmode"),
            ("postgres:///team?host=db.test&sslmode=disable", "weaker sslmode"),
            ("team", "is no URL like"),
        ];
        for (raw, why) in bad {
            let said = StoreUrl::parse(raw).unwrap_err();
            assert!(said.contains(why), "{raw}: {said}");
        }
    }
}
