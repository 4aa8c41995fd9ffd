"""Staff take the catalog out as a file and bring it in again."""

from io import BytesIO
from typing import Any

import pytest

from portal.domains import catalog
from portal.kernel import clock
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.support.endless import Endless

HEAD = "kind,category,name,price\n"


def send(desk: Desk, text: str, name: str = "catalog.csv") -> Any:
    return desk.post("/catalog", file=(BytesIO(text.encode()), name))


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("json", "application/json")])
def test_it_is_taken_out_and_brought_in_without_a_change(desk: Desk, made: Made, form: str, kind: str) -> None:
    made(lambda tx: factories.goods(tx, name="Linen towel"))
    assert f'href="/staff/catalog.{form}"' in desk.get("/catalog").text
    file = desk.get(f"/catalog.{form}")
    assert (file.status_code, file.mimetype) == (200, kind)
    assert file.headers["Content-Disposition"].endswith(f'.{form}"')
    assert "Linen towel" in file.text
    assert desk.post("/catalog", file=(BytesIO(file.data), "x")).status_code == 303
    assert "Products: 0 new, 1 known." in desk.get("/catalog").text
    assert desk.get(f"/catalog.{form}").data == file.data


def test_faults_are_told_line_by_line_and_nothing_is_changed(desk: Desk, made: Made) -> None:
    answer = send(desk, HEAD + "goods,Things,Tea,9000\ngoods,Things,Towel,cheap\ngoods,,Bag,1\n")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert "«cheap» is not an amount" in answer.text
    assert "This cannot be empty" in answer.text
    assert made(lambda tx: catalog.staff_products(tx, now=clock.now()).items) == []


def test_the_same_fault_of_many_lines_is_told_once(desk: Desk) -> None:
    prices = ["x"] * 70 + ["x", "1"] * 10
    answer = send(desk, HEAD + "".join(f"goods,Things,Tea {n},{price}\n" for n, price in enumerate(prices)))
    assert answer.text.count("is not an amount") == 1
    assert "2–72, 74, 76, 78, 80, 82, 84, 86 and 2 more" in answer.text


def test_of_very_many_faults_the_first_are_shown(desk: Desk) -> None:
    answer = send(desk, HEAD + "".join(f"goods,Things,Tea {n},x{n}\n" for n in range(600)))
    assert answer.text.count("is not an amount") == 500
    assert "The first 500 of 600 are shown." in answer.text


def test_there_is_a_small_file_to_begin_with(desk: Desk) -> None:
    assert 'href="/staff/catalog/sample.csv"' in desk.get("/catalog").text
    sample = desk.get("/catalog/sample.csv")
    assert "attachment" in sample.headers["Content-Disposition"]
    assert desk.post("/catalog", file=(BytesIO(sample.data), "sample.csv")).status_code == 303


def test_a_form_without_a_file_and_one_that_is_too_large_say_so(desk: Desk) -> None:
    assert "Choose a file." in desk.post("/catalog").text
    large = desk.client.post(
        "/staff/catalog", input_stream=Endless(30_000_000), content_length=30_000_000, content_type="text/csv"
    )
    assert large.status_code == 413
    assert "larger than 20 MB" in large.text


def test_a_form_nobody_knows_leads_back(desk: Desk) -> None:
    assert desk.get("/catalog.exe").status_code == 303
