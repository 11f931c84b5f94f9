//! Callers and addresses that the configuration refuses, each with its place.

use crate::door::{SECRET, WEBHOOK, mistakes};

fn caller(rest: &str) -> String {
    format!("[[caller]]\nname = \"ci\"\nrepositories = [\"registry.example/team/*\"]\n{rest}")
}

fn oidc(rest: &str, claims: &str) -> String {
    caller(&format!(
        "[caller.oidc]\nissuer = \"https://ci.example\"\naudience = \"https://gate.example\"\n{rest}{claims}"
    ))
}

const REPOSITORY: &str = "[caller.oidc.claims]\nrepository = \"org/app\"\n";

#[test]
fn good_callers_are_read() {
    let files = [("hook.secret", SECRET)];
    assert_eq!(mistakes(WEBHOOK, &files), "");
    assert_eq!(mistakes(&oidc("", REPOSITORY), &[]), "");
    let options = "algorithms = [\"RS256\", \"EdDSA\"]\nmax-lifetime = \"1h\"\n";
    assert_eq!(mistakes(&oidc(options, REPOSITORY), &[]), "");
}

#[test]
fn every_mistake_about_callers_is_told() {
    let webhook = |files: &str| caller(&format!("[caller.webhook]\nsecret-files = {files}\n"));
    let certificate = |names: &str| {
        caller(&format!(
            "[caller.certificate]\nauthorities = \"ca.pem\"\n{names}"
        ))
    };
    let files = [
        ("good", SECRET),
        ("short", "whsec_c2hvcnQ="),
        ("plain-short", "short"),
        ("bad-base64", "whsec_!!!!"),
        ("private", "whsk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("spaced", "a token with spaces in it, and long"),
        ("dotted", "aaaaaaaaaaaaaa.bbbbbbbbbbbbb.cccccccccccc"),
        ("ca.pem", "no certificate"),
    ];
    for (text, expected) in [
        (caller(""), "proves in no way who it is"),
        (
            caller("[caller.webhook]\nsecret-files = [\"good\"]\n[caller.token]\ntoken-files = [\"good\"]\n"),
            "proves in several ways",
        ),
        (
            "[[caller]]\nname = \"ci\"\n[caller.webhook]\nsecret-files = [\"good\"]\n".to_owned(),
            "has no repositories",
        ),
        (caller("[caller.webhook]\n"), "names no key"),
        (
            caller("[caller.webhook]\nsecret = \"inline\"\n"),
            "has no key \"secret\"",
        ),
        (webhook("[\"absent\"]"), "cannot be read"),
        (webhook("[\"short\"]"), "24 to 512 bytes"),
        (webhook("[\"plain-short\"]"), "24 to 512 bytes"),
        (webhook("[\"bad-base64\"]"), "not base64"),
        (webhook("[\"private\"]"), "private key"),
        (
            webhook("[\"a\", \"b\", \"c\", \"d\", \"e\"]"),
            "more than 4 files",
        ),
        (
            caller("[caller.webhook]\npublic-key-files = [\"good\"]\n"),
            "whpk_ and the base64 of 32 bytes",
        ),
        (caller("[caller.github]\n"), "has no secret-files"),
        (
            caller("[caller.token]\ntoken-files = [\"spaced\"]\n"),
            "without spaces",
        ),
        (
            caller("may = [\"deploy\"]\n[caller.token]\ntoken-files = [\"good\"]\n"),
            "may cannot be",
        ),
        (
            caller("registry = \"https://r.example/\"\n[caller.token]\ntoken-files = [\"good\"]\n"),
            "is no registry",
        ),
        (
            caller("rate = 0\n[caller.token]\ntoken-files = [\"good\"]\n"),
            "rate cannot be 0",
        ),
        (oidc("", ""), "accepts every token of its issuer"),
        (
            oidc("", "[caller.oidc.claims]\nref = \"refs/heads/main\"\n"),
            "says who has the token",
        ),
        (oidc("", "[caller.oidc.claims]\n"), "says who has the token"),
        (
            oidc("", "[caller.oidc.claims]\nrepository = 7\n"),
            "has to be a string",
        ),
        (
            oidc("algorithms = [\"HS256\"]\n", REPOSITORY),
            "\"HS256\" is no algorithm",
        ),
        (
            oidc("algorithms = [\"none\"]\n", REPOSITORY),
            "\"none\" is no algorithm",
        ),
        (oidc("max-lifetime = \"2d\"\n", REPOSITORY), "longer than a day"),
        (
            oidc("", REPOSITORY).replace("https://ci.example", "http://ci.example"),
            "no issuer that could be asked",
        ),
        (certificate(""), "accepts every certificate"),
        (certificate("spiffe-ids = [\"spiffe://*/ci\"]\n"), "SPIFFE ID is"),
        (
            certificate("spiffe-ids = [\"spiffe://a.example/ci\"]\n"),
            "no certificate in PEM",
        ),
        (format!("{0}{0}", webhook("[\"good\"]")), "two [[caller]] named"),
    ] {
        let told = mistakes(&text, &files);
        assert!(told.contains(expected), "{text}\nsays:\n{told}");
        assert!(
            !told.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "a secret in a message: {told}"
        );
    }
}

#[test]
fn an_address_beyond_this_machine_needs_tls() {
    for (listen, expected) in [
        ("address = \"0.0.0.0:80\"", "is listened on without TLS"),
        ("address = \"[::]:80\"", "is listened on without TLS"),
        ("address = \"0.0.0.0:80\"\nplain-http = true", ""),
        ("address = \"[::1]:80\"", ""),
        (
            "address = \"127.0.0.1:80\"\nplain-http = true",
            "says nothing here",
        ),
        ("address = \"gate.example\"", "is no address with a port"),
        ("certificate = \"tls.crt\"", "go together"),
        (
            "certificate = \"tls.crt\"\nkey = \"tls.crt\"",
            "no certificate in PEM",
        ),
        ("connections = 0", "connections cannot be 0"),
    ] {
        let told = mistakes(&format!("[listen]\n{listen}\n"), &[("tls.crt", "nothing")]);
        match expected {
            "" => assert_eq!(told, "", "{listen}"),
            expected => assert!(told.contains(expected), "{listen}: {told}"),
        }
    }
}
