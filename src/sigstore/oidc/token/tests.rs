//! Tokens of every kind of issuer, and every reason to refuse one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::testing::{SIGNATURE, now, person, raw, token, with};
use super::*;

fn parse(claims: &Value) -> Result<IdentityToken, TokenError> {
    IdentityToken::parse(&token(claims), "sigstore", now())
}

#[test]
fn the_challenge_is_the_address_or_the_subject_as_each_issuer_has_it() {
    let github = json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": "sigstore", "exp": 1_800_000_300, "nbf": 1_799_999_999,
        "sub": "repo:org/app:ref:refs/heads/main", "job_workflow_ref": "org/app/.github/workflows/r.yml@refs/heads/main",
    });
    let gitlab = json!({
        "iss": "https://gitlab.com", "aud": ["sigstore"], "exp": 1_800_000_300, "sub": "project_path:g/p:ref_type:branch:ref:main",
        "ci_config_ref_uri": "gitlab.com/g/p//.gitlab-ci.yml@refs/heads/main", "user_email": "dev@example.com",
    });
    let spiffe = json!({
        "iss": "https://spire.example", "aud": ["other", "sigstore"], "exp": 1_800_000_300.5, "sub": "spiffe://example.org/ci",
    });
    let dex = with(
        person(),
        json!({
            "email_verified": "true", "federated_claims": {"connector_id": "https://github.com/login/oauth", "user_id": "1"},
        }),
    );
    let local = with(person(), json!({"federated_claims": {"connector_id": "ldap"}}));
    for (claims, challenge, identity, issuer) in [
        (
            person(),
            "dev@example.com",
            "dev@example.com",
            "https://issuer.example",
        ),
        (
            dex,
            "dev@example.com",
            "dev@example.com",
            "https://github.com/login/oauth",
        ),
        (
            local,
            "dev@example.com",
            "dev@example.com",
            "https://issuer.example",
        ),
        (
            github,
            "repo:org/app:ref:refs/heads/main",
            "org/app/.github/workflows/r.yml@refs/heads/main",
            "https://token.actions.githubusercontent.com",
        ),
        (
            gitlab,
            "project_path:g/p:ref_type:branch:ref:main",
            "gitlab.com/g/p//.gitlab-ci.yml@refs/heads/main",
            "https://gitlab.com",
        ),
        (
            spiffe,
            "spiffe://example.org/ci",
            "spiffe://example.org/ci",
            "https://spire.example",
        ),
    ] {
        let token = parse(&claims).unwrap();
        assert_eq!(token.challenge(), challenge);
        assert_eq!(token.identity(), identity);
        assert_eq!(token.certificate_issuer(), issuer);
    }
}

#[test]
fn a_token_is_refused_by_what_is_wrong_with_it() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let audience = |found: &[&str]| TokenError::Audience {
        wanted: "sigstore".to_owned(),
        found: found.iter().map(|text| (*text).to_owned()).collect(),
    };
    for (changes, error) in [
        (
            json!({"exp": 1_800_000_000}),
            TokenError::Expired(at(1_800_000_000)),
        ),
        (json!({"exp": 0}), TokenError::Expired(at(0))),
        (json!({"exp": i64::MAX}), TokenError::Claim("exp")),
        (json!({"exp": 1e300}), TokenError::Claim("exp")),
        (
            json!({"nbf": 1_800_000_061}),
            TokenError::NotYet(at(1_800_000_061)),
        ),
        (json!({"aud": "vault"}), audience(&["vault"])),
        (
            json!({"aud": ["Sigstore", "sigstore "]}),
            audience(&["Sigstore", "sigstore "]),
        ),
        (json!({"aud": []}), audience(&[])),
        (json!({"iss": ""}), TokenError::Claim("iss")),
        (json!({"email": null, "sub": ""}), TokenError::Claim("sub")),
        (
            json!({"email_verified": false}),
            TokenError::UnverifiedEmail("dev@example.com".into()),
        ),
        (
            json!({"email_verified": "yes"}),
            TokenError::UnverifiedEmail("dev@example.com".into()),
        ),
        (
            json!({"email_verified": null}),
            TokenError::UnverifiedEmail("dev@example.com".into()),
        ),
    ] {
        assert_eq!(
            parse(&with(person(), changes.clone())).unwrap_err(),
            error,
            "{changes}"
        );
    }
    for missing in ["iss", "aud", "exp"] {
        let error = parse(&with(person(), json!({missing: null}))).unwrap_err();
        assert!(matches!(error, TokenError::NotJwt(_)), "{missing}: {error}");
    }
}

#[test]
fn what_is_no_signed_token_is_refused() {
    let claims = person().to_string();
    let twice = claims.replacen("\"sub\":", "\"sub\":\"admin\",\"sub\":", 1);
    let long = "a".repeat(MAX_TOKEN_BYTES + 1);
    let good = token(&person());
    let unsigned = good.trim_end_matches(SIGNATURE);
    for (text, expected) in [
        (String::new(), "it is empty"),
        ("\n".to_owned(), "it is empty"),
        (long, "longer than"),
        ("ghp_0123456789".to_owned(), "three parts"),
        ("a.b.c.d".to_owned(), "three parts"),
        ("?.?.?".to_owned(), "base64url"),
        (raw("1", &claims), "missing or malformed"),
        (raw("x", &claims), "not JSON"),
        (raw(r#"{"alg":"none"}"#, &claims), "not signed"),
        (raw(r#"{"alg":"None"}"#, &claims), "not signed"),
        (raw("{}", &claims), "not signed"),
        (unsigned.to_owned(), "not signed"),
        (raw(r#"{"alg":"RS256"}"#, &twice), "key twice"),
    ] {
        let error = IdentityToken::parse(&text, "sigstore", now())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn nothing_prints_a_token() {
    let token = parse(&person()).unwrap();
    assert_eq!(
        format!("{token:?}"),
        "IdentityToken(dev@example.com by https://issuer.example)"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_or_repeat_itself(text in "\\PC{0,80}", claims in "\\PC{0,80}") {
        for text in [text, raw(r#"{"alg":"RS256"}"#, &claims)] {
            if let Err(error) = IdentityToken::parse(&text, "sigstore", now()) {
                prop_assert!(!error.to_string().contains(SIGNATURE));
            }
        }
    }
}
