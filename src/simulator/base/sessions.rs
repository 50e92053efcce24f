//! Sessions of inquiries: where, when and on what somebody went through them.

use fastrand::Rng;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::world::{Object, written},
    Base,
    named::{Named, sessions_of},
    numbers::dice,
    object,
    places::{PLACES, Place},
    plan::Moment,
    to_one,
};

/// What a session ran on.
struct Machine {
    os: &'static str,
    os_version: &'static str,
    kind: &'static str,
    name: Option<&'static str>,
    browser: Option<(&'static str, &'static str)>,
    sdk: Option<(&'static str, &'static str)>,
    agent: &'static str,
}

const DESKTOPS: [Machine; 3] = [
    Machine {
        os: "Mac",
        os_version: "15.3.1",
        kind: "desktop",
        name: None,
        browser: Some(("Safari", "18.3")),
        sdk: None,
        agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.3 Safari/605.1.15",
    },
    Machine {
        os: "Windows",
        os_version: "11.0",
        kind: "desktop",
        name: None,
        browser: Some(("Chrome", "132.0.0.0")),
        sdk: None,
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0 Safari/537.36",
    },
    Machine {
        os: "GNU/Linux",
        os_version: "6.12",
        kind: "desktop",
        name: None,
        browser: Some(("Firefox", "135.0")),
        sdk: None,
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
    },
];

const PHONES: [Machine; 3] = [
    Machine {
        os: "iOS",
        os_version: "18.3.1",
        kind: "smartphone",
        name: Some("iPhone"),
        browser: Some(("Mobile Safari", "18.3")),
        sdk: None,
        agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Version/18.3 Mobile Safari/604.1",
    },
    Machine {
        os: "Android",
        os_version: "15",
        kind: "smartphone",
        name: Some("Sample Phone 9"),
        browser: None,
        sdk: Some(("persona-android", "2.31.0")),
        agent: "persona-android/2.31.0 (Android 15; Sample Phone 9)",
    },
    Machine {
        os: "iOS",
        os_version: "17.7.2",
        kind: "tablet",
        name: Some("iPad"),
        browser: None,
        sdk: Some(("persona-ios", "2.29.1")),
        agent: "persona-ios/2.29.1 (iOS 17.7.2; iPad)",
    },
];

/// How a session came to its network: service type, proxy type, threat level.
const ROUTES: [(&str, Option<&str>, &str); 8] = [
    ("residential", None, "low"),
    ("residential", None, "low"),
    ("residential", None, "unknown"),
    ("mobile", None, "low"),
    ("corporate", Some("corporate"), "low"),
    ("education", None, "low"),
    ("datacenter", Some("vpn"), "medium"),
    ("datacenter", Some("tor"), "high"),
];

