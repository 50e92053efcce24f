//! Evidence that is asked for when its tab is opened.

use super::{Effect, State};
use crate::{
    model::{InquiryId, Subject},
    tui::{
        detail::Loaded,
        msg::Answer,
        state::{Detail, Pane, Tab},
    },
};

/// What the open tab lacks.
pub fn wanted(state: &mut State) -> Vec<Effect> {
    let Some(detail) = &mut state.detail else { return Vec::new() };
    let Subject::Inquiry(id) = detail.subject.clone() else { return Vec::new() };
    match detail.tab {
        Tab::Timeline if detail.events.is_wanted() => {
            detail.events = Loaded::Asking;
            vec![Effect::LoadEvents(id)]
        }
        Tab::Raw if detail.raw.body.is_wanted() => {
            detail.raw.body = Loaded::Asking;
            vec![Effect::LoadRaw(id)]
        }
        _ => Vec::new(),
    }
}

/// The item below the cursor, if its evidence has not come along yet: asked for once a version,
/// before somebody wants it.
pub fn ahead(state: &mut State) -> Option<Effect> {
    let (subject, version) = match state.list_pane() {
        Pane::Inquiries => {
            let row = state.inquiries.at(state.inquiries.cursor + 1).filter(|row| !row.hydrated)?;
            (Subject::Inquiry(row.id.clone()), row.updated_at)
        }
        Pane::Cases => {
            let row = state.cases.at(state.cases.cursor + 1)?;
            (Subject::Case(row.id.clone()), None)
        }
        Pane::Relations | Pane::Detail => return None,
    };
    let is_new = state.ahead.insert((subject.clone(), version));
    is_new.then_some(Effect::FetchAhead(subject))
}

/// Lets go of what was loaded: it may be old.
pub fn forget(detail: &mut Detail) {
    detail.events.forget();
    detail.raw.body.forget();
}

/// Puts an answer in its place, if the item is still the one.
pub fn came<T>(
    state: &mut State,
    id: InquiryId,
    answer: Answer<T>,
    place: impl Fn(&mut Detail) -> &mut Loaded<T>,
) -> Vec<Effect> {
    let subject = Subject::Inquiry(id);
    if let Some(detail) = state.detail.as_mut().filter(|detail| detail.subject == subject) {
        *place(detail) = answer.into();
    }
    super::clamp_scroll(state);
    Vec::new()
}
