//! The world `publish-filter` as Rust types; its nouns are those of [`crate::bindings`].

wit_bindgen::generate!({
    path: "../../wit",
    world: "publish-filter",
    pub_export_macro: true,
    export_macro_name: "export_publish_world",
    default_bindings_module: "umbel_guest::publish_bindings",
    with: { "umbel:hub/types@0.1.0": crate::bindings::umbel::hub::types },
    additional_derives: [PartialEq],
});
