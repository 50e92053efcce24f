//! A store that several processes share on a server: told apart by environment, told of each other,
//! one on duty at a time, and back by itself when the server is.

use std::{collections::HashSet, net::TcpListener, sync::Arc, time::Duration};

use caseload::{
    busy::Busy,
    clock::Clock,
    desk::{Heard, Listening, Manager, listen},
    model::{Action, ActionState, Batch, Entity, JournalEntry, Text},
    outbox::Dispatcher,
    secret::{FieldKey, Secret, StoreUrl, WebhookSecrets},
    simulator::{Scenario, Simulator},
    store::{Changes, Claim, Duty, Error, Place, Sends, Server, Store, Watch},
    sync::receive::Reception,
};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use tempfile::TempDir;
use tokio::{sync::broadcast::Receiver, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    away::until,
    postgres::{Database, fixture},
    store::{action, inquiry, news},
    story::{Beginning, Story, options},
};

/// Each process has a folder of its own, as on a machine of its own.
struct Team {
    database: Database,
    folders: TempDir,
    clock: Clock,
}

impl Team {
    async fn new() -> Option<Self> {
        let start = "2026-03-02T10:00:00Z".parse().unwrap();
        let database = Database::new().await?;
        Some(Self { database, folders: TempDir::new().unwrap(), clock: Clock::manual(start) })
    }

    async fn open(&self, who: &str) -> Store {
        self.try_open(who, "sandbox", None).await.unwrap()
    }

    async fn try_open(
        &self,
        who: &str,
        environment: &str,
        key: Option<&FieldKey>,
    ) -> Result<Store, Error> {
        let beside = self.folders.path().join(who).join("caseload.db");
        let place = self.database.place(environment, &beside);
        Store::open_at(&place, key, self.clock.clone()).await
    }
}

/// `{app}` is the role that owns the database, which is called as it is.
async fn run(db: &mut PgConnection, sql: &str) {
    let name: String =
        sqlx::query("SELECT current_database()::text").fetch_one(&mut *db).await.unwrap().get(0);
    let sql = sql.replace("{app}", &name);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.unwrap();
}

async fn put(store: &Store, id: &str) {
    store.apply(Batch::of([Entity::Inquiry(inquiry(id, "needs_review", 1))])).await.unwrap();
}

/// Jane's console and then John's, as if on a machine of his own.
async fn two_consoles(database: &Arc<Database>) -> (Story, Story) {
    let beginning = |reviewer| Beginning {
        server: Some(Arc::clone(database)),
        reviewer,
        ..Beginning::default()
    };
    let jane = Story::begin_with(beginning("jane@example.test")).await;
    let john = jane.another_with(beginning("john@example.test")).await;
    (jane, john)
}

/// The next change that has what is wanted, which has to come within a second.
async fn told(changes: &mut Receiver<Changes>, wanted: impl Fn(&Changes) -> bool) {
    let heard = async { while !wanted(&changes.recv().await.unwrap()) {} };
    timeout(Duration::from_secs(1), heard).await.expect("it is told within a second");
}

