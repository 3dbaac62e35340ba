//! The contract as Rust types, generated from `wit/`; policies use what the crate re-exports.

wit_bindgen::generate!({
    path: "../../wit",
    world: "dispatcher",
    pub_export_macro: true,
    export_macro_name: "export_dispatcher",
    default_bindings_module: "umbel_guest::bindings",
    additional_derives: [PartialEq],
});