/// Where a session was.
struct Whereabouts {
    place: &'static Place,
    route: (&'static str, Option<&'static str>, &'static str),
    ip: String,
    latitude: f64,
    longitude: f64,
}

fn whereabouts(rng: &mut Rng) -> Whereabouts {
    let place = &PLACES[rng.usize(..PLACES.len())];
    let route = ROUTES[rng.usize(..ROUTES.len())];
    // A network that is reserved for examples.
    let ip = match rng.u8(..4) {
        0 => format!("2001:db8:{:x}::{:x}", rng.u16(..), rng.u16(..)),
        _ => format!("203.0.113.{}", rng.u8(1..255)),
    };
    let mut near = |degrees: f64| ((degrees + rng.f64() / 10.0) * 10_000.0).round() / 10_000.0;
    Whereabouts {
        place,
        route,
        ip,
        latitude: near(place.latitude),
        longitude: near(place.longitude),
    }
}

impl Base {
    pub(super) fn session(&self, inquiry: u64, nth: u64) -> Object {
        let plan = &self.plan;
        let mut rng = dice(plan.seed, "machine", inquiry * 2 + nth);
        let continued = nth > 0;
        let phone = continued || rng.u8(..3) == 0;
        let machine = &if phone { PHONES } else { DESKTOPS }[rng.usize(..3)];
        let at = whereabouts(&mut dice(plan.seed, "network", inquiry * 2 + nth));
        let status = match plan.status_name(inquiry) {
            "created" => "new",
            "pending" if nth + 1 == sessions_of(inquiry) => "active",
            _ => "expired",
        };
        let created =
            plan.created(inquiry) + SignedDuration::from_secs(if continued { 75 } else { 0 });
        let begun = status != "new";
        let started = begun.then(|| written(created + SignedDuration::from_secs(20)));
        let ended = (status == "expired").then(|| written(plan.at(inquiry, Moment::Completed)));
        let (kind, proxy, threat) = at.route;
        let precise = phone && rng.bool();
        let mut attributes = json!({
            "status": status, "created-at": written(created), "started-at": started,
            "expired-at": ended, "ip-address": at.ip, "user-agent": machine.agent,
            "os-name": machine.os, "os-full-version": machine.os_version,
            "device-type": machine.kind, "device-name": machine.name,
            "browser-name": machine.browser.map(|(name, _)| name),
            "browser-full-version": machine.browser.map(|(_, version)| version),
            "mobile-sdk-name": machine.sdk.map(|(name, _)| name),
            "mobile-sdk-full-version": machine.sdk.map(|(_, version)| version),
            "device-handoff-method": continued.then(|| ["sms", "email", "qr"][rng.usize(..3)]),
            "is-proxy": proxy.is_some(), "is-tor": proxy == Some("tor"),
            "is-datacenter": kind == "datacenter", "is-vpn": proxy == Some("vpn"),
            "threat-level": threat,
            "country-code": at.place.country, "country-name": at.place.country_name,
            "region-code": at.place.region, "region-name": at.place.region_name,
            "latitude": at.latitude, "longitude": at.longitude,
            "gps-latitude": precise.then_some(at.latitude),
            "gps-longitude": precise.then_some(at.longitude),
            "gps-precision": precise.then_some("precise"),
            "ip-connection-type": kind, "ip-isp": at.place.provider,
            "network-organization": at.place.provider,
        });
        if !begun {
            // Nobody was there yet.
            for (name, value) in attributes.as_object_mut().into_iter().flatten() {
                if !["status", "created-at"].contains(&name.as_str()) {
                    *value = Value::Null;
                }
            }
        }
        let machine_of = if continued { inquiry } else { plan.lender(inquiry) };
        let gone = |kind: &str, named: Named| {
            if begun { to_one(kind, &self.id(named)) } else { json!({ "data": null }) }
        };
        let relationships = json!({
            "inquiry": to_one("inquiry", &self.id(Named::Inquiry(inquiry))),
            "device": gone("device", Named::Device(machine_of, nth)),
            "network": gone("network", Named::Network(inquiry, nth)),
        });
        object("inquiry-session", self.id(Named::Session(inquiry, nth)), attributes, relationships)
    }

    pub(super) fn device(&self, inquiry: u64, nth: u64) -> Object {
        let mut rng = dice(self.plan.seed, "device", inquiry * 2 + nth);
        let mut print = |letters: usize| -> String {
            (0..letters).map(|_| char::from(b"0123456789abcdef"[rng.usize(..16)])).collect()
        };
        let attributes = json!({
            "device-vendor-id": (nth > 0).then(|| print(32)),
            "device-fingerprint": print(20), "browser-fingerprint": print(32),
        });
        let made = object("device", self.id(Named::Device(inquiry, nth)), attributes, Value::Null);
        Object { relationships: None, ..made }
    }

    pub(super) fn network(&self, inquiry: u64, nth: u64) -> Object {
        let at = whereabouts(&mut dice(self.plan.seed, "network", inquiry * 2 + nth));
        let (kind, proxy, threat) = at.route;
        let attributes = json!({
            "created-at": written(self.plan.created(inquiry)), "ip-address": at.ip,
            "service-provider": at.place.provider, "service-type": kind, "proxy-type": proxy,
            "threat-level": threat, "country-code": at.place.country,
            "country-name": at.place.country_name, "region-code": at.place.region,
            "region-name": at.place.region_name, "latitude": at.latitude,
            "longitude": at.longitude,
        });
        let made =
            object("network", self.id(Named::Network(inquiry, nth)), attributes, Value::Null);
        Object { relationships: None, ..made }
    }
}