/// What another task does in its own time.
macro_rules! eventually {
    ($what:expr) => {{
        let mut tries = 0;
        while !$what {
            tries += 1;
            assert!(tries < 200, "{}", stringify!($what));
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }};
}

#[tokio::test]
async fn many_start_at_once_and_each_hears_of_what_others_write() {
    let Some(team) = Team::new().await else { return };
    let names: Vec<String> = (0..8).map(|nth| format!("c{nth}")).collect();
    let stores = futures::future::join_all(names.iter().map(|name| team.open(name))).await;
    let mut heard: Vec<_> = stores.iter().map(Store::changes).collect();
    // Whoever has just begun to listen may not hear the first.
    let mut db = team.database.admin().await;
    let listening = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    eventually!(sqlx::query(listening).fetch_one(&mut db).await.unwrap().get::<i64, _>(0) == 8);
    put(&stores[0], "inq_1").await;
    for changes in &mut heard {
        told(changes, |changes| changes.inquiries).await;
    }
    stores[7].submit(&action("inq_1", &team.clock), "w7").await.unwrap();
    for changes in &mut heard {
        told(changes, |changes| changes.actions).await;
    }
    assert!(stores.iter().all(Store::is_shared));
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_database()
        AND datname = current_database()";
    let open: i64 = sqlx::query(connections).fetch_one(&mut db).await.unwrap().get(0);
    assert!(open <= 8 * 5, "{open} connections");
}

#[tokio::test]
async fn every_decision_is_claimed_once_by_somebody() {
    let Some(team) = Team::new().await else { return };
    let (one, two) = tokio::join!(team.open("one"), team.open("two"));
    for nth in 0..20 {
        let store = if nth % 2 == 0 { &one } else { &two };
        store.submit(&action(&format!("inq_{nth}"), &team.clock), "gone").await.unwrap();
    }
    team.clock.advance(Duration::from_secs(5));
    // As where a lease runs out: more than one takes itself for the one on duty.
    let claims = |store: Store, worker: &'static str| async move {
        let mut claimed = Vec::new();
        while let Some(action) = store.claim(worker, Sends::All).await.unwrap() {
            let done = ActionState::Done;
            store.settle(&action, worker, &done, &Batch::default(), "").await.unwrap();
            claimed.push(action.id.to_string());
        }
        claimed
    };
    let workers = ["a", "b", "c", "d"];
    let all = workers.map(|worker| {
        let store = if worker < "c" { one.clone() } else { two.clone() };
        tokio::spawn(claims(store, worker))
    });
    let mut claimed = Vec::new();
    for worker in all {
        claimed.extend(worker.await.unwrap());
    }
    assert_eq!(claimed.len(), 20);
    assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), 20, "none was claimed twice");
    let proof = two.prove(None).await.unwrap().expect("the journal is whole");
    assert_eq!(proof.lines, 41, "it began, and each was decided and done");
    let mut db = team.database.admin().await;
    let forged = sqlx::query("UPDATE journal SET entry = ''").execute(&mut db).await;
    assert!(forged.unwrap_err().to_string().contains("append-only"));
}

#[tokio::test]
async fn one_is_on_duty_and_another_takes_over() {
    let Some(team) = Team::new().await else { return };
    let (one, two) = tokio::join!(team.open("one"), team.open("two"));
    let duty = one.take_up(Duty::Sync).await.unwrap().expect("nobody else has it");
    assert!(two.take_up(Duty::Sync).await.unwrap().is_none());
    duty.say(&7).unwrap();
    eventually!(two.look_at::<u32>(Duty::Sync).await.unwrap() == Watch::Somebody(Some(7)));
    let _other = two.take_up(Duty::Receive).await.unwrap().expect("another duty");
    // Who waits for it need not look: the clock of this team stands still.
    let mut standby = two.stand_by();
    drop(duty);
    timeout(Duration::from_secs(5), standby.may_be_free()).await.expect("it is told");
    assert_eq!(two.look_at::<u32>(Duty::Sync).await.unwrap(), Watch::Nobody);
    let duty = two.take_up(Duty::Sync).await.unwrap().expect("it was given up");
    duty.give_up().await;
    let duty =
        two.take_up(Duty::Sync).await.unwrap().expect("it was given up before that returned");

    // One that was not renewed is another's, and its holder learns of it.
    let mut db = team.database.admin().await;
    let holds =
        "SELECT (until - extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM duty";
    let left: i64 = sqlx::query(holds).fetch_one(&mut db).await.unwrap().get(0);
    assert!(left <= 15_000_000, "a killed holder is not waited for longer: {left}");
    run(&mut db, "UPDATE duty SET until = 0 WHERE name = 'sync'").await;
    let _mine = one.take_up(Duty::Sync).await.unwrap().expect("it ran out");
    timeout(Duration::from_secs(10), duty.lost()).await.expect("the first holder learns of it");
}

