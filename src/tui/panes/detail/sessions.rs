//! From where, on what and through which network the applicant came, and what is suspicious of it.

use ratatui::text::{Line, Span};

use super::page::{On, Page, Said};
use crate::{
    desk::InquiryFile,
    model::{Field, Session, Text, field::find},
    tui::{format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let sessions = &file.exhibits.sessions;
    if sessions.is_empty() {
        let said = match file.inquiry.sessions.len() {
            0 => "no session is known".to_owned(),
            n => format!("{n} sessions did not come along: Enter asks Persona, if the key may"),
        };
        page.say(&said, theme.dim, width);
    }
    for (nth, session) in sessions.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|before| sessions.get(before));
        one(page, (nth + 1, session), before, state, width, theme);
    }
    behaviour(page, file, width, theme);
}

fn one(
    page: &mut Page<'_>,
    (nth, session): (usize, &Session),
    before: Option<&Session>,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    let time = session.started_at.or(session.created_at).map(format::instant).unwrap_or_default();
    let lasted = session
        .started_at
        .zip(session.expired_at)
        .map(|(from, to)| format!(", {}", format::age(from, to)));
    let aside = format!("{} · {time} UTC{}", session.status, lasted.unwrap_or_default());
    page.heading(&format!("Session {nth}"), &aside, theme);
    page.push(signals(session, theme));
    if let Some(said) = before.and_then(|before| otherwise(session, before)) {
        page.say(&format!("  ! {said}"), theme.warn, width);
    }
    let text = |keys: &[&str]| find(&session.fields, keys).map(|value| value.reveal().to_string());
    let joined = |all: &[&[&str]]| -> String {
        all.iter().filter_map(|keys| text(keys)).collect::<Vec<_>>().join(" ")
    };
    let device = joined(&[
        &["device_type"],
        &["device_name"],
        &["os_name"],
        &["os_full_version"],
        &["browser_name"],
        &["browser_full_version"],
        &["mobile_sdk_name"],
        &["mobile_sdk_full_version"],
    ]);
    let network = joined(&[&["ip_connection_type"], &["network_organization", "ip_isp"]]);
    let place: Vec<String> = [text(&["region_name"]), text(&["country_name"])]
        .into_iter()
        .flatten()
        .chain(session.country_code.as_ref().map(Text::to_string))
        .collect();
    let id = session.device.as_ref().map(|id| On::Id(Text::new(id.as_str())));
    page.fact("device", &device, id, width, theme);
    if let Some(how) = text(&["device_handoff_method"]) {
        page.fact("came to it by", &how, None, width, theme);
    }
    page.fact("network", &network, None, width, theme);
    page.fact("place", &place.join(", "), None, width, theme);
    for (name, key) in [("user agent", "user_agent"), ("gps precision", "gps_precision")] {
        if let Some(told) = text(&[key]) {
            page.fact(name, &told, None, width, theme);
        }
    }
    let values = state.values();
    if let Some(address) = &session.ip_address {
        let at = format!("{}/ip-address", session.id);
        let shown = values.write(&at, address);
        page.fact(
            "ip address",
            &shown,
            Some(On::Value { place: at, value: address.clone() }),
            width,
            theme,
        );
    }
    for field in session.fields.iter().filter(|field| !is_told(field)) {
        let at = format!("{}/{}", session.id, field.name);
        let shown = values.write(&at, &field.value);
        let on = On::Value { place: at, value: field.value.clone() };
        let name = field.name.as_str().replace(['-', '_'], " ");
        page.fact(&name, &shown, Some(on), width, theme);
    }
}

/// `  threat high  ! proxy  ! VPN  ✓ no Tor  ✓ no datacenter`
fn signals<'a>(session: &Session, theme: &Theme) -> Line<'a> {
    let mut spans = vec![Span::raw("  ")];
    if let Some(level) = &session.threat_level {
        let style = match level.as_str() {
            "low" => theme.good,
            "high" => theme.bad,
            _ => theme.warn,
        };
        spans.push(Span::styled(format!(" threat {level} "), style));
    }
    let flags = [
        (session.is_proxy, "proxy"),
        (session.is_vpn, "VPN"),
        (session.is_tor, "Tor"),
        (session.is_datacenter, "datacenter"),
    ];
    for (flag, word) in flags {
        spans.push(match flag {
            Some(true) => Span::styled(format!(" ! {word} "), theme.warn),
            Some(false) => Span::styled(format!(" ✓ no {word} "), theme.good),
            None => Span::styled(format!(" ? {word} "), theme.dim),
        });
    }
    Line::from(spans)
}

/// What is not as in the session before.
fn otherwise(session: &Session, before: &Session) -> Option<String> {
    let text = |session: &Session, key: &str| {
        find(&session.fields, &[key]).map(|value| value.reveal().clone())
    };
    let moved = [
        (session.country_code != before.country_code, "another country"),
        (text(session, "region_name") != text(before, "region_name"), "another region"),
        (text(session, "os_name") != text(before, "os_name"), "another system"),
        (session.device.is_some() && session.device != before.device, "another device"),
        (session.ip_address != before.ip_address, "another address"),
    ];
    let words: Vec<&str> =
        moved.into_iter().filter(|(moved, _)| *moved).map(|(_, it)| it).collect();
    (!words.is_empty()).then(|| format!("than the session before: {}", words.join(", ")))
}

/// Shown with others on one line.
fn is_told(field: &Field) -> bool {
    const TOLD: &[&str] = &[
        "device_type",
        "device_name",
        "os_name",
        "os_full_version",
        "browser_name",
        "browser_full_version",
        "mobile_sdk_name",
        "mobile_sdk_full_version",
        "device_handoff_method",
        "ip_connection_type",
        "network_organization",
        "ip_isp",
        "region_name",
        "region_code",
        "country_name",
        "user_agent",
        "gps_precision",
    ];
    TOLD.contains(&field.key().as_str()) || field.value.is_empty()
}

/// Figures of how the applicant went through the flow; a bar where there is a share.
fn behaviour(page: &mut Page<'_>, file: &InquiryFile, width: usize, theme: &Theme) {
    let known: Vec<&Field> =
        file.inquiry.behaviors.iter().filter(|field| !field.value.is_empty()).collect();
    if known.is_empty() {
        return;
    }
    page.heading("Behaviour", "how the form was filled in", theme);
    for field in known {
        let name = field.name.as_str().replace(['-', '_'], " ");
        let name = name.strip_prefix("behavior ").unwrap_or(&name);
        let value = field.value.reveal().as_str();
        // Counts and times: nobody is known by them.
        let is_share = field.key().ends_with("percentage");
        let shown = match value.parse::<f64>() {
            Ok(share) if is_share => {
                format!("{} {}", bar(share), format::share(share))
            }
            _ => value.to_owned(),
        };
        page.fact(name, &shown, None, width, theme);
        // The figure, without its bar.
        if let Some((_, share)) = shown.split_once(' ').filter(|_| is_share) {
            page.reads(Said::Fact(name.to_owned(), share.to_owned()));
        }
    }
}

/// A share of 0 to 100 in ten columns: `###·······`
fn bar(share: f64) -> String {
    let full = (0..10).filter(|nth| share > f64::from(nth * 10)).count();
    format!("{}{}", "#".repeat(full), "·".repeat(10 - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_drawn_in_ten_columns() {
        let table =
            [(0.0, "··········"), (1.0, "#·········"), (50.0, "#####·····"), (250.0, "##########")];
        for (share, drawn) in table {
            assert_eq!(bar(share), drawn);
        }
    }
}
