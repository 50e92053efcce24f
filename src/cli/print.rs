//! `caseload print`: what the dashboard prints of an object, as a PDF in a file.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{exit::Exit, output, private, session::Session};
use crate::{
    model::{InquiryId, ReportId, VerificationId, id::InvalidId},
    persona::print::Print,
};

#[derive(Debug, Args)]
pub struct Asked {
    /// An inquiry (inq_…), a verification (ver_…) or a report (rep_…).
    #[arg(value_name = "ID", value_parser = printable)]
    what: Print,
    /// Where to put the PDF. It is made readable for you alone, and nothing is overwritten.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

fn printable(raw: &str) -> Result<Print, String> {
    let words = |why: InvalidId| why.to_string();
    match raw.split_once('_').map(|(prefix, _)| prefix) {
        Some("inq") => InquiryId::new(raw).map(Print::Inquiry).map_err(words),
        Some("ver") => VerificationId::new(raw).map(Print::Verification).map_err(words),
        Some("rep") => ReportId::new(raw).map(Print::Report).map_err(words),
        _ => Err("an id of an inquiry (inq_…), a verification (ver_…) or a report (rep_…)".into()),
    }
}

pub async fn run(asked: Asked, session: &Session) -> anyhow::Result<Exit> {
    // Before Persona is asked for minutes of work, and before the journal says that it was.
    private::free(&asked.file)?;
    let printed = session.desk().print(&asked.what).await?;
    let file = asked.file.display();
    let save = || private::File::begin(&asked.file)?.with(&printed.bytes)?.keep();
    save().with_context(|| format!("{file} cannot be written"))?;
    output::note(format!("{file}: {} bytes", printed.bytes.len()));
    Ok(Exit::Done)
}
