//! Photos and other files of an inquiry: fetched when somebody looks at them, into memory only, and
//! handed off to where they can be seen in full. Links to them are kept for the inquiry that is open
//! and for nothing else; where one does not open any more, its object is read again, once.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::{Desk, Note, StoreError};
use crate::{
    model::{FileRef, Holder, InquiryId, Lane, Subject},
    persona::{
        Error as PersonaError, ErrorKind, documents,
        files::{FileLink, LinkedFiles},
        verifications,
    },
    secret::Secret,
};

/// The largest file that is read: the photo of a telephone is a tenth of it.
pub const MOST_FILE_BYTES: usize = 20 * 1024 * 1024;

/// Links of one inquiry's objects. They are secrets, and open their files for some hours.
#[derive(Default)]
pub(super) struct Links {
    inquiry: Option<InquiryId>,
    of: HashMap<Holder, LinkedFiles>,
}

/// Why a file could not be had. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoFile {
    #[error(transparent)]
    Persona(#[from] PersonaError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("Persona has this file no more: R reads the item anew")]
    Gone,
    #[error("a link that was just made does not open this file{}", status(.0))]
    Closed(Option<u16>),
    #[error("this file is larger than {} MiB, the most that is fetched here", MOST_FILE_BYTES >> 20)]
    TooLarge,
}

fn status(status: &Option<u16>) -> String {
    status.map_or(String::new(), |status| format!(" ({status})"))
}

impl Desk {
    /// A file's bytes.
    ///
    /// # Errors
    /// If Persona or the file's host does not give it, or it is too large.
    pub async fn file(
        &self,
        inquiry: &InquiryId,
        file: &FileRef,
    ) -> Result<Zeroizing<Vec<u8>>, NoFile> {
        let (link, fresh) = self.link(inquiry, file).await?;
        let why = match self.download(&link).await {
            Ok(bytes) => return Ok(bytes),
            Err(why) if fresh || !is_closed(&why) => why,
            Err(_) => {
                self.forget(&file.holder).await;
                let (link, _) = self.link(inquiry, file).await?;
                match self.download(&link).await {
                    Ok(bytes) => return Ok(bytes),
                    Err(why) => why,
                }
            }
        };
        Err(match why.kind() {
            // It would be read if it were smaller.
            ErrorKind::Unreadable { .. } => NoFile::TooLarge,
            _ if is_closed(&why) => {
                self.forget(&file.holder).await;
                NoFile::Closed(why.status())
            }
            _ => NoFile::Persona(why),
        })
    }

    async fn download(&self, link: &FileLink) -> Result<Zeroizing<Vec<u8>>, PersonaError> {
        let file = self.client.download(link, MOST_FILE_BYTES, Lane::Front).await?;
        Ok(file.bytes.into())
    }

    /// A new link to a file, for whoever wants to see it elsewhere. The journal says so before
    /// anybody has it.
    ///
    /// # Errors
    /// If Persona does not give one, or the journal cannot be written.
    pub async fn hand_off(
        &self,
        inquiry: &InquiryId,
        file: &FileRef,
    ) -> Result<Secret<String>, NoFile> {
        self.forget(&file.holder).await;
        let (link, _) = self.link(inquiry, file).await?;
        let subject = Subject::Inquiry(inquiry.clone());
        self.journal(Note::HandedOff { subject, file: file.clone() }).await?;
        Ok(Secret::new(link.expose().to_owned()))
    }

    /// Lets go of all links.
    pub async fn forget_links(&self) {
        *self.links.lock().await = Links::default();
    }

    async fn forget(&self, holder: &Holder) {
        self.links.lock().await.of.remove(holder);
    }

    /// The link that is known, or a fresh one: true. Whoever waits for the same object meanwhile
    /// gets what is read now.
    async fn link(&self, inquiry: &InquiryId, file: &FileRef) -> Result<(FileLink, bool), NoFile> {
        let mut links = self.links.lock().await;
        if links.inquiry.as_ref() != Some(inquiry) {
            *links = Links { inquiry: Some(inquiry.clone()), of: HashMap::new() };
        }
        let known = links.of.get(&file.holder).and_then(|known| file.among(&known.0));
        if let Some((_, link)) = known {
            return Ok((link.clone(), false));
        }
        let read = match &file.holder {
            Holder::Verification(id) => {
                let files = verifications::Files { id: id.clone() };
                self.client.read(&files, Lane::Front).await?
            }
            Holder::Document(id) => {
                let files = documents::Files { id: id.clone() };
                self.client.read(&files, Lane::Front).await?
            }
        };
        let link = file.among(&read.0).map(|(_, link)| link.clone());
        links.of.insert(file.holder.clone(), read);
        link.map(|link| (link, true)).ok_or(NoFile::Gone)
    }
}

/// Whether the file's host does not take the link, which may be old.
fn is_closed(why: &PersonaError) -> bool {
    matches!(why.status(), Some(401 | 403 | 404 | 410))
}
