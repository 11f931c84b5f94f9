//! `Link: <…>; rel="next"`: the next page of a list (RFC 8288; distribution specification, listing referrers).

use reqwest::header::{HeaderMap, LINK};

/// Bytes of all `Link` headers of one answer that are read.
const MAX_LINK_BYTES: usize = 8 * 1024;

/// The address of the next page as it is written, `None` on the last page.
///
/// # Errors
///
/// A text that says what is wrong. A link that cannot be read may lead to more, so it is never taken for the end.
pub(crate) fn next(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut found = None;
    let mut total = 0_usize;
    for value in headers.get_all(LINK) {
        total = total.saturating_add(value.len());
        if total > MAX_LINK_BYTES {
            return Err("its Link header is too long");
        }
        let mut rest = value.to_str().map_err(|_| "its Link header is no text")?.trim();
        while !rest.is_empty() {
            let (target, parameters, after) = link(rest).ok_or("its Link header cannot be read")?;
            if is_next(parameters) && found.replace(target.to_owned()).is_some() {
                return Err("it names two next pages");
            }
            rest = after;
        }
    }
    Ok(found)
}

/// One link: its target, its parameters, and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (target, rest) = text.strip_prefix('<')?.split_once('>')?;
    let mut quoted = false;
    let end = rest
        .char_indices()
        .find(|(_, character)| {
            quoted ^= *character == '"';
            *character == ',' && !quoted
        })
        .map_or(rest.len(), |(index, _)| index);
    let (parameters, after) = rest.split_at_checked(end)?;
    Some((target, parameters, after.trim_start_matches([',', ' ', '\t'])))
}

fn is_next(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
        name.trim().eq_ignore_ascii_case("rel") && relations.any(|word| word.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, &'static str> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_str(value).unwrap());
        }
        next(&headers)
    }

    #[test]
    fn the_next_page_is_found_among_other_links() {
        for values in [
            vec!["</v2/a/referrers/d?n=2>; rel=\"next\""],
            vec!["</v2/a/referrers/d?n=2>;rel=next"],
            vec!["</first>; rel=\"first\", </v2/a/referrers/d?n=2>; title=\"a, b\"; rel=\"last next\""],
            vec!["</first>; rel=first", "</v2/a/referrers/d?n=2>; REL=Next"],
        ] {
            assert_eq!(
                read(&values),
                Ok(Some("/v2/a/referrers/d?n=2".to_owned())),
                "{values:?}"
            );
        }
    }

    #[test]
    fn no_link_is_the_end_and_an_unreadable_one_is_not() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["</a>; rel=prev"]), Ok(None));
        for values in [
            vec!["/v2/a; rel=next"],
            vec!["<unclosed; rel=next"],
            vec!["</a>; rel=next, </b>; rel=next"],
            vec!["</a>; rel=next, junk"],
        ] {
            assert!(read(&values).is_err(), "{values:?}");
        }
        let long = format!("<{}>; rel=next", "a".repeat(MAX_LINK_BYTES));
        assert!(read(&[&long]).is_err());
    }
}
