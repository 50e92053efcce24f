//! `caseload store new-key`: 32 random bytes in a private file.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use crate::{
    cli::{
        exit::Exit,
        output::{self, Format},
        private,
    },
    config::private_folder,
    secret::FieldKey,
};

pub fn make(path: &Path, format: Format) -> anyhow::Result<Exit> {
    private::free(path)?;
    let words = || format!("{} cannot be written", path.display());
    private_folder(private::folder_of(path)).with_context(words)?;
    let digits = FieldKey::random().context("there are no random numbers")?.digits();
    let file = private::File::begin(path).with_context(words)?;
    let file = file.with(digits.expose().as_bytes()).and_then(|file| file.with(b"\n"));
    file.and_then(private::File::keep).with_context(words)?;
    output::note(
        "name it as store.field_key_file, and keep a copy elsewhere: without the key nothing \
         that is sealed with it opens again",
    );
    let told = json!({ "kind": "field-key", "file": path });
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}
