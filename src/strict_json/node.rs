//! JSON values with the place where they stand, for messages that point into a file and for edits that keep its form.
//!
//! A value is its text: looking into an object or a list reads that text once and gives the texts inside. Nothing is
//! copied and nothing is built, so a large document costs one reading for each level that somebody looks at.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One value of a JSON document, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Node<'t> {
    document: &'t str,
    text: &'t str,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number
    Number,
    /// A string
    Text,
    /// An array
    List,
    /// An object
    Object,
}

impl Kind {
    /// The kind in words, with its article.
    pub fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// One member of an object.
#[derive(Debug, Clone)]
pub struct Member<'t> {
    /// Its name, unescaped.
    pub name: Cow<'t, str>,
    /// The name as it is written, with its quotes.
    pub key: Node<'t>,
    /// Its value.
    pub value: Node<'t>,
}

impl<'t> Node<'t> {
    /// The one value that a document holds; `None` when the text is not one JSON value. Run
    /// [`check`](super::check) on it first, which also refuses doubled keys and deep nesting.
    pub fn document(text: &'t str) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Some(Self {
            document: text,
            text: raw.get(),
        })
    }

    fn inside(self, raw: &'t RawValue) -> Self {
        Self {
            document: self.document,
            text: raw.get(),
        }
    }

    /// The value as it is written, without the space around it.
    pub fn text(self) -> &'t str {
        self.text
    }

    /// Its bytes in the document.
    pub fn span(self) -> Range<usize> {
        // The text is a part of the document, so this is its offset there.
        let start = (self.text.as_ptr() as usize).saturating_sub(self.document.as_ptr() as usize);
        start..start + self.text.len()
    }

    /// What to underline: the whole of a simple value, the opening bracket of one that may have many lines.
    pub fn mark(self) -> Range<usize> {
        let span = self.span();
        match self.kind() {
            Kind::List | Kind::Object => span.start..span.start + 1,
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => span,
        }
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The string, unescaped; `None` for anything else.
    pub fn string(self) -> Option<Cow<'t, str>> {
        if self.kind() != Kind::Text {
            return None;
        }
        let inner = self.text.strip_prefix('"')?.strip_suffix('"')?;
        if inner.contains('\\') {
            serde_json::from_str(self.text).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(inner))
        }
    }

    /// The whole number that is not negative; `None` for anything else.
    pub fn whole_number(self) -> Option<u64> {
        self.text.parse().ok()
    }

    /// The items of a list; `None` for anything else.
    pub fn items(self) -> Option<Vec<Self>> {
        if self.kind() != Kind::List {
            return None;
        }
        let items: Vec<&RawValue> = serde_json::from_str(self.text).ok()?;
        Some(items.into_iter().map(|raw| self.inside(raw)).collect())
    }

    /// The members of an object, in their order; `None` for anything else.
    pub fn members(self) -> Option<Vec<Member<'t>>> {
        if self.kind() != Kind::Object {
            return None;
        }
        let pairs = serde_json::Deserializer::from_str(self.text)
            .deserialize_map(Pairs)
            .ok()?;
        pairs
            .into_iter()
            .map(|(key, value)| {
                let key = self.inside(key);
                Some(Member {
                    name: key.string()?,
                    key,
                    value: self.inside(value),
                })
            })
            .collect()
    }

    /// The member of an object; `None` where there is none, or no object.
    pub fn member(self, name: &str) -> Option<Self> {
        let members = self.members()?;
        let found = members.into_iter().find(|member| member.name == name)?;
        Some(found.value)
    }
}

/// Reads the members of an object as they are written.
struct Pairs;

impl<'t> Visitor<'t> for Pairs {
    type Value = Vec<(&'t RawValue, &'t RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

/// The JSON pointer (RFC 6901) of the innermost value at a byte of a document: `/a/0/b`, or an empty text for the
/// document itself.
pub fn pointer(document: &str, offset: usize) -> String {
    pointers(document, &[offset]).pop().unwrap_or_default()
}

/// The pointers of several offsets, in their order. The document is read once, not once for each.
pub fn pointers(document: &str, offsets: &[usize]) -> Vec<String> {
    let mut pointers = vec![String::new(); offsets.len()];
    let wanted = offsets.iter().copied().zip(&mut pointers).collect();
    if let Some(root) = Node::document(document) {
        point(root, wanted);
    }
    pointers
}

/// Adds the steps from `node` to each offset that lies in one of its values.
fn point(node: Node<'_>, mut wanted: Vec<(usize, &mut String)>) {
    for child in children(node) {
        if wanted.is_empty() {
            return;
        }
        let is_inside = |offset: usize| child.spans.iter().any(|span| span.contains(&offset));
        // Most values hold none of them.
        if !wanted.iter().any(|(offset, _)| is_inside(*offset)) {
            continue;
        }
        let (mut inside, others): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(offset, _)| is_inside(*offset));
        for (_, pointer) in &mut inside {
            pointer.push('/');
            pointer.push_str(&child.step);
        }
        point(child.value, inside);
        wanted = others;
    }
}

/// A value inside another, with its step in a pointer and the bytes that lead to it: its own, and those of its key.
struct Child<'t> {
    step: Cow<'t, str>,
    spans: [Range<usize>; 2],
    value: Node<'t>,
}

