//! Bodies of requests: bounded in bytes, in time, and all together.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::reply::Problem;

/// A body that came whole, and its share of the memory for bodies.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    _share: Vec<OwnedSemaphorePermit>,
}

/// Reads a body of at most `limit` bytes that comes within `time`.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    time: Duration,
    memory: &Arc<Semaphore>,
) -> Result<Whole, Problem> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    if announced.is_some_and(|length| length.parse::<usize>().is_ok_and(|length| length > limit)) {
        return Err(Problem::TooLarge);
    }
    match tokio::time::timeout(time, collect(body, limit, memory)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Problem::TooSlow),
    }
}

async fn collect(mut body: Body, limit: usize, memory: &Arc<Semaphore>) -> Result<Whole, Problem> {
    let mut bytes = Vec::new();
    let mut share = Vec::new();
    let mut held: usize = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::BrokenOff)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(&data);
        let wanted = bytes.len().div_ceil(1024);
        if wanted > held {
            let more = u32::try_from(wanted - held).unwrap_or(u32::MAX);
            let permit = Arc::clone(memory).try_acquire_many_owned(more);
            share.push(permit.map_err(|_| Problem::Busy)?);
            held = wanted;
        }
    }
    Ok(Whole { bytes, _share: share })
}
