//! Which work replaces which: a newer question an older one of its kind, and a deed nothing.

use super::effect::Effect;

/// Work that replaces older work of its kind. Deeds have no slot: each of them is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    Inquiries,
    Cases,
    Glance,
    Mismatches,
    Judgements,
    Views,
    Unfinished,
    Forgotten,
    Explain,
    Ask,
    File,
    Relations,
    Statuses,
    Marks,
    Mark,
    Snoozes,
    Looks,
    Look,
    FindIds,
    Parts,
    Ids,
    Owner,
    Events,
    Raw,
    Refresh,
    Ahead,
    FetchRelations,
    RelationKeys,
    Related,
    DrawPhoto(usize),
}

impl Effect {
    /// None: each of them is done.
    pub fn slot(&self) -> Option<Slot> {
        Some(match self {
            Self::LoadInquiries { .. } => Slot::Inquiries,
            Self::LoadCases { .. } => Slot::Cases,
            Self::LoadGlance => Slot::Glance,
            Self::LoadMismatches => Slot::Mismatches,
            Self::LoadJudgements(_) => Slot::Judgements,
            Self::CountViews(_) => Slot::Views,
            Self::KeepUnfinished(_) => Slot::Unfinished,
            Self::LookForgotten(..) => Slot::Forgotten,
            Self::Explain(..) => Slot::Explain,
            Self::AskPersona(..) => Slot::Ask,
            Self::LoadFile(_) => Slot::File,
            Self::LoadRelations(_) => Slot::Relations,
            Self::LoadStatuses(_) => Slot::Statuses,
            Self::LoadMarks(..) => Slot::Marks,
            Self::Mark(_) => Slot::Mark,
            Self::LoadSnoozes => Slot::Snoozes,
            Self::LoadLooks => Slot::Looks,
            Self::Look(_) => Slot::Look,
            Self::FindIds(..) => Slot::FindIds,
            Self::LoadParts(_) => Slot::Parts,
            Self::LoadIds(_) => Slot::Ids,
            Self::FindOwner(_) => Slot::Owner,
            Self::LoadEvents(_) => Slot::Events,
            Self::LoadRaw(_) => Slot::Raw,
            Self::Refresh(_) => Slot::Refresh,
            Self::FetchAhead(_) => Slot::Ahead,
            Self::FetchRelations(_) => Slot::FetchRelations,
            Self::LoadRelationKeys(_) => Slot::RelationKeys,
            Self::CheckRelated(..) => Slot::Related,
            Self::DrawPhoto { side, .. } => Slot::DrawPhoto(*side),
            _ => return None,
        })
    }

    /// Whether somebody waits for what comes of it.
    pub fn is_awaited(&self) -> bool {
        !matches!(
            self,
            Self::FetchAhead(_)
                | Self::CountViews(_)
                | Self::ForgetLinks
                | Self::Journal(_)
                | Self::LoadLooks
                | Self::LookForgotten(..)
                | Self::Look(_)
        )
    }

    /// Whether it is of no use to anybody when the console is left.
    pub fn is_question(&self) -> bool {
        let asks =
            self.slot().is_some() && !matches!(self, Self::Mark(_) | Self::KeepUnfinished(_));
        // A claim waits for Persona, and nobody who leaves waits for it.
        let claims = matches!(self, Self::Claim(_) | Self::ClaimNext(..) | Self::Release(_));
        asks || claims || matches!(self, Self::FetchPhoto { .. } | Self::ForgetLinks)
    }
}
