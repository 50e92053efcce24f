//! Marked changes: an inquiry that all who rest have open gets a tag that it never had before, and
//! how long it takes until it is in the store, and until each screen shows it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sqlx::Row;

use super::{
    console::{Console, PATIENCE},
    persona::Persona,
    server::Server,
};

pub struct Marks {
    /// The inquiry.
    pub board: String,
    /// How long each took on each console; none: it never came.
    took: Mutex<Vec<(String, Option<Duration>)>>,
    /// How long each took until it was in the store.
    stored: Mutex<Vec<Duration>>,
}

impl Marks {
    pub fn on(board: String) -> Self {
        Self { board, took: Mutex::default(), stored: Mutex::default() }
    }

    /// Makes a marked change, and waits until it is seen by all of these, or not; by how many it was, of how
    /// many that are still there.
    pub async fn make(
        &self,
        nth: usize,
        persona: &Persona,
        server: &Server,
        consoles: &[Arc<Console>],
    ) -> anyhow::Result<(usize, usize)> {
        let mark = format!("mark{nth:03}");
        consoles.iter().for_each(|console| console.expect(&mark));
        let since = Instant::now();
        persona.set_tags(&self.board, &[&format!("reviewing:{mark}")]).await?;
        let is_missing =
            |console: &Arc<Console>| !console.is_gone() && console.found(&mark).is_none();
        let shown = async {
            while consoles.iter().any(is_missing) && since.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let (stored, ()) = tokio::join!(self.is_stored(server, &mark), shown);
        lock(&self.stored).extend(stored.unwrap_or_default());
        let there: Vec<_> = consoles.iter().filter(|console| !console.is_gone()).collect();
        let mut seen = 0;
        for console in &there {
            console.forget(&mark);
            let found = console.found(&mark);
            seen += usize::from(found.is_some());
            self.took().push((format!("{mark} on {}", console.name), found));
        }
        Ok((seen, there.len()))
    }

    /// How long it takes until a mark is in the store; none if it never comes.
    async fn is_stored(&self, server: &Server, mark: &str) -> anyhow::Result<Option<Duration>> {
        let since = Instant::now();
        let mut db = server.admin().await?;
        let sql = "SELECT count(*) FROM inquiry WHERE id = $1 AND search LIKE '%' || $2 || '%'";
        while since.elapsed() < PATIENCE {
            let row = sqlx::query(sql).bind(&self.board).bind(mark).fetch_one(&mut db).await?;
            if row.try_get::<i64, _>(0)? > 0 {
                return Ok(Some(since.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(None)
    }

    fn took(&self) -> MutexGuard<'_, Vec<(String, Option<Duration>)>> {
        lock(&self.took)
    }

    /// How long each took until it was in the store, in order.
    pub fn stored(&self) -> Vec<Duration> {
        let mut stored = lock(&self.stored).clone();
        stored.sort_unstable();
        stored
    }

    /// Those that came, in order, and those that never did.
    pub fn sorted(&self) -> (Vec<Duration>, Vec<String>) {
        let took = self.took();
        let mut came: Vec<Duration> = took.iter().filter_map(|(_, took)| *took).collect();
        came.sort_unstable();
        let never = took.iter().filter(|(_, took)| took.is_none());
        (came, never.map(|(what, _)| what.clone()).collect())
    }

    /// The slowest, with their names.
    pub fn slowest(&self) -> Vec<(String, Duration)> {
        let took = self.took();
        let mut came: Vec<(String, Duration)> =
            took.iter().filter_map(|(what, took)| Some((what.clone(), (*took)?))).collect();
        came.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
        came.truncate(10);
        came
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
