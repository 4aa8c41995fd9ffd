"""Objects from rows that came by the quick way are the session's own, with what the database says now."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import defer

from portal.domains.catalog import Price, Product
from portal.domains.catalog.models import Category
from portal.kernel import rows, wire
from portal.kernel.db import Tx
from tests import factories

BY_ID = f"SELECT {rows.columns(Product)} FROM products WHERE id = %(id)s"  # our own words
BOTH = f"""
SELECT {rows.columns(Product)}, {rows.columns(Category, "shelf")}, 42
FROM products JOIN categories shelf ON shelf.id = category_id WHERE products.id = %(id)s
"""  # our own words


@pytest.fixture
def product(tx: Tx) -> Product:
    found = factories.bookable(tx).product
    tx.flush()
    return found


def test_an_object_is_as_the_session_would_have_read_it(tx: Tx, product: Product) -> None:
    names = [one.key for one in inspect(Product).column_attrs if not one.deferred]
    expected = {name: getattr(product, name) for name in names}
    id = product.id
    tx.expunge_all()
    (found,) = rows.read(tx, Product, BY_ID, {"id": id})
    assert {name: found.__dict__[name] for name in expected} == expected
    assert found in tx
    assert not tx.dirty


def test_what_was_not_read_is_read_when_somebody_looks(tx: Tx, product: Product) -> None:
    id, words = product.id, product.words
    tx.expunge_all()
    (found,) = rows.read(tx, Product, BY_ID, {"id": id})
    assert found.words == words


def test_the_session_has_one_object_for_a_row_and_it_is_brought_up_to_date(tx: Tx, product: Product) -> None:
    tx.execute(text("UPDATE products SET name = 'Another' WHERE id = :id"), {"id": product.id})
    assert rows.read(tx, Product, BY_ID, {"id": product.id}) == [product]
    assert product.name == "Another"
    assert tx.scalars(select(Product).where(Product.id == product.id)).one() is product


def test_what_was_changed_and_not_written_yet_is_written_first(tx: Tx, product: Product) -> None:
    product.summary = "Changed here"
    rows.read(tx, Product, BY_ID, {"id": product.id})
    assert product.summary == "Changed here"


def test_a_change_of_such_an_object_is_written(tx: Tx, product: Product) -> None:
    id, version = product.id, product.version
    tx.expunge_all()
    (found,) = rows.read(tx, Product, BY_ID, {"id": id})
    found.name = "Changed"
    tx.flush()
    tx.expunge_all()
    again = tx.get(Product, id, options=[defer(Product.words)])
    assert again
    assert (again.name, again.version) == ("Changed", version + 1)


def test_a_row_of_several_models_and_what_else_is_in_it(tx: Tx, product: Product) -> None:
    ((row),) = wire.ask(tx, BOTH, {"id": product.id})
    found, category, rest = rows.several(tx, row, Product, Category)
    assert (found, category.id, rest) == (product, product.category_id, 42)


def test_spans_of_time_are_what_the_model_says(tx: Tx, product: Product) -> None:
    sql = f"SELECT {rows.columns(Price)} FROM prices WHERE product_id = %(id)s"  # our own words
    tx.flush()
    tx.expunge_all()
    (price, *_) = rows.read(tx, Price, sql, {"id": product.id})
    assert isinstance(price.valid, Range)
    assert datetime(2100, 1, 1, tzinfo=UTC) in price.valid


def test_one_by_its_key_is_read_once(tx: Tx, product: Product) -> None:
    tx.execute(text("UPDATE products SET name = 'Another' WHERE id = :id"), {"id": product.id})
    before = product.name
    assert rows.get(tx, Product, product.id) is product
    assert product.name == before
    tx.expire(product)
    assert rows.get(tx, Product, product.id) is product
    assert product.name == "Another"


def test_nothing_by_a_key_that_there_is_not(tx: Tx, product: Product) -> None:
    assert rows.get(tx, Product, product.category_id) is None
