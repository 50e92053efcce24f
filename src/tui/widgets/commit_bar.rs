//! What is about to be decided, in words, before it goes anywhere.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::{
    model::{Subject, Verb},
    tui::{
        bulk::{self, Bulk},
        casework,
        command::Command,
        format,
        guard::{self, Offer},
        keymap::Context,
        staged::{Proposed, Purpose, Staged},
        state::{File, State},
        theme::Theme,
        view::draw_lines,
    },
};

const COMMENT: &str = " comment: ";

pub fn draw(frame: &mut Frame<'_>, area: Rect, staged: &Staged, state: &State, theme: &Theme) {
    let said = match &staged.purpose {
        Purpose::Confirm(proposed) => {
            Line::styled(format!(" {}", grounds(proposed, state)), theme.dim)
        }
        Purpose::Decide | Purpose::Propose(_) => match &staged.bulk {
            Some(many) if many.counting => Line::from(vec![
                Span::styled(format!(" type {} to commit: ", many.parts.len()), theme.warn),
                Span::raw(format!("{}▏", many.typed.value())),
            ]),
            _ => reasons(staged, theme),
        },
    };
    let asked = Span::styled(question(staged), theme.banner);
    let mut lines =
        vec![Line::from_iter(std::iter::once(asked).chain(looked(staged, state, theme)))];
    for warning in &staged.warnings {
        let said = format!(" ! {warning}");
        lines.push(Line::styled(format::cut(&said, usize::from(area.width)), theme.warn));
    }
    if staged.can_be_joined() {
        lines.push(offer(staged, state, usize::from(area.width), theme));
    }
    lines.push(said);
    let written = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    if staged.shows_comment() {
        lines.push(Line::from(vec![
            Span::styled(COMMENT, theme.accent),
            Span::raw(staged.comment.value().to_owned()),
        ]));
    }
    draw_lines(frame, area, lines);
    if staged.writing {
        let column = COMMENT.width() + staged.comment.visual_cursor();
        let x = area.x + u16::try_from(column).unwrap_or(u16::MAX).min(area.width - 1);
        frame.set_cursor_position(Position::new(x, area.y + written));
    }
}

/// What happens to a case's inquiries in the same commit, and to which of them nothing:
///
/// ```text
///  a approves, d declines its 2 inquiries too · not inq_4KvC…DiBt is approved already
/// ```
pub fn offer<'a>(staged: &Staged, state: &State, width: usize, theme: &Theme) -> Line<'a> {
    let (approve, decline) = (state.key(Command::Approve), state.key(Command::Decline));
    let (said, left_out) = match &staged.inquiries {
        Some(these) => {
            let (again, other) = match these.verb {
                Verb::Approve => (&approve, format!("{decline} declines")),
                _ => (&decline, format!("{approve} approves")),
            };
            let what = counted(these.seen.len());
            let said = format!(
                "with it: {} {what} · {other} instead · {again} again: the case alone",
                these.verb.words()
            );
            (said, these.left_out.clone())
        }
        None => match guard::offer(state, &Verb::Approve) {
            None => (String::new(), Vec::new()),
            Some(Offer { seen, left_out, .. }) if seen.is_empty() && left_out.is_empty() => {
                ("this case has no inquiry".to_owned(), Vec::new())
            }
            Some(Offer { seen, left_out, .. }) if seen.is_empty() => {
                ("its inquiries stay as they are".to_owned(), left_out)
            }
            Some(Offer { seen, left_out, .. }) => {
                let what = counted(seen.len());
                (format!("{approve} approves, {decline} declines {what} too"), left_out)
            }
        },
    };
    let mut spans = vec![Span::styled(format!(" {said}"), theme.accent)];
    if !left_out.is_empty() {
        let room = width.saturating_sub(said.width() + 5);
        let why = format::cut(&format!("not: {}", left_out.join(", ")), room);
        spans.push(Span::styled(format!(" · {why}"), theme.warn));
    }
    Line::from(spans)
}

fn counted(inquiries: usize) -> String {
    match inquiries {
        1 => "its inquiry".to_owned(),
        many => format!("its {many} inquiries"),
    }
}

/// ` approve inq_4KvC…DiBt? `
fn question(staged: &Staged) -> String {
    if let Some(many) = &staged.bulk {
        return format!(" {}? ", bulk::words(&staged.verb, &many.what()));
    }
    let subject = staged.subject.short();
    let what = match staged.verb {
        Verb::AddRelation(_) => format!("{} to {subject}", staged.verb.words()),
        Verb::RemoveRelation(_) => format!("{} from {subject}", staged.verb.words()),
        _ => format!("{} {subject}", staged.verb.words()),
    };
    match &staged.purpose {
        Purpose::Decide => format!(" {what}{}? ", staged.too()),
        Purpose::Propose(_) => format!(" propose {what}{}? ", staged.too()),
        Purpose::Confirm(Proposed { by, too, .. }) => {
            format!(" confirm {what}{too}, proposed by {by}? ")
        }
    }
}

