//! Families as Prometheus reads them: the text format of OpenMetrics 1.0, and the older one of its own.

use std::{collections::HashSet, fmt};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet, text::encode},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};

use super::{Family, Kind, Value};

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    OpenMetrics,
    Prometheus,
}

impl Format {
    /// The one for somebody who says over HTTP what they take.
    pub fn accepted(accept: &str) -> Self {
        match accept.contains("application/openmetrics-text") {
            true => Self::OpenMetrics,
            false => Self::Prometheus,
        }
    }

    /// What the text says of itself over HTTP.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// The whole answer to a scrape.
pub fn text(families: Vec<Family>, format: Format) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Told(families)));
    let mut out = String::new();
    encode(&mut out, &registry).expect("a text takes all that is written to it");
    match format {
        Format::OpenMetrics => out,
        Format::Prometheus => older(&out),
    }
}

/// In the older format a family of what only grows is called like its samples, and nothing marks the
/// end.
fn older(text: &str) -> String {
    let counters: HashSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut out = String::with_capacity(text.len());
    for line in text.lines().filter(|line| *line != "# EOF") {
        let named = ["# HELP ", "# TYPE "].into_iter().find_map(|what| {
            let (name, rest) = line.strip_prefix(what)?.split_once(' ')?;
            counters.contains(name).then(|| format!("{what}{name}_total {rest}"))
        });
        out.push_str(named.as_deref().unwrap_or(line));
        out.push('\n');
    }
    out
}

#[derive(Debug)]
struct Told(Vec<Family>);

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for family in &self.0 {
            let kind = match family.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
                Kind::Histogram => MetricType::Histogram,
            };
            let mut metric = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            if let [only] = family.samples.as_slice()
                && only.labels.is_empty()
            {
                write(metric, &only.value)?;
                continue;
            }
            for sample in &family.samples {
                write(metric.encode_family(&sample.labels)?, &sample.value)?;
            }
        }
        Ok(())
    }
}

fn write(mut metric: MetricEncoder<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Count(count) => ConstCounter::new(*count).encode(metric),
        Value::Figure(figure) => ConstGauge::new(*figure).encode(metric),
        Value::Histogram { sum, count, buckets } => {
            metric.encode_histogram::<NoLabelSet>(*sum, *count, buckets, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Sample;

    fn sample(labels: &[(&'static str, &str)], value: Value) -> Sample {
        let labels = labels.iter().map(|(name, label)| (*name, (*label).to_owned())).collect();
        Sample { labels, value }
    }

    #[test]
    fn each_kind_is_written_as_the_format_has_it() {
        let buckets = vec![(0.005, 2), (1.0, 1), (f64::INFINITY, 1)];
        let families = vec![
            Family {
                name: "caseload_events",
                help: "What happened.",
                kind: Kind::Counter,
                samples: vec![sample(&[("kind", "a\"b\\c\nd"), ("way", "poll")], Value::Count(7))],
            },
            Family {
                name: "caseload_sla_seconds",
                help: "The limit.",
                kind: Kind::Gauge,
                samples: vec![sample(&[], Value::Figure(0.25))],
            },
            Family {
                name: "caseload_request_duration_seconds",
                help: "How long.",
                kind: Kind::Histogram,
                samples: vec![sample(
                    &[("method", "GET")],
                    Value::Histogram { sum: 3.5, count: 4, buckets },
                )],
            },
        ];
        let expected = r#"# HELP caseload_events What happened.
# TYPE caseload_events counter
caseload_events_total{kind="a\"b\\c\nd",way="poll"} 7
# HELP caseload_sla_seconds The limit.
# TYPE caseload_sla_seconds gauge
caseload_sla_seconds 0.25
# HELP caseload_request_duration_seconds How long.
# TYPE caseload_request_duration_seconds histogram
caseload_request_duration_seconds_sum{method="GET"} 3.5
caseload_request_duration_seconds_count{method="GET"} 4
caseload_request_duration_seconds_bucket{le="0.005",method="GET"} 2
caseload_request_duration_seconds_bucket{le="1.0",method="GET"} 3
caseload_request_duration_seconds_bucket{le="+Inf",method="GET"} 4
# EOF
"#;
        assert_eq!(text(families.clone(), Format::OpenMetrics), expected);
        let older = expected
            .replace("P caseload_events What", "P caseload_events_total What")
            .replace("E caseload_events counter", "E caseload_events_total counter")
            .replace("# EOF\n", "");
        assert_eq!(text(families, Format::Prometheus), older);
        let asks = |accept| Format::accepted(accept);
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2";
        assert_eq!((asks(prometheus), asks("*/*")), (Format::OpenMetrics, Format::Prometheus));
    }
}
