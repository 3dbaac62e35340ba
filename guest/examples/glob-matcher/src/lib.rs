//! A policy as an example: a matching language of its own.

mod glob;
mod glob_matcher;

umbel_guest::export_routing!(glob_matcher::GlobMatcher);

#[cfg(test)]
mod tests;
