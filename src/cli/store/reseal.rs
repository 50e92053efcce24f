//! `caseload store seal` and `unseal`: the whole local copy written anew.

use std::cell::Cell;

use serde_json::json;

use super::Place;
use crate::{
    cli::{
        exit::Exit,
        output::{self, Format},
    },
    store::{Goal, Reseal, Resealed},
};

/// Fewer rows are written before anybody wonders.
const MANY: u64 = 20_000;

pub async fn run(goal: Goal, place: &Place, format: Format) -> anyhow::Result<Exit> {
    let Some(key) = &place.copy.field_key else {
        return Err(Exit::Usage.told(
            "no field key is configured: caseload store new-key FILE makes one, and \
             store.field_key_file names it",
        ));
    };
    place.must_be_there()?;
    let (who, clock) = (&place.reviewer, &place.clock);
    let reseal = Reseal { path: &place.copy.file, key, goal, who, clock };
    let tenths = Cell::new(0);
    let done = reseal.run(|seen, all| {
        let now = seen * 10 / all.max(1);
        if all >= MANY && tenths.replace(now) < now {
            output::note(format!("{seen} of {all} rows"));
        }
    });
    let rows = match done.await? {
        Resealed::Done(rows) => rows,
        Resealed::AlreadySo => 0,
    };
    let state = match goal {
        Goal::Sealed => "sealed",
        Goal::Clear => "clear",
    };
    if goal == Goal::Clear {
        output::note("take the field key out of the configuration, or the next start asks for it");
    }
    let told = json!({ "kind": "seal", "state": state, "rows": rows });
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}
