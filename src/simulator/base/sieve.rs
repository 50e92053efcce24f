//! Filters over a million objects: whether a place of a list may pass, told without making what
//! stands there. What passes is still looked at; what does not was left out rightly.

use jiff::Timestamp;

use super::{
    super::call::any_of,
    Base, accounts,
    named::Named,
    plan::{Plan, STATUSES},
};

/// Whether a place may pass.
pub type Sieve<'a> = Box<dyn Fn(usize) -> bool + 'a>;

impl Base {
    /// What a filter's value leaves of the places of a list; none: only the objects can tell.
    pub fn sieve<'a>(&'a self, list: &str, filter: &str, value: &'a str) -> Option<Sieve<'a>> {
        Some(match (list, filter) {
            ("inquiry", "status") => self.of_status(value),
            ("inquiry", "note" | "template-id") => Box::new(|_| false),
            ("inquiry", "inquiry-id") => self.at_ids("inquiry", value),
            ("inquiry", "account-id") => {
                let accounts = self.named_in(value, |named| match named {
                    Named::Person(account) => Some(account),
                    _ => None,
                });
                Box::new(move |place| accounts.contains(&Plan::account_of(place as u64)))
            }
            ("inquiry", "reference-id") => {
                let account = accounts::of_reference(value);
                Box::new(move |place| Some(Plan::account_of(place as u64)) == account)
            }
            ("inquiry", "inquiry-template-id") => {
                Box::new(move |place| any_of(value, |id| id == self.plan.template(place as u64).id))
            }
            ("inquiry", "created-at-start") => {
                let at: Option<Timestamp> = value.parse().ok();
                Box::new(move |place| Some(self.plan.created(place as u64)) >= at)
            }
            ("inquiry", "created-at-end") => {
                let at: Timestamp = value.parse().ok()?;
                // Written instants end at milliseconds.
                let at = at + jiff::SignedDuration::from_millis(1);
                Box::new(move |place| self.plan.created(place as u64) <= at)
            }
            ("account", "reference-id") => {
                let found = value.split(',').filter_map(|value| self.by_reference(value.trim()));
                let places: Vec<usize> = found.filter_map(|named| self.place_of(named)).collect();
                Box::new(move |place| places.contains(&place))
            }
            ("case", "status") => Box::new(move |place| {
                any_of(value, |name| self.case_status_at(place).eq_ignore_ascii_case(name))
            }),
            ("case", "inquiry-id" | "account-id") => {
                let wanted: Vec<&str> = value.split(',').map(str::trim).collect();
                let named: Vec<Named> = wanted.iter().filter_map(|id| self.named(id)).collect();
                Box::new(move |place| {
                    let inquiry = self.case_inquiry_at(place);
                    let account = Named::Person(Plan::account_of(inquiry));
                    named.contains(&Named::Inquiry(inquiry)) || named.contains(&account)
                })
            }
            ("case", "case-template-id") => {
                Box::new(move |place| any_of(value, |id| id == self.case_template_at(place).id))
            }
            ("case", "report-id") => {
                let inquiries = self.named_in(value, |named| match named {
                    Named::Report(inquiry, _) => Some(inquiry),
                    _ => None,
                });
                Box::new(move |place| inquiries.contains(&self.case_inquiry_at(place)))
            }
            ("transaction", "reference-id") => {
                let wanted: Vec<u64> =
                    value.split(',').filter_map(|one| accounts::of_wire(one.trim())).collect();
                Box::new(move |place| wanted.contains(&(place as u64)))
            }
            ("workflow-run", "status") => {
                Box::new(move |place| any_of(value, |name| name == self.run_status(place as u64)))
            }
            ("report", "account-id") => {
                let accounts = self.named_in(value, |named| match named {
                    Named::Person(account) => Some(account),
                    _ => None,
                });
                Box::new(move |place| {
                    let inquiry = self.report_inquiry_at(place);
                    accounts.contains(&Plan::account_of(inquiry))
                })
            }
            ("event", "name") => {
                Box::new(move |place| any_of(value, |name| name == self.event_name(place)))
            }
            ("event", "id") => self.at_ids("event", value),
            ("event", "object-id") => {
                let inquiries = self.named_in(value, |named| match named {
                    Named::Inquiry(inquiry) => Some(inquiry),
                    Named::Case(waiting) => Some(self.waiting_inquiry(waiting)),
                    _ => None,
                });
                Box::new(move |place| inquiries.contains(&self.event_inquiry(place)))
            }
            _ => return None,
        })
    }

    fn of_status(&self, names: &str) -> Sieve<'_> {
        let wanted =
            STATUSES.map(|status| any_of(names, |name| name.replace([' ', '-'], "_") == status));
        Box::new(move |place| wanted[usize::from(self.statuses[place])])
    }

    fn at_ids(&self, list: &'static str, ids: &str) -> Sieve<'_> {
        let found = ids.split(',').filter_map(|id| self.place(id.trim()));
        let places: Vec<usize> =
            found.filter(|(of, _)| *of == list).map(|(_, place)| place).collect();
        Box::new(move |place| places.contains(&place))
    }

    fn named_in(&self, ids: &str, pick: impl Fn(Named) -> Option<u64>) -> Vec<u64> {
        ids.split(',').filter_map(|id| pick(self.named(id.trim())?)).collect()
    }

    fn place_of(&self, named: Named) -> Option<usize> {
        self.place(&self.id(named)).map(|(_, place)| place)
    }
}
