//! The local copy as a file: sealed, made clear, backed up, put in place again; and private.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use caseload::{clock::Clock, journal::sha256, simulator::Options, store::Store};

use super::{Office, Ran, interrupt};
use crate::sealed::{leaked, personal};

impl Office {
    /// A key in the home, not configured yet.
    fn new_key(&self, name: &str) -> PathBuf {
        let path = self.home.path().join(name);
        self.run(&["store", "new-key", &path.display().to_string()]).ends(0);
        path
    }

    fn seal_with(&self, key: &Path) {
        self.configure(&format!("[store]\nfield_key_file = \"{}\"\n", key.display()));
    }

    /// All that is cached of people, as a script sees it.
    fn everybody(&self) -> Ran {
        self.ask(&["list", "inquiries", "--reveal"]).ends(0)
    }

    /// With a umask that takes nothing away.
    fn careless(&self, arguments: &[&str]) -> Command {
        let plain = self.command(arguments);
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$0\" \"$@\""]);
        command.arg(plain.get_program()).args(plain.get_args()).stdin(Stdio::null()).env_clear();
        let set = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
        command.envs(set);
        command
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_key_is_made_in_a_private_file_and_never_in_place_of_another() {
    let office = Office::open();
    let path = office.new_key("keys/field.key");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!((mode(&path), mode(path.parent().unwrap()), text.len()), (0o600, 0o700, 65));
    let again = office.run(&["store", "new-key", &path.display().to_string()]).ends(2);
    assert!(again.err.contains("is there already") && !again.err.contains(text.trim()));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    office.seal_with(&path);
    let checked = office.run(&["config", "check"]).ends(0);
    assert!(checked.out.contains("field key") && !checked.out.contains(text.trim()), "{checked:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let open = office.run(&["list", "inquiries"]).ends(2);
    assert!(open.err.contains("can be read by others (mode 644): run chmod 600"), "{open:?}");
}

#[test]
fn a_copy_is_sealed_through_kills_used_and_made_clear_again() {
    let office = Office::of(Options { inquiries: 300, rate_limit: 10_000, ..Options::default() });
    office.run(&["sync", "--once"]).ends(0);
    let people = personal(&office.simulator);
    let folder = office.store().parent().unwrap().to_owned();
    let waiting = office.simulator.inquiries("needs_review");
    office.run(&["decline", &waiting[0], "--reason", "document_expired", "--comment", "so-said"]);
    let before = office.everybody();
    assert!(leaked(&folder, &people).len() > people.len() / 2);

    office.run(&["store", "seal"]).ends(2);
    office.seal_with(&office.new_key("field.key"));
    let mixed = office.run(&["list", "inquiries"]).ends(1);
    assert!(mixed.err.contains("run caseload store seal once"), "{mixed:?}");
    let told = office.ask(&["doctor"]).ends(1);
    assert!(told.out.contains("run caseload store seal once"), "{told:?}");
    let opened = office.runtime.block_on(Store::open(&office.store(), Clock::system())).unwrap();
    let busy = office.run(&["store", "seal"]).ends(1);
    assert!(busy.err.contains("is open in another caseload"), "{busy:?}");
    office.runtime.block_on(opened.close());

    let mut interrupted = 0;
    // Finer where no kill came in the middle.
    for step in [1.2_f64, 1.08, 1.03] {
        for wait in (0..).map(|nth| Duration::from_millis(40).mul_f64(step.powi(nth))) {
            let mut child = started(office.command(&["store", "seal", "--format", "json"]));
            std::thread::sleep(wait);
            let _ = child.kill();
            let ran = Ran::of(child.wait_with_output().unwrap());
            if ran.code == 0 {
                break;
            }
            let half = office.run(&["list", "inquiries"]);
            if half.code == 0 {
                // All was sealed, and it had not said so yet.
                break;
            }
            let told = half.ends(1).err;
            interrupted += usize::from(told.contains("run caseload store seal to finish it"));
        }
        if interrupted > 0 {
            break;
        }
        office.run(&["store", "unseal"]).ends(0);
    }
    assert!(interrupted > 0, "a kill came in the middle");
    let again = office.ask(&["store", "seal"]).ends(0);
    assert_eq!((again.told("state"), again.told("rows")), ("sealed".into(), "0".into()));
    let mut said = people.clone();
    said.push("so-said".to_owned());
    assert_eq!(leaked(&folder, &said), [""; 0]);

    assert_eq!(office.everybody().out, before.out, "all of it is there");
    let told = office.ask(&["doctor"]).ends(0);
    assert!(told.out.contains("personal columns are sealed"), "{told:?}");
    office.run(&["approve", &waiting[1], "--comment", "so-said"]).ends(0);
    let bundle = office.home.path().join("evidence").display().to_string();
    office.run(&["journal", "export", "--bundle", &waiting[1], "--output", &bundle]).ends(0);
    office.run(&["journal", "verify", &bundle]).ends(0);
    let proof = office.ask(&["journal", "verify"]).ends(0);
    assert_eq!(proof.told("verdict"), "whole");
    office.run(&["purge", &waiting[1], "--yes"]).ends(0);
    assert_eq!(leaked(&folder, &said), [""; 0], "after all that");
    office.run(&["show", &waiting[1]]).ends(0);

    let own = fs::read_to_string(office.home.path().join(".config/caseload/config.toml")).unwrap();
    office.seal_with(&office.new_key("other.key"));
    let other = office.run(&["list", "inquiries"]).ends(1);
    assert!(other.err.contains("is sealed with another field key"), "{other:?}");
    let told = office.ask(&["doctor"]).ends(1);
    assert!(told.out.contains("is sealed with another field key"), "{told:?}");
    assert!(!told.out.contains("move"), "it is not taken for damaged: {told:?}");
    office.configure("");
    let none = office.run(&["list", "inquiries"]).ends(1);
    assert!(none.err.contains("set store.field_key_file or CASELOAD_FIELD_KEY"), "{none:?}");
    office.run(&["journal", "verify"]).ends(0);

    office.configure(&own);
    let clear = office.ask(&["store", "unseal"]).ends(0);
    assert_eq!(clear.told("state"), "clear");
    office.configure("");
    let rows = office.everybody().json();
    assert_eq!(rows.len(), before.json().len());
    assert!(!leaked(&folder, &people).is_empty());
}

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

#[test]
fn a_backup_is_proved_private_and_never_half() {
    let office = Office::of(Options { inquiries: 300, rate_limit: 10_000, ..Options::default() });
    let place = office.home.path().join("backups");
    fs::create_dir(&place).unwrap();
    let file = place.join("today.db");
    let name = file.display().to_string();
    let nothing = office.run(&["store", "backup", &name]).ends(3);
    assert!(nothing.err.contains("there is no local copy yet"), "{nothing:?}");
    office.run(&["sync", "--once"]).ends(0);
    office.run(&["approve", &office.waiting()]).ends(0);
    // Somebody works on it meanwhile.
    let open = office.runtime.block_on(Store::open(&office.store(), Clock::system())).unwrap();
    let made = office.ask(&["store", "backup", &name]).ends(0);
    office.runtime.block_on(open.close());
    assert_eq!(mode(&file), 0o600);
    assert_eq!(made.told("sha256"), sha256(&fs::read(&file).unwrap()));
    assert_eq!((made.told("inquiries"), made.told("sealed")), ("300".into(), "false".into()));
    let line = office.journal().pop().unwrap();
    assert_eq!((&line["what"], &line["export"]["format"]), (&"backed up".into(), &"backup".into()));
    assert_eq!(line["export"]["sha256"], made.told("sha256").as_str());
    let proof = office.ask(&["journal", "verify", &name]).ends(0);
    assert_eq!((proof.told("head"), proof.told("lines")), (made.told("head"), made.told("lines")));
    office.run(&["journal", "verify", "--head", &made.told("head")]).ends(0);

    office.run(&["store", "backup", &name]).ends(2);
    assert_eq!(sha256(&fs::read(&file).unwrap()), made.told("sha256"), "it is as it was");
    let anew = office.ask(&["store", "backup", &name, "--replace"]).ends(0);
    assert_eq!(anew.told("sha256"), sha256(&fs::read(&file).unwrap()));

    let lines = office.journal().len();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).unwrap();
    let other = place.join("other.db").display().to_string();
    let open = office.run(&["store", "backup", &other]).ends(2);
    assert!(open.err.contains("others can write to"), "{open:?}");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
    let nowhere = office.home.path().join("nowhere/x.db").display().to_string();
    office.run(&["store", "backup", &nowhere]).ends(1);
    // As much room as a disk that is nearly full has.
    let plain = office.command(&["store", "backup", &other]);
    let mut full = Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]).env_clear();
    full.arg(plain.get_program()).args(plain.get_args());
    full.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let full = Ran::of(full.output().unwrap()).ends(1);
    assert!(full.err.contains("other.db cannot be written"), "{full:?}");
    for wait in (0..8).map(|nth| Duration::from_millis(10 * nth)) {
        let child = started(office.command(&["store", "backup", &other, "--replace"]));
        std::thread::sleep(wait);
        interrupt(&child);
        child.wait_with_output().unwrap();
    }
    let left: Vec<_> =
        fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == "today.db" || name == "other.db"), "{left:?}");
    assert!(office.journal()[lines..].iter().all(|line| line["what"] == "backed up"));
}

