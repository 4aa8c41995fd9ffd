"""The colours of both themes can be read: contrast computed from static/css/tokens.css by WCAG's formula."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
PAIRS = dict(re.findall(r"--([\w-]+):\s*light-dark\((#\w{6}, #\w{6})\)", TOKENS))
GROUNDS = ("paper", "surface", "raised", "sunken")
STATES = ("held", "confirmed", "waiting", "cancelled")

TEXT = [(ink, ground) for ink in ("ink", "ink-soft", "muted", "accent", "accent-strong") for ground in GROUNDS]
TEXT += [(state, ground) for state in STATES for ground in (*GROUNDS, f"{state}-soft")]
TEXT += [("ink-soft", f"{state}-soft") for state in STATES]
TEXT += [("ink", "accent-soft"), ("muted", "accent-soft"), ("accent", "accent-soft"), ("on-accent", "accent")]
TEXT += [("on-accent", "accent-strong")]
EDGES = [("edge", ground) for ground in ("paper", "surface", "raised")]
EDGES += [(f"{state}-line", ground) for state in STATES for ground in ("paper", "surface")] + [("accent", "paper")]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_gives_the_known_ends_of_the_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), [(*p, 4.5) for p in TEXT] + [(*p, 3.0) for p in EDGES])
def test_a_colour_can_be_read_on_its_ground(front: str, ground: str, least: float, theme: int) -> None:
    one, other = PAIRS[front].split(", ")[theme], PAIRS[ground].split(", ")[theme]
    assert contrast(one, other) >= least, f"{front} {one} on {ground} {other}: {contrast(one, other):.2f}"
