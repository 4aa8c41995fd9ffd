"""The words for roles and ways are there for each of them."""

from portal.domains import identity
from portal.domains.identity import challenge
from portal.web.staff import account_words


def test_every_role_and_every_way_has_words() -> None:
    assert set(account_words.ROLES) == set(account_words.MAY) == set(identity.ROLES)
    assert set(account_words.WAYS) == {*challenge.METHODS, "address"}
