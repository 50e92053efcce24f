//! Files of the first world: photos and papers, drawn when somebody reads them.

use super::{
    super::{
        photo::{self, Sheet},
        print,
    },
    Base,
    named::Named,
    plan::Plan,
    verifications::document_kind,
};

impl Base {
    /// A file by its name, `ver_…-front.png`.
    pub fn file(&self, name: &str) -> Option<Sheet> {
        let (owner, rest) = name.split_once('-')?;
        let (page, ending) = rest.split_once('.')?;
        if ending != photo::ending(owner, page) {
            return None;
        }
        let named = self.named(owner)?;
        let account = match named {
            Named::Verification(inquiry, nth) | Named::Document(inquiry, nth) => {
                let (kind, _) = self.attempt(inquiry, nth)?;
                let of_papers = document_kind(kind) == Some("document/generic");
                (of_papers == (page == "statement")).then_some(Plan::account_of(inquiry))?
            }
            Named::Case(waiting) if page == "statement" => {
                Plan::account_of(self.waiting_inquiry(waiting))
            }
            Named::Person(account) if page == "portrait" => account,
            _ => return None,
        };
        match page {
            "statement" => Some(Sheet::Paper(print::page(&photo::statement(owner)))),
            _ => Sheet::photo(owner, page, self.plan.person(account)),
        }
    }
}
