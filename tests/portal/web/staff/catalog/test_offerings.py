"""Staff say at which times a product is offered, and that it is not any more."""

import pytest

from portal.domains import resources
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"resource_id": ""}, "There is no such place to book."),
        ({"resource_id": "nonsense"}, "There is no such place to book."),
        ({"min_length": ""}, "Write a whole number."),
        ({"min_length": "9" * 6000}, "Write a whole number."),
        ({"max_length": "30"}, "The longest time cannot be shorter"),
        ({"max_quantity": "2"}, "This must be at most 1."),
    ],
)
def test_faulty_times_are_told_and_not_written(
    desk: Desk, made: Made, reading: Tx, change: dict[str, str], told: str
) -> None:
    kept = made(lambda tx: factories.bookable(tx, length=60))
    rules = {"min_length": 90, "length_step": 30, "start_step": 30, "buffer_before": 0, "buffer_after": 0}
    rules |= {"lead_time": 0, "horizon_days": 60, "max_quantity": 1, "resource_id": kept.resource.id, **change}
    fields = {f"offering-{name}": value for name, value in rules.items()}
    answer = desk.post(f"/products/{kept.product.id}/offering", **fields, version=1)
    assert answer.status_code == 422
    assert told in answer.text
    found = resources.offering_of(reading, kept.product.id)
    assert found is not None
    assert found.min_length == 60


def test_a_product_can_stop_being_offered(desk: Desk, made: Made) -> None:
    product = made(lambda tx: factories.bookable(tx)).product
    assert desk.post(f"/products/{product.id}/offering/removal").status_code == 303
    assert "It cannot be booked yet" in desk.get(f"/products/{product.id}").text
    assert desk.post(f"/products/{product.id}/offering/removal").status_code == 404
