//! The photos and other files of an inquiry, in the order in which a reviewer looks at them: the
//! document's front, the portrait on it, the selfie from the centre, left and right, the back, the
//! rest. What was handed in last comes before earlier attempts. Pure.

use jiff::Timestamp;

use super::{Detail, Document, DocumentId, File, Text, Verification, VerificationId, field};

/// Which object has a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    Verification(VerificationId),
    Document(DocumentId),
}

impl Holder {
    pub fn id(&self) -> &str {
        match self {
            Self::Verification(id) => id.as_str(),
            Self::Document(id) => id.as_str(),
        }
    }
}

/// Names a file without its link, which lasts some hours only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileRef {
    pub holder: Holder,
    /// The attribute it comes under, and its page: `photo-urls.front`.
    pub part: Text,
    /// Of those that come under it, from 0.
    pub nth: usize,
}

impl FileRef {
    /// The file's place among those of its holder, in wire order.
    pub fn among<'a, T: 'a>(
        &self,
        files: impl IntoIterator<Item = &'a (File, T)>,
    ) -> Option<&'a (File, T)> {
        files.into_iter().filter(|(file, _)| file.part == self.part).nth(self.nth)
    }
}

/// What a file shows, as far as its place says so. The order of the variants is the reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    Front,
    Portrait,
    Selfie,
    SelfieLeft,
    SelfieRight,
    Back,
    Page,
    Video,
}

impl Shows {
    pub fn words(self) -> &'static str {
        match self {
            Self::Front => "document front",
            Self::Portrait => "portrait on the document",
            Self::Selfie => "selfie",
            Self::SelfieLeft => "selfie, left",
            Self::SelfieRight => "selfie, right",
            Self::Back => "document back",
            Self::Page => "document",
            Self::Video => "video",
        }
    }

    /// Whether it is of the living person, not of a paper.
    pub fn is_selfie(self) -> bool {
        matches!(self, Self::Selfie | Self::SelfieLeft | Self::SelfieRight)
    }

    fn of(kind: &str, part: &Text) -> Self {
        let part = field::normalised(part.as_str());
        let has = |word: &str| part.contains(word);
        match kind {
            _ if has("video") => Self::Video,
            "selfie" if has("left") => Self::SelfieLeft,
            "selfie" if has("right") => Self::SelfieRight,
            "selfie" => Self::Selfie,
            _ if has("selfie") || has("portrait") => Self::Portrait,
            _ if has("front") => Self::Front,
            _ if has("back") => Self::Back,
            _ => Self::Page,
        }
    }
}

/// A photo, or another file, of an inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub file: FileRef,
    pub shows: Shows,
    /// Of its verification or document: `government-id`, `selfie`, …
    pub kind: Text,
    /// How many attempts of its kind came after it.
    pub later: usize,
    pub taken_at: Option<Timestamp>,
    /// `auto`, `manual`, `upload`, …
    pub capture: Option<Text>,
    /// As its applicant named it.
    pub name: Option<Text>,
    /// In bytes.
    pub size: Option<u64>,
}

/// All of them, in reading order. `documents`: those that hang on no verification are looked at.
pub fn photos(verifications: &[Verification], documents: &[Document]) -> Vec<Photo> {
    let mut photos = Vec::new();
    for (at, verification) in verifications.iter().enumerate() {
        let is_later =
            |other: &&Verification| other.kind == verification.kind && !other.files.is_empty();
        // Persona lists attempts in their order; where two have the same time the later one stands later.
        let later = verifications.iter().enumerate().filter(|(nth, other)| {
            is_later(other) && (other.created_at, *nth) > (verification.created_at, at)
        });
        let photo = Photo {
            file: FileRef {
                holder: Holder::Verification(verification.id.clone()),
                part: Text::default(),
                nth: 0,
            },
            shows: Shows::Page,
            kind: verification.kind.clone(),
            later: later.count(),
            taken_at: verification.submitted_at.or(verification.created_at),
            capture: capture(&verification.detail),
            name: None,
            size: None,
        };
        photos.extend(each(&photo, &verification.files));
    }
    let known: Vec<&DocumentId> = verifications.iter().filter_map(document).collect();
    for document in documents.iter().filter(|document| !known.contains(&&document.id)) {
        let photo = Photo {
            file: FileRef {
                holder: Holder::Document(document.id.clone()),
                part: Text::default(),
                nth: 0,
            },
            shows: Shows::Page,
            kind: document.kind.clone(),
            later: 0,
            taken_at: document.processed_at.or(document.created_at),
            capture: None,
            name: None,
            size: None,
        };
        photos.extend(each(&photo, &document.files));
    }
    photos.sort_by_key(|photo| (photo.later, photo.shows));
    photos
}

