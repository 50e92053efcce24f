//! What the policy in force asks of verdicts that are given in one go.

use super::rules::second_person;
use crate::{config::Policy, model::Verb};

/// Whether this may be decided of so many items in one go.
///
/// # Errors
/// Why not, in words.
pub fn verdicts(policy: &Policy, verb: &Verb, count: usize) -> Result<(), String> {
    if !verb.is_verdict() {
        return Ok(());
    }
    let (may, most) = (policy.bulk.verdicts, policy.bulk.most);
    if !may.value {
        return Err(format!("{} does not allow verdicts in bulk: decide one by one", may.from));
    }
    if second_person(policy, [verb]).is_some() {
        return Err(no_proposals());
    }
    match count > most.value as usize {
        true => Err(format!("{} allows {} in one go: {count} are too many", most.from, most.value)),
        false => Ok(()),
    }
}

/// Each needs another person who looks at it.
pub fn no_proposals() -> String {
    "a second person must confirm each of these: propose them one by one".to_owned()
}

/// Why many are not decided without a reason, whatever one needs.
pub fn reason_of_many(verb: &Verb) -> String {
    format!("to {} in bulk a reason is required", verb.words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, policy};

    #[test]
    fn verdicts_in_bulk_are_off_until_a_policy_allows_them() {
        let told = |text: &str, verb: Verb, count| {
            let file = policy::parse(text, "p.toml").unwrap();
            let nothing = policy::PolicyFile::default();
            let policy = policy::merge(&file, &nothing, &Config::default()).0;
            verdicts(&policy, &verb, count).err()
        };
        let tag = Verb::AddTag(crate::model::Text::new("vip"));
        assert_eq!(told("", tag, 1_000), None, "no verdict");
        let off = told("", Verb::Approve, 1).unwrap();
        assert_eq!(off, "the default does not allow verdicts in bulk: decide one by one");
        let on = "[bulk]\nverdicts = true\nmost = 3\n";
        assert_eq!(told(on, Verb::Decline, 3), None);
        assert!(told(on, Verb::Decline, 4).unwrap().contains("allows 3 in one go"));
        let twice = format!("{on}[approve]\nsecond_person = true\n");
        assert!(told(&twice, Verb::Approve, 2).unwrap().contains("second person"));
        assert_eq!(told(&twice, Verb::Decline, 2), None);
    }
}
