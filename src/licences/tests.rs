//! The truth table, and what holds for every expression.

use proptest::prelude::*;

use super::*;

fn lists(allow: &str, deny: &str) -> LicenceLists {
    let read = |text: &str| -> Vec<Entry> {
        text.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| Entry::parse(entry).unwrap_or_else(|error| panic!("{entry}: {error}")))
            .collect()
    };
    LicenceLists {
        allow: (allow != "-").then(|| read(allow)),
        deny: read(deny),
    }
}

/// The decision in words: `allowed`, or `denied: TERM`, or `unknown: TERM`, with the deny entry where one decided.
fn decide(lists: &LicenceLists, text: &str) -> String {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let words = |objection: Objection| match objection.because {
        Because::DeniedBy(entry) => format!("{}, by {}", objection.term, lists.deny[entry].term()),
        _ => objection.term.to_string(),
    };
    match lists.decide(&expression) {
        LicenceDecision::Allowed => "allowed".to_owned(),
        LicenceDecision::Denied(objection) => format!("denied: {}", words(objection)),
        LicenceDecision::Unknown(objection) => format!("unknown: {}", words(objection)),
    }
}

/// The page with the table: rows of allow list, deny list, expression and answer, under headings.
const TRUTH_TABLE: &str = include_str!("../../docs/licences.md");

/// The words of a cell without the marks of Markdown.
fn plain(cell: &str) -> String {
    cell.trim().replace('`', "")
}

/// The rows of the table.
fn rows() -> Vec<[String; 4]> {
    let lines = TRUTH_TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| allow "));
    lines
        .map(|line| {
            let line = line.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
            let cells: Vec<String> = line.split('|').map(plain).collect();
            cells.try_into().unwrap_or_else(|_| panic!("four cells: {line}"))
        })
        .collect()
}

#[test]
fn the_truth_table_holds() {
    let rows = rows();
    assert!(rows.len() >= 88, "{} rows", rows.len());
    for [allow, deny, text, expected] in rows {
        let allow = match allow.as_str() {
            "" => "-",
            "(nothing)" => "",
            list => list,
        };
        assert_eq!(
            decide(&lists(allow, &deny), &text),
            expected,
            "allow [{allow}] deny [{deny}]: {text}"
        );
    }
}

