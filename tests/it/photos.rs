//! Photos: fetched when somebody looks, drawn in the terminal, looked at nearer, handed off, and gone
//! when they must not stay.

use caseload::{
    clock::Clock,
    config::{Mask, Photos},
    simulator::Scenario,
    store::Store,
    tui::photo::{Ink, Means, Protocol},
};
use ratatui::buffer::Cell;
use serde_json::Value;

use crate::story::{Beginning, Story};

const LABEL: &str = "half blocks: not fit for fine print";

fn kitty() -> Means {
    Means { protocol: Protocol::Kitty, ink: Ink::True, cell: (10, 20), limit: 64 * 1024 }
}

fn open_items() -> Beginning {
    Beginning { mask: Mask::Lists, inquiries: 120, ..Beginning::default() }
}

/// The files of an inquiry's government id and selfie: their names, of the newest attempts.
fn files(story: &Story, inquiry: &str) -> Option<Vec<String>> {
    let object = story.simulator.object(inquiry)?;
    let verifications = object["relationships"]["verifications"]["data"].as_array()?.clone();
    let named = |kind: &str| {
        let of_kind = verifications.iter().rev().find(|one| one["type"] == kind)?;
        let attributes = &story.simulator.object(of_kind["id"].as_str()?)?["attributes"];
        let pages = attributes["photo-urls"].as_array()?;
        Some(pages.iter().filter_map(|page| page["filename"].as_str().map(str::to_owned)).collect())
    };
    let (mut card, selfie): (Vec<String>, Vec<String>) =
        (named("verification/government-id")?, named("verification/selfie")?);
    card.extend(selfie);
    Some(card)
}

/// An inquiry in review with a government id and a selfie of this ending.
fn with_photos(story: &Story, ending: &str) -> (String, Vec<String>) {
    let waiting = story.simulator.inquiries("needs_review");
    let found = waiting.into_iter().find_map(|id| {
        let files = files(story, &id)?;
        files.iter().all(|file| file.ends_with(ending)).then_some((id, files))
    });
    found.unwrap_or_else(|| panic!("nobody in review handed in {ending} photos"))
}

/// Opens the photos' tab of an inquiry.
async fn go(story: &mut Story, inquiry: &str) {
    story.press(&format!("/{inquiry}<enter><enter>]]")).await;
}

async fn begun(beginning: Beginning) -> (Story, String, Vec<String>) {
    let mut story = Story::begin_with(beginning).await;
    let (id, files) = with_photos(&story, "png");
    go(&mut story, &id).await;
    (story, id, files)
}

fn is_drawn(story: &Story) -> bool {
    story.screen().contains('▀')
}

/// The cells of the viewer between its labels, which tell the time.
fn picture(story: &Story) -> Vec<Cell> {
    let buffer = story.buffer();
    let width = usize::from(buffer.area.width);
    let rows = buffer.content().chunks(width).skip(2).take(usize::from(buffer.area.height) - 4);
    rows.flatten().cloned().collect()
}

/// How often the links of a verification were asked for.
fn links_read(story: &Story) -> usize {
    let requests = story.simulator.requests();
    requests.iter().filter(|request| request.path.contains("/verifications/")).count()
}

async fn journal(story: &Story, what: &str) -> Vec<Value> {
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, Clock::system()).await.unwrap();
    let lines = store.journal_lines().await.unwrap().into_iter();
    let lines = lines.filter_map(|(line, _)| serde_json::from_str::<Value>(&line).ok());
    lines.filter(|line| line["what"] == what).collect()
}

