//! `POST /v1/admission`: the answer to a cluster. It comes in time, and is *denied* when nothing better is known.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::Response;

use super::State;
use super::enter::Admitted;
use super::reply::{Problem, json};
use crate::gate::admission::{Answer, Asked, Review, response};
use crate::gate::caller::Caller;
use crate::subject::Reference;

/// How long deciding may take. A cluster waits ten seconds unless it is told otherwise.
const TIME: Duration = Duration::from_secs(8);

/// Answers a review.
pub(super) async fn answer(state: &Arc<State>, admitted: Admitted) -> Result<Response, Problem> {
    let review = Review::read(&admitted.body.bytes).ok_or(Problem::Review)?;
    let name = admitted.caller()?.name().to_owned();
    let answer = match review.asked {
        Asked::Delete => Answer::Allowed,
        Asked::Unreadable(why) => Answer::Denied(why),
        Asked::Run(images) => decide(state, admitted, images).await,
    };
    let why = match &answer {
        Answer::Allowed => "allowed",
        Answer::Denied(why) => why,
    };
    let fields: [(&str, &dyn std::fmt::Display); 3] =
        [("caller", &name), ("uid", &review.uid), ("answer", &why)];
    state.parts.log.line("admission", &fields);
    Ok(json(StatusCode::OK, &response(&review.uid, &answer)))
}

async fn decide(state: &Arc<State>, admitted: Admitted, images: Vec<Reference>) -> Answer {
    let Ok(permit) = Arc::clone(&state.reviews).try_acquire_owned() else {
        return Answer::Denied("the gate has too much to do: try again".to_owned());
    };
    let judge = Arc::clone(&state.parts.decide);
    let until = Instant::now() + TIME;
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let Ok(caller) = admitted.caller() else {
            return Answer::Denied("the configuration has changed: try again".to_owned());
        };
        let mut answers = images.iter().map(|image| {
            if Instant::now() >= until {
                return too_late();
            }
            one(caller, image, || judge(image))
        });
        answers
            .find(|answer| *answer != Answer::Allowed)
            .unwrap_or(Answer::Allowed)
    });
    match tokio::time::timeout_at(until.into(), task).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Answer::Denied("the gate failed on this object".to_owned()),
        Err(_) => too_late(),
    }
}

fn one(caller: &Caller, image: &Reference, judge: impl FnOnce() -> Answer) -> Answer {
    if !caller.speaks_for(image) {
        return Answer::Denied(format!("{image}: this cluster may not ask about it"));
    }
    match judge() {
        Answer::Allowed => Answer::Allowed,
        Answer::Denied(why) => Answer::Denied(format!("{image}: {why}")),
    }
}

fn too_late() -> Answer {
    Answer::Denied("it was not decided in time: try again".to_owned())
}
