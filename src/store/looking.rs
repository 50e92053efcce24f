//! Who has which item open. On a server it is told in the row of presence, which runs out with it; of a
//! file, in what the worker's lock is on. Neither wakes anybody who is not shown it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Changes, Error, Store, db::query, lease, workers::is_alive};
use crate::model::{Subject, Text};

/// A colleague has an item open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub who: Text,
    /// Kind and id: `inquiry inq_4KvC…`.
    at: String,
}

/// The same as a worker's file has it.
#[derive(Serialize, Deserialize)]
struct Told {
    who: Text,
    at: String,
}

impl Look {
    pub fn is_at(&self, item: &Subject) -> bool {
        self.at == place(item)
    }
}

fn place(item: &Subject) -> String {
    format!("{} {}", item.kind(), item.id())
}

impl Store {
    /// Tells others what this worker's reviewer has open, if anything.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn look(
        &self,
        worker: &str,
        reviewer: &Text,
        item: Option<&Subject>,
    ) -> Result<(), Error> {
        let at = item.map(place);
        if self.is_shared() {
            return lease::looks(&self.0.backend.reader, worker, reviewer, at).await;
        }
        let told = at.map(|at| Told { who: reviewer.clone(), at });
        let text = told.map(|told| serde_json::to_string(&told)).transpose()?.unwrap_or_default();
        let path = self.beside("worker", worker);
        write(&path, &text).map_err(|why| Error::Folder { path: path.display().to_string(), why })
    }

    /// What others have open.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn looks(&self, but: &str) -> Result<Vec<Look>, Error> {
        if !self.is_shared() {
            let folder = self.0.path.parent().unwrap_or(Path::new("."));
            return self
                .in_files(Some(but))
                .map_err(|why| Error::Folder { path: folder.display().to_string(), why });
        }
        let rows = query(lease::LOOKS).bind(but).fetch_all(&self.0.backend.reader).await?;
        rows.iter()
            .map(|row| Ok(Look { who: Text::new(row.try_get(0)?), at: row.try_get(1)? }))
            .collect()
    }

    /// Tells this process when those of a file look at something else.
    pub(super) fn watch_looks(&self) {
        if self.is_shared() {
            return;
        }
        let looks = self.in_files(None).unwrap_or_default();
        let Ok(mut seen) = self.0.seen_looks.lock() else { return };
        if *seen != looks {
            *seen = looks;
            drop(seen);
            self.tell(Changes { looks: true, ..Changes::default() });
        }
    }

    fn in_files(&self, but: Option<&str>) -> io::Result<Vec<Look>> {
        let folder = self.0.path.parent().unwrap_or(Path::new("."));
        let begins = self.beside("worker", "");
        let Some(begins) = begins.file_name().and_then(|name| name.to_str()) else {
            return Ok(Vec::new());
        };
        let mut looks = Vec::new();
        for file in fs::read_dir(folder)? {
            let file = file?;
            let name = file.file_name();
            let worker = name.to_str().and_then(|name| name.strip_prefix(begins));
            let Some(_) = worker.filter(|worker| Some(*worker) != but) else { continue };
            // What is being written is half of it, and is looked at again.
            let text = fs::read_to_string(file.path()).unwrap_or_default();
            let Ok(told) = serde_json::from_str::<Told>(&text) else { continue };
            if is_alive(&file.path()) {
                looks.push(Look { who: Text::new(told.who.as_str()), at: told.at });
            }
        }
        looks.sort_by(|one, other| (&one.at, &one.who).cmp(&(&other.at, &other.who)));
        Ok(looks)
    }
}

/// Into a file that is there: without it there is no worker.
fn write(path: &Path, text: &str) -> io::Result<()> {
    match OpenOptions::new().write(true).truncate(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, model::InquiryId};

    #[tokio::test]
    async fn others_see_what_is_open_for_as_long_as_its_worker_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let one = Store::open(&path, Clock::system()).await.unwrap();
        let two = Store::open(&path, Clock::system()).await.unwrap();
        let item = Subject::Inquiry(InquiryId::new("inq_1").unwrap());
        let omar = Text::new("omar");
        one.look("w1", &omar, Some(&item)).await.unwrap();
        assert_eq!(two.looks("w2").await.unwrap(), [], "nobody is there");
        let present = one.sign_on("w1").await.unwrap();
        one.look("w1", &omar, Some(&item)).await.unwrap();
        let mut told = two.changes();
        two.watch_looks();
        assert!(told.try_recv().unwrap().looks);
        two.watch_looks();
        assert!(told.try_recv().is_err(), "it is told once");
        let [look] = two.looks("w2").await.unwrap().try_into().unwrap();
        assert!(look.is_at(&item) && look.who == omar);
        assert_eq!(two.looks("w1").await.unwrap(), [], "one's own is no news");
        one.look("w1", &omar, None).await.unwrap();
        assert_eq!(two.looks("w2").await.unwrap(), []);
        one.look("w1", &omar, Some(&item)).await.unwrap();
        drop(present);
        assert_eq!(two.looks("w2").await.unwrap(), [], "it is gone");
    }
}
