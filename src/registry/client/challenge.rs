//! `WWW-Authenticate`: what a registry wants to be told (RFC 9110, 11.6.1; distribution specification, token
//! authentication).

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// Bytes of all challenges of one answer that are read.
const MAX_CHALLENGE_BYTES: usize = 8 * 1024;
/// Challenges of one answer that are read.
const MAX_CHALLENGES: usize = 8;
/// Parameters of one challenge that are read.
const MAX_PARAMETERS: usize = 16;

/// A way of authenticating that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A token from a token server.
    Bearer {
        /// The token server's address.
        realm: String,
        /// The name of the registry for the token server.
        service: Option<String>,
        /// What the token is to be good for.
        scope: Option<String>,
    },
    /// A user name and password.
    Basic,
}

/// Why no challenge can be taken from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChallengeError {
    /// There is none.
    Absent,
    /// There is none that is understood.
    Unknown,
    /// It does not parse, or is too long.
    Malformed,
}

/// The challenge to answer: the first `Bearer` one, otherwise `Basic`.
pub(crate) fn choose(headers: &HeaderMap) -> Result<Challenge, ChallengeError> {
    let mut total = 0_usize;
    let mut found = Vec::new();
    for value in headers.get_all(WWW_AUTHENTICATE) {
        total = total.saturating_add(value.len());
        if total > MAX_CHALLENGE_BYTES {
            return Err(ChallengeError::Malformed);
        }
        let text = value.to_str().map_err(|_| ChallengeError::Malformed)?;
        parse(text, &mut found)?;
    }
    if found.is_empty() {
        return Err(ChallengeError::Absent);
    }
    let bearer = found.iter().find(|raw| raw.is("bearer"));
    if let Some(raw) = bearer {
        return Ok(Challenge::Bearer {
            realm: raw.get("realm")?.ok_or(ChallengeError::Malformed)?.to_owned(),
            service: raw.get("service")?.map(str::to_owned),
            scope: raw.get("scope")?.map(str::to_owned),
        });
    }
    match found.iter().any(|raw| raw.is("basic")) {
        true => Ok(Challenge::Basic),
        false => Err(ChallengeError::Unknown),
    }
}

struct Raw<'t> {
    scheme: &'t str,
    parameters: Vec<(&'t str, String)>,
}

impl Raw<'_> {
    fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// A parameter. One that stands twice could be read two ways.
    fn get(&self, name: &str) -> Result<Option<&str>, ChallengeError> {
        let mut values = self
            .parameters
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = values.next();
        match values.next() {
            Some(_) => Err(ChallengeError::Malformed),
            None => Ok(first.map(|(_, value)| value.as_str())),
        }
    }
}

/// Adds the challenges of one header to `found`.
fn parse<'t>(text: &'t str, found: &mut Vec<Raw<'t>>) -> Result<(), ChallengeError> {
    let mut rest = skip(text);
    let first = found.len();
    while !rest.is_empty() {
        let (name, after) = token(rest).ok_or(ChallengeError::Malformed)?;
        if let Some(value) = after
            .trim_start()
            .strip_prefix('=')
            .filter(|_| found.len() > first)
        {
            let (value, after) = parameter(value.trim_start())?;
            let raw = found.last_mut().ok_or(ChallengeError::Malformed)?;
            if raw.parameters.len() >= MAX_PARAMETERS {
                return Err(ChallengeError::Malformed);
            }
            raw.parameters.push((name, value));
            rest = separated(after)?;
        } else {
            if found.len() >= MAX_CHALLENGES {
                return Err(ChallengeError::Malformed);
            }
            found.push(Raw {
                scheme: name,
                parameters: Vec::new(),
            });
            rest = match after.strip_prefix(' ') {
                Some(after) => skip(after),
                None => separated(after)?,
            };
        }
    }
    Ok(())
}

