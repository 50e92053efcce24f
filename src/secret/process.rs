//! What this process lets others see of it: no memory dump holds a key.

use rustix::process::{Resource, Rlimit, setrlimit};

/// From now on a crash leaves no image of the memory behind, and other processes of the user can
/// read neither the memory nor the environment. Programs that are started leave no image either.
pub fn keep_to_itself() {
    // Neither can fail for a process's own sake; if it did, nothing better could be done.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
