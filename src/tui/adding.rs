//! A relation that is to be added, while its key is chosen and its target is named.

use tui_input::Input;

use super::relations::tree::Branch;
use crate::model::{AccountId, RelatedId, Text, Tie};

#[derive(Debug)]
pub struct Adding {
    /// The account that gets it.
    pub source: AccountId,
    /// Known for its type.
    pub keys: Vec<Text>,
    pub cursor: usize,
    pub step: Step,
    /// Why Enter did nothing, until the next key.
    pub refused: Option<String>,
}

#[derive(Debug)]
pub enum Step {
    ChooseKey,
    NameTarget(Input),
    /// It is looked whether it is there.
    Checking(Tie),
}

impl Adding {
    /// `key`: chosen already. One that is alone is.
    pub fn of(source: AccountId, keys: Vec<Text>, key: Option<&Text>) -> Self {
        let chosen = key.and_then(|key| keys.iter().position(|known| known == key));
        let step = match (chosen, keys.len()) {
            (None, len) if len != 1 => Step::ChooseKey,
            _ => Step::NameTarget(Input::default()),
        };
        Self { source, keys, cursor: chosen.unwrap_or(0), step, refused: None }
    }

    pub fn key(&self) -> Option<&Text> {
        self.keys.get(self.cursor)
    }

    /// What was typed as a relation.
    ///
    /// # Errors
    /// Why it cannot be one, in words.
    pub fn tie(&self, typed: &str, known: Option<&Branch>) -> Result<Tie, String> {
        let typed = typed.trim();
        let key = self.key().ok_or("no relation key is chosen")?.clone();
        if typed.is_empty() {
            return Err("the id of an account (act_…) or of a transaction (txn_…) is wanted".into());
        }
        let target = RelatedId::new(typed).map_err(|why| why.to_string())?;
        if target.as_str() == self.source.as_str() {
            return Err("an account is not related to itself".into());
        }
        let groups = known.and_then(|branch| branch.known.as_ref()).map(|known| &known.groups);
        let mut related = groups.into_iter().flatten().filter(|group| group.key == key);
        if related.any(|group| group.rows.iter().any(|row| row.id.as_str() == target.as_str())) {
            return Err(format!("{} is under {key} already", target.short()));
        }
        Ok(Tie { key, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::relations::tree::samples::{branch, id, node};

    #[test]
    fn what_is_typed_is_an_id_of_something_else_that_is_not_there_yet() {
        let keys = vec![Text::new("owners"), Text::new("firm")];
        let adding = Adding::of(id("act_1"), keys, Some(&Text::new("firm")));
        assert!(matches!(adding.step, Step::NameTarget(_)));
        let known = branch("act_1", &[("owners", &[node("act_2")]), ("firm", &[node("act_3")])]);
        let tie = |typed: &str| adding.tie(typed, Some(&known));
        let table = [
            ("", "is wanted"),
            ("act 2", "not an id"),
            ("\u{1b}[2J", "not an id"),
            ("act_1", "not related to itself"),
            ("act_3", "is under firm already"),
        ];
        for (typed, why) in table {
            assert!(tie(typed).unwrap_err().contains(why), "{typed:?}");
        }
        assert_eq!(tie(" act_2\n").unwrap().to_string(), "firm → act_2");
    }

    #[test]
    fn a_key_that_is_alone_is_chosen() {
        let step = |keys: &[&str], key: Option<&str>| {
            let keys = keys.iter().map(|key| Text::new(key)).collect();
            Adding::of(id("act_1"), keys, key.map(Text::new).as_ref()).step
        };
        assert!(matches!(step(&["owners"], None), Step::NameTarget(_)));
        assert!(matches!(step(&["owners", "firm"], None), Step::ChooseKey));
        assert!(matches!(step(&["owners", "firm"], Some("gone")), Step::ChooseKey));
        assert!(matches!(step(&[], None), Step::ChooseKey));
    }
}