#[tokio::test]
async fn the_card_is_drawn_beside_the_selfie_and_counts_as_seen() {
    let (mut story, id, _) = begun(open_items()).await;
    story
        .sees("document front")
        .sees("selfie")
        .sees("half blocks")
        .sees("kB sent")
        .sees("✓ document front");
    assert!(is_drawn(&story));
    assert_eq!(links_read(&story), 2, "of the card and of the selfie, once each");
    story.press("a").await.sees("not seen:").lacks("photos,").press("<esc>").await;
    story
        .press("<enter>")
        .await
        .sees("photo 1 of")
        .sees(LABEL)
        .sees("hand off")
        .press("<esc>")
        .await;
    story.press("j").await.sees("portrait on the document").sees("✓ portrait");
    assert_eq!(links_read(&story), 2, "the portrait's link is known");
    story.press("h").await.sees("Enter opens the photos");
    assert!(!is_drawn(&story), "nobody reads it now");
    let told = journal(&story, "opened").await;
    assert!(told.iter().any(|line| line["subject"].to_string().contains(&id)));
}

#[tokio::test]
async fn nothing_is_fetched_before_somebody_goes_to_the_photos() {
    let mut story = Story::begin_with(open_items()).await;
    let (id, _) = with_photos(&story, "png");
    story.press(&format!("/{id}<enter><enter>]")).await;
    assert_eq!(links_read(&story), 0);
    story.press("a").await.sees("not seen:").sees("photos").press("<esc>").await;
    story.press("i").await;
    assert_eq!((links_read(&story), is_drawn(&story)), (2, true));
}

#[tokio::test]
async fn a_photo_is_looked_at_nearer_turned_and_moved() {
    let (mut story, ..) = begun(open_items()).await;
    story.press("is").await.sees("hjkl move").lacks("selfie ·");
    let fitted = picture(&story);
    story.press("+").await.sees("150 %").press("+").await.sees("200 %");
    let near = picture(&story);
    story.press("l").await;
    let moved = picture(&story);
    assert!(near != fitted && moved != near);
    story.press("h").await;
    assert!(picture(&story) == near, "back again");
    story.press("hhhhhhkkkkk").await;
    let corner = picture(&story);
    story.press("h").await;
    assert!(picture(&story) == corner, "the edge is the end");
    story.press("-").await.sees("150 %").press("0").await.lacks(" %");
    assert!(picture(&story) == fitted);
    story.press("r").await;
    let turned = picture(&story);
    assert!(turned != fitted);
    story.press("rrr").await;
    assert!(picture(&story) == fitted, "four quarters are a whole");
    story.press("n").await.sees("photo 2 of").sees("portrait on the document");
    story.press("N").await.sees("photo 1 of");
    story.press("<tab>").await.sees("photo 1 of").press("s<tab>n").await.sees("document front");
    story.press("q").await.sees("[Photos");
}

#[tokio::test]
async fn a_telephones_photo_is_shown_upright_in_reduced_size() {
    let mut photo = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut photo, 80);
    // Held upright: a quarter clockwise.
    let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    encoder.add_exif_metadata(exif).unwrap();
    let grey = vec![120; 4_000 * 3_000];
    encoder.encode(&grey, 4_000, 3_000, jpeg_encoder::ColorType::Luma).unwrap();
    let mut story = Story::begin_with(open_items()).await;
    let (id, files) = with_photos(&story, "png");
    story.simulator.put_file(&files[0], photo);
    go(&mut story, &id).await;
    story.press("i").await.sees("3000×4000");
    assert!(is_drawn(&story));
}

#[tokio::test]
async fn photos_are_masked_until_revealed_and_gone_when_that_ends() {
    let beginning = Beginning { means: Some(kitty()), inquiries: 120, ..Beginning::default() };
    let (mut story, ..) = begun(beginning).await;
    story.sees("masked: p shows it");
    assert_eq!(links_read(&story), 0, "nothing is fetched to be hidden");
    story.press("a").await.sees("photos").press("<esc>").await;
    story.press("p").await.lacks("masked: p shows it").sees("kitty graphics");
    assert_eq!((story.hangings().len(), links_read(&story)), (2, 2));
    assert_eq!(journal(&story, "revealed").await.len(), 1);
    story.press("i").await;
    assert_eq!(story.hangings().len(), 2);
    story.sleep(61).await.sees("masked: p shows it");
    assert!(story.hangings().is_empty());
    story.press("p").await;
    assert_eq!((story.hangings().len(), links_read(&story)), (2, 4), "nothing was kept");
    assert_eq!(journal(&story, "revealed").await.len(), 2);
    story.press("p").await;
    assert!(story.hangings().is_empty());
}

