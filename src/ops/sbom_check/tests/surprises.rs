//! What looks like what was there before, or like what is demanded, and is not.

use super::*;

fn left_pad_with(more: &str) -> String {
    LEFT_PAD.replace(r#""name""#, &format!(r#"{more},"name""#))
}

/// SPDX that describes several packages; each is `id name`.
fn describing(described: &[&str], packages: &[&str]) -> String {
    let list = |names: &[&str], write: &dyn Fn(&str) -> String| {
        names.iter().map(|name| write(name)).collect::<Vec<_>>().join(",")
    };
    format!(
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentDescribes":[{}],"packages":[{}]}}"#,
        list(described, &|name| format!(r#""SPDXRef-{name}""#)),
        list(packages, &|name| format!(
            r#"{{"SPDXID":"SPDXRef-{name}","name":"{name}","versionInfo":"1"}}"#
        )),
    )
}

/// The verdict of a document beside a baseline, with the codes of what denies.
fn beside(old: &str, new: &str, policy: &str) -> (Verdict, Vec<Code>) {
    let baseline = Baseline::file("old.json".to_owned(), old.into());
    let mut outcome = outcome(vec![attested(new.to_owned(), None)], Verdict::Allowed);
    let (rules, limits) = (rules(policy), Limits::default());
    let asked = Asked {
        baseline: Some(&baseline),
        ..Asked::new(&rules, &limits, now())
    };
    check(&mut outcome, &asked, &Acceptances::default());
    let denials = outcome
        .report
        .findings
        .iter()
        .filter(|finding| is_denial(finding));
    let codes = denials.map(|finding| finding.code).collect();
    (outcome.report.verdict, codes)
}

#[test]
fn a_package_that_a_document_describes_beside_its_root_is_a_difference() {
    let old = describing(&["app"], &["app", "lib"]);
    let new = describing(&["app", "evil"], &["app", "lib", "evil"]);
    let (verdict, codes) = beside(&old, &new, "[sbom]");
    assert_eq!(verdict, Verdict::Denied);
    assert!(codes.contains(&Code::SbomDrift), "{codes:?}");
    assert_eq!(beside(&new, &new, "[sbom]").0, Verdict::Allowed);
}

#[test]
fn what_cannot_be_read_is_never_the_same_as_before() {
    let mit = r#""licenses":[{"license":{"id":"MIT"}}]"#;
    let and_odd = r#""licenses":[{"license":{"id":"MIT"}},{"license":{"id":7}}]"#;
    let hash = |digit: &str| format!(r#"{{"alg":"SHA-256","content":"{}"}}"#, digit.repeat(64));
    let hashed = |hashes: &str| left_pad_with(&format!(r#""hashes":[{hashes}]"#));
    let rows = [
        (LEFT_PAD.to_owned(), LEFT_PAD.replace(mit, and_odd)),
        (
            hashed(&hash("1")),
            hashed(&format!(r#"{},{{"alg":"SHA-256","content":"no"}}"#, hash("1"))),
        ),
        (LEFT_PAD.to_owned(), left_pad_with(r#""supplier":7"#)),
        (LEFT_PAD.to_owned(), left_pad_with(r#""publisher":7"#)),
    ];
    for (old, new) in rows {
        let (old, new) = (document(&digest(), &old, ""), document(&digest(), &new, ""));
        let (verdict, codes) = beside(&old, &new, "[sbom]");
        assert_eq!(verdict, Verdict::Denied, "{new}");
        assert!(
            codes.iter().all(|code| *code == Code::SbomFieldUnreadable),
            "{codes:?} {new}"
        );
        assert_eq!(
            beside(&old, &new, "[sbom]\n[sbom.drift]\nmode = \"audit\"").0,
            Verdict::Denied
        );
    }
}

#[test]
fn the_same_weak_hash_without_the_strong_one_is_a_difference() {
    let hash =
        |name: &str, digits: usize| format!(r#"{{"alg":"{name}","content":"{}"}}"#, "1".repeat(digits));
    let (md5, sha256) = (hash("MD5", 32), hash("SHA-256", 64));
    let hashed = |hashes: &str| left_pad_with(&format!(r#""hashes":[{hashes}]"#));
    let (weak, both) = (hashed(&md5), hashed(&format!("{md5},{sha256}")));
    assert_eq!(drifted(&both, &weak, "[sbom]").0, Verdict::Denied);
    assert_eq!(drifted(&weak, &both, "[sbom]").0, Verdict::Allowed);
    assert_eq!(drifted(&both, &both, "[sbom]").0, Verdict::Allowed);
}

#[test]
fn what_only_looks_like_the_package_of_before_is_another_one() {
    let version = |own: &str, purl: &str| {
        LEFT_PAD
            .replace(r#""version":"1.3.0""#, &format!(r#""version":"{own}""#))
            .replace("@1.3.0", &format!("@{purl}"))
    };
    let rows = [
        (
            "elsewhere",
            LEFT_PAD.replace("@1.3.0", "@1.3.0?repository_url=https://evil.example"),
            Verdict::Denied,
        ),
        (
            "by name",
            LEFT_PAD
                .replace("\"left-pad\"", "\"pkg:npm/left-pad\"")
                .replace(r#""purl":"pkg:npm/left-pad@1.3.0","#, ""),
            Verdict::Denied,
        ),
        (
            "version of the package URL",
            version("1.3.0", "1.2.0"),
            Verdict::Denied,
        ),
        (
            "upper case",
            LEFT_PAD.replace("pkg:npm/left-pad", "pkg:NPM/Left-Pad"),
            Verdict::Allowed,
        ),
    ];
    for (what, new, verdict) in rows {
        let (found, told) = drifted(LEFT_PAD, &new, "[sbom]");
        assert_eq!(found, verdict, "{what}: {told:?}");
    }
}

#[test]
fn white_space_a_broken_package_url_and_an_edge_to_itself_are_nothing() {
    let completeness =
        |element: &str| format!("[sbom]\ncycles = \"off\"\n[sbom.completeness]\nrequire = [\"{element}\"]");
    let edges = |to: &str| format!(r#","dependencies":[{{"ref":"{to}","dependsOn":["l"]}}]"#);
    let rows = [
        (
            "version",
            LEFT_PAD.replace(r#""version":"1.3.0""#, r#""version":" ""#),
            String::new(),
        ),
        ("name", LEFT_PAD.replace("\"left-pad\"", r#""\t""#), String::new()),
        (
            "supplier",
            left_pad_with(r#""supplier":{"name":"  "}"#),
            String::new(),
        ),
        (
            "id",
            LEFT_PAD.replace("pkg:npm/left-pad@1.3.0", "left-pad"),
            String::new(),
        ),
        ("relationships", LEFT_PAD.to_owned(), edges("l")),
    ];
    for (element, component, more) in rows {
        let text = document(&digest(), &component, &more);
        let (verdict, codes) = decide(&text, &completeness(element));
        assert_eq!(
            (verdict, codes),
            (Verdict::Denied, vec![Code::SbomIncomplete]),
            "{element}"
        );
    }
    let good = document(
        &digest(),
        &left_pad_with(r#""supplier":{"name":"Org"}"#),
        &edges("app"),
    );
    for element in ["version", "name", "supplier", "id", "relationships"] {
        assert_eq!(
            decide(&good, &completeness(element)).0,
            Verdict::Allowed,
            "{element}"
        );
    }
}

#[test]
fn an_acceptance_about_a_package_is_not_about_what_calls_itself_that() {
    let odd = |purl: &str, name: &str| {
        format!(r#"{{"type":"library","bom-ref":"l",{purl}"name":"{name}","version":"1"}}"#)
    };
    let accepted = "version = 1\n[[accepted]]\nrule = \"licence-unknown\"\npackage = \"pkg:npm/odd\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"2099-01-01\"";
    let accepted = policy::parse_accepted("accepted.toml", accepted.as_bytes()).unwrap();
    let rows = [
        (odd(r#""purl":"pkg:npm/odd@1","#, "odd"), Verdict::Allowed),
        (odd("", "pkg:npm/odd"), Verdict::Denied),
        (odd(r#""group":"pkg:npm","#, "odd"), Verdict::Denied),
    ];
    for (component, verdict) in rows {
        let text = document(&digest(), &component, "");
        let mut outcome = outcome(vec![attested(text, None)], Verdict::Allowed);
        let (rules, limits) = (rules("[sbom.licences]\nallow = [\"MIT\"]"), Limits::default());
        let asked = Asked::new(&rules, &limits, now());
        check(&mut outcome, &asked, &accepted.on(today(now())));
        assert_eq!(outcome.report.verdict, verdict, "{component}");
    }
}
