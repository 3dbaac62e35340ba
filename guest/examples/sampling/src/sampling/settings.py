"""What the operator configures."""

EVERY_DEFAULT = 10
EVERY_MAX = 1_000_000


class Malformed(Exception):
    """Text that is no configuration; the text is for the operator."""


def every(config: str) -> int:
    """Of how many events an anonymous subscriber gets one: `every = N`. Raises `Malformed`."""
    found = EVERY_DEFAULT
    for number, line in enumerate(config.splitlines(), 1):
        setting = line.partition("#")[0].strip()
        if not setting:
            continue
        name, _, value = (part.strip() for part in setting.partition("="))
        if name != "every":
            raise Malformed(f'line {number}: unknown key "{name}"; there is: every')
        if not (value.isascii() and value.isdigit() and len(value) <= 7 and 1 <= int(value) <= EVERY_MAX):
            raise Malformed(f"line {number}: every is a number from 1 to {EVERY_MAX}")
        found = int(value)
    return found
