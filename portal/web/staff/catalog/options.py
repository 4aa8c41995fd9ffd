"""The choices of an attribute as staff type them: one a line, «sea = Sea view»; the key may be left out."""

from collections.abc import Iterable, Sequence


def read_options(text: str) -> list[tuple[str, str]]:
    """(key or "", words) of every line that is not blank."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_read(line) for line in lines]


def write_options(options: Iterable[Sequence[str]]) -> str:
    """The same, to be typed on."""
    return "\n".join(f"{key} = {words}" for key, words in options)


def _read(line: str) -> tuple[str, str]:
    key, equals, words = (part.strip() for part in line.partition("="))
    return (key, words) if equals else ("", line)
