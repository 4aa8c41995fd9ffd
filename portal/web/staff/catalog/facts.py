"""A product's facts as staff type them: one a line, «Size: 40 m²»; whole numbers and yes or no are kept as such."""

from collections.abc import Mapping

from portal.kernel.errors import N_, Invalid

ANSWERS = {"yes": True, "no": False}


def read_facts(text: str) -> dict[str, object]:
    """The facts by name. Raises Invalid on `attributes`."""
    facts: dict[str, object] = {}
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or not name or not value:
            raise Invalid(
                {"attributes": (N_("«%(line)s» is no fact; write one such as Size: 40 m²"), {"line": line[:60]})}
            )
        if name in facts:
            raise Invalid({"attributes": (N_("«%(name)s» is there twice."), {"name": name[:60]})})
        number = value.isascii() and value.isdigit() and len(value) < 10
        facts[name] = int(value) if number else ANSWERS.get(value.lower(), value)
    return facts


def write_facts(facts: Mapping[str, object]) -> str:
    """The same, to be typed on."""
    words = {True: "yes", False: "no"}
    return "\n".join(f"{name}: {words[value] if isinstance(value, bool) else value}" for name, value in facts.items())
