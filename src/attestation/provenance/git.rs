//! Addresses of git repositories, as resource URIs without secrets.

/// An address of the web without a slash at its end, credentials, query and fragment; `None` for anything else.
pub(super) fn web_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme != "https" && scheme != "http" {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    if !is_authority(host) {
        return None;
    }
    let path = path.trim_end_matches('/');
    let address = match path {
        "" => format!("{scheme}://{host}"),
        path => format!("{scheme}://{host}/{path}"),
    };
    (!host.is_empty() && super::super::predicate::is_uri(&address)).then_some(address)
}

/// Whether it is `HOST` or `HOST:PORT`. What stands behind a colon and is no port may be a part of a password that had
/// one of the signs in it at which an address is cut.
fn is_authority(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some((_, port)) => text.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit()),
        None => true,
    }
}

/// A repository's address as a resource URI (SPDX download location, git): `git+https://host/owner/name`, with the ref
/// after `@` where there is one. Credentials in the address are left out; `None` for what is no address of a repository.
pub(super) fn resource_uri(repository: &str, reference: Option<&str>) -> Option<String> {
    let address = web_address(repository).or_else(|| ssh_address(repository))?;
    let uri = match reference {
        Some(reference) => format!("git+{address}@{reference}"),
        None => format!("git+{address}"),
    };
    super::super::predicate::is_uri(&uri).then_some(uri)
}

/// `git@host:owner/name` and `ssh://git@host/owner/name` as `ssh://git@host/owner/name`. A user other than `git` is
/// somebody's name, and what stands behind a colon a password: both stay out.
fn ssh_address(text: &str) -> Option<String> {
    let (authority, path) = match text.strip_prefix("ssh://") {
        Some(rest) => rest.split_once('/')?,
        None if text.contains("://") => return None,
        None => text.split_once(':')?,
    };
    let (user, host) = authority.rsplit_once('@')?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let user = if user == "git" { "git@" } else { "" };
    let is_whole = !host.is_empty() && !path.is_empty();
    is_whole.then(|| format!("ssh://{user}{host}/{}", path.trim_start_matches('/')))
}

/// The full name of a tag or a branch, by which both are told apart.
pub(super) fn reference(tag: Option<String>, branch: Option<String>) -> Option<String> {
    tag.map(|tag| format!("refs/tags/{tag}"))
        .or_else(|| branch.map(|branch| format!("refs/heads/{branch}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_get_into_an_address() {
        for (text, expected) in [
            ("https://github.com/o/r", Some("git+https://github.com/o/r")),
            (
                "https://github.com/o/r.git/",
                Some("git+https://github.com/o/r.git"),
            ),
            (
                "https://user:secret@git.example/o/r.git",
                Some("git+https://git.example/o/r.git"),
            ),
            (
                "https://oauth2:secret@git.example:8443/o/r?token=secret#secret",
                Some("git+https://git.example:8443/o/r"),
            ),
            ("git@github.com:o/r.git", Some("git+ssh://git@github.com/o/r.git")),
            (
                "ssh://git@git.example:22/o/r",
                Some("git+ssh://git@git.example:22/o/r"),
            ),
            (
                "ssh://me:secret@git.example/o/r",
                Some("git+ssh://git.example/o/r"),
            ),
            ("me:secret@git.example:o/r", None),
            ("https://me:secret?@git.example/o/r", None),
            ("https://me:secret#@git.example/o/r", None),
            ("https://me:secret/@git.example/o/r", None),
            ("https://[2001:db8::1]/o/r", Some("git+https://[2001:db8::1]/o/r")),
            ("file:///srv/secret", None),
            ("https://", None),
            ("https://git.example/a b", None),
            ("", None),
        ] {
            let found = resource_uri(text, None);
            assert!(!found.as_deref().unwrap_or_default().contains("secret"), "{text}");
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_tag_goes_before_a_branch() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(reference(some("v1"), some("main")), some("refs/tags/v1"));
        assert_eq!(reference(None, some("main")), some("refs/heads/main"));
        assert_eq!(reference(None, None), None);
    }
}
