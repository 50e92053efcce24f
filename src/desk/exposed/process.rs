//! What this process uses, as the system tells it; nothing where it does not.

use std::fs;

use crate::metrics::Process;

pub fn process() -> Process {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    Process {
        resident_bytes: resident(&status),
        // The one that lists them is one of them.
        open_files: fs::read_dir("/proc/self/fd").ok().map(|all| all.count().saturating_sub(1)),
    }
}

/// `VmRSS:     12345 kB`
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_system_writes_it() {
        let status = "Name:\tcaseload\nVmPeak:\t  9 kB\nVmRSS:\t   12345 kB\nThreads:\t3\n";
        assert_eq!(resident(status), Some(12_345 * 1024));
        assert_eq!(resident("Name:\tcaseload\n"), None);
        if cfg!(target_os = "linux") {
            let process = process();
            assert!(process.resident_bytes > Some(1 << 20) && process.open_files > Some(2));
        }
    }
}
