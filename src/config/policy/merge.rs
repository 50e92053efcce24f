//! The stricter wins: of what the organisation's file asks for, the user's, and the configuration.

use std::fmt::Display;

use super::{Asked, BulkAsked, BulkRule, Demand, Policy, PolicyFile, Rule, Setting, Source};
use crate::config::{Config, Mask, Reason, Reasons, Store};

/// What is in force, and what a user's file asks for in vain, each in a sentence.
pub fn merge(
    organisation: &PolicyFile,
    yours: &PolicyFile,
    config: &Config,
) -> (Policy, Vec<String>) {
    let mut vain = Vec::new();
    let usual = Reasons::default();
    let mine = |configured: &Vec<Reason>, usual: &Vec<Reason>| {
        (configured != usual).then(|| configured.clone())
    };
    let approve = (usual.approve.as_slice(), mine(&config.reasons.approve, &usual.approve));
    let decline = (usual.decline.as_slice(), mine(&config.reasons.decline, &usual.decline));
    let dismiss = (usual.dismiss.as_slice(), mine(&config.reasons.dismiss, &usual.dismiss));
    let none = || ([].as_slice(), None);
    let mut rule = |name, of: fn(&PolicyFile) -> &Asked, configured| {
        rule(name, of(organisation), of(yours), configured, &mut vain)
    };
    let approve = rule("approve", |file| &file.approve, approve);
    let decline = rule("decline", |file| &file.decline, decline);
    let escalate = rule("escalate", |file| &file.escalate, none());
    let case_status = rule("case_status", |file| &file.case_status, none());
    let mut dismiss = rule("dismiss", |file| &file.dismiss, dismiss);
    if dismiss.reason.value < Demand::Required {
        dismiss.reason = Setting { value: Demand::Required, from: Source::Persona };
    }

    let bulk = bulk(&organisation.bulk, &yours.bulk, &mut vain);

    let days = config.store.retention_days;
    let configured = match days == Store::default().retention_days {
        true => Source::Default,
        false => Source::Configuration,
    };
    let [theirs, own] = both(organisation.retention.days, yours.retention.days, "retention.days");
    let wishes = [theirs, own, (configured, "store.retention_days", Some(days))];
    let retention_days = strictest(&wishes, u32::MAX, |one, other| one < other, &mut vain);

    let (theirs, own) = (organisation.session.lock_minutes, yours.session.lock_minutes);
    let wishes = both(theirs, own, "session.lock_minutes");
    let lock = strictest(&wishes, u64::MAX, |one, other| one < other, &mut vain);
    let lock_minutes =
        Setting { value: Some(lock.value).filter(|minutes| *minutes < u64::MAX), from: lock.from };

    let mask = config.review.mask;
    let configured = match mask {
        Mask::Everything => Source::Default,
        Mask::Lists | Mask::Nothing => Source::Configuration,
    };
    let [theirs, own] = both(organisation.display.mask, yours.display.mask, "display.mask");
    let wishes = [theirs, own, (configured, "review.mask", Some(mask))];
    let masks_more = |one: &Mask, other: &Mask| masked(*one) > masked(*other);
    let mask = strictest(&wishes, Mask::Nothing, masks_more, &mut vain);
    let policy = Policy {
        approve,
        decline,
        escalate,
        case_status,
        dismiss,
        bulk,
        retention_days,
        lock_minutes,
        mask,
    };
    (policy, vain)
}

fn masked(mask: Mask) -> u8 {
    match mask {
        Mask::Nothing => 0,
        Mask::Lists => 1,
        Mask::Everything => 2,
    }
}

/// What somebody asks for: who, under which name, and what, if anything.
type Wish<'a, T> = (Source, &'a str, Option<T>);