/// One of each: a photo may come under more than one attribute.
fn each(of: &Photo, files: &[File]) -> Vec<Photo> {
    let mut photos: Vec<Photo> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let shows = Shows::of(of.kind.as_str(), &file.part);
        let is_there = |photo: &Photo| shows != Shows::Page && photo.shows == shows;
        if photos.iter().any(is_there) {
            continue;
        }
        let nth = files[..at].iter().filter(|before| before.part == file.part).count();
        photos.push(Photo {
            file: FileRef { part: file.part.clone(), nth, ..of.file.clone() },
            shows,
            name: file.name.clone(),
            size: file.size,
            ..of.clone()
        });
    }
    photos
}

fn capture(detail: &Detail) -> Option<Text> {
    match detail {
        Detail::GovernmentId(id) => id.capture_method.clone(),
        Detail::Selfie(selfie) => selfie.capture_method.clone(),
        _ => None,
    }
}

/// The document that a verification looked at.
fn document(verification: &Verification) -> Option<&DocumentId> {
    match &verification.detail {
        Detail::GovernmentId(id) => id.document.as_ref(),
        Detail::Document { document, .. } => document.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verification(id: &str, kind: &str, created_at: &str, parts: &[&str]) -> Verification {
        let files: Vec<_> = parts
            .iter()
            .map(|part| serde_json::json!({ "part": part, "name": null, "size": 7 }))
            .collect();
        let json = serde_json::json!({
            "id": id, "kind": kind, "status": "passed", "created_at": created_at,
            "checks": [], "fields": [], "files": files,
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn photos_come_in_the_order_in_which_they_are_looked_at() {
        let id =
            ["front-photo-url", "photo-urls.front", "photo-urls.back", "selfie-photo", "video-url"];
        let selfie = ["photo-urls.left_photo", "photo-urls.center_photo", "right-photo-url"];
        let all = [
            verification("ver_1", "government-id", "2026-03-01T10:00:00Z", &id),
            verification("ver_2", "selfie", "2026-03-01T10:01:00Z", &selfie),
            verification("ver_3", "government-id", "2026-03-01T10:02:00Z", &id[1..3]),
            verification("ver_4", "document", "2026-03-01T10:03:00Z", &["files", "files"]),
            verification("ver_5", "database", "2026-03-01T10:04:00Z", &[]),
        ];
        let document = serde_json::json!({
            "id": "doc_1", "kind": "generic", "status": "processed", "fields": [],
            "files": [{ "part": "files", "name": "a.pdf", "size": null }],
        });
        let found = photos(&all, &[serde_json::from_value(document).unwrap()]);
        let found: Vec<_> = found
            .iter()
            .map(|photo| {
                let file = &photo.file;
                format!("{} {} {}{}", file.holder.id(), photo.shows.words(), file.nth, photo.later)
            })
            .collect();
        let wanted = [
            "ver_3 document front 00",
            "ver_2 selfie 00",
            "ver_2 selfie, left 00",
            "ver_2 selfie, right 00",
            "ver_3 document back 00",
            "ver_4 document 00",
            "ver_4 document 10",
            "doc_1 document 00",
            "ver_1 document front 01",
            "ver_1 portrait on the document 01",
            "ver_1 document back 01",
            "ver_1 video 01",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_file_is_found_again_by_its_part_and_place() {
        let file = |part: &str| File { part: Text::new(part), name: None, size: None };
        let files = [(file("files"), 1), (file("front"), 2), (file("files"), 3)];
        let holder = Holder::Document(DocumentId::new("doc_1").unwrap());
        let wanted = FileRef { holder, part: Text::new("files"), nth: 1 };
        assert_eq!(wanted.among(&files).map(|(_, link)| *link), Some(3));
        assert_eq!(FileRef { nth: 2, ..wanted }.among(&files), None);
    }
}
