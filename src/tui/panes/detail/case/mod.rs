//! A case: its state stays in sight, and below it is what a decision is based on, in the order that
//! a configuration gives.

mod attached;
mod comments;
mod fields;
mod head;

use ratatui::text::Line;

pub use self::head::head;
use super::page::Page;
use crate::{
    config::{CaseLayout, Section},
    desk::CaseFile,
    model::Pii,
    tui::{casework, state::State, theme::Theme},
};

/// What every section is drawn with.
struct Look<'l> {
    state: &'l State,
    width: usize,
    theme: &'l Theme,
}

impl Look<'_> {
    fn write(&self, place: &str, value: &Pii) -> String {
        self.state.values().write(place, value)
    }
}

pub fn fill(page: &mut Page<'_>, file: &CaseFile, state: &State, width: usize, theme: &Theme) {
    let look = Look { state, width, theme };
    page.blank();
    if file.case.redacted_at.is_some() {
        page.push(Line::styled(" redacted: the personal data is gone", theme.warn));
    }
    let asks = state.detail.as_ref().is_some_and(|detail| detail.asking);
    if file.exhibits == Default::default() && !asks {
        let said = "comments, reports and what else is attached were not asked for yet: Enter does";
        page.say(said, theme.warn, width);
    }
    let layout = casework::layout(&state.settings.layouts, &file.case);
    let usual = CaseLayout::default();
    let mut empty = Vec::new();
    for section in layout.unwrap_or(&usual).sections() {
        let before = page.rows.len();
        match section {
            Section::Fields => fields::written(page, file, layout, &look),
            Section::Checklist => fields::checklist(page, file, layout, &look),
            Section::Inquiries => attached::inquiries(page, file, &look),
            Section::Accounts => attached::accounts(page, file, &look),
            Section::Reports => attached::reports(page, file, &look),
            Section::Verifications => attached::verifications(page, file, &look),
            Section::Transactions => attached::transactions(page, file, &look),
            Section::Attachments => attached::files(page, file, &look),
            Section::Comments => comments::fill(page, file, &look),
        }
        if page.rows.len() == before {
            empty.push(title(section).to_lowercase());
        }
    }
    if !empty.is_empty() {
        page.blank();
        page.say(&format!("no {}", empty.join(", ")), theme.dim, width);
    }
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Fields => "Fields",
        Section::Checklist => "Checklist",
        Section::Inquiries => "Inquiries",
        Section::Accounts => "Accounts",
        Section::Reports => "Reports",
        Section::Verifications => "Verifications",
        Section::Transactions => "Transactions",
        Section::Attachments => "Attachments",
        Section::Comments => "Comments",
    }
}