/// `  not seen: photos, reports`: which evidence about an inquiry was not looked at; of a case what
/// it still lacks.
pub fn looked<'a>(staged: &Staged, state: &State, theme: &Theme) -> Option<Span<'a>> {
    if let Some(many) = &staged.bulk {
        return opened(many, state, theme);
    }
    if let Subject::Report(_) = staged.subject {
        return None;
    }
    if let Some(said) = staged.verb.is_status().then(|| lacks(state)).flatten() {
        return Some(Span::styled(format!("  {said}"), theme.warn));
    }
    let detail = state.detail.as_ref().filter(|detail| matches!(detail.file, File::Inquiry(_)))?;
    let unseen = state.unseen(detail);
    let words: Vec<String> = unseen.iter().map(|tab| tab.word().to_string()).collect();
    Some(match words.is_empty() {
        true => Span::styled("  all of its evidence was looked at", theme.good),
        false => Span::styled(format!("  not seen: {}", words.join(", ")), theme.warn),
    })
}

/// `  opened 2 of 5, Enter opens inq_4KvC…DiBt next`: how far the sample is.
fn opened<'a>(many: &Bulk, state: &State, theme: &Theme) -> Option<Span<'a>> {
    let wanted = many.must_open.len();
    let mut left = many.unopened(&state.looked);
    let next = left.next();
    let opened = wanted - usize::from(next.is_some()) - left.count();
    Some(match (wanted, next) {
        (0, _) => return None,
        (_, Some(part)) => {
            let next = part.subject.short();
            let said = format!("  opened {opened} of {wanted}, Enter opens {next} next");
            Span::styled(said, theme.warn)
        }
        (_, None) => Span::styled(format!("  all {wanted} of the sample were opened"), theme.good),
    })
}

/// What the case's template asks for and is not there.
fn lacks(state: &State) -> Option<String> {
    let detail = state.detail.as_ref()?;
    let File::Case(file) = &detail.file else { return None };
    let layout = casework::layout(&state.settings.layouts, &file.case);
    let due = casework::due(file, layout);
    (!due.is_empty()).then(|| format!("required and empty: {}", due.join(", ")))
}

/// Why it was proposed: `reason evidence_ok · comment evidence ok (jane@example.test)`
pub fn grounds(proposed: &Proposed, state: &State) -> String {
    let reason = proposed.reason.as_ref().map_or("no reason", |code| code.as_str());
    match &proposed.comment {
        None => format!("reason: {reason}"),
        Some(comment) if state.shows_item() => format!("reason: {reason} · comment: {comment}"),
        Some(_) => {
            let reveal = state.key(Command::RevealItem);
            format!("reason: {reason} · comment masked, {reveal} reveals")
        }
    }
}

/// The keys that matter now, for the line below.
pub fn keys<'a>(staged: &Staged, state: &State, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(" Enter", theme.accent),
        Span::raw(match staged.purpose {
            _ if opens(staged, state) => " opens the next of the sample · ",
            Purpose::Decide => " commits · ",
            Purpose::Propose(_) => " proposes · ",
            Purpose::Confirm(_) => " confirms · ",
        }),
        Span::styled("Esc", theme.accent),
        Span::raw(" lets go"),
        Span::styled(also(staged, state), theme.dim),
        Span::styled(hold(staged, state), theme.dim),
    ])
}

/// Something has to be looked at first.
fn opens(staged: &Staged, state: &State) -> bool {
    staged.bulk.as_ref().is_some_and(|many| many.unopened(&state.looked).next().is_some())
}

/// What else can be said before it is committed.
fn also(staged: &Staged, state: &State) -> String {
    let key = state.settings.keys.first(Context::Commit, "comment");
    match staged.takes_comment() && !key.is_empty() {
        true => format!(" · {key} comment"),
        false => String::new(),
    }
}

/// What becomes of it when it is committed: ` · held 5 s`
pub fn hold(staged: &Staged, state: &State) -> String {
    if let Purpose::Propose(_) = staged.purpose {
        return " · for a second person".to_owned();
    }
    let whose = match staged.purpose {
        Purpose::Confirm(_) => " · enforced by this client only",
        Purpose::Decide | Purpose::Propose(_) => "",
    };
    match state.settings.hold.as_secs() {
        0 => format!(" · leaves at once{whose}"),
        seconds => format!(" · held {seconds} s{whose}"),
    }
}

fn reasons<'a>(staged: &Staged, theme: &Theme) -> Line<'a> {
    let due = staged.is_complete().is_err();
    if let (Some(note), true) = (&staged.note, staged.reasons.is_empty()) {
        return Line::styled(format!(" {note}"), theme.dim);
    }
    if staged.reasons.is_empty() && !due {
        return Line::styled(" no reason is asked for", theme.dim);
    }
    let mut spans = vec![match due {
        true => Span::styled(" reason required ", theme.warn),
        false => Span::styled(" reason ", theme.dim),
    }];
    for (nth, reason) in staged.reasons.iter().take(9).enumerate() {
        let chosen = staged.reason == Some(nth);
        let style = if chosen { theme.cursor } else { theme.text };
        spans.push(Span::styled(format!(" {} ", nth + 1), theme.accent));
        spans.push(Span::styled(reason.text.clone(), style));
    }
    Line::from(spans)
}
