//! How long the loop waits for what, and how much it does in one go.

use std::time::{Duration, Instant};

/// The shortest time between two frames.
pub const FRAME: Duration = Duration::from_millis(10);

/// How long a frame waits for what the store was asked for, so that it is not drawn twice: once
/// without the rows and once with them. After a key it waits for nothing that it does not show.
pub const STORE: Duration = Duration::from_millis(8);
pub const FIRST_ROWS: Duration = Duration::from_millis(40);

/// So long the first screen stands before anything else is begun.
pub const STAND: Duration = Duration::from_millis(200);

/// As many keys in a row are taken before a frame; a signal is heard in between.
pub const KEYS: usize = 512;

/// The shortest time between two reloads of what moved: of a flood of changes each is seen soon, and
/// none by itself.
const RELOAD: Duration = Duration::from_millis(100);

/// The same where the store is a team's, whose server all its consoles ask.
const RELOAD_SHARED: Duration = Duration::from_millis(300);

/// A store that answers slowly, such as a server that many ask, is asked less often: reloads rest so many times
/// as long as the last one took, but never for longer than this.
const RESTS: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(400);

/// When what moved is reloaded.
#[derive(Debug, Default)]
pub struct Reloads {
    /// None for whoever waits for no time.
    shortest: Duration,
    began: Option<Instant>,
    /// Whether all that was asked for is there, and how long that took.
    took: Option<Duration>,
}

impl Reloads {
    pub fn of(is_shared: bool) -> Self {
        let shortest = if is_shared { RELOAD_SHARED } else { RELOAD };
        Self { shortest, ..Self::default() }
    }

    pub fn begin(&mut self) {
        (self.began, self.took) = (Some(Instant::now()), None);
    }

    /// All that was asked for is there.
    pub fn end(&mut self) {
        self.took = self.took.or_else(|| self.began.map(|began| began.elapsed()));
    }

    /// Until the next one may begin.
    pub fn wait(&self) -> Duration {
        let Some(began) = self.began else { return Duration::ZERO };
        pause(self.shortest, self.took.unwrap_or(LONGEST_REST)).saturating_sub(began.elapsed())
    }
}

/// From the beginning of a reload that took so long to that of the next.
fn pause(shortest: Duration, took: Duration) -> Duration {
    match shortest.is_zero() {
        true => Duration::ZERO,
        false => (took + (took * RESTS).min(LONGEST_REST)).max(shortest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answers_slowly_is_asked_less_often() {
        let ms = Duration::from_millis;
        for (shortest, took, expected) in
            [(100, 0, 100), (100, 20, 100), (100, 50, 200), (100, 300, 700), (0, 300, 0)]
        {
            assert_eq!(pause(ms(shortest), ms(took)), ms(expected), "{shortest} {took}");
        }
        let mut reloads = Reloads { shortest: ms(100_000), ..Reloads::default() };
        assert!(reloads.wait().is_zero(), "the first waits for nothing");
        reloads.begin();
        reloads.end();
        assert!(!reloads.wait().is_zero());
    }
}
