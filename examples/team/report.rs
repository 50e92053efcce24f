//! One table: what was asked for, what it came to, and whether that is enough.

use std::{
    io::{self, Write},
    time::Duration,
};

#[derive(Default)]
pub struct Report {
    lines: Vec<(String, String, Option<bool>)>,
}

impl Report {
    /// A figure by itself.
    pub fn figure(&mut self, what: &str, figure: impl Into<String>) {
        self.lines.push((what.to_owned(), figure.into(), None));
    }

    pub fn requires(&mut self, what: &str, holds: bool, figure: impl Into<String>) {
        self.lines.push((what.to_owned(), figure.into(), Some(holds)));
    }

    pub fn all_hold(&self) -> bool {
        self.lines.iter().all(|(_, _, holds)| *holds != Some(false))
    }

    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        for (what, figure, holds) in &self.lines {
            let holds = match holds {
                None => "",
                Some(true) => "ok",
                Some(false) => "failed",
            };
            writeln!(out, "{holds:<7}{what:<44}{figure}")?;
        }
        out.flush()
    }
}

pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

pub fn seconds_or_never(time: Option<Duration>) -> String {
    time.map_or("never".to_owned(), seconds)
}

/// Of what is in order.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}
