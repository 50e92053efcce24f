//! Marked changes: an inquiry that all who rest have open gets a tag that it never had before, and
//! how long it takes until each screen shows it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{console::Console, persona::Persona};

/// What has not been seen by then never comes.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Marks {
    /// The inquiry.
    pub board: String,
    /// How long each took on each console; none: it never came.
    took: Mutex<Vec<(String, Option<Duration>)>>,
}

impl Marks {
    pub fn on(board: String) -> Self {
        Self { board, took: Mutex::default() }
    }

    /// Makes a marked change, and waits until it is seen by all of these, or not; by how many it was, of how
    /// many that are still there.
    pub async fn make(
        &self,
        nth: usize,
        persona: &Persona,
        consoles: &[Arc<Console>],
    ) -> anyhow::Result<(usize, usize)> {
        let mark = format!("mark{nth:03}");
        consoles.iter().for_each(|console| console.expect(&mark));
        let since = Instant::now();
        persona.set_tags(&self.board, &[&format!("reviewing:{mark}")]).await?;
        let is_missing =
            |console: &Arc<Console>| !console.is_gone() && console.found(&mark).is_none();
        while consoles.iter().any(is_missing) && since.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
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

    fn took(&self) -> MutexGuard<'_, Vec<(String, Option<Duration>)>> {
        self.took.lock().unwrap_or_else(PoisonError::into_inner)
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
