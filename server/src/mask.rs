//! How identifiers look in the log: enough to find them, too little to use them.

/// The last six characters of one of Telnyx's ids.
pub(crate) fn id(id: &str) -> String {
    tail(id, 6)
}

/// The last two digits of a telephone number.
pub(crate) fn number(number: &str) -> String {
    tail(number, 2)
}

fn tail(text: &str, keep: usize) -> String {
    let skip = text.chars().count().saturating_sub(keep);
    format!("…{}", text.chars().skip(skip).collect::<String>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_masked_number_shows_two_digits() {
        assert_eq!(super::number("+12025550100"), "…00");
        assert_eq!(super::id("v3:abcdefghij"), "…efghij");
        assert_eq!(super::id(""), "…");
    }
}
