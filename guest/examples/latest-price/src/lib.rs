//! A policy as an example: whoever falls behind gets the newest price of each symbol.

mod latest_price;

umbel_guest::export_routing!(latest_price::LatestPrice);

#[cfg(test)]
mod tests;
