"""Checking passwords costs much on purpose, so it is done by few at a time, and whoever waits too long is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from portal.domains.identity import TooBusy, passwords


@pytest.mark.asvs("11.4.2")
def test_what_is_kept_is_argon2id_with_its_parameters() -> None:
    kept = passwords.hashed("Harbour-Lantern!26")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.outdated(kept)
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))


def test_no_more_are_checked_at_once_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    class Watched:
        def hash(self, password: str) -> str:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            threading.Event().wait(0.01)
            with lock:
                at_once -= 1
            return password

    monkeypatch.setattr(passwords, "HASHER", Watched())
    monkeypatch.setattr(passwords, "TURNS", threading.BoundedSemaphore(2))
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(passwords.hashed, ["x"] * 20))
    assert most == 2


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(passwords, "TURNS", full)
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    with pytest.raises(TooBusy):
        passwords.hashed("Harbour-Lantern!26")
    with pytest.raises(TooBusy):
        passwords.matches("Harbour-Lantern!26", None)
    full.release()
    assert passwords.hashed("Harbour-Lantern!26")
