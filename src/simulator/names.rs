//! Which names the made-up people bear: plainly synthetic ones, by script, and a few hostile ones.

/// First and last names of one script, so that a person's two names belong together.
pub struct Script {
    pub first: &'static [&'static str],
    pub last: &'static [&'static str],
    pub countries: &'static [&'static str],
}

/// Latin comes first: every second person is written in it.
pub const SCRIPTS: &[Script] = &[
    // Latin.
    Script {
        first: &[
            "Ada",
            "Boris",
            "Chinwe",
            "Dilnoza",
            "Farah",
            "Haruka",
            "Kwame",
            "Mei",
            "Nils",
            "Oluwaseun",
            "Priya",
            "Quentin",
            "Rania",
            "Thandiwe",
            "Uma",
            "Vijay",
            "Wanjiru",
            "Ximena",
            "Yusuf",
            "Q",
        ],
        last: &[
            "Sample",
            "Testov",
            "Muster",
            "Exempel",
            "Placeholder",
            "Ejemplo",
            "O'Specimen",
            "Van der Test",
            "Sample-Demo",
            "X",
        ],
        countries: &["US", "DE", "GB", "NG", "BR", "KE", "NL"],
    },
    // Latin with diacritics; the last of each row is written with combining marks.
    Script {
        first: &[
            "Élodie",
            "Inés",
            "Jürgen",
            "Łucja",
            "Søren",
            "Zoë",
            "Þóra",
            "Ümit",
            "Nguye\u{302}\u{303}n",
        ],
        last: &["Prøve", "Próbka", "Örneksoy", "Příkladová", "Mẫu", "Mu\u{308}ster\u{301}"],
        countries: &["FR", "PL", "DK", "IS", "TR", "CZ", "VN"],
    },
    // Cyrillic.
    Script {
        first: &["Дмитрий", "Оксана", "Жељко", "Їжак"],
        last: &["Образец", "Зразок", "Пример"],
        countries: &["UA", "BG", "RS", "KZ"],
    },
    // Greek.
    Script {
        first: &["Νίκος", "Ελένη", "Οδυσσέας"],
        last: &["Υπόδειγμα", "Δοκιμαστής"],
        countries: &["GR", "CY"],
    },
    // Arabic, right to left.
    Script {
        first: &["محمد", "ليلى", "عَبْدُ الرَّحْمٰن"],
        last: &["النموذج", "المثال"],
        countries: &["AE", "EG", "JO"],
    },
    // Hebrew, right to left.
    Script {
        first: &["עדי", "נֹעַם"], last: &["דוגמה", "בדיקה"], countries: &["IL"]
    },
    // Devanagari.
    Script {
        first: &["प्रिया", "कृष्ण", "श्रीनिवास"],
        last: &["नमूना", "उदाहरण"],
        countries: &["IN", "NP"],
    },
    // Thai, which is written without spaces.
    Script {
        first: &["สมชาย", "น้ำผึ้ง"], last: &["ตัวอย่าง", "ทดสอบ"], countries: &["TH"]
    },
    // Han.
    Script {
        first: &["美玲", "小明", "\u{20BB7}郎"],
        last: &["样本", "範例", "測試"],
        countries: &["SG", "TW", "HK"],
    },
    // Hangul; the last is written in single letters.
    Script {
        first: &["서연", "도윤", "\u{1112}\u{1161}\u{11AB}"],
        last: &["견본", "예시"],
        countries: &["KR"],
    },
    // Kana, one in half width.
    Script {
        first: &["はるか", "サクラ", "ﾊﾙｶ"], last: &["テスト", "みほん"], countries: &["JP"]
    },
    // Emoji: one of several code points joined, one with a tone of skin.
    Script {
        first: &["Ada 🦊", "👩\u{200D}🚀", "Zed 👍🏽"],
        last: &["Sample", "🏳\u{FE0F}\u{200D}🌈 Muster"],
        countries: &["US", "CA"],
    },
];

/// Scripts that fewer people here write, and what is hard to draw: conjuncts, letters that join, stacks,
/// flags, keycaps, one wide letter, one word without end.
pub const RARE: &[&str] = &[
    "অনন্যা নমুনা",
    "தமிழ்ச்செல்வி மாதிரி",
    "ಶ್ರೀನಿವಾಸ ಮಾದರಿ",
    "శ్రీలక్ష్మి నమూనా",
    "മുഹമ്മദ് മാതൃക",
    "සුනිල් නියැදිය",
    "ཚེ་རིང་ བསྒྲུབས",
    "သန္တာ နမူနာ",
    "សុភា គំរូ",
    "ສົມພອນ ຕົວຢ່າງ",
    "Անի Նմուշյան",
    "ნინო ნიმუში",
    "አበበ ናሙና",
    "ᠪᠠᠲᠤ",
    "ⵜⴰⵎⴳⴰ ⴰⵎⴷⵢⴰ",
    "ᏣᎳᎩ",
    "سلام الأمثلة ١٢",
    "یوسف نمونه‌ای",
    "יוסף דוגמה 3",
    "D'Arcy-O’Neill",
    "de la Cruz y Santos-Fernández von Beispiel zu Musterhausen",
    "🇩🇪 Muster",
    "1\u{fe0f}\u{20e3} Sample",
    "龘",
    "ﷺ",
    "Wolfeschlegelsteinhausenbergerdorff",
];

/// Names that try to do something to whoever shows, stores or exports them.
pub const HOSTILE: &[&str] = &[
    // Escape sequences of terminals: colour, clearing, a title, the clipboard, a link, one byte CSI.
    "\u{1b}[31mRed\u{1b}[0m",
    "\u{1b}[2J\u{1b}[HCleared",
    "\u{1b}]0;Title taken\u{7}",
    "\u{1b}]52;c;c2FtcGxl\u{7}",
    "\u{1b}]8;;https://example.test\u{1b}\\Link\u{1b}]8;;\u{1b}\\",
    "\u{9b}5mBlink",
    // Control characters.
    "Two\nLines",
    "Carriage\rReturn",
    "Tab\tStop",
    "Back\u{8}\u{8}\u{8}space",
    "Nul\u{0}Byte",
    // Directions, joiners and what has no width.
    "\u{202e}elpmaS",
    "\u{2066}Isolated",
    "Zero\u{200d}\u{200b}Width",
    "\u{feff}Marked",
    "Za\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}lgo",
    // Formulas of spreadsheets.
    "=1+1",
    "+SUM(A1:A9)",
    "-2+3",
    "@SUM(1)",
    "Comma, \"Quote\"",
    // Snippets of other languages.
    "Robert'); DROP TABLE samples;--",
    "<script>alert(1)</script>",
    "{\"name\":\"Nested\"}",
    "${HOME}$(true)`true`",
    "../../sample",
    "%s%n{}{0}",
    "null",
];

pub const FIRMS: &[&str] = &[
    "Sample Trading",
    "Demo Logistics",
    "Placeholder Foods",
    "Specimen Metals",
    "Example Media",
    "Fictive Energy",
    "Muster Maschinen",
    "Ejemplo Textiles",
    "見本商事",
    "Образец Металл",
];

pub const CITIES: &[&str] = &[
    "Sampleton",
    "Musterstadt",
    "Villa Ejemplo",
    "Testborough",
    "見本市",
    "Próbkowo",
    "Образцово",
];

pub const STREETS: &[&str] =
    &["Example Street", "Musterstraße", "Rue de l'Exemple", "Calle Ficticia", "見本通り"];
