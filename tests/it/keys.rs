//! Keys of the reviewer's own, the palette, ids and links, the way back.

use caseload::{config, tui::Keys};
use crossterm::event::{MouseButton, MouseEventKind};

use crate::story::{Beginning, Story};

fn own(text: &str) -> Keys {
    let config = config::parse(&format!("[keys]\n{text}"), "c.toml").unwrap();
    Keys::of(&config.keys).unwrap()
}

#[tokio::test]
async fn keys_of_ones_own_hold_in_hints_refusals_and_every_context() {
    let keys = own(
        "approve = \"Ctrl-y\"\nundo = \"U\"\nhelp = \"H\"\nquit = \"Ctrl-x q\"\nlock = \"Ctrl-x l\"\nstaged-comment = \"t\"\ncopy = \"Y\"\n",
    );
    let mut story = Story::begin_with(Beginning { keys, ..Beginning::default() }).await;
    story.sees("Ctrl-y approve").sees("U undo").lacks(" a approve");
    story.press("a").await.sees("a does nothing here; H shows the keys").lacks("Enter commits");
    story.press("q").await.sees("q does nothing here");
    story.press("<c-y>").await.sees("approve inq_").sees("t comment").press("u").await;
    story.sees("approve inq_").press("U").await.sees("nothing was sent");
    story.press("<c-y>1<enter>").await.sees("U takes it back").press("U").await.sees("taken back");
    story.press("Y").await.sees("a digit, Y or Enter copies").press("<esc>").await;
    story.press("<c-x>").await.sees("Ctrl-x…").sees("q quit").sees("l lock");
    story.press("l").await.sees("is locked").press("<enter>").await;
    story.press("H").await.sees("Ctrl-y").press("<esc><c-x>q").await;
    assert!(story.is_over());
}

#[tokio::test]
async fn the_palette_finds_commands_says_why_not_and_opens_ids() {
    let mut story = Story::begin_with(Beginning { size: (80, 24), ..Beginning::default() }).await;
    let id = story.first_in_queue();
    story.press(":").await.sees("a command, an id or a link").sees("down").sees("1 of ");
    story.press("esca").await.sees("escalate").sees("not now: this inquiry is in review");
    story.press("<enter>").await.sees("in review already").lacks("Enter commits");
    story.press(":clipboard").await.sees("copy an id").press("<enter>").await.sees("a digit, y");
    story.press("<esc>:").await.sees("1 of ").press("<down><enter>").await;
    story.sees("in review already").press(":zzzz<enter>").await.sees("no command is called zzzz");
    story.press("<esc>").await.press(&format!(":{}", &id[..8])).await.sees("open this inquiry");
    story.press("<tab><enter>").await.sees("open: inquiry");
    story.press(":help<enter>").await.sees("Here").press("<esc>").await;
}

#[tokio::test]
async fn an_id_or_a_link_opens_what_it_names_from_anywhere_and_one_finds_back() {
    let mut story = Story::begin().await;
    let (first, done) =
        (story.first_in_queue(), story.simulator.inquiries("approved").pop().unwrap());
    let short = |id: &str| format!("{}…{}", &id[..8], &id[id.len() - 4..]);
    story.press("<enter>").await;
    let case = story.simulator.open_cases().pop().unwrap();
    story.press("?").await.paste(&format!("  \"{done}\"\n")).await.lacks("j k scroll");
    story.sees(&format!("{} ─", short(&done)));
    let link = format!("https://app.withpersona.com/dashboard/cases/{case}?tab=notes");
    story.paste(&link).await.sees("open: case");
    story.press("<c-o>").await.sees(&format!("{} ─", short(&done)));
    story.press("<c-o>").await.sees(&format!("{} ─", short(&first)));
    story.press("<c-o>").await.sees("nothing was opened before this");
    story.press("gi").await.sees(&format!("{} ─", short(&done)));
    story.press("gigi").await.sees("nothing was opened after this");
    story.pass(13).await.press("<esc><c-o>").await.lacks("nothing was opened");
    let verification =
        story.simulator.object(&first).unwrap()["relationships"]["verifications"]["data"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    story.paste(&verification).await.sees("this verification is evidence of inq_");
    for (pasted, said) in [
        ("hello", "there is no id of Persona's in it"),
        ("txn_9rK2mm", "this is a transaction"),
        ("inq_aaaa case_bbbb", "there are 2 ids in it"),
        ("rep_unknown", "rep_unknown is not in the local copy"),
    ] {
        story.paste(pasted).await.sees(said);
    }
    story.paste("inq_nobodyknows").await.sees("not in the local copy").sees("404");
    story.paste(&first).await.press("a").await.paste(&done).await.sees("a decision is staged");
    assert_eq!(story.simulator.effects(&first), 0);
}

/// The page of the documentation is what the console goes by.
#[test]
fn the_page_of_keys_is_as_the_tables_say() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    let made = caseload::tui::keys_in_markdown(&Keys::default());
    if std::env::var("CASELOAD_WRITE_DOCS").is_ok() {
        std::fs::write(page, &made).unwrap();
    }
    let written = std::fs::read_to_string(page).unwrap_or_default();
    assert_eq!(written, made, "caseload config keys --markdown > docs/keys.md");
    let text = caseload::tui::keys_in_text(&Keys::default());
    assert!(text.contains("staged-comment") && text.contains("1 … 9"), "{text}");
}

#[tokio::test]
async fn the_mouse_looks_and_decides_nothing() {
    let (click, wheel) = (MouseEventKind::Down(MouseButton::Left), MouseEventKind::ScrollDown);
    let mut story = Story::begin().await;
    let cursor =
        |story: &Story| story.screen().lines().position(|line| line.contains('▸')).unwrap();
    let first = cursor(&story);
    let row = |nth: usize| (5, u16::try_from(first + nth).unwrap());
    // A click selects, the next one on the same row opens: then the keys are the detail's.
    assert_eq!(cursor(story.point(click, row(2)).await), first + 2);
    assert_eq!(cursor(story.press("j").await), first + 3);
    assert_eq!(cursor(story.point(click, row(3)).await.press("j").await), first + 3);
    // The wheel moves what is under it, and a click on the detail opens it.
    assert_eq!(cursor(story.point(wheel, row(1)).await), first + 6);
    assert_eq!(cursor(story.point(click, (90, 10)).await.press("j").await), first + 6);
    // What is staged stays, whatever is clicked; over the panes nothing is.
    story.press("1a").await.sees("Enter commits").point(click, row(1)).await.sees("Enter commits");
    story.press("<esc>1?").await.point(click, row(1)).await.sees("Esc closes");
    assert_eq!(cursor(story.press("<esc>").await), first + 6);
    assert!(story.simulator.requests().iter().all(|request| request.method == "GET"));
}