/// A decision that waits, since Persona failed while it was sent.
const FAILS: &str = "[[rule]]\nmethod = \"POST\"\nfault = \"unavailable\"";

#[test]
fn what_is_open_in_a_backup_is_not_sent_again_once_it_arrived() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let inquiry = office.waiting();
    let account = office.account_of(&inquiry);
    let before = office.inquiries_of(&account).len();
    let template = office.template();
    office.misbehave(FAILS);
    office.run(&["approve", &inquiry]).ends(6);
    let create = ["inquiry", "create", "--template", &template, "--account", &account];
    office.run(&create).ends(6);
    let file = office.home.path().join("backup.db");
    let name = file.display().to_string();
    let made = office.ask(&["store", "backup", &name]).ends(0);
    assert_eq!(made.told("open_decisions"), "2");
    office.misbehave("");
    office.run(&["outbox", "retry", "--wait=30s"]).ends(0);
    assert_eq!(
        (office.simulator.effects(&inquiry), office.status(&inquiry)),
        (1, "approved".into())
    );
    assert_eq!(office.inquiries_of(&account).len(), before + 1);

    let asks = office.run(&["store", "restore", &name]).ends(2);
    assert!(asks.err.contains("--yes says so for you"), "{asks:?}");
    let open = office.runtime.block_on(Store::open(&office.store(), Clock::system())).unwrap();
    let busy = office.run(&["store", "restore", &name, "--yes"]).ends(1);
    assert!(busy.err.contains("is open in another caseload"), "{busy:?}");
    office.runtime.block_on(open.close());
    let restored = office.ask(&["store", "restore", &name, "--yes"]).ends(0);
    assert_eq!(restored.told("sha256"), made.told("sha256"));
    assert_eq!(office.journal().last().unwrap()["what"], "restored");
    let aside = PathBuf::from(restored.told("aside"));
    assert_eq!((mode(&aside), mode(&office.store())), (0o600, 0o600));
    office.run(&["journal", "verify", &restored.told("aside")]).ends(0);
    assert_eq!(office.ask(&["outbox", "list"]).json().len(), 2, "they are open again");
    office.run(&["outbox", "retry", "--wait=30s"]).ends(0);
    assert_eq!(office.simulator.effects(&inquiry), 1, "it was read first, and was done");
    assert_eq!(office.inquiries_of(&account).len(), before + 1, "it was found");

    // By hand, as somebody would without reading anything.
    fs::copy(&file, office.store()).unwrap();
    office.run(&["outbox", "retry", "--wait=30s"]).ends(0);
    assert_eq!(office.simulator.effects(&inquiry), 1);
    assert_eq!(office.inquiries_of(&account).len(), before + 1);
}

