//! A request to the simulator: the first line is method, path and query, the rest is the body.
//! It answers with a status that is no failure of its own.

use std::{net::SocketAddr, sync::LazyLock};

use caseload::{
    clock::Clock,
    simulator::{self, DEMO_KEY, Options, Simulator},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
};

struct Line {
    runtime: Runtime,
    _simulator: Simulator,
    address: SocketAddr,
}

static LINE: LazyLock<Line> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let clock = Clock::manual("2026-03-02T12:00:00Z".parse().expect("a fixed instant"));
    let options = Options { inquiries: 30, rate_limit: u32::MAX, ..Options::default() };
    let started = simulator::start(([127, 0, 0, 1], 0).into(), options, clock);
    let simulator = runtime.block_on(started).expect("a free port");
    let address = simulator.address();
    Line { runtime, _simulator: simulator, address }
});

pub fn run(input: &[u8]) {
    let (first, body) = match input.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, &[][..]),
    };
    // What HTTP itself would refuse says nothing about the simulator.
    let plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#';
    let target: Vec<u8> = first[1.min(first.len())..].iter().copied().filter(plain).collect();
    let method = match first.first() {
        Some(byte) => ["GET", "POST", "PATCH", "DELETE"][usize::from(*byte) % 4],
        None => return,
    };
    let mut request = format!("{method} /api/v1/").into_bytes();
    request.extend(target);
    request.extend(
        format!(
            " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {DEMO_KEY}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .bytes(),
    );
    request.extend(body);
    let line = &*LINE;
    let answer = line.runtime.block_on(async {
        let mut stream = TcpStream::connect(line.address).await.expect("it listens");
        let _ = stream.write_all(&request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    });
    let told = String::from_utf8_lossy(&answer[..answer.len().min(400)]).into_owned();
    let status = told.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    let status: Option<u16> = status.and_then(|status| status.parse().ok());
    assert!(status.is_some_and(|status| status < 500), "{told}");
}
