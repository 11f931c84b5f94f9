//! Header fields that prove something: exactly one of each.

use axum::http::HeaderMap;

/// The value of a field; `None` where there is none.
///
/// # Errors
///
/// When it stands there twice, or is not ASCII.
pub(super) fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(format!("{name} is not ASCII")),
        },
        (Some(_), Some(_)) => Err(format!("{name} stands there twice")),
    }
}

/// The value of a field that has to be there.
pub(super) fn need<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    one(headers, name)?.ok_or_else(|| format!("there is no {name}"))
}
