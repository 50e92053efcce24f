//! Pages: newest first, cursors that exclude themselves, relative links that keep the query.

use super::{
    query::{DEFAULT_SIZE, Page, bad_request},
    world::Refusal,
};

/// Ids in a row, oldest first, of which a page shows some.
pub trait Rows {
    fn len(&self) -> usize;
    fn at(&self, place: usize) -> String;
    /// Where an id stands, if it is one of these.
    fn place(&self, id: &str) -> Option<usize>;
}

impl Rows for [String] {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, place: usize) -> String {
        self[place].clone()
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.iter().position(|known| known == id)
    }
}

/// The ids on a page, newest first, and the cursors to its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub ids: Vec<String>,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Cuts a page out of rows, looking only at those that are kept. `may_keep` tells quickly of some
/// places that they are not.
pub fn cut(
    rows: &(impl Rows + ?Sized),
    page: &Page,
    may_keep: impl Fn(usize) -> bool,
    keep: impl Fn(&str) -> bool,
) -> Result<Found, Refusal> {
    let size = page.size.unwrap_or(DEFAULT_SIZE);
    let place = |id: &str| {
        rows.place(id).ok_or_else(|| bad_request(format!("{id:?} is no cursor of this list")))
    };
    let take = |places: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        places
            .filter(|at| may_keep(*at))
            .map(|at| rows.at(at))
            .filter(|id| keep(id))
            .take(size + 1)
            .collect()
    };
    let after = page.after.as_deref().map(place).transpose()?;
    let before = page.before.as_deref().map(place).transpose()?;
    let backwards = before.is_some() && after.is_none();
    let mut ids = match (after, before) {
        (Some(after), _) => take(&mut (0..after).rev()),
        (None, Some(before)) => take(&mut (before + 1..rows.len())),
        (None, None) => take(&mut (0..rows.len()).rev()),
    };
    let more = ids.len() > size;
    ids.truncate(size);
    if backwards {
        ids.reverse();
    }
    let has_newer = after.is_some() || (backwards && more);
    let has_older = backwards || more;
    let before = ids.first().filter(|_| has_newer).cloned();
    let after = ids.last().filter(|_| has_older).cloned();
    Ok(Found { ids, before, after })
}

/// A relative link with encoded brackets and every other parameter kept.
pub fn link(path: &str, pairs: &[(String, String)], cursor: &str, id: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(&format!("page[{cursor}]"), id);
    for (key, value) in pairs {
        if key != "page[after]" && key != "page[before]" {
            query.append_pair(key, value);
        }
    }
    format!("{path}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&str>, before: Option<&str>) -> Page {
        Page { after: after.map(str::to_owned), before: before.map(str::to_owned), size: Some(2) }
    }

    fn found(ids: &[&str], before: Option<&str>, after: Option<&str>) -> Found {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let ids = ids.iter().map(ToString::to_string).collect();
        Found { ids, before: own(before), after: own(after) }
    }

    #[test]
    fn a_walk_forth_and_back() {
        let rows = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let cut = |page| cut(rows.as_slice(), &page, |_| true, |id| id != "c").unwrap();
        assert_eq!(cut(page(None, None)), found(&["e", "d"], None, Some("d")));
        assert_eq!(cut(page(Some("d"), None)), found(&["b", "a"], Some("b"), None));
        assert_eq!(cut(page(None, Some("b"))), found(&["e", "d"], None, Some("d")));
        assert_eq!(cut(page(Some("a"), None)), found(&[], None, None));
    }

    #[test]
    fn links_keep_the_query() {
        let pairs = [("filter[status]", "a,b"), ("page[after]", "x"), ("page[size]", "5")];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(
            link("/api/v1/inquiries", &pairs, "after", "inq_1"),
            "/api/v1/inquiries?page%5Bafter%5D=inq_1&filter%5Bstatus%5D=a%2Cb&page%5Bsize%5D=5"
        );
    }
}
