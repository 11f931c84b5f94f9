//! What stands for a package that has no package URL.

/// The name of a package without package URL: its group and name, with its supplier in brackets.
///
/// No such name is that of another package. One that begins like a package URL, or ends like a name with its supplier,
/// is written in quotes: else whoever accepts something about `pkg:npm/odd` would accept it about whatever calls itself
/// that.
pub fn unidentified(group: Option<&str>, name: &str, supplier: Option<&str>) -> String {
    let name = match group.filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    };
    let scheme = name.split(':').next().unwrap_or_default();
    let poses = scheme.eq_ignore_ascii_case("pkg") || name.starts_with('"') || name.ends_with(')');
    let name = if poses { format!("{name:?}") } else { name };
    match supplier {
        Some(supplier) => format!("{name} ({supplier})"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_packages_have_one_name() {
        let rows = [
            (None, "lib", None, "lib"),
            (Some(""), "lib", None, "lib"),
            (Some("org"), "lib", None, "org/lib"),
            (None, "lib", Some("Org"), "lib (Org)"),
            (None, "lib (Org)", None, r#""lib (Org)""#),
            (None, "pkg:npm/odd", None, r#""pkg:npm/odd""#),
            (None, "PKG:npm/odd", None, r#""PKG:npm/odd""#),
            (Some("pkg:npm"), "odd", None, r#""pkg:npm/odd""#),
            (None, r#""lib""#, None, r#""\"lib\"""#),
        ];
        for (group, name, supplier, expected) in rows {
            assert_eq!(unidentified(group, name, supplier), expected);
        }
    }
}
