//! A team's database goes away in the middle of a shift: what is shown stays, no key waits, and what is
//! decided meanwhile is refused or kept, as configured.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use caseload::{config::WhenLost, secret::FieldKey, store::Store};

use crate::{
    postgres::Database,
    story::{Beginning, Story},
};

/// Waits for what a task of the console notices in its own time.
pub async fn until(story: &mut Story, words: &str) {
    for _ in 0..400 {
        story.settle().await;
        if story.screen().contains(words) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{words:?} never comes:\n{}", story.screen());
}

/// Waits until Persona has it so, whichever console sends it.
async fn becomes(story: &mut Story, id: &str, status: &str) {
    for _ in 0..400 {
        story.settle().await;
        if story.simulator.status(id).unwrap() == status {
            return story.settle().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{id} never becomes {status}:\n{}", story.screen());
}

fn spools(folder: &Path) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(folder.join("store")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    files.filter(|file| file.display().to_string().contains(".spool-")).collect()
}

#[tokio::test]
async fn it_is_noticed_once_and_no_key_waits() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let server = Some(Arc::clone(&database));
    let mut jane = Story::begin_with(Beginning { server, ..Beginning::default() }).await;
    jane.press("j<enter>").await;
    let rows = |story: &Story| story.screen().lines().filter(|it| it.contains("inq_")).count();
    let before = rows(&jane);
    database.go_away().await;
    until(&mut jane, "database away since 12:0").await;
    jane.sees("what is shown stays, and nothing is recorded");
    // Every key is drawn at once, whatever it asks of the store.
    let mut longest = Duration::ZERO;
    for key in ["Down", "Up", "Tab", "Esc", "j", "k", "G", "g", "g", "2", "1", "Enter", "+", "Esc"]
    {
        let pressed = Instant::now();
        jane.tap(key);
        jane.settle().await;
        longest = longest.max(pressed.elapsed());
    }
    assert!(longest < Duration::from_secs(1), "a key waited for {longest:?}");
    eprintln!("the longest key took {longest:?}, with all that came of it");
    assert!(rows(&jane) >= before, "{}", jane.screen());
    jane.press("<esc>1ggj<enter>a1<enter>").await;
    jane.sees("not recorded, nothing was sent").sees("database away since");
    assert!(spools(jane.folder.path()).is_empty(), "nothing is kept unless that is wished for");
    database.come_back().await;
    until(&mut jane, "the shared database is back").await;
    jane.lacks("database away").press("<enter>").await.sees("approve held");
    jane.press("1q").await.sees("Safe in the team's database").press("<esc>").await;
    let approved = jane.simulator.inquiries("approved").len();
    jane.pass(6).await;
    assert_eq!(jane.simulator.inquiries("approved").len(), approved + 1);
}

#[tokio::test]
async fn what_is_kept_goes_on_once_through_a_kill_and_not_where_somebody_was_faster() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let key = FieldKey::random().unwrap();
    let beginning = |reviewer| Beginning {
        server: Some(Arc::clone(&database)),
        when_lost: WhenLost::Spool,
        field_key: Some(key.clone()),
        reviewer,
        ..Beginning::default()
    };
    let mut jane = Story::begin_with(beginning("jane@example.test")).await;
    let first = jane.first_in_queue();
    // The next is looked at too, so it is held.
    jane.press("<enter>").await.press("<esc>j").await.press("k<enter>").await;
    database.go_away().await;
    until(&mut jane, "database away since").await;
    jane.sees("decisions are kept here");
    jane.press("a1<enter>")
        .await
        .sees("is kept here until the shared database")
        .sees("1 kept here");
    jane.press("u").await.sees("taken back").lacks("1 kept here");
    assert!(spools(jane.folder.path()).is_empty());
    jane.press("<esc>gg<enter>").await.press("a").await.press("1<enter>").await.sees("1 kept here");
    jane.press("<esc>gg<enter>").await.press("a").await.sees("kept here until");
    jane.press("<esc>ggj<enter>")
        .await
        .press("a")
        .await
        .press("1<enter>")
        .await
        .sees("2 kept here");
    jane.press("<esc>1q")
        .await
        .sees("2 decisions are kept on this machine alone")
        .press("<esc>")
        .await;
    let [file] = spools(jane.folder.path()).try_into().unwrap();
    let lies = std::fs::read_to_string(&file).unwrap();
    assert!(!lies.contains("approve") && !lies.contains("inq_"), "it is sealed: {lies}");

    // It is killed; no other begins while the database is away, and it says what is kept.
    let left = jane.kill();
    let (simulator, folder) = (Arc::clone(&left.0), Arc::clone(&left.1));
    let place = database.place("sandbox", &folder.path().join("store/caseload.db"));
    let refused = Store::open_at(&place, Some(&key), left.2.clone()).await.err().unwrap();
    assert!(refused.to_string().contains("2 kept here until it does"), "{refused}");
    database.come_back().await;
    // Nine seconds later.
    let expire = sqlx::query("UPDATE duty SET until = 0");
    expire.execute(&mut database.admin().await).await.unwrap();
    let second = {
        let waiting = simulator.inquiries("needs_review");
        let since = |id: &String| {
            simulator.object(id).unwrap()["attributes"]["marked-for-review-at"].to_string()
        };
        let mut waiting: Vec<String> = waiting.into_iter().filter(|id| *id != first).collect();
        waiting.sort_by_key(since);
        waiting.remove(0)
    };
    // Somebody else decides one of them first.
    let mut john = Story::again_with(left, beginning("john@example.test")).await;
    john.pass(6).await;
    assert_eq!(simulator.effects(&first) + simulator.effects(&second), 0, "they are jane's");
    john.press(&format!("/{second}<enter>d1<enter>")).await.sees("decline held");
    john.pass(6).await;
    assert_eq!(simulator.status(&second).unwrap(), "declined");
    let mut jane = john.another_with(beginning("jane@example.test")).await;
    until(&mut jane, "1 not done").await;
    jane.pass(6).await.lacks("1 kept here").lacks("2 kept here");
    becomes(&mut jane, &first, "approved").await;
    assert_eq!((simulator.effects(&first), simulator.effects(&second)), (1, 1));
    assert_eq!(simulator.status(&second).unwrap(), "declined");
    jane.press(&format!("/{second}<enter><enter>")).await.sees("somebody else decided meanwhile");
    assert!(spools(folder.path()).is_empty(), "nothing is left of it");
}
