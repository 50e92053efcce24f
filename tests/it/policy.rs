//! The policy file: whose it must be, what it asks of a decision, and that no user loosens it.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
};

use caseload::{
    clock::Clock,
    config::{
        Config, Mask, Policy, Reason,
        policy::{self, Asked, Demand, InForce, Places, PolicyFile, Source},
    },
    model::InquiryId,
    store::Store,
};

use proptest::{collection::vec, option, prelude::*};

use crate::story::{Beginning, Story};

const EXAMPLE: &str = include_str!("../../policy.example.toml");

/// What is in force where an organisation asks for this.
pub fn asked(text: &str) -> Policy {
    let organisation = policy::parse(text, "policy.toml").unwrap();
    policy::merge(&organisation, &PolicyFile::default(), &Config::default()).0
}

async fn at_a_desk(policy: &str) -> Story {
    let beginning = Beginning { policy: asked(policy), ..Beginning::default() };
    Story::begin_with(beginning).await
}

/// A machine with an organisation's folder and a user's, both real.
struct Machine {
    folder: tempfile::TempDir,
    places: Places,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["etc", "home"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let places = Places {
            organisation: folder.path().join("etc/policy.toml"),
            // Whoever runs this makes the files.
            owner: folder.path().metadata().unwrap().uid(),
            yours: folder.path().join("home/policy.toml"),
        };
        let machine = Self { folder, places };
        machine.allow("etc", 0o755);
        machine
    }

    fn allow(&self, name: &str, mode: u32) {
        let path = self.folder.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        self.allow(name, mode);
        path
    }

    fn load(&self) -> Result<InForce, String> {
        policy::load(&self.places, &Config::default()).map_err(|why| why.to_string())
    }

    #[track_caller]
    fn refuses(&self, words: &str) {
        let why = self.load().expect_err("it opens nothing");
        assert!(why.contains(words), "{why}");
    }
}

const STRICT: &str = "[approve]\nreason = \"required\"\n";

#[test]
fn without_files_nothing_is_asked_for() {
    let machine = Machine::new();
    let found = machine.load().unwrap();
    assert_eq!((found.policy, found.files.len()), (Policy::default(), 0));
    fs::remove_dir(machine.folder.path().join("etc")).unwrap();
    assert!(machine.load().is_ok(), "nor without the folder");
}

#[test]
fn both_files_are_read_and_a_users_loosens_nothing() {
    let machine = Machine::new();
    machine.write("etc/policy.toml", STRICT, 0o644);
    machine.write(
        "home/policy.toml",
        "approve.reason = \"optional\"\ndecline.opened = true",
        0o666,
    );
    let found = machine.load().unwrap();
    assert_eq!(found.policy.approve.reason.from, Source::Organisation);
    assert_eq!(found.policy.decline.opened.from, Source::Yours);
    assert_eq!(found.files.len(), 2);
    assert!(found.without_effect[0].contains("approve.reason = optional has no effect"));
}

#[test]
fn a_file_that_others_could_have_written_opens_nothing() {
    let machine = Machine::new();
    let file = machine.write("etc/policy.toml", STRICT, 0o644);
    assert!(machine.load().is_ok());
    for mode in [0o664, 0o646, 0o666, 0o777] {
        machine.allow("etc/policy.toml", mode);
        machine.refuses("can write to it");
    }
    machine.allow("etc/policy.toml", 0o644);
    for mode in [0o775, 0o757, 0o1777] {
        machine.allow("etc", mode);
        machine.refuses("can write to it");
    }
    machine.allow("etc", 0o755);
    // A link leads to where others can write.
    machine.allow("home", 0o777);
    let moved = machine.folder.path().join("home/elsewhere.toml");
    fs::rename(&file, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &file).unwrap();
    machine.refuses("can write to it");
    machine.allow("home", 0o755);
    assert!(machine.load().is_ok());
    // Not whose it must be.
    let others = Places { owner: machine.places.owner + 1, ..machine.places.clone() };
    let why = policy::load(&others, &Config::default()).unwrap_err().to_string();
    assert!(why.contains("must belong to user") && why.contains("nothing is opened"), "{why}");
}

#[test]
fn a_file_that_cannot_be_used_opens_nothing() {
    let machine = Machine::new();
    let file = machine.write("etc/policy.toml", "[approve]\nreasn = \"required\"\n", 0o644);
    machine.refuses("policy.toml:2:1: `reasn` is not a setting here; did you mean `reason`?");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/nowhere/policy.toml", &file).unwrap();
    machine.refuses("cannot be read");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    machine.refuses("this is no file");
    fs::remove_dir(&file).unwrap();
    machine.write("home/policy.toml", "[retention]\ndays = 0\n", 0o600);
    machine.refuses("policy.toml:2:1: retention.days: 0 is out of range: 1 to 3650 is accepted");
}

