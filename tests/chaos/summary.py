"""What a trial saw, as a table in Markdown: figures first, the verdict last."""

from collections.abc import Mapping, Sequence

from tests.chaos.house import LEASE
from tests.chaos.recovery import AT_MOST
from tests.chaos.trial import Trial

MOST = 30


def summary(trial: Trial, seconds: float, took: Mapping[str, Sequence[float]], figures: Mapping[str, int]) -> str:
    """`seconds` of trouble; `took` how long to be taken up again, by cause."""
    sagas = figures["payment sagas"] + figures["refund sagas"]
    rows: list[tuple[str, object]] = [
        ("seed", trial.seed),
        ("seconds of trouble", f"{seconds:g}"),
        ("sagas", f"{sagas} ({sagas / seconds:.1f} a second)"),
        ("kills", trial.notes.counts["kills"]),
        *figures.items(),
        *sorted(trial.notes.counts.items()),
    ]
    for why, times in sorted(took.items()):
        ordered = sorted(times)
        middle, longest = ordered[len(ordered) // 2], ordered[-1]
        rows.append((why, f"{len(ordered)} × taken up, p50 {middle:.2f} s, longest {longest:.2f} s"))
    rows.append(("bound on both kinds of loss", f"{AT_MOST:g} s (a lease lasts {LEASE:g} s)"))
    rows.append(("broken promises", len(trial.notes.broken)))
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    broken = "".join(f"\n- BROKEN: {words}" for words in trial.notes.broken[:MOST])
    return f"\n| What | How much |\n| --- | --- |\n{table}\n{broken}"
