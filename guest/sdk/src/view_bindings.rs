//! The world `view-filter` as Rust types; its nouns are those of [`crate::bindings`].

wit_bindgen::generate!({
    path: "../../wit",
    world: "view-filter",
    pub_export_macro: true,
    export_macro_name: "export_view_world",
    default_bindings_module: "umbel_guest::view_bindings",
    with: { "umbel:hub/types@0.1.0": crate::bindings::umbel::hub::types },
    additional_derives: [PartialEq],
});
