//! What was read last from a team's database, so that it can be looked at while that is away. In memory
//! only, a few of each, and forgotten when the screen is locked.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::{AccountFile, CaseFile, InquiryFile, StoreError};
use crate::model::{AccountId, CaseId, InquiryId};

/// Of each kind.
const MOST: usize = 24;

#[derive(Default)]
pub struct Held {
    pub inquiries: Files<InquiryId, InquiryFile>,
    pub cases: Files<CaseId, CaseFile>,
    pub accounts: Files<AccountId, AccountFile>,
}

impl Held {
    pub fn forget(&self) {
        self.inquiries.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.cases.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.accounts.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The newest last.
pub struct Files<I, F>(Mutex<VecDeque<(I, F)>>);

impl<I, F> Default for Files<I, F> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<I: Clone + PartialEq, F: Clone> Files<I, F> {
    /// An answer of the store, which is held; while it is away, what it answered last.
    pub fn or_held(
        &self,
        id: &I,
        answer: Result<Option<F>, StoreError>,
    ) -> Result<Option<F>, StoreError> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(why) = answer {
            let held = files.iter().find(|(held, _)| held == id).map(|(_, file)| file.clone());
            return match (&why, held) {
                (StoreError::Away(_), Some(file)) => Ok(Some(file)),
                _ => Err(why),
            };
        }
        files.retain(|(held, _)| held != id);
        if let Ok(Some(file)) = &answer {
            files.push_back((id.clone(), file.clone()));
        }
        if files.len() > MOST {
            files.pop_front();
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_last_is_there_while_the_store_is_away_and_not_else() {
        let files = Files::default();
        let away = || Err(StoreError::Away("gone".to_owned()));
        assert!(files.or_held(&1, away()).is_err(), "it was never read");
        assert_eq!(files.or_held(&1, Ok(Some("one"))).unwrap(), Some("one"));
        assert_eq!(files.or_held(&1, away()).unwrap(), Some("one"));
        assert!(files.or_held(&1, Err(StoreError::Full)).is_err());
        assert_eq!(files.or_held(&1, Ok(None)).unwrap(), None);
        assert!(files.or_held(&1, away()).is_err(), "it is gone");
        for id in 0..=MOST {
            files.or_held(&id, Ok(Some("many"))).unwrap();
        }
        assert!(files.or_held(&0, away()).is_err(), "the oldest is forgotten");
        assert!(files.or_held(&MOST, away()).is_ok());
    }
}
