//! What types cannot say about a policy file: ranges, and reasons that could never be given.

use std::collections::HashSet;

use super::{Asked, Demand, PolicyFile};
use crate::config::check::{Problem, reasons, within};

/// # Errors
/// With the first setting that cannot be used.
pub fn check(file: &PolicyFile) -> Result<(), Problem> {
    asked(["approve.reason", "approve.reasons"], &file.approve, Configured::Reasons)?;
    asked(["decline.reason", "decline.reasons"], &file.decline, Configured::Reasons)?;
    asked(["escalate.reason", "escalate.reasons"], &file.escalate, Configured::Nothing)?;
    asked(["case_status.reason", "case_status.reasons"], &file.case_status, Configured::Nothing)?;
    asked(["dismiss.reason", "dismiss.reasons"], &file.dismiss, Configured::Reasons)?;
    if file.dismiss.reasons.as_ref().is_some_and(Vec::is_empty) {
        let what = "Persona asks for a reason to dismiss, and none could be given: list some";
        return Err(("dismiss.reasons", what.to_owned()).into());
    }
    if let Some(most) = file.bulk.most {
        within("bulk.most", most.into(), 2..=1000)?;
    }
    if let Some(sample) = file.bulk.sample {
        within("bulk.sample", sample.into(), 1..=1000)?;
    }
    if let Some(days) = file.retention.days {
        within("retention.days", days.into(), 1..=3650)?;
    }
    if let Some(minutes) = file.session.lock_minutes {
        within("session.lock_minutes", minutes, 1..=1440)?;
    }
    Ok(())
}

/// What the configuration can list where the policy lists no reasons.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Configured {
    Reasons,
    Nothing,
}

fn asked(
    [reason, list]: [&'static str; 2],
    asked: &Asked,
    configured: Configured,
) -> Result<(), Problem> {
    let demanded = asked.reason.is_some_and(|demand| demand > Demand::Optional);
    let none = match &asked.reasons {
        Some(listed) => listed.is_empty(),
        None => configured == Configured::Nothing,
    };
    if demanded && none {
        let what = format!("a reason is asked for and none can be given: list some as {list}");
        return Err((reason, what).into());
    }
    let listed = asked.reasons.as_deref().unwrap_or_default();
    reasons(listed).map_err(|what| (list, what))?;
    let codes: HashSet<&str> = listed.iter().map(|reason| reason.code.as_str()).collect();
    if codes.len() < listed.len() {
        return Err((list, "a code stands there twice".to_owned()).into());
    }
    Ok(())
}
