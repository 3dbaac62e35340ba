//! The interfaces of a policy as imports; their nouns are those of [`crate::bindings`].

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package umbel:layer;
        world behind {
            import umbel:hub/fan-out@0.1.0;
            import umbel:hub/queue-policy@0.1.0;
        }
    ",
    world: "umbel:layer/behind",
    with: {
        "umbel:hub/types@0.1.0": crate::bindings::umbel::hub::types,
        "umbel:hub/fan-out@0.1.0": generate,
        "umbel:hub/queue-policy@0.1.0": generate,
    },
});
