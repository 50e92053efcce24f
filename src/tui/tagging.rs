//! The menu of an item's tags: what is typed narrows it, or makes a tag. Pure.

use tui_input::Input;

use crate::model::{Evidence, Subject, Text, Verb, filter::List};

#[derive(Debug)]
pub struct TagMenu {
    pub subject: Subject,
    /// The marked that it is about, instead of the one.
    pub many: Option<(List, usize)>,
    pub evidence: Evidence,
    /// What the item has.
    pub current: Vec<Text>,
    /// Those and what others have, in alphabetical order.
    pub known: Vec<Text>,
    pub input: Input,
    pub cursor: usize,
}

/// One row of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The item has it.
    On(Text),
    Off(Text),
    /// Nothing that is known has it yet.
    New(Text),
}

impl TagMenu {
    pub fn of(
        subject: Subject,
        evidence: Evidence,
        current: Vec<Text>,
        known: impl IntoIterator<Item = Text>,
    ) -> Self {
        let mut known: Vec<Text> = current.iter().cloned().chain(known).collect();
        known.sort();
        known.dedup();
        Self { subject, many: None, evidence, current, known, input: Input::default(), cursor: 0 }
    }

    /// The rows that what was typed leaves; the item's own first.
    pub fn entries(&self) -> Vec<Entry> {
        let typed = Text::new(self.input.value().trim());
        let folded = typed.as_str().to_lowercase();
        let fits = |tag: &&Text| tag.as_str().to_lowercase().contains(&folded);
        let is_on = |tag: &&Text| self.current.contains(tag);
        let (on, off): (Vec<&Text>, Vec<&Text>) = self.known.iter().filter(fits).partition(is_on);
        let mut entries: Vec<Entry> = on.into_iter().cloned().map(Entry::On).collect();
        entries.extend(off.into_iter().cloned().map(Entry::Off));
        if !typed.is_empty() && !self.known.contains(&typed) {
            entries.push(Entry::New(typed));
        }
        entries
    }

    pub fn move_by(&mut self, rows: isize) {
        let last = self.entries().len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
    }

    /// What choosing the row under the cursor asks for.
    pub fn chosen(&self) -> Option<Verb> {
        self.entries().into_iter().nth(self.cursor).map(|entry| match entry {
            Entry::On(tag) => Verb::RemoveTag(tag),
            Entry::Off(tag) | Entry::New(tag) => Verb::AddTag(tag),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InquiryId;

    #[test]
    fn what_is_typed_narrows_or_makes() {
        let text = |tag: &str| Text::new(tag);
        let subject = Subject::Inquiry(InquiryId::new("inq_1").unwrap());
        let evidence = Evidence { status: text("needs_review"), updated_at: None };
        let known = ["vip", "urgent", "returning"].map(Text::new);
        let mut menu = TagMenu::of(subject, evidence, vec![text("urgent")], known);
        let all =
            [Entry::On(text("urgent")), Entry::Off(text("returning")), Entry::Off(text("vip"))];
        assert_eq!(menu.entries(), all);
        assert_eq!(menu.chosen(), Some(Verb::RemoveTag(text("urgent"))));
        menu.move_by(9);
        assert_eq!(menu.chosen(), Some(Verb::AddTag(text("vip"))));
        menu.input = Input::new("R".to_owned());
        let narrowed =
            [Entry::On(text("urgent")), Entry::Off(text("returning")), Entry::New(text("R"))];
        assert_eq!(menu.entries(), narrowed);
        menu.input = Input::new("vip".to_owned());
        assert_eq!(menu.entries(), [Entry::Off(text("vip"))], "a known one is not made");
    }
}
