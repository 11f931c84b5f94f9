#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use super::*;
use crate::sbom::read;

const LICENCES: [&str; 3] = ["licenses", "licenseDeclared", "PackageLicenseDeclared"];

/// Where the value stands in the component of this name.
fn find(text: &str, name: &str, members: &[&str], value: Option<&str>) -> Found {
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let component = document.components.iter().find(|one| one.name == name).unwrap();
    let sought = Sought {
        offset: component.place.offset,
        members,
        value,
    };
    locate(text, document.format, &[sought], &limits)
        .remove(0)
        .unwrap()
}

#[test]
fn a_value_is_found_by_its_way_its_line_and_the_words_around() {
    let compact = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"MIT"},{"name":"b","description":"MIT","components":[{"name":"c","licenses":[{"license":{"id":"MIT"}}]}],"licenses":[{"expression":"MIT"}]}]}"#;
    let found = find(compact, "b", &LICENCES, Some("MIT"));
    assert_eq!(
        found.path.as_deref(),
        Some(".components[1].licenses[0].expression")
    );
    let column = compact.rfind("\"MIT\"").unwrap() as u64 + 1;
    assert_eq!((found.line, found.column), (1, Some(column)));
    assert_eq!(
        found.excerpt.unwrap(),
        "...d\":\"MIT\"}}]}],\"licenses\":[{\"expression\":\"MIT\"}]}]}"
    );
    let found = find(compact, "c", &LICENCES, Some("MIT"));
    assert_eq!(
        found.path.as_deref(),
        Some(".components[1].components[0].licenses[0].license.id")
    );

    let laid_out =
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(compact).unwrap()).unwrap();
    let found = find(&laid_out, "b", &LICENCES, Some("MIT"));
    assert_eq!(
        found.path.as_deref(),
        Some(".components[1].licenses[0].expression")
    );
    assert_eq!(found.excerpt.unwrap(), "\"expression\": \"MIT\"");
}

#[test]
fn escapes_and_wrappers_do_not_hide_a_value() {
    let text = r#"{"sbom":{"spdxVersion":"SPDX-2.3","packages":[{"name":"é","SPDXID":"SPDXRef-a","licenseDeclared":"\u004dIT"}]}}"#;
    let found = find(text, "é", &LICENCES, Some("MIT"));
    assert_eq!(found.path.as_deref(), Some(".sbom.packages[0].licenseDeclared"));
    assert!(
        found
            .excerpt
            .as_ref()
            .unwrap()
            .ends_with(r#""licenseDeclared":"\u004dIT"}]}}"#),
        "{:?}",
        found.excerpt
    );
    assert_eq!(
        found.column,
        Some(text.find(r#""\u004d"#).unwrap() as u64),
        "the é is one character and two bytes"
    );
}

#[test]
fn without_the_value_the_component_is_the_place() {
    let text = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\n\"components\":[\n  {\n    \"name\": \"a\",\n    \"x\": \"MIT\"\n  }]}";
    for value in [None, Some("MIT")] {
        let found = find(text, "a", &LICENCES, value);
        assert_eq!(found.path.as_deref(), Some(".components[0]"));
        assert_eq!((found.line, found.column), (3, Some(3)));
        assert_eq!(found.excerpt, None);
    }
}

#[test]
fn keys_that_are_no_names_are_quoted_as_jq_wants_them() {
    let rows = [
        ("a_1", ".a_1"),
        ("@graph", ".\"@graph\""),
        ("1a", ".\"1a\""),
        ("", ".\"\""),
        ("a\"b", ".\"a\\\"b\""),
    ];
    for (key, expected) in rows {
        let text = serde_json::json!({ key: { "here": true } }).to_string();
        let offset = text.find("{\"here").unwrap() as u64;
        let sought = Sought {
            offset,
            members: &[],
            value: None,
        };
        let found = locate(&text, Format::SpdxJson, &[sought], &Limits::default());
        assert_eq!(found[0].as_ref().unwrap().path.as_deref(), Some(expected));
    }
}

#[test]
fn a_way_through_huge_keys_is_not_told() {
    let text = serde_json::json!({ "k".repeat(1000): { "here": true } }).to_string();
    let sought = Sought {
        offset: text.find("{\"here").unwrap() as u64,
        members: &[],
        value: None,
    };
    assert_eq!(
        locate(&text, Format::SpdxJson, &[sought], &Limits::default()),
        [None]
    );
}

#[test]
fn xml_has_xpaths_and_tag_value_has_lines() {
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><components>\n<component type=\"library\"><name>a</name></component>\n<component type=\"library\"><name>b</name><description>MIT</description><licenses><license><id>MIT</id></license></licenses></component></components></bom>";
    let found = find(xml, "b", &LICENCES, Some("MIT"));
    assert_eq!(
        found.path.as_deref(),
        Some("/bom/components/component[2]/licenses/license/id")
    );
    assert_eq!(found.line, 3);
    assert_eq!(
        find(xml, "a", &LICENCES, None).path.as_deref(),
        Some("/bom/components/component[1]")
    );

    let tags = "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: SPDXRef-a\nPackageLicenseDeclared: ISC\n\nPackageName: b\nSPDXID: SPDXRef-b\nPackageLicenseDeclared: MIT\n";
    let found = find(tags, "b", &LICENCES, Some("MIT"));
    assert_eq!((found.path, found.line), (None, 8));
    assert_eq!(found.excerpt.unwrap(), "PackageLicenseDeclared: MIT");
    assert_eq!(find(tags, "a", &LICENCES, Some("MIT")).line, 2);
}

#[test]
fn excerpts_are_bounded_wherever_they_are_cut() {
    let long = "é".repeat(5000);
    for value in ["MIT".to_owned(), long.clone()] {
        let text =
            serde_json::json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "aaa": long, "components": [
            {"name": "a", "licenses": [{"license": {"name": value}}], "zzz": long}]})
            .to_string();
        let found = find(&text, "a", &LICENCES, Some(&value));
        let excerpt = found.excerpt.unwrap();
        assert!(excerpt.chars().count() <= MAX_EXCERPT + 6, "{excerpt}");
    }
}
