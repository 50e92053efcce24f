//! Whose turn it is to send: on a server one process sends for everybody, on duty.
//!
//! In a file each process sends its own. Its processes are one person's, on one machine and mostly with one
//! key, and hear of each other only by a look every two seconds: whoever sent for the others would
//! be later than they are themselves. Claims keep each decision single there.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deliver::Delivery;
use crate::{
    busy::Busy,
    clock::Moment,
    model::Text,
    store::{Duty, Error, OnDuty, Sends, Standby},
};

/// Who sends for everybody, as the others are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatcher {
    /// Whose process it is.
    pub reviewer: Text,
    pub since: Timestamp,
}

/// So long a process that Persona refuses leaves the duty to others, who need two seconds to notice.
const STEPS_BACK: Duration = Duration::from_secs(5);

pub struct Turn {
    delivery: Delivery,
    busy: Busy,
    duty: Option<OnDuty>,
    standby: Standby,
    /// It is time to look whether the duty is free.
    looks: bool,
    back_at: Option<Moment>,
}

impl Turn {
    pub fn new(delivery: &Delivery, busy: &Busy) -> Self {
        Self {
            standby: delivery.store.stand_by(),
            looks: delivery.store.is_shared(),
            delivery: delivery.clone(),
            busy: busy.clone(),
            duty: None,
            back_at: None,
        }
    }

    /// What is to be sent now.
    pub fn sends(&self) -> Sends {
        match (self.delivery.store.is_shared(), &self.duty) {
            (false, _) => Sends::Own,
            (true, Some(duty)) if !duty.is_lost() => Sends::All,
            (true, _) => Sends::Answers,
        }
    }

    /// Takes the duty up, if it is time to look and nobody has it. Whose key is known to be for another
    /// environment than this store's does not.
    pub async fn take(&mut self) {
        if self.duty.is_some() || !std::mem::take(&mut self.looks) {
            return;
        }
        let Delivery { store, client, clock, reviewer, .. } = &self.delivery;
        if client.is_elsewhere() {
            return;
        }
        let _looking = self.busy.token();
        match store.take_up(Duty::Outbox).await {
            Ok(Some(duty)) => {
                let told = Dispatcher { reviewer: reviewer.clone(), since: clock.now() };
                if let Err(why) = duty.say(&told) {
                    tracing::warn!(%why, "others cannot see who sends");
                }
                tracing::info!("this process sends what everybody decides");
                self.duty = Some(duty);
            }
            Ok(None) | Err(Error::Away(_)) => {}
            Err(why) => tracing::warn!(%why, "the duty of sending cannot be had"),
        }
    }

    /// Returns when it is somebody else's turn, or may be this one's. To begin again with waiting takes
    /// no longer than to go on.
    pub async fn moves(&mut self) {
        match (&self.duty, self.back_at) {
            (Some(duty), _) => {
                duty.lost().await;
                tracing::warn!("somebody else may send now");
                self.duty = None;
            }
            (None, _) if !self.delivery.store.is_shared() => std::future::pending().await,
            (None, Some(back_at)) => {
                self.delivery.clock.wait_for(back_at).await;
                self.back_at = None;
            }
            (None, None) => self.standby.may_be_free().await,
        }
        self.looks = true;
    }

    /// Persona refuses this process, whatever it sends: another may do better.
    pub async fn step_back(&mut self) {
        if let Some(duty) = self.duty.take() {
            tracing::warn!("Persona refuses this process: others may send for it");
            self.back_at = Some(self.delivery.clock.moment() + STEPS_BACK);
            duty.give_up().await;
        }
    }

    /// Leaves it to the next.
    pub async fn end(self) {
        if let Some(duty) = self.duty {
            duty.give_up().await;
        }
    }
}
