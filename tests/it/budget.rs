//! The rate limit, the quotas and the clock, over real HTTP: what is left is kept to, what is said
//! is believed within reason, and whatever is odd is survived.

use std::{sync::Arc, time::Duration};

use caseload::{
    metrics::Class,
    model::{IdempotencyKey, InquiryId, Lane, TemplateId, Text},
    persona::{Client, ErrorKind, cases, inquiries, limits, redact},
    simulator::{DEMO_KEY, Options},
};
use futures::future::join_all;
use tokio::task::{JoinHandle, yield_now};

use crate::client::{Line, client, given};

/// So many questions at once, each answered in the end.
fn questions(client: &Arc<Client>, count: usize, lane: Lane) -> JoinHandle<()> {
    let client = Arc::clone(client);
    tokio::spawn(async move {
        let asked = join_all((0..count).map(|_| client.read(&limits::RateLimits, lane))).await;
        for answer in asked {
            answer.expect("an answer in the end");
        }
    })
}

/// Until everything that came is answered and nobody goes any more.
async fn settled(line: &Line) {
    loop {
        let before = line.simulator.requests().len();
        for _ in 0..2_000 {
            yield_now().await;
        }
        let answered: u64 = line.recorder.series().iter().map(|one| one.count).sum();
        if answered == before as u64 && line.simulator.requests().len() == before {
            return;
        }
    }
}

/// A line and its client, to be asked from several tasks.
async fn line(rate_limit: u32) -> (Line, Arc<Client>) {
    let line = Line::limited_to(rate_limit).await;
    let key = given(DEMO_KEY);
    let shared = client(&line.simulator.base_url(), key, &line.clock, &line.recorder).unwrap();
    (line, Arc::new(shared))
}

fn refused(line: &Line) -> usize {
    line.simulator.requests().iter().filter(|asked| asked.status == Some(429)).count()
}

#[tokio::test]
async fn many_at_once_never_go_beyond_the_limit() {
    let (line, client) = line(100).await;
    let people = questions(&client, 180, Lane::Front);
    line.received(100).await;
    settled(&line).await;
    assert_eq!(line.simulator.requests().len(), 100);
    // Nobody behind the screen goes before those in front of it.
    let back = questions(&client, 10, Lane::Back);
    line.clock.advance(Duration::from_secs(61));
    line.received(180).await;
    people.await.unwrap();
    line.received(185).await;
    settled(&line).await;
    assert_eq!(line.simulator.requests().len(), 185, "down to the reserve");
    line.clock.advance(Duration::from_secs(61));
    back.await.unwrap();
    assert_eq!(refused(&line), 0);
}

#[tokio::test]
async fn two_consoles_share_what_there_is() {
    let (line, one) = line(100).await;
    let recorder = Arc::clone(&line.recorder);
    let two = client(&line.simulator.base_url(), given(DEMO_KEY), &line.clock, &recorder);
    let two = Arc::new(two.unwrap());
    let work = [questions(&one, 90, Lane::Back), questions(&two, 90, Lane::Back)];
    let mut before = 0;
    for _ in 0..3 {
        line.received(before + 85.min(180 - before)).await;
        settled(&line).await;
        let now = line.simulator.requests().len();
        // Either may not have seen yet what the other has under way.
        assert!((85..=85 + 7).contains(&(now - before)) || now == 180, "{before} {now}");
        before = now;
        line.clock.advance(Duration::from_secs(61));
        if now == 180 {
            break;
        }
    }
    for work in work {
        work.await.unwrap();
    }
    assert_eq!(refused(&line), 0);
}

#[tokio::test]
async fn a_limiter_that_others_use_up_is_believed_and_recovered_from() {
    let (line, client) = line(100).await;
    questions(&client, 10, Lane::Back).await.unwrap();
    // Others take it all at once: our own count says 90 are left.
    line.fault("times = 1\nothers = 90");
    let told = client.read(&limits::RateLimits, Lane::Back).await.unwrap_err();
    assert!(matches!(told.kind(), ErrorKind::RateLimited { retry_after: Some(_) }), "{told}");
    let work = questions(&client, 50, Lane::Back);
    settled(&line).await;
    assert_eq!(line.simulator.requests().len(), 11, "nobody knocks at a closed door");
    line.clock.advance(Duration::from_secs(61));
    work.await.unwrap();
    assert_eq!(refused(&line), 1);
}

#[tokio::test]
async fn a_429_without_a_word_backs_off_as_documented() {
    let (line, client) = line(100_000).await;
    // Answers to be read, but no headers.
    line.fault("times = 2\nfault = \"rate-limited\"\nretry_after = 0");
    for pause in [1, 2] {
        let told = client.read(&limits::RateLimits, Lane::Back).await.unwrap_err();
        assert_eq!(told.retry_after(), Some(Duration::ZERO));
        let before = line.simulator.requests().len();
        let next = questions(&client, 1, Lane::Back);
        line.clock.advance(Duration::from_secs(pause) - Duration::from_millis(1));
        settled(&line).await;
        assert_eq!(line.simulator.requests().len(), before, "at once is not believed");
        next.abort();
        line.clock.advance(Duration::from_millis(1));
    }
    questions(&client, 1, Lane::Back).await.unwrap();
}

