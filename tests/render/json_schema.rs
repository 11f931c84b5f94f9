//! As much of JSON Schema as our own schema uses. A keyword that is not known here is an error, so a new one cannot
//! slip by unchecked.

use serde_json::{Map, Value};

/// Every way in which `value` breaks `schema`, with its place; empty if it is valid.
pub(crate) fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if *schema == Value::Bool(false) {
        found.push(format!("{at}: may not be there"));
        return;
    }
    let Some(schema) = schema.as_object() else {
        assert_eq!(schema, &Value::Bool(true), "{at}: not a schema");
        return;
    };
    for (keyword, rule) in schema {
        if let Some(complaint) = complaint(root, keyword, rule, schema, value, at, found) {
            found.push(format!("{at}: {complaint}"));
        }
    }
}

fn complaint(
    root: &Value,
    keyword: &str,
    rule: &Value,
    schema: &Map<String, Value>,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) -> Option<String> {
    let alternatives = || {
        let schemas = rule.as_array().unwrap().iter();
        schemas.filter(|schema| {
            let mut inner = Vec::new();
            check(root, schema, value, at, &mut inner);
            inner.is_empty()
        })
    };
    match keyword {
        "$schema" | "$defs" | "title" | "description" | "format" => None,
        "$ref" => {
            let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
            check(root, root.pointer(pointer).unwrap(), value, at, found);
            None
        }
        "type" => {
            let allowed = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
            (!allowed
                .iter()
                .any(|name| is_of_type(value, name.as_str().unwrap())))
            .then(|| format!("is not {rule}"))
        }
        "const" => (value != rule).then(|| format!("is not {rule}")),
        "enum" => (!rule.as_array().unwrap().contains(value)).then(|| format!("is not one of {rule}")),
        "minimum" => (value.as_f64()? < rule.as_f64().unwrap()).then(|| format!("is below {rule}")),
        "maximum" => (value.as_f64()? > rule.as_f64().unwrap()).then(|| format!("is above {rule}")),
        "pattern" => {
            let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
            (!pattern.is_match(value.as_str()?)).then(|| format!("does not match {rule}"))
        }
        "anyOf" => (alternatives().count() == 0).then(|| "fits no alternative".to_owned()),
        "oneOf" => (alternatives().count() != 1).then(|| "does not fit exactly one alternative".to_owned()),
        "items" => {
            for (number, item) in value.as_array()?.iter().enumerate() {
                check(root, rule, item, &format!("{at}/{number}"), found);
            }
            None
        }
        "required" => {
            let names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            let missing: Vec<&str> = names.filter(|name| value.get(name).is_none()).collect();
            (value.is_object() && !missing.is_empty()).then(|| format!("lacks {missing:?}"))
        }
        "properties" => {
            for (name, member) in value.as_object()? {
                // Our documents have no members that their schema does not describe.
                match rule.get(name) {
                    Some(rule) => check(root, rule, member, &format!("{at}/{name}"), found),
                    None if schema.contains_key("additionalProperties") => {}
                    None => found.push(format!("{at}: has a member {name} that the schema does not know")),
                }
            }
            None
        }
        "additionalProperties" => {
            for (name, member) in value.as_object()? {
                let described = schema
                    .get("properties")
                    .is_some_and(|known| known.get(name).is_some());
                if !described {
                    check(root, rule, member, &format!("{at}/{name}"), found);
                }
            }
            None
        }
        other => Some(format!("the keyword {other} is not known to this check")),
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}
