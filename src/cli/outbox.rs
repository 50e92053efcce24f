//! `caseload outbox`: decisions on their way, and those that did not get through.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::{
    delivery::{self, A_FEW_SECONDS, Timing, Wait},
    exit::Exit,
    output, record,
    session::{Session, duration},
};
use crate::{
    desk::{Confirmation, NotConfirmed, TakenBack},
    model::{Action, ActionId, ActionState},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is on its way, and what was refused or stopped and not dismissed yet.
    List,
    /// Send what waits now: one decision, or all.
    Retry {
        action: Option<ActionId>,
        /// Wait until all of it is done or refused, or for this long. Without it: a few seconds.
        #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true,
            default_missing_value = "8760h", value_parser = duration)]
        wait: Option<Duration>,
    },
    /// Take back a decision of which nothing has been sent, or dismiss one that was refused or
    /// stopped.
    ///
    /// What another reviewer proposed is returned to them.
    Cancel { action: ActionId },
    /// Confirm what another reviewer proposed, with all that was proposed together with it.
    Confirm(Confirm),
}

#[derive(Debug, Args)]
pub struct Confirm {
    action: ActionId,
    #[command(flatten)]
    timing: Timing,
}

impl Command {
    /// How long what is confirmed can be taken back.
    pub fn hold(&self) -> Duration {
        match self {
            Self::Confirm(asked) => asked.timing.hold(),
            _ => Duration::ZERO,
        }
    }
}

pub async fn run(command: Command, session: &mut Session) -> anyhow::Result<Exit> {
    match command {
        Command::List => {
            let actions = session.desk().outbox().await?;
            print(session, &actions)?;
            Ok(Exit::Done)
        }
        Command::Retry { action, wait } => {
            retry(session, action, wait.unwrap_or(A_FEW_SECONDS)).await
        }
        Command::Cancel { action } => cancel(session, &action).await,
        Command::Confirm(asked) => confirm(asked, session).await,
    }
}

async fn retry(
    session: &mut Session,
    only: Option<ActionId>,
    patience: Duration,
) -> anyhow::Result<Exit> {
    let now = session.desk().clock().now();
    let waits = |action: &Action| match action.state {
        ActionState::Held { until } => until <= now,
        _ => action.state.is_on_its_way(),
    };
    let actions = match &only {
        Some(id) => vec![known(session, id).await?],
        None => session.desk().outbox().await?.into_iter().filter(waits).collect(),
    };
    if let (Some(_), [Action { state, verb, .. }]) = (&only, actions.as_slice())
        && !state.is_on_its_way()
    {
        if let ActionState::Proposed { by } = state {
            let said = format!("{by} proposed it, and a second person has to confirm it first");
            return Err(Exit::Refused.told(said));
        }
        let verb = verb.words();
        return Err(Exit::Refused.told(format!("{verb} is not on its way any more: decide again")));
    }
    if actions.is_empty() {
        output::note("nothing waits");
        return Ok(Exit::Done);
    }
    session.once.deliver();
    session.desk().hurry(only.as_ref()).await?;
    let following = actions
        .iter()
        .map(|action| async { delivery::follow(session, &action.id, &Wait::More(patience)).await });
    let ended = futures::future::try_join_all(following).await?;
    print(session, &ended)?;
    Ok(worst(ended.iter().map(delivery::told)))
}

/// One code for many: what needs another call first, then what needs a person.
fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    let rank = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Refused => 1,
        Exit::Moved => 2,
        _ => 3,
    };
    exits.max_by_key(rank).unwrap_or(Exit::Done)
}

async fn cancel(session: &mut Session, id: &ActionId) -> anyhow::Result<Exit> {
    let action = known(session, id).await?;
    let what = format!("{} of {}", action.verb.words(), action.subject.id());
    match action.state {
        ActionState::Rejected { .. } | ActionState::Stopped { .. } => {
            session.desk().acknowledge(id).await?;
            output::note(format!("{what} is dismissed; nothing was at Persona"));
        }
        ActionState::Cancelled => output::note(format!("{what} was taken back before")),
        _ => match session.desk().undo(id).await? {
            TakenBack::Cancelled => output::note(format!("{what} is taken back; nothing was sent")),
            TakenBack::Proposed => {
                output::note(format!("your confirmation is taken back; {what} is proposed again"));
            }
            TakenBack::Returned { to } => {
                output::note(format!("{what} is returned to {to}; nothing was sent"));
            }
            TakenBack::Some { taken, sent } => output::note(format!(
                "{taken} of what was decided in one go with {what} are taken back; {sent} had left already"
            )),
            TakenBack::TooLate => {
                return Err(Exit::Refused.told(format!("{what} was sent: it cannot be taken back")));
            }
        },
    }
    let action = known(session, id).await?;
    print(session, std::slice::from_ref(&action))?;
    Ok(Exit::Done)
}

/// Reads every object anew: what moved since it was proposed is stopped, and nothing is sent.
async fn confirm(asked: Confirm, session: &mut Session) -> anyhow::Result<Exit> {
    let action = known(session, &asked.action).await?;
    let what = format!("{} of {}", action.verb.words(), action.subject.id());
    let parts = session.desk().proposed(&action.id).await?;
    for part in &parts {
        session.desk().look(&part.subject).await?;
    }
    let confirmation = Confirmation { action: action.id, seen: None, shown_at: None };
    session.desk().confirm(&confirmation).await.map_err(|why| match why {
        NotConfirmed::Store(why) => why.into(),
        NotConfirmed::Moved(_) => Exit::Moved.told(format!("{what} is not confirmed: {why}")),
        why => Exit::Refused.told(format!("{what} is not confirmed: {why}")),
    })?;
    session.once.deliver();
    let (mut ended, mut exit) = (Vec::new(), Exit::Done);
    for part in &parts {
        // What follows one that is not done is not on its way yet.
        let wait = if exit == Exit::Done { asked.timing.wait() } else { Wait::No };
        let part = delivery::follow(session, &part.id, &wait).await?;
        let told = delivery::told(&part);
        exit = if exit == Exit::Done { told } else { exit };
        ended.push(part);
    }
    print(session, &ended)?;
    Ok(exit)
}

async fn known(session: &Session, id: &ActionId) -> anyhow::Result<Action> {
    let action = session.desk().action(id).await?;
    action.ok_or_else(|| Exit::NotFound.told(format!("the outbox has no decision {id}")))
}

fn print(session: &Session, actions: &[Action]) -> std::io::Result<()> {
    let rows: Vec<_> = actions.iter().map(record::decision).collect();
    output::print(&output::rows(session.format, &record::DECISIONS, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_another_call_outweighs_the_rest() {
        let of = |exits: &[Exit]| worst(exits.iter().copied());
        assert_eq!(of(&[]), Exit::Done);
        assert_eq!(of(&[Exit::Done, Exit::Refused, Exit::Moved]), Exit::Moved);
        assert_eq!(of(&[Exit::OnItsWay, Exit::Moved, Exit::Done]), Exit::OnItsWay);
    }
}
