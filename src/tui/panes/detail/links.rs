//! Who else has what this account has: a machine, an address, a number; what weighs most first.

use ratatui::text::Line;

use super::page::{On, Page};
use crate::{
    desk::Signal,
    model::Subject,
    tui::{format, theme::Theme},
};

/// A line each; `relations`: the key that lists them. Enter leads to the account that weighs most. Nothing where nothing is shared.
pub fn fill(page: &mut Page<'_>, signals: &[Signal], relations: &str, width: usize, theme: &Theme) {
    for signal in signals {
        let sharers = &signal.sharers;
        let (mark, style) = match (sharers.common, sharers.declined) {
            (true, _) => ("·", theme.dim),
            (false, 0) => ("!", theme.warn),
            (false, _) => ("!", theme.bad),
        };
        let lists = match signal.accounts.len() {
            0 | 1 => String::new(),
            _ => format!("; {relations} lists them"),
        };
        let said = format!(" {mark} {}{lists}", sharers.words());
        let line = Line::styled(format::cut(&said, width), style);
        match signal.accounts.first() {
            Some(account) => page.about(On::Subject(Subject::Account(account.clone())), line),
            None => page.push(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Shared, Sharers};

    #[test]
    fn a_line_leads_to_whom_it_is_about() {
        let signal = |others: u64, common| Signal {
            sharers: Sharers { kind: Shared::Device, others, more: false, common, declined: 0 },
            accounts: match common {
                true => Vec::new(),
                false => vec![AccountId::new("act_2").unwrap(), AccountId::new("act_3").unwrap()],
            },
        };
        let mut page = Page::default();
        fill(&mut page, &[signal(2, false), signal(500, true)], "r", 80, &Theme::mono());
        let told: Vec<String> = page.rows.iter().map(|row| row.line.to_string()).collect();
        assert_eq!(told[0], " ! 2 other accounts share this device; r lists them");
        assert_eq!(told[1], " · 500 other accounts share this device: too many to mean much");
        let second = AccountId::new("act_2").unwrap();
        assert_eq!(page.rows[0].on, Some(On::Subject(Subject::Account(second))));
        assert_eq!(page.rows[1].on, None);
    }
}