#[test]
fn what_is_no_backup_is_not_put_in_place() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let there = fs::read(office.store()).unwrap();
    let file = office.home.path().join("backup.db");
    let name = file.display().to_string();
    let restore = ["store", "restore", name.as_str(), "--yes"];
    office.run(&restore).ends(1);
    office.run(&["store", "backup", &name]).ends(0);
    let whole = fs::read(&file).unwrap();
    let there_after = fs::read(office.store()).unwrap();
    for bytes in [&whole[..whole.len() / 2], &whole[..5_000], b"not a database"] {
        fs::write(&file, bytes).unwrap();
        office.run(&restore).ends(1);
        assert_eq!(fs::read(office.store()).unwrap(), there_after);
    }
    fs::write(&file, &whole).unwrap();
    office.seal_with(&office.new_key("field.key"));
    let mixed = office.run(&restore).ends(1);
    assert!(mixed.err.contains("is not sealed, and a field key is configured"), "{mixed:?}");
    office.configure("");
    office.run(&restore).ends(0);
    assert!(!there.is_empty());
    // A copy is put in place of one that cannot be opened, too.
    fs::write(office.store(), b"no database, and longer than nothing").unwrap();
    office.run(&restore).ends(0);
    assert_eq!(office.everybody().json().len(), 60);
}

