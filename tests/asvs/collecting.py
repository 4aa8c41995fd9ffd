"""A plugin of pytest's that tells which collected tests bear which ids."""

import json

import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    found = {
        (str(item.originalname), tuple(sorted({one for mark in item.iter_markers("asvs") for one in mark.args})))
        for item in session.items
        if isinstance(item, pytest.Function)
    }
    print("\nasvs " + json.dumps(sorted(found)))
