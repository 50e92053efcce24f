//! In which order the queue is worked, and views on the digits.

use serde::{Deserialize, Serialize};

use super::check::Problem;
use crate::model::filter::{List, Order, parse};

/// How lists begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queue {
    /// What counts first, what next.
    pub order: Vec<Order>,
    pub views: Vec<View>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { order: vec![Order::Sla, Order::Age, Order::Risk], views: Vec::new() }
    }
}

/// A filter by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    pub name: String,
    #[serde(default)]
    pub list: List,
    /// As it is typed after `/`.
    pub filter: String,
}

impl Queue {
    /// The first says it all: only these orders have an index.
    pub fn first(&self) -> Order {
        self.order.first().copied().unwrap_or(Order::Sla)
    }
}

/// # Errors
/// With the first setting that cannot be used.
pub fn check(queue: &Queue) -> Result<(), Problem> {
    use Order::{Age, Newest, Risk, Sla};
    match queue.order.as_slice() {
        [Sla] | [Sla, Age] | [Sla, Age, Risk] | [Age] | [Risk] | [Risk, Age] | [Newest] => {}
        _ => {
            let what = "must be [\"sla\", \"age\", \"risk\"], [\"age\"], [\"risk\", \"age\"] or [\"newest\"]: \
                        in these orders rows are found without sorting all of them";
            return Err(("queue.order", what.to_owned()).into());
        }
    }
    for view in &queue.views {
        if view.name.trim().is_empty() {
            return Err(("queue.views", "a view needs a name".to_owned()).into());
        }
        let filter = parse(&view.filter, view.list)
            .map_err(|why| ("queue.views", format!("the filter of a view: {}", why.why)))?;
        if filter.list.is_some_and(|list| list != view.list) {
            let what = "a filter with in: belongs into a view of that list".to_owned();
            return Err(("queue.views", what).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::config::parse;

    #[test]
    fn orders_and_views_are_checked() {
        let table = [
            ("order = [\"age\"]", None),
            ("order = []", Some("c.toml:2:1: queue.order: must be")),
            ("order = [\"age\", \"sla\"]", Some("c.toml:2:1: queue.order: must be")),
            ("views = [{ name = \"a\", filter = \"late:yes\" }]", None),
            ("views = [{ name = \"a\", list = \"cases\", filter = \"assignee:me\" }]", None),
            (
                "views = [{ name = \"a\", filter = \"assignee:me\" }]",
                Some("c.toml:2:1: queue.views: the filter of a view: no field assignee"),
            ),
            ("views = [{ name = \" \", filter = \"\" }]", Some("c.toml:2:1: queue.views: a view")),
        ];
        for (line, expected) in table {
            let read = parse(&format!("[queue]\n{line}\n"), "c.toml");
            match (read, expected) {
                (Ok(_), None) => {}
                (Err(why), Some(expected)) => {
                    assert!(why.to_string().starts_with(expected), "{why}");
                }
                (read, expected) => panic!("{line}: {read:?} and not {expected:?}"),
            }
        }
    }
}