fn children(node: Node<'_>) -> Vec<Child<'_>> {
    if let Some(members) = node.members() {
        let members = members.into_iter().map(|member| Child {
            step: match member.name.contains(['~', '/']) {
                true => member.name.replace('~', "~0").replace('/', "~1").into(),
                false => member.name,
            },
            spans: [member.key.span(), member.value.span()],
            value: member.value,
        });
        return members.collect();
    }
    let items = node.items().unwrap_or_default().into_iter().enumerate();
    items
        .map(|(index, item)| Child {
            step: index.to_string().into(),
            spans: [item.span(), item.span()],
            value: item,
        })
        .collect()
}

/// The byte at a line and column as [`Problem::place`](super::Problem::place) gives them, cut to the document.
pub fn offset_of(document: &str, (line, column): (usize, usize)) -> usize {
    let before: usize = document
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(document.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENT: &str = " {\"a\": [1, {\"b/~c\": \"\\u00e9\"}],\n \"d\": null, \"e\": {} } ";

    #[test]
    fn values_are_found_where_they_stand() {
        let root = Node::document(DOCUMENT).unwrap();
        assert_eq!(root.span(), 1..DOCUMENT.len() - 1);
        let list = root.member("a").unwrap().items().unwrap();
        assert_eq!(list[0].whole_number(), Some(1));
        let text = list[1].member("b/~c").unwrap();
        assert_eq!(text.string().unwrap(), "é");
        assert_eq!(&DOCUMENT[text.span()], "\"\\u00e9\"");
        assert_eq!(root.member("d").unwrap().kind(), Kind::Null);
        assert!(root.member("f").is_none() && list[0].members().is_none());
        assert_eq!(&DOCUMENT[root.member("e").unwrap().mark()], "{");
    }

    #[test]
    fn a_pointer_names_the_innermost_value() {
        for (needle, expected) in [
            ("\\u00e9", "/a/1/b~1~0c"),
            ("null", "/d"),
            ("\"a\"", "/a"),
            ("1,", "/a/0"),
        ] {
            let at = DOCUMENT.find(needle).unwrap();
            assert_eq!(pointer(DOCUMENT, at), expected, "{needle}");
        }
        let at = |needle| DOCUMENT.find(needle).unwrap();
        let offsets = [at("null"), at("\\u00e9"), 0, at("1,"), at("null")];
        assert_eq!(
            pointers(DOCUMENT, &offsets),
            ["/d", "/a/1/b~1~0c", "", "/a/0", "/d"]
        );
        assert_eq!(pointer(DOCUMENT, 0), "");
        assert_eq!(pointer("not JSON", 3), "");
    }

    #[test]
    fn what_is_not_one_value_is_no_document() {
        for text in ["", "{", "{} {}", "x"] {
            assert!(Node::document(text).is_none(), "{text}");
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Every node has a span inside the document which reads back as the same value, under the pointer that leads there.
    fn assert_spans(document: &str, value: &serde_json::Value, node: Node<'_>) {
        let written = document.get(node.span()).unwrap();
        assert_eq!(
            &serde_json::from_str::<serde_json::Value>(written).unwrap(),
            value
        );
        assert!(document.get(node.mark()).is_some());
        for item in node.items().unwrap_or_default() {
            let found = pointer(document, item.mark().start);
            let expected: serde_json::Value = serde_json::from_str(item.text()).unwrap();
            let whole: serde_json::Value = serde_json::from_str(document).unwrap();
            assert_eq!(whole.pointer(&found), Some(&expected));
            assert_spans(document, &expected, item);
        }
        for member in node.members().unwrap_or_default() {
            assert_spans(document, &value[member.name.as_ref()], member.value);
        }
    }

    proptest! {
        #[test]
        fn every_span_lies_in_the_document(value in any_json(), pretty: bool) {
            let document = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            assert_spans(&document, &value, Node::document(&document).unwrap());
        }

        #[test]
        fn any_offset_and_any_text_are_survived(text: String, offset: usize, line: usize, column: usize) {
            pointer(&text, offset);
            assert!(offset_of(&text, (line, column.min(1 << 20))) <= text.len());
        }
    }
}
