//! Quotas of creates: which product a request makes, and until when its quota is used up. They
//! stop nothing but creates of that product.

use std::{collections::HashMap, time::Duration};

use super::rate_limit::{LONGEST, ROUNDING, Said};
use crate::{
    clock::Moment,
    persona::{Method, Request},
};

/// What has a quota: the templates of its creates begin like this.
const PRODUCTS: [&str; 5] = ["/inquiries", "/verification", "/reports", "/cases", "/transactions"];

/// A product of which something is made.
pub type Product = &'static str;

/// The product that a request makes, if it makes one: a POST to the product itself.
pub fn product(request: &Request) -> Option<Product> {
    let template = request.template;
    let makes =
        request.method == Method::Post && !template.contains('{') && !template.ends_with("/search");
    PRODUCTS.into_iter().find(|product| makes && template.starts_with(product))
}

#[derive(Debug, Default)]
pub struct Quotas(HashMap<Product, Spent>);

#[derive(Debug, Clone, Copy)]
struct Spent {
    until: Moment,
    /// Refusals in a row.
    refused: u32,
}

impl Quotas {
    /// For how long creates of a product have to wait.
    pub fn wait(&self, product: Product, now: Moment) -> Option<Duration> {
        let left = self.0.get(product)?.until.since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Takes what an answer to a create said: the last one of a quota tells that it was the last.
    pub fn answered(&mut self, product: Product, said: Said, now: Moment) {
        self.0.remove(product);
        if let (Some(0), Some(reset)) = (said.remaining, said.resets_in()) {
            self.0.insert(product, Spent { until: now + reset, refused: 0 });
        }
    }

    /// A create was refused. Without a time that was asked for, 5, 10, 20, 40 s.
    pub fn refused(&mut self, product: Product, asked: Option<Duration>, now: Moment) {
        let refused = self.0.get(product).map_or(0, |spent| spent.refused) + 1;
        let documented = Duration::from_secs(5) * 2_u32.pow((refused - 1).min(6));
        let pause = asked.unwrap_or(documented).clamp(ROUNDING, LONGEST);
        self.0.insert(product, Spent { until: now + pause, refused });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_creates_of_products_have_a_quota() {
        let table = [
            (Request::post("/inquiries", "create an inquiry"), Some("/inquiries")),
            (Request::post("/cases", "create a case"), Some("/cases")),
            (Request::post("/verification/selfies", "create"), Some("/verification")),
            (Request::post("/inquiries/search", "search"), None),
            (Request::post("/inquiries/{inquiry-id}/approve", "approve"), None),
            (Request::post("/webhooks", "create a webhook"), None),
            (Request::get("/inquiries", "list inquiries"), None),
        ];
        for (request, expected) in table {
            assert_eq!(product(&request), expected, "{} {}", request.words, request.template);
        }
    }

    #[test]
    fn a_quota_is_used_up_until_it_is_there_again() {
        let at = |seconds| Moment::default() + Duration::from_secs(seconds);
        let said = |remaining, reset| Said { limit: Some(2), remaining: Some(remaining), reset };
        let seconds = |n| Some(Duration::from_secs(n));
        let mut quotas = Quotas::default();
        quotas.answered("/cases", said(1, Some(30)), at(0));
        assert_eq!(quotas.wait("/cases", at(0)), None);
        quotas.answered("/cases", said(0, Some(30)), at(0));
        assert_eq!(quotas.wait("/cases", at(0)), seconds(31));
        assert_eq!(quotas.wait("/inquiries", at(0)), None, "another product");
        assert_eq!(quotas.wait("/cases", at(31)), None);
        quotas.answered("/cases", said(0, Some(1_790_000_000)), at(0));
        assert_eq!(quotas.wait("/cases", at(0)), None, "absurd");
        for (nth, pause) in [5, 10, 20, 40, 60, 60].into_iter().enumerate() {
            quotas.refused("/cases", None, at(0));
            assert_eq!(quotas.wait("/cases", at(0)), seconds(pause), "{nth}");
        }
        quotas.refused("/cases", seconds(17), at(0));
        assert_eq!(quotas.wait("/cases", at(0)), seconds(17));
    }
}
