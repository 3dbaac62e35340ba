//! Who gets which price, and what waits for whom.

use umbel_guest::testing::{Instance, event, subscriber};
use umbel_guest::{Verdict, WhenFull};

use crate::latest_price::LatestPrice;

#[test]
fn a_price_is_for_those_who_follow_its_symbol() {
    let mut policy = Instance::<LatestPrice>::new("");
    policy.join(subscriber(0).asking("AAPL")).unwrap();
    policy.join(subscriber(1).asking("*")).unwrap();
    assert_eq!(policy.route(&event("AAPL")), [0, 1]);
    assert_eq!(policy.route(&event("MSFT")), [1]);
    assert_eq!(policy.select(0, &[event("MSFT"), event("AAPL")]), [1]);
}

#[test]
fn a_newer_price_takes_the_place_of_the_one_that_waits() {
    let mailbox = Instance::<LatestPrice>::new("").join(subscriber(0).asking("AAPL"));
    let when_full = mailbox.unwrap().when_full;
    assert_eq!(when_full, WhenFull::Always(Verdict::Conflate));
}
