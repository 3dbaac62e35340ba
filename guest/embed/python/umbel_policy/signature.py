"""The types of the contract, spelled out, and those that a component has.

wasmtime's Python API converts values by the types that it finds in a component, so that a component
with other types would fail in the middle of a call, and seem to be its caller's mistake.
"""

from typing import Final

from wasmtime import component as wc

from .fault import Export

_SELECTORS: Final = "list<record{matcher: string, pattern: string}>"
_PAIRS: Final = "list<tuple<string, string>>"
_VERDICT: Final = "enum{drop-newest, drop-oldest, conflate, catch-up, disconnect}"
_EVENTS: Final = (
    "list<record{offset: u64, id: string, topics: list<string>, kind: option<string>, private: bool, "
    f"accepted-ms: u64, size: u32, data: option<list<u8>>, attributes: {_PAIRS}}}>"
)
_SUBSCRIBERS: Final = (
    f"list<record{{client: u32, selectors: {_SELECTORS}, grants: {_SELECTORS}, claims: string, "
    f"attributes: {_PAIRS}, joined-ms: u64}}>"
)
_SETTINGS: Final = f"record{{config: string, seed: u64, facts: {_PAIRS}}}"
_PROFILE: Final = "record{name: string, version: string, wants: list<string>, matchers: list<string>}"
_MAILBOX: Final = f"record{{events-max: u32, bytes-max: u32, when-full: variant{{always({_VERDICT}), ask}}}}"
_REFUSAL: Final = "record{reason: string, retry-ms: option<u32>}"
_FULL: Final = "list<record{client: u32, offset: u64, events: u32, bytes: u32, oldest-ms: u32}>"

FAN_OUT: Final = "umbel:hub/fan-out@0.1.0"
QUEUE_POLICY: Final = "umbel:hub/queue-policy@0.1.0"

CONTRACT: Final = {
    (FAN_OUT, Export.CONFIGURE): f"({_SETTINGS}) -> result<{_PROFILE}, string>",
    (FAN_OUT, Export.JOIN): f"({_SUBSCRIBERS}) -> list<result<{_MAILBOX}, {_REFUSAL}>>",
    (FAN_OUT, Export.LEAVE): "(list<u32>) -> nothing",
    (FAN_OUT, Export.ROUTE): f"({_EVENTS}) -> list<list<u32>>",
    (FAN_OUT, Export.SELECT): f"(list<u32>, {_EVENTS}) -> list<list<u32>>",
    (QUEUE_POLICY, Export.OVERFLOW): f"({_FULL}) -> list<{_VERDICT}>",
}


def of_function(function: wc.FuncType) -> str:
    """The types of `function` in the spelling of `CONTRACT`."""
    params = ", ".join(_spell(of) for _, of in function.params)
    return f"({params}) -> {_spell(function.result, 'nothing')}"


def _spell(of: wc.ValType | None, absent: str = "_") -> str:
    match of:
        case None:
            return absent
        case wc.ListType():
            return f"list<{_spell(of.element)}>"
        case wc.OptionType():
            return f"option<{_spell(of.payload)}>"
        case wc.ResultType():
            return f"result<{_spell(of.ok)}, {_spell(of.err)}>"
        case wc.TupleType():
            return f"tuple<{', '.join(map(_spell, of.elements))}>"
        case wc.RecordType():
            return f"record{{{', '.join(f'{name}: {_spell(t)}' for name, t in of.fields)}}}"
        case wc.VariantType():
            cases = (name if t is None else f"{name}({_spell(t)})" for name, t in of.cases)
            return f"variant{{{', '.join(cases)}}}"
        case wc.EnumType():
            return f"enum{{{', '.join(of.names)}}}"
        case _:
            return type(of).__name__.lower()
