"""Korea's public holidays."""

from datetime import date

from portal.seeds.sample.holidays import holidays, stretches


def days(first: str, last: str) -> list[str]:
    return [day.isoformat()[5:] for day in holidays(date.fromisoformat(first), date.fromisoformat(last))]


def test_the_holidays_of_2026_with_days_off_in_lieu() -> None:
    spring = ["01-01", "02-16", "02-17", "02-18", "03-01", "03-02", "05-05", "05-24", "05-25", "06-06"]
    autumn = ["08-15", "08-17", "09-24", "09-25", "09-26", "10-03", "10-05", "10-09", "12-25"]
    assert days("2026-01-01", "2026-12-31") == spring + autumn


def test_a_holiday_in_lieu_steps_over_other_holidays() -> None:
    assert days("2027-02-01", "2027-02-28") == ["02-06", "02-07", "02-08", "02-09"]
    assert days("2028-10-01", "2028-10-08") == ["10-02", "10-03", "10-04", "10-05"]


def test_the_year_may_turn_and_holidays_in_a_row_are_one_stretch() -> None:
    found = list(stretches(holidays(date(2026, 12, 1), date(2027, 2, 28))))
    assert found == [
        (date(2026, 12, 25), date(2026, 12, 25), "Christmas"),
        (date(2027, 1, 1), date(2027, 1, 1), "New Year's Day"),
        (date(2027, 2, 6), date(2027, 2, 9), "Seollal"),
    ]
