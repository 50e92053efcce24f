//! How long the loop waits for what, and how much it does in one go.

use std::time::Duration;

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
pub const RELOAD: Duration = Duration::from_millis(100);