/// A heading with how many there are; says how many of them did not come along.
fn heading(page: &mut Page<'_>, section: Section, (here, all): (usize, usize), look: &Look<'_>) {
    let all = all.max(here);
    let aside = match all - here {
        0 => String::new(),
        missing => format!("{missing} not in the local copy yet"),
    };
    page.heading(&format!("{} {all}", title(section)), &aside, look.theme);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{Terminal, backend::TestBackend};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        desk::KnownStatus,
        model::{Case, CaseId, Evidence, Exhibit, Field, StatusKind, Subject, Text, Verb},
        tui::{
            staged::{Purpose, Staged},
            state::{Detail, File, Overlay, Pane, samples},
            view,
        },
    };

    /// What somebody writes who wants to move the cursor, hide, or break a column.
    fn hostile() -> impl Strategy<Value = String> {
        let spice = prop::sample::select(vec![
            "",
            "\u{1b}[2J\u{1b}]0;x\u{7}",
            "\u{202e}evil",
            "\u{200b}\u{200d}",
            "\n\n",
            "\t",
            "\u{1f469}\u{200d}\u{1f467}",
            "山田太郎",
            "عائشة",
            "é̂̃",
            "a",
            "x y z",
            "yes",
            "no",
        ]);
        (spice, any::<String>(), 0..3_usize).prop_map(|(spice, any, times)| {
            format!("{spice}{any}{}", "wide 幅 ".repeat(times * 200))
        })
    }

    fn id() -> impl Strategy<Value = u32> {
        0..1_000_u32
    }

    /// Pieces of every kind as the store keeps them.
    fn exhibit() -> impl Strategy<Value = Value> {
        let words = || (hostile(), hostile(), hostile());
        let at = prop::option::of(Just("2026-03-02T10:00:00Z"));
        prop_oneof![
            (id(), words(), at.clone()).prop_map(|(id, (message, by, _), at)| json!({ "Comment": {
                "id": format!("cscm_{id}"), "message": message, "by": by, "created_at": at,
                "updated_at": null } })),
            (id(), words(), at.clone()).prop_map(|(id, (a, b, c), at)| json!({ "Transaction": {
                "id": format!("txn_{id}"), "status": a, "reference_id": b, "created_at": at,
                "updated_at": at, "tags": [], "fields": [{ "name": c, "value": a }] } })),
            (id(), words(), any::<u32>()).prop_map(|(id, (kind, status, _), n)| json!({
                "Verification": { "id": format!("ver_{id}"), "kind": kind, "status": status,
                    "inquiry": null, "checks": n, "failed": n } })),
            (id(), words(), any::<Option<bool>>(), at).prop_map(
                |(id, (kind, a, b), hit, at)| json!({
                "Report": { "id": format!("rep_{id}"), "kind": kind, "status": "ready",
                    "has_match": hit, "is_recurring": hit, "completed_at": at, "tags": [],
                    "fields": [{ "name": "related-sources.1.name", "value": a },
                        { "name": "related-sources.1.entity-id", "value": b },
                        { "name": format!("result.{a}.1"), "value": b }] } })
            ),
            (words(), any::<bool>()).prop_map(
                |((key, label, kind), required)| json!({ "Template": {
                "id": "ctmpl_1", "name": label, "status": "active", "resolutions": [kind],
                "fields": [{ "key": key, "label": label, "kind": "boolean", "required": required },
                    { "key": kind, "label": null, "kind": "string", "required": required }] } })
            ),
        ]
    }

    fn file() -> impl Strategy<Value = CaseFile> {
        let at = prop::option::of(Just("2026-03-02T10:00:00Z"));
        let words = prop::collection::vec(hostile(), 8);
        let fields = prop::collection::vec((hostile(), hostile()), 0..6);
        let sorts = prop::collection::vec(exhibit(), 0..6);
        (words, fields, sorts, at, any::<bool>()).prop_map(|(w, fields, exhibits, at, some)| {
            let fields: Vec<Value> = fields
                .iter()
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect();
            let ids = |prefix: &str| if some { vec![format!("{prefix}_1")] } else { Vec::new() };
            let case = json!({ "id": "case_1", "name": some.then_some(&w[0]), "status": w[1],
                "resolution": at.map(|_| &w[2]), "queue": w[3], "assignee": w[4], "creator": w[5],
                "created_at": at, "sla_expires_at": at, "tags": [w[6]], "fields": fields,
                "inquiries": ids("inq"), "accounts": ids("act"), "reports": ids("rep"),
                "attachments": [{ "part": "attachments", "name": w[7], "size": u64::MAX }] });
            let read = |piece: &Value| -> Exhibit {
                serde_json::from_value(piece.clone()).expect("a piece")
            };
            CaseFile {
                case: serde_json::from_value(case).expect("a case"),
                kind: StatusKind::Unknown,
                inquiries: Vec::new(),
                accounts: Vec::new(),
                exhibits: exhibits.iter().map(read).collect(),
                action: None,
            }
        })
    }

    fn drawn(state: &State, size: (u16, u16)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
        terminal.draw(|frame| view::draw(frame, state, &Theme::mono())).unwrap();
        terminal.backend().buffer().content().iter().map(|cell| cell.symbol()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

        #[test]
        fn whatever_a_case_says_it_is_drawn_and_moves_nothing(
            file in file(),
            reveal in any::<bool>(),
            size in (1..140_u16, 1..60_u16),
            cursor in 0..200_usize,
            over in 0..3_u8,
        ) {
            let mut state = samples::reading("needs_review");
            state.size = size;
            let subject = Subject::Case(CaseId::new("case_1").unwrap());
            let status = file.case.status.clone();
            let mut detail = Detail::of(subject.clone(), Pane::Cases);
            detail.file = File::Case(Box::new(file));
            detail.cursor = cursor;
            state.detail = Some(detail);
            if reveal {
                state.settings.mask = crate::config::Mask::Nothing;
            }
            let evidence = Evidence { status: status.clone(), updated_at: None };
            match over {
                1 => state.overlay = Some(Overlay::Statuses {
                    subject, evidence, current: status.clone(), cursor: 0,
                    known: vec![KnownStatus { name: status, kind: StatusKind::End }; 12],
                }),
                2 => {
                    let verb = Verb::SetCaseStatus(status);
                    state.staged = Some(Staged::of(subject, verb, evidence, Purpose::Decide));
                }
                _ => {}
            }
            let screen = drawn(&state, size);
            prop_assert!(!screen.chars().any(char::is_control), "{screen:?}");
            prop_assert!(!screen.contains(['\u{202e}', '\u{200b}', '\u{200d}']), "{screen:?}");
        }
    }

    #[test]
    fn an_empty_case_is_a_few_words() {
        let case: Case = serde_json::from_value(json!({ "id": "case_1", "status": "", "tags": [],
            "inquiries": [], "accounts": [], "fields": [] }))
        .unwrap();
        let file = CaseFile {
            case,
            kind: StatusKind::Unknown,
            inquiries: Vec::new(),
            accounts: Vec::new(),
            exhibits: Default::default(),
            action: None,
        };
        let state = samples::reading("needs_review");
        let mut page = Page::default();
        fill(&mut page, &file, &state, 60, &Theme::mono());
        let text: Vec<String> = page.rows.iter().map(|row| row.line.to_string()).collect();
        assert!(text.len() <= 6, "{text:?}");
        assert!(text.iter().any(|line| line.contains("no fields, checklist")), "{text:?}");
    }

    #[test]
    fn long_values_wrap_within_the_page() {
        let long = "word ".repeat(100);
        let mut file = crate::tui::casework::samples::file(json!([]), &[]);
        file.case.fields =
            vec![Field { name: Text::new("note"), value: crate::model::Pii::new(&long) }];
        let mut state = samples::reading("needs_review");
        state.settings.mask = crate::config::Mask::Nothing;
        let mut page = Page::default();
        fill(&mut page, &file, &state, 50, &Theme::mono());
        assert!(page.rows.iter().all(|row| row.line.width() <= 50));
        assert!(page.rows.iter().filter(|row| row.line.to_string().contains("word")).count() > 10);
    }
}
