//! Who has taken an item for review. Persona knows no lock: an inquiry is claimed by a tag that
//! names its reviewer, a case by its assignee. Both are advice, and both are seen in the dashboard.

use super::{Text, proposal::is_same};

/// What tags that claim an inquiry begin with: `reviewing:` of `reviewing:jane@acme.test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimTag(Text);

impl ClaimTag {
    /// None for an empty beginning: then inquiries are not claimed.
    pub fn new(beginning: &str) -> Option<Self> {
        let beginning = beginning.trim();
        (!beginning.is_empty()).then(|| Self(Text::new(beginning)))
    }

    /// The tag by which somebody claims.
    pub fn of(&self, reviewer: &Text) -> Text {
        Text::new(&format!("{}{reviewer}", self.0))
    }

    /// Whom the tags of an inquiry name, in alphabetical order.
    pub fn holders(&self, tags: &[Text]) -> Vec<Text> {
        let mut holders: Vec<Text> =
            tags.iter().filter_map(|tag| self.holder(tag)).map(Text::new).collect();
        holders.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        holders
    }

    /// Whose claim a tag is; none of any other tag.
    pub fn holder<'a>(&self, tag: &'a Text) -> Option<&'a str> {
        tag.as_str().strip_prefix(self.0.as_str()).filter(|holder| !holder.is_empty())
    }

    /// Who else has claimed an inquiry, as the tags tell.
    pub fn taken_by(&self, tags: &[Text], me: &Text) -> Option<Text> {
        self.holders(tags).into_iter().find(|holder| !is_same(holder, me))
    }

    pub fn is_mine(&self, tags: &[Text], me: &Text) -> bool {
        self.holders(tags).iter().any(|holder| is_same(holder, me))
    }

    /// Whether a claim stands that was just made. Of two at the same moment each sees both, and
    /// the first of the alphabet stays, so that both sides come to the same end.
    pub fn stands(&self, tags: &[Text], me: &Text) -> bool {
        self.holders(tags).first().is_none_or(|first| is_same(first, me))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<Text> {
        tags.iter().map(|tag| Text::new(tag)).collect()
    }

    #[test]
    fn a_tag_tells_who_has_claimed() {
        let claims = ClaimTag::new("reviewing:").unwrap();
        let me = Text::new("jane@acme.test");
        let table: [(&[&str], Option<&str>, bool, bool); 6] = [
            (&[], None, false, true),
            (&["vip", "reviewing:"], None, false, true),
            (&["reviewing:jane@acme.test"], None, true, true),
            (&["reviewing:JANE@acme.test", "vip"], None, true, true),
            (
                &["reviewing:ann@acme.test", "reviewing:jane@acme.test"],
                Some("ann@acme.test"),
                true,
                false,
            ),
            (
                &["reviewing:zoe@acme.test", "reviewing:jane@acme.test"],
                Some("zoe@acme.test"),
                true,
                true,
            ),
        ];
        for (given, taken_by, is_mine, stands) in table {
            let tags = tags(given);
            assert_eq!(
                claims.taken_by(&tags, &me).as_ref().map(Text::as_str),
                taken_by,
                "{given:?}"
            );
            assert_eq!(claims.is_mine(&tags, &me), is_mine, "{given:?}");
            assert_eq!(claims.stands(&tags, &me), stands, "{given:?}");
        }
        assert_eq!(claims.of(&me).as_str(), "reviewing:jane@acme.test");
        assert_eq!(ClaimTag::new("  "), None);
    }
}
