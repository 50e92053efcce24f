//! What is claimed of the alerts: when one fires, when it may, and that nothing fires otherwise.
//!
//! An alert comes later than what it is about, and goes later: by what its rule asks for (`for`, the
//! length of a window), which goes by in minutes of the day, and by what the program itself takes (a pause
//! between two tries, a lease), which takes real seconds, 240 times as long by the clock of the day. In
//! between it may fire or not, and is not looked at.

use super::clock::{MINUTES, shown};

/// In minutes of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub alert: &'static str,
    /// Before it, it does not fire.
    pub begins: usize,
    pub how: How,
    /// From then on it does not fire.
    pub gone: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It fires all the while.
    All { from: usize, until: usize },
    /// It fires at least once.
    Once { from: usize, until: usize },
    /// It may, for this reason.
    May(&'static str),
}

impl Claim {
    pub fn words(&self) -> String {
        let alert = self.alert.trim_start_matches("Caseload");
        let gone = match self.gone {
            gone if gone >= MINUTES => "not judged after it".to_owned(),
            gone => format!("gone by {}", shown(gone)),
        };
        match self.how {
            How::All { from, until } => {
                format!("{alert} fires {}–{}, {gone}", shown(from), shown(until))
            }
            How::Once { from, until } => {
                format!("{alert} fires within {}–{}, {gone}", shown(from), shown(until))
            }
            How::May(why) => format!("{alert} may ({why}), {gone}"),
        }
    }
}

/// What is to fire at a minute, and what is not looked at then.
pub fn at(claims: &[Claim], minute: usize) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut fires, mut may) = (Vec::new(), Vec::new());
    for claim in claims.iter().filter(|claim| (claim.begins..claim.gone).contains(&minute)) {
        match claim.how {
            How::All { from, until } if (from..until).contains(&minute) => fires.push(claim.alert),
            _ => may.push(claim.alert),
        }
    }
    fires.sort_unstable();
    fires.dedup();
    may.retain(|alert| !fires.contains(alert));
    may.sort_unstable();
    may.dedup();
    (fires, may)
}