#[test]
fn every_file_is_private_whatever_the_umask() {
    let office = Office::open();
    let home = office.home.path().to_owned();
    let careless = |arguments: &[&str]| Ran::of(office.careless(arguments).output().unwrap());
    careless(&["sync", "--once"]).ends(0);
    let at = |name: &str| home.join(name).display().to_string();
    let waiting = office.simulator.inquiries("needs_review");
    careless(&["approve", &waiting[0]]).ends(0);
    careless(&["store", "backup", &at("backup.db")]).ends(0);
    careless(&["store", "new-key", &at("keys/field.key")]).ends(0);
    careless(&["journal", "export", "--output", &at("lines.jsonl")]).ends(0);
    careless(&["journal", "export", "--bundle", &waiting[0], "--output", &at("bundle")]).ends(0);
    careless(&["store", "restore", &at("backup.db"), "--yes"]).ends(0);
    // With what is there while one works: the log, its index, locks.
    office.misbehave("[[rule]]\nmethod = \"POST\"\nfault = \"lost-request\"");
    let asked = office.simulator.requests().len();
    let mut command = office.careless(&["approve", &waiting[1], "--wait=60s"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !office.simulator.requests()[asked..].iter().any(|request| request.method == "POST") {
        std::thread::yield_now();
    }
    let seen = private(&home);
    child.kill().unwrap();
    child.wait().unwrap();
    for part in
        ["caseload.db", "-wal", "-shm", ".worker-", ".lock", ".migrating", ".log", ".before-"]
    {
        assert!(seen.iter().any(|name| name.contains(part)), "{part}: {seen:?}");
    }
}

/// The files below a folder, all of which are private, as are the folders.
fn private(folder: &Path) -> Vec<String> {
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(there) = path.symlink_metadata() else { continue };
        let wanted = if there.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(there.mode() & 0o777, wanted, "{}", path.display());
        match there.is_dir() {
            true => seen.extend(private(&path)),
            false => seen.push(path.display().to_string()),
        }
    }
    seen
}