/// What follows a comma; nothing else may follow.
fn separated(text: &str) -> Result<&str, ChallengeError> {
    let text = text.trim_start();
    match text.strip_prefix(',') {
        Some(rest) => Ok(skip(rest)),
        None if text.is_empty() => Ok(text),
        None => Err(ChallengeError::Malformed),
    }
}

fn skip(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', ','])
}

fn token(text: &str) -> Option<(&str, &str)> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let end = text
        .bytes()
        .position(|byte| !is_token(byte))
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at_checked(end)).flatten()
}

/// A value: a token, or a text in quotes in which a backslash takes the meaning off the next character.
fn parameter(text: &str) -> Result<(String, &str), ChallengeError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = token(text).ok_or(ChallengeError::Malformed)?;
        return Ok((value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next().ok_or(ChallengeError::Malformed)? {
            '"' => return Ok((value, characters.as_str())),
            '\\' => value.push(characters.next().ok_or(ChallengeError::Malformed)?),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Result<Challenge, ChallengeError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
        }
        choose(&headers)
    }

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Result<Challenge, ChallengeError> {
        Ok(Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        })
    }

    #[test]
    fn challenges_of_real_registries_are_understood() {
        assert_eq!(
            read(&[
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ]),
            bearer(
                "https://auth.docker.io/token",
                Some("registry.docker.io"),
                Some("repository:a/b:pull,push")
            )
        );
        assert_eq!(read(&[r#"Basic realm="Registry Realm""#]), Ok(Challenge::Basic));
        assert_eq!(read(&["Basic"]), Ok(Challenge::Basic));
        assert_eq!(
            read(&[r#"bearer REALM="https://r/t" , Service=x"#]),
            bearer("https://r/t", Some("x"), None)
        );
    }

    #[test]
    fn of_several_the_token_is_chosen_wherever_it_stands() {
        let both = [
            vec![r#"Basic realm="a", Bearer realm="https://r/t",service="s""#],
            vec![r#"Bearer realm="https://r/t",service="s", Basic realm="a, Bearer realm=x""#],
            vec![
                r#"Basic realm="a""#,
                r#"Negotiate"#,
                r#"Bearer realm="https://r/t",service="s""#,
            ],
        ];
        for values in both {
            assert_eq!(
                read(&values),
                bearer("https://r/t", Some("s"), None),
                "{values:?}"
            );
        }
    }

    #[test]
    fn quotes_and_backslashes_are_undone() {
        assert_eq!(
            read(&[r#"Bearer realm="a\"b\\c""#]),
            bearer(r#"a"b\c"#, None, None)
        );
    }

    #[test]
    fn what_is_no_challenge_is_refused() {
        assert_eq!(read(&[]), Err(ChallengeError::Absent));
        assert_eq!(read(&[""]), Err(ChallengeError::Absent));
        assert_eq!(
            read(&["Negotiate", "Digest realm=\"x\""]),
            Err(ChallengeError::Unknown)
        );
        let many = vec!["Basic"; MAX_CHALLENGES + 1];
        let long = format!("Bearer realm=\"{}\"", "a".repeat(MAX_CHALLENGE_BYTES));
        let parameters = format!("Bearer {}", "a=b,".repeat(MAX_PARAMETERS + 1));
        for values in [
            vec!["Bearer"],
            vec!["Bearer service=\"x\""],
            vec!["Bearer realm=\"unterminated"],
            vec!["Bearer realm=\"a\" junk=="],
            vec!["Bearer realm=\"a\",realm=\"b\""],
            vec!["=="],
            vec!["Bearer realm=\"a\"b"],
            vec!["Bearer realm="],
            vec![long.as_str()],
            vec![parameters.as_str()],
            many,
        ] {
            assert_eq!(read(&values), Err(ChallengeError::Malformed), "{values:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let mut headers = HeaderMap::new();
        headers.append(
            WWW_AUTHENTICATE,
            HeaderValue::from_bytes(b"Bearer realm=\"\xff\"").unwrap(),
        );
        assert_eq!(choose(&headers), Err(ChallengeError::Malformed));
    }
}
