"""The great race in its short form: exactly what there is gets sold, whoever comes how at the same moment."""

import sys

from sqlalchemy import Engine

from tests.races import trial

ATTEMPTS, SEED = 1500, 7


def test_everybody_at_once_and_nothing_twice_nothing_lost_nobody_stuck(database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    report = trial.run(url, attempts=ATTEMPTS, seed=SEED)
    print(report, file=sys.stderr)
    assert report.faults == {}
    assert report.attempts >= ATTEMPTS
    assert report.mixed.told["Entry"] > 50, "people stood in line"
    assert {"done", "SlotTaken", "Hold"} <= report.mixed.told.keys(), "orders, moves and refunds went through"
    assert report.rush.refused, "more was wanted than there is"
