"""Which scopes a person may be given: those there are, and for staff those their roles allow."""

import pytest

from portal.domains.identity import PERMISSIONS
from portal.domains.identity.tokens import SCOPES, granted_scope
from portal.kernel.errors import Invalid

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("asked", "permissions", "granted"),
    [
        ("points:read", NOBODY, "points:read"),
        ("points:read  bookings:read points:read", NOBODY, "bookings:read points:read"),
        ("staff:refunds", frozenset({"refunds"}), "staff:refunds"),
    ],
)
def test_granted(asked: str, permissions: frozenset[str], granted: str) -> None:
    assert granted_scope(asked, permissions) == granted


@pytest.mark.parametrize(
    ("asked", "permissions"),
    [
        ("", NOBODY),
        ("everything", NOBODY),
        ("points:read everything", NOBODY),
        ("POINTS:READ", NOBODY),
        ("staff:refunds", NOBODY),
        ("points:read staff:refunds", frozenset({"desk", "catalog"})),
    ],
)
def test_refused(asked: str, permissions: frozenset[str]) -> None:
    with pytest.raises(Invalid) as fault:
        granted_scope(asked, permissions)
    assert set(fault.value.faults) == {"scope"}


def test_every_permission_a_scope_needs_is_one_that_a_role_gives() -> None:
    needed = {scope.permission for scope in SCOPES.values() if scope.permission}
    assert needed
    assert needed <= frozenset().union(*PERMISSIONS.values())