#[tokio::test]
async fn what_a_worker_that_is_gone_had_under_way_is_taken_over() {
    let Some(team) = Team::new().await else { return };
    let (one, two) = tokio::join!(team.open("one"), team.open("two"));
    let _present = one.sign_on("w1").await.unwrap();
    one.submit(&action("inq_1", &team.clock), "w1").await.unwrap();
    team.clock.advance(Duration::from_secs(5));
    let claimed = one.claim("w1", Sends::Own).await.unwrap().unwrap();
    let _other = two.sign_on("w2").await.unwrap();
    assert_eq!(two.claim("w2", Sends::Own).await.unwrap(), None, "its worker is there");
    let mut db = team.database.admin().await;
    // It could not renew: it says so no more, and the other looks by itself.
    run(
        &mut db,
        "ALTER TABLE present ADD CHECK (worker <> 'w1') NOT VALID;
        UPDATE present SET worker = 'w0' WHERE worker = 'w1'",
    )
    .await;
    eventually!(
        two.claim("w2", Sends::Own).await.unwrap().is_some_and(|again| again.id == claimed.id)
    );
}

#[tokio::test]
async fn what_a_key_may_not_do_goes_back_to_whoever_decided() {
    let Some(team) = Team::new().await else { return };
    let (one, two) = tokio::join!(team.open("one"), team.open("two"));
    let _one = one.sign_on("w1").await.unwrap();
    let _two = two.sign_on("w2").await.unwrap();
    let why = Text::new("the key may not");
    one.submit(&action("inq_1", &team.clock), "w1").await.unwrap();
    team.clock.advance(Duration::from_secs(5));
    assert_eq!(one.claim("w1", Sends::Answers).await.unwrap(), None, "another one sends it");
    let claimed = two.claim("w2", Sends::All).await.unwrap().unwrap();
    assert_eq!(two.sending(&claimed.id, "w2", &claimed.key).await.unwrap(), Claim::Held);
    let claimed = Action { key_sent_at: Some(team.clock.now()), attempts: 1, ..claimed };
    assert_eq!(two.hand_back(&claimed, "w2", &why).await.unwrap(), Claim::Held);
    assert_eq!(two.claim("w2", Sends::All).await.unwrap(), None, "it is not its turn");
    let again = one.claim("w1", Sends::Answers).await.unwrap().expect("it is due at once");
    assert!(again.must_read && again.id == claimed.id, "the key of the first try is spent");
    // What its own key may not do is over, and so is what nobody is there to try.
    assert_eq!(one.hand_back(&again, "w1", &why).await.unwrap(), Claim::Lost);
    one.submit(&action("inq_2", &team.clock), "gone").await.unwrap();
    team.clock.advance(Duration::from_secs(5));
    let claimed = two.claim("w2", Sends::All).await.unwrap().unwrap();
    assert_eq!(two.hand_back(&claimed, "w2", &why).await.unwrap(), Claim::Lost);
}

