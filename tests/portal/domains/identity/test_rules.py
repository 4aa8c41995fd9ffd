"""What a password must be, and what a role may do."""

import pytest

from portal.domains.identity.models import ROLES
from portal.domains.identity.rules import PERMISSIONS, as_address, password_fault, permitted

LONG = "Aa1!" * 40


@pytest.mark.parametrize(
    ("password", "composition", "fault"),
    [
        ("Harbour-1234", True, None),
        ("Harbour-123", True, "shorter"),
        ("", True, "shorter"),
        (LONG[:64], True, None),
        (LONG[:128], True, None),
        (LONG[:129], True, "longer"),
        ("harbour-lantern-26", True, "needs"),
        ("HARBOUR-LANTERN-26", True, "needs"),
        ("Harbour-Lantern-xx", True, "needs"),
        ("HarbourLantern2626", True, "needs"),
        ("Harbour Lantern 26", True, "needs"),  # a blank is welcome and not a special character
        ("Harbour Lantern 26!", True, None),
        ("Aa1🦜 Aa1🦜 Aa1🦜", True, None),
        ("Aa1!자리자리자리자리", True, None),
        ("twenty letters or so", False, None),
        ("elevenchars", False, "shorter"),
        (LONG[:129], False, "longer"),
    ],
)
def test_a_password_is_long_enough_and_of_four_kinds(password: str, composition: bool, fault: str | None) -> None:
    found = password_fault(password, composition=composition)
    assert (found is None) if fault is None else (found is not None and fault in found)


def test_korean_counts_the_same_however_it_was_typed() -> None:
    composed, pieces = "Aa1!자리자리자리자", "Aa1!" + "\u110c\u1161\u1105\u1175" * 3 + "\u110c\u1161"
    assert len(composed) == 11 < 12 < len(pieces)
    assert password_fault(composed) == password_fault(pieces) is not None


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((), set()),
        (("catalog",), {"desk", "catalog"}),
        (("bookings",), {"desk", "bookings"}),
        (("refunds",), {"desk", "bookings", "refunds"}),
        (("finance",), {"desk", "bookings", "finance"}),
        (("catalog", "refunds"), {"desk", "catalog", "bookings", "refunds"}),
        (("admin",), {"desk", "catalog", "bookings", "refunds", "finance", "admin"}),
        (("janitor",), set()),
    ],
)
def test_roles_allow_what_the_table_says(roles: tuple[str, ...], allowed: set[str]) -> None:
    assert permitted(roles) == allowed


def test_every_role_is_in_the_table_and_admin_holds_everything() -> None:
    assert set(PERMISSIONS) == set(ROLES)
    assert PERMISSIONS["admin"] == frozenset().union(*PERMISSIONS.values())


@pytest.mark.parametrize("typed", ["Kim@Example.COM", "  kim@example.com ", "ｋｉｍ@example.com"])
def test_one_address_has_one_spelling(typed: str) -> None:
    assert as_address(typed) == "kim@example.com"
