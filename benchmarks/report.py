"""How a result is said: a JSON line per pair for machines, a note for people."""

import json
import sys
from collections.abc import Sequence
from statistics import median


def pair(bench: str, value: float, unit: str, ratio: float, against: str) -> None:
    """One line: our figure, and how many times better it is (rates: ours / theirs, times: theirs / ours)."""
    line = {"bench": bench, "value": round(value, 2), "unit": unit, "ratio": round(ratio, 2), "against": against}
    print(json.dumps(line), flush=True)


def note(text: str = "") -> None:
    """A sentence or a row of a table for whoever watches."""
    print(text, file=sys.stderr, flush=True)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of neighbours in time: what slows the machine for a minute slows both of a pair."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
