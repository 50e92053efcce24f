//! Pictures of the main screens for the README and the guides, as SVG: drawn from the demo's people,
//! and held against what the console draws now. `CASELOAD_PICTURES=1 cargo test pictures` draws them anew.

use std::{fmt::Write, path::Path};

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

use crate::story::Story;

/// A cell in pixels.
const WIDE: usize = 9;
const HIGH: usize = 19;
const BACKGROUND: &str = "#16181d";
const TEXT: &str = "#d7dae0";

#[tokio::test]
async fn pictures_are_as_the_screens() {
    let mut story = Story::begin().await;
    // The views are counted by then.
    story.sleep(7).await;
    check(&story, "queue");
    story.press("<enter>").await;
    check(&story, "inquiry");
    story.press("a1").await;
    check(&story, "deciding");
    story.press("<esc>h:").await;
    check(&story, "palette");
    story.press("<esc>/failed:>0 !late:yes<enter>").await;
    check(&story, "filter");
    story.press("\\\\O").await;
    check(&story, "order");
    story.press("<esc>2gg<enter>").await;
    check(&story, "case");
    story.press("r").await;
    check(&story, "relations");
    story.press("<esc>1ggw").await;
    check(&story, "snooze");
    story.press("<esc>a<enter>").await.sleep(6).await;
    story.press(":stats<enter>").await;
    check(&story, "stats");
}

fn check(story: &Story, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/pictures/{name}.svg"));
    let drawn = svg(story.buffer());
    if std::env::var_os("CASELOAD_PICTURES").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
        std::fs::write(&path, drawn).expect("a picture is written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    // The figures below are of this machine and this moment.
    let last = HIGH * usize::from(story.buffer().area.height) - 5;
    let panes = |svg: &str| -> Vec<String> {
        let figures = format!("y=\"{last}\"");
        let lines = svg.lines().filter(|line| !line.contains(&figures));
        // Ages go on while a slow machine draws.
        lines.map(|line| line.replace(|c: char| c.is_ascii_digit(), "0")).collect()
    };
    assert!(
        panes(&kept) == panes(&drawn),
        "{name} has changed: CASELOAD_PICTURES=1 cargo test pictures"
    );
}

fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * WIDE, rows * HIGH);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"15\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{BACKGROUND}\"/>\n"
    );
    for (row, cells) in buffer.content().chunks(columns).enumerate() {
        let mut column = 0;
        while column < columns {
            let style = look(&cells[column]);
            let (start, mut text) = (column, String::new());
            while column < columns && look(&cells[column]) == style {
                let symbol = cells[column].symbol();
                text.push_str(symbol);
                column += symbol.width().max(1);
            }
            run(&mut out, row, start, column - start, &text, &style);
        }
    }
    out + "</svg>\n"
}

/// Ink, ground where there is one, and weight.
type Look = (&'static str, Option<&'static str>, bool);

fn look(cell: &Cell) -> Look {
    let is = |modifier| cell.modifier.contains(modifier);
    let ink = match colour(cell.fg) {
        _ if is(Modifier::DIM) => "#8b909c",
        Some(ink) => ink,
        None => TEXT,
    };
    match (is(Modifier::REVERSED), colour(cell.bg)) {
        (true, ground) => (ground.unwrap_or(BACKGROUND), Some(ink), is(Modifier::BOLD)),
        (false, ground) => (ink, ground, is(Modifier::BOLD)),
    }
}

fn colour(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Red | Color::LightRed => "#f07178",
        Color::Green | Color::LightGreen => "#a5d36f",
        Color::Yellow | Color::LightYellow => "#f2c55c",
        Color::Blue | Color::LightBlue => "#82aaff",
        Color::Magenta | Color::LightMagenta => "#c792ea",
        Color::Cyan | Color::LightCyan => "#6fd3e3",
        Color::Gray | Color::White => TEXT,
        Color::DarkGray => "#8b909c",
        Color::Black => BACKGROUND,
        _ => return None,
    })
}

fn run(out: &mut String, row: usize, start: usize, columns: usize, text: &str, look: &Look) {
    let (ink, ground, bold) = look;
    let (x, y, width) = (start * WIDE, row * HIGH, columns * WIDE);
    if let Some(ground) = ground {
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HIGH}\" fill=\"{ground}\"/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let weight = if *bold { " font-weight=\"bold\"" } else { "" };
    let base = y + HIGH - 5;
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{base}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{ink}\"{weight}>{text}</text>"
    );
}
