//! The guests that a hub takes, and then has to live with.

use super::case::Case;

/// Policies. What they do not do badly, they do as `broadcast` does: everything to everybody.
pub(super) const POLICIES: &[Case] = &[
    Case::policy("broadcast").asked_about_the_slow(),
    Case::policy("bad_admission").fails(&["abi"]).keeps_out(),
    Case::policy("bad_verdict")
        .fails(&["abi"])
        .asked_about_the_slow(),
    Case::policy("deep_recursion").fails(&["stack"]).withholds(),
    Case::policy("handle_flood"),
    Case::policy("list_outside_memory")
        .fails(&["abi"])
        .withholds(),
    Case::policy("long_fill").fails(&["deadline"]).withholds(),
    Case::policy("loop_in_join")
        .fails(&["deadline"])
        .keeps_out(),
    Case::policy("loop_in_leave").fails(&["deadline"]),
    Case::policy("loop_in_overflow")
        .fails(&["deadline"])
        .asked_about_the_slow(),
    Case::policy("loop_in_post_return")
        .fails(&["deadline"])
        .withholds(),
    Case::policy("loop_in_route")
        .fails(&["deadline"])
        .withholds(),
    Case::policy("loop_in_select").fails(&["deadline"]),
    Case::policy("lying_list")
        .fails(&["answer-size"])
        .withholds(),
    Case::policy("memory_bomb").fails(&["limit"]).withholds(),
    Case::policy("misaligned_list").fails(&["abi"]).withholds(),
    Case::policy("poisoned_event").fails(&["trap"]),
    Case::policy("refuses_everybody").keeps_out(),
    Case::policy("select_descending").fails(&["shape"]),
    Case::policy("select_out_of_page").fails(&["shape"]),
    Case::policy("slow_but_legal"),
    Case::policy("state_that_grows").fails(&["limit"]),
    Case::policy("table_bomb").fails(&["limit"]).withholds(),
    Case::policy("too_few_answers")
        .fails(&["shape"])
        .keeps_out(),
    Case::policy("too_large_list")
        .fails(&["answer-size"])
        .withholds(),
    Case::policy("too_many_answers")
        .fails(&["shape"])
        .withholds(),
    Case::policy("trap_in_join").fails(&["trap"]).keeps_out(),
    Case::policy("trap_in_leave").fails(&["trap"]),
    Case::policy("trap_in_overflow")
        .fails(&["trap"])
        .asked_about_the_slow(),
    Case::policy("trap_in_post_return")
        .fails(&["trap"])
        .withholds(),
    Case::policy("trap_in_route").fails(&["trap"]).withholds(),
    Case::policy("trap_in_select").fails(&["trap"]),
    Case::policy("unknown_handles").is_silent(),
];

const FILTER: &str = "filter";
const PUBLISH: &str = "publish-filter";
const VIEW: &str = "view-filter";

/// Filters, each beside the built-in policy. Those that fail in one interface have no other: an instance
/// that serves both fails as a whole.
pub(super) const FILTERS: &[Case] = &[
    Case::of("filters/as_many_views_as_may_be", VIEW).is_silent(),
    Case::of("filters/bad_decision", PUBLISH)
        .fails(&["abi"])
        .answers(503),
    Case::of("filters/bad_view", VIEW)
        .fails(&["abi"])
        .withholds(),
    Case::of("filters/foreign_clients", FILTER).narrows(),
    Case::of("filters/long_refusal", FILTER).answers(403),
    Case::of("filters/loop_in_admit", PUBLISH)
        .fails(&["deadline"])
        .answers(503),
    Case::of("filters/loop_in_join", VIEW)
        .fails(&["deadline"])
        .keeps_out(),
    Case::of("filters/loop_in_leave", VIEW).fails(&["deadline"]),
    Case::of("filters/loop_in_tailor", VIEW)
        .fails(&["deadline"])
        .withholds(),
    Case::of("filters/memory_bomb", FILTER)
        .fails(&["limit"])
        .answers(503),
    Case::of("filters/memory_bomb", VIEW)
        .fails(&["limit"])
        .withholds(),
    Case::of("filters/replacement_that_is_no_text", FILTER)
        .fails(&["abi"])
        .answers(503),
    Case::of("filters/replacement_without_topics", FILTER).answers(403),
    Case::of("filters/too_few_answers", FILTER)
        .fails(&["shape"])
        .answers(503),
    Case::of("filters/too_few_answers", VIEW)
        .fails(&["shape"])
        .withholds(),
    Case::of("filters/too_large_views", VIEW)
        .fails(&["answer-size"])
        .withholds(),
    Case::of("filters/too_many_answers", FILTER)
        .fails(&["shape"])
        .answers(503),
    Case::of("filters/too_many_answers", VIEW)
        .fails(&["shape"])
        .withholds(),
    Case::of("filters/too_many_views", VIEW)
        .fails(&["shape"])
        .withholds(),
    Case::of("filters/trap_in_admit", PUBLISH)
        .fails(&["trap"])
        .answers(503),
    Case::of("filters/trap_in_join", VIEW)
        .fails(&["trap"])
        .keeps_out(),
    Case::of("filters/trap_in_leave", VIEW).fails(&["trap"]),
    Case::of("filters/trap_in_tailor", VIEW)
        .fails(&["trap"])
        .withholds(),
    Case::of("filters/view_outside_memory", VIEW)
        .fails(&["abi"])
        .withholds(),
    Case::of("filters/view_that_is_no_text", VIEW)
        .fails(&["shape"])
        .withholds(),
];