#[test]
fn what_is_no_expression_says_where() {
    let cases = [
        ("", "there is no licence in it"),
        ("  \t", "there is no licence in it"),
        ("MIT ISC", "expected AND, OR or the end at byte 4"),
        ("BSD License", "expected AND, OR or the end at byte 4"),
        ("MIT AND", "expected a licence or ( at byte 7"),
        ("OR MIT", "expected a licence or ( at byte 0"),
        ("MIT And ISC", "expected AND, OR or the end at byte 4"),
        ("(MIT", "expected AND, OR or ) at byte 4"),
        ("MIT)", "expected AND, OR or the end at byte 3"),
        ("()", "expected a licence or ( at byte 1"),
        ("MIT WITH", "expected an exception at byte 8"),
        (
            "(MIT) WITH LLVM-exception",
            "expected AND, OR or the end at byte 6",
        ),
        (
            "MIT WITH LLVM-exception WITH LLVM-exception",
            "expected AND, OR or the end at byte 24",
        ),
        (
            "wxWindows WITH LLVM-exception",
            "expected no second exception at byte 15",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(
            Expression::parse(text).unwrap_err().to_string(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_hostile_expression_ends_at_a_limit() {
    let deep = format!("{}MIT{}", "(".repeat(MAX_DEPTH + 1), ")".repeat(MAX_DEPTH + 1));
    let many = vec!["MIT"; MAX_TERMS + 1].join(" OR ");
    let long = "M".repeat(MAX_EXPRESSION_BYTES + 1);
    for text in [&deep, &many, &long] {
        let error = Expression::parse(text).unwrap_err();
        assert!(matches!(error, SyntaxError::TooLarge { .. }), "{error}");
    }
    let deepest = format!("{}MIT{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(Expression::parse(&deepest).is_ok());
    // Multiplied out this has 2^500 parts.
    let wide = vec!["(MIT OR ISC)"; 500].join(" AND ");
    assert_eq!(decide(&lists("MIT", ""), &wide), "allowed");
}

#[test]
fn only_exact_names_mean_a_licence() {
    let name = |name: &str| Expression::from_name(name).to_string();
    assert_eq!(name("MIT License"), "MIT");
    assert_eq!(name("Apache License 2.0"), "Apache-2.0");
    assert_eq!(name(" MIT "), "MIT");
    assert_eq!(
        name("GNU General Public License v2.0 or later"),
        "GPL-2.0-or-later"
    );
    let unlisted = |text: &str| {
        let term = Term::bare(Licence::Unlisted(text.to_owned()));
        assert_eq!(Expression::from_name(text), Expression::Term(term));
    };
    unlisted("mit license");
    unlisted("Apache License, Version 2.0");
    unlisted("MIT OR ISC");
    unlisted("BSD");
}

#[test]
fn a_list_of_licences_is_an_and() {
    let list = ["MIT", "Expat License", "ISC"].map(Expression::from_name);
    let all = Expression::all(list).unwrap();
    let mut lists = lists("MIT, ISC", "");
    assert!(matches!(lists.decide(&all), LicenceDecision::Unknown(_)));
    lists
        .allow
        .as_mut()
        .unwrap()
        .push(Entry::named("Expat License").unwrap());
    assert_eq!(lists.decide(&all), LicenceDecision::Allowed);
    assert_eq!(Expression::all([]), None);
}

#[test]
fn an_exception_accepts_what_it_names_and_nothing_else() {
    let lists = lists("MIT", "GPL-3.0-or-later");
    let excepted = [Entry::parse("GPL-3.0-only").unwrap()];
    let decide = |text| lists.decide_except(&Expression::parse(text).unwrap(), &excepted);
    for text in [
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "MIT AND GPL-3.0-only",
        "GPL-3.0-only WITH GCC-exception-3.1",
    ] {
        assert_eq!(decide(text), LicenceDecision::Allowed, "{text}");
    }
    for text in [
        "AGPL-3.0-only",
        "GPL-3.0-only AND ISC",
        "GPL-3.0-only WITH AdditionRef-x",
    ] {
        assert!(matches!(decide(text), LicenceDecision::Denied(_)), "{text}");
    }
}

#[test]
fn a_list_takes_single_licences_that_exist() {
    for text in [
        "MIT OR ISC",
        "NONE",
        "noassertion",
        "GPL-3.0-onyl",
        "MIT WITH Nothing",
        "",
        "Acme",
    ] {
        assert!(Entry::parse(text).is_err(), "{text}");
    }
    assert!(Entry::named("NONE").is_err());
}

/// Words of every kind.
fn term() -> impl Strategy<Value = String> {
    let words = [
        "MIT",
        "ISC",
        "Apache-2.0",
        "Apache-1.1+",
        "GPL-2.0",
        "GPL-2.0+",
        "GPL-2.0-only",
        "GPL-3.0-only",
        "GPL-2.0-or-later",
        "LGPL-2.1-or-later",
        "GPL-2.0-with-classpath-exception",
        "LicenseRef-a",
        "DocumentRef-d:LicenseRef-a",
        "NOASSERTION",
        "NONE",
        "Acme",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "Apache-2.0 WITH Commons-Clause",
        "Apache-2.0 WITH LLVM-exception",
    ];
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    term().prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec![" AND ", " OR "]);
        (prop::collection::vec(inner, 2..4), operator)
            .prop_map(|(parts, operator)| format!("({})", parts.join(operator)))
    })
}

fn some_lists() -> impl Strategy<Value = LicenceLists> {
    let entries = || {
        let entry = term().prop_filter_map("not an entry", |text| Entry::parse(&text).ok());
        prop::collection::vec(entry, 0..5)
    };
    (prop::option::of(entries()), entries()).prop_map(|(allow, deny)| LicenceLists { allow, deny })
}

fn rank(lists: &LicenceLists, text: &str) -> u8 {
    match lists.decide(&Expression::parse(text).unwrap()) {
        LicenceDecision::Denied(_) => 0,
        LicenceDecision::Unknown(_) => 1,
        LicenceDecision::Allowed => 2,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(text in text()) {
        let expression = Expression::parse(&text).unwrap();
        prop_assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
    }

    #[test]
    fn an_and_never_helps_and_an_or_never_hurts(lists in some_lists(), a in text(), b in text()) {
        let alone = rank(&lists, &a);
        let [first, second] = [format!("{a} AND {b}"), format!("{b} AND {a}")].map(|text| rank(&lists, &text));
        let choice = rank(&lists, &format!("{a} OR {b}"));
        prop_assert!(first <= alone && second <= alone && choice >= alone);
    }

    #[test]
    fn neither_order_nor_parentheses_matter(lists in some_lists(), a in text(), b in text(), c in text()) {
        for operator in ["AND", "OR"] {
            let forms = [
                format!("{a} {operator} {b} {operator} {c}"),
                format!("({a} {operator} {b}) {operator} ({c})"),
                format!("(({c} {operator} ({b} {operator} {a})))"),
            ];
            if forms.iter().any(|form| Expression::parse(form).is_err()) {
                continue; // deeper than the limit
            }
            let ranks = forms.map(|form| rank(&lists, &form));
            prop_assert!(ranks.iter().all(|rank| *rank == ranks[0]), "{:?}", ranks);
        }
    }

    #[test]
    fn denying_more_never_helps_and_allowing_more_never_hurts(lists in some_lists(), more in some_lists(), a in text()) {
        let before = rank(&lists, &a);
        let mut stricter = lists.clone();
        stricter.deny.extend(more.deny);
        prop_assert!(rank(&stricter, &a) <= before);
        if let (Some(allow), Some(extra)) = (&lists.allow, more.allow) {
            let allow = Some(allow.iter().cloned().chain(extra).collect());
            let wider = LicenceLists { allow, deny: lists.deny.clone() };
            prop_assert!(rank(&wider, &a) >= before);
        }
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in "\\PC{0,60}") {
        let _ = Expression::parse(&text);
        let _ = Expression::from_name(&text);
    }
}
