//! The port that controls the simulator: what goes wrong, what came, what it believes.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{Scenario, rules::Step, serve::Shared};

const HELP: &str = "\
GET  /scenario               what goes wrong, as TOML
PUT  /scenario               replace it: TOML, or the name of one that is shipped
POST /faults                 put rules before the others: TOML
GET  /requests               the latest requests
GET  /state/{id}             an object as it is now
POST /inquiries/{id}/{step}  another reviewer approves, declines, marks-for-review, expires, resumes
POST /webhooks/flush         retry now whatever waits
";

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(|| async { HELP }))
        .route("/scenario", get(scenario).put(replace))
        .route("/faults", post(faults))
        .route("/requests", get(requests))
        .route("/state/{id}", get(state))
        .route("/inquiries/{id}/{step}", post(step))
        .route("/webhooks/flush", post(flush))
        .with_state(shared)
}

async fn scenario(State(shared): State<Arc<Shared>>) -> Response {
    match toml::to_string(&shared.persona().scenario) {
        Ok(text) => text.into_response(),
        Err(why) => (StatusCode::INTERNAL_SERVER_ERROR, why.to_string()).into_response(),
    }
}

async fn replace(State(shared): State<Arc<Shared>>, text: String) -> Response {
    // A single word is a name, everything else is TOML.
    let named = Scenario::names().contains(&text.trim());
    let read = if named { Scenario::named(text.trim()).ok() } else { None };
    match read.map_or_else(|| Scenario::parse(&text), Ok) {
        Ok(scenario) => {
            shared.persona().scenario = scenario;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(why) => (StatusCode::BAD_REQUEST, why.to_string()).into_response(),
    }
}

async fn faults(State(shared): State<Arc<Shared>>, text: String) -> Response {
    match Scenario::parse(&text) {
        Ok(urgent) => {
            shared.persona().scenario.first(urgent);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(why) => (StatusCode::BAD_REQUEST, why.to_string()).into_response(),
    }
}

async fn requests(State(shared): State<Arc<Shared>>) -> Response {
    Json(json!(shared.persona().received)).into_response()
}

async fn state(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let persona = shared.persona();
    match persona.world.get(&id) {
        Some(object) => {
            let effects = persona.world.effects(&id);
            Json(json!({ "data": object.json(), "effects": effects })).into_response()
        }
        None => (StatusCode::NOT_FOUND, format!("no object has the id {id}\n")).into_response(),
    }
}

async fn step(
    State(shared): State<Arc<Shared>>,
    Path((id, step)): Path<(String, String)>,
) -> Response {
    let Some(known) = Step::named(&step) else {
        let why = format!("{step} is no step of an inquiry\n");
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let now = shared.clock.now();
    let done = shared.persona().elsewhere(&id, known, now);
    shared.news.notify_one();
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT);
            (status, format!("{}: {}\n", refusal.title, refusal.details)).into_response()
        }
    }
}

async fn flush(State(shared): State<Arc<Shared>>) -> Response {
    let waiting = shared.persona().hooks.flush();
    shared.news.notify_one();
    Json(json!({ "waiting": waiting })).into_response()
}
