//! Text from outside on the screen: whatever is in it, it stays in its place, at every size of
//! terminal and in every script.

use caseload::{config::Mask, simulator::Novelties};
use ratatui::buffer::Buffer;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::{
    poison::{Poisoned, is_poison},
    story::{Beginning, Story},
};

/// Keys that lead through everything there is to look at, each from where the one before ended.
const WALK: [&str; 27] = [
    "j",
    "<enter>",
    "]",
    "jjjj",
    "]",
    "]",
    "]",
    "]",
    "]",
    "]",
    "P",
    "[",
    "[",
    "[",
    "y",
    "<esc>",
    "o",
    "<esc>",
    ":mismatches<enter>",
    "<esc>",
    "d2",
    "cwhy<enter>",
    "<enter>",
    "r",
    "2<enter>",
    "jjs",
    "<esc>?",
];

/// The mark behind right-to-left text is ours.
const MARK: char = '\u{200e}';

async fn poisoned(size: (u16, u16), mask: Mask) -> (Story, Poisoned) {
    let clock = caseload::clock::Clock::manual(crate::story::noon());
    let beginning = Beginning { size, mask, novelties: Novelties::Some, ..Beginning::default() };
    let simulator = Story::persona(&beginning, &clock).await;
    let proxy = Poisoned::before(&simulator.base_url()).await;
    let beginning = Beginning { base_url: Some(proxy.base_url.clone()), ..beginning };
    (Story::begin_on(simulator, clock, beginning).await, proxy)
}

#[track_caller]
fn is_inert(buffer: &Buffer) {
    for cell in buffer.content() {
        let bad = cell.symbol().chars().find(|c| is_poison(*c) && *c != MARK);
        assert_eq!(bad, None, "in a cell: {:?}", cell.symbol());
        let marks = cell.symbol().chars().filter(|c| c.width() == Some(0)).count();
        assert!(marks <= 6, "{:?}", cell.symbol());
    }
}

/// Where the frames of the panes stand: their corners.
fn corners(buffer: &Buffer) -> Vec<(u16, u16)> {
    let area = buffer.area;
    let all = (0..area.height).flat_map(|row| (0..area.width).map(move |column| (column, row)));
    all.filter(|at| ["┌", "┐", "└", "┘"].contains(&buffer[*at].symbol().trim_end_matches(MARK)))
        .collect()
}

#[tokio::test]
async fn nothing_that_an_applicant_writes_acts_on_the_terminal_or_moves_what_is_ours() {
    for (size, mask) in [((120, 40), Mask::Nothing), ((80, 24), Mask::Everything)] {
        let (mut hostile, _proxy) = poisoned(size, mask).await;
        let mut plain = Story::begin_with(Beginning {
            size,
            mask,
            novelties: Novelties::Some,
            ..Beginning::default()
        })
        .await;
        hostile.sees("1 Inquiries ─ needs review").sees("\u{fffd}[2J");
        for keys in WALK {
            hostile.press(keys).await;
            plain.press(keys).await;
            is_inert(hostile.buffer());
            is_inert(plain.buffer());
            let sent = String::from_utf8(hostile.bytes()).expect("a terminal is sent text");
            assert!(!sent.contains("\u{1b}]") && !sent.contains('\u{9b}'), "after {keys}");
            let is_over_the_panes = hostile.screen().contains("Esc ");
            if !is_over_the_panes {
                let (one, other) = (corners(hostile.buffer()), corners(plain.buffer()));
                assert_eq!(one, other, "after {keys}:\n{}\n{}", hostile.screen(), plain.screen());
            }
        }
        for copied in &hostile.copied {
            assert!(!copied.contains(is_poison), "{copied:?}");
        }
        let lines = serde_json::to_string(&hostile.journal().await).unwrap();
        assert!(!lines.contains(is_poison) && !lines.contains("\\u001b"), "{lines}");
    }
}

#[tokio::test]
async fn it_draws_at_every_size() {
    let (mut hostile, _proxy) = poisoned((120, 40), Mask::Nothing).await;
    let mut plain = Story::begin().await;
    for keys in WALK {
        for story in [&mut hostile, &mut plain] {
            story.press(keys).await;
            for (columns, rows) in SIZES {
                is_inert(&story.draw_at(columns, rows));
            }
            story.resize(120, 40).await;
        }
    }
    for (columns, rows) in (1..=60).flat_map(|columns| (1..=20).map(move |rows| (columns, rows))) {
        is_inert(&hostile.draw_at(columns, rows));
    }
    is_inert(&hostile.draw_at(512, 256));
    hostile.press("`").await;
    for (columns, rows) in [(1, 1), (2, 1), (1, 30), (60, 15), (200, 1)] {
        is_inert(&hostile.draw_at(columns, rows));
    }
}

/// The smallest that has panes, those around where the layout changes, thin ones and high ones.
const SIZES: [(u16, u16); 10] = [
    (1, 1),
    (59, 15),
    (60, 14),
    (60, 15),
    (61, 41),
    (80, 24),
    (99, 15),
    (100, 15),
    (101, 16),
    (240, 15),
];

#[tokio::test]
async fn people_of_every_script_keep_their_columns_straight() {
    let beginning = Beginning { mask: Mask::Nothing, inquiries: 1_500, ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    story.press("/status:any<enter>").await;
    let mut scripts = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let buffer = story.buffer().clone();
        let marks = columns_of(&buffer, "▸");
        assert_eq!(marks.len(), 2, "a cursor in both lists:\n{}", story.screen());
        for row in 3..19 {
            // Inside the frame: marker, age, name, what and the marks, each in columns of its own.
            let text = |columns: std::ops::Range<u16>| -> String {
                columns.map(|column| buffer[(column, row)].symbol()).collect()
            };
            let marks = text(35..47);
            let known = |c: char| c.is_ascii_digit() || "✗!✓ late│".contains(c);
            assert!(marks.chars().all(known), "{marks:?} in row {row}:\n{}", story.screen());
            assert_eq!(buffer[(47, row)].symbol(), "│", "{}", story.screen());
            scripts
                .extend(text(11..25).chars().filter(|c| !c.is_ascii()).map(|c| u32::from(c) / 256));
        }
        on_a_terminal(&mut story);
        story.press("<c-d>").await;
    }
    assert!(scripts.len() > 8, "people of many scripts were there: {scripts:x?}");
}

fn columns_of(buffer: &Buffer, symbol: &str) -> Vec<u16> {
    let area = buffer.area;
    let all = (0..area.height).flat_map(|row| (0..area.width).map(move |column| (column, row)));
    all.filter(|at| buffer[*at].symbol() == symbol).map(|(column, _)| column).collect()
}

/// What a real terminal makes of the bytes: every plain character is where it was meant to be.
fn on_a_terminal(story: &mut Story) {
    let sent = story.bytes();
    let buffer = story.buffer();
    let mut terminal = vt100::Parser::new(
        buffer.area.height.try_into().unwrap(),
        buffer.area.width.try_into().unwrap(),
        0,
    );
    terminal.process(&sent);
    for row in 0..buffer.area.height {
        for column in 0..buffer.area.width {
            let meant = buffer[(column, row)].symbol().trim_end_matches(MARK);
            if meant.width() != 1
                || !meant.chars().all(|c| c.is_ascii() || c == '│')
                || meant == " "
            {
                continue;
            }
            let cell = terminal.screen().cell(row, column).expect("it is on the screen");
            let drawn = cell.contents().trim_end_matches(MARK);
            assert_eq!(drawn, meant, "at {column},{row}:\n{}", story.screen());
        }
    }
}
