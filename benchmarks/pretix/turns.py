"""The turns: ours, theirs, ours, theirs … The ratio is that of neighbours in time."""

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from statistics import median

from benchmarks import house
from benchmarks.bookings import portal
from benchmarks.bookings.side import CUSTOMERS, Side, Turn
from benchmarks.pretix import running
from benchmarks.report import median_ratio, note, pair, percentile
from local.mail import Mail

ROUNDS = 3
OURS, THEIRS = 6, 2
"""How often each customer books in a turn; fewer where it takes longer."""


def run(*, quick: bool = False) -> None:
    """Prints bookings_web beside pretix, once for each of its shops."""
    with house.running() as servers, ExitStack() as stack:
        with servers.connect() as connection:
            note(f"bookings_web: {CUSTOMERS} customers at once; {house.settings(connection)}")
        ours, sides = portal.open_side(servers, stack, whole=portal.TOLD), running.open_sides(servers, stack)
        rounds = _turns([(ours, OURS), *((side, THEIRS) for side in sides)], quick=quick)
        _check_mails([ours, *sides])
    for side in sides:
        _say(side.name, [turns[ours.name] for turns in rounds], [turns[side.name] for turns in rounds])


def _turns(sides: list[tuple[Side, int]], *, quick: bool) -> list[dict[str, Turn]]:
    """Each side's turn in each round, behind one to warm up."""
    for side, _ in sides:
        side.book(1)
    rounds = []
    for number in range(1 if quick else ROUNDS):
        note(f" round {number + 1}")
        turns = {}
        for side, each in sides if number % 2 == 0 else sides[::-1]:  # nobody has always the first turn
            turns[side.name] = turn = side.book(1 if quick else each)
            note(_row(side.name, turn))
        rounds.append(turns)
    return rounds


def _row(name: str, turn: Turn) -> str:
    half = percentile(turn.took, 0.5)
    return f"  {name:<12} {turn.rate:6.2f} /s   {turn.cost.cpu_per(turn.bookings)}, half within {half:.1f} s"


def _check_mails(sides: Iterable[Side]) -> None:
    """Raises unless every mail catcher has a mail for each booking, and no other."""
    booked: Counter[Mail] = Counter()
    for side in sides:
        booked[side.servers.mail] += side.booked
    for mail, expected in booked.items():
        if (found := len(mail.messages())) != expected:
            raise RuntimeError(f"{found} mails for {expected} bookings")


def _say(name: str, ours: list[Turn], theirs: list[Turn]) -> None:
    """The line of this pair, with the processor time beside it: that a busy machine changes little."""
    rate, their_rate = (median(turn.rate for turn in turns) for turns in (ours, theirs))
    ratio = median_ratio([turn.rate for turn in ours], [turn.rate for turn in theirs])
    cpu, their_cpu = (1000 * median(turn.cpu for turn in turns) for turns in (ours, theirs))
    note(
        f" ours {rate:.2f} bookings a second and {cpu:.0f} ms CPU each, {name} {their_rate:.2f} and {their_cpu:.0f}:"
        f" {ratio:.1f} times as many, {their_cpu / cpu:.1f} times cheaper"
    )
    pair("bookings_web", rate, "1/s", ratio, name)
