"""From the records that wasmtime answers with to those of this package."""

from wasmtime.component import Record, Variant

from .fault import Export, Fault, FaultClass
from .records import ASK, Mailbox, Profile, Refusal, Verdict

TEXT_CHARS_MAX = 4_096
"""Characters of a name, and of the reason of a refusal."""


def profile(of: Record) -> Profile:
    """What a policy says of itself."""
    fields = vars(of)
    texts = [fields["name"], fields["version"], *fields["wants"], *fields["matchers"]]
    _check_size(Export.CONFIGURE, sum(map(len, texts)))
    return Profile(
        name=fields["name"],
        version=fields["version"],
        wants=tuple(fields["wants"]),
        matchers=tuple(fields["matchers"]),
    )


def admission(of: Variant) -> Mailbox | Refusal:
    """The answer to one subscriber that wants to join."""
    fields = vars(of.payload)
    if of.tag == "err":
        _check_size(Export.JOIN, len(fields["reason"]))
        return Refusal(reason=fields["reason"], retry_ms=fields["retry-ms"])
    # `ask` is the one case without a verdict.
    when_full = fields["when-full"]
    return Mailbox(
        events_max=fields["events-max"],
        bytes_max=fields["bytes-max"],
        when_full=ASK if when_full is None else Verdict(when_full),
    )


def _check_size(export: Export, chars: int) -> None:
    if chars > TEXT_CHARS_MAX:
        detail = f"a text of {chars} characters, of {TEXT_CHARS_MAX} that it may have"
        raise Fault(export, FaultClass.ANSWER_SIZE, detail)
