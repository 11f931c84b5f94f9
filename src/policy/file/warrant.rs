//! The keys `reason`, `owner` and `expires`: on whose word something is set aside, why and until when.

use jiff::civil::Date;

use super::reader::Reader;
use super::table::{Section, quote};

/// Why, on whose word and until when.
pub(super) struct Warrant {
    pub(super) reason: String,
    pub(super) owner: String,
    /// The last day on which it holds, in UTC.
    pub(super) expires: Date,
}

/// Reads the three keys, none of which may be missing.
pub(super) fn read(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Warrant> {
    let reason = section.needed_text(reader, "reason", "say why: reason = \"…\"");
    let owner = section.needed_text(reader, "owner", "say who answers for it: owner = \"…\"");
    let help = "say until when: expires = \"2027-06-30\"";
    let expires = section.needed_text(reader, "expires", help);
    let expires = expires.and_then(|text| match text.value.parse::<Date>() {
        Ok(date) => Some(date),
        Err(_) => {
            let message = format!("expires cannot be {}", quote(text.value));
            reader.mistake(&text.span, message, "write a day as \"2027-06-30\"");
            None
        }
    });
    Some(Warrant {
        reason: reason?.value.to_owned(),
        owner: owner?.value.to_owned(),
        expires: expires?,
    })
}
