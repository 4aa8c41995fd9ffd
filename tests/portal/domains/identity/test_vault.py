"""Secrets open for whom they were locked, unchanged, and for nobody else."""

import pytest

from portal.domains.identity.vault import Locked, Vault


def test_what_was_locked_opens() -> None:
    locked = Vault("one key").lock(b"JBSWY3DPEHPK3PXP", bound_to=b"kim")
    assert Vault("one key").open(locked, bound_to=b"kim") == b"JBSWY3DPEHPK3PXP"


def test_the_same_secret_looks_different_each_time() -> None:
    vault = Vault("one key")
    assert vault.lock(b"secret", bound_to=b"kim") != vault.lock(b"secret", bound_to=b"kim")


@pytest.mark.parametrize("spot", [0, 1, 12, 13, 20, -1])
def test_a_changed_byte_is_noticed(spot: int) -> None:
    locked = bytearray(Vault("one key").lock(b"secret", bound_to=b"kim"))
    locked[spot] ^= 1
    with pytest.raises(Locked):
        Vault("one key").open(bytes(locked), bound_to=b"kim")


@pytest.mark.parametrize("locked", [b"", b"\x01", b"\x01" + bytes(12), b"plain text from another time"])
def test_what_was_never_locked_does_not_open(locked: bytes) -> None:
    with pytest.raises(Locked):
        Vault("one key").open(locked, bound_to=b"kim")
