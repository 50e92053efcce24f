//! Lists of the world, as routes read them.

use serde_json::Value;

use super::{
    page::Rows,
    world::{Object, World},
};

/// A list by name.
#[derive(Clone, Copy)]
pub struct List<'a> {
    world: &'a World,
    name: &'a str,
}

impl<'a> List<'a> {
    pub fn of(world: &'a World, name: &'a str) -> Self {
        Self { world, name }
    }

    /// Newest first.
    pub fn objects(self) -> impl Iterator<Item = Object> + use<'a> {
        (0..self.len()).rev().filter_map(move |at| self.world.get(&self.at(at)))
    }
}

impl Rows for List<'_> {
    fn len(&self) -> usize {
        self.world.list(self.name).len()
    }

    fn at(&self, place: usize) -> String {
        self.world.list(self.name)[place].clone()
    }

    fn place(&self, id: &str) -> Option<usize> {
        let ids = self.world.list(self.name);
        self.world.place(id).filter(|at| ids.get(*at).is_some_and(|known| known == id))
    }
}

/// All of a list, newest first.
pub fn all<'a>(world: &'a World, name: &'a str) -> impl Iterator<Item = Object> + use<'a> {
    List::of(world, name).objects()
}

pub fn count(world: &World, name: &str) -> usize {
    List::of(world, name).len()
}

/// Gives the newest event its context.
pub fn tell_more(world: &mut World, context: Value) {
    let newest = all(world, "event").next().map(|event| event.id);
    if let Some(id) = newest {
        world.change(&id, |event| event.set("context", context));
    }
}
