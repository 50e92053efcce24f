//! Lists of the world, as routes read them.

use serde_json::Value;

use super::{
    page::Rows,
    world::{Object, World},
};

/// All of a list, newest first.
pub fn all<'a>(world: &'a World, name: &'a str) -> impl Iterator<Item = Object> + use<'a> {
    world.list(name).objects()
}

pub fn count(world: &World, name: &str) -> usize {
    world.list(name).len()
}

/// Gives the newest event its context.
pub fn tell_more(world: &mut World, context: Value) {
    let newest = all(world, "event").next().map(|event| event.id);
    if let Some(id) = newest {
        world.change(&id, |event| event.set("context", context));
    }
}
