"""Staff send pictures; pages and apps show them; browsers keep them."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.domains import catalog
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.support.drawing import file_of, read
from tests.support.endless import Endless


def send(desk: Desk, product: catalog.Product, sent: bytes, name: str = "room.jpg", alt: str = "Walls") -> TestResponse:
    return desk.post(f"/products/{product.id}/pictures", **{"picture-file": (BytesIO(sent), name), "picture-alt": alt})


def test_a_picture_is_sent_shown_and_kept_by_browsers(desk: Desk, app: Flask, made: Made) -> None:
    room = made(lambda tx: factories.bookable(tx, name="Attic").product)
    assert send(desk, room, file_of(2000, 1500, turned=6), alt="White «walls»").status_code == 303
    anybody = app.test_client()
    page, shelf = anybody.get(f"/products/{room.slug}").text, anybody.get("/").text
    for shown in (page, shelf, desk.get(f"/products/{room.id}").text):
        assert 'alt="White «walls»"' in shown
        assert "covers/generic.svg" not in shown
    assert all(f" {width}w" in page for width in (480, 960, 1500))
    told = anybody.get(f"/api/v1/products/{room.slug}").json["pictures"]
    assert told == anybody.get("/api/v1/products").json["items"][0]["pictures"]
    assert [(one["alt"], [file["width"] for file in one["files"]]) for one in told] == [
        ("White «walls»", [480, 960, 1500])
    ]
    path = urlsplit(told[0]["files"][0]["url"]).path
    assert path in page
    answer = anybody.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert read(answer.data).size == (480, 640)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = anybody.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert anybody.get("/pictures/nothing.webp").status_code == 404


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is not a picture"),
        (b"<script>alert(1)</script>", "This is not a picture"),
        (b"", "This is not a picture"),
        (file_of(100, 100), "too small"),
    ],
)
def test_what_is_no_picture_is_told_beside_the_field(desk: Desk, made: Made, sent: bytes, told: str) -> None:
    room = made(factories.product)
    answer = send(desk, room, sent)
    assert answer.status_code == 422
    assert 'id="picture-file-error"' in answer.text
    assert told in answer.text
    assert 'value="Walls"' in answer.text
    assert made(lambda tx: catalog.pictures_of(tx, [room.id])) == {}


def test_a_file_that_is_no_picture_is_told_together_with_words_that_are_missing(desk: Desk, made: Made) -> None:
    answer = send(desk, made(factories.product), b"no picture", alt="")
    assert "This is not a picture" in answer.text
    assert "This cannot be empty." in answer.text


def test_a_form_without_a_file_or_words_says_so(desk: Desk, made: Made) -> None:
    room = made(factories.product)
    answer = desk.post(f"/products/{room.id}/pictures")
    assert answer.status_code == 422
    assert "Choose a file." in answer.text
    assert 'id="picture-alt-error"' in answer.text


@pytest.mark.parametrize("server", [{}, {"wsgi.input_terminated": True}])
def test_fifty_megabytes_are_refused_beside_the_field_and_never_read_into_memory(
    desk: Desk, made: Made, server: dict[str, Any]
) -> None:
    room = made(factories.product)
    size = 50 * 1024 * 1024
    stream = Endless(size)
    answer = desk.client.post(
        f"/staff/products/{room.id}/pictures",
        input_stream=stream,
        content_length=size,
        content_type="multipart/form-data; boundary=x",
        environ_overrides=server,
    )
    assert answer.status_code == 413
    assert 'id="picture-file-error"' in answer.text
    assert "larger than 10 MB" in answer.text
    assert (stream.left, stream.asked <= 64 * 1024) == (0, True)


def test_a_stranger_s_fifty_megabytes_are_not_even_read(app: Flask, made: Made) -> None:
    room = made(factories.product)
    size = 50 * 1024 * 1024
    stream = Endless(size)
    answer = app.test_client().post(
        f"/staff/products/{room.id}/pictures",
        input_stream=stream,
        content_length=size,
        content_type="multipart/form-data; boundary=x",
    )
    assert (answer.status_code, stream.left) == (303, size)


def test_other_forms_take_no_more_than_before(desk: Desk) -> None:
    assert desk.post("/products", description="x" * 9_000_000).status_code == 413


def test_pictures_are_put_in_order_and_taken_away(desk: Desk, made: Made) -> None:
    room = made(factories.product)
    for alt in ("First", "Second"):
        assert send(desk, room, file_of(400 + len(alt), 400), alt=alt).status_code == 303
    first, second = made(lambda tx: catalog.pictures_of(tx, [room.id]))[room.id]
    path = f"/products/{room.id}/pictures/{second.id}"
    faulty = desk.post(path, **{f"{second.id}-alt": "", f"{second.id}-place": "3"}, version=1)
    assert faulty.status_code == 422
    assert f'id="{second.id}-alt-error"' in faulty.text
    assert desk.post(path, **{f"{second.id}-alt": "Now first", f"{second.id}-place": "1"}, version=1).status_code == 303
    assert [one.alt for one in made(lambda tx: catalog.pictures_of(tx, [room.id]))[room.id]] == ["Now first", "First"]
    assert desk.post(f"/products/{room.id}/pictures/{first.id}/removal").status_code == 303
    assert "Now first" in desk.get(f"/products/{room.id}").text
    assert desk.post(f"/products/{room.id}/pictures/{first.id}/removal").status_code == 404
