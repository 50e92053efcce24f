//! Families as OpenTelemetry takes them: the body of `POST /v1/metrics` in OTLP's JSON encoding.
//!
//! As in protobuf's JSON: names in lowerCamelCase, integers of 64 bits as texts.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{Family, Kind, Sample, Value};

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`: since the start of the process.
const CUMULATIVE: u8 = 2;

/// `resource`: what tells this process from others, `service.instance.id` and so on.
pub fn otlp(
    families: &[Family],
    resource: &[(&str, &str)],
    started: Timestamp,
    now: Timestamp,
) -> Json {
    let when = Span { started: nanoseconds(started), now: nanoseconds(now) };
    let told = families.iter().filter(|family| !family.samples.is_empty());
    let metrics: Vec<Json> = told.map(|family| metric(family, &when)).collect();
    json!({ "resourceMetrics": [{
        "resource": { "attributes": attributes(resource.iter().copied()) },
        "scopeMetrics": [{
            "scope": { "name": "caseload", "version": env!("CARGO_PKG_VERSION") },
            "metrics": metrics,
        }],
    }] })
}

struct Span {
    started: String,
    now: String,
}

fn metric(family: &Family, when: &Span) -> Json {
    let points: Vec<Json> = family.samples.iter().map(|sample| point(sample, when)).collect();
    let (kind, data) = match family.kind {
        Kind::Gauge => ("gauge", json!({ "dataPoints": points })),
        Kind::Counter => (
            "sum",
            json!({ "dataPoints": points, "aggregationTemporality": CUMULATIVE, "isMonotonic": true }),
        ),
        Kind::Histogram => {
            ("histogram", json!({ "dataPoints": points, "aggregationTemporality": CUMULATIVE }))
        }
    };
    let unit = match family.name.rsplit('_').next() {
        Some("seconds") => "s",
        Some("bytes") => "By",
        _ => "1",
    };
    json!({ "name": family.name, "description": family.help, "unit": unit, kind: data })
}

fn point(sample: &Sample, when: &Span) -> Json {
    let labels = sample.labels.iter().map(|(name, value)| (*name, value.as_str()));
    let mut point = json!({
        "attributes": attributes(labels),
        "startTimeUnixNano": when.started,
        "timeUnixNano": when.now,
    });
    match &sample.value {
        Value::Count(count) => point["asInt"] = count.to_string().into(),
        Value::Figure(figure) => point["asDouble"] = (*figure).into(),
        Value::Histogram { sum, count, buckets } => {
            // The last bucket is what is above all bounds.
            let bounds = buckets.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite());
            point["count"] = count.to_string().into();
            point["sum"] = (*sum).into();
            point["explicitBounds"] = bounds.collect();
            point["bucketCounts"] = buckets.iter().map(|(_, n)| n.to_string()).collect();
        }
    }
    point
}

fn attributes<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Json {
    pairs.map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } })).collect()
}

fn nanoseconds(at: Timestamp) -> String {
    at.as_nanosecond().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_written_as_the_protocol_has_it() {
        let sample = |value| Sample { labels: vec![("kind", "a".to_owned())], value };
        let family =
            |name, kind, value| Family { name, help: "Help.", kind, samples: vec![sample(value)] };
        let buckets = vec![(0.005, 2), (f64::INFINITY, 1)];
        let at = |second| Timestamp::from_second(second).unwrap();
        let families = [
            family("caseload_events", Kind::Counter, Value::Count(7)),
            family("caseload_sla_seconds", Kind::Gauge, Value::Figure(0.25)),
            family("h_seconds", Kind::Histogram, Value::Histogram { sum: 3.5, count: 3, buckets }),
            Family { name: "nothing", help: "", kind: Kind::Gauge, samples: Vec::new() },
        ];
        let told = otlp(&families, &[("service.name", "caseload")], at(1), at(2));
        let resource = &told["resourceMetrics"][0];
        assert_eq!(
            resource["resource"],
            json!({ "attributes": [
                { "key": "service.name", "value": { "stringValue": "caseload" } }] })
        );
        let label = json!([{ "key": "kind", "value": { "stringValue": "a" } }]);
        let point = |more: Json| {
            let mut point = json!({ "attributes": label, "startTimeUnixNano": "1000000000",
                "timeUnixNano": "2000000000" });
            let (Json::Object(point_of), Json::Object(more)) = (&mut point, more) else { panic!() };
            point_of.extend(more);
            point
        };
        let expected = json!([
            { "name": "caseload_events", "description": "Help.", "unit": "1", "sum": {
                "dataPoints": [point(json!({ "asInt": "7" }))],
                "aggregationTemporality": 2, "isMonotonic": true } },
            { "name": "caseload_sla_seconds", "description": "Help.", "unit": "s", "gauge": {
                "dataPoints": [point(json!({ "asDouble": 0.25 }))] } },
            { "name": "h_seconds", "description": "Help.", "unit": "s", "histogram": {
                "dataPoints": [point(json!({ "count": "3", "sum": 3.5, "explicitBounds": [0.005],
                    "bucketCounts": ["2", "1"] }))],
                "aggregationTemporality": 2 } },
        ]);
        assert_eq!(resource["scopeMetrics"][0]["metrics"], expected);
    }
}
