"""The log with names: who, what, and what the thing is called by now."""

from uuid import uuid4

from portal.domains import audit
from portal.kernel.db import Tx
from portal.reports import happenings
from tests import factories
from tests.support.statements import counted


def test_each_entry_names_its_actor_and_its_subject_in_one_statement(tx: Tx) -> None:
    clerk = factories.account(tx, name="Han Jiwoo")
    made = factories.bookable(tx, name="Kayak")
    for action, kind, subject in (
        ("category.edited", "category", made.product.category_id),
        ("hours.set", "resource", made.resource.id),
        ("stock.adjusted", "product", made.product.id),
        ("difference.dismissed", "difference", uuid4()),
        ("refund.requested", "order", uuid4()),
    ):
        audit.record(tx, clerk.id, action, kind, str(subject))
    audit.record(tx, None, "token.issued", "account", str(clerk.id))
    tx.flush()
    found = happenings.latest(tx)
    assert [one.actor for one in found] == [None, *["Han Jiwoo"] * 5]
    assert [one.subject for one in found[1:5]] == [None, None, "Kayak", made.resource.name]
    assert len(happenings.latest(tx, limit=2)) == 2
    assert [one.action for one in happenings.about(tx, "product", made.product.id)] == ["stock.adjusted"]
    with counted(tx) as sent:
        happenings.latest(tx)
    assert len(sent) == 1