/// Lets time go by until a decision has reached Persona, whoever sends it, and its row is gone.
async fn sent(story: &mut Story, id: &str) {
    for _ in 0..200 {
        story.pass(1).await;
        if story.simulator.effects(id) > 0 && !story.screen().contains(" held") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{id} is never sent:\n{}", story.screen());
}

/// Finds one in the queue and approves it.
async fn approve(story: &mut Story, id: &str) {
    story.press("<esc><esc>\\").await.press_at_once(&format!("/{id}")).await;
    story.press("<enter>a1<enter>").await.sees("approve held");
}

/// Whether a decision was sent by another process than the one that recorded it.
async fn is_sent_for_another(db: &mut PgConnection, id: &str) -> bool {
    let sql = "SELECT owner <> submitter FROM action WHERE subject_id = $1";
    sqlx::query(sql).bind(id).fetch_one(db).await.unwrap().get(0)
}

#[tokio::test]
async fn one_console_sends_for_all_until_another_takes_over() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let (mut jane, mut john) = two_consoles(&database).await;
    let mut db = database.admin().await;
    let place = database.place("sandbox", &john.folder.path().join("look.db"));
    let look = Store::open_at(&place, None, john.clock.clone()).await.unwrap();
    let on_duty = async || match look.look_at::<Dispatcher>(Duty::Outbox).await.unwrap() {
        Watch::Somebody(Some(dispatcher)) => dispatcher.reviewer.to_string(),
        other => format!("{other:?}"),
    };
    eventually!(on_duty().await == "jane@example.test");

    // What John decides, Jane's console sends.
    let first = john.first_in_queue();
    john.press("a1<enter>").await.sees("approve held");
    sent(&mut john, &first).await;
    assert!(is_sent_for_another(&mut db, &first).await);
    // Only his own can show him a link.
    let expired = john.simulator.inquiries("expired").pop().unwrap();
    john.press_at_once(&format!("/{expired} status:any")).await;
    john.press("<enter><enter>L<enter>").await;
    john.pass(6).await.sees("https://verify.example.test/verify?code=us1-").press("<esc>").await;
    assert!(!is_sent_for_another(&mut db, &expired).await);
    // What Jane's key may not do, his does.
    let refuses = |fault: &str, times: u32| {
        let rule = format!("[[rule]]\nmethod = \"POST\"\nfault = \"{fault}\"\ntimes = {times}\n");
        Scenario::parse(&rule).unwrap()
    };
    let third = john.first_in_queue();
    john.simulator.set_scenario(refuses("forbidden", 1));
    approve(&mut john, &third).await;
    sent(&mut john, &third).await;
    assert!(!is_sent_for_another(&mut db, &third).await);
    assert_eq!(on_duty().await, "jane@example.test");
    // Where hers is refused altogether, his console takes over.
    let fourth = john.first_in_queue();
    john.simulator.set_scenario(refuses("unauthorized", 1));
    approve(&mut john, &fourth).await;
    john.pass(6).await;
    eventually!({
        john.settle().await;
        on_duty().await == "john@example.test"
    });
    sent(&mut john, &fourth).await;

    // The lease runs out unnoticed, again and again: both take themselves for the one on duty.
    let mut waiting = john.simulator.inquiries("needs_review");
    waiting.truncate(5);
    let last = waiting.pop().unwrap();
    for (nth, id) in waiting.iter().enumerate() {
        approve(if nth % 2 == 0 { &mut jane } else { &mut john }, id).await;
        run(&mut db, "UPDATE duty SET holder = 'nobody', until = 0 WHERE name = 'outbox'").await;
        john.pass(2).await;
    }
    for id in &waiting {
        sent(&mut john, id).await;
    }

    // John's console is killed on duty: nobody gives anything up, and the lease runs out.
    eventually!({
        john.pass(2).await;
        on_duty().await.contains("example.test")
    });
    run(&mut db, "UPDATE duty SET holder = 'nobody', until = 0 WHERE name = 'outbox'").await;
    let (simulator, ..) = john.kill();
    approve(&mut jane, &last).await;
    sent(&mut jane, &last).await;
    eventually!({
        jane.pass(2).await;
        on_duty().await == "jane@example.test"
    });
    for id in [&first, &third, &fourth, &last].into_iter().chain(&waiting) {
        assert_eq!(
            (simulator.status(id).unwrap().as_str(), simulator.effects(id)),
            ("approved", 1)
        );
    }
    look.prove(None).await.unwrap().expect("the journal is one chain");
}

#[tokio::test]
async fn environments_do_not_see_each_other() {
    let Some(team) = Team::new().await else { return };
    let sandbox = team.open("one").await;
    let production = team.try_open("two", "production", None).await.unwrap();
    put(&sandbox, "inq_1").await;
    put(&production, "inq_1").await;
    put(&production, "inq_2").await;
    let who = Text::new("jane");
    let at = team.clock.now();
    sandbox.journal(JournalEntry::new(at, &who, "opened")).await.unwrap();
    assert_eq!(sandbox.counts().await.unwrap().0, 1);
    assert_eq!(production.counts().await.unwrap().0, 2);
    assert_eq!(sandbox.journal_lines().await.unwrap().len(), 2);
    assert_eq!(production.journal_lines().await.unwrap().len(), 0);
    let mut heard = sandbox.changes();
    put(&production, "inq_3").await;
    put(&sandbox, "inq_2").await;
    let [moved] = news(&mut heard).try_into().expect("the other environment is no news");
    assert!(moved.inquiries);

    // Whatever is asked, no row of another environment is seen or written.
    let mut db = team.database.admin().await;
    run(&mut db, "SET ROLE {app}; SET caseload.environment = 'sandbox'").await;
    let seen: i64 =
        sqlx::query("SELECT count(*) FROM inquiry").fetch_one(&mut db).await.unwrap().get(0);
    assert_eq!(seen, 2);
    let forged = "INSERT INTO cursor (environment, name, value) VALUES ('production', 'a', 'b')";
    let why = sqlx::query(forged).execute(&mut db).await.unwrap_err().to_string();
    assert!(why.contains("row-level security"), "{why}");
    run(&mut db, "RESET ROLE; ALTER ROLE {app} SUPERUSER").await;
    let refused = team.try_open("three", "sandbox", None).await;
    run(&mut db, "ALTER ROLE {app} NOSUPERUSER").await;
    let why = refused.err().expect("it would see all environments").to_string();
    assert!(why.contains("passes by row security"), "{why}");
}