#[tokio::test]
async fn a_lock_takes_photos_off_the_screen_at_once() {
    for means in [None, Some(kitty())] {
        let (mut story, ..) = begun(Beginning { means, ..open_items() }).await;
        story.press("i").await;
        assert!(is_drawn(&story) != (story.hangings().len() == 2));
        story.press("`").await.sees("caseload is locked").lacks("document front");
        assert!(!is_drawn(&story) && story.hangings().is_empty());
        let before = links_read(&story);
        story.press("<enter>").await.lacks("hjkl move").sees("document front");
        assert!(links_read(&story) > before, "nothing was kept");
    }
}

#[tokio::test]
async fn graphics_give_way_to_what_lies_over_them() {
    let (mut story, ..) = begun(Beginning { means: Some(kitty()), ..open_items() }).await;
    let shown = story.hangings();
    assert_eq!(shown.len(), 2);
    story.press("?").await;
    assert!(story.hangings().is_empty());
    story.press("<esc>").await;
    assert!(story.hangings() == shown, "the same, not drawn anew");
    story.press("[").await;
    assert!(story.hangings().is_empty());
    story.press("]i").await;
    let wide = story.hangings();
    assert!(wide.len() == 2 && wide[0].area.width > shown[0].area.width);
    story.press("o").await;
    assert!(story.hangings().is_empty());
    story.press("<esc>").await.resize(100, 30).await;
    let all = story.hangings();
    assert!(all.iter().all(|one| one.area.right() <= 100 && one.area.bottom() < 30), "{all:?}");
}

#[tokio::test]
async fn a_photo_is_handed_off_after_a_question_and_a_line_in_the_journal() {
    let (mut story, id, files) = begun(open_items()).await;
    story.press("io").await.sees("anybody who has it").press("<esc>").await;
    assert!(story.copied.is_empty() && journal(&story, "handed off file").await.is_empty());
    story.press("o<enter>").await.sees("sent to the terminal's clipboard");
    let link = story.copied.pop().expect("a link");
    assert!(link.starts_with(&story.simulator.file_origin()) && link.contains(&files[0]), "{link}");
    let told = journal(&story, "handed off file").await;
    assert_eq!(told.len(), 1);
    assert!(told[0]["subject"].to_string().contains(&id));
    let detail = told[0]["detail"].as_str().unwrap();
    assert!(detail.contains("photo-urls.front of ver_"), "{detail}");
    assert!(!told[0].to_string().contains("access_token"));
    let got = reqwest::get(&link).await.unwrap();
    assert_eq!(got.status().as_u16(), 200);
    // As a code, which a small terminal has no room for.
    story.resize(80, 24).await.press("or").await.sees("the code needs a terminal of");
    story.press("<esc>").await.resize(120, 40).await.press("or").await;
    story.sees("opens for whoever has it");
    assert!(!story.screen().contains("access_token"));
    story.press("`<enter>").await.lacks("opens for whoever has it");
    assert_eq!(journal(&story, "handed off file").await.len(), 3);
    let folder = story.folder.clone();
    story.shut_down().await;
    for file in std::fs::read_dir(folder.path().join("store")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let token = link.split("access_token=").nth(1).unwrap().as_bytes();
        assert!(!bytes.windows(token.len()).any(|window| window == token), "a link is on the disk");
    }
}

#[tokio::test]
async fn an_expired_link_is_made_anew() {
    let (mut story, ..) = begun(open_items()).await;
    assert_eq!(links_read(&story), 2);
    story.pass(7 * 60 * 60).await.press("j").await.sees("portrait on the document");
    assert!(is_drawn(&story));
    assert_eq!(links_read(&story), 3, "the card's was read once more");
    story.lacks("does not open");
}

