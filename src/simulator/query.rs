//! The query string: pages, filters, included objects, fieldsets. What a list does not know is
//! refused, what any endpoint may ignore is ignored.

use std::collections::BTreeMap;

use super::{
    inflect::to_kebab,
    shape::Unknown,
    world::{Object, Refusal},
};

/// A query string, taken apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// As it came, decoded, in order; links to other pages keep it.
    pub pairs: Vec<(String, String)>,
    /// `filter[name]=value` by name.
    pub filters: BTreeMap<String, String>,
    pub page: Page,
    /// Names of relationships; `Some` and empty suppresses what comes by default.
    pub include: Option<Vec<String>>,
    /// Attributes by type, in kebab case.
    pub fieldsets: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub after: Option<String>,
    pub before: Option<String>,
    pub size: Option<usize>,
}

pub const DEFAULT_SIZE: usize = 10;
pub const LARGEST_SIZE: usize = 100;

/// A filter of a list.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// A `!` after the name: it must be there.
    pub name: &'static str,
    /// Whether an object passes the filter's value.
    pub passes: fn(&Object, &str) -> bool,
}

/// What an endpoint takes beyond a body.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    pub filters: &'static [Filter],
    pub pages: Pages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    Cursors,
    None,
}

impl Query {
    pub fn read(raw: &str, takes: Takes, unknown: Unknown) -> Result<Self, Refusal> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        let mut query = Self { pairs: pairs.clone(), ..Self::default() };
        for (key, value) in pairs {
            let (name, inner) = brackets(&key);
            match (name, inner) {
                ("filter", Some(inner)) => query.take_filter(inner, value, takes)?,
                ("page", Some(inner)) if takes.pages == Pages::Cursors => {
                    query.page.take(inner, value)?;
                }
                ("include", None) => query.include = Some(names(&value)),
                ("fields", Some(kind)) => {
                    let wanted = names(&value).iter().map(|name| to_kebab(name)).collect();
                    query.fieldsets.insert(kind.to_owned(), wanted);
                }
                ("filter" | "page", None) => {
                    return Err(bad_request(format!("{name} must be a hash")));
                }
                _ if unknown == Unknown::Refuse => {
                    return Err(bad_request(format!("{key} is not allowed")));
                }
                _ => {}
            }
        }
        let required = takes.filters.iter().filter_map(|filter| filter.name.strip_suffix('!'));
        for name in required {
            if query.filters.get(name).is_none_or(String::is_empty) {
                let name = name.replace('-', "_");
                return Err(bad_request(format!("filter.{name} must be filled")));
            }
        }
        Ok(query)
    }

    fn take_filter(&mut self, inner: &str, value: String, takes: Takes) -> Result<(), Refusal> {
        let name = to_kebab(inner);
        let known = takes.filters.iter().any(|known| known.name.trim_end_matches('!') == name);
        if !known {
            return Err(bad_request(format!("filter.{inner} is not allowed")));
        }
        if name.ends_with("-start") || name.ends_with("-end") {
            value
                .parse::<jiff::Timestamp>()
                .map_err(|_| bad_request(format!("filter.{inner} must be a date-time")))?;
        }
        self.filters.insert(name, value);
        Ok(())
    }

    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.get(name).map(String::as_str)
    }
}

impl Page {
    fn take(&mut self, inner: &str, value: String) -> Result<(), Refusal> {
        match inner {
            "after" => self.after = Some(value),
            "before" => self.before = Some(value),
            "size" => {
                // A number in JSON, so 25.0 is one as well.
                let size = value.parse::<f64>().ok().filter(|size| size.fract() == 0.0);
                let size = size.filter(|size| (1.0..=LARGEST_SIZE as f64).contains(size));
                let size = size.ok_or_else(|| {
                    bad_request(format!("page.size must be from 1 to {LARGEST_SIZE}"))
                })?;
                self.size = Some(size as usize);
            }
            _ => return Err(bad_request(format!("page.{inner} is not allowed"))),
        }
        Ok(())
    }
}

/// `fields[inquiry]` is `fields` and `inquiry`; `filter[identifier][key]` keeps its inner brackets.
fn brackets(key: &str) -> (&str, Option<&str>) {
    match key.split_once('[') {
        Some((name, inner)) if inner.ends_with(']') => (name, Some(&inner[..inner.len() - 1])),
        _ => (key, None),
    }
}

fn names(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

pub fn bad_request(details: impl Into<String>) -> Refusal {
    Refusal::new(400, "Bad Request", details)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKES: Takes = Takes {
        filters: &[
            Filter { name: "key!", passes: |_, _| true },
            Filter { name: "created-at-start", passes: |_, _| true },
        ],
        pages: Pages::Cursors,
    };

    fn read(raw: &str) -> Result<Query, String> {
        Query::read(raw, TAKES, Unknown::Keep).map_err(|refusal| refusal.details)
    }

    #[test]
    fn parts_are_told_apart() {
        let query =
            read("filter%5Bkey%5D=ubo&page[size]=25&include=&fields[inquiry]=status,createdAt&x=1")
                .unwrap();
        assert_eq!(query.filter("key"), Some("ubo"));
        assert_eq!(query.page.size, Some(25));
        assert_eq!(query.include, Some(Vec::new()));
        assert_eq!(query.fieldsets["inquiry"], ["status", "created-at"]);
    }

    #[test]
    fn what_is_refused_is_named() {
        let table = [
            ("", "filter.key must be filled"),
            ("filter=%7B%22key%22%3A%22a%22%7D", "filter must be a hash"),
            ("filter[key]=a&filter[colour]=b", "filter.colour is not allowed"),
            ("filter[key]=a&page[size]=0", "page.size must be from 1 to 100"),
            ("filter[key]=a&page[size]=101", "page.size must be from 1 to 100"),
            ("filter[key]=a&page[number]=2", "page.number is not allowed"),
            (
                "filter[key]=a&filter[created-at-start]=now",
                "filter.created-at-start must be a date-time",
            ),
        ];
        for (raw, why) in table {
            assert_eq!(read(raw).unwrap_err(), why, "{raw}");
        }
        let strict = Query::read("filter[key]=a&x=1", TAKES, Unknown::Refuse);
        assert_eq!(strict.unwrap_err().details, "x is not allowed");
    }
}
