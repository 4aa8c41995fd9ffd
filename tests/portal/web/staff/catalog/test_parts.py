"""Staff say who and what else serves a product, and are told beside the field what cannot be."""

from portal.domains import resources
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made


def test_others_who_can_stand_in_and_a_room_besides(desk: Desk, made: Made, reading: Tx) -> None:
    massage, lee, room = made(
        lambda tx: (
            factories.bookable(tx, name="Massage"),
            factories.resource(tx, name="Lee"),
            factories.resource(tx, name="Red room"),
        )
    )
    path = f"/products/{massage.product.id}"
    assert "Who and what else" in desk.get(path).text
    fields = {"places_0": [lee.id], "name_0": "Therapist", "choosable_0": "1"}
    fields |= {"places_1": [room.id], "name_1": "Room", "once_1": "1"}
    typed = {f"parts-{name}": value for name, value in fields.items()}
    assert desk.post(f"{path}/parts", **typed, version=1).status_code == 303
    told = resources.parts_of(reading, massage.product.id)
    assert [(p.name, p.once, p.choosable, [c.name for c in p.candidates]) for p in told] == [
        ("Therapist", False, True, ["Lee", "Room"]),
        ("Room", True, False, ["Red room"]),
    ]
    page = desk.get(path).text
    assert f'value="{lee.id}" checked' in page
    assert desk.post(f"{path}/parts", version=2).status_code == 303
    reading.expire_all()
    assert resources.parts_of(reading, massage.product.id) == []


def test_nobody_stands_in_twice_or_without_a_word_for_it(desk: Desk, made: Made, reading: Tx) -> None:
    massage, lee = made(lambda tx: (factories.bookable(tx, name="Massage"), factories.resource(tx, name="Lee")))
    path = f"/products/{massage.product.id}"
    twice = {"parts-places_0": [lee.id], "parts-name_0": "Therapist", "parts-places_1": [lee.id], "parts-name_1": "X"}
    answer = desk.post(f"{path}/parts", **twice, version=1)
    assert (answer.status_code, "Each can be chosen once only" in answer.text) == (422, True)
    answer = desk.post(f"{path}/parts", **{"parts-places_0": [lee.id]}, version=1)
    assert (answer.status_code, 'id="parts-name_0-error"' in answer.text) == (422, True)
    strange = desk.post(f"{path}/parts", **{"parts-places_0": ["nonsense"], "parts-name_0": "Therapist"}, version=1)
    assert (strange.status_code, "There is no such place" in strange.text) == (422, True)
    assert resources.parts_of(reading, massage.product.id) == []
