//! Relations from a script, by their mapping.

use super::Office;

#[test]
fn a_mapping_gives_fields_their_meaning_and_what_has_none_is_told_raw() {
    let office = Office::open();
    let keys = "[relations]\nkeys = [\"business\"]\n";
    office.configure(keys);
    let account = office.account_of(&office.waiting());
    let under = ["relations", &account, "--key", "business"];
    let raw = office.ask(&under).ends(0).json();
    assert!(!raw.is_empty() && raw.iter().all(|row| row["role"].is_null()), "{raw:#?}");
    let fields = raw[0]["fields"].as_array().expect("what has no meaning");
    assert!(!fields.is_empty() && raw[0]["masked"] == true, "{raw:#?}");
    // Every account has a status of its own, whatever else the world gives it.
    office.configure(&format!("{keys}mapping.\"*\".Business = {{ role = \"accountStatus\" }}\n"));
    let mapped = office.ask(&under).ends(0).json();
    assert_eq!(mapped[0]["role"], mapped[0]["status"], "{mapped:#?}");
    assert!(mapped[0]["role"].is_string() && mapped[0]["fields"].as_array().unwrap().is_empty());
}
