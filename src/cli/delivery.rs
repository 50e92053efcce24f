//! Waits for a decision that is on its way, and says how it ended.

use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    exit::Exit,
    output,
    session::{Session, duration},
};
use crate::{
    desk::Until,
    model::{Action, ActionId, ActionState},
};

#[derive(Debug, Clone, Copy, Args)]
pub struct Timing {
    /// Hold the decision for this long before it leaves: `outbox cancel` takes it back until then.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    hold: Duration,
    /// Wait until it is done or refused, or for this long. Without it: for its first try.
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true,
        default_missing_value = "8760h", value_parser = duration)]
    wait: Option<Duration>,
}

/// How long a decision is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For its first try, a few seconds at most.
    FirstTry,
    For(Duration),
    /// Likewise, of one that waits already.
    More(Duration),
    /// It leaves later: a console or another command sends it.
    No,
}

/// For a first try.
pub const A_FEW_SECONDS: Duration = Duration::from_secs(10);

impl Timing {
    pub fn hold(&self) -> Duration {
        self.hold
    }

    pub fn wait(&self) -> Wait {
        match self.wait {
            Some(wait) => Wait::For(wait),
            None if self.hold.is_zero() => Wait::FirstTry,
            None => Wait::No,
        }
    }
}

/// Follows a decision as long as it says, or until somebody interrupts; then it is as it is, and
/// goes on without us.
pub async fn follow(session: &Session, id: &ActionId, wait: &Wait) -> anyhow::Result<Action> {
    let desk = session.desk();
    let (until, longest) = match wait {
        Wait::FirstTry => (Until::Tried, A_FEW_SECONDS),
        Wait::For(longest) | Wait::More(longest) => (Until::Settled, *longest),
        Wait::No => (Until::Settled, Duration::ZERO),
    };
    let followed = async {
        if let Wait::For(_) = wait {
            let tried = desk.follow(id, Until::Tried).await?;
            match &tried.state {
                ActionState::Waiting { reason, .. } => output::note(format!("{reason}; waiting")),
                ActionState::Proposed { .. } => {
                    output::note("it is proposed; waiting for a second person");
                }
                _ => {}
            }
        }
        desk.follow(id, until).await
    };
    tokio::select! {
        biased;
        followed = followed => return Ok(followed?),
        () = interrupted() => {}
        () = tokio::time::sleep(longest) => {}
    }
    let action = desk.action(id).await?;
    action.ok_or_else(|| Exit::Failed.told("a decision that was recorded is gone"))
}

/// Returns when somebody wants this process to end.
pub async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Says how a decision ended, or why it has not.
pub fn told(action: &Action) -> Exit {
    let what = format!("{} of {}", action.verb.words(), action.subject.id());
    match &action.state {
        ActionState::Done => Exit::Done,
        ActionState::Rejected { reason } => {
            output::note(format!("{what} was refused: {reason}"));
            Exit::Refused
        }
        ActionState::Stopped { reason } => {
            output::note(format!("{what} was not sent: {reason}"));
            Exit::Moved
        }
        ActionState::Cancelled => {
            output::note(format!("{what} was taken back"));
            Exit::Moved
        }
        ActionState::Proposed { by } => {
            output::note(format!(
                "{what} is proposed by {by}: another reviewer, with another key, confirms it in a \
                 console or with `caseload outbox confirm {}` (enforced by this client, not by \
                 Persona)",
                action.id
            ));
            Exit::OnItsWay
        }
        open => {
            let why = match open {
                ActionState::Waiting { reason, .. } => format!(" ({reason})"),
                _ => String::new(),
            };
            output::note(format!(
                "{what} is written down, but not at Persona yet{why}: an open console or \
                 `caseload outbox retry {}` sends it",
                action.id
            ));
            Exit::OnItsWay
        }
    }
}
