//! Which inquiry templates the organisation has, and what each verifies.

/// A template of inquiries.
pub struct Template {
    pub id: &'static str,
    /// Its published version.
    pub version: &'static str,
    pub name: &'static str,
    /// Kinds of verification that every inquiry goes through, in order.
    pub kinds: &'static [&'static str],
    /// One of these besides, if there are any.
    pub choice: &'static [&'static str],
    /// Of a hundred inquiries about so many are made from it.
    pub share: u8,
}

/// Together they verify every kind that Persona has.
pub const TEMPLATES: [Template; 8] = [
    Template {
        id: "itmpl_GovernmentIdAndSelfie001",
        version: "itmplv_GovernmentIdAndSelfie01",
        name: "Government ID and selfie",
        kinds: &["government-id", "selfie"],
        choice: &[],
        share: 36,
    },
    Template {
        id: "itmpl_GovernmentIdOnly00000002",
        version: "itmplv_GovernmentIdOnly000002",
        name: "Government ID",
        kinds: &["government-id"],
        choice: &[],
        share: 14,
    },
    Template {
        id: "itmpl_DatabaseOnly000000000003",
        version: "itmplv_DatabaseOnly0000000003",
        name: "Database",
        kinds: &["database"],
        choice: &[],
        share: 12,
    },
    Template {
        id: "itmpl_KnowYourCustomer00000004",
        version: "itmplv_KnowYourCustomer000004",
        name: "Know your customer, complete",
        kinds: &["government-id", "selfie", "database", "email-address", "phone-number"],
        choice: &[],
        share: 12,
    },
    Template {
        id: "itmpl_ProofOfAddress0000000005",
        version: "itmplv_ProofOfAddress00000005",
        name: "Proof of address",
        kinds: &["document"],
        choice: &["bank-pennydrop", "credit-card", "phone-number", "database-standard"],
        share: 9,
    },
    Template {
        id: "itmpl_KnowYourBusiness0000006",
        version: "itmplv_KnowYourBusiness000006",
        name: "Know your business",
        kinds: &["database-business", "business-website"],
        choice: &[
            "brand-asset",
            "database-business-footprint",
            "database-tin",
            "database-vat-number",
        ],
        share: 7,
    },
    Template {
        id: "itmpl_Registers00000000000007",
        version: "itmplv_Registers0000000000007",
        name: "Registers and chips",
        kinds: &["phone-number"],
        choice: &[
            "aamva",
            "certificate-korea",
            "database-aadhaar",
            "database-ecbsv",
            "database-phone-carrier",
            "database-serpro",
            "government-id-nfc",
            "jp-my-number-nfc-scan",
            "mdoc",
            "persona-fff-inquiry",
            "phone-number-silent-network-authentication",
            "qes-infocert",
            "verifiable-credential",
        ],
        share: 5,
    },
    Template {
        id: "itmpl_DigitalIdentity00000008",
        version: "itmplv_DigitalIdentity0000008",
        name: "Digital identity",
        kinds: &["email-address"],
        choice: &[
            "digital-id-connect-id",
            "digital-id-e-do-app",
            "digital-id-finnish-trust-network",
            "digital-id-france-identite",
            "digital-id-generic",
            "digital-id-idin",
            "digital-id-its-me",
            "digital-id-kcb-credit-card",
            "digital-id-mit-id",
            "digital-id-one-id",
            "digital-id-philsys",
            "digital-id-serpro",
            "digital-id-singpass",
            "digital-id-swedish-bank-id",
            "digital-id-uk-sharecode",
            "digital-id-world-id",
        ],
        share: 5,
    },
];

/// Firms come through this one.
pub const BUSINESS: usize = 5;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn shares_are_a_hundred_and_kinds_are_forty_four() {
        assert_eq!(TEMPLATES.iter().map(|template| u32::from(template.share)).sum::<u32>(), 100);
        let kinds =
            TEMPLATES.iter().flat_map(|template| template.kinds.iter().chain(template.choice));
        assert_eq!(kinds.collect::<HashSet<_>>().len(), 44);
        assert_eq!(TEMPLATES[BUSINESS].name, "Know your business");
    }
}