#[test]
fn errors_name_the_place_and_the_fix_and_no_value() {
    let table = [
        ("[aprove]\n", "p:1:2: `aprove` is not a setting here; did you mean `approve`?"),
        (
            "approve.reason = \"verysecret\"",
            "p:1:18: must be one of optional, when-failed, required",
        ),
        ("approve.opened = \"verysecret\"", "p:1:18: must be true or false"),
        ("session.lock_minutes = 2000", "p:1:9: session.lock_minutes: 2000 is out of range"),
        (
            "approve.reason = \"required\"\napprove.reasons = []",
            "p:1:9: approve.reason: a reason is asked for and none can be given",
        ),
        (
            "escalate.reason = \"required\"",
            "p:1:10: escalate.reason: a reason is asked for and none",
        ),
        (
            "approve.reasons = [{ code = \"a\", text = \"\" }]",
            "p:1:9: approve.reasons: a reason needs",
        ),
        (
            "decline.reasons = [{ code = \"a\", text = \"b\" }, { code = \"a\", text = \"c\" }]",
            "p:1:9: decline.reasons: a code stands there twice",
        ),
        ("approve.comment = \"persona_sandbox_verysecret\"", "p:1:19: an API key stands here"),
    ];
    for (text, expected) in table {
        let why = policy::parse(text, "p").unwrap_err().to_string();
        assert!(why.starts_with(expected) && !why.contains("verysecret"), "{text}:\n{why}");
    }
}

#[test]
fn the_example_names_every_setting_and_asks_for_nothing() {
    assert_eq!(policy::parse(EXAMPLE, "example").unwrap(), PolicyFile::default());
    let taken_in: Vec<&str> =
        EXAMPLE.lines().map(|line| line.strip_prefix("#! ").unwrap_or(line)).collect();
    let file = policy::parse(&taken_in.join("\n"), "example").unwrap();
    // Nothing is skipped where it is set, so what is missing is not documented.
    let table = toml::Table::try_from(&file).unwrap();
    let settings = |section: &str| table[section].as_table().unwrap().len();
    for section in ["approve", "decline", "escalate", "case_status"] {
        assert_eq!(settings(section), 4, "{section}");
    }
    let sections = toml::Table::try_from(PolicyFile::default()).unwrap();
    assert_eq!(table.len(), sections.len());
    assert!(["retention", "session", "display"].iter().all(|section| settings(section) == 1));
}

fn reasons() -> impl Strategy<Value = Option<Vec<Reason>>> {
    let reason = (0_u8..5, "[a-c]{1,2}");
    let list = vec(reason, 0..5).prop_map(|list| {
        let mut reasons: Vec<Reason> = Vec::new();
        for (code, text) in list {
            let code = format!("c{code}");
            if reasons.iter().all(|known| known.code != code) {
                reasons.push(Reason { code, text });
            }
        }
        reasons
    });
    option::of(list)
}

fn verdict() -> impl Strategy<Value = Asked> {
    let demand =
        prop_oneof![Just(Demand::Optional), Just(Demand::WhenFailed), Just(Demand::Required)];
    (option::of(demand), option::of(any::<bool>()), option::of(any::<bool>()), reasons()).prop_map(
        |(reason, opened, second_person, reasons)| Asked { reason, opened, second_person, reasons },
    )
}

fn masks() -> impl Strategy<Value = Mask> {
    (0_u8..3).prop_map(|n| [Mask::Nothing, Mask::Lists, Mask::Everything][usize::from(n)])
}

fn file() -> impl Strategy<Value = PolicyFile> {
    let verdicts = (verdict(), verdict(), verdict(), verdict(), verdict());
    let rest = (option::of(1_u32..400), option::of(1_u64..100), option::of(masks()));
    let bulk = (option::of(any::<bool>()), option::of(2_u32..50), option::of(1_u32..50));
    (verdicts, bulk, rest).prop_map(|(verdicts, bulk, (days, lock_minutes, mask))| PolicyFile {
        approve: verdicts.0,
        decline: verdicts.1,
        escalate: verdicts.2,
        case_status: verdicts.3,
        dismiss: verdicts.4,
        bulk: policy::BulkAsked { verdicts: bulk.0, most: bulk.1, sample: bulk.2 },
        retention: policy::Retention { days },
        session: policy::Session { lock_minutes },
        display: policy::Display { mask },
    })
}

