//! The account's telephone numbers.

use call::number::Number;
use reqwest::Method;
use serde::Deserialize;

use super::{Carrier, CarrierError, accepted, data};

/// One number (schema `PhoneNumberDetailed`); of its fields, the one we use.
#[derive(Deserialize)]
struct PhoneNumber {
    phone_number: String,
}

impl Carrier {
    /// Whether the account has a number, and may so show it.
    pub(crate) async fn has_number(&self, number: &Number) -> Result<bool, CarrierError> {
        // The filter finds parts of numbers, too.
        let found = self.numbers(&[("filter[phone_number]", number.as_str())]).await?;
        Ok(found.contains(number))
    }

    /// A number of the account, the same at each question as long as there is no other; nothing if it has none.
    pub(crate) async fn any_number(&self) -> Result<Option<Number>, CarrierError> {
        Ok(self.numbers(&[]).await?.into_iter().min())
    }

    async fn numbers(&self, filter: &[(&str, &str)]) -> Result<Vec<Number>, CarrierError> {
        let request = self.request(Method::GET, &["phone_numbers"]);
        let mut request = request.build().map_err(super::unreachable)?;
        request.url_mut().query_pairs_mut().extend_pairs(filter).append_pair("page[size]", "250");
        let answer = self.api.execute(request).await.map_err(super::unreachable)?;
        let found: Vec<PhoneNumber> = data(accepted(answer).await?).await?;
        Ok(found.iter().filter_map(|found| Number::parse(&found.phone_number).ok()).collect())
    }
}

/// Whether a sample of Telnyx's list is understood.
#[cfg(test)]
pub(crate) fn read_numbers(body: &[u8]) -> bool {
    super::decode::<Vec<PhoneNumber>>(body).is_ok_and(|read| {
        !read.is_empty() && read.iter().all(|one| Number::parse(&one.phone_number).is_ok())
    })
}