/// Of wishes, the highest authority's first. Who asks for less than is in force is told so.
fn strictest<T: Copy + PartialEq + Display>(
    wishes: &[Wish<'_, T>],
    loosest: T,
    stricter: fn(&T, &T) -> bool,
    vain: &mut Vec<String>,
) -> Setting<T> {
    let mut now = Setting { value: loosest, from: Source::Default };
    for (from, name, wish) in wishes {
        let Some(value) = *wish else { continue };
        let Setting { value: strict, from: whose } = now;
        if stricter(&value, &strict) || value == loosest && whose == Source::Default {
            now = Setting { value, from: *from };
        } else if stricter(&strict, &value) && *from != Source::Default {
            vain.push(format!("{from}: {name} = {value} has no effect: {whose} requires {strict}"));
        }
    }
    now
}

fn rule(
    name: &str,
    organisation: &Asked,
    yours: &Asked,
    (usual, configured): (&[Reason], Option<Vec<Reason>>),
    vain: &mut Vec<String>,
) -> Rule {
    let lists = [
        (Source::Organisation, organisation.reasons.clone()),
        (Source::Yours, yours.reasons.clone()),
        (Source::Configuration, configured),
    ];
    let named = |setting: &str| format!("{name}.{setting}");
    let reason = named("reason");
    let reason = both(organisation.reason, yours.reason, &reason);
    let mut flag = |setting, organisation, yours| {
        let name = named(setting);
        strictest(&both(organisation, yours, &name), false, |one, other| one > other, vain)
    };
    Rule {
        opened: flag("opened", organisation.opened, yours.opened),
        second_person: flag("second_person", organisation.second_person, yours.second_person),
        reason: strictest(&reason, Demand::Optional, |one, other| one > other, vain),
        reasons: reasons(name, lists, usual, vain),
    }
}

/// Off where nobody allows it; where one file forbids it, the other cannot allow it.
fn bulk(organisation: &BulkAsked, yours: &BulkAsked, vain: &mut Vec<String>) -> BulkRule {
    let allowed = both(organisation.verdicts, yours.verdicts, "bulk.verdicts");
    let verdicts = strictest(&allowed, true, |one, other| one < other, vain);
    let most = both(organisation.most, yours.most, "bulk.most");
    let most = strictest(&most, u32::MAX, |one, other| one < other, vain);
    let sample = both(organisation.sample, yours.sample, "bulk.sample");
    let sample = strictest(&sample, 0, |one, other| one > other, vain);
    BulkRule {
        verdicts: or_usual(verdicts, false),
        most: or_usual(most, 20),
        sample: or_usual(sample, 5),
    }
}

/// What holds where nobody asked.
fn or_usual<T>(setting: Setting<T>, usual: T) -> Setting<T> {
    match setting.from {
        Source::Default => Setting { value: usual, from: Source::Default },
        _ => setting,
    }
}

fn both<T>(organisation: Option<T>, yours: Option<T>, name: &str) -> [Wish<'_, T>; 2] {
    [(Source::Organisation, name, organisation), (Source::Yours, name, yours)]
}

/// The first that lists any says what can be given; whoever comes after can drop some of it and put
/// the rest in another order.
fn reasons(
    name: &str,
    lists: impl IntoIterator<Item = (Source, Option<Vec<Reason>>)>,
    usual: &[Reason],
    vain: &mut Vec<String>,
) -> Setting<Vec<Reason>> {
    let mut lists = lists.into_iter().filter_map(|(from, list)| Some((from, list?)));
    let Some((whose, mut value)) = lists.next() else {
        return Setting { value: usual.to_vec(), from: Source::Default };
    };
    for (from, list) in lists {
        let setting = match from {
            Source::Configuration => format!("reasons.{name}"),
            _ => format!("{name}.reasons"),
        };
        let mut kept: Vec<Reason> = Vec::new();
        for wanted in list {
            match value.iter().find(|known| known.code == wanted.code) {
                None => vain.push(format!(
                    "{from}: {setting}: {:?} has no effect: {whose} does not list it",
                    wanted.code
                )),
                Some(known) => {
                    if known.text != wanted.text {
                        vain.push(format!(
                            "{from}: {setting}: another text for {:?} has no effect: {whose} has one",
                            wanted.code
                        ));
                    }
                    kept.push(known.clone());
                }
            }
        }
        if !kept.is_empty() {
            value = kept;
        }
    }
    Setting { value, from: whose }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> PolicyFile {
        crate::config::policy::parse(text, "p.toml").unwrap()
    }

    fn config(text: &str) -> Config {
        crate::config::parse(text, "c.toml").unwrap()
    }

    /// What a setting comes to, and from whom.
    fn told(organisation: &str, yours: &str, configured: &str, setting: &str) -> (String, Source) {
        let (policy, _) = merge(&file(organisation), &file(yours), &config(configured));
        let mut told = policy.told().into_iter();
        let start = format!("{setting} = ");
        told.find_map(|(line, from)| Some((line.strip_prefix(&start)?.to_owned(), from))).unwrap()
    }

    #[test]
    fn the_stricter_wins_for_each_setting() {
        use Source::{Configuration, Default, Organisation, Yours};
        let reason = |value: &str| format!("[approve]\nreason = \"{value}\"\n");
        let (required, failed, optional) =
            (reason("required"), reason("when-failed"), reason("optional"));
        let flag = |name: &str, value: &str| format!("[decline]\n{name} = {value}\n");
        let days = |days: &str| format!("[retention]\ndays = {days}\n");
        let kept = |days: &str| format!("[store]\nretention_days = {days}\n");
        let lock = |minutes: &str| format!("[session]\nlock_minutes = {minutes}\n");
        let mask = |mask: &str| format!("[display]\nmask = \"{mask}\"\n");
        let shown = |mask: &str| format!("[review]\nmask = \"{mask}\"\n");
        let table = [
            ("", "", "", "approve.reason", "optional", Default),
            (&*required, "", "", "approve.reason", "required", Organisation),
            (&*required, &*optional, "", "approve.reason", "required", Organisation),
            (&*required, &*required, "", "approve.reason", "required", Organisation),
            (&*failed, &*required, "", "approve.reason", "required", Yours),
            (&*failed, &*optional, "", "approve.reason", "when-failed", Organisation),
            (&*optional, "", "", "approve.reason", "optional", Organisation),
            ("", "", "", "decline.opened", "false", Default),
            (
                &*flag("opened", "true"),
                &*flag("opened", "false"),
                "",
                "decline.opened",
                "true",
                Organisation,
            ),
            (
                &*flag("opened", "false"),
                &*flag("opened", "true"),
                "",
                "decline.opened",
                "true",
                Yours,
            ),
            (
                &*flag("second_person", "true"),
                &*flag("second_person", "false"),
                "",
                "decline.second_person",
                "true",
                Organisation,
            ),
            ("", "", "", "retention.days", "90", Default),
            ("", "", &*kept("200"), "retention.days", "200", Configuration),
            (&*days("30"), "", &*kept("200"), "retention.days", "30", Organisation),
            (&*days("30"), &*days("60"), "", "retention.days", "30", Organisation),
            (&*days("30"), &*days("7"), "", "retention.days", "7", Yours),
            (&*days("30"), "", &*kept("3"), "retention.days", "3", Configuration),
            (&*days("300"), "", "", "retention.days", "90", Default),
            ("", "", "", "session.lock_minutes", "never", Default),
            (&*lock("15"), &*lock("60"), "", "session.lock_minutes", "15", Organisation),
            (&*lock("15"), &*lock("5"), "", "session.lock_minutes", "5", Yours),
            ("", "", "", "display.mask", "everything", Default),
            ("", "", &*shown("nothing"), "display.mask", "nothing", Configuration),
            (&*mask("lists"), "", &*shown("nothing"), "display.mask", "lists", Organisation),
            (&*mask("lists"), "", "", "display.mask", "everything", Default),
            (
                &*mask("lists"),
                &*mask("everything"),
                &*shown("nothing"),
                "display.mask",
                "everything",
                Yours,
            ),
        ];
        for (organisation, yours, configured, setting, value, from) in table {
            let found = told(organisation, yours, configured, setting);
            assert_eq!(found, (value.to_owned(), from), "{organisation}|{yours}|{configured}");
        }
    }

    fn listed(section: &str, reasons: &[(&str, &str)]) -> String {
        let rows = reasons
            .iter()
            .map(|(code, text)| format!("{{ code = \"{code}\", text = \"{text}\" }}"));
        format!("{section} = [{}]\n", rows.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn reasons_of_the_organisation_can_be_dropped_and_moved_and_no_more() {
        let theirs = listed("approve.reasons", &[("a", "one"), ("b", "two"), ("c", "three")]);
        let of = |yours: &[(&str, &str)], configured: &[(&str, &str)]| {
            let yours =
                if yours.is_empty() { String::new() } else { listed("approve.reasons", yours) };
            let configured = if configured.is_empty() {
                String::new()
            } else {
                listed("reasons.approve", configured)
            };
            let (policy, vain) = merge(&file(&theirs), &file(&yours), &config(&configured));
            let reasons = policy.approve.reasons;
            assert_eq!(reasons.from, Source::Organisation);
            let given: Vec<String> = reasons
                .value
                .iter()
                .map(|reason| format!("{}={}", reason.code, reason.text))
                .collect();
            (given.join(" "), vain.len())
        };
        assert_eq!(of(&[], &[]), ("a=one b=two c=three".into(), 0), "the usual ones give way");
        assert_eq!(of(&[("c", "three"), ("a", "one")], &[]), ("c=three a=one".into(), 0));
        assert_eq!(of(&[("c", "3"), ("x", "new")], &[]), ("c=three".into(), 2));
        assert_eq!(
            of(&[("x", "new")], &[]),
            ("a=one b=two c=three".into(), 1),
            "some must be left"
        );
        assert_eq!(of(&[("c", "three"), ("a", "one")], &[("a", "one")]), ("a=one".into(), 0));
        assert_eq!(of(&[], &[("b", "other"), ("y", "new")]), ("b=two".into(), 2));
    }

    #[test]
    fn verdicts_in_bulk_are_off_until_allowed_and_nobody_loosens_the_other() {
        use Source::{Default, Organisation, Yours};
        let on = "[bulk]\nverdicts = true\n";
        let off = "[bulk]\nverdicts = false\n";
        let (few, many) = ("[bulk]\nmost = 3\nsample = 9\n", "[bulk]\nmost = 30\nsample = 2\n");
        let table = [
            ("", "", "bulk.verdicts", "false", Default),
            (on, "", "bulk.verdicts", "true", Organisation),
            ("", on, "bulk.verdicts", "true", Yours),
            (off, on, "bulk.verdicts", "false", Organisation),
            (on, off, "bulk.verdicts", "false", Yours),
            ("", "", "bulk.most", "20", Default),
            (few, many, "bulk.most", "3", Organisation),
            (many, few, "bulk.most", "3", Yours),
            ("", "", "bulk.sample", "5", Default),
            (few, many, "bulk.sample", "9", Organisation),
            (many, "", "bulk.sample", "2", Organisation),
        ];
        for (organisation, yours, setting, value, from) in table {
            let expected = (value.to_owned(), from);
            assert_eq!(told(organisation, yours, "", setting), expected, "{setting}");
        }
    }

    #[test]
    fn what_has_no_effect_is_told() {
        let organisation = "[retention]\ndays = 30\n[session]\nlock_minutes = 15\n\
            [display]\nmask = \"lists\"\n[approve]\nsecond_person = true\n";
        let yours = "[session]\nlock_minutes = 60\n[approve]\nsecond_person = false\n";
        let configured = "[store]\nretention_days = 365\n[review]\nmask = \"nothing\"\n";
        let (_, vain) = merge(&file(organisation), &file(yours), &config(configured));
        assert_eq!(
            vain,
            [
                "your policy.toml: approve.second_person = false has no effect: your organisation's policy requires true",
                "your config.toml: store.retention_days = 365 has no effect: your organisation's policy requires 30",
                "your policy.toml: session.lock_minutes = 60 has no effect: your organisation's policy requires 15",
                "your config.toml: review.mask = nothing has no effect: your organisation's policy requires lists",
            ]
        );
        let (_, vain) = merge(&file(organisation), &file(""), &Config::default());
        assert!(vain.is_empty(), "defaults ask for nothing: {vain:?}");
    }
}
