"""A product's facts as staff type them: one a line, «Size: 40 m²»; whole numbers and yes or no are kept as such."""

from collections.abc import Mapping

from portal.kernel.errors import N_
from portal.kernel.fields import Faults

ANSWERS = {"yes": True, "no": False}


def read_facts(faults: Faults, text: str) -> dict[str, object]:
    """The facts by name; faults are on `attributes`."""
    facts: dict[str, object] = {}
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or not name or not value:
            faults.add("attributes", N_("«%(line)s» is no fact; write one such as Size: 40 m²"), line=line[:60])
            continue
        if name in facts:
            faults.add("attributes", N_("«%(name)s» is there twice."), name=name[:60])
        number = value.isascii() and value.isdigit() and len(value) < 10
        facts[name] = int(value) if number else ANSWERS.get(value.lower(), value)
    return facts


def write_facts(facts: Mapping[str, object]) -> str:
    """The same, to be typed on."""
    words = {True: "yes", False: "no"}
    return "\n".join(f"{name}: {words[value] if isinstance(value, bool) else value}" for name, value in facts.items())
