//! The statuses of cases: which one can be set to, and what each means. Persona does not list them;
//! they are configured, seen on other cases, or told by the template as what ends a case.

use std::collections::BTreeMap;

use super::{CaseFile, Desk, KnownStatus, StoreError};
use crate::model::{Case, CaseId, StatusKind, Text, case};

/// Configured case statuses, by template id or by the prefix of the case's name (`KYC`).
#[derive(Debug, Clone, Default)]
pub struct CaseStatuses {
    pub by_template: BTreeMap<String, Vec<KnownStatus>>,
    /// Where nothing else is known.
    pub default: Vec<KnownStatus>,
}

impl CaseStatuses {
    /// Those of a case's template, if they are configured.
    fn of(&self, case: &Case) -> Option<&Vec<KnownStatus>> {
        case.keys().find_map(|key| self.by_template.get(key))
    }
}

impl Desk {
    pub async fn case(&self, id: &CaseId) -> Result<Option<CaseFile>, StoreError> {
        let answer = self.case_now(id).await;
        match self.store.is_shared() {
            true => self.held.cases.or_held(id, answer),
            false => answer,
        }
    }

    async fn case_now(&self, id: &CaseId) -> Result<Option<CaseFile>, StoreError> {
        let Some(mut file) = self.store.case(id).await? else { return Ok(None) };
        let configured = self.case_statuses.of(&file.case).unwrap_or(&self.case_statuses.default);
        if let Some(known) = find(configured, &file.case.status)
            && file.kind == StatusKind::Unknown
        {
            file.kind = known.kind;
        }
        Ok(Some(file))
    }

    /// The statuses a case can be set to: configured ones in their order, then those seen on
    /// other cases of its template, then those that its template says end it.
    pub async fn case_statuses(&self, id: &CaseId) -> Result<Vec<KnownStatus>, StoreError> {
        let Some(file) = self.store.case(id).await? else { return Ok(Vec::new()) };
        let seen = self.store.case_statuses(file.case.template.as_ref()).await?;
        let ends = file.exhibits.template.as_ref().map_or(&[][..], |known| &known.resolutions);
        let end = |name: &Text| KnownStatus { name: name.clone(), kind: StatusKind::End };
        let mut known = match self.case_statuses.of(&file.case) {
            Some(configured) => configured.clone(),
            None if seen.len() < 2 => self.case_statuses.default.clone(),
            None => Vec::new(),
        };
        for status in seen.into_iter().chain(ends.iter().map(end)) {
            match known.iter_mut().find(|known| case::is_same_status(&known.name, &status.name)) {
                None => known.push(status),
                // What is known from elsewhere fills a gap and contradicts nothing.
                Some(known) if known.kind == StatusKind::Unknown => known.kind = status.kind,
                Some(_) => {}
            }
        }
        Ok(known)
    }
}

fn find<'a>(known: &'a [KnownStatus], name: &Text) -> Option<&'a KnownStatus> {
    known.iter().find(|known| case::is_same_status(&known.name, name))
}
