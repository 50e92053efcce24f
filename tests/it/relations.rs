//! Relations by their configured mapping: columns for what is mapped, the rest raw and reported.

use caseload::{
    config::{self, Mask},
    desk::Mappings,
    model::{Account, AccountId, Batch, Relation, Relations, Text},
    store::Store,
};

use crate::story::{Beginning, Story};

/// Mappings as the configuration spells them.
fn mappings(text: &str) -> Mappings {
    let config = config::parse(&format!("[relations]\n{text}"), "c.toml").unwrap();
    let mut mappings = Mappings::default();
    for (account_type, keys) in &config.relations.mapping {
        for (key, meaning) in keys {
            mappings.add(account_type, key, meaning.mapping());
        }
    }
    mappings
}

fn account(id: &str, fields: &[(&str, &str)]) -> Relation {
    let field = |(name, value): &(&str, &str)| serde_json::json!({ "name": name, "value": value });
    let json = serde_json::json!({
        "id": id, "type_name": "Partner", "status": "active", "tags": [],
        "fields": fields.iter().map(field).collect::<Vec<_>>(),
    });
    let account: Account = serde_json::from_value(json).unwrap();
    Relation::Account(account)
}

/// A console on the first inquiry whose account has these relations under `partners`.
async fn with_partners(beginning: Beginning, targets: Vec<Relation>) -> Story {
    let story = Story::begin_with(beginning).await;
    let inquiry = story.simulator.object(&story.first_in_queue()).unwrap();
    let source = inquiry["relationships"]["account"]["data"]["id"].as_str().unwrap().to_owned();
    let source = AccountId::new(&source).unwrap();
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, story.clock.clone()).await.unwrap();
    let relations = Relations { source, key: Text::new("partners"), targets, more: false };
    store.apply(Batch { relations: vec![relations], ..Batch::default() }).await.unwrap();
    story
}

fn partners() -> Vec<Relation> {
    vec![
        account(
            "act_small",
            &[("nameFirst", "Ada"), ("roleTitle", "director"), ("Holding.Share", "12,5 %")],
        ),
        account(
            "act_large",
            &[("name_first", "Bo"), ("role-title", "founder"), ("holding.share", "60")],
        ),
    ]
}

const PARTNERS: &str = r#"mapping."*".Partners = { role = "role_title", share = "holding.share" }"#;

#[tokio::test]
async fn mapped_relations_have_columns_the_largest_share_first() {
    for size in [(120, 40), (80, 24)] {
        let beginning = Beginning { size, mappings: mappings(PARTNERS), ..Beginning::default() };
        let mut story = with_partners(beginning, partners()).await;
        story.press("rG").await.sees("partners 2").sees("12.5 %").lacks("Ada");
        let screen = story.screen();
        let line = |word: &str| screen.lines().find(|line| line.contains(word)).unwrap();
        let (large, small) = (line("founder"), line("director"));
        assert!(large.contains("B•") && large.contains("60 % active"), "{large}");
        assert!(small.contains("A•") && small.contains("12.5 % active"), "{small}");
        let column = |line: &str| line.find(" %").map(|at| line[..at].chars().count());
        assert_eq!(column(large), column(small), "shares stand under each other:\n{screen}");
        assert!(screen.find("founder") < screen.find("director"), "{screen}");
    }
}

#[tokio::test]
async fn what_is_not_mapped_is_shown_raw_and_masked() {
    let mut story = with_partners(Beginning::default(), partners()).await;
    story.press("rG").await.sees("partners 2").sees("role-title: ••").lacks("founder");
    let shown = Beginning { mask: Mask::Nothing, ..Beginning::default() };
    let mut story = with_partners(shown, partners()).await;
    story.press("rG").await.sees("Ada").sees("role-title: founder · holding.share: 60");
}

#[tokio::test]
async fn data_that_does_not_fit_its_mapping_is_shown_raw_and_reported() {
    let unfitting = account("act_odd", &[("name_first", "Cy"), ("holding.share", "most of it")]);
    let text = format!("{PARTNERS}\nmapping.Individual.business = {{ role = \"no_such_field\" }}");
    let beginning = Beginning { mappings: mappings(&text), ..Beginning::default() };
    let mut story = with_partners(beginning, vec![unfitting]).await;
    story.press("rG").await.sees("C•").sees("holding.share: •• • •");
    story.press(":mismatches<enter>").await.sees("relation Individual/business");
    story.sees("fields.no_such_field").sees("expected a role, found missing");
    story.sees("relation Individual/beneficial_owners").sees("expected a mapping");
}