#[tokio::test]
async fn a_role_that_may_only_read_and_write_rows_is_enough() {
    let Some(team) = Team::new().await else { return };
    drop(team.open("owner").await);
    let mut db = team.database.admin().await;
    run(
        &mut db,
        "ALTER SCHEMA public OWNER TO postgres; REVOKE ALL ON SCHEMA public FROM public, {app};
        GRANT USAGE ON SCHEMA public TO {app}; REASSIGN OWNED BY {app} TO postgres;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
        REVOKE UPDATE, DELETE ON journal FROM {app}",
    )
    .await;
    let store = team.open("console").await;
    put(&store, "inq_1").await;
    store.submit(&action("inq_1", &team.clock), "w1").await.unwrap();
    let _duty = store.take_up(Duty::Sync).await.unwrap().expect("it may");
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_and_a_newer_one_refused() {
    let Some(team) = Team::new().await else { return };
    let store = team.open("one").await;
    store.submit(&action("inq_1", &team.clock), "w1").await.unwrap();
    store.close().await;
    let mut db = team.database.admin().await;
    run(
        &mut db,
        "ALTER TABLE action DROP COLUMN answer_to_owner, DROP COLUMN submitter;
        DROP FUNCTION inquiries_come, inquiries_change, inquiries_go, tally_steps, inquiry_lists CASCADE;
        CREATE FUNCTION inquiry_follows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER inquiry_follows AFTER INSERT ON inquiry
            FOR EACH ROW EXECUTE FUNCTION inquiry_follows();
        ALTER FUNCTION inquiry_follows OWNER TO {app};
        DELETE FROM _sqlx_migrations WHERE version >= 3",
    )
    .await;
    let store = team.open("two").await;
    team.clock.advance(Duration::from_secs(5));
    assert_eq!(store.claim("w2", Sends::All).await.unwrap(), None, "its answer may be needed");
    let claimed = store.claim("w1", Sends::Answers).await.unwrap().expect("nothing is lost");
    let why = Text::new("the key may not");
    assert_eq!(store.hand_back(&claimed, "w1", &why).await.unwrap(), Claim::Lost);
    run(&mut db, "INSERT INTO _sqlx_migrations VALUES (9999, 'later', now(), true, '', 0)").await;
    let before = store.open_actions().await.unwrap();
    let refused = team.try_open("three", "sandbox", None).await.err().expect("it is newer");
    assert!(refused.to_string().contains("was written by a newer caseload"), "{refused}");
    assert_eq!(store.open_actions().await.unwrap(), before, "whoever is there goes on");
}

#[tokio::test]
async fn a_server_that_was_away_is_back_by_itself() {
    let Some(team) = Team::new().await else { return };
    let store = team.open("one").await;
    put(&store, "inq_1").await;
    let mut heard = store.changes();
    team.database.go_away().await;
    let why = store.counts().await.unwrap_err();
    assert!(matches!(why, Error::Away(_)), "{why}");
    assert!(!why.when_looking().contains("recorded"), "{}", why.when_looking());
    let why = store.submit(&action("inq_1", &team.clock), "w1").await.unwrap_err().to_string();
    assert!(why.contains("does not answer") && why.contains("nothing was recorded"), "{why}");
    // It is known to be away: nobody waits for it.
    eventually!(store.away().borrow().is_some());
    assert!(matches!(store.counts().await, Err(Error::Away(_))));
    team.database.come_back().await;
    eventually!(store.counts().await.is_ok());
    store.submit(&action("inq_1", &team.clock), "w1").await.unwrap();
    let everything = async { while heard.recv().await.unwrap() != Changes::everything() {} };
    timeout(Duration::from_secs(5), everything).await.expect("what was missed is asked for");
}

#[tokio::test]
async fn a_sealed_one_takes_no_clear_text_and_opens_with_its_key_only() {
    let Some(team) = Team::new().await else { return };
    let key = FieldKey::random().unwrap();
    let store = team.try_open("one", "sandbox", Some(&key)).await.unwrap();
    put(&store, "inq_1").await;
    let other = team.try_open("two", "sandbox", Some(&key)).await.unwrap();
    let id = caseload::model::InquiryId::new("inq_1").unwrap();
    assert!(other.inquiry(&id).await.unwrap().is_some());
    let refused = team.try_open("three", "sandbox", None).await;
    assert!(matches!(refused.err(), Some(Error::Sealed { .. })));
    let other_key = FieldKey::random().unwrap();
    let refused = team.try_open("four", "sandbox", Some(&other_key)).await;
    assert!(matches!(refused.err(), Some(Error::OtherKey { .. })));
    let mut db = team.database.admin().await;
    run(&mut db, "SET caseload.environment = 'sandbox'").await;
    let clear = sqlx::query("UPDATE inquiry SET body = '{}'").execute(&mut db).await;
    assert!(clear.unwrap_err().to_string().contains("takes no clear text"));
}

#[tokio::test]
async fn two_consoles_share_a_server_and_outlive_its_absence() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let (mut jane, mut john) = two_consoles(&database).await;
    let id = jane.first_in_queue();
    let approved = jane.simulator.inquiries("approved").len();
    jane.press("a1<enter>").await.sees("approve held");
    // It is told to the other console by the server alone.
    let mut tries = 0;
    while !john.screen().contains("approve held") {
        tries += 1;
        assert!(tries < 100, "the other console never shows it:\n{}", john.screen());
        tokio::time::sleep(Duration::from_millis(10)).await;
        john.settle().await;
    }
    jane.pass(6).await;
    assert_eq!(jane.simulator.status(&id).unwrap(), "approved");
    assert_eq!(jane.simulator.effects(&id), 1);

    let before = jane.screen();
    let queue = before.lines().filter(|line| line.contains("inq_")).count();
    assert!(queue > 0, "{before}");
    database.go_away().await;
    jane.press("a1<enter>").await.sees("does not answer").sees("nothing was recorded");
    let away = jane.screen();
    assert_eq!(away.lines().filter(|line| line.contains("inq_")).count(), queue, "{away}");
    database.come_back().await;
    // What was decided stays in the bar: nothing is typed again.
    let mut tries = 0;
    while !jane.press("<enter>").await.screen().contains("approve held") {
        tries += 1;
        assert!(tries < 60, "it goes on by itself:\n{}", jane.screen());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    jane.pass(6).await;
    assert_eq!(jane.simulator.inquiries("approved").len(), approved + 2);
}

#[tokio::test]
async fn a_file_is_carried_into_a_database_and_back() {
    let Some(team) = Team::new().await else { return };
    let folder = TempDir::new().unwrap();
    let file = Store::open(&folder.path().join("a.db"), team.clock.clone()).await.unwrap();
    for nth in 0..3 {
        put(&file, &format!("inq_{nth}")).await;
    }
    let who = Text::new("jane");
    let decided = action("inq_1", &team.clock);
    file.submit(&decided, "w1").await.unwrap();
    let server = team.open("one").await;
    let why = file.carry_into(&server, &who).await.unwrap_err().to_string();
    assert!(why.contains("on their way"), "{why}");
    file.undo(&decided.id, &who).await.unwrap();
    file.mark(&who, &[(decided.subject.clone(), true)]).await.unwrap();
    let there = file.sign_on("w1").await.unwrap();
    let why = file.carry_into(&server, &who).await.unwrap_err().to_string();
    assert!(why.contains("has the store open that is to be copied"), "{why}");
    drop(there);
    let there = server.sign_on("w2").await.unwrap();
    let why = file.carry_into(&server, &who).await.unwrap_err().to_string();
    assert!(why.contains("has the store open that is to take the copy"), "{why}");
    drop(there);
    // Its row is taken away behind its back.
    let mut tries = 0;
    let carried = loop {
        match file.carry_into(&server, &who).await {
            Ok(carried) => break carried,
            Err(why) => assert!(tries < 50 && why.to_string().contains("open"), "{why}"),
        }
        tries += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(carried.journal.lines, 3);
    assert_eq!(server.counts().await.unwrap(), (3, 0, 0));
    assert_eq!(server.prove(Some(&carried.journal.head)).await.unwrap().unwrap().lines, 4);
    let why = file.carry_into(&server, &who).await.unwrap_err().to_string();
    assert!(why.contains("something in the other store"), "{why}");
    let differing = file.compare(&server).await.unwrap().into_iter().filter(|table| !table.same);
    assert_eq!(differing.count(), 0, "the one journal goes on where the other ends");

    let back = Store::open(&folder.path().join("b.db"), team.clock.clone()).await.unwrap();
    server.carry_into(&back, &who).await.unwrap();
    assert_eq!(back.counts().await.unwrap(), (3, 0, 0));
    let view =
        caseload::store::InquiryView { search: Some(Text::new("inq_2")), ..Default::default() };
    let window = caseload::store::Window { first: 0, rows: 10 };
    assert_eq!(back.inquiries(&view, window).await.unwrap().total, 1, "it is found");
}

#[tokio::test]
async fn a_colleague_sees_what_is_open() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let (mut jane, mut john) = two_consoles(&database).await;
    let asked = "SELECT count(*) FROM present WHERE looks_at IS NOT NULL";
    let mut db = database.admin().await;
    jane.press("jjjj").await.press("<enter>").await.sleep(2).await;
    until(&mut john, "(jane)").await;
    john.lacks("looks at it");
    john.press("jjjj").await;
    until(&mut john, "jane looks at it").await;
    let told: i64 = sqlx::query(asked).fetch_one(&mut db).await.unwrap().get(0);
    assert!(told <= 2, "one row for each of them");
    // A locked screen tells nothing, and neither does one that is gone.
    jane.press(":lock<enter>").await.sleep(2).await;
    let mut tries = 0;
    while john.screen().contains("(jane)") || john.screen().contains("jane looks") {
        tries += 1;
        assert!(tries < 100, "it stays:\n{}", john.screen());
        tokio::time::sleep(Duration::from_millis(20)).await;
        john.settle().await;
    }
}

/// What a killed console left: who it was, where it was.
type Left = (Arc<Simulator>, Arc<TempDir>, Clock);

/// A receiver in this process, until it is told to stop.
fn receive((simulator, folder, clock): &Left, database: &Arc<Database>, sends: bool) -> Receiving {
    let beginning = Beginning {
        server: Some(Arc::clone(database)),
        reviewer: "receiver@example.test",
        ..Beginning::default()
    };
    let heard = Heard {
        name: "sandbox".to_owned(),
        options: options(simulator, folder, &beginning),
        secrets: WebhookSecrets::Given(vec![Secret::new("wbhsec_1".to_owned())]),
        reception: Reception::default(),
        sends,
    };
    let listening = Listening {
        socket: TcpListener::bind("127.0.0.1:0").unwrap(),
        tls: None,
        reload: Arc::default(),
        manager: Manager::named(|_| None, 1),
    };
    let cancel = CancellationToken::new();
    let run = listen(vec![heard], listening, clock.clone(), Busy::default(), cancel.clone());
    Receiving { cancel, task: tokio::spawn(async { run.await.unwrap() }) }
}

struct Receiving {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Receiving {
    async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap();
    }
}

#[tokio::test]
async fn a_receiver_sends_what_no_console_does_where_that_is_wished_for() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let mut jane = Story::begin_with(Beginning {
        server: Some(Arc::clone(&database)),
        ..Beginning::default()
    })
    .await;
    let first = jane.first_in_queue();
    jane.press("<enter>a1<enter>").await.sees("approve held");
    let left = jane.kill();
    let mut db = database.admin().await;
    // Nine seconds later.
    let expire = "UPDATE duty SET until = 0";
    sqlx::query(expire).execute(&mut db).await.unwrap();
    left.2.advance(Duration::from_secs(60));
    let on_duty = async |db: &mut PgConnection| -> i64 {
        let sql = "SELECT count(*) FROM duty WHERE until > 0 AND name = 'outbox'";
        sqlx::query(sql).fetch_one(db).await.unwrap().get(0)
    };
    let silent = receive(&left, &database, false);
    let receives = "SELECT count(*) FROM duty WHERE until > 0 AND name = 'sync'";
    eventually!(sqlx::query(receives).fetch_one(&mut db).await.unwrap().get::<i64, _>(0) == 1);
    silent.stop().await;
    assert_eq!((on_duty(&mut db).await, left.0.effects(&first)), (0, 0), "it only receives");
    let sending = receive(&left, &database, true);
    eventually!(left.0.status(&first).unwrap() == "approved");
    assert_eq!((on_duty(&mut db).await, left.0.effects(&first)), (1, 1));
    sending.stop().await;
    assert_eq!(on_duty(&mut db).await, 0, "it is given up");
}

