"""A house with rooms of every kind: what pages share, tried on views that exist only here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, session
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from redis import Redis
from sqlalchemy import Engine

import local.redis
from portal import create_app
from portal.config import Settings
from portal.kernel.errors import Fact, Invalid, NotFound, Refusal, Stale
from portal.kernel.redis import client as redis_client
from portal.web import htmx
from portal.web.guards import customer, public, staff

FACTS: dict[str, Fact] = {
    "not-found": NotFound(),
    "stale": Stale(),
    "refusal": Refusal("Only %(left)d places are left.", left=3),
    "invalid": Invalid({"seats": ("At most %(most)d.", {"most": 4}), "day": "This day is over."}),
}


def rooms() -> Blueprint:
    """One view of each kind."""
    house = Blueprint("house", __name__, template_folder="templates", url_prefix="/house")

    @house.get("/open")
    @public
    def open_to_all() -> ResponseReturnValue:
        return htmx.render("house.html", "piece", word="<b>")

    @house.post("/open")
    @public
    def done() -> ResponseReturnValue:
        return htmx.see_other("/house/open")

    @house.get("/mine")
    @customer
    def mine() -> ResponseReturnValue:
        return htmx.render("house.html", ["piece", "other"], word="mine")

    @house.post("/mine")
    @customer
    def change_mine() -> ResponseReturnValue:
        session["changed"] = True
        return htmx.see_other("/house/mine")

    @house.get("/desk")
    @staff("refunds")
    def desk() -> ResponseReturnValue:
        return "the desk"

    @house.get("/money")
    @staff("refunds", "catalog")
    def money() -> ResponseReturnValue:
        return "refunds or catalog"

    @house.get("/forgotten")
    def forgotten() -> ResponseReturnValue:
        return "a view whose author forgot to say for whom"

    @house.get("/fact/<name>")
    @public
    def fact(name: str) -> ResponseReturnValue:
        raise FACTS[name]

    @house.get("/broken")
    @public
    def broken() -> ResponseReturnValue:
        raise RuntimeError("the secret inside of the house")

    return house


def built(settings: Settings) -> Flask:
    """A portal with these rooms in it."""
    app = create_app(settings)
    app.testing = True
    app.register_blueprint(rooms())
    return app


@pytest.fixture
def house(settings: Settings) -> Flask:
    return built(settings)


@pytest.fixture
def visitor(house: Flask, database: Engine, redis: Redis) -> FlaskClient:
    """A browser in the house."""
    return house.test_client()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The Redis of this test, empty before and after."""
    redis = redis_client(redis_url)
    redis.flushdb()
    yield redis
    redis.flushdb()
    redis.close()


@pytest.fixture
def mortal_redis(tmp_path: Path) -> Iterator[local.redis.Redis]:
    """A Redis that the test may kill."""
    with local.redis.running(tmp_path / "redis") as server:
        yield server
