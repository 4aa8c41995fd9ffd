"""docs/clock-changes.md says what the code does on the days when clocks change: every row is worked out anew."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.domains.reservations import sheet
from portal.domains.reservations.timetable import DAY, Span, midnight
from portal.domains.resources import Hours, from_wall, neighbours, opening_spans, readings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "clock-changes.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and "/" in line
]


def test_the_table_has_both_directions_and_a_zone_that_never_changes() -> None:
    assert {row[2] for row in ROWS} >= {"23", "24", "25"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_is_what_the_code_does(row: list[str]) -> None:
    name, day, hours, slots, opens, asked, means, typed = row
    zone, on = ZoneInfo(name), date.fromisoformat(day)
    begins, ends = midnight(on, zone), midnight(on + DAY, zone)
    assert f"{(ends - begins) / timedelta(hours=1):g}" == hours
    week = [Hours(weekday, 0, 1440) for weekday in range(7)]
    opened = [Span(*span) for span in opening_spans(week, on, zone)]
    starts = sheet.starts_of(sheet.stretches(opened), int(begins.timestamp()), int(ends.timestamp()), 3600, 3600)
    assert str(len(starts)) == slots
    nine = opening_spans([Hours(on.weekday(), 540, 720)], on, zone)[0][0]
    assert f"{nine.astimezone(zone):%H:%M %z}" == opens
    moment = from_wall(datetime.combine(on, time.fromisoformat(asked)), zone)
    assert f"{moment.astimezone(zone):%H:%M %z}" == means
    assert typed_by_staff(datetime.combine(on, time.fromisoformat(asked)), zone) == typed


def typed_by_staff(shown: datetime, zone: ZoneInfo) -> str:
    """What a form makes of the time."""
    found = readings(shown, zone)
    if not found:
        before, after = neighbours(shown, zone)
        return f"refused: {before:%H:%M} or {after:%H:%M}"
    return "taken" if len(found) == 1 else "asked: " + " or ".join(f"{one.astimezone(zone):%z}" for one in found)