proptest! {
    #[test]
    fn no_file_of_a_users_loosens_anything(
        organisation in file(),
        yours in file(),
        days in 1_u32..400,
        mask in masks(),
        approve in reasons(),
    ) {
        let mut config = Config::default();
        config.store.retention_days = days;
        config.review.mask = mask;
        config.reasons.approve = approve.unwrap_or(config.reasons.approve);
        let (found, _) = policy::merge(&organisation, &yours, &config);
        let rules = [
            (&found.approve, &organisation.approve),
            (&found.decline, &organisation.decline),
            (&found.escalate, &organisation.escalate),
            (&found.case_status, &organisation.case_status),
            (&found.dismiss, &organisation.dismiss),
        ];
        for (rule, asked) in rules {
            prop_assert!(Some(rule.reason.value) >= asked.reason);
            prop_assert!(Some(rule.opened.value) >= asked.opened);
            prop_assert!(Some(rule.second_person.value) >= asked.second_person);
            if let Some(listed) = &asked.reasons {
                prop_assert!(rule.reasons.value.iter().all(|reason| listed.contains(reason)));
                prop_assert!(rule.reasons.value.is_empty() == listed.is_empty());
            }
        }
        let (bulk, asked) = (&found.bulk, &organisation.bulk);
        prop_assert!(!bulk.verdicts.value || asked.verdicts != Some(false));
        prop_assert!(asked.most.is_none_or(|most| bulk.most.value <= most));
        prop_assert!(asked.sample.is_none_or(|sample| bulk.sample.value >= sample));
        prop_assert!(found.retention_days.value <= organisation.retention.days.unwrap_or(days));
        prop_assert!(found.retention_days.value <= days);
        if let Some(minutes) = organisation.session.lock_minutes {
            prop_assert!(found.lock_minutes.value.is_some_and(|found| found <= minutes));
        }
        let masked = |mask| match mask {
            Mask::Nothing => 0,
            Mask::Lists => 1,
            Mask::Everything => 2,
        };
        let asked = organisation.display.mask.map_or(0, masked);
        prop_assert!(masked(found.mask.value) >= asked.max(masked(mask)));
    }
}

#[tokio::test]
async fn a_reason_that_is_asked_for_is_chosen_before_it_is_committed() {
    let mut story = at_a_desk("[approve]\nreason = \"required\"\n").await;
    let id = story.first_in_queue();
    story.press("a").await.sees("reason required").press("<enter>").await;
    story.sees("your organisation's policy asks for a reason to approve: 1 to 2 choose one");
    story.pass(60).await;
    assert_eq!(story.simulator.effects(&id), 0);
    story.press("2").await.lacks("reason required").press("<enter>").await.sees("leaves in 5 s");
    story.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    // The other verdicts are as they were.
    story.press("d<enter>").await.sees("decline of");
}

#[tokio::test]
async fn a_reason_is_asked_for_where_a_check_failed() {
    let mut story = at_a_desk("[approve]\nreason = \"when-failed\"\n").await;
    let (mut failed, mut whole) = (0, 0);
    for _ in 0..12 {
        let row = story.screen().lines().find(|line| line.contains('▸')).unwrap().to_owned();
        story.press("a").await;
        if row.contains('✗') {
            story.sees("reason required").press("<enter>").await;
            story.sees("asks for a reason to approve where a check failed");
            failed += 1;
        } else {
            story.lacks("reason required");
            whole += 1;
        }
        story.press("<esc>j").await;
    }
    assert!(failed > 0 && whole > 0, "{failed} {whole}");
}

#[tokio::test]
async fn the_reasons_of_the_organisation_are_those_that_can_be_given() {
    let listed = "approve.reasons = [{ code = \"seen\", text = \"seen in person\" }]";
    let mut story = at_a_desk(listed).await;
    let id = story.first_in_queue();
    story.press("a").await.sees("seen in person").lacks("manual match");
    story.press("1<enter>").await.pass(6).await;
    let comment = &story.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "seen in person (jane@example.test)");
}

#[tokio::test]
async fn what_must_be_opened_is_not_decided_in_passing() {
    let mut story = at_a_desk("[approve]\nopened = true\n").await;
    let id = story.first_in_queue();
    story.press("a").await.lacks("Enter commits").sees("before it is approved: l opens it");
    story.press("d").await.sees("Enter commits").press("<esc>").await;
    story.press("l<esc>ja").await.lacks("Enter commits");
    story.press("ka").await.sees("Enter commits").press("1<enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
}

#[tokio::test]
async fn another_version_must_be_opened_anew() {
    let mut story = at_a_desk("[decline]\nopened = true\n").await;
    let id = story.first_in_queue();
    story.press("l<esc>d").await.sees("Enter commits").press("<esc>").await;
    story.simulator.elsewhere(&id, "approve");
    story.press(&format!("/{id} status:any<enter>")).await.pass(20).await.sees("approved");
    story.press("d").await.lacks("Enter commits").sees("before it is declined");
    story.press("ld").await.sees("Enter commits");
}

#[tokio::test]
async fn cached_people_are_kept_no_longer_than_the_policy_allows() {
    let mut story = at_a_desk("[retention]\ndays = 2\n").await;
    let mut known = None;
    for id in story.simulator.inquiries("approved") {
        if knows(&story, &id).await {
            known = Some(id);
        }
    }
    let known = known.expect("somebody was approved lately");
    story.pass(3 * 24 * 60 * 60).await;
    assert!(!knows(&story, &known).await, "two days are over");
}

/// Whether the local copy has what somebody typed.
async fn knows(story: &Story, id: &str) -> bool {
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, Clock::system()).await.unwrap();
    let file = store.inquiry(&InquiryId::new(id).unwrap()).await.unwrap();
    file.is_some_and(|file| !file.inquiry.fields.is_empty())
}
