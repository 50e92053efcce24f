//! Stopping and going on as a job of the shell's, with all that was started along with it.

use std::io;

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, getpgrp, getpid, getppid, getsid},
};

/// Asks a job to stop; sent by others, since the terminal is raw.
pub const ASKED_TO_STOP: i32 = Signal::SIGTSTP as i32;

/// A stopped job goes on.
pub const GOES_ON: i32 = Signal::SIGCONT as i32;

/// As `kill` names the process group of who calls it.
const OWN_GROUP: Pid = Pid::from_raw(0);

/// What the system says of a process outside the namespace that this one runs in, as the session
/// of a container has that was begun outside.
const OUTSIDE: Pid = Pid::from_raw(0);

/// Stops this job at once. It returns when somebody lets it go on.
///
/// # Errors
/// If it may not, which no system says of a process's own group.
pub fn stop() -> io::Result<()> {
    // Of the two signals the one that nothing catches: this process listens to the other.
    Ok(kill(OWN_GROUP, Signal::SIGSTOP)?)
}

/// Whether somebody is there who can let it go on: else it would stop for good.
pub fn has_shell() -> bool {
    is_watched(getpid(), getpgrp(), getsid(None).ok(), getsid(Some(getppid())).ok())
}

/// A job is watched by a parent in the same session. A session's first process has none, as when
/// ssh runs it instead of a shell. Sessions outside cannot be told from each other.
fn is_watched(me: Pid, group: Pid, session: Option<Pid>, of_parent: Option<Pid>) -> bool {
    let session = session.filter(|&session| session != OUTSIDE);
    session != Some(me) && session != Some(group) && session.is_some() && session == of_parent
}

/// Tells a program that was started from here to end.
pub fn end(program: u32) {
    if let Ok(id) = i32::try_from(program) {
        // It may have ended meanwhile, which is as well.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_shell_does_not_stop() {
        let id = Pid::from_raw;
        let (shell, script, me) = (id(10), id(20), id(30));
        let table = [
            // From a shell, alone and by a script.
            (me, me, Some(shell), Some(shell), true),
            (me, script, Some(shell), Some(shell), true),
            // Instead of a shell, and by a script that runs instead of one.
            (me, me, Some(me), Some(id(1)), false),
            (me, script, Some(script), Some(script), false),
            // Its shell is gone.
            (me, me, Some(shell), Some(id(1)), false),
            (me, me, Some(shell), None, false),
            // In a container whose session was begun outside, and the parent too.
            (me, me, Some(OUTSIDE), Some(OUTSIDE), false),
            (me, OUTSIDE, Some(OUTSIDE), Some(OUTSIDE), false),
            (me, me, Some(me), Some(OUTSIDE), false),
        ];
        for (me, group, session, of_parent, watched) in table {
            assert_eq!(is_watched(me, group, session, of_parent), watched, "{me:?} {group:?}");
        }
    }
}