#[tokio::test]
async fn over_a_network_it_is_spoken_to_in_private_and_by_nobody_else() {
    let Some(database) = Database::with_tls("first").await else { return };
    let folder = TempDir::new().unwrap();
    let open = async |address: &str, rest: &str| {
        let url = database.url_at(address, &format!("sslmode=verify-full{rest}"));
        let place = Place::Server(Server {
            url: StoreUrl::parse(&url).unwrap(),
            environment: "sandbox".to_owned(),
            beside: folder.path().join("caseload.db"),
        });
        Store::open_at(&place, None, Clock::system()).await
    };
    let trusts = |name| format!("&sslrootcert={}.pem", fixture(name).display());
    let store = open("127.0.0.1", &trusts("first")).await.unwrap();
    put(&store, "inq_1").await;
    let mut db = database.admin().await;
    let private = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl
        JOIN pg_stat_activity USING (pid) WHERE usename = current_database()";
    let row = sqlx::query(private).fetch_one(&mut db).await.unwrap();
    let (private, all): (i64, i64) = (row.get(0), row.get(1));
    assert!(all > 0 && private == all, "{private} of {all} connections");
    for (address, rest, says) in [
        ("127.0.0.1", trusts("second"), "its certificate cannot be trusted"),
        ("127.0.0.1", String::new(), "its certificate cannot be trusted"),
        // The right authority, and a name that is not in the certificate.
        ("127.0.0.2", trusts("first"), "its certificate cannot be trusted"),
    ] {
        let why = open(address, &rest).await.err().expect("it is not spoken to").to_string();
        assert!(why.contains(says), "{address} {rest}: {why}");
    }
}

#[tokio::test]
async fn what_follows_a_new_inquiry_is_asked_of_it_and_not_of_all() {
    let Some(team) = Team::new().await else { return };
    let mut db = team.database.admin().await;
    let count = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_functions = ''all''',
        current_database()); END $$";
    run(&mut db, count).await;
    let store = team.open("one").await;
    // What the server plans for the first it keeps for the others.
    put(&store, "inq_first").await;
    let many = (0..1_000).map(|nth| inquiry(&format!("inq_{nth}"), "needs_review", nth));
    store.apply(Batch::of(many.map(Entity::Inquiry))).await.unwrap();
    // A connection tells what it counted when it ends at the latest.
    store.close().await;
    let calls = async |db: &mut PgConnection| -> i64 {
        let sql = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_user_functions
            WHERE funcname = 'earliest_due'";
        sqlx::query(sql).fetch_one(db).await.unwrap().get(0)
    };
    eventually!(calls(&mut db).await >= 1_001);
    let asked = calls(&mut db).await;
    assert!(asked <= 3_000, "{asked} times");
}