#[tokio::test]
async fn a_link_that_never_opens_is_said_and_tried_again_on_demand() {
    let (mut story, ..) = begun(Beginning { file_life: 0, ..open_items() }).await;
    story.sees("(403)").press("i").await.sees("does not open this file (403)");
    story.press("<esc>").await;
    let before = links_read(&story);
    story.press("j").await;
    let asked = links_read(&story) - before;
    assert!((1..=2).contains(&asked), "{asked}: no storm");
    let before = links_read(&story);
    story.press("R").await;
    assert!(links_read(&story) > before);
    story.press("a1").await.sees("not seen:").sees("photos");
}

#[tokio::test]
async fn without_a_network_the_photos_say_so_and_come_later() {
    let mut story = Story::begin_with(open_items()).await;
    let (id, _) = with_photos(&story, "png");
    story.press(&format!("/{id}<enter><enter>]")).await;
    let scenario = Scenario::parse("[[rule]]\nfault = \"lost-request\"\n").expect("a scenario");
    story.simulator.set_scenario(scenario);
    story.press("]").await.sees("R tries again");
    assert!(!is_drawn(&story));
    story.simulator.set_scenario(Scenario::default());
    story.press("R").await;
    assert!(is_drawn(&story));
}

#[tokio::test]
async fn files_that_are_no_photos_are_named() {
    let mut story = Story::begin_with(open_items()).await;
    let (id, files) = with_photos(&story, "png");
    let cases: [(&str, &[u8], &str); 5] = [
        ("-front", b"\xff\xd8\xff\xe0 this is none", "this JPEG is broken and cannot be read"),
        ("-center", b"%PDF-1.7 a paper", "a PDF of 16 bytes is not drawn here"),
        ("-left", b"\0\0\0\x18ftypheic....", "a HEIC photo of"),
        ("-right", b"", "the file is empty"),
        ("-back", &[0; 21 * 1024 * 1024], "larger than 20 MiB"),
    ];
    for (page, bytes, _) in cases {
        let file = files.iter().find(|file| file.contains(page)).expect("a page");
        story.simulator.put_file(file, bytes.to_vec());
    }
    go(&mut story, &id).await;
    story.press("is").await.sees(cases[0].2);
    assert!(!is_drawn(&story));
    story.press("n").await.sees("portrait on the document");
    assert!(is_drawn(&story), "the portrait is there all the same");
    for (_, _, said) in &cases[1..] {
        story.press("n").await.sees(said);
        assert!(!is_drawn(&story), "{said}");
    }
    story.press("o<enter>").await.sees("sent to the terminal's clipboard");
    assert!(story.copied.pop().expect("a link").contains("-back"));
}

#[tokio::test]
async fn a_file_that_would_fill_memory_is_not_opened() {
    let mut bomb = Vec::new();
    let mut encoder = png::Encoder::new(&mut bomb, 60_000, 60_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    drop(encoder.write_header().unwrap());
    let mut story = Story::begin_with(open_items()).await;
    let (id, files) = with_photos(&story, "png");
    story.simulator.put_file(&files[0], bomb);
    go(&mut story, &id).await;
    story.press("i").await.sees("60000×60000");
}

#[tokio::test]
async fn photos_that_are_off_are_not_fetched_and_can_be_handed_off() {
    let (mut story, ..) = begun(Beginning { photos: Photos::Off, ..open_items() }).await;
    story.sees("photos are off");
    story.press("i").await.sees("photos are off in the configuration");
    assert_eq!((links_read(&story), is_drawn(&story)), (0, false));
    story.press("o<enter>").await.sees("sent to the terminal's clipboard");
}

#[tokio::test]
async fn no_size_of_the_terminal_is_too_small() {
    let (mut story, ..) = begun(open_items()).await;
    for viewer in [false, true] {
        if viewer {
            story.resize(120, 40).await.press("i").await;
        }
        for (columns, rows) in
            [(1, 1), (2, 3), (12, 8), (59, 15), (60, 15), (80, 24), (99, 16), (300, 90)]
        {
            story.resize(columns, rows).await.press("+l-").await;
        }
        story.press("o").await.resize(1, 1).await.resize(20, 5).await.press("<esc>").await;
    }
    story.resize(120, 40).await.sees("photo 1 of");
    assert!(is_drawn(&story));
}
