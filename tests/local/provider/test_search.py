"""Search by metadata, and what it does not know yet."""

import time
from collections.abc import Iterator

import pytest
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Till, until


@pytest.fixture
def slow_index(provider: Provider) -> Iterator[Provider]:
    provider.set(search_lag_ms=400)
    yield provider
    provider.set(search_lag_ms=0)


def test_payments_are_found_by_metadata_newest_first(shop: Till) -> None:
    made = [shop.create().id, shop.pay().id]

    found = shop.search()
    assert found.object == "search_result"
    assert [intent.id for intent in found.data] == made[::-1]


def test_only_exact_values_of_the_named_key_are_found(shop: Till) -> None:
    shop.create(metadata={"order": f"{shop.order}-2", "note": shop.order})

    assert shop.search().data == []
    assert len(shop.search(f"metadata['note']:'{shop.order}'").data) == 1


def test_quotes_in_values_are_escaped(shop: Till) -> None:
    intent = shop.create(metadata={"order": f"it's {shop.order}"})

    assert [i.id for i in shop.search(rf"metadata['order']:'it\'s {shop.order}'").data] == [intent.id]
    assert [i.id for i in shop.search(f'metadata["order"]:"it\'s {shop.order}"').data] == [intent.id]


def test_conditions_are_joined(shop: Till) -> None:
    open_one, paid = shop.create(), shop.pay(amount=500)
    mine = f"metadata['order']:'{shop.order}'"

    assert [i.id for i in shop.search(f"{mine} AND status:'succeeded'").data] == [paid.id]
    assert [i.id for i in shop.search(f"{mine} AND -status:'succeeded'").data] == [open_one.id]
    assert [i.id for i in shop.search(f"{mine} AND amount>500").data] == [open_one.id]


def test_results_come_in_pages(shop: Till) -> None:
    made = [shop.create().id for _ in range(3)]

    first = shop.search(limit=2)
    assert first.has_more is True
    assert [i.id for i in first.data] == made[:0:-1]
    assert [i.id for i in shop.search(limit=2, page=first.next_page).data] == made[:1]


def test_a_new_payment_is_found_after_the_lag_only(slow_index: Provider, shop: Till) -> None:
    started = time.monotonic()
    intent = shop.pay()
    assert shop.search().data == []
    assert shop.retrieve(intent.id).status == "succeeded"  # by its id it is known at once

    until(lambda: shop.search().data)
    assert 0.4 <= time.monotonic() - started < 2


@pytest.mark.parametrize(
    "query",
    [
        "metadata['order']",
        "metadata['order']:'1' AND",
        "metadata['order']:'1' AND amount>1 OR amount>2",
        "order:'1'",
        "amount:'many'",
        "status>'a'",
        "' OR 1=1 --",
    ],
)
def test_a_query_that_cannot_be_read_is_refused(shop: Till, query: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.search(query)
    assert caught.value.param == "query"
