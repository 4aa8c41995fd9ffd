"""What a trial saw, as a table in Markdown."""

from collections.abc import Mapping, Sequence

from tests.chaos.answers import Notes
from tests.chaos.house import House

MOST = 30


def summary(
    seed: int,
    seconds: float,
    notes: Notes,
    took: Mapping[str, Sequence[float]],
    figures: Mapping[str, int],
    house: House,
) -> str:
    """Figures first, the verdict last."""
    rows: list[tuple[str, object]] = [("seed", seed), ("seconds of trouble", f"{seconds:g}"), *figures.items()]
    rows += sorted(notes.counts.items())
    rows += [(f"restarts of {one.name}", one.restarts) for one in house.kept]
    for why, times in sorted(took.items()):
        ordered = sorted(times)
        middle, longest = ordered[len(ordered) // 2], ordered[-1]
        rows.append((f"{why}: taken up again", f"{len(ordered)} × p50 {middle:.2f} s, longest {longest:.2f} s"))
    rows.append(("broken promises", len(notes.broken)))
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    broken = "".join(f"\n- BROKEN: {words}" for words in notes.broken[:MOST])
    return f"\n| What | How much |\n|---|---|\n{table}\n{broken}"