#[tokio::test]
async fn without_headers_or_with_absurd_ones_the_documented_limit_is_kept_by_counting() {
    for fault in ["no-limits", "absurd-limits"] {
        let (line, client) = line(100_000).await;
        line.fault(&format!("fault = \"{fault}\""));
        let work = questions(&client, 300, Lane::Back);
        line.received(255).await;
        settled(&line).await;
        assert_eq!(line.simulator.requests().len(), 255, "{fault}");
        questions(&client, 45, Lane::Front).await.unwrap();
        line.clock.advance(Duration::from_secs(61));
        work.await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_is_set_while_somebody_waits_changes_nothing() {
    for day in [-1, 1] {
        let (line, client) = line(100).await;
        questions(&client, 100, Lane::Front).await.unwrap();
        let waits = [questions(&client, 1, Lane::Front), questions(&client, 5, Lane::Back)];
        settled(&line).await;
        let other_day = line.clock.now() + jiff::SignedDuration::from_hours(24 * day);
        line.clock.set(other_day);
        settled(&line).await;
        assert_eq!(line.simulator.requests().len(), 100, "no time went by");
        line.clock.advance(Duration::from_secs(61));
        for wait in waits {
            wait.await.unwrap();
        }
        assert_eq!(refused(&line), 0);
    }
}

#[tokio::test]
async fn a_used_up_quota_stops_creates_of_its_product_and_nothing_else() {
    let options = Options { inquiries: 60, quota: 2, rate_limit: 10_000, ..Default::default() };
    let line = Line::of(options).await;
    let create = inquiries::Create::of(TemplateId::new("itmpl_Kyc").unwrap());
    let make = async || {
        let key = IdempotencyKey::random();
        line.client.write(&create, &key, Lane::Front).await.map(|_| ())
    };
    for _ in 0..2 {
        make().await.unwrap();
    }
    // The second answer said that it was the last.
    let before = line.simulator.requests().len();
    let told = make().await.unwrap_err();
    let wait = match told.kind() {
        ErrorKind::QuotaSpent { retry_after: Some(wait) } => *wait,
        other => panic!("{other:?}"),
    };
    assert_eq!(line.simulator.requests().len(), before, "what must be refused is not sent");
    line.limits(Lane::Back).await.unwrap();
    let approve = inquiries::Approve { id: line.waiting(), comment: None };
    line.client.write(&approve, &IdempotencyKey::random(), Lane::Front).await.unwrap();
    let case = cases::Create {
        template: TemplateId::new("ctmpl_Review").unwrap(),
        creator: None,
        queue: None,
        fields: Default::default(),
        objects: Vec::new(),
        sla_seconds: None,
    };
    let other = line.client.write(&case, &IdempotencyKey::random(), Lane::Front).await;
    assert!(!matches!(
        other.as_ref().err().map(|why| why.kind()),
        Some(ErrorKind::QuotaSpent { .. })
    ));
    line.clock.advance(wait);
    make().await.unwrap();

    // Used up by somebody else: a 429 that says nothing of the rate limit.
    line.fault("times = 1\nfault = \"quota-exceeded\"");
    let told = make().await.unwrap_err();
    assert!(matches!(told.kind(), ErrorKind::QuotaSpent { .. }), "{told}");
    line.limits(Lane::Back).await.unwrap();
}

#[tokio::test]
async fn what_is_given_up_is_a_record_too() {
    let (line, client) = line(100).await;
    line.fault("times = 1\nfault = \"stuck\"");
    let work = questions(&client, 1, Lane::Front);
    line.received(1).await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    questions(&client, 1, Lane::Front).await.unwrap();
    let kinds: Vec<_> = line.recorder.series().iter().map(|one| (one.class, one.count)).collect();
    assert_eq!(kinds, [(Class::Abandoned, 1), (Class::Ok, 1)]);
    assert_eq!(line.recorder.stats().error_rate, Some(0.0));
}

#[tokio::test]
async fn a_removal_is_repeated_freely_and_another_write_is_not() {
    let (line, client) = line(10_000).await;
    let id = InquiryId::new(&line.simulator.inquiries("approved")[0]).unwrap();
    let subject = redact::Subject::Inquiry(id.clone());
    let redact = redact::Redact::confirmed(subject, id.as_str()).unwrap();
    line.fault("method = \"DELETE\"\ntimes = 2\nfault = \"unavailable\"");
    let key = IdempotencyKey::random();
    tokio::select! {
        done = client.write(&redact, &key, Lane::Front) => drop(done.unwrap()),
        () = line.time_goes_by() => {}
    }
    let asked = line.simulator.requests();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked.iter().all(|asked| asked.idempotency_key.is_none()), "keys are for POST");

    line.fault("method = \"PATCH\"\ntimes = 1\nfault = \"unavailable\"");
    let changes = inquiries::Changes { note: Some(Some(Text::new("n"))), ..Default::default() };
    let update = inquiries::Update { id: line.waiting(), changes };
    let failed = client.write(&update, &key, Lane::Front).await.unwrap_err();
    assert!(matches!(failed.kind(), ErrorKind::Server { .. }), "{failed}");
    assert_eq!(line.simulator.requests().len(), 4, "whether it took effect is read first");
}
