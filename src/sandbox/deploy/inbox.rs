//! A receiver of webhooks: keeps what it is sent, and answers as it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::listen::Listening;

/// A receiver of webhooks. It believes everybody: what it was sent is checked by the test.
#[derive(Debug)]
pub struct Inbox {
    shared: Arc<Mutex<Shared>>,
    listening: Listening,
}

#[derive(Debug, Default)]
struct Shared {
    letters: Vec<Letter>,
    answers: VecDeque<u16>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Path and query.
    pub path: String,
    /// Header fields that are text, by their name in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Letter {
    /// A header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter();
        fields
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Inbox {
    /// Starts it.
    pub fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        Ok(Self {
            shared,
            listening: Listening::start(router)?,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// Answers the next requests with these statuses, and then with 204 again.
    pub fn answer(&self, statuses: &[u16]) {
        self.lock().answers.extend(statuses);
    }

    /// Everything that came, in its order.
    pub fn letters(&self) -> Vec<Letter> {
        self.lock().letters.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let letter = Letter {
        path: uri.to_string(),
        headers: headers.iter().filter_map(text).collect(),
        body: body.to_vec(),
    };
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.letters.push(letter);
    let answer = shared
        .answers
        .pop_front()
        .and_then(|status| StatusCode::from_u16(status).ok());
    answer.unwrap_or(StatusCode::NO_CONTENT)
}
