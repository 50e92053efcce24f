//! Events of the first world: what happened to inquiries and cases before the start, in order.

use serde_json::{Value, json};

use super::{
    super::world::{Object, written},
    Base,
    named::Named,
    object,
    plan::{MOMENTS, Moment, Plan, STATUSES},
};

/// An event in four bytes: its inquiry and its place among the moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief(u32);

impl Brief {
    /// Inquiries that events can be told of.
    pub const MOST: u64 = (u32::MAX >> 3) as u64;

    fn new(inquiry: u64, moment: Moment) -> Self {
        let inquiry = u32::try_from(inquiry).expect("fewer than the most inquiries");
        Self(inquiry << 3 | moment as u32)
    }

    fn inquiry(self) -> u64 {
        u64::from(self.0 >> 3)
    }

    fn moment(self) -> Moment {
        MOMENTS[(self.0 & 7) as usize]
    }
}

/// All events in the order in which they happened.
pub fn in_order(plan: &Plan, statuses: &[u8], waiting: &[u32]) -> Vec<Brief> {
    let mut dated = Vec::with_capacity(statuses.len() * 4);
    for (inquiry, status) in (0_u64..).zip(statuses) {
        for moment in Plan::history(STATUSES[usize::from(*status)]) {
            dated.push((plan.at(inquiry, moment), Brief::new(inquiry, moment)));
        }
    }
    for (_, inquiry) in waiting.iter().enumerate().filter(|(nth, _)| nth % 3 != 2) {
        let inquiry = u64::from(*inquiry);
        let opened = Moment::CaseOpened;
        dated.push((plan.at(inquiry, opened), Brief::new(inquiry, opened)));
    }
    dated.sort_unstable_by_key(|(at, brief)| (*at, brief.0));
    dated.into_iter().map(|(_, brief)| brief).collect()
}

impl Base {
    pub(super) fn event_at(&self, place: usize) -> Named {
        let brief = self.events[place];
        Named::Event(brief.inquiry(), brief.moment() as u64)
    }

    /// Where an event stands; none: it never happened.
    pub(super) fn event_place(&self, inquiry: u64, moment: u64) -> Option<usize> {
        let wanted = Brief::new(inquiry, *MOMENTS.get(usize::try_from(moment).ok()?)?);
        let key = |brief: &Brief| (self.plan.at(brief.inquiry(), brief.moment()), brief.0);
        self.events.binary_search_by_key(&key(&wanted), key).ok()
    }

    /// `inquiry.approved` for a place of the list.
    pub(super) fn event_name(&self, place: usize) -> &'static str {
        let brief = self.events[place];
        self.name_of(brief.inquiry(), brief.moment())
    }

    pub(super) fn event_inquiry(&self, place: usize) -> u64 {
        self.events[place].inquiry()
    }

    fn name_of(&self, inquiry: u64, moment: Moment) -> &'static str {
        match moment {
            Moment::Created => "inquiry.created",
            Moment::Started => "inquiry.started",
            Moment::Completed => "inquiry.completed",
            Moment::Failed => "inquiry.failed",
            Moment::Marked => "inquiry.marked-for-review",
            Moment::CaseOpened => "case.created",
            Moment::Decided if self.plan.status_name(inquiry) == "declined" => "inquiry.declined",
            Moment::Decided => "inquiry.approved",
            Moment::Expired => "inquiry.expired",
        }
    }

    /// It shows its object as that was then.
    pub(super) fn event(&self, inquiry: u64, moment: u64) -> Option<Object> {
        let moment = self.events[self.event_place(inquiry, moment)?].moment();
        let then = match moment {
            Moment::Created => "created",
            Moment::Started => "pending",
            Moment::Completed => "completed",
            Moment::Failed => "failed",
            Moment::Marked | Moment::CaseOpened => "needs_review",
            Moment::Decided | Moment::Expired => self.plan.status_name(inquiry),
        };
        let about = match (moment, u32::try_from(inquiry)) {
            (Moment::CaseOpened, Ok(number)) => {
                self.case(self.waiting.binary_search(&number).ok()? as u64)
            }
            _ => self.inquiry_as(inquiry, then),
        };
        let attributes = json!({
            "name": self.name_of(inquiry, moment), "payload": { "data": about.json() },
            "created-at": written(self.plan.at(inquiry, moment)), "context": {},
        });
        let id = self.id(Named::Event(inquiry, moment as u64));
        Some(Object { relationships: None, ..object("event", id, attributes, Value::Null) })
    }
}
